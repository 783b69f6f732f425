/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tls_kdf.h"

#include <assert.h>
#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "crypto/hmac.h"
#include "crypto/wrote.h"

enum { PREFIX_SIZE = 6, INFO_MAX = 2 + 1 + 255 + 1 + TLS_HASH_MAX, EXPAND_BLOCKS = 255 };

static void key_init(struct hmac_key *key, enum tls_hash hash, struct view secret)
{
    hmac_key_init(key, hash == TLS_SHA384 ? HMAC_SHA384 : HMAC_SHA256, secret);
}

size_t tls_hash_size(enum tls_hash hash)
{
    return hash == TLS_SHA384 ? SHA384_DIGEST_SIZE : SHA256_DIGEST_SIZE;
}

void tls_digest(enum tls_hash hash, struct view bytes, uint8_t ret[TLS_HASH_MAX])
{
    union {
        struct sha256_ctx sha256;
        struct sha512_ctx sha384;
    } ctx;

    if (hash == TLS_SHA384) {
        sha384_init(&ctx.sha384);
        sha384_update(&ctx.sha384, bytes.n, bytes.p);
        sha384_digest(&ctx.sha384, SHA384_DIGEST_SIZE, ret);
    } else {
        sha256_init(&ctx.sha256);
        sha256_update(&ctx.sha256, bytes.n, bytes.p);
        sha256_digest(&ctx.sha256, SHA256_DIGEST_SIZE, ret);
    }
    nettle_wrote(ret, tls_hash_size(hash));
    explicit_bzero(&ctx, sizeof(ctx));
}

/* RFC 5869 2.3 */
static void expand(const struct hmac_key *key, struct view info, size_t hash_n, uint8_t *ret,
                   size_t n)
{
    uint8_t block[TLS_HASH_MAX];

    for (size_t done = 0; done < n; done += hash_n) {
        uint8_t counter = (uint8_t)(done / hash_n + 1);
        const struct view pieces[] = { { block, done == 0 ? 0 : hash_n }, info, { &counter, 1 } };

        hmac_keyed(key, pieces, 3, block, hash_n);
        memcpy(ret + done, block, n - done < hash_n ? n - done : hash_n);
    }
    explicit_bzero(block, sizeof(block));
}

/* struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255>; } */
static size_t put_info(const struct tls_label *label, size_t n, uint8_t info[INFO_MAX])
{
    size_t at = 0;

    info[at++] = (uint8_t)(n >> 8);
    info[at++] = (uint8_t)n;
    info[at++] = (uint8_t)(PREFIX_SIZE + label->label.n);
    memcpy(info + at, "tls13 ", PREFIX_SIZE);
    at += PREFIX_SIZE;
    if (label->label.n != 0)
        memcpy(info + at, label->label.p, label->label.n);
    at += label->label.n;
    info[at++] = (uint8_t)label->context.n;
    if (label->context.n != 0)
        memcpy(info + at, label->context.p, label->context.n);
    return at + label->context.n;
}

enum ssp_err tls_expand_label(enum tls_hash hash, struct view secret, const struct tls_label *label,
                              uint8_t *ret, size_t n)
{
    ssp_cleanup(hmac_key_wipe) struct hmac_key key;
    uint8_t info[INFO_MAX];

    if (label->label.n > TLS_LABEL_MAX || label->context.n > TLS_HASH_MAX ||
        n > EXPAND_BLOCKS * tls_hash_size(hash))
        return ssp_fail(BAD_ARGUMENT);
    size_t info_n = put_info(label, n, info);
    key_init(&key, hash, secret);
    expand(&key, (struct view){ info, info_n }, tls_hash_size(hash), ret, n);
    return SSP_OK;
}

/* A(0) = seed, A(i) = HMAC(A(i - 1)); the output is HMAC(A(i) + seed) after HMAC(A(i) + seed). */
void tls_prf(enum tls_hash hash, struct view secret, const struct view *pieces, size_t n_pieces,
             uint8_t *ret, size_t n)
{
    ssp_cleanup(hmac_key_wipe) struct hmac_key key;
    size_t hash_n = tls_hash_size(hash);
    uint8_t a[TLS_HASH_MAX];
    uint8_t block[TLS_HASH_MAX];
    struct view seed[1 + TLS_PIECES_MAX] = { { a, hash_n } };

    assert(n_pieces <= TLS_PIECES_MAX);
    memcpy(seed + 1, pieces, n_pieces * sizeof(*pieces));
    key_init(&key, hash, secret);
    hmac_keyed(&key, pieces, n_pieces, a, hash_n);
    for (size_t done = 0; done < n; done += hash_n) {
        hmac_keyed(&key, seed, 1 + n_pieces, block, hash_n);
        memcpy(ret + done, block, n - done < hash_n ? n - done : hash_n);
        hmac_keyed(&key, seed, 1, a, hash_n);
    }
    explicit_bzero(a, sizeof(a));
    explicit_bzero(block, sizeof(block));
}
