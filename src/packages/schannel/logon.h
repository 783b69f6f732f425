/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA makes of a client whose certificate is good: a logon session and
 * a token, through the functions that it gave the package.
 */
#ifndef SSP_SCHANNEL_LOGON_H
#define SSP_SCHANNEL_LOGON_H

#include <ntsecpkg.h>

#include "base/utf16.h"

struct tls_logon { /* ssp_cleanup(tls_logon_cancel) until it is kept */
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    LUID id;
    bool is_open;
    HANDLE token; /* the LSA's own; NULL: none */
};

struct tls_person { /* borrowed */
    const struct str16 *user;
    const char *domain; /* UTF-8 */
    int64_t expiry;
    bool is_identify;
};

/* INTERNAL when the LSA refuses; BAD_ARGUMENT for a domain that is no text; NO_MEMORY. */
enum ssp_err tls_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct tls_person *who,
                            struct tls_logon *ret);

/* The session stays; the token's handle in the client's process is the client's.  After this
 * nothing may fail.  INTERNAL. */
enum ssp_err tls_logon_keep(struct tls_logon *logon, HANDLE *ret_client_token);

void tls_logon_cancel(struct tls_logon *logon); /* fine after keeping */

/* For the audit trail: a client that was not let in. */
void tls_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, enum ssp_err why);

#endif
