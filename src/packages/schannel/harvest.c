/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/harvest.h"

#include <gnutls/x509.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "packages/schannel/endpoint.h"
#include "packages/schannel/tickets.h"

enum { MASTER_SIZE = 48, SEQ_SIZE = 8, BLOCK = 8 * 1024, SUPPORTED_VERSIONS = 43 };

/* ---- While it runs --------------------------------------------------------------------------- */

/* The check is the first member. */
static struct tls_shake *shake_of(gnutls_session_t session)
{
    return gnutls_session_get_ptr(session);
}

static void note(struct tls_noted *noted, const void *src, size_t n)
{
    if (src == NULL || n > sizeof(noted->b))
        return;
    memcpy(noted->b, src, n);
    noted->n = n;
}

static int note_secrets(gnutls_session_t session, gnutls_record_encryption_level_t level,
                        const void *read, const void *write, size_t n)
{
    struct tls_shake *shake = shake_of(session);

    if (level == GNUTLS_ENCRYPTION_LEVEL_APPLICATION) {
        note(&shake->read_secret, read, n);
        note(&shake->write_secret, write, n);
    }
    return 0;
}

static int note_exporter(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
    if (strcmp(label, "EXPORTER_SECRET") == 0)
        note(&shake_of(session)->exporter, secret->data, secret->size);
    return 0;
}

/* RFC 8446 4.1.3, RFC 5246 7.4.1.3: version, random, session id, cipher suite. */
static void note_server_hello(struct tls_shake *shake, struct view msg)
{
    struct rd in = rd_of(msg);

    (void)rd_view(&in, 2 + TLS_RANDOM_SIZE);
    struct view id = rd_view(&in, rd_u8(&in));
    uint16_t suite = rd_be16(&in);
    if (!rd_ok(&in) || id.n > TLS_SESSION_ID_MAX)
        return; /* GnuTLS will say so */
    shake->suite = suite;
    shake->session_id_n = id.n;
    if (id.n != 0)
        memcpy(shake->session_id, id.p, id.n);
}

static int note_extension(void *arg, unsigned id, const unsigned char *data, unsigned n)
{
    struct tls_shake *shake = arg;
    struct rd in = rd_of((struct view){ data, n });

    if (id != SUPPORTED_VERSIONS)
        return 0;
    (void)rd_u8(&in);
    while (rd_ok(&in) && in.left.n != 0)
        shake->offers_1_3 = rd_be16(&in) == TLS_1_3 || shake->offers_1_3;
    return 0;
}

/* Before GnuTLS looks at it and after, which does not matter: it has one hook for all messages.
 *
 * The client's hello, since GnuTLS finds no cipher suite where there is no version in common. */
static int note_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                        const gnutls_datum_t *msg)
{
    struct tls_shake *shake = shake_of(session);

    (void)when;
    if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
        note_server_hello(shake, (struct view){ msg->data, msg->size });
    if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && incoming != 0)
        (void)gnutls_ext_raw_parse(shake, note_extension, msg,
                                   GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
    return 0;
}

void tls_harvest_begin(struct tls_shake *shake)
{
    gnutls_handshake_set_secret_function(shake->session, note_secrets);
    gnutls_session_set_keylog_function(shake->session, note_exporter);
    gnutls_handshake_set_hook_function(shake->session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH,
                                       note_message);
}

/* ---- When it is over: keys ------------------------------------------------------------------- */

struct number {
    unsigned gnutls;
    uint16_t iana;
    uint16_t bits;
};

/* RFC 8446 4.2.7 */
static const struct number groups[] = {
    { GNUTLS_GROUP_SECP256R1, 23, 256 },   { GNUTLS_GROUP_SECP384R1, 24, 384 },
    { GNUTLS_GROUP_SECP521R1, 25, 521 },   { GNUTLS_GROUP_X25519, 29, 255 },
    { GNUTLS_GROUP_X448, 30, 448 },        { GNUTLS_GROUP_FFDHE2048, 256, 2048 },
    { GNUTLS_GROUP_FFDHE3072, 257, 3072 }, { GNUTLS_GROUP_FFDHE4096, 258, 4096 },
    { GNUTLS_GROUP_FFDHE6144, 259, 6144 }, { GNUTLS_GROUP_FFDHE8192, 260, 8192 },
};

