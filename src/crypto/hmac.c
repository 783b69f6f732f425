/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include <assert.h>
#include <string.h>

#include "crypto/hmac_run.h"
#include "crypto/wrote.h"

enum { BLOCK_MAX = SHA512_BLOCK_SIZE };

/* ---- Each hash: start after one block, go on, end, what state it is in ------- */

static void sha1_start(union hmac_hashing *h, const union hmac_state *state)
{
    memcpy(h->sha1.state, state->w, sizeof(h->sha1.state));
    h->sha1.count = 1;
    h->sha1.index = 0;
}

static void sha1_fresh(union hmac_hashing *h)
{
    sha1_init(&h->sha1);
}

static void sha1_go(union hmac_hashing *h, struct view piece)
{
    sha1_update(&h->sha1, piece.n, piece.p);
}

static void sha1_end(union hmac_hashing *h, size_t n, uint8_t *ret)
{
    sha1_digest(&h->sha1, n, ret);
}

static void sha1_state(const union hmac_hashing *h, union hmac_state *ret)
{
    memcpy(ret->w, h->sha1.state, sizeof(h->sha1.state));
}

static void sha256_start(union hmac_hashing *h, const union hmac_state *state)
{
    memcpy(h->sha256.state, state->w, sizeof(h->sha256.state));
    h->sha256.count = 1;
    h->sha256.index = 0;
}

static void sha256_fresh(union hmac_hashing *h)
{
    sha256_init(&h->sha256);
}

static void sha256_go(union hmac_hashing *h, struct view piece)
{
    sha256_update(&h->sha256, piece.n, piece.p);
}

static void sha256_end(union hmac_hashing *h, size_t n, uint8_t *ret)
{
    sha256_digest(&h->sha256, n, ret);
}

static void sha256_state(const union hmac_hashing *h, union hmac_state *ret)
{
    memcpy(ret->w, h->sha256.state, sizeof(h->sha256.state));
}

static void sha384_start(union hmac_hashing *h, const union hmac_state *state)
{
    memcpy(h->sha384.state, state->d, sizeof(h->sha384.state));
    h->sha384.count_low = 1;
    h->sha384.count_high = 0;
    h->sha384.index = 0;
}

static void sha384_fresh(union hmac_hashing *h)
{
    sha384_init(&h->sha384);
}

static void sha384_go(union hmac_hashing *h, struct view piece)
{
    sha384_update(&h->sha384, piece.n, piece.p);
}

static void sha384_end(union hmac_hashing *h, size_t n, uint8_t *ret)
{
    sha384_digest(&h->sha384, n, ret);
}

static void sha384_state(const union hmac_hashing *h, union hmac_state *ret)
{
    memcpy(ret->d, h->sha384.state, sizeof(h->sha384.state));
}

static const struct kind {
    size_t block;
    size_t size;
    size_t ctx;
    void (*fresh)(union hmac_hashing *h);
    void (*start)(union hmac_hashing *h, const union hmac_state *state);
    void (*go)(union hmac_hashing *h, struct view piece);
    void (*end)(union hmac_hashing *h, size_t n, uint8_t *ret);
    void (*state)(const union hmac_hashing *h, union hmac_state *ret);
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
    union hmac_hashing h;

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

void hmac_run_begin(struct hmac_run *run, const struct hmac_key *key)
{
    run->key = key;
    kinds[key->hash].start(&run->h, &key->inner);
}

void hmac_run_add(struct hmac_run *run, struct view piece)
{
    kinds[run->key->hash].go(&run->h, piece);
}

void hmac_run_end(struct hmac_run *run, uint8_t *ret, size_t ret_n)
{
    const struct kind *kind = &kinds[run->key->hash];
    uint8_t inner[HMAC_MAX_SIZE];

    assert(ret_n <= kind->size);
    kind->end(&run->h, kind->size, inner);
    kind->start(&run->h, &run->key->outer);
    kind->go(&run->h, (struct view){ inner, kind->size });
    kind->end(&run->h, ret_n, ret);
    nettle_wrote(ret, ret_n);
    explicit_bzero(&run->h, kind->ctx);
    explicit_bzero(inner, sizeof(inner));
}

void hmac_keyed(const struct hmac_key *key, const struct view *pieces, size_t n, uint8_t *ret,
                size_t ret_n)
{
    struct hmac_run run;

    hmac_run_begin(&run, key);
    for (size_t i = 0; i < n; i++)
        hmac_run_add(&run, pieces[i]);
    hmac_run_end(&run, ret, ret_n);
}
