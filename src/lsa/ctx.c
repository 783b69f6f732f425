/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/ctx.h"

#include "base/cleanup.h"
#include "base/secret.h"
#include "lsa/call.h"
#include "lsa/logon.h"
#include "lsa/status.h"

#include <stdlib.h>

enum ssp_err lsa_ctx_new(struct client *client, struct package *package, bool accept,
                         struct lsa_ctx **ret)
{
    struct lsa_ctx *ctx = malloc(sizeof(*ctx));

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    *ctx = (struct lsa_ctx){ .package = package, .accept = accept, .epoch = fork_epoch() };
    (void)pthread_mutex_init(&ctx->lock, NULL);
    enum ssp_err e = owned_init(&ctx->owned, client, OWNED_CTX);
    if (e != SSP_OK) {
        lsa_ctx_delete(&ctx);
        return e;
    }
    *ret = ctx;
    return SSP_OK;
}

static void delete_in_package(const struct lsa_ctx *ctx)
{
    struct client *client = ctx->owned.client;
    ssp_cleanup(call_end) struct call call;

    call_begin(&call, client->lsa, client, ctx->package, SECPKG_CALL_CLEANUP);
    (void)ctx->package->lsa.DeleteContext(ctx->handle);
}

void lsa_ctx_delete(struct lsa_ctx **ctx)
{
    struct lsa_ctx *gone = ssp_steal(ctx);

    if (gone == NULL)
        return;
    if (gone->handle != 0 && gone->package->lsa.DeleteContext != NULL &&
        gone->epoch == fork_epoch())
        delete_in_package(gone);
    logon_unref_chain(&gone->made);
    (void)pthread_mutex_destroy(&gone->lock);
    owned_done(&gone->owned);
    free(gone);
}

void lsa_ctx_destroy(void *ctx)
{
    struct lsa_ctx *gone = ctx;

    lsa_ctx_delete(&gone);
}

enum ssp_err lsa_ctx_publish(struct lsa_ctx **ctx, uint64_t *ret_id)
{
    SSP_TRY(owned_publish(&(*ctx)->owned, ret_id));
    *ctx = NULL;
    return SSP_OK;
}

enum ssp_err lsa_ctx_get(struct client *client, uint64_t id, struct lsa_ctx **ret)
{
    struct owned *owned = NULL;

    SSP_TRY(owned_get(client, OWNED_CTX, id, &owned));
    struct lsa_ctx *ctx = (struct lsa_ctx *)owned;
    if (ctx->epoch != fork_epoch()) {
        owned_put(owned);
        return ssp_fail(BAD_HANDLE);
    }
    (void)pthread_mutex_lock(&ctx->lock);
    if (ctx->handle == 0) { /* it was kept, and somebody took it */
        lsa_ctx_put(&ctx);
        return ssp_fail(BAD_HANDLE);
    }
    *ret = ctx;
    return SSP_OK;
}

void lsa_ctx_put(struct lsa_ctx **ctx)
{
    struct lsa_ctx *used = ssp_steal(ctx);

    if (used == NULL)
        return;
    (void)pthread_mutex_unlock(&used->lock);
    owned_put(&used->owned);
}

SECURITY_STATUS lsa_ctx_free(struct client *client, uint64_t id)
{
    return ssp_err_status(owned_close(client, OWNED_CTX, id));
}

SECURITY_STATUS lsa_ctx_control(struct client *client, uint64_t id, PSecBufferDesc input)
{
    ssp_cleanup(lsa_ctx_put) struct lsa_ctx *ctx = NULL;

    enum ssp_err e = lsa_ctx_get(client, id, &ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (ctx->package->lsa.ApplyControlToken == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, ctx->package, 0);
    return status_from_nt(ctx->package->lsa.ApplyControlToken(ctx->handle, input), STATUS_OF_TOKEN);
}

SECURITY_STATUS lsa_ctx_query(struct client *client, uint64_t id, ULONG attribute, void *ret)
{
    ssp_cleanup(lsa_ctx_put) struct lsa_ctx *ctx = NULL;

    enum ssp_err e = lsa_ctx_get(client, id, &ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (ctx->package->lsa.QueryContextAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, ctx->package, 0);
    return status_from_nt(ctx->package->lsa.QueryContextAttributes(ctx->handle, attribute, ret),
                          STATUS_OF_CALL);
}

SECURITY_STATUS lsa_ctx_set(struct client *client, uint64_t id, ULONG attribute, void *value,
                            ULONG size)
{
    ssp_cleanup(lsa_ctx_put) struct lsa_ctx *ctx = NULL;

    enum ssp_err e = lsa_ctx_get(client, id, &ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (ctx->package->lsa.SetContextAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, ctx->package, 0);
    return status_from_nt(
        ctx->package->lsa.SetContextAttributes(ctx->handle, attribute, value, size),
        STATUS_OF_CALL);
}
