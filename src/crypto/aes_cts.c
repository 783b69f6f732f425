/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aes_cts.h"

#include <assert.h>
#include <string.h>

#include <nettle/aes.h>
#include <nettle/cbc.h>

#include "crypto/aes_sha512.h"
#include "crypto/hmac_run.h"
#include "crypto/wrote.h"

_Static_assert(sizeof(struct aes256_ctx) <= sizeof(uint32_t[AES_ROUND_WORDS]), "round keys");
_Static_assert(AES_BLOCK == AES_BLOCK_SIZE, "block size");

static const struct aes128_ctx *as_128(const struct aes_key *key)
{
    return (const void *)key->words;
}

static const struct aes256_ctx *as_256(const struct aes_key *key)
{
    return (const void *)key->words;
}

typedef void set_key_fn(void *ctx, const uint8_t *secret);

static void set_key(struct aes_key *key, struct view secret, set_key_fn *set_128,
                    set_key_fn *set_256)
{
    assert(secret.n == AES128_KEY_SIZE || secret.n == AES256_KEY_SIZE);
    memset(key->words, 0, sizeof(key->words));
    key->is_256 = secret.n == AES256_KEY_SIZE;
    (key->is_256 ? set_256 : set_128)(key->words, secret.p);
    nettle_wrote(key->words, sizeof(key->words));
}

static void encrypts_128(void *ctx, const uint8_t *secret)
{
    aes128_set_encrypt_key(ctx, secret);
}

static void encrypts_256(void *ctx, const uint8_t *secret)
{
    aes256_set_encrypt_key(ctx, secret);
}

static void decrypts_128(void *ctx, const uint8_t *secret)
{
    aes128_set_decrypt_key(ctx, secret);
}

static void decrypts_256(void *ctx, const uint8_t *secret)
{
    aes256_set_decrypt_key(ctx, secret);
}

void aes_key_encrypts(struct aes_key *key, struct view secret)
{
    set_key(key, secret, encrypts_128, encrypts_256);
}

void aes_key_decrypts(struct aes_key *key, struct view secret)
{
    set_key(key, secret, decrypts_128, decrypts_256);
}

void aes_key_wipe(struct aes_key *key)
{
    explicit_bzero(key, sizeof(*key));
}

void aes_encrypt_block(const struct aes_key *key, uint8_t dst[AES_BLOCK],
                       const uint8_t src[AES_BLOCK])
{
    if (key->is_256)
        aes256_encrypt(as_256(key), AES_BLOCK, dst, src);
    else
        aes128_encrypt(as_128(key), AES_BLOCK, dst, src);
    nettle_wrote(dst, AES_BLOCK);
}

static void decrypt_block(const struct aes_key *key, uint8_t dst[AES_BLOCK],
                          const uint8_t src[AES_BLOCK])
{
    if (key->is_256)
        aes256_decrypt(as_256(key), AES_BLOCK, dst, src);
    else
        aes128_decrypt(as_128(key), AES_BLOCK, dst, src);
    nettle_wrote(dst, AES_BLOCK);
}

/* ---- Plain CBC over whole blocks ---------------------------------------- */

typedef void cbc_fn(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *p, size_t n);

static void cbc_encrypts(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *p, size_t n)
{
    if (key->is_256)
        cbc_aes256_encrypt(as_256(key), iv, n, p, p);
    else
        cbc_aes128_encrypt(as_128(key), iv, n, p, p);
    nettle_wrote(p, n);
    nettle_wrote(iv, AES_BLOCK);
}

static void decrypt_256(const void *ctx, size_t n, uint8_t *dst, const uint8_t *src)
{
    aes256_decrypt(ctx, n, dst, src);
}

static void decrypt_128(const void *ctx, size_t n, uint8_t *dst, const uint8_t *src)
{
    aes128_decrypt(ctx, n, dst, src);
}

static void cbc_decrypts(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *p, size_t n)
{
    cbc_decrypt(key->words, key->is_256 ? decrypt_256 : decrypt_128, AES_BLOCK, iv, n, p, p);
    nettle_wrote(p, n);
    nettle_wrote(iv, AES_BLOCK);
}

