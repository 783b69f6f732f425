/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-GCM and ChaCha20-Poly1305 for messages in place, with the key prepared
 * once: the one is GnuTLS's, the other libgcrypt's, each the faster of the two
 * (docs/adr/0016-chacha20-poly1305-by-libgcrypt.md).
 *
 * Both libraries keep the prepared key on the heap: it is wiped when the key is
 * freed, but a child of fork() gets a copy, so whoever owns one of these has to
 * see to it that a child does not use it.  One call at a time for each.
 */
#ifndef SSP_CRYPTO_RECORD_AEAD_H
#define SSP_CRYPTO_RECORD_AEAD_H

#include "base/rd.h"

enum { RECORD_TAG_SIZE = 16, RECORD_NONCE_SIZE = 12 };

enum record_cipher { RECORD_AES_128_GCM, RECORD_AES_256_GCM, RECORD_CHACHA20_POLY1305 };

struct record_aead;

size_t record_key_size(enum record_cipher cipher);

/* BAD_ARGUMENT for a key of another size; NO_ALGORITHM for ChaCha20-Poly1305 in FIPS mode;
 * NO_MEMORY. */
enum ssp_err record_aead_new(enum record_cipher cipher, struct view key, struct record_aead **ret);
void record_aead_free(struct record_aead *aead); /* NULL is fine */

/* One message: its nonce is used for no other under the same key. */
struct record_message {
    const uint8_t *nonce; /* RECORD_NONCE_SIZE bytes */
    struct view header;   /* authenticated, in clear */
    uint8_t *text;        /* changed in place */
    size_t n;
};

/* The tag goes right behind the text, where there is room for it.  INTERNAL when the library
 * refuses. */
enum ssp_err record_seal(const struct record_aead *aead, const struct record_message *msg);

/* The text goes on in `tail`, of tail_n bytes and room for a tag behind them. */
enum ssp_err record_seal_apart(const struct record_aead *aead, const struct record_message *msg,
                               uint8_t *tail, size_t tail_n);

/* The tag is right behind the text.  ALTERED when it does not fit: the text is as it was then. */
enum ssp_err record_open(const struct record_aead *aead, const struct record_message *msg);

#endif
