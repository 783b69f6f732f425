/* SPDX-License-Identifier: Apache-2.0 */
/* The cryptography of an NTLM message and nothing else: nettle's RC4 and HMAC-MD5, each keyed once,
 * over the same bytes.  No code that protects messages can be faster with these primitives. */
#ifndef SSP_BENCH_BARE_H
#define SSP_BENCH_BARE_H

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <stddef.h>

#include "timing.h"

enum { DATA_MAX = 16 * 1024 };

struct bare {
    struct hmac_md5_ctx mac;
    struct arcfour_ctx stream;
    size_t size; /* of a message */
    uint8_t data[DATA_MAX];
};

void bare_start(struct bare *bare);
run_fn bare_seal;
run_fn bare_open;
run_fn bare_sign;

#endif
