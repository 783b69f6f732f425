/* SPDX-License-Identifier: Apache-2.0 */
/* Digests and MACs over several pieces, without allocation: MD4, MD5, SHA-256, CRC-32, HMAC. */
#ifndef SSP_CRYPTO_DIGEST_H
#define SSP_CRYPTO_DIGEST_H

#include "base/rd.h"

enum {
    MD4_SIZE = 16,
    MD5_SIZE = 16,
    SHA256_SIZE = 32,
};

void md4(struct view bytes, uint8_t ret[MD4_SIZE]);
void md5(const struct view *pieces, size_t n, uint8_t ret[MD5_SIZE]);
void sha256(const struct view *pieces, size_t n, uint8_t ret[SHA256_SIZE]);
uint32_t crc32_ieee(const struct view *pieces, size_t n); /* [MS-NLMP] 3.4.4.1 */

void hmac_md5(struct view key, const struct view *pieces, size_t n, uint8_t ret[MD5_SIZE]);
void hmac_sha256(struct view key, const struct view *pieces, size_t n, uint8_t ret[SHA256_SIZE]);

/*
 * HMAC-MD5 with both key blocks digested once, for a key that signs many
 * messages.  A plain struct without pointers, so that it can lie in an arena.
 */
struct hmac_md5_key {
    uint32_t inner[4]; /* MD5 state after the inner pad block */
    uint32_t outer[4];
};

void hmac_md5_key_init(struct hmac_md5_key *key, struct view secret);
void hmac_md5_keyed(const struct hmac_md5_key *key, const struct view *pieces, size_t n,
                    uint8_t ret[MD5_SIZE]);

#endif
