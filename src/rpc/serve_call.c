/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/serve_call.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alias.h"
#include "base/cleanup.h"
#include "base/heap.h"
#include "base/identity.h"
#include "base/tls_auth.h"
#include "base/trace.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/leg.h"
#include "lsa/passage.h"
#include "lsa/token.h"
#include "rpc/attr_form.h"

/* ---- Who, and what is there ------------------------------------------------------------------ */

static SECURITY_STATUS hello(struct serving *serving, union rpc_ask *ask, union rpc_answer *answer)
{
    return ssp_err_status(
        rpc_session_join(serving->server, serving->peer, &ask->hello, &rpc_door, &answer->hello));
}

static enum ssp_err copy_text(const struct str16 *from, struct str16 *to)
{
    return str16_from_units(from->p, from->n, to);
}

static enum ssp_err copy_thunks(const struct package *package, struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(LIMIT_THUNKS * sizeof(uint32_t));

    for (size_t i = 0; i < package->n_thunks; i++)
        wr_le32(&out, package->thunks[i]);
    SSP_TRY(out.err);
    return out.n != 0 ? secret_new((struct view){ out.p, out.n }, ret) : SSP_OK;
}

static enum ssp_err describe(const struct package *package, struct package_answer *ret)
{
    const char *module = package->module->name;

    ret->capabilities = package->capabilities;
    ret->version = package->version;
    ret->rpc_id = package->rpc_id;
    ret->max_token = package->max_token;
    ret->is_builtin = package->module->dl == NULL;
    ret->index = package->index;
    SSP_TRY(copy_text(&package->name, &ret->name));
    SSP_TRY(copy_text(&package->comment, &ret->comment));
    SSP_TRY(secret_new((struct view){ (const uint8_t *)module, strlen(module) }, &ret->module));
    return copy_thunks(package, &ret->thunks);
}

static SECURITY_STATUS get_package(struct serving *serving, union rpc_ask *ask,
                                   union rpc_answer *answer)
{
    const struct package *package =
        package_by_id(&serving->server->lsa->packages, ask->package.package);

    if (package == NULL)
        return SEC_E_SECPKG_NOT_FOUND;
    return ssp_err_status(describe(package, &answer->package));
}

static SECURITY_STATUS add_package(struct serving *serving, union rpc_ask *ask,
                                   union rpc_answer *answer)
{
    struct view path = secret_view(&ask->add_package.path);
    ssp_cleanup(ssp_free) char *text = NULL;

    if (path.n == 0 || path.n > LIMIT_NAME || memchr(path.p, 0, path.n) != NULL)
        return SEC_E_INVALID_PARAMETER;
    text = field_text(&ask->add_package.path);
    if (text == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    return ssp_err_status(
        lsa_add_package(serving->server->lsa, text, &answer->add_package.package));
}

/* ---- Credentials ----------------------------------------------------------------------------- */

/* A block that says its own length is looked at before a package gets it without one; and a package
 * that would take it for pointers does not get it. */
static enum ssp_err flatten_tls(const struct cred_ask *ask, struct wr *out)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    if (!alias_is_schannel(ask->package.p))
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(tls_auth_parse(secret_view(&ask->tls), &auth));
    wr_view(out, secret_view(&ask->tls));
    return out->err;
}

/* Packages get one flat block, whatever form the application used. */
static enum ssp_err flatten(const struct cred_ask *ask, struct wr *out)
{
    struct identity lent = {
        .user = ask->user,
        .domain = ask->domain,
        .password = ask->password,
        .package_list = ask->package_list,
        .has_user = ask->user.p != NULL,
        .has_domain = ask->domain.p != NULL,
        .has_password = ask->password.p != NULL,
        .flags = ask->identity_flags,
    };

    if (ask->has_tls)
        return flatten_tls(ask, out);
    if (!ask->has_identity)
        return SSP_OK;
    SSP_TRY(identity_flatten(&lent, out));
    return out->err;
}

typedef SECURITY_STATUS cred_fn(const struct serving *serving, const struct cred_ask *ask,
                                const struct lsa_acquire *what, struct cred_answer *answer);

static SECURITY_STATUS with_identity(const struct serving *serving, const struct cred_ask *ask,
                                     cred_fn *function, struct cred_answer *answer)
{
    ssp_cleanup(wr_free) struct wr flat = WR_INIT(FRAME_BODY_MAX);
    enum ssp_err e = flatten(ask, &flat);
    LUID logon = luid_of_u64(ask->logon);
    struct lsa_acquire what = {
        .principal = ask->principal.p,
        .package = ask->package.p,
        .use = ask->use,
        .logon_id = ask->has_logon ? &logon : NULL,
        .auth_data = flat.p,
        .ansi = ask->ansi,
        .bytes = flat.n + ask->principal.n * sizeof(*ask->principal.p) + ask->gathered.n,
        .gatherer = ask->gatherer,
        .gathered = secret_view(&ask->gathered),
    };

    return e == SSP_OK ? function(serving, ask, &what, answer) : ssp_err_status(e);
}

