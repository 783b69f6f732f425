/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the peer's certificate good?  GnuTLS asks in the middle of the handshake,
 * so that the peer hears of it by the alert that says why.
 *
 * A client wants the name that it meant, a chain to its roots, the purpose of a
 * server; a server a chain to its ca and the purpose of a client.
 */
#ifndef SSP_SCHANNEL_VERIFY_H
#define SSP_SCHANNEL_VERIFY_H

#include <gnutls/gnutls.h>

#include "packages/schannel/config.h"
#include "packages/schannel/failure.h"
#include "packages/schannel/store.h"

struct tls_check {  /* of one handshake; its session's gnutls_session_set_ptr() */
    bool is_manual; /* the application looks at the certificate itself */
    bool is_server;
    bool ignores_name;
    const char *host; /* client: ASCII or an address as text */
    enum tls_revocation revocation;
    const struct tls_store *store;
    struct tls_failure verdict; /* why not; err is SSP_OK while nothing is wrong */
};

/* For gnutls_certificate_set_verify_function(): 0, or an error after which verdict says more. */
int tls_verify_peer(gnutls_session_t session);

#endif