/* ---- A message in spans ------------------------------------------------- */

struct cursor { /* where in the message; the next byte is spans->p[at] */
    const struct span *spans;
    size_t left; /* spans */
    size_t at;
};

static size_t total(const struct span *spans, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += spans[i].n;
    return sum;
}

/* The bytes in one piece from here on; moves past spans that are used up. */
static struct span run_at(struct cursor *in)
{
    while (in->left > 0 && in->at == in->spans->n) {
        in->spans++;
        in->left--;
        in->at = 0;
    }
    if (in->left == 0)
        return (struct span){ 0 };
    return (struct span){ in->spans->p + in->at, in->spans->n - in->at };
}

/* The next n bytes, which are there, to or from a buffer. */
static void copy(struct cursor *in, uint8_t *buffer, size_t n, bool out)
{
    while (n > 0) {
        struct span run = run_at(in);
        size_t part = run.n < n ? run.n : n;

        assert(part > 0);
        memcpy(out ? run.p : buffer, out ? buffer : run.p, part);
        buffer += part;
        in->at += part;
        n -= part;
    }
}

struct work { /* what is done to each part of a message */
    const struct aes_key *key;
    cbc_fn *cbc;
    uint8_t iv[AES_BLOCK];
    struct hmac_run *mac; /* NULL: none */
    enum mac_order order;
};

enum { TURN = 128 }; /* bytes; measured: fewer or more are slower */

static void mac_of(const struct work *work, enum mac_order when, const uint8_t *p, size_t n)
{
    if (work->mac != NULL && work->order == when)
        hmac_run_add(work->mac, (struct view){ p, n });
}

static void do_apart(struct work *work, uint8_t *p, size_t n)
{
    size_t turn = work->mac != NULL ? TURN : n;

    while (n > 0) {
        size_t part = n < turn ? n : turn;

        mac_of(work, MAC_OF_PLAIN, p, part);
        work->cbc(work->key, work->iv, p, part);
        mac_of(work, MAC_OF_CIPHER, p, part);
        p += part;
        n -= part;
    }
}

/* As much of the n bytes as can be had in one pass; begins where a block of the hash does, and what
 * is digested lags a turn behind. */
static size_t do_together(struct work *work, uint8_t *p, size_t n)
{
    if (work->mac == NULL || work->order != MAC_OF_CIPHER || !work->key->is_256 ||
        work->mac->key->hash != HMAC_SHA384 || !aes_sha512_is_there())
        return 0;
    struct sha512_ctx *sha = &work->mac->h.sha384;
    size_t head = (SHA512_BLOCK_SIZE - sha->index) % SHA512_BLOCK_SIZE;
    if (head % AES_BLOCK != 0 || n < head + (size_t)2 * AES_SHA512_TURN)
        return 0;
    size_t turns = (n - head) / AES_SHA512_TURN - 1;

    do_apart(work, p, head);
    work->cbc(work->key, work->iv, p + head, AES_SHA512_TURN);
    p += head + AES_SHA512_TURN;
    aes256_sha512(work->key->words, work->iv, sha->state, p, turns);
    sha->count_low += turns * (AES_SHA512_TURN / SHA512_BLOCK_SIZE);
    p += (turns - 1) * AES_SHA512_TURN;
    mac_of(work, MAC_OF_CIPHER, p, AES_SHA512_TURN);
    return head + (turns + 1) * AES_SHA512_TURN;
}

static void do_blocks(struct work *work, uint8_t *p, size_t n)
{
    size_t done = do_together(work, p, n);

    do_apart(work, p + done, n - done);
}

/* n is a multiple of the block: whole blocks within a span in one call, one that lies across spans
 * by way of a copy. */
