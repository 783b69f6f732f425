/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes with which key and number each message of Kerberos was protected, and with which key and
 * confounder it was encrypted: lines of the same record (recorder.c).
 *
 * The number stands in the token (RFC 4121 4.2.6).  The key shows in nettle's hash: HMAC begins
 * with a block that was digested once a key, and the last beginning in a call is that of the
 * message's checksum, of a key that only one side sends with.  The confounder is the first block
 * that AES encrypts, with an initial vector of zeroes.
 */
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "recorder.h"

typedef void sha1_fn(struct sha1_ctx *ctx, size_t n, const uint8_t *p);
typedef void sha256_fn(struct sha256_ctx *ctx, size_t n, const uint8_t *p);
typedef void sha512_fn(struct sha512_ctx *ctx, size_t n, const uint8_t *p);
typedef void cbc128_fn(const struct aes128_ctx *ctx, uint8_t *iv, size_t n, uint8_t *dst,
                       const uint8_t *src);
typedef void cbc256_fn(const struct aes256_ctx *ctx, uint8_t *iv, size_t n, uint8_t *dst,
                       const uint8_t *src);

/* What this stands in front of. */
static struct {
    sha1_fn *sha1;
    sha256_fn *sha256;
    sha512_fn *sha512;
    cbc128_fn *cbc128;
    cbc256_fn *cbc256;
} real;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static _Thread_local struct {
    bool is_on;
    uint8_t bytes[64];
    size_t n;
} key; /* of the message that is being protected */

static void find_all(void)
{
    recorder_find("nettle_sha1_update", &real.sha1, sizeof(real.sha1));
    recorder_find("nettle_sha256_update", &real.sha256, sizeof(real.sha256));
    recorder_find("nettle_sha512_update", &real.sha512, sizeof(real.sha512));
    recorder_find("nettle_cbc_aes128_encrypt", &real.cbc128, sizeof(real.cbc128));
    recorder_find("nettle_cbc_aes256_encrypt", &real.cbc256, sizeof(real.cbc256));
}

static void start(void)
{
    (void)pthread_once(&once, find_all);
}

/* ---- Keys ----------------------------------------------------------------- */

static void begins(bool after_one_block, const void *state, size_t n)
{
    if (!key.is_on || !after_one_block)
        return;
    memcpy(key.bytes, state, n);
    key.n = n;
}

void sha1_update(struct sha1_ctx *ctx, size_t length, const uint8_t *data)
{
    start();
    begins(ctx->count == 1 && ctx->index == 0, ctx->state, sizeof(ctx->state));
    real.sha1(ctx, length, data);
}

void sha256_update(struct sha256_ctx *ctx, size_t length, const uint8_t *data)
{
    start();
    begins(ctx->count == 1 && ctx->index == 0, ctx->state, sizeof(ctx->state));
    real.sha256(ctx, length, data);
}

void sha512_update(struct sha512_ctx *ctx, size_t length, const uint8_t *data)
{
    start();
    begins(ctx->count_low == 1 && ctx->index == 0, ctx->state, sizeof(ctx->state));
    real.sha512(ctx, length, data);
}

/* ---- Confounders ---------------------------------------------------------- */

/* The recorder digests as well, and that is no message's. */
static void note(const void *one, size_t one_n, const void *other, size_t other_n)
{
    bool was_on = key.is_on;

    key.is_on = false;
    recorder_note(one, one_n, other, other_n);
    key.is_on = was_on;
}

static void encrypts(const void *keys, size_t keys_n, const uint8_t *iv, size_t n,
                     const uint8_t *src)
{
    static const uint8_t zeroes[AES_BLOCK_SIZE];

    if (key.is_on && n >= AES_BLOCK_SIZE && memcmp(iv, zeroes, sizeof(zeroes)) == 0)
        note(keys, keys_n, src, AES_BLOCK_SIZE);
}

void cbc_aes128_encrypt(const struct aes128_ctx *ctx, uint8_t *iv, size_t length, uint8_t *dst,
                        const uint8_t *src)
{
    start();
    encrypts(ctx->keys, sizeof(ctx->keys), iv, length, src);
    real.cbc128(ctx, iv, length, dst, src);
}

void cbc_aes256_encrypt(const struct aes256_ctx *ctx, uint8_t *iv, size_t length, uint8_t *dst,
                        const uint8_t *src)
{
    start();
    encrypts(ctx->keys, sizeof(ctx->keys), iv, length, src);
    real.cbc256(ctx, iv, length, dst, src);
}

/* ---- Numbers -------------------------------------------------------------- */

void recorder_protects(void)
{
    key.n = 0;
    key.is_on = true;
}

static bool is_token(const SecBuffer *buffer)
{
    enum { HEADER = 16, KIND = 0xfffffff }; /* without a buffer's attributes */
    const uint8_t *p = buffer->pvBuffer;
    unsigned long kind = buffer->BufferType & KIND;

    return (kind == SECBUFFER_TOKEN || kind == SECBUFFER_STREAM) && buffer->cbBuffer >= HEADER &&
           (p[0] == 4 || p[0] == 5) && p[1] == 4;
}

void recorder_protected(const SecBufferDesc *desc)
{
    enum { NUMBER_AT = 8, NUMBER = 8 };

    key.is_on = false;
    for (unsigned long i = 0; key.n != 0 && i < desc->cBuffers; i++) {
        const uint8_t *token = desc->pBuffers[i].pvBuffer;

        if (is_token(&desc->pBuffers[i]))
            note(key.bytes, key.n, token + NUMBER_AT, NUMBER);
    }
    explicit_bzero(&key, sizeof(key));
}
