/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The embedded LSA: struct lsa_port straight to the core in this process, with
 * the process itself as the one client.  The only file of the LSA that knows
 * that client and LSA share their memory and descriptors.
 */
#include "lsa/port.h"

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "lsa/core.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/impersonate.h"
#include "lsa/leg.h"
#include "lsa/passage.h"
#include "lsa/status.h"
#include "lsa/text.h"
#include "lsa/token.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct local {
    struct lsa_port port; /* first: the library holds a pointer to it */
    struct lsa *lsa;
    struct client *client;
    pthread_mutex_t lock; /* for adding to the two below */
    struct lsa_package_info info[LIMIT_PACKAGES];
    atomic_size_t n_info;
};

static struct client *client_of(struct lsa_port *port)
{
    return ((struct local *)port)->client;
}

/* ---- The door of a client that is here --------------------------------- */

static uid_t uid_here(struct client *client)
{
    (void)client;
    return geteuid();
}

static pid_t pid_here(struct client *client)
{
    (void)client;
    return getpid();
}

static pid_t tid_here(struct client *client)
{
    (void)client;
    return gettid();
}

static enum ssp_err give_handle(struct client *client, HANDLE handle, HANDLE *ret)
{
    (void)client;
    return handle_dup(handle, ret);
}

/* The thread that calls is the client's own, so it has the client's identity already. */
static NTSTATUS impersonate(struct client *client)
{
    (void)client;
    return STATUS_SUCCESS;
}

static const struct client_door door = {
    .attributes = SECPKG_CALL_IN_PROC,
    .uid = uid_here,
    .pid = pid_here,
    .tid = tid_here,
    .give_handle = give_handle,
    .impersonate = impersonate,
};

/* A process that uses up its own memory harms nobody else. */
static const struct client_limits limits = {
    .max = { [OWNED_CRED] = LIMIT_HANDLES, [OWNED_CTX] = LIMIT_HANDLES },
};

/* ---- Packages ---------------------------------------------------------- */

static enum ssp_err describe(const struct package *package, struct lsa_package_info *ret)
{
    struct module_user user = { 0 };

    /* Without its user half a package does handshakes, and nothing after them. */
    enum ssp_err e = module_user_half(package->module, package->index, &user);
    if (e != SSP_OK && e != SSP_ERR_NO_PACKAGE)
        return e;
    *ret = (struct lsa_package_info){
        .id = package->id,
        .capabilities = package->capabilities,
        .version = package->version,
        .rpc_id = package->rpc_id,
        .max_token = package->max_token,
        .name = package->name.p,
        .comment = package->comment.p,
        .user = user.table,
        .extension = user.extension,
        .thunks = package->thunks,
        .n_thunks = package->n_thunks,
    };
    return SSP_OK;
}

static void unlock(pthread_mutex_t **mutex)
{
    (void)pthread_mutex_unlock(*mutex);
}

static enum ssp_err describe_new_ones(struct local *local)
{
    (void)pthread_mutex_lock(&local->lock);
    ssp_cleanup(unlock) pthread_mutex_t *held = &local->lock;

    for (size_t n = local->n_info; n < packages_count(&local->lsa->packages); n++) {
        SSP_TRY(describe(local->lsa->packages.list[n], &local->info[n]));
        atomic_store_explicit(&local->n_info, n + 1, memory_order_release);
    }
    return SSP_OK;
}

/* Only new packages take the lock, so that a look-up waits for nobody, in a child of fork() either.
 */
static enum ssp_err describe_all(struct local *local, size_t *ret_n)
{
    if (atomic_load_explicit(&local->n_info, memory_order_acquire) <
        packages_count(&local->lsa->packages))
        SSP_TRY(describe_new_ones(local));
    *ret_n = atomic_load_explicit(&local->n_info, memory_order_acquire);
    return SSP_OK;
}

static SECURITY_STATUS packages(struct lsa_port *port, const struct lsa_package_info **ret,
                                size_t *ret_n)
{
    struct local *local = (struct local *)port;

    enum ssp_err e = describe_all(local, ret_n);
    if (e == SSP_OK)
        *ret = local->info;
    return ssp_err_status(e);
}

/* For the rest of the function. */
#define AS_ITSELF() ssp_cleanup(impersonate_resume) bool paused = impersonate_pause()

/* As itself: what a user whom the thread impersonates owns, the process must not run. */
static SECURITY_STATUS add_package(struct lsa_port *port, const char *path, ULONG *ret_id)
{
    AS_ITSELF();
    struct local *local = (struct local *)port;
    size_t n = 0;

    enum ssp_err e = lsa_add_package(local->lsa, path, ret_id);
    if (e == SSP_OK)
        e = describe_all(local, &n);
    return ssp_err_status(e);
}

/* ---- Everything else: to the core -------------------------------------------------------------
 *
 * What the LSA keeps for itself, such as accounts, keys and tickets, it reaches as itself, whomever
 * the calling thread impersonates.  Not so when a credential is acquired: the one who asks then is
 * the user, who must not be given what is the process's own.
 */

static SECURITY_STATUS acquire_cred(struct lsa_port *port, const struct lsa_acquire *what,
                                    uint64_t *ret_cred, TimeStamp *ret_expiry)
{
    return lsa_cred_acquire(client_of(port), what, ret_cred, ret_expiry);
}

static SECURITY_STATUS add_cred(struct lsa_port *port, uint64_t cred,
                                const struct lsa_acquire *what, TimeStamp *ret_expiry)
{
    return lsa_cred_add(client_of(port), cred, what, ret_expiry);
}

static SECURITY_STATUS free_cred(struct lsa_port *port, uint64_t cred)
{
    return lsa_cred_free(client_of(port), cred);
}

