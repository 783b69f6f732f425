/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cipher suites that both halves know: all of TLS 1.3's with AES-GCM and
 * ChaCha20-Poly1305, and the AEAD ones of TLS 1.2 (RFC 5288, RFC 5289, RFC 7905).
 */
#ifndef SSP_SCHANNEL_SUITE_H
#define SSP_SCHANNEL_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

enum tls_version { TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 }; /* as on the wire */

enum tls_cipher { TLS_AES_128_GCM, TLS_AES_256_GCM, TLS_CHACHA20_POLY1305 };

enum tls_exchange { TLS_BY_GROUP, TLS_BY_ECDHE, TLS_BY_DHE, TLS_BY_RSA }; /* 1.3: the group tells */

enum tls_proof { TLS_PROOF_ANY, TLS_PROOF_RSA, TLS_PROOF_ECDSA }; /* of the server; 1.3: any */

struct tls_suite {
    uint16_t id; /* IANA's */
    enum tls_version version;
    enum tls_cipher cipher;
    enum tls_exchange exchange;
    enum tls_proof proof;
    bool is_sha384;       /* the hash of key schedule and PRF; else SHA-256 */
    const char16_t *name; /* IANA's */
};

/* NULL for one that we do not speak.  A number belongs to one version only. */
const struct tls_suite *tls_suite_find(uint16_t id);

size_t tls_suite_hash_size(const struct tls_suite *suite);
size_t tls_cipher_key_size(enum tls_cipher cipher);

/* Bytes of a TLS 1.2 IV that come from the handshake: four where each record carries the rest
 * (RFC 5288 3), twelve where none does (RFC 7905 2). */
size_t tls_cipher_fixed_iv_size(enum tls_cipher cipher);

#endif
