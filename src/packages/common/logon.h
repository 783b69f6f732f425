/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA makes of a client that was let in: a logon session and a token,
 * through the functions that it gave the package (LSA_SECPKG_FUNCTION_TABLE).
 */
#ifndef SSP_PACKAGES_LOGON_H
#define SSP_PACKAGES_LOGON_H

#include <ntsecpkg.h>

#include "base/utf16.h"

struct pkg_claim {      /* borrowed; who somebody is, or said to be */
    const char *source; /* the package, in eight characters at most */
    const struct str16 *user;
    const struct str16 *domain;
    const struct str16 *workstation; /* NULL: not said */
    const void *sid;  /* [MS-DTYP] 2.4.2, as it lies in memory; NULL: none is known */
    int64_t expiry;   /* FILETIME */
    bool is_identify; /* the token may identify only */
};

struct pkg_logon { /* ssp_cleanup(pkg_logon_cancel) until it is kept */
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    LUID id;
    bool is_open;
    HANDLE token; /* the LSA's own; NULL: none */
};

/* INTERNAL when the LSA refuses. */
enum ssp_err pkg_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct pkg_claim *claim,
                            struct pkg_logon *ret);

/* The session stays; the token's handle in the client's process is the client's.  After this
 * nothing may fail.  Errors as above. */
enum ssp_err pkg_logon_keep(struct pkg_logon *logon, HANDLE *ret_client_token);

void pkg_logon_cancel(struct pkg_logon *logon); /* fine after keeping */

/* For the audit trail: who was not let in.  lsa may be NULL. */
void pkg_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct pkg_claim *claim,
                       enum ssp_err why);

#endif
