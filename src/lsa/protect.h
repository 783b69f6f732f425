/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LsaProtectMemory and its inverse: key material at rest, encrypted in place.
 *
 * The key is of this process, made at the first use, and lies in pages that are
 * left out of core dumps.  So a dump, or a page that was swapped out, does not
 * show what was protected; somebody who can read the whole process finds the key
 * too.
 *
 * The functions have no nonce and no room for one: a buffer may be moved between
 * the two calls, and keeps its size.  So it is a permutation of the whole buffer,
 * four Luby-Rackoff rounds of HMAC-SHA-256, where a stream would use one
 * keystream for all.
 */
#ifndef SSP_LSA_PROTECT_H
#define SSP_LSA_PROTECT_H

#include <stddef.h>

/* A buffer of less than two bytes cannot be told from its own ciphertext and is left alone.  There
 * is no way to report that the system has no randomness or memory for the key: the process ends. */
void protect_memory(void *buffer, size_t n);
void unprotect_memory(void *buffer, size_t n);

#endif
