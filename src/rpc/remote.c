/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/remote_call.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alias.h"
#include "base/cleanup.h"
#include "base/heap.h"
#include "base/identity.h"
#include "base/tls_auth.h"
#include "lsa/impersonate.h"
#include "lsa/load.h"
#include "lsa/logon.h"
#include "lsa/text.h"
#include "lsa/token.h"
#include "rpc/attr_form.h"

static struct remote *remote_of(struct lsa_port *port)
{
    return (struct remote *)port;
}

static SECURITY_STATUS call(struct lsa_port *port, const void *ask, struct exchange *exchange)
{
    return remote_call(port, ask, NULL, exchange);
}

/* ---- Packages -------------------------------------------------------------------------------- */

static SECURITY_STATUS packages(struct lsa_port *port, const struct lsa_package_info **ret,
                                size_t *ret_n)
{
    struct remote *remote = remote_of(port);

    *ret_n = atomic_load_explicit(&remote->packages.n, memory_order_acquire);
    *ret = remote->packages.info;
    return SEC_E_OK;
}

/* For root only, and lsad drops the connection of anybody else who tries. */
static SECURITY_STATUS add_package(struct lsa_port *port, const char *path, ULONG *ret_id)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(ADD_PACKAGE);
    struct add_package_ask ask = { .path = remote_lend_bytes(
                                       (struct view){ (const uint8_t *)path, strlen(path) }) };

    ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
    if (geteuid() != 0)
        return SEC_E_UNSUPPORTED_FUNCTION;
    SECURITY_STATUS status = call(port, &ask, &exchange);
    if (status < 0)
        return status;
    ULONG package = exchange.answer.add_package.package;
    status = remote_know_package(port, package);
    if (status >= 0)
        *ret_id = package;
    return status;
}

/* ---- Credentials ----------------------------------------------------------------------------- */

static void lend_identity(const struct identity *identity, struct cred_ask *ask)
{
    ask->has_identity = true;
    ask->user = identity->has_user ? identity->user : (struct str16){ 0 };
    ask->domain = identity->has_domain ? identity->domain : (struct str16){ 0 };
    ask->password = identity->has_password ? identity->password : (struct str16){ 0 };
    ask->package_list = identity->package_list;
    ask->identity_flags = identity->flags;
}

static enum ssp_err lend_tls(const void *auth_data, struct wr *flat, struct cred_ask *ask)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    SSP_TRY(tls_auth_decode(auth_data, &auth));
    tls_auth_flatten(&auth, flat);
    SSP_TRY(flat->err);
    ask->has_tls = true;
    ask->tls = remote_lend_bytes((struct view){ flat->p, flat->n });
    return SSP_OK;
}

/* What the application says of itself, in a form without pointers; whose form it is, the package
 * decides. */
static enum ssp_err lend_auth_data(const struct lsa_acquire *what, struct identity *identity,
                                   struct wr *flat, struct cred_ask *ask)
{
    if (what->auth_data == NULL)
        return SSP_OK;
    if (alias_is_schannel(what->package))
        return lend_tls(what->auth_data, flat, ask);
    SSP_TRY(identity_decode(what->auth_data, identity));
    lend_identity(identity, ask);
    return SSP_OK;
}

/* The package that is meant, or, for one that chooses among others (it speaks GSS-API and cannot be
 * chosen itself), the first that gathers. */
static const struct lsa_package_info *find_gatherer(const struct remote *remote,
                                                    const char16_t *name)
{
    const struct str16 wanted = { (char16_t *)(uintptr_t)name, str16_len(name) };
    size_t n = atomic_load_explicit(&remote->packages.n, memory_order_acquire);
    const struct lsa_package_info *gatherer = NULL;
    bool chooses = false;

    for (size_t i = 0; i < n; i++) {
        const struct lsa_package_info *info = &remote->packages.info[i];
        const struct str16 its = { (char16_t *)(uintptr_t)info->name, str16_len(info->name) };
        bool gathers = info->extension != NULL && info->extension->GatherCredentials != NULL;

        if (str16_eq_nocase(&its, &wanted)) {
            if (gathers)
                return info;
            chooses =
                (info->capabilities & (SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_GSS_COMPATIBLE)) ==
                SECPKG_FLAG_GSS_COMPATIBLE;
        }
        if (gathers && gatherer == NULL)
            gatherer = info;
    }
    return chooses ? gatherer : NULL;
}

struct gathered { /* ssp_cleanup(gathered_free) */
    SecBuffer bytes;
};

