/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/krb5_kdf.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/aes_cts.h"

static size_t gcd(size_t a, size_t b)
{
    while (b != 0) { /* b gets smaller each turn */
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Byte i of the endless string of copies of `in`, each rotated right by 13 bits more than the one
 * before. */
static uint8_t rotated_byte(struct view in, size_t i)
{
    size_t bits = in.n * 8;
    size_t copy = i / in.n;
    size_t shift = 13 * copy % bits;
    size_t from = (i % in.n * 8 + bits - shift) % bits; /* the bit that comes first */
    size_t byte = from / 8;
    unsigned both = (unsigned)in.p[byte] << 8 | in.p[(byte + 1) % in.n];

    return (uint8_t)(both >> (8 - from % 8));
}

/* Adds the carry that came out at the front to the end: ones' complement. */
static void add_carry(uint8_t *sum, size_t n, unsigned carry)
{
    for (size_t i = n; i-- > 0 && carry != 0;) {
        carry += sum[i];
        sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

void krb5_nfold(struct view in, uint8_t *ret, size_t ret_n)
{
    assert(in.n != 0 && ret_n != 0);
    size_t whole = in.n / gcd(in.n, ret_n) * ret_n; /* the least common multiple */

    memset(ret, 0, ret_n);
    for (size_t at = 0; at < whole; at += ret_n) {
        unsigned carry = 0;

        for (size_t i = ret_n; i-- > 0;) {
            carry += (unsigned)ret[i] + rotated_byte(in, at + i);
            ret[i] = (uint8_t)carry;
            carry >>= 8;
        }
        add_carry(ret, ret_n, carry);
    }
}

/* DR is the cipher fed with its own output; random-to-key is the identity. */
void krb5_dk_aes(struct view base, struct view constant, struct key *ret)
{
    ssp_cleanup(aes_key_wipe) struct aes_key key;
    uint8_t block[AES_BLOCK];

    assert(base.n <= KEY_MAX);
    aes_key_encrypts(&key, base);
    krb5_nfold(constant, block, sizeof(block));
    for (size_t at = 0; at < base.n; at += sizeof(block)) {
        aes_encrypt_block(&key, block, block);
        memcpy(ret->b + at, block, sizeof(block));
    }
    ret->n = base.n;
    explicit_bzero(block, sizeof(block));
}

void krb5_kdf_hmac_sha2(enum hmac_hash hash, struct view base, struct view label, uint32_t bits,
                        struct key *ret)
{
    static const uint8_t first[4] = { 0, 0, 0, 1 };
    const uint8_t zero[1] = { 0 };
    const uint8_t k[4] = { (uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
                           (uint8_t)bits };
    const struct view pieces[] = { VIEW_OF(first), label, VIEW_OF(zero), VIEW_OF(k) };
    ssp_cleanup(hmac_key_wipe) struct hmac_key key;

    assert(bits % 8 == 0 && bits / 8 <= HMAC_MAX_SIZE);
    hmac_key_init(&key, hash, base);
    hmac_keyed(&key, pieces, sizeof(pieces) / sizeof(pieces[0]), ret->b, bits / 8);
    ret->n = bits / 8;
}
