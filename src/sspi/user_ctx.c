/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/user_ctx.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/secret.h"
#include "lsa/status.h"
#include "sspi/handle.h"

/* ---- Life -------------------------------------------------------------- */

SECURITY_STATUS user_ctx_new(const struct library *lib, struct user_ctx **ret)
{
    struct user_ctx *ctx = malloc(sizeof(*ctx));
    uint64_t id = 0;
    enum ssp_err e = SSP_OK;

    if (ctx == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    *ctx = (struct user_ctx){
        .send = PTHREAD_MUTEX_INITIALIZER,
        .receive = PTHREAD_MUTEX_INITIALIZER,
        .lib = lib,
        .epoch = fork_epoch(),
        .expiry.QuadPart = FILETIME_NEVER,
    };
    e = idmap_add(lib->contexts, ctx, &id);
    if (e != SSP_OK) {
        free(ctx);
        return ssp_err_status(e);
    }
    (void)idmap_get(lib->contexts, id); /* just made, so it is there */
    atomic_store_explicit(&ctx->id, id, memory_order_release);
    *ret = ctx;
    return SEC_E_OK;
}

static bool is_of_this_process(const struct user_ctx *ctx)
{
    return ctx->epoch == fork_epoch();
}

/* A context of the parent process is dropped and no more: its keys are not in this process, and
 * what the LSA has of it is the parent's. */
void user_ctx_destroy(void *object)
{
    struct user_ctx *ctx = object;

    if (is_of_this_process(ctx)) {
        user_ctx_end(ctx);
        (void)pthread_mutex_destroy(&ctx->send);
        (void)pthread_mutex_destroy(&ctx->receive);
    }
    free(ctx);
}

/* Whoever guesses an id before user_ctx_new() has set it gets nothing. */
struct user_ctx *user_ctx_get(const SecHandle *handle)
{
    const struct library *lib = library_get();
    uint64_t id = handle_to_id(HANDLE_CTX, handle);
    struct user_ctx *ctx = lib == NULL || id == 0 ? NULL : idmap_get(lib->contexts, id);

    if (ctx == NULL)
        return NULL;
    if (atomic_load_explicit(&ctx->id, memory_order_acquire) == id && is_of_this_process(ctx))
        return ctx;
    idmap_put(lib->contexts, id);
    return NULL;
}

void user_ctx_put(struct user_ctx **ctx)
{
    if (*ctx != NULL)
        idmap_put((*ctx)->lib->contexts, atomic_load_explicit(&(*ctx)->id, memory_order_relaxed));
}

bool user_ctx_close(const SecHandle *handle)
{
    const struct library *lib = library_get();
    uint64_t id = handle_to_id(HANDLE_CTX, handle);

    return lib != NULL && id != 0 && idmap_close(lib->contexts, id);
}

/* ---- Locks ------------------------------------------------------------- */

static pthread_mutex_t *lock_of(struct user_ctx *ctx, enum direction dir)
{
    return dir == DIR_SEND ? &ctx->send : &ctx->receive;
}

void user_ctx_lock(struct user_ctx *ctx)
{
    (void)pthread_mutex_lock(&ctx->send);
    (void)pthread_mutex_lock(&ctx->receive);
}

void user_ctx_unlock(struct user_ctx *ctx)
{
    (void)pthread_mutex_unlock(&ctx->receive);
    (void)pthread_mutex_unlock(&ctx->send);
}

/* Thawing changes the state, so it wants both locks; the one not asked for is given back. */
static SECURITY_STATUS enter_not_live(struct user_ctx *ctx, enum direction dir)
{
    SECURITY_STATUS status = SEC_E_OK;

    user_ctx_lock(ctx);
    status = user_ctx_make_live(ctx);
    if (status < 0)
        user_ctx_unlock(ctx);
    else
        user_ctx_leave(ctx, dir == DIR_SEND ? DIR_RECEIVE : DIR_SEND);
    return status;
}

SECURITY_STATUS user_ctx_enter(struct user_ctx *ctx, enum direction dir)
{
    (void)pthread_mutex_lock(lock_of(ctx, dir));
    if (ctx->state == CTX_LIVE)
        return SEC_E_OK;
    user_ctx_leave(ctx, dir);
    return enter_not_live(ctx, dir);
}

void user_ctx_leave(struct user_ctx *ctx, enum direction dir)
{
    (void)pthread_mutex_unlock(lock_of(ctx, dir));
}

/* ---- States ------------------------------------------------------------ */

static SECURITY_STATUS claim_own_ticket(struct user_ctx *ctx)
{
    struct lsa_port *port = ctx->lib->port;
    SECURITY_STATUS status = port->ops->claim(port, &ctx->ticket);

    if (status >= 0)
        ctx->state = ctx->thaws_to;
    else if (status == SEC_E_CONTEXT_EXPIRED)
        ctx->state = CTX_LOST;
    return status;
}

SECURITY_STATUS user_ctx_thaw(struct user_ctx *ctx)
{
    switch (ctx->state) {
    case CTX_NEGOTIATING:
    case CTX_LIVE:
        return SEC_E_OK;
    case CTX_FROZEN:
        return claim_own_ticket(ctx);
    case CTX_LOST:
        return SEC_E_CONTEXT_EXPIRED;
    case CTX_EMPTY:
        break;
    }
    return SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS user_ctx_thaw_for_lsa(struct user_ctx *ctx)
{
    bool is_established = user_ctx_is(ctx, CTX_LIVE);

    return is_established && ctx->lsa == 0 ? SEC_E_UNSUPPORTED_FUNCTION : user_ctx_thaw(ctx);
}

bool user_ctx_is(const struct user_ctx *ctx, enum ctx_state state)
{
    return (ctx->state == CTX_FROZEN ? ctx->thaws_to : ctx->state) == state;
}

SECURITY_STATUS user_ctx_make_live(struct user_ctx *ctx)
{
    const struct lsa_package_info *package = NULL;

    if (!user_ctx_is(ctx, CTX_NEGOTIATING))
        return user_ctx_thaw(ctx);
    if (library_package(ctx->lib, ctx->package, &package) >= 0 && package->user == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return SEC_E_INVALID_HANDLE;
}

void user_ctx_come_alive(struct user_ctx *ctx, const struct lsa_package_info *package)
{
    ctx->table = package->user;
    ctx->extension = package->extension;
    ctx->state = CTX_LIVE;
}

SECURITY_STATUS user_ctx_start(struct user_ctx *ctx, PSecBuffer packed)
{
    const struct lsa_package_info *package = NULL;
    SECURITY_STATUS status = library_user_half(ctx->lib, ctx->package, &package);

    if (status < 0)
        return status;
    if (package->user->InitUserModeContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status =
        status_from_nt(package->user->InitUserModeContext(ctx->handle, packed), STATUS_OF_TOKEN);
    if (status < 0)
        return status;
    user_ctx_come_alive(ctx, package);
    return SEC_E_OK;
}

/* The package may say that no LSA context is behind its own; an imported one has none either. */
void user_ctx_end(struct user_ctx *ctx)
{
    struct lsa_port *port = ctx->lib->port;
    NTSTATUS status = STATUS_SUCCESS;

    if (ctx->state == CTX_FROZEN)
        (void)port->ops->release(port, &ctx->ticket);
    if (ctx->table != NULL && ctx->table->DeleteUserModeContext != NULL)
        status = ctx->table->DeleteUserModeContext(ctx->handle);
    if (ctx->lsa != 0 && status != SEC_I_NO_LSA_CONTEXT)
        (void)port->ops->delete_ctx(port, ctx->lsa);
    ctx->table = NULL;
    ctx->extension = NULL;
    ctx->lsa = 0;
    ctx->state = CTX_EMPTY;
}
