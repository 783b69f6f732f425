/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/leg.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"
#include "base/trace.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/inner.h"
#include "lsa/logon.h"
#include "lsa/status.h"
#include "lsa/text.h"

enum { TOP_BIT = 63 /* of the handles that ImportContext gives */ };

/* What a package is asked with, and what it answers. */
struct turn {
    struct lsa_cred *cred; /* in use; NULL: none given */
    struct lsa_ctx *ctx;   /* in use; NULL on the first leg */
    struct lsa_ctx *fresh; /* on the first leg: owned, becomes the context */
    UNICODE_STRING target;
    ULONG n_out; /* output buffers, and what they were before */
    ULONG sizes[LIMIT_BUFFERS];
    void *places[LIMIT_BUFFERS];

    LSA_SEC_HANDLE handle;
    ULONG attributes;
    TimeStamp expiry;
    BOOLEAN mapped;
    SecBuffer data;
    struct audit_logon notes; /* for the audit trail */
};

static void turn_done(struct turn *turn)
{
    lsa_ctx_delete(&turn->fresh);
    lsa_ctx_put(&turn->ctx);
    lsa_cred_put(&turn->cred);
}

static void remember_output(struct turn *turn, const SecBufferDesc *out)
{
    turn->n_out = out != NULL ? out->cBuffers : 0;
    for (ULONG i = 0; i < turn->n_out; i++) {
        turn->sizes[i] = out->pBuffers[i].cbBuffer;
        turn->places[i] = out->pBuffers[i].pvBuffer;
    }
}

static enum ssp_err check_package(const struct turn *turn)
{
    if (turn->cred != NULL && turn->cred->package != turn->ctx->package)
        return ssp_fail(BAD_HANDLE);
    return SSP_OK;
}

static enum ssp_err find_objects(struct client *client, const struct lsa_leg *leg,
                                 struct turn *turn)
{
    if (leg->cred != 0)
        SSP_TRY(lsa_cred_get(client, leg->cred, &turn->cred));
    if (leg->ctx == 0 && turn->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    if (leg->ctx == 0)
        return lsa_ctx_new(client, turn->cred->package, leg->accept, &turn->fresh);
    SSP_TRY(lsa_ctx_get(client, leg->ctx, &turn->ctx));
    if (turn->ctx->accept != leg->accept)
        return ssp_fail(BAD_HANDLE);
    return check_package(turn);
}

static enum ssp_err prepare(struct client *client, const struct lsa_leg *leg, struct turn *turn)
{
    SSP_TRY(secbuf_check_optional(leg->in));
    SSP_TRY(secbuf_check_optional(leg->out));
    SSP_TRY(lsa_text_lend(leg->target, &turn->target));
    remember_output(turn, leg->out);
    turn->expiry.QuadPart = FILETIME_NEVER;
    return find_objects(client, leg, turn);
}

static NTSTATUS call_accept(const struct lsa_leg *leg, const struct lsa_ctx *ctx,
                            LSA_SEC_HANDLE cred, struct turn *turn)
{
    SpAcceptLsaModeContextFn *accept = ctx->package->lsa.AcceptLsaModeContext;

    if (accept == NULL)
        return STATUS_NOT_SUPPORTED;
    return accept(cred, ctx->handle, leg->in, leg->requirements, leg->data_rep, &turn->handle,
                  leg->out, &turn->attributes, &turn->expiry, &turn->mapped, &turn->data);
}

static NTSTATUS call_init(const struct lsa_leg *leg, const struct lsa_ctx *ctx, LSA_SEC_HANDLE cred,
                          struct turn *turn)
{
    SpInitLsaModeContextFn *init = ctx->package->lsa.InitLsaModeContext;
    PUNICODE_STRING target = leg->target != NULL ? &turn->target : NULL;

    if (init == NULL)
        return STATUS_NOT_SUPPORTED;
    return init(cred, ctx->handle, target, leg->requirements, leg->data_rep, leg->in, &turn->handle,
                leg->out, &turn->attributes, &turn->expiry, &turn->mapped, &turn->data);
}

static NTSTATUS call_package(const struct lsa_leg *leg, const struct lsa_ctx *ctx,
                             struct turn *turn)
{
    LSA_SEC_HANDLE cred = turn->cred != NULL ? turn->cred->handle : 0;

