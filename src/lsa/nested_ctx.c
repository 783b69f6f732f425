/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/nested_ctx.h"

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "base/secret.h"
#include "base/trace.h"
#include "lsa/core.h"
#include "lsa/nested.h"
#include "lsa/status.h"
#include "lsa/turn.h"

#include <stdlib.h>

enum ssp_err nested_ctx_new(struct lsa *lsa, const struct package *package, bool accept,
                            POPENSSPI_INNER_CONTEXT *ret)
{
    POPENSSPI_INNER_CONTEXT ctx = malloc(sizeof(*ctx));

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    *ctx = (struct _OPENSSPI_INNER_CONTEXT){
        .lsa = lsa, .package = package, .accept = accept, .epoch = fork_epoch()
    };
    *ret = ctx;
    return SSP_OK;
}

static void delete_in_package(const struct _OPENSSPI_INNER_CONTEXT *ctx)
{
    ssp_cleanup(call_end) struct call call;

    nested_begin(&call, ctx->lsa, ctx->package, SECPKG_CALL_CLEANUP);
    (void)ctx->package->lsa.DeleteContext(ctx->handle);
}

static void free_block(const struct package *package, void *block)
{
    if (heap_free(block) != SSP_OK)
        trace(TRACE_WARNING, "package %s: answered with memory that is not from the LSA's heap",
              package->name8);
}

void nested_ctx_free(POPENSSPI_INNER_CONTEXT *ctx)
{
    POPENSSPI_INNER_CONTEXT gone = ssp_steal(ctx);

    if (gone == NULL)
        return;
    if (gone->handle != 0 && gone->package->lsa.DeleteContext != NULL &&
        gone->epoch == fork_epoch())
        delete_in_package(gone);
    free_block(gone->package, gone->data.pvBuffer);
    handle_close(&gone->token);
    free(gone);
}

VOID NTAPI nested_delete_ctx(POPENSSPI_INNER_CONTEXT ctx)
{
    nested_ctx_free(&ctx);
}

/* ---- Legs -------------------------------------------------------------- */

static void fill(const struct _OPENSSPI_INNER_CONTEXT *ctx, const OPENSSPI_INNER_LEG *leg,
                 struct turn *ret)
{
    *ret = (struct turn){
        .package = ctx->package,
        .accept = ctx->accept,
        .cred = leg->Credential != NULL ? leg->Credential->handle : 0,
        .ctx = ctx->handle,
        .target = leg->TargetName,
        .requirements = leg->Requirements,
        .data_rep = leg->TargetDataRep,
        .in = leg->Input,
        .out = leg->Output,
    };
}

/* A handshake is over when its context is mapped, and not before; there is no third way, such as
 * SEC_I_COMPLETE_NEEDED, that an outer package could go. */
static bool is_consistent(SECURITY_STATUS status, const struct turn *turn)
{
    return status == (turn->mapped ? SEC_E_OK : SEC_I_CONTINUE_NEEDED);
}

static SECURITY_STATUS run(POPENSSPI_INNER_CONTEXT ctx, POPENSSPI_INNER_LEG leg)
{
    ssp_cleanup(handle_close) HANDLE token = NULL;
    ssp_cleanup(call_end) struct call call;
    struct turn turn;

    nested_begin(&call, ctx->lsa, ctx->package, 0);
    call.token = &token;
    fill(ctx, leg, &turn);
    SECURITY_STATUS status = turn_run(&turn);
    if (ctx->handle == 0)
        ctx->handle = turn.handle;
    if (status < 0) {
        leg->Attributes = turn.attributes;
        return status;
    }
    if (!is_consistent(status, &turn)) {
        trace(TRACE_ERROR, "package %s: its handshake ends as no other package can know",
              ctx->package->name8);
        turn_undo(&turn);
        return SEC_E_INTERNAL_ERROR;
    }

    nested_keep(&call);
    ctx->is_finished = turn.mapped != FALSE;
    ctx->data = turn.data;
    ctx->token = ssp_steal(&token);
    leg->Attributes = turn.attributes;
    leg->Expiry = turn.expiry;
    leg->Finished = turn.mapped;
    return status;
}

static SECURITY_STATUS first_leg(POPENSSPI_INNER_CONTEXT *ret, POPENSSPI_INNER_LEG leg)
{
    ssp_cleanup(nested_ctx_free) POPENSSPI_INNER_CONTEXT ctx = NULL;

    if (leg->Credential == NULL)
        return SEC_E_INVALID_HANDLE;
    enum ssp_err e =
        nested_ctx_new(leg->Credential->lsa, leg->Credential->package, leg->Accept != FALSE, &ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = run(ctx, leg);
    if (status >= 0)
        *ret = ssp_steal(&ctx);
    return status;
}

NTSTATUS NTAPI nested_run_leg(POPENSSPI_INNER_CONTEXT *ctx, POPENSSPI_INNER_LEG leg)
{
    if (*ctx == NULL)
        return first_leg(ctx, leg);
    if ((*ctx)->epoch != fork_epoch() || (*ctx)->accept != (leg->Accept != FALSE) ||
        (leg->Credential != NULL && leg->Credential->package != (*ctx)->package))
        return SEC_E_INVALID_HANDLE;
    return (*ctx)->is_finished ? SEC_E_OUT_OF_SEQUENCE : run(*ctx, leg);
}

NTSTATUS NTAPI nested_query_ctx(POPENSSPI_INNER_CONTEXT ctx, ULONG attribute, PVOID ret)
{
    if (ctx->handle == 0 || ctx->package->lsa.QueryContextAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, ctx->lsa, ctx->package, 0);
    return status_from_nt(ctx->package->lsa.QueryContextAttributes(ctx->handle, attribute, ret),
                          STATUS_OF_CALL);
}

/* ---- Finished ---------------------------------------------------------- */

/* The package may put another block in the place of the context's data, and frees the old one. */
NTSTATUS NTAPI nested_sign(POPENSSPI_INNER_CONTEXT ctx, PSecBuffer list, PSecBuffer ret_signature)
{
    SecBuffer signature = { 0 };

    if (ctx->data.pvBuffer == NULL)
        return SEC_E_OUT_OF_SEQUENCE;
    if (ctx->package->sign.SignMechList == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, ctx->lsa, ctx->package, 0);
    SECURITY_STATUS status = status_from_nt(
        ctx->package->sign.SignMechList(&ctx->data, list, &signature), STATUS_OF_CALL);
    if (status >= 0)
        *ret_signature = signature;
    return status;
}

NTSTATUS NTAPI nested_verify(POPENSSPI_INNER_CONTEXT ctx, PSecBuffer list, PSecBuffer signature)
{
    if (ctx->data.pvBuffer == NULL)
        return SEC_E_OUT_OF_SEQUENCE;
    if (ctx->package->sign.VerifyMechList == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, ctx->lsa, ctx->package, 0);
    return status_from_nt(ctx->package->sign.VerifyMechList(&ctx->data, list, signature),
                          STATUS_OF_TOKEN);
}

NTSTATUS NTAPI nested_get_data(POPENSSPI_INNER_CONTEXT ctx, PSecBuffer ret_data, PHANDLE ret_token)
{
    if (ctx->data.pvBuffer == NULL)
        return SEC_E_OUT_OF_SEQUENCE;
    *ret_data = ctx->data;
    *ret_token = ctx->token;
    return STATUS_SUCCESS;
}

VOID NTAPI nested_drop_data(POPENSSPI_INNER_CONTEXT ctx)
{
    free_block(ctx->package, ctx->data.pvBuffer);
    ctx->data = (SecBuffer){ 0 };
    handle_close(&ctx->token);
}