static SECURITY_STATUS acquire(const struct serving *serving, const struct cred_ask *ask,
                               const struct lsa_acquire *what, struct cred_answer *answer)
{
    TimeStamp expiry = { 0 };
    uint64_t cred = 0;

    (void)ask;
    SECURITY_STATUS status = lsa_cred_acquire(serving_client(serving), what, &cred, &expiry);
    answer->cred = serving_blind(serving, cred);
    answer->expiry = (uint64_t)expiry.QuadPart;
    return status;
}

static SECURITY_STATUS add(const struct serving *serving, const struct cred_ask *ask,
                           const struct lsa_acquire *what, struct cred_answer *answer)
{
    TimeStamp expiry = { 0 };

    SECURITY_STATUS status =
        lsa_cred_add(serving_client(serving), serving_blind(serving, ask->cred), what, &expiry);
    answer->cred = ask->cred;
    answer->expiry = (uint64_t)expiry.QuadPart;
    return status;
}

static SECURITY_STATUS acquire_cred(struct serving *serving, union rpc_ask *ask,
                                    union rpc_answer *answer)
{
    return with_identity(serving, &ask->cred, acquire, &answer->cred);
}

static SECURITY_STATUS add_cred(struct serving *serving, union rpc_ask *ask,
                                union rpc_answer *answer)
{
    return with_identity(serving, &ask->cred, add, &answer->cred);
}

static SECURITY_STATUS free_cred(struct serving *serving, union rpc_ask *ask,
                                 union rpc_answer *answer)
{
    (void)answer;
    return lsa_cred_free(serving_client(serving), serving_blind(serving, ask->id.id));
}

/* ---- Attributes ------------------------------------------------------------------------------ */

typedef SECURITY_STATUS query_fn(struct client *client, uint64_t id, ULONG attribute, void *ret);
typedef SECURITY_STATUS set_fn(struct client *client, uint64_t id, ULONG attribute, void *value,
                               ULONG size);

static enum ssp_err take_form(const struct attr *attr, const void *structure, struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr form = WR_INIT(FRAME_BODY_MAX / 2);

    SSP_TRY(attr_form_encode(attr, structure, &form));
    return secret_new((struct view){ form.p, form.n }, ret);
}

static SECURITY_STATUS query(struct serving *serving, const struct attribute_ask *ask,
                             const struct attr *attr, query_fn *function,
                             struct attribute_answer *answer)
{
    union {
        max_align_t align;
        uint8_t b[ATTR_SIZE_MAX];
    } room = { 0 };

    if (!attr_form_exists(attr))
        return SEC_E_UNSUPPORTED_FUNCTION;
    SECURITY_STATUS status =
        function(serving_client(serving), serving_blind(serving, ask->id), ask->attribute, room.b);
    if (status < 0)
        return status;
    enum ssp_err e = take_form(attr, room.b, &answer->value);
    attr_form_free(attr, room.b);
    explicit_bzero(&room, sizeof(room));
    return e == SSP_OK ? status : ssp_err_status(e);
}

/* Only what has no pointers at all: a value with some would be read by the package as its own. */
static SECURITY_STATUS set(struct serving *serving, struct attribute_ask *ask,
                           const struct attr *attr, set_fn *function)
{
    if (!attr_form_exists(attr) || attr->n_text != 0 || attr->has_package || attr->has_blob)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (ask->value.n != attr->size)
        return SEC_E_INVALID_PARAMETER;
    return function(serving_client(serving), serving_blind(serving, ask->id), ask->attribute,
                    ask->value.p, (ULONG)ask->value.n);
}

static SECURITY_STATUS query_cred(struct serving *serving, union rpc_ask *ask,
                                  union rpc_answer *answer)
{
    return query(serving, &ask->attribute, attr_of_cred(ask->attribute.attribute), lsa_cred_query,
                 &answer->attribute);
}

static SECURITY_STATUS set_cred(struct serving *serving, union rpc_ask *ask,
                                union rpc_answer *answer)
{
    (void)answer;
    return set(serving, &ask->attribute, attr_of_cred(ask->attribute.attribute), lsa_cred_set);
}

static SECURITY_STATUS query_ctx(struct serving *serving, union rpc_ask *ask,
                                 union rpc_answer *answer)
{
    return query(serving, &ask->attribute, attr_of_ctx(ask->attribute.attribute), lsa_ctx_query,
                 &answer->attribute);
}

static SECURITY_STATUS set_ctx(struct serving *serving, union rpc_ask *ask,
                               union rpc_answer *answer)
{
    (void)answer;
    return set(serving, &ask->attribute, attr_of_ctx(ask->attribute.attribute), lsa_ctx_set);
}

/* ---- Tokens and passwords -------------------------------------------------------------------- */

