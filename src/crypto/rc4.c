/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rc4.h"

#include <assert.h>
#include <string.h>

#include <nettle/arcfour.h>

#include "crypto/wrote.h"

/* nettle's state is ours, byte for byte, so that its assembler works on ours in place. */
_Static_assert(sizeof(struct rc4) == sizeof(struct arcfour_ctx), "RC4 state size");
_Static_assert(offsetof(struct rc4, s) == offsetof(struct arcfour_ctx, S), "RC4 S-box");
_Static_assert(offsetof(struct rc4, i) == offsetof(struct arcfour_ctx, i), "RC4 i");
_Static_assert(offsetof(struct rc4, j) == offsetof(struct arcfour_ctx, j), "RC4 j");
_Static_assert(sizeof(struct rc4) == RC4_STATE_SIZE, "RC4 packed size");

static struct arcfour_ctx *nettle_of(struct rc4 *rc4)
{
    return (struct arcfour_ctx *)rc4;
}

void rc4_init(struct rc4 *rc4, struct view key)
{
    assert(key.n >= ARCFOUR_MIN_KEY_SIZE && key.n <= ARCFOUR_MAX_KEY_SIZE);
    arcfour_set_key(nettle_of(rc4), key.n, key.p);
    nettle_wrote(rc4, sizeof(*rc4));
}

void rc4_crypt(struct rc4 *rc4, uint8_t *dst, const uint8_t *src, size_t n)
{
    if (n == 0)
        return;
    arcfour_crypt(nettle_of(rc4), n, dst, src);
    nettle_wrote(dst, n);
}

void rc4_wipe(struct rc4 *rc4)
{
    explicit_bzero(rc4, sizeof(*rc4));
}

void rc4_pack(const struct rc4 *rc4, struct wr *out)
{
    wr_view(out, VIEW_OF(rc4->s));
    wr_view(out, (struct view){ &rc4->i, 1 });
    wr_view(out, (struct view){ &rc4->j, 1 });
}

/* 256 entries are a permutation when none of 256 values is missing.  Then seen is all ones, so
 * there is no secret in it to be wiped. */
static bool is_permutation(const uint8_t s[256])
{
    uint8_t seen[256] = { 0 };
    uint8_t all = 1;

    for (size_t i = 0; i < 256; i++)
        seen[s[i]] = 1;
    for (size_t i = 0; i < 256; i++)
        all &= seen[i];
    return all == 1;
}

enum ssp_err rc4_unpack(struct rd *in, struct rc4 *ret)
{
    struct view s = rd_view(in, sizeof(ret->s));
    uint8_t i = rd_u8(in);
    uint8_t j = rd_u8(in);

    /* Any other S-box gives a keystream that nobody has analysed, or one that stands still. */
    if (!rd_ok(in) || !is_permutation(s.p))
        return ssp_fail(BAD_PACKED);
    memcpy(ret->s, s.p, sizeof(ret->s));
    ret->i = i;
    ret->j = j;
    return SSP_OK;
}
