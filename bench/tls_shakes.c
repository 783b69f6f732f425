/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_shakes.h"

#include <errno.h>
#include <schannel.h>
#include <string.h>

#include "place.h"

enum { CLIENT, SERVER, ROUNDS_MAX = 8 };

/* ---- Ours ------------------------------------------------------------------- */

struct side {
    bool accepts;
    CredHandle *cred;
    CtxtHandle ctx;
    bool has_ctx;
    SECURITY_STATUS status;
    struct tls_flight *from;
    struct tls_flight *to;
};

static void leg(struct side *side)
{
    SecBuffer in[] = { { (ULONG)side->from->n, SECBUFFER_TOKEN, side->from->bytes },
                       { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { TLS_FLIGHT_MAX, SECBUFFER_TOKEN, side->to->bytes };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    CtxtHandle *ctx = side->has_ctx ? &side->ctx : NULL;
    ULONG got = 0;

    side->status =
        side->accepts
            ? AcceptSecurityContext(side->cred, ctx, &in_desc, ASC_REQ_STREAM, 0, &side->ctx,
                                    &out_desc, &got, NULL)
            : InitializeSecurityContextA(side->cred, ctx, (SEC_CHAR *)(uintptr_t) "localhost",
                                         ISC_REQ_STREAM, 0, 0, side->from->n != 0 ? &in_desc : NULL,
                                         0, &side->ctx, &out_desc, &got, NULL);
    need(side->status == SEC_E_OK || side->status == SEC_I_CONTINUE_NEEDED, "a TLS handshake");
    side->has_ctx = true;
    side->from->n = 0;
    side->to->n = out.cbBuffer;
}

static void shake_ours(struct tls_shakes *shakes)
{
    struct side client = { .cred = &shakes->ours[CLIENT],
                           .status = SEC_I_CONTINUE_NEEDED,
                           .from = &shakes->to_client,
                           .to = &shakes->to_server };
    struct side server = { .accepts = true,
                           .cred = &shakes->ours[SERVER],
                           .status = SEC_I_CONTINUE_NEEDED,
                           .from = &shakes->to_server,
                           .to = &shakes->to_client };

    shakes->to_client.n = shakes->to_server.n = 0;
    for (int i = 0; i < ROUNDS_MAX && (client.status != SEC_E_OK || server.status != SEC_E_OK);
         i++) {
        if (client.status != SEC_E_OK)
            leg(&client);
        if (server.status != SEC_E_OK)
            leg(&server);
    }
    need(client.status == SEC_E_OK && server.status == SEC_E_OK &&
             DeleteSecurityContext(&client.ctx) == SEC_E_OK &&
             DeleteSecurityContext(&server.ctx) == SEC_E_OK,
         "a TLS handshake of some legs");
}

void tls_shakes_ours(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++)
        shake_ours(arg);
}

/* ---- GnuTLS ------------------------------------------------------------------- */

struct gnutls_side {
    gnutls_session_t session;
    struct tls_flight *from;
    struct tls_flight *to;
};

static ssize_t pull(gnutls_transport_ptr_t arg, void *dst, size_t n)
{
    struct gnutls_side *side = arg;
    size_t left = side->from->n - side->from->at;

    if (left == 0) {
        gnutls_transport_set_errno(side->session, EAGAIN);
        return -1;
    }
    n = n < left ? n : left;
    memcpy(dst, side->from->bytes + side->from->at, n);
    side->from->at += n;
    return (ssize_t)n;
}

static ssize_t push(gnutls_transport_ptr_t arg, const void *src, size_t n)
{
    struct gnutls_side *side = arg;

    need(n <= TLS_FLIGHT_MAX - side->to->n, "a flight of that size");
    memcpy(side->to->bytes + side->to->n, src, n);
    side->to->n += n;
    return (ssize_t)n;
}

static void open_side(const struct tls_shakes *shakes, int who, struct gnutls_side *side)
{
    unsigned flags = GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_NO_SIGNAL;

    need(gnutls_init(&side->session, flags | (who == CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER)) ==
                 0 &&
             gnutls_priority_set(side->session, shakes->priority) == 0 &&
             gnutls_credentials_set(side->session, GNUTLS_CRD_CERTIFICATE, shakes->theirs[who]) ==
                 0 &&
             (who == SERVER || gnutls_server_name_set(side->session, GNUTLS_NAME_DNS, "localhost",
                                                      strlen("localhost")) == 0),
         "a session of GnuTLS");
    if (who == CLIENT)
        gnutls_session_set_verify_cert(side->session, "localhost", 0);
    gnutls_transport_set_ptr(side->session, side);
    gnutls_transport_set_pull_function(side->session, pull);
    gnutls_transport_set_push_function(side->session, push);
}

static void step(struct gnutls_side *side, int *result)
{
    if (*result == 0)
        return;
    *result = gnutls_handshake(side->session);
    need(*result == 0 || gnutls_error_is_fatal(*result) == 0, "a handshake of GnuTLS");
}

static void shake_gnutls(struct tls_shakes *shakes)
{
    struct gnutls_side client = { .from = &shakes->to_client, .to = &shakes->to_server };
    struct gnutls_side server = { .from = &shakes->to_server, .to = &shakes->to_client };
    int results[2] = { GNUTLS_E_AGAIN, GNUTLS_E_AGAIN };

    shakes->to_client.n = shakes->to_client.at = shakes->to_server.n = shakes->to_server.at = 0;
    open_side(shakes, CLIENT, &client);
    open_side(shakes, SERVER, &server);
    for (int i = 0; i < ROUNDS_MAX && (results[CLIENT] != 0 || results[SERVER] != 0); i++) {
        step(&client, &results[CLIENT]);
        step(&server, &results[SERVER]);
    }
    need(results[CLIENT] == 0 && results[SERVER] == 0, "a handshake of GnuTLS in some steps");
    gnutls_deinit(client.session);
    gnutls_deinit(server.session);
}

void tls_shakes_gnutls(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++)
        shake_gnutls(arg);
}

