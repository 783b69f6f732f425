/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the LSA is told that NTLM let in, or did not (packages/common/logon.h). */
#ifndef SSP_NTLM_LOGON_H
#define SSP_NTLM_LOGON_H

#include "packages/common/logon.h"
#include "packages/ntlm/leg.h"

/* Of an acceptor's finished turn; borrows from it. */
void ntlm_logon_claim(const struct ntlm_turn *turn, struct pkg_claim *ret);

struct ntlm_claimant { /* borrowed; who somebody said to be */
    const struct str16 *user;
    const struct str16 *domain;
    const struct str16 *workstation;
};

/* For the audit trail: who was not let in, or gave a wrong password where one is changed. */
void ntlm_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_claimant *who,
                        enum ssp_err why);

#endif
