/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/keys.h"

#include <assert.h>

#include "base/cleanup.h"
#include "crypto/des.h"
#include "crypto/digest.h"
#include "crypto/rc4.h"

/* The magic constants count with their closing zero. */
static const char sign_magic[][59] = {
    [NTLM_CLIENT] = "session key to client-to-server signing key magic constant",
    [NTLM_SERVER] = "session key to server-to-client signing key magic constant",
};
static const char seal_magic[][59] = {
    [NTLM_CLIENT] = "session key to client-to-server sealing key magic constant",
    [NTLM_SERVER] = "session key to server-to-client sealing key magic constant",
};

/* NTLMSSP_NEGOTIATE_LM_KEY: DES of the LM response under the LM hash. */
static struct key kx_from_lm(const struct ntlm_kx *in)
{
    uint8_t second[7] = { in->lm_hash->b[7], 0xbd, 0xbd, 0xbd, 0xbd, 0xbd, 0xbd };
    struct key key = { .n = NTLM_KEY_SIZE };

    des_encrypt7(in->lm_hash->b, in->lm.p, key.b);
    des_encrypt7(second, in->lm.p, key.b + 8);
    explicit_bzero(second, sizeof(second));
    return key;
}

/* NTLMv1 without extended session security. */
static enum ssp_err kx_v1(const struct ntlm_kx *in, struct key *ret)
{
    bool lm_key = (in->flags & NTLMSSP_NEGOTIATE_LM_KEY) != 0;
    bool non_nt = (in->flags & NTLMSSP_REQUEST_NON_NT_SESSION_KEY) != 0;

    if (!lm_key && !non_nt) {
        *ret = *in->session_base_key;
        return SSP_OK;
    }
    if (in->lm_hash == NULL)
        return ssp_fail(UNSUPPORTED);
    if (lm_key && in->lm.n < 8)
        return ssp_fail(BAD_TOKEN);
    if (lm_key) {
        *ret = kx_from_lm(in);
        return SSP_OK;
    }
    *ret = (struct key){ .n = NTLM_KEY_SIZE };
    memcpy(ret->b, in->lm_hash->b, 8);
    return SSP_OK;
}

enum ssp_err ntlm_kxkey(const struct ntlm_kx *in, struct key *ret)
{
    if (in->is_v2) {
        *ret = *in->session_base_key;
        return SSP_OK;
    }
    if (!ntlm_is_ess(in->flags))
        return kx_v1(in, ret);
    if (in->lm.n < 8)
        return ssp_fail(BAD_TOKEN);

    struct view pieces[] = { { in->server, NTLM_CHALLENGE_SIZE }, { in->lm.p, 8 } };
    *ret = (struct key){ .n = NTLM_KEY_SIZE };
    hmac_md5(key_view(in->session_base_key), pieces, 2, ret->b);
    return SSP_OK;
}

void ntlm_crypt_session_key(const struct key *kxkey, struct view key, struct key *ret)
{
    ssp_cleanup(rc4_wipe) struct rc4 rc4;

    assert(key.n <= KEY_MAX);
    key_wipe(ret);
    rc4_init(&rc4, key_view(kxkey));
    rc4_crypt(&rc4, ret->b, key.p, key.n);
    ret->n = key.n;
}

struct key ntlm_signkey(uint32_t flags, const struct key *exported, enum ntlm_side side)
{
    struct key key = { 0 };
    struct view pieces[] = { key_view(exported), VIEW_OF(sign_magic[side]) };

    if (!ntlm_is_ess(flags))
        return key;
    md5(pieces, 2, key.b);
    key.n = MD5_SIZE;
    return key;
}

static struct key sealkey_ess(uint32_t flags, const struct key *exported, enum ntlm_side side)
{
    size_t strong = (flags & NTLMSSP_NEGOTIATE_56) != 0 ? 7 : 5;
    size_t n = (flags & NTLMSSP_NEGOTIATE_128) != 0 ? NTLM_KEY_SIZE : strong;
    struct view pieces[] = { { exported->b, n }, VIEW_OF(seal_magic[side]) };
    struct key key = { .n = MD5_SIZE };

    md5(pieces, 2, key.b);
    return key;
}

struct key ntlm_sealkey(uint32_t flags, const struct key *exported, enum ntlm_side side)
{
    static const uint8_t pad56[] = { 0xa0 };
    static const uint8_t pad40[] = { 0xe5, 0x38, 0xb0 };
    bool is56 = (flags & NTLMSSP_NEGOTIATE_56) != 0;
    struct view pad = is56 ? VIEW_OF(pad56) : VIEW_OF(pad40);

    if (ntlm_is_ess(flags))
        return sealkey_ess(flags, exported, side);
    /* Our NTLMRevisionCurrent is W2K3, so DATAGRAM weakens the key as LM_KEY does. */
    if ((flags & (NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_NEGOTIATE_DATAGRAM)) == 0)
        return *exported;

    struct key key = { .n = 8 };
    memcpy(key.b, exported->b, 8 - pad.n);
    memcpy(key.b + 8 - pad.n, pad.p, pad.n);
    return key;
}

void ntlm_mic(const struct key *exported, struct view negotiate, struct view challenge,
              struct view authenticate, uint8_t ret[NTLM_MIC_SIZE])
{
    static const uint8_t zero[NTLM_MIC_SIZE];
    size_t after = NTLM_MIC_OFFSET + NTLM_MIC_SIZE;

    assert(authenticate.n >= after);
    struct view pieces[] = {
        negotiate,
        challenge,
        { authenticate.p, NTLM_MIC_OFFSET },
        VIEW_OF(zero),
        { authenticate.p + after, authenticate.n - after },
    };
    hmac_md5(key_view(exported), pieces, sizeof(pieces) / sizeof(pieces[0]), ret);
}
