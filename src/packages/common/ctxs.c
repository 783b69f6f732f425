/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/ctxs.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/handle.h"
#include "base/secret.h"

static const uint64_t imported_bit = UINT64_C(1) << 63;

enum ssp_err pkg_ctxs_init(const struct pkg_ctx_kind *kind, ULONG version,
                           const SECPKG_DLL_FUNCTIONS *functions, struct pkg_ctxs *ctxs)
{
    if (version != SECPKG_INTERFACE_VERSION || functions == NULL)
        return ssp_fail(BAD_ARGUMENT);
    ctxs->kind = kind;
    ctxs->heap = (struct pkg_heap){ functions->AllocateHeap, functions->FreeHeap };
    return ctxs->map != NULL ? SSP_OK : hmap_new(&ctxs->map);
}

struct owned { /* a context that nobody else knows yet; ssp_cleanup(owned_free) */
    const struct pkg_ctx_kind *kind;
    struct pkg_ctx *ctx;
};

static void owned_free(struct owned *owned)
{
    if (owned->ctx == NULL)
        return;
    handle_close(&owned->ctx->token);
    owned->kind->done(owned->ctx);
    free(owned->ctx);
}

static enum ssp_err owned_new(const struct pkg_ctx_kind *kind, struct owned *owned)
{
    assert(kind->size >= sizeof(struct pkg_ctx));
    owned->kind = kind;
    owned->ctx = calloc(1, kind->size);
    if (owned->ctx == NULL)
        return ssp_fail(NO_MEMORY);
    owned->ctx->epoch = fork_epoch();
    return kind->init(owned->ctx);
}

static enum ssp_err check_packed(const struct pkg_ctxs *ctxs, const SecBuffer *packed,
                                 struct view *ret)
{
    if (ctxs->map == NULL || packed == NULL || (packed->pvBuffer == NULL && packed->cbBuffer != 0))
        return ssp_fail(BAD_ARGUMENT);
    *ret = (struct view){ packed->pvBuffer, packed->cbBuffer };
    return SSP_OK;
}

enum ssp_err pkg_ctx_start(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, const SecBuffer *packed)
{
    ssp_cleanup(owned_free) struct owned owned = { 0 };
    struct view bytes = { 0 };
    uint64_t token = 0;

    SSP_TRY(check_packed(ctxs, packed, &bytes));
    SSP_TRY(owned_new(ctxs->kind, &owned));
    SSP_TRY(ctxs->kind->unpack(bytes, owned.ctx, &token));
    owned.ctx->token =
        (HANDLE)(uintptr_t)token; /* nobody else knows it: it goes with the context */
    SSP_TRY(hmap_add(ctxs->map, handle, owned.ctx));
    owned.ctx = NULL;
    return SSP_OK;
}

enum ssp_err pkg_ctx_import(struct pkg_ctxs *ctxs, const SecBuffer *packed, HANDLE token,
                            LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(owned_free) struct owned owned = { 0 };
    LSA_SEC_HANDLE handle = imported_bit | ++ctxs->n_imported;
    struct view bytes = { 0 };
    uint64_t inside = 0;

    SSP_TRY(check_packed(ctxs, packed, &bytes));
    if (ret == NULL)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(owned_new(ctxs->kind, &owned));
    SSP_TRY(ctxs->kind->unpack(bytes, owned.ctx, &inside));
    if (inside != 0) /* a handle of this process only when the LSA half put it there */
        return ssp_fail(BAD_PACKED);
    if (token != NULL)
        SSP_TRY(handle_dup(token, &owned.ctx->token));
    SSP_TRY(hmap_add(ctxs->map, handle, owned.ctx));
    owned.ctx = NULL;
    *ret = handle;
    return SSP_OK;
}

enum ssp_err pkg_ctx_find(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, struct pkg_ctx **ret)
{
    struct pkg_ctx *ctx = ctxs->map == NULL ? NULL : hmap_find(ctxs->map, handle);

    if (ctx == NULL || ctx->epoch != fork_epoch())
        return ssp_fail(BAD_HANDLE);
    *ret = ctx;
    return SSP_OK;
}

enum ssp_err pkg_ctx_live(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, struct pkg_ctx **ret)
{
    struct pkg_ctx *ctx = NULL;

    SSP_TRY(pkg_ctx_find(ctxs, handle, &ctx));
    if (ctx->expiry != FILETIME_NEVER && system_clock.filetime() > ctx->expiry)
        return ssp_fail(EXPIRED);
    *ret = ctx;
    return SSP_OK;
}

enum ssp_err pkg_ctx_token(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, HANDLE *ret)
{
    struct pkg_ctx *ctx = NULL;

    if (ret == NULL)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(pkg_ctx_find(ctxs, handle, &ctx));
    if (ctx->token == NULL)
        return ssp_fail(NO_IMPERSONATION);
    *ret = ctx->token; /* "must not duplicate the handle" */
    return SSP_OK;
}

enum ssp_err pkg_export_flags(ULONG flags)
{
    const ULONG known = SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD |
                        SECPKG_CONTEXT_EXPORT_TO_KERNEL;

    if ((flags & ~known) != 0)
        return ssp_fail(BAD_ARGUMENT);
    return (flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) == 0 ? SSP_OK : ssp_fail(UNSUPPORTED);
}

enum ssp_err pkg_ctx_export(const struct pkg_ctxs *ctxs, const struct pkg_ctx *ctx,
                            SecBuffer *ret_packed, HANDLE *ret_token)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ctxs->kind->pack_max);
    ssp_cleanup(handle_close) HANDLE token = NULL;

    ctxs->kind->pack(ctx, &out);
    SSP_TRY(out.err);
    if (ctx->token != NULL && ret_token != NULL)
        SSP_TRY(handle_dup(ctx->token, &token));
    void *block = ctxs->heap.alloc((ULONG)out.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);

    memcpy(block, out.p, out.n);
    *ret_packed = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, block };
    if (ret_token != NULL)
        *ret_token = ssp_steal(&token);
    return SSP_OK;
}

enum ssp_err pkg_ctx_delete(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle)
{
    ssp_cleanup(owned_free) struct owned owned = { .kind = ctxs->kind };

    owned.ctx = ctxs->map == NULL ? NULL : hmap_remove(ctxs->map, handle);
    return owned.ctx != NULL ? SSP_OK : ssp_fail(BAD_HANDLE);
}

NTSTATUS pkg_ctx_delete_status(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle)
{
    enum ssp_err e = pkg_ctx_delete(ctxs, handle);

    if (e != SSP_OK)
        return ssp_err_status(e);
    return (handle & imported_bit) != 0 ? SEC_I_NO_LSA_CONTEXT : STATUS_SUCCESS;
}
