/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the peer says: data for the application, and what is for the session
 * alone (RFC 8446 4.6, 5.1, 6).
 *
 *   NewSessionTicket   passed over, whatever its size, without being kept
 *   KeyUpdate          the next generation receives; an answer is owed when the
 *                      peer asked for one
 *   close_notify       the peer sends no more
 *   other alerts       the end, but TLS 1.2's warnings
 *   TLS 1.2: any handshake message would begin a new handshake, and is refused
 *                      with no_renegotiation
 *
 * Handshake messages may come in fragments of any size; how far one has come is
 * in tls_live, so it travels with the session.
 */
#ifndef SSP_SCHANNEL_RECEIVE_H
#define SSP_SCHANNEL_RECEIVE_H

#include "packages/schannel/record.h"

/* Records in a row without data, in either direction, before that is an attack. */
enum { TLS_QUIET_MAX = 32 };

enum tls_event {
    TLS_EVENT_QUIET, /* nothing for the application */
    TLS_EVENT_DATA,  /* a text that is not empty */
    TLS_EVENT_CLOSED,
    TLS_EVENT_RENEGOTIATION, /* 1.2: the peer wants a new handshake and will be told no */
};

struct tls_received {
    enum tls_event event;
    struct tls_opened record;
};

/*
 * Takes one record.  EXPIRED for a session that is dead; what the peer's fatal alert means
 * (failure.h); NO_MEMORY, which leaves everything as it was; else as tls_record_open().
 */
enum ssp_err tls_receive(struct tls_conn *conn, uint8_t *bytes, size_t n, struct tls_received *ret,
                         size_t *ret_missing);

/* The same, but a record with data in it stays where it was: it is the application's to decrypt. */
enum ssp_err tls_receive_quiet(struct tls_conn *conn, uint8_t *bytes, size_t n,
                               struct tls_received *ret, size_t *ret_missing);

#endif
