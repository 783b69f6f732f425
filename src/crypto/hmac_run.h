/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC in steps, for this folder only: nettle's contexts show. */
#ifndef SSP_CRYPTO_HMAC_RUN_H
#define SSP_CRYPTO_HMAC_RUN_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "crypto/hmac.h"

union hmac_hashing {
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
    struct sha512_ctx sha384; /* nettle's sha384_ctx is the same */
};

struct hmac_run {
    const struct hmac_key *key;
    union hmac_hashing h;
};

void hmac_run_begin(struct hmac_run *run, const struct hmac_key *key);
void hmac_run_add(struct hmac_run *run, struct view piece);
void hmac_run_end(struct hmac_run *run, uint8_t *ret, size_t ret_n); /* wipes it */

#endif
