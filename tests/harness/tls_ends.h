/* SPDX-License-Identifier: Apache-2.0 */
/* Two ends of a TLS session whose handshake is over, for tests and fuzz targets: their secrets are
 * fixed, so nothing random is in what they say. */
#ifndef SSP_TEST_TLS_ENDS_H
#define SSP_TEST_TLS_ENDS_H

#include <sspi.h>

#include "packages/schannel/stream.h"

enum {
    TLS_ENDS_WIRE = 2048,                          /* for most tests */
    TLS_ENDS_LONGEST = 5 + 8 + TLS_TEXT_MAX + 512, /* a record, and a KeyUpdate before it */
};

struct tls_side {
    struct tls_core core;
    struct tls_conn conn;
};

struct tls_ends { /* may not be moved; ssp_cleanup(tls_ends_end) */
    struct tls_side client;
    struct tls_side server;
};

/* Every suite there is, closed by 0. */
extern const uint16_t tls_ends_suites[];

void tls_ends_begin(struct tls_ends *pair, uint16_t suite);
void tls_ends_end(struct tls_ends *pair);

/* A core as a handshake leaves it, with secrets of that suite. */
struct tls_core tls_ends_core(uint16_t suite, enum tls_role role);

/* EncryptMessage over one piece of memory, as programs do. */
enum ssp_err tls_ends_send_at(struct tls_side *from, struct view text, uint8_t *dst, size_t *ret_n);

/* A record of any type, sealed as such. */
enum ssp_err tls_ends_record_at(struct tls_side *from, uint8_t type, struct view text, uint8_t *dst,
                                size_t *ret_n);

/* The same in 1.3 with zero bytes behind the type that only the inside says. */
enum ssp_err tls_ends_padded_at(struct tls_side *from, struct view text, size_t padding,
                                uint8_t *dst, size_t *ret_n);

struct tls_wire { /* bytes on their way */
    uint8_t p[TLS_ENDS_WIRE];
    size_t n;
};

/* The first two with the bytes added to a wire. */
enum ssp_err tls_ends_send(struct tls_side *from, struct view text, struct tls_wire *wire);
enum ssp_err tls_ends_record(struct tls_side *from, uint8_t type, struct view text,
                             struct tls_wire *wire);

struct tls_got {
    enum tls_event event;
    struct view text;
    struct view extra;
    size_t missing;
};

/* DecryptMessage with one DATA and three EMPTY. */
enum ssp_err tls_ends_receive(struct tls_side *to, uint8_t *bytes, size_t n, struct tls_got *ret);

#endif
