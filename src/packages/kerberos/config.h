/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The [kerberos] section of opensspi.conf:
 *
 *   allow              yes        no: no credential, no handshake, inside Negotiate neither
 *   enctypes                      encryption types that may be used, the best first, separated by
 *                                 commas; empty: all four
 *   keytab                        of acceptors; empty: the library's default
 *   keytab_users                  behind lsad: the uids beside root's and lsad's own whose
 * processes may accept with it, separated by commas delegate           trusted    what
 * ISC_REQ_DELEGATE gets: never; trusted, where the KDC vouches for the service; always
 *   accept_delegation  yes        acceptors keep the credentials that clients delegate
 *   channel_bindings   when_sent  off, when_sent, required (as for NTLM)
 *   reset_after_messages  yes     no: SECPKG_CONTEXT_EXPORT_RESET_NEW before the first message only
 */
#ifndef SSP_KERBEROS_CONFIG_H
#define SSP_KERBEROS_CONFIG_H

#include <sys/types.h>

#include "base/conf.h"
#include "packages/kerberos/port.h"

enum krb_delegate { KRB_DELEGATE_NEVER, KRB_DELEGATE_TRUSTED, KRB_DELEGATE_ALWAYS };

enum krb_check { KRB_CHECK_OFF, KRB_CHECK_WHEN_SENT, KRB_CHECK_REQUIRED };

struct krb_config { /* owns its strings; ssp_cleanup(krb_config_wipe) */
    bool allow;
    char *enctypes;
    struct krb_types types; /* what enctypes names */
    char *keytab;
    char *keytab_users;
    int delegate; /* enum krb_delegate */
    bool accept_delegation;
    int channel_bindings; /* enum krb_check */
    bool reset_after_messages;
};

/* BAD_CONFIG (traced with file and line); NO_MEMORY. */
enum ssp_err krb_config_read(const struct conf *conf, struct krb_config *ret);

/* May processes of that user accept with lsad's keytab? */
bool krb_config_may_accept(const struct krb_config *config, uid_t uid);

void krb_config_wipe(struct krb_config *config);

#endif