/* RFC 8446 4.2.3 */
static const struct number signatures[] = {
    { GNUTLS_SIGN_RSA_SHA256, 0x0401, 0 },
    { GNUTLS_SIGN_RSA_SHA384, 0x0501, 0 },
    { GNUTLS_SIGN_RSA_SHA512, 0x0601, 0 },
    { GNUTLS_SIGN_ECDSA_SHA256, 0x0403, 0 },
    { GNUTLS_SIGN_ECDSA_SHA384, 0x0503, 0 },
    { GNUTLS_SIGN_ECDSA_SHA512, 0x0603, 0 },
    { GNUTLS_SIGN_ECDSA_SECP256R1_SHA256, 0x0403, 0 },
    { GNUTLS_SIGN_ECDSA_SECP384R1_SHA384, 0x0503, 0 },
    { GNUTLS_SIGN_ECDSA_SECP521R1_SHA512, 0x0603, 0 },
    { GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0x0804, 0 },
    { GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, 0x0805, 0 },
    { GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, 0x0806, 0 },
    { GNUTLS_SIGN_EDDSA_ED25519, 0x0807, 0 },
    { GNUTLS_SIGN_EDDSA_ED448, 0x0808, 0 },
    { GNUTLS_SIGN_RSA_PSS_SHA256, 0x0809, 0 },
    { GNUTLS_SIGN_RSA_PSS_SHA384, 0x080a, 0 },
    { GNUTLS_SIGN_RSA_PSS_SHA512, 0x080b, 0 },
    { GNUTLS_SIGN_RSA_SHA1, 0x0201, 0 },
    { GNUTLS_SIGN_ECDSA_SHA1, 0x0203, 0 },
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct number find(const struct number *rows, size_t n, unsigned gnutls)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].gnutls == gnutls)
            return rows[i];
    return (struct number){ 0 };
}

static enum ssp_err take_seq(gnutls_session_t session, bool read, uint64_t *ret)
{
    uint8_t seq[SEQ_SIZE] = { 0 };

    if (gnutls_record_get_state(session, read, NULL, NULL, NULL, seq) < 0)
        return ssp_fail(INTERNAL);
    struct rd in = rd_of(VIEW_OF(seq));
    *ret = rd_be(&in, sizeof(seq));
    return SSP_OK;
}

static enum ssp_err take_suite(const struct tls_shake *shake, struct tls_core *core)
{
    bool is_1_3 = gnutls_protocol_get_version(shake->session) == GNUTLS_TLS1_3;

    core->suite = tls_suite_find(shake->suite);
    return core->suite != NULL && (core->suite->version == TLS_1_3) == is_1_3
               ? SSP_OK
               : ssp_fail(NO_ALGORITHM);
}

/* What GnuTLS did not tell, for want of memory, must not be taken for zeroes that anybody knows. */
static enum ssp_err take_bytes(struct view from, uint8_t *dst, size_t n)
{
    if (from.n != n)
        return ssp_fail(INTERNAL);
    memcpy(dst, from.p, n);
    return SSP_OK;
}

static enum ssp_err take_noted(const struct tls_noted *noted, uint8_t *dst, size_t n)
{
    return take_bytes((struct view){ noted->b, noted->n }, dst, n);
}

static enum ssp_err take_datum(const gnutls_datum_t *from, uint8_t *dst, size_t n)
{
    return take_bytes((struct view){ from->data, from->data != NULL ? from->size : 0 }, dst, n);
}

static enum ssp_err take_1_3(const struct tls_shake *shake, struct tls_core *core)
{
    size_t n = tls_suite_hash_size(core->suite);

    SSP_TRY(take_noted(&shake->read_secret, core->recv.secret, n));
    SSP_TRY(take_noted(&shake->write_secret, core->send.secret, n));
    return take_noted(&shake->exporter, core->exporter, n);
}

/* RFC 7627: without extended_master_secret, the Finished of two connections can be made to be the
 * same. */
static enum ssp_err take_unique(const struct tls_shake *shake, struct tls_core *core)
{
    gnutls_datum_t unique = { 0 };

