/* SPDX-License-Identifier: Apache-2.0 */
/* Whole TLS handshakes over memory, without resumption, with a P-256 certificate that the client
 * checks: by SSPI and by GnuTLS alone. */
#ifndef SSP_BENCH_TLS_SHAKES_H
#define SSP_BENCH_TLS_SHAKES_H

#include <gnutls/gnutls.h>
#include <sspi.h>
#include <stdint.h>

#include "timing.h"

enum { TLS_FLIGHT_MAX = 16384 };

struct tls_flight { /* what one side has said */
    uint8_t bytes[TLS_FLIGHT_MAX];
    size_t n;
    size_t at;
};

struct tls_shakes {
    struct tls_flight to_client;
    struct tls_flight to_server;
    CredHandle ours[2]; /* the client's, the server's */
    gnutls_certificate_credentials_t theirs[2];
    gnutls_priority_t priority;
};

void tls_shakes_start(struct tls_shakes *shakes, bool is_1_2);
void tls_shakes_end(struct tls_shakes *shakes);

run_fn tls_shakes_ours; /* both sides, and the end of their contexts */
run_fn tls_shakes_gnutls;

#endif
