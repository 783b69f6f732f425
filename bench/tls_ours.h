/* SPDX-License-Identifier: Apache-2.0 */
/* TLS records by the user half of Schannel, through its table, next to GnuTLS's over memory: both
 * in the place of either end of one and the same kind of session. */
#ifndef SSP_BENCH_TLS_OURS_H
#define SSP_BENCH_TLS_OURS_H

#include <stddef.h>
#include <stdint.h>

#include "timing.h"

enum { TLS_DATA_MAX = 16384, TLS_WIRE_MAX = TLS_DATA_MAX + 64 };

struct tls_ours {
    uint64_t client; /* contexts of the user half */
    uint64_t server;
    size_t size;
    uint8_t buffer[TLS_WIRE_MAX];
    uint8_t wires[BATCH_MAX][TLS_WIRE_MAX];
    size_t wire_n[BATCH_MAX];
};

void tls_ours_start(struct tls_ours *ours, uint16_t suite, const char *priority);
void tls_ours_end(struct tls_ours *ours);

run_fn tls_ours_seal;
run_fn tls_ours_open_prepare;
run_fn tls_ours_open;
run_fn tls_ours_move; /* ExportContext and ImportContext of the package */
size_t tls_ours_packed_size(struct tls_ours *ours);

run_fn gnutls_seal; /* the argument is not looked at but for its size */
run_fn gnutls_open_prepare;
run_fn gnutls_open;

#endif
