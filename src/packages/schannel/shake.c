/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/shake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/trace.h"
#include "packages/schannel/alpn.h"
#include "packages/schannel/harvest.h"
#include "packages/schannel/verify.h"

enum {
    AGAIN_MAX = 64, /* warnings that one step takes before it has enough of them */
};

static ssize_t pull(gnutls_transport_ptr_t arg, void *dst, size_t n)
{
    struct tls_shake *shake = arg;
    struct view got = rd_view(&shake->in, n < shake->in.left.n ? n : shake->in.left.n);

    if (got.n == 0) {
        gnutls_transport_set_errno(shake->session, EAGAIN);
        return -1;
    }
    memcpy(dst, got.p, got.n);
    return (ssize_t)got.n;
}

static ssize_t push(gnutls_transport_ptr_t arg, const void *src, size_t n)
{
    struct tls_shake *shake = arg;

    if (shake->out == NULL)
        return (ssize_t)n; /* nothing is said any more */
    wr_view(shake->out, (struct view){ src, n });
    if (shake->out->err == SSP_OK)
        return (ssize_t)n;
    gnutls_transport_set_errno(shake->session, ENOMEM);
    return -1;
}

/* ---- Setting up ------------------------------------------------------------------------------ */

static enum ssp_err failed(int result)
{
    if (result == GNUTLS_E_MEMORY_ERROR)
        return ssp_fail(NO_MEMORY);
    return result < 0 ? ssp_fail(INTERNAL) : SSP_OK;
}

