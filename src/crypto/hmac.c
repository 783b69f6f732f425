/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include <assert.h>
#include <string.h>

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "crypto/wrote.h"

enum { BLOCK_MAX = SHA512_BLOCK_SIZE };

union hash {
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
    struct sha512_ctx sha384; /* nettle's sha384_ctx is the same */
};

/* ---- Each hash: start after one block, go on, end, what state it is in ------- */

static void sha1_start(union hash *h, const union hmac_state *state)
{
    memcpy(h->sha1.state, state->w, sizeof(h->sha1.state));
    h->sha1.count = 1;
    h->sha1.index = 0;
}

static void sha1_fresh(union hash *h)
{
    sha1_init(&h->sha1);
}

static void sha1_go(union hash *h, struct view piece)
{
    sha1_update(&h->sha1, piece.n, piece.p);
}

static void sha1_end(union hash *h, size_t n, uint8_t *ret)
{
    sha1_digest(&h->sha1, n, ret);
}

static void sha1_state(const union hash *h, union hmac_state *ret)
{
    memcpy(ret->w, h->sha1.state, sizeof(h->sha1.state));
}

static void sha256_start(union hash *h, const union hmac_state *state)
{
    memcpy(h->sha256.state, state->w, sizeof(h->sha256.state));
    h->sha256.count = 1;
    h->sha256.index = 0;
}

static void sha256_fresh(union hash *h)
{
    sha256_init(&h->sha256);
}

static void sha256_go(union hash *h, struct view piece)
{
    sha256_update(&h->sha256, piece.n, piece.p);
}

static void sha256_end(union hash *h, size_t n, uint8_t *ret)
{
    sha256_digest(&h->sha256, n, ret);
}

static void sha256_state(const union hash *h, union hmac_state *ret)
{
    memcpy(ret->w, h->sha256.state, sizeof(h->sha256.state));
}

static void sha384_start(union hash *h, const union hmac_state *state)
{
    memcpy(h->sha384.state, state->d, sizeof(h->sha384.state));
    h->sha384.count_low = 1;
    h->sha384.count_high = 0;
    h->sha384.index = 0;
}

static void sha384_fresh(union hash *h)
{
    sha384_init(&h->sha384);
}

static void sha384_go(union hash *h, struct view piece)
{
    sha384_update(&h->sha384, piece.n, piece.p);
}

static void sha384_end(union hash *h, size_t n, uint8_t *ret)
{
    sha384_digest(&h->sha384, n, ret);
}

static void sha384_state(const union hash *h, union hmac_state *ret)
{
    memcpy(ret->d, h->sha384.state, sizeof(h->sha384.state));
}

static const struct kind {
    size_t block;
    size_t size;
    size_t ctx;
    void (*fresh)(union hash *h);
    void (*start)(union hash *h, const union hmac_state *state);
    void (*go)(union hash *h, struct view piece);
    void (*end)(union hash *h, size_t n, uint8_t *ret);
    void (*state)(const union hash *h, union hmac_state *ret);
} kinds[] = {
    [HMAC_SHA1] = { SHA1_BLOCK_SIZE, SHA1_DIGEST_SIZE, sizeof(struct sha1_ctx), sha1_fresh,
                    sha1_start, sha1_go, sha1_end, sha1_state },
    [HMAC_SHA256] = { SHA256_BLOCK_SIZE, SHA256_DIGEST_SIZE, sizeof(struct sha256_ctx),
                      sha256_fresh, sha256_start, sha256_go, sha256_end, sha256_state },
    [HMAC_SHA384] = { SHA512_BLOCK_SIZE, SHA384_DIGEST_SIZE, sizeof(struct sha512_ctx),
                      sha384_fresh, sha384_start, sha384_go, sha384_end, sha384_state },
};

static void pad_state(const struct kind *kind, struct view secret, uint8_t pad,
                      union hmac_state *ret)
{
    uint8_t block[BLOCK_MAX];
    union hash h;

    memset(block, pad, kind->block);
    for (size_t i = 0; i < secret.n; i++)
        block[i] ^= secret.p[i];
    kind->fresh(&h);
    kind->go(&h, (struct view){ block, kind->block });
    nettle_wrote(&h, kind->ctx);
    kind->state(&h, ret);
    explicit_bzero(&h, sizeof(h));
    explicit_bzero(block, sizeof(block));
}

void hmac_key_init(struct hmac_key *key, enum hmac_hash hash, struct view secret)
{
    const struct kind *kind = &kinds[hash];

    assert(secret.n <= kind->block);
    *key = (struct hmac_key){ .hash = hash };
    pad_state(kind, secret, 0x36, &key->inner);
    pad_state(kind, secret, 0x5c, &key->outer);
}

void hmac_key_wipe(struct hmac_key *key)
{
    explicit_bzero(key, sizeof(*key));
}

void hmac_keyed(const struct hmac_key *key, const struct view *pieces, size_t n, uint8_t *ret,
                size_t ret_n)
{
    const struct kind *kind = &kinds[key->hash];
    uint8_t inner[HMAC_MAX_SIZE];
    union hash h;

    assert(ret_n <= kind->size);
    kind->start(&h, &key->inner);
    for (size_t i = 0; i < n; i++)
        kind->go(&h, pieces[i]);
    kind->end(&h, kind->size, inner);
    kind->start(&h, &key->outer);
    kind->go(&h, (struct view){ inner, kind->size });
    kind->end(&h, ret_n, ret);
    nettle_wrote(ret, ret_n);
    explicit_bzero(&h, kind->ctx);
    explicit_bzero(inner, sizeof(inner));
}
