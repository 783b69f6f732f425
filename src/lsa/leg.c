/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/leg.h"

#include "base/cleanup.h"
#include "base/secbuf.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/logon.h"
#include "lsa/text.h"
#include "lsa/turn.h"

/* What the client asked for, and what came of it. */
struct work {
    struct lsa_cred *cred; /* in use; NULL: none given */
    struct lsa_ctx *ctx;   /* in use; NULL on the first leg */
    struct lsa_ctx *fresh; /* on the first leg: owned, becomes the context */
    UNICODE_STRING target;
    struct turn turn;
    struct audit_logon notes; /* for the audit trail */
    size_t bytes_in;
};

static void work_done(struct work *work)
{
    lsa_ctx_delete(&work->fresh);
    lsa_ctx_put(&work->ctx);
    lsa_cred_put(&work->cred);
}

static struct lsa_ctx *ctx_of(const struct work *work)
{
    return work->fresh != NULL ? work->fresh : work->ctx;
}

static enum ssp_err check_package(const struct work *work)
{
    if (work->cred != NULL && work->cred->package != work->ctx->package)
        return ssp_fail(BAD_HANDLE);
    return SSP_OK;
}

static enum ssp_err find_objects(struct client *client, const struct lsa_leg *leg,
                                 struct work *work)
{
    if (leg->cred != 0)
        SSP_TRY(lsa_cred_get(client, leg->cred, &work->cred));
    if (leg->ctx == 0 && work->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    if (leg->ctx == 0)
        return lsa_ctx_new(client, work->cred->package, leg->accept, &work->fresh);
    SSP_TRY(lsa_ctx_get(client, leg->ctx, &work->ctx));
    if (work->ctx->accept != leg->accept)
        return ssp_fail(BAD_HANDLE);
    return check_package(work);
}

static size_t bytes_of(const SecBufferDesc *desc, bool tokens_only)
{
    size_t n = 0;

    for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++) {
        const SecBuffer *buffer = &desc->pBuffers[i];

        if (!tokens_only || secbuf_type(buffer) == SECBUFFER_TOKEN)
            n += buffer->pvBuffer != NULL ? buffer->cbBuffer : 0;
    }
    return n;
}

static enum ssp_err prepare(struct client *client, const struct lsa_leg *leg, struct work *work)
{
    SSP_TRY(secbuf_check_optional(leg->in));
    SSP_TRY(secbuf_check_optional(leg->out));
    SSP_TRY(lsa_text_lend(leg->target, &work->target));
    SSP_TRY(find_objects(client, leg, work));
    work->bytes_in = bytes_of(leg->in, false);
    return owned_grow(&ctx_of(work)->owned, work->bytes_in);
}

static void fill_turn(const struct lsa_leg *leg, const struct lsa_ctx *ctx, struct work *work)
{
    work->turn = (struct turn){
        .package = ctx->package,
        .accept = leg->accept,
        .cred = work->cred != NULL ? work->cred->handle : 0,
        .ctx = ctx->handle,
        .target = leg->target != NULL ? &work->target : NULL,
        .requirements = leg->requirements,
        .data_rep = leg->data_rep,
        .in = leg->in,
        .out = leg->out,
    };
}

/* A package may keep what came and what it answered, until the handshake is over. */
static void settle_bytes(const struct lsa_leg *leg, struct lsa_ctx *ctx)
{
    if (ctx->mapped)
        owned_shrink(&ctx->owned, SIZE_MAX);
    else
        owned_has_grown(&ctx->owned, bytes_of(leg->out, true));
}

/* What is left when nothing can fail any more but the table. */
static enum ssp_err commit(const struct lsa_leg *leg, struct work *work, struct call *call,
                           uint64_t *ret_id)
{
    struct lsa_ctx *ctx = ctx_of(work);

    ctx->mapped = ctx->mapped || work->turn.mapped;
    settle_bytes(leg, ctx);
    logon_move_chain(&ctx->made, &call->made);
    if (work->fresh != NULL)
        SSP_TRY(lsa_ctx_publish(&work->fresh, ret_id));
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

static SECURITY_STATUS run(struct client *client, const struct lsa_leg *leg, struct work *work,
                           struct lsa_leg_result *ret)
{
    ssp_cleanup(call_end) struct call call;
    struct lsa_ctx *ctx = ctx_of(work);

    call_begin(&call, client->lsa, client, ctx->package, 0);
    call.notes = &work->notes;
    fill_turn(leg, ctx, work);
    SECURITY_STATUS status = turn_run(&work->turn);
    if (work->turn.handle != 0 && (status >= 0 || work->fresh != NULL))
        ctx->handle = work->turn.handle;
    if (status < 0) {
        owned_shrink(&ctx->owned, work->bytes_in); /* it is as it was */
        ret->attributes = work->turn.attributes;
        return status;
    }
    struct lsa_leg_result result = result_of(ctx, &work->turn, leg->ctx);
    enum ssp_err e = commit(leg, work, &call, &result.ctx);
    if (e != SSP_OK) {
        turn_undo(&work->turn);
        return ssp_err_status(e);
    }
    *ret = result;
    return status;
}

/* Of acceptors only: an initiator learns nothing about anybody.  A leg that needs more bytes has
 * not failed, and one after the handshake is no logon. */
static bool is_worth_a_line(const struct lsa_leg *leg, const struct work *work, bool was_over,
                            SECURITY_STATUS status)
{
    if (status < 0)
        return leg->accept && status != SEC_E_INCOMPLETE_MESSAGE;
    return leg->accept && status == SEC_E_OK && !was_over && work->notes.has_id;
}

SECURITY_STATUS lsa_leg_run(struct client *client, const struct lsa_leg *leg,
                            struct lsa_leg_result *ret)
{
    ssp_cleanup(work_done) struct work work = { 0 };

    enum ssp_err e = prepare(client, leg, &work);
    if (e != SSP_OK)
        return ssp_err_status(e);

    /* Once a new context is in the table, others may close it: look at it before. */
    const struct lsa_ctx *ctx = ctx_of(&work);
    struct audit what = { .package = ctx->package->name8, .logon = &work.notes };
    bool was_over = ctx->mapped;
    what.status = run(client, leg, &work, ret);
    what.event = what.status < 0 ? AUDIT_LOGON_REFUSED : AUDIT_LOGON;
    if (work.notes.package != NULL) /* another one, on which this one builds */
        what.package = work.notes.package;
    if (is_worth_a_line(leg, &work, was_over, what.status))
        audit(client, &what);
    return what.status;
}
