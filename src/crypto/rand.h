/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness comes through a port, so that known answers with fixed challenges need no hook. */
#ifndef SSP_CRYPTO_RAND_H
#define SSP_CRYPTO_RAND_H

#include "base/rd.h"

struct rand {
    enum ssp_err (*fill)(uint8_t *dst, size_t n); /* INTERNAL when the system has none to give */
};

extern const struct rand system_rand; /* getrandom(2) */

#endif
