/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is taken out of GnuTLS while a handshake runs and when it is over: the
 * secrets that the record engine goes on with, and what there is to tell of the
 * session.  The inside of shake.h.
 */
#ifndef SSP_SCHANNEL_HARVEST_H
#define SSP_SCHANNEL_HARVEST_H

#include "packages/schannel/shake.h"
#include "packages/schannel/verify.h"

struct tls_noted {
    uint8_t b[TLS_SECRET_MAX];
    size_t n; /* 0: GnuTLS has not told it */
};

struct tls_shake {
    struct tls_check check;
    gnutls_session_t session;
    enum tls_role role;
    struct tls_cred *cred;
    struct tls_store *store;
    char host[TLS_HOST_MAX + 1];
    bool resumes;
    struct tls_session earlier; /* client: the session that it offered to go on with */
    int64_t now;
    size_t total;   /* bytes that came */
    struct rd in;   /* in a step */
    struct wr *out; /* in a step */
    /* As they came up. */
    struct tls_noted read_secret;
    struct tls_noted write_secret;
    struct tls_noted exporter;
    uint16_t suite; /* of the ServerHello that counts, the last one */
    uint8_t session_id[TLS_SESSION_ID_MAX];
    size_t session_id_n;
    bool offers_1_3; /* server: the client does */
};

/* From now on secrets and the ServerHello are noted. */
void tls_harvest_begin(struct tls_shake *shake);

#endif
