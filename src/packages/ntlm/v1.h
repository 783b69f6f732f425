/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LM and NTLMv1 ([MS-NLMP] 3.3.1): single DES, without the server's name or the
 * time in it.  Only for peers that a configuration names.
 */
#ifndef SSP_NTLM_V1_H
#define SSP_NTLM_V1_H

#include "base/secret.h"
#include "base/utf16.h"
#include "packages/ntlm/wire.h"

enum { NTLM_HASH_SIZE = 16, NTLM_V1_SIZE = 24 };

/* NTOWFv1: the NT hash, 16 bytes.  NO_MEMORY. */
enum ssp_err ntlm_ntowf_v1(const struct str16 *password, struct key *ret);

/* LMOWFv1.  BAD_ARGUMENT when there is none: more than 14 characters, or one that the OEM
 * character set lacks.  NO_MEMORY. */
enum ssp_err ntlm_lmowf_v1(const struct str16 *password, struct key *ret);

struct ntlm_v1 {
    uint8_t nt[NTLM_V1_SIZE];
    uint8_t lm[NTLM_V1_SIZE];
};

/* Without extended session security.  lm_hash NULL: the NT response stands in both places
 * (NoLMResponseNTLMv1). */
struct ntlm_v1 ntlm_v1_respond(const struct key *nt_hash, const struct key *lm_hash,
                               const uint8_t server[NTLM_CHALLENGE_SIZE]);

/* With extended session security: the client's challenge travels in the LM response. */
struct ntlm_v1 ntlm_v1_respond_ess(const struct key *nt_hash,
                                   const uint8_t server[NTLM_CHALLENGE_SIZE],
                                   const uint8_t client[NTLM_CHALLENGE_SIZE]);

/* What takes the server's challenge's place then. */
void ntlm_v1_mix_challenges(const uint8_t server[NTLM_CHALLENGE_SIZE],
                            const uint8_t client[NTLM_CHALLENGE_SIZE],
                            uint8_t ret[NTLM_CHALLENGE_SIZE]);

/* The acceptor's side, in constant time; a response of another size is just wrong. */
bool ntlm_v1_verify(const struct key *nt_hash, const uint8_t server[NTLM_CHALLENGE_SIZE],
                    struct view nt);
bool ntlm_v1_verify_ess(const struct key *nt_hash, const uint8_t server[NTLM_CHALLENGE_SIZE],
                        struct view nt, struct view lm);

struct key ntlm_v1_session_base_key(const struct key *nt_hash);

#endif
