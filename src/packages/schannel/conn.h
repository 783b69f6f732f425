/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS session in the process that uses it: the core, and the keys made of it.
 *
 * Keys are made when they are first used, so that taking in a session that is
 * only passed on costs nothing.  The prepared keys are GnuTLS's and lie on its
 * heap, outside the arena: a child of fork() has a copy, which nothing there reaches.
 *
 * Sending and receiving may go on side by side, each in one thread at a time.
 */
#ifndef SSP_SCHANNEL_CONN_H
#define SSP_SCHANNEL_CONN_H

#include <schannel.h>

#include "crypto/record_aead.h"
#include "crypto/tls_kdf.h"
#include "packages/schannel/pack.h"

struct tls_conn {
    struct tls_core *core;    /* borrowed */
    struct record_aead *send; /* owned; NULL: not made yet */
    struct record_aead *recv;
    _Atomic unsigned quiet; /* records since the last one with data in it, either way */
};

enum tls_way { TLS_SEND, TLS_RECV };

void tls_conn_close(struct tls_conn *conn); /* frees the keys; they may be made again */

/* The key of a direction, made now if need be.  NO_MEMORY. */
enum ssp_err tls_conn_key(struct tls_conn *conn, enum tls_way way, const struct record_aead **ret);

/* The generation of keys after this one (RFC 8446 7.2). */
struct tls_next { /* ssp_cleanup(tls_next_wipe) */
    struct tls_dir dir;
    struct record_aead *aead;
};

enum ssp_err tls_next_make(struct tls_conn *conn, enum tls_way way, struct tls_next *ret);
void tls_next_use(struct tls_conn *conn, enum tls_way way, struct tls_next *next);
void tls_next_wipe(struct tls_next *next);

/* Of a core alone: key and IV of a direction, as they go into a cipher. */
struct tls_write_key { /* ssp_cleanup(tls_write_key_wipe) */
    struct key key;
    uint8_t iv[TLS_IV_SIZE]; /* the fixed part, where a record carries the rest */
};

void tls_write_key(const struct tls_core *core, enum tls_way way, struct tls_write_key *ret);
void tls_write_key_wipe(struct tls_write_key *key);

enum tls_hash tls_conn_hash(const struct tls_core *core);

/* The session is over, and an alert (TLS1_ALERT_*) is owed to the peer. */
void tls_conn_end(struct tls_conn *conn, uint8_t alert);

/* The same, with what the application is told: ALTERED for bad_record_mac, INTERNAL for
 * internal_error, else ILLEGAL_MESSAGE. */
static inline enum ssp_err tls_conn_die(struct tls_conn *conn, uint8_t alert)
{
    tls_conn_end(conn, alert);
    if (alert == TLS1_ALERT_BAD_RECORD_MAC)
        return ssp_fail(ALTERED);
    return alert == TLS1_ALERT_INTERNAL_ERROR ? ssp_fail(INTERNAL) : ssp_fail(ILLEGAL_MESSAGE);
}

#endif
