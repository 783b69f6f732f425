/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The [kerberos] section of opensspi.conf:
 *
 *   allow              yes        no: no credential, no handshake, inside Negotiate neither
 *   enctypes                      encryption types that may be used, the best first, separated by
 *                                 commas; empty: all four
 *   keytab                        of acceptors; empty: the library's default
 *   keytab_users                  behind lsad: the uids beside root's and lsad's own whose
 *                                 processes may accept with it, separated by commas
 *   delegate           trusted    what ISC_REQ_DELEGATE gets: never; trusted, where the KDC
 *                                 vouches for the service; always
 *   accept_delegation  yes        acceptors keep the credentials that clients delegate
 *   channel_bindings   when_sent  off, when_sent, required (as for NTLM)
 *   reset_after_messages  yes     no: SECPKG_CONTEXT_EXPORT_RESET_NEW before the first message only
 *
 * and of sections for one service, [kerberos "HTTP"] or [kerberos "HTTP/host"], which may say
 * enctypes, keytab, delegate and accept_delegation; what they do not say is as in [kerberos].
 */
#ifndef SSP_KERBEROS_CONFIG_H
#define SSP_KERBEROS_CONFIG_H

#include <sys/types.h>

#include "base/conf.h"
#include "packages/kerberos/port.h"

enum krb_delegate { KRB_DELEGATE_NEVER, KRB_DELEGATE_TRUSTED, KRB_DELEGATE_ALWAYS };

enum krb_check { KRB_CHECK_OFF, KRB_CHECK_WHEN_SENT, KRB_CHECK_REQUIRED };

struct krb_policy { /* owns its strings */
    char *enctypes;
    struct krb_types types; /* what enctypes names */
    char *keytab;
    int delegate; /* enum krb_delegate */
    bool accept_delegation;
};

enum { KRB_SERVICES_MAX = 64 };

struct krb_service {
    char *name; /* what stands in the quotes */
    struct krb_policy policy;
};

struct krb_config { /* owns its strings; ssp_cleanup(krb_config_wipe) */
    bool allow;
    char *keytab_users;
    int channel_bindings; /* enum krb_check */
    bool reset_after_messages;
    struct krb_policy policy; /* of services without a section */
    struct krb_service *services;
    size_t n_services;
};

/* BAD_CONFIG (traced with file and line); NO_MEMORY. */
enum ssp_err krb_config_read(const struct conf *conf, struct krb_config *ret);

/* What goes for a service, "HTTP/host" or "HTTP/host@REALM": its own section's, that of its first
 * part's, or the general one's.  Neither realm nor the case of letters makes a difference.  NULL:
 * no service in particular. */
const struct krb_policy *krb_config_policy(const struct krb_config *config, const char *service);

/* May processes of that user accept with lsad's keytab? */
bool krb_config_may_accept(const struct krb_config *config, uid_t uid);

void krb_config_wipe(struct krb_config *config);

#endif
