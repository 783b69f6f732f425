/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/v1.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "crypto/des.h"
#include "crypto/digest.h"

enum { LM_PASSWORD_MAX = 14 };

static struct key key_of_16(const uint8_t bytes[NTLM_HASH_SIZE])
{
    return key_of((struct view){ bytes, NTLM_HASH_SIZE });
}

enum ssp_err ntlm_ntowf_v1(const struct str16 *password, struct key *ret)
{
    ssp_cleanup(wr_free) struct wr wire = WR_INIT((size_t)4 * LIMIT_NAME);
    ssp_cleanup(key_wipe) struct key hash = { .n = NTLM_HASH_SIZE };

    str16_to_wire(password, &wire);
    SSP_TRY(wire.err);
    md4((struct view){ wire.p, wire.n }, hash.b);
    *ret = hash;
    return SSP_OK;
}

enum ssp_err ntlm_lmowf_v1(const struct str16 *password, struct key *ret)
{
    static const uint8_t constant[8] = { 'K', 'G', 'S', '!', '@', '#', '$', '%' };
    ssp_cleanup(str16_wipe) struct str16 upper = { 0 };
    ssp_cleanup(wr_free) struct wr oem = WR_INIT((size_t)4 * LIMIT_NAME);
    ssp_cleanup(key_wipe) struct key padded = { .n = LM_PASSWORD_MAX };
    ssp_cleanup(key_wipe) struct key hash = { .n = NTLM_HASH_SIZE };

    SSP_TRY(str16_upper(password, &upper));
    SSP_TRY(str16_to_oem(&upper, &oem));
    SSP_TRY(oem.err);
    if (oem.n > LM_PASSWORD_MAX)
        return ssp_fail(BAD_ARGUMENT);
    if (oem.n != 0)
        memcpy(padded.b, oem.p, oem.n);
    des_encrypt7(padded.b, constant, hash.b);
    des_encrypt7(padded.b + 7, constant, hash.b + 8);
    *ret = hash;
    return SSP_OK;
}

struct ntlm_v1 ntlm_v1_respond(const struct key *nt_hash, const struct key *lm_hash,
                               const uint8_t server[NTLM_CHALLENGE_SIZE])
{
    struct ntlm_v1 response;

    desl(nt_hash->b, server, response.nt);
    desl(lm_hash != NULL ? lm_hash->b : nt_hash->b, server, response.lm);
    return response;
}

/* The eight bytes that stand in for the server's challenge. */
void ntlm_v1_mix_challenges(const uint8_t server[NTLM_CHALLENGE_SIZE],
                            const uint8_t client[NTLM_CHALLENGE_SIZE],
                            uint8_t ret[NTLM_CHALLENGE_SIZE])
{
    struct view pieces[] = { { server, NTLM_CHALLENGE_SIZE }, { client, NTLM_CHALLENGE_SIZE } };
    uint8_t mixed[MD5_SIZE];

    md5(pieces, 2, mixed);
    memcpy(ret, mixed, NTLM_CHALLENGE_SIZE);
}

struct ntlm_v1 ntlm_v1_respond_ess(const struct key *nt_hash,
                                   const uint8_t server[NTLM_CHALLENGE_SIZE],
                                   const uint8_t client[NTLM_CHALLENGE_SIZE])
{
    struct ntlm_v1 response = { 0 };
    uint8_t mixed[NTLM_CHALLENGE_SIZE];

    ntlm_v1_mix_challenges(server, client, mixed);
    desl(nt_hash->b, mixed, response.nt);
    memcpy(response.lm, client, NTLM_CHALLENGE_SIZE);
    return response;
}

bool ntlm_v1_verify(const struct key *nt_hash, const uint8_t server[NTLM_CHALLENGE_SIZE],
                    struct view nt)
{
    uint8_t expected[NTLM_V1_SIZE];

    desl(nt_hash->b, server, expected);
    bool is_right = ct_eq(VIEW_OF(expected), nt);
    explicit_bzero(expected, sizeof(expected)); /* whoever failed must not find it */
    return is_right;
}

bool ntlm_v1_verify_ess(const struct key *nt_hash, const uint8_t server[NTLM_CHALLENGE_SIZE],
                        struct view nt, struct view lm)
{
    uint8_t mixed[NTLM_CHALLENGE_SIZE];

    if (lm.n != NTLM_V1_SIZE)
        return false;
    ntlm_v1_mix_challenges(server, lm.p, mixed);
    return ntlm_v1_verify(nt_hash, mixed, nt);
}

struct key ntlm_v1_session_base_key(const struct key *nt_hash)
{
    uint8_t base[MD4_SIZE];

    md4(key_view(nt_hash), base);
    struct key key = key_of_16(base);
    explicit_bzero(base, sizeof(base));
    return key;
}