    return leg->accept ? call_accept(leg, ctx, cred, turn) : call_init(leg, ctx, cred, turn);
}

/* A package that wrote more than there was room for has done its harm; at least nobody reads on. */
static bool output_fits(const struct turn *turn, const SecBufferDesc *out)
{
    for (ULONG i = 0; i < turn->n_out; i++) {
        const SecBuffer *buffer = &out->pBuffers[i];

        if (turn->places[i] != NULL && buffer->pvBuffer == turn->places[i] &&
            buffer->cbBuffer > turn->sizes[i])
            return false;
    }
    return true;
}

static const char *what_is_wrong(const struct turn *turn, const struct lsa_leg *leg)
{
    if (turn->handle == 0 && turn->fresh != NULL)
        return "gave a context without a handle";
    if (turn->handle >> TOP_BIT != 0)
        return "gave a handle that is kept for imported contexts";
    if (turn->mapped && (turn->data.pvBuffer == NULL || turn->data.cbBuffer == 0))
        return "maps a context without its data";
    if (turn->mapped && turn->data.cbBuffer > LIMIT_PACKED - INNER_SIZE)
        return "maps a context that is too large";
    if (!output_fits(turn, leg->out))
        return "wrote more than its output buffer holds";
    return NULL;
}

/* The client hears of a failure, and does not look for a token that was allocated for it. */
static void take_back_output(const struct turn *turn, const struct lsa_ctx *ctx,
                             const SecBufferDesc *out)
{
    for (ULONG i = 0; i < turn->n_out; i++) {
        SecBuffer *buffer = &out->pBuffers[i];

        if (buffer->pvBuffer != turn->places[i] && heap_free(buffer->pvBuffer) != SSP_OK)
            trace(TRACE_WARNING, "package %s: output is not from the LSA's heap",
                  ctx->package->name8);
        buffer->pvBuffer = turn->places[i];
        buffer->cbBuffer = turn->sizes[i];
    }
}

static void free_data(const struct lsa_ctx *ctx, const struct turn *turn)
{
    if (turn->mapped && heap_free(turn->data.pvBuffer) != SSP_OK)
        trace(TRACE_WARNING, "package %s: context data is not from the LSA's heap",
              ctx->package->name8);
}

/* What is left when nothing can fail any more but the table. */
static enum ssp_err commit(struct turn *turn, struct lsa_ctx *ctx, struct call *call,
                           uint64_t *ret_id)
{
    logon_move_chain(&ctx->made, &call->made);
    if (turn->fresh != NULL)
        SSP_TRY(lsa_ctx_publish(&turn->fresh, ret_id));
    return SSP_OK;
}

static enum ssp_err judge(const struct lsa_leg *leg, struct lsa_ctx *ctx, struct turn *turn)
{
    const char *wrong = what_is_wrong(turn, leg);

    if (turn->handle != 0 && (wrong == NULL || turn->fresh != NULL))
        ctx->handle = turn->handle;
    if (wrong != NULL) {
        trace(TRACE_ERROR, "package %s: %s", ctx->package->name8, wrong);
        return ssp_fail(INTERNAL);
    }
    ctx->mapped = ctx->mapped || turn->mapped;
    return SSP_OK;
}

static struct lsa_leg_result result_of(const struct lsa_ctx *ctx, const struct turn *turn,
                                       uint64_t id)
{
    struct lsa_leg_result result = {
        .ctx = id,
        .package = ctx->package->id,
        .package_handle = ctx->handle,
        .attributes = turn->attributes,
        .expiry = turn->expiry,
        .mapped = turn->mapped != FALSE,
    };

    if (result.mapped)
        result.packed = turn->data;
    return result;
}

static SECURITY_STATUS run(struct client *client, const struct lsa_leg *leg, struct turn *turn,
                           struct lsa_leg_result *ret)
{
    ssp_cleanup(call_end) struct call call;
    struct lsa_ctx *ctx = turn->fresh != NULL ? turn->fresh : turn->ctx;

    call_begin(&call, client->lsa, client, ctx->package, 0);
    call.notes = &turn->notes;
    SECURITY_STATUS status = status_from_nt(call_package(leg, ctx, turn), STATUS_OF_TOKEN);
    if (status < 0)
        return status;

    enum ssp_err e = judge(leg, ctx, turn);
    struct lsa_leg_result result = result_of(ctx, turn, leg->ctx);
    if (e == SSP_OK)
        e = commit(turn, ctx, &call, &result.ctx);
    if (e != SSP_OK) {
        free_data(ctx, turn);
        take_back_output(turn, ctx, leg->out);
        return ssp_err_status(e);
    }
    *ret = result;
    return status;
}

/* Of acceptors only: an initiator learns nothing about anybody.  A leg that needs more bytes has
 * not failed, and one after the handshake is no logon. */
static bool is_worth_a_line(const struct lsa_leg *leg, const struct turn *turn, bool was_over,
                            SECURITY_STATUS status)
{
    if (status < 0)
        return leg->accept && status != SEC_E_INCOMPLETE_MESSAGE;
    return leg->accept && status == SEC_E_OK && !was_over && turn->notes.has_id;
}

SECURITY_STATUS lsa_leg_run(struct client *client, const struct lsa_leg *leg,
                            struct lsa_leg_result *ret)
{
    ssp_cleanup(turn_done) struct turn turn = { 0 };

    enum ssp_err e = prepare(client, leg, &turn);
    if (e != SSP_OK)
        return ssp_err_status(e);

    /* Once a new context is in the table, others may close it: look at it before. */
    const struct lsa_ctx *ctx = turn.fresh != NULL ? turn.fresh : turn.ctx;
    struct audit what = { .package = ctx->package->name8, .logon = &turn.notes };
    bool was_over = ctx->mapped;
    what.status = run(client, leg, &turn, ret);
    what.event = what.status < 0 ? AUDIT_LOGON_REFUSED : AUDIT_LOGON;
    if (is_worth_a_line(leg, &turn, was_over, what.status))
        audit(client, &what);
    return what.status;
}