static enum ssp_err read_token(const struct serving *serving, struct secret *ret)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    ssp_cleanup(wr_free) struct wr record = WR_INIT(FRAME_BODY_MAX);
    OPENSSPI_TOKEN_INFO info = { 0 };

    if (serving->token == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(home_get(serving->server->lsa, &home));
    SSP_TRY(home_read_token(home, serving->token, &info));
    SSP_TRY(token_encode(&info, &record));
    return secret_new((struct view){ record.p, record.n }, ret);
}

static SECURITY_STATUS query_token(struct serving *serving, union rpc_ask *ask,
                                   union rpc_answer *answer)
{
    (void)ask;
    return ssp_err_status(read_token(serving, &answer->token.record));
}

/* Lent: a package may write over it. */
static UNICODE_STRING unicode(const struct str16 *text)
{
    USHORT n = (USHORT)(text->n * sizeof(*text->p)); /* LIMIT_NAME at most */

    return (UNICODE_STRING){ n, n, text->p };
}

static SECURITY_STATUS change_password(struct serving *serving, union rpc_ask *ask,
                                       union rpc_answer *answer)
{
    struct password_ask *asked = &ask->password;
    SecBufferDesc out = { 0 };
    SecBuffer list[LIMIT_BUFFERS];
    struct password_change change = {
        .domain = unicode(&asked->domain),
        .account = unicode(&asked->account),
        .old_password = unicode(&asked->old_password),
        .new_password = unicode(&asked->new_password),
        .impersonating = asked->impersonating,
        .output = buffers_lend(&asked->out, &out, list),
    };

    SECURITY_STATUS status = lsa_change_password(serving_client(serving), asked->package, &change);
    buffers_answer_output(&asked->out, change.output, status < 0, &answer->password.out);
    return status;
}

/* ---- How lsad is ----------------------------------------------------------------------------- */

enum { USERS = 256 /* of one answer */, ROW = 1 + CHARGES };

static enum ssp_err numbers_new(size_t n, struct numbers *ret)
{
    ret->p = calloc(n, sizeof(*ret->p));
    if (ret->p == NULL)
        return ssp_fail(NO_MEMORY);
    ret->n = n;
    return SSP_OK;
}

static enum ssp_err take_accounts(const struct account_state *users, size_t n, struct numbers *ret)
{
    if (n == 0)
        return SSP_OK;
    SSP_TRY(numbers_new(n * ROW, ret));
    for (size_t i = 0; i < n; i++) {
        ret->p[i * ROW] = users[i].uid;
        memcpy(&ret->p[i * ROW + 1], users[i].n, sizeof(users[i].n));
    }
    return SSP_OK;
}

/* Who is not root sees what is his own. */
static size_t list_users(const struct serving *serving, uid_t from, struct account_state *ret)
{
    struct accounts *accounts = &serving->server->accounts;
    uid_t uid = serving->peer->who.uid;

    if (uid == 0)
        return accounts_list(accounts, from, ret, USERS);
    return from <= uid ? accounts_list(accounts, uid, ret, 1) : 0;
}

static enum ssp_err describe_lsad(const struct serving *serving, uid_t from,
                                  struct status_answer *ret)
{
    struct account_state users[USERS];

    ret->version = OPENSSPI_VERSION_NUMBER;
    ret->pid = (uint32_t)getpid();
    SSP_TRY(numbers_new(CHARGES, &ret->limits));
    accounts_limits(&serving->server->accounts, ret->limits.p);
    return take_accounts(users, list_users(serving, from, users), &ret->accounts);
}

static SECURITY_STATUS get_status(struct serving *serving, union rpc_ask *ask,
                                  union rpc_answer *answer)
{
    return ssp_err_status(describe_lsad(serving, ask->status.from, &answer->status));
}

static rpc_serve_fn *const functions[RPC_CALLS] = {
    [RPC_HELLO] = hello,
    [RPC_PACKAGE] = get_package,
    [RPC_ADD_PACKAGE] = add_package,
    [RPC_ACQUIRE_CRED] = acquire_cred,
    [RPC_ADD_CRED] = add_cred,
    [RPC_FREE_CRED] = free_cred,
    [RPC_QUERY_CRED] = query_cred,
    [RPC_SET_CRED] = set_cred,
    [RPC_LEG] = rpc_serve_leg,
    [RPC_DELETE_CTX] = rpc_serve_delete_ctx,
    [RPC_CONTROL] = rpc_serve_control,
    [RPC_QUERY_CTX] = query_ctx,
    [RPC_SET_CTX] = set_ctx,
    [RPC_SEAL] = rpc_serve_seal,
    [RPC_SEAL_NEGOTIATING] = rpc_serve_seal_negotiating,
    [RPC_OPEN] = rpc_serve_open,
    [RPC_CLAIM] = rpc_serve_claim,
    [RPC_QUERY_TOKEN] = query_token,
    [RPC_CHANGE_PASSWORD] = change_password,
    [RPC_RELEASE] = rpc_serve_release,
    [RPC_STATUS] = get_status,
};

rpc_serve_fn *rpc_serve_function(enum rpc_call call)
{
    return functions[call];
}
