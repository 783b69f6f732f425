/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the Schannel package, in what is its own: what goes on beside
 * messages, and what opening them may come to.  What all packages do alike is in
 * packages/common/user.h.
 */
#include <ntsecpkg.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "packages/common/offer.h"
#include "packages/common/user_entries.h"
#include "packages/schannel/attrs.h"
#include "packages/schannel/control.h"
#include "packages/schannel/kernel.h"
#include "packages/schannel/package.h"
#include "packages/schannel/stream.h"

static enum ssp_err find(LSA_SEC_HANDLE handle, struct tls_user_ctx **ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_find(&user.ctxs, handle, &base));
    *ret = tls_user_ctx_of(base);
    return SSP_OK;
}

static enum ssp_err find_live(LSA_SEC_HANDLE handle, struct tls_user_ctx **ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_live(&user.ctxs, handle, &base));
    *ret = tls_user_ctx_of(base);
    return SSP_OK;
}

/* ---- Messages ---------------------------------------------------------- */

/* Which success it is. */
static NTSTATUS status_of(enum ssp_err e, enum tls_event event)
{
    static const NTSTATUS statuses[] = {
        [TLS_EVENT_QUIET] = STATUS_SUCCESS,
        [TLS_EVENT_DATA] = STATUS_SUCCESS,
        [TLS_EVENT_CLOSED] = SEC_I_CONTEXT_EXPIRED,
        [TLS_EVENT_RENEGOTIATION] = SEC_I_RENEGOTIATE,
    };

    return e != SSP_OK ? ssp_err_status(e) : statuses[event];
}

/* Records have their own numbers. */
static enum ssp_err seal(struct pkg_ctx *ctx, struct pkg_message *message)
{
    return tls_stream_seal(&tls_user_ctx_of(ctx)->conn, message->qop, message->buffers);
}

static NTSTATUS NTAPI SpUnsealRecords(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                      PULONG ret_qop)
{
    struct tls_user_ctx *ctx = NULL;
    enum tls_event event = TLS_EVENT_QUIET;
    enum ssp_err e = find_live(handle, &ctx);

    (void)seq;
    if (e == SSP_OK)
        e = tls_stream_open(&ctx->conn, message, &event);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = 0;
    return status_of(e, event);
}

/* ---- What goes on after the handshake ----------------------------------- */

static NTSTATUS NTAPI SpApplyControlToken(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = find_live(handle, &ctx);

    if (e == SSP_OK)
        e = tls_control_apply(&ctx->conn, input);
    return ssp_err_status(e);
}

static bool wants(const struct tls_core *core, ULONG requirements, ULONG client, ULONG server)
{
    return (requirements & (core->role == TLS_CLIENT ? client : server)) != 0;
}

static enum ssp_err go_on(struct tls_user_ctx *ctx, ULONG requirements, PSecBufferDesc input,
                          PSecBufferDesc output, struct tls_turned *ret)
{
    const struct tls_core *core = ctx->core;
    const struct tls_turn turn = {
        .input = input,
        .output = output,
        .heap = wants(core, requirements, ISC_REQ_ALLOCATE_MEMORY, ASC_REQ_ALLOCATE_MEMORY)
                    ? &user.ctxs.heap
                    : NULL,
        .tells_errors = wants(core, requirements, ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR),
    };

    return tls_control_turn(&ctx->conn, &turn, ret);
}

static NTSTATUS NTAPI SpContinueContext(LSA_SEC_HANDLE handle, ULONG requirements,
                                        PSecBufferDesc input, PSecBufferDesc output,
                                        PULONG ret_attributes, PTimeStamp ret_expiry)
{
    struct tls_user_ctx *ctx = NULL;
    struct tls_turned turned = { 0 };
    enum ssp_err e = find_live(handle, &ctx);

    if (e != SSP_OK)
        return ssp_err_status(e);
    e = go_on(ctx, requirements, input, output, &turned);
    *ret_attributes = ctx->core->attributes;
    if (turned.has_alert)
        *ret_attributes |=
            ctx->core->role == TLS_CLIENT ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR;
    ret_expiry->QuadPart = ctx->core->expiry;
    /* Whoever wanted a new handshake has been told no: nothing is left to do about it. */
    return status_of(e, turned.event == TLS_EVENT_RENEGOTIATION ? TLS_EVENT_QUIET : turned.event);
}