/* ---- Start -------------------------------------------------------------------- */

static void acquire(struct tls_shakes *shakes, bool is_1_2)
{
    TLS_PARAMETERS parameters = { .grbitDisabledProtocols =
                                      is_1_2 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2 };
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters };

    need(AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)UNISP_NAME_A, SECPKG_CRED_OUTBOUND,
                                   NULL, &data, NULL, NULL, &shakes->ours[CLIENT],
                                   NULL) == SEC_E_OK &&
             AcquireCredentialsHandleA((SEC_CHAR *)(uintptr_t)PLACE_SITE,
                                       (SEC_CHAR *)(uintptr_t)UNISP_NAME_A, SECPKG_CRED_INBOUND,
                                       NULL, NULL, NULL, NULL, &shakes->ours[SERVER],
                                       NULL) == SEC_E_OK,
         "credentials of TLS");
}

void tls_shakes_start(struct tls_shakes *shakes, bool is_1_2)
{
    const struct place_certs certs = place_certs();

    acquire(shakes, is_1_2);
    need(gnutls_certificate_allocate_credentials(&shakes->theirs[CLIENT]) == 0 &&
             gnutls_certificate_allocate_credentials(&shakes->theirs[SERVER]) == 0 &&
             gnutls_certificate_set_x509_trust_file(shakes->theirs[CLIENT], certs.ca,
                                                    GNUTLS_X509_FMT_PEM) == 1 &&
             gnutls_certificate_set_x509_key_file(shakes->theirs[SERVER], certs.cert, certs.key,
                                                  GNUTLS_X509_FMT_PEM) >= 0 &&
             gnutls_priority_init(&shakes->priority,
                                  is_1_2 ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                         : "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                                  NULL) == 0,
         "credentials of GnuTLS");
}

void tls_shakes_end(struct tls_shakes *shakes)
{
    for (int i = 0; i < 2; i++) {
        need(FreeCredentialsHandle(&shakes->ours[i]) == SEC_E_OK, "FreeCredentialsHandle");
        gnutls_certificate_free_credentials(shakes->theirs[i]);
    }
    gnutls_priority_deinit(shakes->priority);
}