static void gathered_free(struct gathered *gathered)
{
    if (gathered->bytes.pvBuffer != NULL)
        (void)heap_free(gathered->bytes.pvBuffer);
}

/* What this process alone can have of the user's own.  None of it is no failure: the package may
 * know of others, and says so if it does not. */
static void gather(const struct remote *remote, const struct lsa_acquire *what,
                   struct cred_ask *ask, struct gathered *ret)
{
    const struct lsa_package_info *from = find_gatherer(remote, what->package);
    UNICODE_STRING principal = { 0 };

    if (from == NULL || (what->use & SECPKG_CRED_OUTBOUND) == 0)
        return;
    if (what->principal != NULL && lsa_text_lend(what->principal, &principal) != SSP_OK)
        return;
    NTSTATUS status = from->extension->GatherCredentials(
        principal.Buffer != NULL ? &principal : NULL, &ret->bytes);
    if (!NT_SUCCESS(status) || ret->bytes.cbBuffer > UINT16_MAX)
        return;
    ask->gatherer = from->id;
    ask->gathered = remote_lend_bytes((struct view){ ret->bytes.pvBuffer, ret->bytes.cbBuffer });
}

/* Names and password all missing ask for the client's own, as no identity does. */
static bool asks_for_own(const struct lsa_acquire *what, const struct identity *identity)
{
    return what->auth_data == NULL ||
           (!identity->has_user && !identity->has_domain && !identity->has_password);
}

/* A thread that impersonates asks for the user's own credentials, and lsad would give it the
 * process's. */
static SECURITY_STATUS ask_for_cred(struct lsa_port *port, uint64_t cred,
                                    const struct lsa_acquire *what, struct exchange *exchange)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };
    ssp_cleanup(wr_free) struct wr flat = WR_INIT(TLS_AUTH_SIZE_MAX);
    ssp_cleanup(gathered_free) struct gathered gathered = { 0 };
    struct cred_ask ask = {
        .cred = cred,
        .principal = remote_lend(what->principal),
        .package = remote_lend(what->package),
        .use = what->use,
        .has_logon = what->logon_id != NULL,
        .logon = what->logon_id != NULL ? luid_to_u64(*what->logon_id) : 0,
        .ansi = what->ansi,
    };

    if (what->auth_data == NULL && impersonate_active())
        return SEC_E_NO_CREDENTIALS;
    enum ssp_err e = lend_auth_data(what, &identity, &flat, &ask);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (asks_for_own(what, &identity))
        gather(remote_of(port), what, &ask, &gathered);
    return call(port, &ask, exchange);
}

static SECURITY_STATUS acquire_cred(struct lsa_port *port, const struct lsa_acquire *what,
                                    uint64_t *ret_cred, TimeStamp *ret_expiry)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(ACQUIRE_CRED);

    SECURITY_STATUS status = ask_for_cred(port, 0, what, &exchange);
    if (status < 0)
        return status;
    *ret_cred = exchange.answer.cred.cred;
    ret_expiry->QuadPart = (int64_t)exchange.answer.cred.expiry;
    return status;
}

static SECURITY_STATUS add_cred(struct lsa_port *port, uint64_t cred,
                                const struct lsa_acquire *what, TimeStamp *ret_expiry)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(ADD_CRED);

    SECURITY_STATUS status = ask_for_cred(port, cred, what, &exchange);
    if (status >= 0)
        ret_expiry->QuadPart = (int64_t)exchange.answer.cred.expiry;
    return status;
}

static SECURITY_STATUS free_cred(struct lsa_port *port, uint64_t cred)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(FREE_CRED);

    return call(port, &(struct id_ask){ cred }, &exchange);
}

/* ---- Attributes ------------------------------------------------------------------------------ */

static SECURITY_STATUS query(struct lsa_port *port, const struct attribute_ask *ask,
                             const struct attr *attr, struct exchange *exchange, void *ret)
{
    if (!attr_form_exists(attr))
        return SEC_E_UNSUPPORTED_FUNCTION;
    SECURITY_STATUS status = call(port, ask, exchange);
    if (status < 0)
        return status;
    enum ssp_err e = attr_form_decode(attr, secret_view(&exchange->answer.attribute.value), ret);
    return e == SSP_OK ? status : ssp_err_status(e);
}

static SECURITY_STATUS query_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(QUERY_CRED);
    struct attribute_ask ask = { .id = cred, .attribute = attribute };

    return query(port, &ask, attr_of_cred(attribute), &exchange, ret);
}

