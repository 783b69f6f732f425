/* SPDX-License-Identifier: Apache-2.0 */
/* NTLMv2 and LMv2: [MS-NLMP] 3.3.2, and NTLMv2_CLIENT_CHALLENGE of 2.2.2.7. */
#ifndef SSP_NTLM_V2_H
#define SSP_NTLM_V2_H

#include "base/secret.h"
#include "base/utf16.h"
#include "packages/ntlm/av.h"
#include "packages/ntlm/wire.h"

enum { NTLM_PROOF_SIZE = 16, NTLM_LMV2_SIZE = 24 };

/* NTLMv2_CLIENT_CHALLENGE, which 3.3.2 calls temp; borrows from what it was decoded from. */
struct ntlm_temp {
    uint64_t timestamp; /* FILETIME */
    uint8_t client[NTLM_CHALLENGE_SIZE];
    struct ntlm_av av;
};

/* BAD_TOKEN for another version than 1, or a bad AV list.  What follows the list is covered by the
 * proof but means nothing: four zero bytes, and in some Windows versions more. */
enum ssp_err ntlm_temp_decode(struct view bytes, struct ntlm_temp *ret);
void ntlm_temp_encode(const struct ntlm_temp *temp, struct wr *out);

/* NTLMv2_RESPONSE, taken apart. */
struct ntlm_v2 {
    struct view proof; /* NTProofStr, 16 bytes */
    struct view raw;   /* temp as it came: what the proof covers */
    struct ntlm_temp temp;
};

enum ssp_err ntlm_v2_decode(struct view nt_response, struct ntlm_v2 *ret);

/* NTOWFv2 and LMOWFv2, which are the same: the user's name counts in upper case, the domain's as it
 * is.  NO_MEMORY. */
enum ssp_err ntlm_ntowf_v2(const struct key *nt_hash, const struct str16 *user,
                           const struct str16 *domain, struct key *ret);

/* Appends the NTLMv2 response over an encoded temp; yields the session base key. */
struct key ntlm_v2_respond(const struct key *response_key,
                           const uint8_t server[NTLM_CHALLENGE_SIZE], struct view temp,
                           struct wr *out);

void ntlm_lmv2_respond(const struct key *response_key, const uint8_t server[NTLM_CHALLENGE_SIZE],
                       const uint8_t client[NTLM_CHALLENGE_SIZE], uint8_t ret[NTLM_LMV2_SIZE]);

/* The acceptor's side, in constant time. */
bool ntlm_v2_verify(const struct key *response_key, const uint8_t server[NTLM_CHALLENGE_SIZE],
                    const struct ntlm_v2 *response);

/* proof is NTProofStr, NTLM_PROOF_SIZE bytes (asserted). */
struct key ntlm_v2_session_base_key(const struct key *response_key, struct view proof);

#endif
