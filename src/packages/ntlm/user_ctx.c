/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/user_ctx.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/handle.h"

static const uint64_t imported_bit = UINT64_C(1) << 63;

enum ssp_err ntlm_user_ctxs_init(struct ntlm_user_ctxs *ctxs)
{
    return ctxs->map != NULL ? SSP_OK : hmap_new(&ctxs->map);
}

static void free_ctx(struct ntlm_user_ctx *ctx)
{
    if (ctx == NULL)
        return;
    arena_free(ctx->core);
    ntlm_names_wipe(&ctx->names);
    handle_close(&ctx->token);
    (void)pthread_mutex_destroy(&ctx->half_duplex);
    free(ctx);
}

static void free_ctxp(struct ntlm_user_ctx **ctx)
{
    free_ctx(*ctx);
}

static struct ntlm_user_ctx *new_ctx(void)
{
    struct ntlm_user_ctx *ctx = malloc(sizeof(*ctx));

    if (ctx == NULL)
        return NULL;
    *ctx = (struct ntlm_user_ctx){
        .epoch = fork_epoch(),
        .half_duplex = PTHREAD_MUTEX_INITIALIZER,
    };
    ctx->core = arena_alloc(ARENA_CONTEXTS, sizeof(*ctx->core));
    if (ctx->core == NULL) {
        free_ctx(ctx);
        return NULL;
    }
    return ctx;
}

/* A token in the packed form is a handle of this process only when the LSA half put it there.
 * Straight into the arena: on failure the context goes as a whole. */
static enum ssp_err unpack(struct view packed, bool may_hold_token, struct ntlm_user_ctx *ctx)
{
    SSP_TRY(ntlm_unpack(packed, ctx->core, &ctx->names));
    if (ctx->core->token == 0)
        return SSP_OK;
    if (!may_hold_token)
        return ssp_fail(BAD_PACKED);
    ctx->token = (HANDLE)(uintptr_t)ctx->core->token;
    ctx->core->token = 0;
    return SSP_OK;
}

enum ssp_err ntlm_user_ctx_start(struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                 struct view packed)
{
    ssp_cleanup(free_ctxp) struct ntlm_user_ctx *ctx = new_ctx();

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(unpack(packed, true, ctx));
    SSP_TRY(hmap_add(ctxs->map, handle, ctx)); /* the token goes as well: nobody else knows it */
    ctx = NULL;
    return SSP_OK;
}

enum ssp_err ntlm_user_ctx_import(struct ntlm_user_ctxs *ctxs, struct view packed, HANDLE token,
                                  LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(free_ctxp) struct ntlm_user_ctx *ctx = new_ctx();
    LSA_SEC_HANDLE handle = imported_bit | ++ctxs->n_imported;

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(unpack(packed, false, ctx));
    if (token != NULL)
        SSP_TRY(handle_dup(token, &ctx->token));
    SSP_TRY(hmap_add(ctxs->map, handle, ctx));
    ctx = NULL;
    *ret = handle;
    return SSP_OK;
}

static struct ntlm_user_ctx *find(const struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle)
{
    struct ntlm_user_ctx *ctx = ctxs->map == NULL ? NULL : hmap_find(ctxs->map, handle);

    return ctx != NULL && ctx->epoch == fork_epoch() ? ctx : NULL;
}

enum ssp_err ntlm_user_ctx_find(const struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                struct ntlm_user_ctx **ret)
{
    struct ntlm_user_ctx *ctx = find(ctxs, handle);

    if (ctx == NULL)
        return ssp_fail(BAD_HANDLE);
    *ret = ctx;
    return SSP_OK;
}

enum ssp_err ntlm_user_ctx_live(const struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                struct ntlm_user_ctx **ret)
{
    struct ntlm_user_ctx *ctx = find(ctxs, handle);

    if (ctx == NULL)
        return ssp_fail(BAD_HANDLE);
    if (ctx->core->expiry != FILETIME_NEVER && system_clock.filetime() > ctx->core->expiry)
        return ssp_fail(EXPIRED);
    *ret = ctx;
    return SSP_OK;
}

enum ssp_err ntlm_user_ctx_delete(struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle)
{
    struct ntlm_user_ctx *ctx = ctxs->map == NULL ? NULL : hmap_remove(ctxs->map, handle);

    if (ctx == NULL)
        return ssp_fail(BAD_HANDLE);
    free_ctx(ctx);
    return SSP_OK;
}

enum ssp_err ntlm_user_ctx_export(const struct ntlm_user_ctx *ctx, const struct ntlm_heap *heap,
                                  SecBuffer *ret_packed, HANDLE *ret_token)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);
    ssp_cleanup(handle_close) HANDLE token = NULL;

    ntlm_pack(ctx->core, &ctx->names, &out);
    SSP_TRY(out.err);
    if (ctx->token != NULL && ret_token != NULL)
        SSP_TRY(handle_dup(ctx->token, &token));
    void *block = heap->alloc((ULONG)out.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);

    memcpy(block, out.p, out.n);
    *ret_packed = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, block };
    if (ret_token != NULL)
        *ret_token = ssp_steal(&token);
    return SSP_OK;
}
