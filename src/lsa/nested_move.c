/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inner contexts on their way to another process, inside what the outer package
 * packs.  Before the end of the handshake they are what the inner package says
 * (OPENSSPI_LSA_EXPORT_TABLE); after it, their data and what their token says.
 *
 *     u8 version   u8 flags   u32 n   n bytes   u16 n   n bytes: the token's record
 */
#include "lsa/nested.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/secret.h"
#include "base/trace.h"
#include "lsa/core.h"
#include "lsa/home.h"
#include "lsa/nested_ctx.h"
#include "lsa/status.h"
#include "lsa/token.h"

#include <string.h>

enum { VERSION = 1, ACCEPTS = 1, FINISHED = 2, HAS_TOKEN = 4, ALL_FLAGS = 7 };

struct moved { /* borrowed */
    bool accept;
    bool is_finished;
    bool has_token;
    struct view bytes;
    struct view token;
};

static void encode(const struct moved *moved, struct wr *out)
{
    wr_u8(out, VERSION);
    wr_u8(out, (moved->accept ? ACCEPTS : 0U) | (moved->is_finished ? FINISHED : 0U) |
                   (moved->has_token ? HAS_TOKEN : 0U));
    wr_le32(out, moved->bytes.n);
    wr_view(out, moved->bytes);
    wr_le16(out, moved->token.n);
    wr_view(out, moved->token);
}

static enum ssp_err decode(struct view packed, struct moved *ret)
{
    struct rd in = rd_of(packed);
    uint8_t version = rd_u8(&in);
    uint8_t flags = rd_u8(&in);
    struct moved moved = {
        .accept = (flags & ACCEPTS) != 0,
        .is_finished = (flags & FINISHED) != 0,
        .has_token = (flags & HAS_TOKEN) != 0,
    };

    moved.bytes = rd_view(&in, rd_le32(&in));
    moved.token = rd_view(&in, rd_le16(&in));
    if (rd_end(&in) != SSP_OK || version != VERSION || (flags & ~ALL_FLAGS) != 0 ||
        moved.bytes.n == 0 || moved.bytes.n > LIMIT_PACKED)
        return ssp_fail(BAD_PACKED);
    if (moved.has_token != (moved.token.n != 0) ||
        (moved.has_token && (!moved.is_finished || !moved.accept)))
        return ssp_fail(BAD_PACKED);
    *ret = moved;
    return SSP_OK;
}

/* ---- Out --------------------------------------------------------------- */

static enum ssp_err read_token(struct lsa *lsa, HANDLE token, struct wr *out)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };

    if (token == NULL)
        return SSP_OK;
    SSP_TRY(home_get(lsa, &home));
    SSP_TRY(home_read_token(home, token, &info));
    return token_encode(&info, out);
}

static enum ssp_err pack(const struct _OPENSSPI_INNER_CONTEXT *ctx, const SecBuffer *bytes,
                         SecBuffer *ret)
{
    ssp_cleanup(wr_free) struct wr token = WR_INIT(UINT16_MAX);
    ssp_cleanup(wr_free) struct wr out = WR_INIT(LIMIT_PACKED);

    SSP_TRY(read_token(ctx->lsa, ctx->token, &token));
    encode(&(struct moved){ ctx->accept,
                            ctx->is_finished,
                            ctx->token != NULL,
                            { bytes->pvBuffer, bytes->cbBuffer },
                            { token.p, token.n } },
           &out);
    SSP_TRY(out.err);
    void *block = heap_alloc(out.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, out.p, out.n);
    *ret = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, block };
    return SSP_OK;
}

static SECURITY_STATUS export_half(const struct _OPENSSPI_INNER_CONTEXT *ctx, SecBuffer *ret)
{
    if (ctx->package->export.ExportLsaContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, ctx->lsa, ctx->package, 0);
    return status_from_nt(ctx->package->export.ExportLsaContext(ctx->handle, 0, ret),
                          STATUS_OF_CALL);
}

struct block { /* of a package; ssp_cleanup(block_free) */
    SecBuffer buffer;
};

static void block_free(struct block *block)
{
    if (heap_free(block->buffer.pvBuffer) != SSP_OK)
        trace(TRACE_WARNING, "a package answered with memory that is not from the LSA's heap");
}

NTSTATUS NTAPI nested_export(POPENSSPI_INNER_CONTEXT ctx, PSecBuffer ret)
{
    ssp_cleanup(block_free) struct block half = { { 0 } };

    if (ctx->is_finished && ctx->data.pvBuffer == NULL)
        return SEC_E_OUT_OF_SEQUENCE;
    if (ctx->is_finished)
        return ssp_err_status(pack(ctx, &ctx->data, ret));
    SECURITY_STATUS status = export_half(ctx, &half.buffer);
    return status < 0 ? status : ssp_err_status(pack(ctx, &half.buffer, ret));
}

/* ---- In ---------------------------------------------------------------- */

static enum ssp_err take_token(struct lsa *lsa, struct view record, HANDLE *ret)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };

    if (record.n == 0)
        return SSP_OK;
    enum ssp_err e = token_decode(record, &info);
    if (e != SSP_OK)
        return ssp_fail(BAD_PACKED);
    SSP_TRY(home_get(lsa, &home));
    return token_make(&home->key, &info, ret);
}

static enum ssp_err import_finished(const struct moved *moved, POPENSSPI_INNER_CONTEXT ctx)
{
    SSP_TRY(take_token(ctx->lsa, moved->token, &ctx->token));
    void *block = heap_alloc(moved->bytes.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, moved->bytes.p, moved->bytes.n);
    ctx->data = (SecBuffer){ (ULONG)moved->bytes.n, SECBUFFER_TOKEN, block };
    ctx->is_finished = true;
    return SSP_OK;
}

static SECURITY_STATUS import_half(const struct moved *moved, POPENSSPI_INNER_CONTEXT ctx)
{
    SecBuffer bytes = { (ULONG)moved->bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)moved->bytes.p };

    if (ctx->package->export.ImportLsaContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, ctx->lsa, ctx->package, 0);
    SECURITY_STATUS status = status_from_nt(
        ctx->package->export.ImportLsaContext(&bytes, &ctx->handle), STATUS_OF_TOKEN);
    if (status < 0)
        return status;
    nested_keep(&call);
    return ctx->handle != 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

NTSTATUS NTAPI nested_import(ULONG id, PSecBuffer packed, POPENSSPI_INNER_CONTEXT *ret)
{
    const struct call *call = call_current();
    const struct package *package = call != NULL ? package_by_id(&call->lsa->packages, id) : NULL;
    ssp_cleanup(nested_ctx_free) POPENSSPI_INNER_CONTEXT ctx = NULL;
    struct moved moved = { 0 };

    if (package == NULL)
        return STATUS_NO_SUCH_PACKAGE;
    enum ssp_err e = decode((struct view){ packed->pvBuffer, packed->cbBuffer }, &moved);
    if (e == SSP_OK)
        e = nested_ctx_new(call->lsa, package, moved.accept, &ctx);
    if (e == SSP_OK && moved.is_finished)
        e = import_finished(&moved, ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = moved.is_finished ? SEC_E_OK : import_half(&moved, ctx);
    if (status >= 0)
        *ret = ssp_steal(&ctx);
    return status;
}
