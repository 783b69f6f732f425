/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA makes of a client that was let in: a logon session and a token,
 * through the functions that it gave the package (LSA_SECPKG_FUNCTION_TABLE).
 */
#ifndef SSP_NTLM_LOGON_H
#define SSP_NTLM_LOGON_H

#include <ntsecpkg.h>

#include "packages/ntlm/leg.h"

struct ntlm_logon { /* ssp_cleanup(ntlm_logon_cancel) until it is kept */
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    LUID id;
    bool is_open;
    HANDLE token; /* the LSA's own; NULL: none */
};

/* Of an acceptor's finished turn.  NO_MEMORY; INTERNAL when the LSA refuses. */
enum ssp_err ntlm_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_turn *turn,
                             struct ntlm_logon *ret);

/* The session stays; the token's handle in the client's process is the client's.  After this
 * nothing may fail.  Errors as above. */
enum ssp_err ntlm_logon_keep(struct ntlm_logon *logon, HANDLE *ret_client_token);

void ntlm_logon_cancel(struct ntlm_logon *logon); /* fine after keeping */

struct ntlm_claimant { /* borrowed; who somebody said to be */
    const struct str16 *user;
    const struct str16 *domain;
    const struct str16 *workstation;
};

/* For the audit trail: who was not let in, or gave a wrong password where one is changed. */
void ntlm_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_claimant *who,
                        enum ssp_err why);

/* A string as Windows' functions take it; borrows. */
UNICODE_STRING ntlm_unicode_of(const struct str16 *s);

#endif
