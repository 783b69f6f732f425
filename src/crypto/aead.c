/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aead.h"

#include <string.h>

#include <nettle/gcm.h>
#include <nettle/memops.h>

#include "crypto/wrote.h"

_Static_assert(AEAD_KEY_SIZE == AES256_KEY_SIZE, "AES-256 key");
_Static_assert(AEAD_NONCE_SIZE == GCM_IV_SIZE, "GCM nonce");
_Static_assert(AEAD_TAG_SIZE == GCM_DIGEST_SIZE, "GCM tag");

static void start(struct gcm_aes256_ctx *ctx, const uint8_t *key, const uint8_t *nonce,
                  struct view header)
{
    gcm_aes256_set_key(ctx, key);
    gcm_aes256_set_iv(ctx, AEAD_NONCE_SIZE, nonce);
    gcm_aes256_update(ctx, header.n, header.p);
}

void aes256_gcm_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[AEAD_NONCE_SIZE],
                     struct view header, struct view plain, uint8_t *dst,
                     uint8_t ret_tag[AEAD_TAG_SIZE])
{
    struct gcm_aes256_ctx ctx;

    start(&ctx, key, nonce, header);
    gcm_aes256_encrypt(&ctx, plain.n, dst, plain.p);
    gcm_aes256_digest(&ctx, AEAD_TAG_SIZE, ret_tag);
    nettle_wrote(dst, plain.n);
    nettle_wrote(ret_tag, AEAD_TAG_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
}

enum ssp_err aes256_gcm_open(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[AEAD_NONCE_SIZE],
                             struct view header, struct view cipher,
                             const uint8_t tag[AEAD_TAG_SIZE], uint8_t *dst)
{
    struct gcm_aes256_ctx ctx;
    uint8_t expected[AEAD_TAG_SIZE];

    start(&ctx, key, nonce, header);
    gcm_aes256_decrypt(&ctx, cipher.n, dst, cipher.p);
    gcm_aes256_digest(&ctx, AEAD_TAG_SIZE, expected);
    nettle_wrote(dst, cipher.n);
    explicit_bzero(&ctx, sizeof(ctx));
    if (memeql_sec(expected, tag, AEAD_TAG_SIZE))
        return SSP_OK;
    if (cipher.n != 0)
        explicit_bzero(dst, cipher.n);
    return ssp_fail(ALTERED);
}