/* ---- Questions --------------------------------------------------------- */

static enum ssp_err query(struct pkg_ctx *ctx, const struct pkg_heap *heap, ULONG attribute,
                          void *ret)
{
    return tls_attr_query(tls_user_ctx_of(ctx), heap, attribute, ret);
}

static NTSTATUS NTAPI SpSetContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID value,
                                             ULONG size)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = value == NULL ? ssp_fail(BAD_ARGUMENT) : find(handle, &ctx);

    if (e == SSP_OK)
        e = tls_attr_set(ctx, attribute, value, size);
    return ssp_err_status(e);
}

/* ---- The passage of a context ------------------------------------------ */

/* Two who send with these keys would use one keystream twice: nothing works here from now on. */
static void end_here(struct tls_user_ctx *ctx)
{
    ctx->core->live.is_dead = true;
    tls_conn_close(&ctx->conn);
    explicit_bzero(&ctx->core->send, sizeof(ctx->core->send));
    explicit_bzero(&ctx->core->recv, sizeof(ctx->core->recv));
}

static enum ssp_err export_to_kernel(const struct pkg_heap *heap, struct tls_user_ctx *ctx,
                                     SecBuffer *ret_packed, HANDLE *ret_token)
{
    ssp_cleanup(block_free) struct block block = { .heap = heap };
    ssp_cleanup(handle_close) HANDLE token = NULL;

    SSP_TRY(block_new(sizeof(OPENSSPI_KERNEL_TLS), &block));
    SSP_TRY(tls_kernel_form(ctx->core, block.p));
    if (ctx->base.token != NULL && ret_token != NULL)
        SSP_TRY(handle_dup(ctx->base.token, &token));
    *ret_packed = (SecBuffer){ sizeof(OPENSSPI_KERNEL_TLS), SECBUFFER_TOKEN, ssp_steal(&block.p) };
    if (ret_token != NULL)
        *ret_token = ssp_steal(&token);
    end_here(ctx);
    return SSP_OK;
}

/* Going back to the start would encrypt two records with one keystream; before the first record
 * that is where the session is. */
static enum ssp_err check_flags(const struct tls_user_ctx *ctx, ULONG flags)
{
    SSP_TRY(pkg_export_flags(flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_TO_KERNEL));
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 && ctx->core->live.is_used)
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

static enum ssp_err export_ctx(const struct pkg_ctxs *ctxs, struct pkg_ctx *base, ULONG flags,
                               SecBuffer *ret_packed, HANDLE *ret_token)
{
    struct tls_user_ctx *ctx = tls_user_ctx_of(base);

    SSP_TRY(check_flags(ctx, flags));
    return (flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0
               ? export_to_kernel(&ctxs->heap, ctx, ret_packed, ret_token)
               : pkg_ctx_export(ctxs, base, ret_packed, ret_token);
}

/* ---- Entry points ------------------------------------------------------ */

static const struct pkg_user_kind kind = {
    .contexts = &tls_ctx_kind,
    .seal = seal, /* TLS signs nothing without encrypting it */
    .query = query,
    .export = export_ctx,
};

static struct pkg_user user = { .kind = &kind };

static SECPKG_USER_FUNCTION_TABLE table = {
    PKG_USER_ENTRIES,
    .MakeSignature = pkg_no_make_signature,
    .VerifySignature = pkg_no_verify_signature,
    .UnsealMessage = SpUnsealRecords,
};

NTSTATUS NTAPI schannel_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_user(lsa_version, &table,
                          &(struct pkg_user_offer){ ret_version, ret_tables, ret_n });
}

static const OPENSSPI_USER_EXTENSION_TABLE extension = {
    .Version = OPENSSPI_USER_EXTENSION_VERSION,
    .ApplyControlToken = SpApplyControlToken,
    .ContinueContext = SpContinueContext,
    .SetContextAttributes = SpSetContextAttributes,
};

NTSTATUS NTAPI schannel_SpUserExtensionInitialize(ULONG version,
                                                  const OPENSSPI_USER_EXTENSION_TABLE **ret_tables,
                                                  PULONG ret_n)
{
    return pkg_offer_extension(version, &extension, ret_tables, ret_n);
}
