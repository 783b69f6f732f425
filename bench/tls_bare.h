/* SPDX-License-Identifier: Apache-2.0 */
/* The ciphers of TLS alone, in place: what a record costs when nothing is around it. */
#ifndef SSP_BENCH_TLS_BARE_H
#define SSP_BENCH_TLS_BARE_H

#include <openssl/evp.h>

#include "crypto/record_aead.h"
#include "timing.h"

enum { TLS_BARE_MAX = 16 * 1024 };

struct tls_bare {
    size_t size;
    struct record_aead *ours;
    EVP_CIPHER_CTX *seals;
    uint8_t text[TLS_BARE_MAX + RECORD_TAG_SIZE];
};

void tls_bare_start(struct tls_bare *bare, enum record_cipher cipher);
void tls_bare_end(struct tls_bare *bare);

/* arg: a struct tls_bare */
void tls_bare_ours(void *arg, size_t n);
void tls_bare_openssl(void *arg, size_t n);

#endif
