/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <string.h>

#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

#include "crypto/hmac_md5.h"
#include "crypto/wrote.h"

void md4(struct view bytes, uint8_t ret[MD4_SIZE])
{
    struct md4_ctx ctx;

    md4_init(&ctx);
    md4_update(&ctx, bytes.n, bytes.p);
    md4_digest(&ctx, MD4_SIZE, ret);
    nettle_wrote(ret, MD4_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
}

static void md5_pieces(struct md5_ctx *ctx, const struct view *pieces, size_t n)
{
    for (size_t i = 0; i < n; i++)
        md5_update(ctx, pieces[i].n, pieces[i].p);
}

void md5(const struct view *pieces, size_t n, uint8_t ret[MD5_SIZE])
{
    struct md5_ctx ctx;

    md5_init(&ctx);
    md5_pieces(&ctx, pieces, n);
    md5_digest(&ctx, MD5_SIZE, ret);
    nettle_wrote(ret, MD5_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
}

void sha256(const struct view *pieces, size_t n, uint8_t ret[SHA256_SIZE])
{
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    for (size_t i = 0; i < n; i++)
        sha256_update(&ctx, pieces[i].n, pieces[i].p);
    sha256_digest(&ctx, SHA256_SIZE, ret);
    nettle_wrote(ret, SHA256_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
}

/* Polynomial 0xedb88320, four bits at a time: small, and only old peers need it. */
static const uint32_t crc_nibble[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t crc_piece(uint32_t crc, struct view piece)
{
    for (size_t i = 0; i < piece.n; i++) {
        crc ^= piece.p[i];
        crc = crc >> 4 ^ crc_nibble[crc & 15];
        crc = crc >> 4 ^ crc_nibble[crc & 15];
    }
    return crc;
}

uint32_t crc32_ieee(const struct view *pieces, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        crc = crc_piece(crc, pieces[i]);
    return ~crc;
}

void hmac_md5(struct view key, const struct view *pieces, size_t n, uint8_t ret[MD5_SIZE])
{
    struct hmac_md5_key keyed;

    hmac_md5_key_init(&keyed, key);
    hmac_md5_keyed(&keyed, pieces, n, ret);
    explicit_bzero(&keyed, sizeof(keyed));
}

void hmac_sha256(struct view key, const struct view *pieces, size_t n, uint8_t ret[SHA256_SIZE])
{
    struct hmac_sha256_ctx ctx;

    hmac_sha256_set_key(&ctx, key.n, key.p);
    for (size_t i = 0; i < n; i++)
        hmac_sha256_update(&ctx, pieces[i].n, pieces[i].p);
    hmac_sha256_digest(&ctx, SHA256_SIZE, ret);
    nettle_wrote(ret, SHA256_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
}

static void pad_state(const uint8_t block[MD5_BLOCK_SIZE], uint8_t pad, uint32_t ret[4])
{
    struct md5_ctx ctx;
    uint8_t padded[MD5_BLOCK_SIZE];

    for (size_t i = 0; i < sizeof(padded); i++)
        padded[i] = block[i] ^ pad;
    md5_init(&ctx);
    md5_update(&ctx, sizeof(padded), padded);
    nettle_wrote(ctx.state, sizeof(ctx.state));
    memcpy(ret, ctx.state, sizeof(ctx.state));
    explicit_bzero(&ctx, sizeof(ctx));
    explicit_bzero(padded, sizeof(padded));
}

void hmac_md5_key_init(struct hmac_md5_key *key, struct view secret)
{
    uint8_t block[MD5_BLOCK_SIZE] = { 0 };

    if (secret.n > sizeof(block))
        md5(&secret, 1, block); /* RFC 2104 2: longer keys are hashed first */
    else if (secret.n != 0)
        memcpy(block, secret.p, secret.n);
    pad_state(block, 0x36, key->inner);
    pad_state(block, 0x5c, key->outer);
    explicit_bzero(block, sizeof(block));
}

/* Go on after the one block that pad_state() digested. */
static void md5_resume(struct md5_ctx *ctx, const uint32_t state[4])
{
    memcpy(ctx->state, state, sizeof(ctx->state));
    ctx->count = 1;
    ctx->index = 0;
}

void hmac_md5_resume(const struct hmac_md5_key *key, struct md5_ctx *ret)
{
    md5_resume(ret, key->inner);
}

void hmac_md5_finish(const struct hmac_md5_key *key, struct md5_ctx *ctx, uint8_t ret[MD5_SIZE])
{
    uint8_t inner[MD5_SIZE];

    md5_digest(ctx, sizeof(inner), inner);
    md5_resume(ctx, key->outer);
    md5_update(ctx, sizeof(inner), inner);
    md5_digest(ctx, MD5_SIZE, ret);
    nettle_wrote(ret, MD5_SIZE);
    explicit_bzero(ctx, sizeof(*ctx));
    explicit_bzero(inner, sizeof(inner));
}

void hmac_md5_keyed(const struct hmac_md5_key *key, const struct view *pieces, size_t n,
                    uint8_t ret[MD5_SIZE])
{
    struct md5_ctx ctx;

    hmac_md5_resume(key, &ctx);
    md5_pieces(&ctx, pieces, n);
    hmac_md5_finish(key, &ctx, ret);
}
