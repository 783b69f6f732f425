/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM over one buffer, for the sealed envelope. */
#ifndef SSP_CRYPTO_AEAD_H
#define SSP_CRYPTO_AEAD_H

#include "base/rd.h"

enum { AEAD_KEY_SIZE = 32, AEAD_NONCE_SIZE = 12, AEAD_TAG_SIZE = 16 };

/* dst takes plain.n bytes and may be plain.p. */
void aes256_gcm_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[AEAD_NONCE_SIZE],
                     struct view header, struct view plain, uint8_t *dst,
                     uint8_t ret_tag[AEAD_TAG_SIZE]);

/* ALTERED when the tag does not fit; dst (cipher.n bytes) is wiped then. */
enum ssp_err aes256_gcm_open(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[AEAD_NONCE_SIZE],
                             struct view header, struct view cipher,
                             const uint8_t tag[AEAD_TAG_SIZE], uint8_t *dst);

#endif
