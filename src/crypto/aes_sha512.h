/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-256 in CBC mode and SHA-512 in one pass, for a checksum over what was
 * encrypted (RFC 8009 5).
 *
 * A block of CBC waits for the one before it, and digesting keeps the processor's
 * adders busy and not its AES unit: done together, the encryption costs next to
 * nothing.  What comes out is what nettle's two functions give.
 */
#ifndef SSP_CRYPTO_AES_SHA512_H
#define SSP_CRYPTO_AES_SHA512_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AES_SHA512_TURN = 256 }; /* bytes: two blocks of SHA-512 */

/* Whether this processor can. */
bool aes_sha512_is_there(void);

/*
 * Encrypts `turns` turns at p, and digests as many bytes, beginning a turn before
 * p: what was encrypted a turn ago.  The keys are nettle's for AES-256.
 */
void aes256_sha512(const uint32_t keys[60], uint8_t iv[16], uint64_t state[8], uint8_t *p,
                   size_t turns);

#endif
