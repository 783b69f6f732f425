/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rand.h"

#include <errno.h>
#include <sys/random.h>

static enum ssp_err fill(uint8_t *dst, size_t n)
{
    /* Ends: each turn fills a byte or more, or was interrupted, or fails. */
    while (n > 0) {
        ssize_t got = getrandom(dst, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return ssp_fail(INTERNAL);
        dst += (size_t)got;
        n -= (size_t)got;
    }
    return SSP_OK;
}

const struct rand system_rand = { fill };