    if ((gnutls_session_get_flags(shake->session) & GNUTLS_SFLAGS_EXT_MASTER_SECRET) == 0)
        return SSP_OK;
    int result = gnutls_session_channel_binding(shake->session, GNUTLS_CB_TLS_UNIQUE, &unique);
    if (result < 0)
        return result == GNUTLS_E_MEMORY_ERROR ? ssp_fail(NO_MEMORY) : SSP_OK;
    core->has_unique = unique.size == TLS_UNIQUE_SIZE;
    if (core->has_unique)
        memcpy(core->unique, unique.data, TLS_UNIQUE_SIZE);
    gnutls_free(unique.data);
    return SSP_OK;
}

static enum ssp_err take_1_2(const struct tls_shake *shake, struct tls_core *core)
{
    gnutls_datum_t master = { 0 };
    gnutls_datum_t client = { 0 };
    gnutls_datum_t server = { 0 };

    gnutls_session_get_master_secret(shake->session, &master);
    gnutls_session_get_random(shake->session, &client, &server);
    SSP_TRY(take_datum(&master, core->exporter, MASTER_SIZE));
    SSP_TRY(take_datum(&client, core->client_random, TLS_RANDOM_SIZE));
    SSP_TRY(take_datum(&server, core->server_random, TLS_RANDOM_SIZE));
    core->session_id_n = shake->session_id_n;
    memcpy(core->session_id, shake->session_id, shake->session_id_n);
    return take_unique(shake, core);
}

static enum ssp_err take_keys(const struct tls_shake *shake, struct tls_core *core)
{
    SSP_TRY(take_suite(shake, core));
    SSP_TRY(take_seq(shake->session, true, &core->recv.seq));
    SSP_TRY(take_seq(shake->session, false, &core->send.seq));
    SSP_TRY(core->suite->version == TLS_1_3 ? take_1_3(shake, core) : take_1_2(shake, core));
    const struct number group =
        find(groups, COUNT(groups), (unsigned)gnutls_group_get(shake->session));
    core->group = group.iana;
    core->exchange_bits = group.bits;
    core->is_resumed = gnutls_session_is_resumed(shake->session) != 0;
    const struct number signature =
        find(signatures, COUNT(signatures), (unsigned)gnutls_sign_algorithm_get(shake->session));
    core->signature = core->is_resumed ? 0 : signature.iana;
    return SSP_OK;
}

/* ---- When it is over: names ------------------------------------------------------------------ */

static enum ssp_err take_chain(const struct tls_shake *shake, struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_CHAIN_MAX);
    unsigned n = 0;
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(shake->session, &n);

    if (peers == NULL || n == 0)
        return secret_new(secret_view(&shake->earlier.chain), ret);
    for (unsigned i = 0; i < n; i++) {
        wr_u8(&out, peers[i].size >> 16);
        wr_be16(&out, peers[i].size & 0xffff);
        wr_view(&out, (struct view){ peers[i].data, peers[i].size });
    }
    SSP_TRY(out.err);
    return secret_new((struct view){ out.p, out.n }, ret);
}

static enum ssp_err take_own(const struct tls_shake *shake, struct secret *ret)
{
    const gnutls_datum_t *ours = gnutls_certificate_get_ours(shake->session);

    if (ours != NULL && ours->size != 0 && ours->size <= TLS_CERT_MAX)
        return secret_new((struct view){ ours->data, ours->size }, ret);
    if (shake->role == TLS_SERVER)
        return secret_new(secret_view(&shake->store->leaf), ret); /* resumed */
    return SSP_OK;
}

static enum ssp_err take_host(const struct tls_shake *shake, struct secret *ret)
{
    char name[TLS_HOST_MAX + 1] = "";
    size_t n = sizeof(name);
    unsigned type = 0;

    if (shake->role == TLS_CLIENT)
        return secret_new((struct view){ (const uint8_t *)shake->host, strlen(shake->host) }, ret);
    if (gnutls_server_name_get(shake->session, name, &n, &type, 0) < 0 || type != GNUTLS_NAME_DNS)
        return SSP_OK;
    return secret_new((struct view){ (const uint8_t *)name, strnlen(name, TLS_HOST_MAX) }, ret);
}

static enum ssp_err take_protocol(const struct tls_shake *shake, struct secret *ret)
{
    gnutls_datum_t protocol = { 0 };

