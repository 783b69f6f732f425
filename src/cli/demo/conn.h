/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo's protocol: frames over a stream socket, each one byte of kind, four
 * bytes of length (little-endian) and a body; or the bytes of a package that makes
 * a stream of its own.  A connection also holds bytes
 * that were read and not yet used, which is what a server that stops in the
 * middle has to hand on.
 */
#ifndef SSP_CLI_DEMO_CONN_H
#define SSP_CLI_DEMO_CONN_H

#include "base/rd.h"

enum { FRAME_BODY_MAX = 6 * 1024, CONN_AHEAD_MAX = 6 * 1024 };

enum frame_kind { FRAME_TOKEN = 1, FRAME_SIGNED = 2, FRAME_SEALED = 3 };

struct frame {
    enum frame_kind kind;
    size_t n;
    uint8_t body[FRAME_BODY_MAX];
};

struct conn { /* ssp_cleanup(conn_close) */
    int fd;
    size_t ahead_n;
    uint8_t ahead[CONN_AHEAD_MAX];
};

void conn_close(struct conn *conn);

/* TOO_LARGE for a body over FRAME_BODY_MAX; IO. */
enum ssp_err conn_send(struct conn *conn, enum frame_kind kind, struct view body);

/* INCOMPLETE when the peer has closed; BAD_TOKEN for what is no frame; IO. */
enum ssp_err conn_receive(struct conn *conn, struct frame *ret);

/* Waits for bytes and takes up to n of them without using them.  INCOMPLETE; TOO_LARGE when
 * CONN_AHEAD_MAX are there already; IO. */
enum ssp_err conn_read_ahead(struct conn *conn, size_t n);
void conn_drop(struct conn *conn, size_t n); /* the first n of those have been used */

/* Bytes as they are, in no frame.  IO. */
enum ssp_err conn_write(struct conn *conn, struct view bytes);

#endif