static SECURITY_STATUS query_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *ret)
{
    return lsa_cred_query(client_of(port), cred, attribute, ret);
}

static SECURITY_STATUS set_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *value,
                                ULONG size)
{
    return lsa_cred_set(client_of(port), cred, attribute, value, size);
}

static SECURITY_STATUS leg(struct lsa_port *port, const struct lsa_leg *what,
                           struct lsa_leg_result *ret)
{
    AS_ITSELF();

    return lsa_leg_run(client_of(port), what, ret);
}

static SECURITY_STATUS delete_ctx(struct lsa_port *port, uint64_t ctx)
{
    AS_ITSELF();

    return lsa_ctx_free(client_of(port), ctx);
}

static SECURITY_STATUS control(struct lsa_port *port, uint64_t ctx, PSecBufferDesc input)
{
    AS_ITSELF();

    return lsa_ctx_control(client_of(port), ctx, input);
}

static SECURITY_STATUS query_ctx(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *ret)
{
    return lsa_ctx_query(client_of(port), ctx, attribute, ret);
}

static SECURITY_STATUS set_ctx(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *value,
                               ULONG size)
{
    return lsa_ctx_set(client_of(port), ctx, attribute, value, size);
}

static SECURITY_STATUS seal(struct lsa_port *port, const struct lsa_seal *what, struct view packed,
                            struct lsa_sealed *ret)
{
    AS_ITSELF();

    return lsa_passage_seal(client_of(port), what, packed, ret);
}

static SECURITY_STATUS seal_negotiating(struct lsa_port *port, uint64_t ctx,
                                        const struct lsa_seal *what, struct lsa_sealed *ret)
{
    AS_ITSELF();

    return lsa_passage_seal_negotiating(client_of(port), ctx, what, ret);
}

static SECURITY_STATUS open_sealed(struct lsa_port *port, const char16_t *package, struct view blob,
                                   HANDLE token, struct lsa_opened *ret)
{
    AS_ITSELF();

    return lsa_passage_open(client_of(port), package, blob, token, ret);
}

static SECURITY_STATUS claim(struct lsa_port *port, const struct ticket_id *ticket)
{
    AS_ITSELF();

    return lsa_passage_claim(client_of(port), ticket);
}

static SECURITY_STATUS release(struct lsa_port *port, const struct ticket_id *ticket)
{
    AS_ITSELF();

    return lsa_passage_release(client_of(port), ticket);
}

static SECURITY_STATUS query_token(struct lsa_port *port, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    AS_ITSELF();
    ssp_cleanup(home_unref) struct home *home = NULL;

    enum ssp_err e = home_get(client_of(port)->lsa, &home);
    if (e == SSP_OK)
        e = home_read_token(home, token, ret);
    return ssp_err_status(e);
}

static SECURITY_STATUS renew_token(struct lsa_port *port, HANDLE token, HANDLE *ret)
{
    AS_ITSELF();
    ssp_cleanup(home_unref) struct home *home = NULL;

    enum ssp_err e = home_get(client_of(port)->lsa, &home);
    if (e == SSP_OK)
        e = home_renew_token(home, token, ret);
    return ssp_err_status(e);
}

static SECURITY_STATUS change_password(struct lsa_port *port, ULONG package,
                                       const UNICODE_STRING *domain, const UNICODE_STRING *account,
                                       const UNICODE_STRING *old_password,
                                       const UNICODE_STRING *new_password, bool impersonating,
                                       PSecBufferDesc output)
{
    struct password_change change = { *domain,       *account,      *old_password,
                                      *new_password, impersonating, output };

    return lsa_change_password(client_of(port), package, &change);
}

static void close_local(struct local **local)
{
    struct local *gone = ssp_steal(local);

    if (gone == NULL)
        return;
    client_close(&gone->client);
    lsa_free(&gone->lsa);
    (void)pthread_mutex_destroy(&gone->lock);
    free(gone);
}

static void close_port(struct lsa_port *port)
{
    struct local *local = (struct local *)port;

    close_local(&local);
}

static const struct lsa_port_ops ops = {
    .packages = packages,
    .add_package = add_package,
    .acquire_cred = acquire_cred,
    .add_cred = add_cred,
    .free_cred = free_cred,
    .query_cred = query_cred,
    .set_cred = set_cred,
    .leg = leg,
    .delete_ctx = delete_ctx,
    .control = control,
    .query_ctx = query_ctx,
    .set_ctx = set_ctx,
    .seal = seal,
    .seal_negotiating = seal_negotiating,
    .open = open_sealed,
    .claim = claim,
    .release = release,
    .query_token = query_token,
    .renew_token = renew_token,
    .change_password = change_password,
    .close = close_port,
};

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err open_local(struct local **ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    ssp_cleanup(close_local) struct local *local = malloc(sizeof(*local));
    size_t n = 0;

    if (local == NULL)
        return ssp_fail(NO_MEMORY);
    *local = (struct local){ .port = { &ops } };
    (void)pthread_mutex_init(&local->lock, NULL);
    SSP_TRY(conf_load(&conf));
    SSP_TRY(lsa_new(&(struct lsa_setup){ conf, &system_clock, &system_rand, true }, &local->lsa));
    SSP_TRY(client_new(local->lsa, &door, &limits, NULL, &local->client));
    SSP_TRY(describe_all(local, &n));
    *ret = ssp_steal(&local);
    return SSP_OK;
}

SECURITY_STATUS lsa_local_open(struct lsa_port **ret)
{
    struct local *local = NULL;

    enum ssp_err e = open_local(&local);
    if (e == SSP_OK)
        *ret = &local->port;
    return ssp_err_status(e);
}
