/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an acceptor demands of a client that has proved its password: the MIC
 * that was promised, channel bindings, the right target, a clock that is near
 * ([MS-NLMP] 3.2.5.1.2).  The values come from the AV list of the NTLMv2
 * response, which the proof covers; other responses carry none of them.
 */
#ifndef SSP_NTLM_POLICY_H
#define SSP_NTLM_POLICY_H

#include "packages/ntlm/leg.h"

struct ntlm_claims {          /* what the client claims beside its password; borrowed */
    bool is_v2;               /* else there are no claims */
    const struct ntlm_av *av; /* of the response */
    uint64_t timestamp;       /* of the response, FILETIME */
};

/* LOGON_DENIED for an answer to another list than the one that was sent. */
enum ssp_err ntlm_policy_challenge(const struct ntlm_work *work, const struct ntlm_claims *claims);

/* LOGON_DENIED when a MIC is promised and missing or wrong. */
enum ssp_err ntlm_policy_mic(const struct ntlm_work *work, const struct ntlm_claims *claims);

/* BAD_BINDINGS. */
enum ssp_err ntlm_policy_bindings(const struct ntlm_work *work, const struct ntlm_claims *claims,
                                  enum ntlm_bindings *ret);

/* WRONG_PRINCIPAL.  *ret_target is the name the client gave, if it stands by it. */
enum ssp_err ntlm_policy_target(const struct ntlm_work *work, const struct ntlm_claims *claims,
                                struct str16 *ret_target);

/* TIME_SKEW. */
enum ssp_err ntlm_policy_time(const struct ntlm_work *work, const struct ntlm_claims *claims);

#endif