static void cbc(struct work *work, struct cursor *in, size_t n)
{
    uint8_t block[AES_BLOCK];

    while (n > 0) {
        struct span run = run_at(in);
        size_t whole = (run.n < n ? run.n : n) / AES_BLOCK * AES_BLOCK;

        if (whole != 0) {
            do_blocks(work, run.p, whole);
            in->at += whole;
            n -= whole;
            continue;
        }
        struct cursor back = *in;
        copy(in, block, sizeof(block), false);
        do_blocks(work, block, sizeof(block));
        copy(&back, block, sizeof(block), true);
        n -= sizeof(block);
    }
    explicit_bzero(block, sizeof(block));
}

/* The last block, whole or not, and the one before it. */
static size_t tail_size(size_t n)
{
    return AES_BLOCK + (n - 1) % AES_BLOCK + 1;
}

typedef void tail_fn(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *tail, size_t n);

/* CBC of both, the last filled up with zeroes; then they change places, and what is now last is
 * cut. */
static void tail_encrypts(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *tail, size_t n)
{
    uint8_t blocks[2 * AES_BLOCK] = { 0 };

    memcpy(blocks, tail, n);
    cbc_encrypts(key, iv, blocks, sizeof(blocks));
    memcpy(tail, blocks + AES_BLOCK, AES_BLOCK);
    memcpy(tail + AES_BLOCK, blocks, n - AES_BLOCK);
}

static void xor_block(uint8_t dst[AES_BLOCK], const uint8_t src[AES_BLOCK])
{
    for (size_t i = 0; i < AES_BLOCK; i++)
        dst[i] ^= src[i];
}

/* The block that stands first was encrypted last: in it, behind what the cut one has, is what was
 * cut off. */
static void tail_decrypts(const struct aes_key *key, uint8_t iv[AES_BLOCK], uint8_t *tail, size_t n)
{
    size_t cut = n - AES_BLOCK;
    uint8_t last[AES_BLOCK];
    uint8_t before[AES_BLOCK];

    decrypt_block(key, last, tail);
    memcpy(before, last, sizeof(before));
    memcpy(before, tail + AES_BLOCK, cut);
    xor_block(last, before); /* behind the cut one: zeroes, with which it was filled up */
    decrypt_block(key, before, before);
    xor_block(before, iv);
    memcpy(tail, before, sizeof(before));
    memcpy(tail + AES_BLOCK, last, cut);
    explicit_bzero(last, sizeof(last));
    explicit_bzero(before, sizeof(before));
}

static void cts(struct work *work, tail_fn *rest, const struct span *spans, size_t n)
{
    struct cursor in = { spans, n, 0 };
    size_t size = total(spans, n);
    uint8_t tail[2 * AES_BLOCK];

    assert(size > AES_BLOCK);
    size_t tail_n = tail_size(size);
    cbc(work, &in, size - tail_n);
    struct cursor back = in;
    copy(&in, tail, tail_n, false);
    mac_of(work, MAC_OF_PLAIN, tail, tail_n);
    rest(work->key, work->iv, tail, tail_n);
    mac_of(work, MAC_OF_CIPHER, tail, tail_n);
    copy(&back, tail, tail_n, true);
    explicit_bzero(tail, sizeof(tail));
}

void aes_cts_encrypt(const struct aes_key *key, const struct span *spans, size_t n)
{
    struct work work = { .key = key, .cbc = cbc_encrypts };

    cts(&work, tail_encrypts, spans, n);
}

void aes_cts_decrypt(const struct aes_key *key, const struct span *spans, size_t n)
{
    struct work work = { .key = key, .cbc = cbc_decrypts };

    cts(&work, tail_decrypts, spans, n);
}

void aes_cts_encrypt_mac(const struct aes_key *key, const struct span *spans, size_t n,
                         const struct mac_wanted *mac)
{
    struct hmac_run run;
    struct work work = { .key = key, .cbc = cbc_encrypts, .mac = &run, .order = mac->order };

    hmac_run_begin(&run, mac->key);
    hmac_run_add(&run, mac->first);
    cts(&work, tail_encrypts, spans, n);
    hmac_run_end(&run, mac->ret, mac->n);
}
