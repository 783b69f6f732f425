/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC-SHA-1, -SHA-256 and -SHA-384 with both key blocks digested once, for a
 * key that authenticates many messages.  A plain struct without pointers, so
 * that it can lie in an arena.
 */
#ifndef SSP_CRYPTO_HMAC_H
#define SSP_CRYPTO_HMAC_H

#include "base/rd.h"

enum { HMAC_MAX_SIZE = 48 };

enum hmac_hash { HMAC_SHA1, HMAC_SHA256, HMAC_SHA384 };

union hmac_state { /* of the hash after one block */
    uint32_t w[8];
    uint64_t d[8];
};

struct hmac_key { /* ssp_cleanup(hmac_key_wipe) */
    enum hmac_hash hash;
    union hmac_state inner; /* after the inner pad block */
    union hmac_state outer;
};

/* The secret has at most a block of the hash (64 bytes, 128 for SHA-384; asserted). */
void hmac_key_init(struct hmac_key *key, enum hmac_hash hash, struct view secret);
void hmac_key_wipe(struct hmac_key *key);

/* Over the pieces in their order; the first ret_n bytes of it, at most what the hash has. */
void hmac_keyed(const struct hmac_key *key, const struct view *pieces, size_t n, uint8_t *ret,
                size_t ret_n);

#endif