static SECURITY_STATUS query_ctx(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(QUERY_CTX);
    struct attribute_ask ask = { .id = ctx, .attribute = attribute };

    return query(port, &ask, attr_of_ctx(attribute), &exchange, ret);
}

static SECURITY_STATUS set_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *value,
                                ULONG size)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(SET_CRED);
    struct attribute_ask ask = { cred, attribute, { value, size } };

    if (!attr_form_exists(attr_of_cred(attribute)))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return call(port, &ask, &exchange);
}

static SECURITY_STATUS set_ctx(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *value,
                               ULONG size)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(SET_CTX);
    struct attribute_ask ask = { ctx, attribute, { value, size } };

    if (!attr_form_exists(attr_of_ctx(attribute)))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return call(port, &ask, &exchange);
}

/* ---- Handshakes ------------------------------------------------------------------------------ */

static SECURITY_STATUS control(struct lsa_port *port, uint64_t ctx, PSecBufferDesc input)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(CONTROL);
    struct control_ask ask = { .ctx = ctx };

    enum ssp_err e = buffers_of_input(input, &ask.in);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = call(port, &ask, &exchange);
    if (status < 0)
        return status;
    e = buffers_apply(&exchange.answer.control.in, &ask.in, input);
    return e == SSP_OK ? status : ssp_err_status(e);
}

/* ---- The passage of a context ---------------------------------------------------------------- */

static struct seal_ask seal_to_ask(const struct lsa_seal *what)
{
    return (struct seal_ask){
        .package = what->package,
        .flags = what->flags,
        .to_other_uid = what->to_other_uid,
        .uid_to = what->uid_to,
        .lifetime_ms = what->lifetime_ms,
        .context_expiry = (uint64_t)what->context_expiry.QuadPart,
    };
}

static SECURITY_STATUS take_sealed(SECURITY_STATUS status, struct exchange *exchange,
                                   struct lsa_sealed *ret)
{
    struct seal_answer *answer = &exchange->answer.seal;
    SecBuffer blob = { 0 };

    if (status < 0)
        return status;
    enum ssp_err e = remote_to_heap(&answer->blob, &blob);
    if (e != SSP_OK)
        return ssp_err_status(e);
    ret->blob = blob;
    memcpy(ret->ticket.b, answer->ticket, sizeof(ret->ticket.b));
    return status;
}

static SECURITY_STATUS seal(struct lsa_port *port, const struct lsa_seal *what, struct view packed,
                            struct lsa_sealed *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(SEAL);
    struct seal_ask ask = seal_to_ask(what);

    ask.packed = remote_lend_bytes(packed);
    return take_sealed(remote_call(port, &ask, what->token, &exchange), &exchange, ret);
}

static SECURITY_STATUS seal_negotiating(struct lsa_port *port, uint64_t ctx,
                                        const struct lsa_seal *what, struct lsa_sealed *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(SEAL_NEGOTIATING);
    struct seal_ask ask = seal_to_ask(what);

    ask.ctx = ctx;
    return take_sealed(remote_call(port, &ask, what->token, &exchange), &exchange, ret);
}

static SECURITY_STATUS open_sealed(struct lsa_port *port, const char16_t *package, struct view blob,
                                   HANDLE token, struct lsa_opened *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(OPEN);
    struct open_ask ask = { .package = remote_lend(package), .blob = remote_lend_bytes(blob) };
    struct open_answer *answer = &exchange.answer.open;

    if (blob.n > ENVELOPE_MAX)
        return SEC_E_INVALID_TOKEN;
    SECURITY_STATUS status = remote_call(port, &ask, token, &exchange);
    if (status >= 0)
        status = remote_know_package(port, answer->package);
    if (status < 0)
        return status;
    *ret = (struct lsa_opened){
        .negotiating = answer->negotiating,
        .package = answer->package,
        .packed = answer->packed,
        .ctx = answer->ctx,
        .package_handle = answer->package_handle,
        .expiry.QuadPart = (int64_t)answer->expiry,
    };
    answer->packed = (struct secret){ 0 };
    return status;
}

static SECURITY_STATUS claim(struct lsa_port *port, const struct ticket_id *ticket)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(CLAIM);
    struct claim_ask ask = { 0 };

    memcpy(ask.ticket, ticket->b, sizeof(ask.ticket));
    return call(port, &ask, &exchange);
}

static SECURITY_STATUS release(struct lsa_port *port, const struct ticket_id *ticket)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(RELEASE);
    struct claim_ask ask = { 0 };

    memcpy(ask.ticket, ticket->b, sizeof(ask.ticket));
    return call(port, &ask, &exchange);
}

