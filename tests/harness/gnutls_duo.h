/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sessions of GnuTLS over memory whose handshake is over, and what is known
 * of them: so our record engine can take the place of one, or stand beside it
 * and get the same bytes.
 */
#ifndef SSP_TEST_GNUTLS_DUO_H
#define SSP_TEST_GNUTLS_DUO_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "packages/schannel/pack.h"

#ifndef DUO_ROOM
#define DUO_ROOM (256 * 1024) /* bytes on their way, each way */
#endif

struct duo_pipe {
    uint8_t bytes[DUO_ROOM];
    size_t n;
    size_t at;
};

struct duo_end {
    gnutls_session_t session;
    gnutls_certificate_credentials_t cred;
    struct duo_pipe *from;
    struct duo_pipe *to;
    enum tls_role role;
    uint8_t secrets[3][TLS_SECRET_MAX]; /* read, write, exporter: TLS 1.3 */
};

struct duo {
    struct duo_pipe to_server;
    struct duo_pipe to_client;
    struct duo_end client;
    struct duo_end server;
};

/* With that priority string of GnuTLS; aborts when there is no handshake with it. */
void duo_begin(struct duo *duo, const char *priority);
void duo_end(struct duo *duo);

/* What our engine goes on with in the place of that end. */
struct tls_core duo_core(const struct duo_end *end, uint16_t suite);

/* All that is in the pipe, taken out of it. */
size_t duo_take(struct duo_pipe *pipe, uint8_t *dst, size_t room);
void duo_put(struct duo_pipe *pipe, struct view bytes);

#endif
