/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hkdf.h"

#include <assert.h>
#include <string.h>

#include "crypto/digest.h"

struct key hkdf_sha256(struct view ikm, struct view salt, struct view info, size_t n)
{
    struct key out = { .n = n };
    uint8_t prk[SHA256_SIZE];
    uint8_t block[SHA256_SIZE];

    assert(n <= KEY_MAX);
    hmac_sha256(salt, &ikm, 1, prk); /* an empty salt is as good as zeroes: HMAC pads with them */
    for (size_t done = 0; done < n; done += SHA256_SIZE) {
        uint8_t counter = (uint8_t)(done / SHA256_SIZE + 1);
        struct view pieces[] = { { block, done == 0 ? 0 : sizeof(block) }, info, { &counter, 1 } };
        size_t take = n - done < SHA256_SIZE ? n - done : SHA256_SIZE;

        hmac_sha256(VIEW_OF(prk), pieces, 3, block);
        memcpy(out.b + done, block, take);
    }
    explicit_bzero(prk, sizeof(prk));
    explicit_bzero(block, sizeof(block));
    return out;
}
