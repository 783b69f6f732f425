/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/gnutls_duo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

enum { DAY = 24 * 3600, MASTER_SIZE = 48 };
enum { READ, WRITE, EXPORTER }; /* secrets */

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* ---- Pipes --------------------------------------------------------------- */

size_t duo_take(struct duo_pipe *pipe, uint8_t *dst, size_t room)
{
    size_t n = pipe->n - pipe->at < room ? pipe->n - pipe->at : room;

    memcpy(dst, pipe->bytes + pipe->at, n);
    pipe->at += n;
    if (pipe->at == pipe->n)
        pipe->at = pipe->n = 0;
    return n;
}

void duo_put(struct duo_pipe *pipe, struct view bytes)
{
    need(bytes.n <= sizeof(pipe->bytes) - pipe->n);
    if (bytes.n != 0)
        memcpy(pipe->bytes + pipe->n, bytes.p, bytes.n);
    pipe->n += bytes.n;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *dst, size_t n)
{
    struct duo_end *end = ptr;
    size_t got = duo_take(end->from, dst, n);

    if (got != 0)
        return (ssize_t)got;
    gnutls_transport_set_errno(end->session, EAGAIN);
    return -1;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *src, size_t n)
{
    struct duo_end *end = ptr;

    duo_put(end->to, (struct view){ src, n });
    return (ssize_t)n;
}

static int wait_for(gnutls_transport_ptr_t ptr, unsigned ms)
{
    struct duo_end *end = ptr;

    (void)ms;
    return end->from->n != end->from->at;
}

/* ---- Secrets --------------------------------------------------------------- */

static int note_secrets(gnutls_session_t session, gnutls_record_encryption_level_t level,
                        const void *read, const void *write, size_t n)
{
    struct duo_end *end = gnutls_session_get_ptr(session);

    if (level != GNUTLS_ENCRYPTION_LEVEL_APPLICATION)
        return 0;
    if (read != NULL)
        memcpy(end->secrets[READ], read, n);
    if (write != NULL)
        memcpy(end->secrets[WRITE], write, n);
    return 0;
}

static int note_exporter(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
    struct duo_end *end = gnutls_session_get_ptr(session);

    if (strcmp(label, "EXPORTER_SECRET") == 0)
        memcpy(end->secrets[EXPORTER], secret->data, secret->size);
    return 0;
}

static uint64_t seq_of(gnutls_session_t session, unsigned read)
{
    uint8_t seq[8];
    struct rd in = rd_of(VIEW_OF(seq));

    need(gnutls_record_get_state(session, read, NULL, NULL, NULL, seq) == 0);
    return rd_be(&in, 8);
}

static void take_1_2(gnutls_session_t session, struct tls_core *core)
{
    gnutls_datum_t master;
    gnutls_datum_t client;
    gnutls_datum_t server;
    gnutls_datum_t unique;

    gnutls_session_get_master_secret(session, &master);
    gnutls_session_get_random(session, &client, &server);
    need(master.size == MASTER_SIZE);
    memcpy(core->exporter, master.data, MASTER_SIZE);
    memcpy(core->client_random, client.data, TLS_RANDOM_SIZE);
    memcpy(core->server_random, server.data, TLS_RANDOM_SIZE);
    need(gnutls_session_channel_binding(session, GNUTLS_CB_TLS_UNIQUE, &unique) == 0);
    memcpy(core->unique, unique.data, TLS_UNIQUE_SIZE);
    core->has_unique = true;
    gnutls_free(unique.data);
}

struct tls_core duo_core(const struct duo_end *end, uint16_t suite)
{
    struct tls_core core = {
        .role = end->role,
        .suite = tls_suite_find(suite),
        .expiry = FILETIME_NEVER,
    };

    core.recv.seq = seq_of(end->session, 1);
    core.send.seq = seq_of(end->session, 0);
    if (core.suite->version == TLS_1_2) {
        take_1_2(end->session, &core);
        return core;
    }
    memcpy(core.recv.secret, end->secrets[READ], TLS_SECRET_MAX);
    memcpy(core.send.secret, end->secrets[WRITE], TLS_SECRET_MAX);
    memcpy(core.exporter, end->secrets[EXPORTER], TLS_SECRET_MAX);
    return core;
}

