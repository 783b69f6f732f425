/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in this process's own writable memory: keys that should be gone. */
#ifndef SSP_TEST_SCAN_H
#define SSP_TEST_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_KEY = 16 };

/* A key to look for, not in the form that is looked for. */
struct scan_key {
    uint8_t masked[SCAN_KEY];
};

struct scan_key scan_mask(const uint8_t key[SCAN_KEY]);

struct scan_found {
    size_t keys; /* places with that key */
    size_t
        rc4_states; /* places with 256 bytes that are a permutation: an S-box of RC4, any key's */
};

/* Not with sanitizers. */
bool scan_can(void);

/* All writable memory but the scanner's own.  False when it cannot be read. */
bool scan_memory(const struct scan_key *key, struct scan_found *ret);

#endif
