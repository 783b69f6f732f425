/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the port over MIT's library share, and nobody else includes. */
#ifndef SSP_KERBEROS_MIT_LIB_H
#define SSP_KERBEROS_MIT_LIB_H

#include <krb5.h>

#include "packages/kerberos/mit.h"

struct mit { /* one call's; ssp_cleanup(mit_close) */
    krb5_context ctx;
    krb5_ccache cache; /* NULL, as all below: not open */
    krb5_keytab keytab;
    krb5_principal client;
    krb5_principal server;
    krb5_auth_context auth;
};

/* Between the two fork() waits (base/fork_gate.h): the library has locks of its own. */
enum ssp_err mit_open(struct mit *mit);
void mit_close(struct mit *mit);

/* What a code of the library means to us; SSP_OK for 0. */
enum ssp_err mit_err(krb5_error_code code);

krb5_data mit_data(struct view bytes); /* borrows */
struct view mit_view(const krb5_data *data);

/* A principal as text, and back.  TARGET_UNKNOWN for text that is no name. */
enum ssp_err mit_name(const struct mit *mit, krb5_const_principal name, struct str16 *ret);
enum ssp_err mit_parse(const struct mit *mit, const char *text, int flags, krb5_principal *ret);

krb5_keyblock mit_block(const struct krb_key *key); /* borrows */
void mit_key(const krb5_keyblock *block, struct krb_key *ret);
int64_t mit_time(krb5_timestamp seconds); /* FILETIME; 0 is never */

/* The cache of those tickets. */
enum ssp_err mit_open_cache(struct mit *mit, const struct krb_tickets *tickets);

/* The slots of the port. */
enum ssp_err mit_login(const struct krb_login *what, struct krb_tickets **ret);
enum ssp_err mit_collect(const char *client, struct krb_tickets **ret);
enum ssp_err mit_unpack(struct view packed, struct krb_tickets **ret);
enum ssp_err mit_delegated(const struct krb_taken *request, struct view message,
                           struct krb_tickets **ret);
enum ssp_err mit_pack(const struct krb_tickets *tickets, struct wr *out);
enum ssp_err mit_inquire(const struct krb_tickets *tickets, struct krb_tickets_info *ret);
struct krb_tickets *mit_share(struct krb_tickets *tickets);
void mit_forget(struct krb_tickets *tickets);
enum ssp_err mit_ask(struct krb_tickets *tickets, const struct krb_ask *what,
                     struct krb_asked *ret);
enum ssp_err mit_check_keytab(const char *keytab);
enum ssp_err mit_take(const struct krb_take *what, struct krb_taken *ret);
enum ssp_err mit_seal(const struct krb_key *key, int32_t usage, struct view plain, struct wr *out);

#endif
