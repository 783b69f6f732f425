/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's TLS over memory. */
#ifndef SSP_BENCH_TLS_RIVAL_H
#define SSP_BENCH_TLS_RIVAL_H

#include <openssl/ssl.h>

#include "tls_ours.h"

struct tls_rival {
    SSL_CTX *ctx;
    SSL *client;
    SSL *server;
    BIO *to_server;
    BIO *to_client;
    size_t size;
    uint8_t buffer[TLS_WIRE_MAX];
};

void tls_rival_start(struct tls_rival *rival, const char *suites, bool is_1_2);
void tls_rival_end(struct tls_rival *rival);

run_fn tls_rival_seal;
run_fn tls_rival_open_prepare;
run_fn tls_rival_open;

#endif