/* ---- Handshake --------------------------------------------------------------- */

/* One of each kind does for all: making one takes longer than what is tested. */
static struct made {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
} made[2];

static void make_cert(struct made *ret, bool is_rsa)
{
    static const char name[] = "localhost";
    unsigned bits = is_rsa ? 2048 : (unsigned)GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    gnutls_pk_algorithm_t kind = is_rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA;

    need(gnutls_x509_privkey_init(&ret->key) == 0);
    need(gnutls_x509_privkey_generate(ret->key, kind, bits, 0) == 0);
    need(gnutls_x509_crt_init(&ret->cert) == 0);
    need(gnutls_x509_crt_set_version(ret->cert, 3) == 0);
    need(gnutls_x509_crt_set_key(ret->cert, ret->key) == 0);
    need(gnutls_x509_crt_set_serial(ret->cert, "\1", 1) == 0);
    need(gnutls_x509_crt_set_dn_by_oid(ret->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, 9) == 0);
    need(gnutls_x509_crt_set_activation_time(ret->cert, time(NULL) - DAY) == 0);
    need(gnutls_x509_crt_set_expiration_time(ret->cert, time(NULL) + DAY) == 0);
    need(gnutls_x509_crt_sign2(ret->cert, ret->cert, ret->key, GNUTLS_DIG_SHA256, 0) == 0);
}

static struct made *cert_for(const char *priority)
{
    bool is_rsa = strstr(priority, "DHE-RSA") != NULL; /* ECDHE-RSA, too */

    if (made[is_rsa].key == NULL)
        make_cert(&made[is_rsa], is_rsa);
    return &made[is_rsa];
}

static void end_init(struct duo_end *end, enum tls_role role, const char *priority)
{
    end->role = role;
    need(gnutls_init(&end->session,
                     (role == TLS_CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER) | GNUTLS_NONBLOCK) == 0);
    need(gnutls_priority_set_direct(end->session, priority, NULL) == 0);
    need(gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE, end->cred) == 0);
    gnutls_session_set_ptr(end->session, end);
    gnutls_transport_set_ptr(end->session, end);
    gnutls_transport_set_pull_function(end->session, pull);
    gnutls_transport_set_push_function(end->session, push);
    gnutls_transport_set_pull_timeout_function(end->session, wait_for);
    gnutls_handshake_set_secret_function(end->session, note_secrets);
    gnutls_session_set_keylog_function(end->session, note_exporter);
}

static void shake(struct duo *duo)
{
    int client = GNUTLS_E_AGAIN;
    int server = GNUTLS_E_AGAIN;

    for (int i = 0; i < 50 && (client != 0 || server != 0); i++) {
        if (client != 0)
            client = gnutls_handshake(duo->client.session);
        if (server != 0)
            server = gnutls_handshake(duo->server.session);
        need((client == 0 || !gnutls_error_is_fatal(client)) &&
             (server == 0 || !gnutls_error_is_fatal(server)));
    }
    need(client == 0 && server == 0);
}

void duo_begin(struct duo *duo, const char *priority)
{
    struct made *cert = cert_for(priority);

    memset(duo, 0, sizeof(*duo));
    need(gnutls_certificate_allocate_credentials(&duo->client.cred) == 0);
    need(gnutls_certificate_allocate_credentials(&duo->server.cred) == 0);
    need(gnutls_certificate_set_x509_key(duo->server.cred, &cert->cert, 1, cert->key) == 0);
    duo->client.from = duo->server.to = &duo->to_client;
    duo->client.to = duo->server.from = &duo->to_server;
    end_init(&duo->client, TLS_CLIENT, priority);
    end_init(&duo->server, TLS_SERVER, priority);
    shake(duo);
}

void duo_end(struct duo *duo)
{
    gnutls_deinit(duo->client.session);
    gnutls_deinit(duo->server.session);
    gnutls_certificate_free_credentials(duo->client.cred);
    gnutls_certificate_free_credentials(duo->server.cred);
}