static bool is_address(const char *host)
{
    uint8_t address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static enum ssp_err set_host(struct tls_shake *shake, const char *host)
{
    size_t n = strlen(host);

    if (n > TLS_HOST_MAX)
        return ssp_fail(BAD_ARGUMENT);
    memcpy(shake->host, host, n + 1);
    shake->check.host = shake->host;
    if (n == 0 || is_address(host)) /* RFC 6066 3: no addresses */
        return SSP_OK;
    int result = gnutls_server_name_set(shake->session, GNUTLS_NAME_DNS, host, n);
    if (result == GNUTLS_E_MEMORY_ERROR)
        return ssp_fail(NO_MEMORY);
    return result < 0 ? ssp_fail(BAD_ARGUMENT) : SSP_OK;
}

static enum ssp_err set_protocols(const struct tls_shake *shake, struct view list)
{
    gnutls_datum_t names[TLS_ALPN_NAMES_MAX];
    unsigned n = 0;
    struct rd in = rd_of(list);

    while (in.left.n != 0) {
        struct view name = rd_view(&in, rd_u8(&in));

        if (!rd_ok(&in) || name.n == 0)
            return ssp_fail(BAD_ARGUMENT);
        if (n == TLS_ALPN_NAMES_MAX || name.n > TLS_ALPN_NAME_MAX)
            return ssp_fail(UNSUPPORTED);
        names[n++] = (gnutls_datum_t){ (unsigned char *)(uintptr_t)name.p, (unsigned)name.n };
    }
    if (n == 0)
        return SSP_OK;
    unsigned flags =
        shake->role == TLS_SERVER ? GNUTLS_ALPN_MANDATORY | GNUTLS_ALPN_SERVER_PRECEDENCE : 0U;
    return failed(gnutls_alpn_set_protocols(shake->session, names, n, flags));
}

static enum ssp_err set_up_server(struct tls_shake *shake, enum tls_asks asks)
{
    static const gnutls_certificate_request_t words[] = {
        [TLS_ASKS_NOTHING] = GNUTLS_CERT_IGNORE,
        [TLS_ASKS_REQUEST] = GNUTLS_CERT_REQUEST,
        [TLS_ASKS_REQUIRE] = GNUTLS_CERT_REQUIRE,
    };
    const struct tls_policy *policy = &shake->cred->policy;

    gnutls_certificate_server_set_request(shake->session, words[asks]);
    if (!shake->resumes)
        return SSP_OK;
    gnutls_db_set_cache_expiration(shake->session, (int)policy->ticket_lifetime);
    return failed(gnutls_session_ticket_enable_server(shake->session, &shake->store->ticket_key));
}

static enum ssp_err set_up_client(struct tls_shake *shake, const struct tls_shake_ask *ask)
{
    SSP_TRY(set_host(shake, ask->host));
    if (!shake->resumes)
        return SSP_OK;
    const struct view host = { (const uint8_t *)shake->host, strlen(shake->host) };
    if (!tls_resume_take(shake->cred->resume, host, ask->is_manual, ask->now, &shake->earlier))
        return SSP_OK;
    /* One that GnuTLS does not take is none: the handshake is a full one. */
    (void)gnutls_session_set_data(shake->session, shake->earlier.data.p, shake->earlier.data.n);
    return SSP_OK;
}

/* A ticket says nothing of a client's certificate, so a server that asks for one gives none. */
static bool may_resume(const struct tls_shake_ask *ask)
{
    if (!ask->cred->policy.resumes)
        return false;
    return ask->role == TLS_SERVER ? ask->asks == TLS_ASKS_NOTHING
                                   : ask->cred->resume != NULL && *ask->host != '\0';
}

static enum ssp_err open_session(struct tls_shake *shake)
{
    unsigned flags = GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

    flags |= shake->role == TLS_SERVER ? GNUTLS_SERVER : GNUTLS_CLIENT;
    flags |= shake->resumes ? 0U : (unsigned)GNUTLS_NO_TICKETS;
    SSP_TRY(failed(gnutls_init(&shake->session, flags)));
    gnutls_session_set_ptr(shake->session, &shake->check);
    gnutls_transport_set_ptr(shake->session, shake);
    gnutls_transport_set_pull_function(shake->session, pull);
    gnutls_transport_set_push_function(shake->session, push);
    tls_harvest_begin(shake);
    SSP_TRY(failed(gnutls_priority_set(shake->session, shake->cred->priority)));
    return failed(
        gnutls_credentials_set(shake->session, GNUTLS_CRD_CERTIFICATE, shake->store->creds));
}

static void take_ask(struct tls_shake *shake, const struct tls_shake_ask *ask)
{
    const struct tls_policy *policy = &ask->cred->policy;

    shake->role = ask->role;
    shake->cred = tls_cred_ref(ask->cred);
    shake->now = ask->now;
    shake->resumes = may_resume(ask);
    shake->check = (struct tls_check){
        .is_manual = ask->is_manual,
        .is_server = ask->role == TLS_SERVER,
        .ignores_name = policy->ignores_name,
        .host = shake->host,
        .revocation = policy->revocation,
        .store = shake->store,
    };
}

enum ssp_err tls_shake_new(const struct tls_shake_ask *ask, struct tls_shake **ret)
{
    ssp_cleanup(tls_shake_freep) struct tls_shake *shake = calloc(1, sizeof(*shake));

    if (shake == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(tls_site_store(ask->cred->site, &shake->store));
    take_ask(shake, ask);
    SSP_TRY(open_session(shake));
    SSP_TRY(set_protocols(shake, ask->protocols));
    SSP_TRY(ask->role == TLS_SERVER ? set_up_server(shake, ask->asks) : set_up_client(shake, ask));
    *ret = ssp_steal(&shake);
    return SSP_OK;
}

/* GnuTLS 3.7 frees TLS 1.2's master secret as it is; it shows where that is, in the session itself.
 */
static void end_session(gnutls_session_t session)
{
    gnutls_datum_t master = { 0 };

    gnutls_session_get_master_secret(session, &master);
    if (master.data != NULL)
        explicit_bzero(master.data, master.size);
    gnutls_deinit(session);
}

void tls_shake_free(struct tls_shake *shake)
{
    if (shake == NULL)
        return;
    if (shake->session != NULL)
        end_session(shake->session);
    tls_session_wipe(&shake->earlier);
    tls_store_unref(shake->store);
    tls_cred_unref(shake->cred);
    explicit_bzero(shake, sizeof(*shake));
    free(shake);
}

void tls_shake_freep(struct tls_shake **shake)
{
    tls_shake_free(*shake);
    *shake = NULL;
}

/* ---- Steps ----------------------------------------------------------------------------------- */

void tls_shake_refuse(struct tls_shake *shake, int alert, struct wr *out)
{
    if (alert < 0)
        return;
    shake->out = out;
    (void)gnutls_alert_send(shake->session, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert);
    shake->out = NULL;
}

static struct tls_failure failure_of(const struct tls_shake *shake, int result)
{
    if (shake->check.verdict.err != SSP_OK)
        return shake->check.verdict;
    if (result == GNUTLS_E_NO_CIPHER_SUITES && shake->check.is_server && !shake->offers_1_3 &&
        shake->cred->policy.versions == TLS_POLICY_1_3)
        result = GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
    return tls_failure_of_gnutls(result, (int)gnutls_alert_get(shake->session));
}

/* A warning, such as of a name that the server does not know, changes nothing; many of them are an
 * attack.  GnuTLS reads on when it is called again, and it may want to be called again before it
 * has read all that is there. */
static int run(struct tls_shake *shake)
{
    unsigned warnings = 0;

    /* Ends: every turn reads something, or counts a warning. */
    for (;;) {
        size_t before = shake->in.left.n;
        int result = gnutls_handshake(shake->session);
        bool has_more = shake->in.left.n != 0 && shake->in.left.n < before;

        if (result == GNUTLS_E_WARNING_ALERT_RECEIVED && ++warnings < AGAIN_MAX)
            continue;
        if ((result != GNUTLS_E_AGAIN && result != GNUTLS_E_INTERRUPTED) || !has_more)
            return result;
    }
}

enum ssp_err tls_shake_step(struct tls_shake *shake, struct view in, struct wr *out,
                            size_t *ret_used, bool *ret_done)
{
    shake->total += in.n;
    if (shake->total > TLS_IN_MAX) {
        tls_shake_refuse(shake, tls_failure_alert(SSP_ERR_ILLEGAL_MESSAGE), out);
        return ssp_fail(ILLEGAL_MESSAGE);
    }
    shake->in = rd_of(in);
    shake->out = out;
    int result = run(shake);
    shake->out = NULL;
    SSP_TRY(out->err); /* GnuTLS knows only that it could not send */
    if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED || result == 0) {
        *ret_used = in.n - shake->in.left.n;
        *ret_done = result == 0;
        return SSP_OK;
    }
    struct tls_failure failure = failure_of(shake, result);
    tls_shake_refuse(shake, failure.alert, out);
    trace(TRACE_DEBUG, "Schannel: handshake: %s: %s", ssp_err_text(failure.err),
          gnutls_strerror(result));
    return failure.err;
}