    if (gnutls_alpn_get_selected_protocol(shake->session, &protocol) < 0)
        return SSP_OK;
    return secret_new((struct view){ protocol.data, protocol.size }, ret);
}

static enum ssp_err take_names(const struct tls_shake *shake, struct tls_names *names)
{
    SSP_TRY(take_chain(shake, &names->chain));
    SSP_TRY(take_own(shake, &names->own_cert));
    SSP_TRY(take_host(shake, &names->host));
    return take_protocol(shake, &names->alpn);
}

/* ---- tls-server-end-point -------------------------------------------------------------------- */

static void take_endpoint(const struct tls_names *names, struct tls_core *core)
{
    struct rd chain = rd_of(secret_view(&names->chain));
    struct view leaf = secret_view(&names->own_cert);

    if (core->role == TLS_CLIENT && !cert_next(&chain, &leaf))
        return;
    if (leaf.n != 0)
        core->endpoint_n = tls_endpoint_of(leaf, core->endpoint);
}

/* ---- A session to resume --------------------------------------------------------------------- */

/* A ticket of TLS 1.3 comes after the handshake: those that are there already are read with
 * GnuTLS's own copy of the keys.  Reading a record twice harms nobody; what else is in them is
 * thrown away. */
static void look_for_tickets(struct tls_shake *shake, struct view rest)
{
    uint8_t block[BLOCK];
    ssize_t n = 1;

    shake->in = rd_of(rest);
    /* Ends: every turn takes a record, or finds none. */
    while (shake->in.left.n != 0 && (n > 0 || n == GNUTLS_E_AGAIN) &&
           (gnutls_session_get_flags(shake->session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0)
        n = gnutls_record_recv(shake->session, block, sizeof(block));
    explicit_bzero(block, sizeof(block));
}

static void drop_datum(gnutls_datum_t *datum)
{
    if (datum->data != NULL)
        explicit_bzero(datum->data, datum->size);
    gnutls_free(datum->data);
}

/* Not to have one is no error.  A server of TLS 1.2 that gives no new one takes the old one again.
 */
static void keep_session(struct tls_shake *shake, const struct tls_names *names)
{
    ssp_cleanup(drop_datum) gnutls_datum_t data = { 0 };
    ssp_cleanup(tls_session_wipe) struct tls_session session = {
        .is_manual = shake->check.is_manual,
        .expiry = shake->now + (int64_t)shake->cred->policy.ticket_lifetime * FILETIME_SECOND,
    };

    if ((gnutls_session_get_flags(shake->session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0) {
        if (gnutls_session_is_resumed(shake->session) != 0 &&
            gnutls_protocol_get_version(shake->session) == GNUTLS_TLS1_2)
            tls_resume_put(shake->cred->resume, &shake->earlier);
        return;
    }
    if (gnutls_session_get_data2(shake->session, &data) < 0)
        return;
    if (secret_new(secret_view(&names->host), &session.host) == SSP_OK &&
        secret_new((struct view){ data.data, data.size }, &session.data) == SSP_OK &&
        secret_new(secret_view(&names->chain), &session.chain) == SSP_OK)
        tls_resume_put(shake->cred->resume, &session);
}

void tls_shake_result_wipe(struct tls_shake_result *result)
{
    tls_core_wipe(&result->core);
    tls_names_wipe(&result->names);
}

enum ssp_err tls_shake_finish(struct tls_shake *shake, struct view rest,
                              struct tls_shake_result *ret)
{
    ssp_cleanup(tls_shake_result_wipe) struct tls_shake_result result = { .core.role =
                                                                              shake->role };

    SSP_TRY(take_keys(shake, &result.core));
    SSP_TRY(take_names(shake, &result.names));
    take_endpoint(&result.names, &result.core);
    result.is_verified = result.names.chain.n != 0 && !shake->check.is_manual;
    if (shake->role == TLS_CLIENT && shake->resumes) {
        if (result.core.suite->version == TLS_1_3)
            look_for_tickets(shake, (struct view){ rest.p, tls_tickets_whole(&result.core, rest) });
        keep_session(shake, &result.names);
    }
    *ret = result;
    result = (struct tls_shake_result){ 0 };
    return SSP_OK;
}
