/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES in CBC mode with ciphertext stealing and an initial vector of zeroes, as
 * Kerberos has it (RFC 3962 5): the last two blocks change places, whatever the
 * length.  In place, over a message that lies in several spans, without
 * allocation.
 */
#ifndef SSP_CRYPTO_AES_CTS_H
#define SSP_CRYPTO_AES_CTS_H

#include "crypto/hmac.h"

enum { AES_BLOCK = 16, AES_ROUND_WORDS = 60 };

struct aes_key { /* expanded for one direction; no pointers; ssp_cleanup(aes_key_wipe) */
    uint32_t words[AES_ROUND_WORDS];
    bool is_256;
};

struct span { /* borrowed bytes that may be written */
    uint8_t *p;
    size_t n;
};

/* The secret has 16 or 32 bytes (asserted). */
void aes_key_encrypts(struct aes_key *key, struct view secret);
void aes_key_decrypts(struct aes_key *key, struct view secret);
void aes_key_wipe(struct aes_key *key);

/* One block; dst may be src. */
void aes_encrypt_block(const struct aes_key *key, uint8_t dst[AES_BLOCK],
                       const uint8_t src[AES_BLOCK]);

/* All spans together have more than one block (asserted). */
void aes_cts_encrypt(const struct aes_key *key, const struct span *spans, size_t n);
void aes_cts_decrypt(const struct aes_key *key, const struct span *spans, size_t n);

enum mac_order { MAC_OF_PLAIN, MAC_OF_CIPHER };

struct mac_wanted {
    const struct hmac_key *key;
    enum mac_order order;
    struct view first; /* goes before the message into the checksum */
    uint8_t *ret;      /* not in the message */
    size_t n;          /* of it */
};

/*
 * Encrypts, and makes the checksum of the same bytes on the way.  A block of CBC
 * has to wait for the one before it, and a processor that has nothing else to do
 * waits as well; so the two take turns, a few blocks each, and a third of the time
 * is saved.
 */
void aes_cts_encrypt_mac(const struct aes_key *key, const struct span *spans, size_t n,
                         const struct mac_wanted *mac);

#endif