/* ---- Tokens and passwords -------------------------------------------------------------------- */

static SECURITY_STATUS query_token(struct lsa_port *port, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(QUERY_TOKEN);
    struct nothing ask = { 0 };

    if (token == NULL)
        return SEC_E_INVALID_HANDLE;
    SECURITY_STATUS status = remote_call(port, &ask, token, &exchange);
    if (status < 0)
        return status;
    return ssp_err_status(token_decode(secret_view(&exchange.answer.token.record), ret));
}

static struct str16 lend_unicode(const UNICODE_STRING *text)
{
    struct str16 lent = { 0 };

    if (text != NULL && text->Buffer != NULL)
        lent = (struct str16){ text->Buffer, text->Length / sizeof(*text->Buffer) };
    return lent;
}

// NOLINTNEXTLINE(readability-function-size): as many parameters as on Windows
static SECURITY_STATUS change_password(struct lsa_port *port, ULONG package,
                                       const UNICODE_STRING *domain, const UNICODE_STRING *account,
                                       const UNICODE_STRING *old_password,
                                       const UNICODE_STRING *new_password, bool impersonating,
                                       PSecBufferDesc output)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(CHANGE_PASSWORD);
    struct password_ask ask = {
        .package = package,
        .domain = lend_unicode(domain),
        .account = lend_unicode(account),
        .old_password = lend_unicode(old_password),
        .new_password = lend_unicode(new_password),
        .impersonating = impersonating,
    };

    enum ssp_err e = buffers_of_output(output, &ask.out);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = call(port, &ask, &exchange);
    if (status < 0)
        return status;
    e = buffers_apply(&exchange.answer.password.out, &ask.out, output);
    return e == SSP_OK ? status : ssp_err_status(e);
}

/* ---- Opening and closing --------------------------------------------------------------------- */

static void close_remote(struct remote **remote)
{
    struct remote *gone = ssp_steal(remote);

    if (gone == NULL)
        return;
    remote_packages_done(&gone->packages);
    pool_done(&gone->pool);
    free(gone->folder);
    free(gone);
}

static void close_port(struct lsa_port *port)
{
    struct remote *remote = remote_of(port);

    close_remote(&remote);
}

static const struct lsa_port_ops ops = {
    .packages = packages,
    .add_package = add_package,
    .acquire_cred = acquire_cred,
    .add_cred = add_cred,
    .free_cred = free_cred,
    .query_cred = query_cred,
    .set_cred = set_cred,
    .leg = remote_leg,
    .delete_ctx = remote_delete_ctx,
    .control = control,
    .query_ctx = query_ctx,
    .set_ctx = set_ctx,
    .seal = seal,
    .seal_negotiating = seal_negotiating,
    .open = open_sealed,
    .claim = claim,
    .release = release,
    .query_token = query_token,
    .change_password = change_password,
    .close = close_port,
};

static enum ssp_err init_locks(struct remote *remote, const char *socket)
{
    SSP_TRY(remote_packages_init(remote->folder, &remote->packages));
    enum ssp_err e = pool_init(socket, &remote->pool);
    if (e != SSP_OK) {
        remote_packages_done(&remote->packages);
        return e;
    }
    remote->pool.judge = remote_packages_judge;
    remote->pool.judge_arg = &remote->packages;
    return SSP_OK;
}

static enum ssp_err remote_new(const char *socket, const char *folder, struct remote **ret)
{
    ssp_cleanup(ssp_free) struct remote *remote = calloc(1, sizeof(*remote));

    if (remote == NULL)
        return ssp_fail(NO_MEMORY);
    remote->port.ops = &ops;
    remote->folder = strdup(load_folder_path(folder));
    if (remote->folder == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = init_locks(remote, socket);
    if (e != SSP_OK) {
        free(remote->folder);
        return e;
    }
    *ret = ssp_steal(&remote);
    return SSP_OK;
}

SECURITY_STATUS rpc_remote_open(const char *socket, const char *packages_folder,
                                struct lsa_port **ret)
{
    ssp_cleanup(close_remote) struct remote *remote = NULL;

    enum ssp_err e = remote_new(socket, packages_folder, &remote);
    if (e == SSP_OK)
        e = pool_reach(&remote->pool);
    if (e == SSP_OK)
        e = remote_packages_learn(&remote->packages, &remote->pool, 1);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *ret = &ssp_steal(&remote)->port;
    return SEC_E_OK;
}
