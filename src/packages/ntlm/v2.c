/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/v2.h"

#include <assert.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "crypto/digest.h"

enum { RESPONSE_VERSION = 1 };

enum ssp_err ntlm_temp_decode(struct view bytes, struct ntlm_temp *ret)
{
    struct ntlm_temp temp;
    struct rd in = rd_of(bytes);
    uint8_t version = rd_u8(&in);
    uint8_t highest = rd_u8(&in);

    (void)rd_view(&in, 6); /* Reserved1 and 2 "MUST be ignored on receipt", and so must 3 */
    temp.timestamp = rd_le64(&in);
    rd_copy(&in, temp.client, sizeof(temp.client));
    (void)rd_view(&in, 4);
    SSP_TRY(ntlm_av_decode_prefix(&in, &temp.av));
    if (version != RESPONSE_VERSION || highest != RESPONSE_VERSION)
        return ssp_fail(BAD_TOKEN);

    *ret = temp;
    return SSP_OK;
}

void ntlm_temp_encode(const struct ntlm_temp *temp, struct wr *out)
{
    wr_u8(out, RESPONSE_VERSION);
    wr_u8(out, RESPONSE_VERSION);
    wr_zero(out, 6);
    wr_le64(out, temp->timestamp);
    wr_view(out, VIEW_OF(temp->client));
    wr_zero(out, 4);
    ntlm_av_encode(&temp->av, out);
    wr_zero(out, 4);
}

enum ssp_err ntlm_v2_decode(struct view nt_response, struct ntlm_v2 *ret)
{
    struct ntlm_v2 response;
    struct rd in = rd_of(nt_response);

    response.proof = rd_view(&in, NTLM_PROOF_SIZE);
    response.raw = rd_view(&in, in.left.n);
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(ntlm_temp_decode(response.raw, &response.temp));

    *ret = response;
    return SSP_OK;
}

enum ssp_err ntlm_ntowf_v2(const struct key *nt_hash, const struct str16 *user,
                           const struct str16 *domain, struct key *ret)
{
    ssp_cleanup(str16_wipe) struct str16 upper = { 0 };
    ssp_cleanup(wr_free) struct wr wire = WR_INIT((size_t)8 * LIMIT_NAME);
    ssp_cleanup(key_wipe) struct key key = { .n = MD5_SIZE };

    SSP_TRY(str16_upper(user, &upper));
    str16_to_wire(&upper, &wire);
    str16_to_wire(domain, &wire);
    SSP_TRY(wire.err);
    hmac_md5(key_view(nt_hash), &(struct view){ wire.p, wire.n }, 1, key.b);
    *ret = key;
    return SSP_OK;
}

/* HMAC_MD5(ResponseKey, ConcatenationOf(ServerChallenge, rest)) */
static void prove(const struct key *response_key, const uint8_t server[NTLM_CHALLENGE_SIZE],
                  struct view rest, uint8_t ret[NTLM_PROOF_SIZE])
{
    struct view pieces[] = { { server, NTLM_CHALLENGE_SIZE }, rest };

    hmac_md5(key_view(response_key), pieces, 2, ret);
}

struct key ntlm_v2_respond(const struct key *response_key,
                           const uint8_t server[NTLM_CHALLENGE_SIZE], struct view temp,
                           struct wr *out)
{
    uint8_t proof[NTLM_PROOF_SIZE];

    prove(response_key, server, temp, proof);
    wr_view(out, VIEW_OF(proof));
    wr_view(out, temp);
    return ntlm_v2_session_base_key(response_key, VIEW_OF(proof));
}

void ntlm_lmv2_respond(const struct key *response_key, const uint8_t server[NTLM_CHALLENGE_SIZE],
                       const uint8_t client[NTLM_CHALLENGE_SIZE], uint8_t ret[NTLM_LMV2_SIZE])
{
    prove(response_key, server, (struct view){ client, NTLM_CHALLENGE_SIZE }, ret);
    memcpy(ret + NTLM_PROOF_SIZE, client, NTLM_CHALLENGE_SIZE);
}

bool ntlm_v2_verify(const struct key *response_key, const uint8_t server[NTLM_CHALLENGE_SIZE],
                    const struct ntlm_v2 *response)
{
    uint8_t expected[NTLM_PROOF_SIZE];

    prove(response_key, server, response->raw, expected);
    bool is_right = ct_eq(VIEW_OF(expected), response->proof);
    explicit_bzero(expected, sizeof(expected)); /* whoever failed must not find it */
    return is_right;
}

struct key ntlm_v2_session_base_key(const struct key *response_key, struct view proof)
{
    struct key key = { .n = MD5_SIZE };

    assert(proof.n == NTLM_PROOF_SIZE);
    hmac_md5(key_view(response_key), &proof, 1, key.b);
    return key;
}
