/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/context.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"
#include "packages/negotiate/finish.h"
#include "packages/negotiate/output.h"

/* In the table until it is deleted; the LSA makes one call on it at a time. */
struct context {
    const struct nego_env *env;
    struct nego_half *half;
    POPENSSPI_INNER_CONTEXT inner; /* NULL: none yet */
    struct nego_cred *cred;        /* NULL: it was imported */
};

static void context_free(struct context *ctx)
{
    if (ctx == NULL)
        return;
    nego_half_free(ctx->half);
    if (ctx->inner != NULL)
        ctx->env->inner->DeleteContext(ctx->inner);
    nego_cred_unref(ctx->cred);
    free(ctx);
}

static void destroy(void *obj)
{
    context_free(obj);
}

static void context_freep(struct context **ctx)
{
    context_free(*ctx);
    *ctx = NULL;
}

static enum ssp_err context_new(const struct nego_env *env, struct context **ret)
{
    struct context *ctx = calloc(1, sizeof(*ctx));

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    ctx->env = env;
    *ret = ctx;
    return SSP_OK;
}

enum ssp_err nego_contexts_init(struct nego_contexts *contexts, const struct nego_env *env)
{
    *contexts = (struct nego_contexts){ .env = env };
    return idmap_new(destroy, &contexts->map);
}

static void contexts_done(void *table)
{
    struct nego_contexts *contexts = table;

    if (contexts->map != NULL)
        idmap_free(contexts->map);
    *contexts = (struct nego_contexts){ 0 };
}

/* ---- One leg ----------------------------------------------------------- */

static struct view input_of(const struct pkg_call *call)
{
    return secbuf_view(secbuf_find(call->in, SECBUFFER_TOKEN));
}

static enum ssp_err take_requests(const struct pkg_call *call, struct nego_half *next)
{
    next->asked |= call->asked;
    if (call->accept || call->target == NULL)
        return SSP_OK;
    str16_wipe(&next->target);
    return str16_from_units(call->target->p, call->target->n, &next->target);
}

/* From now on the context stands there; what it was made of goes. */
static void commit(struct context *ctx, struct nego_work *work)
{
    nego_half_free(ctx->half);
    ctx->half = ssp_steal(&work->next);
    if (work->fresh == NULL)
        return;
    if (ctx->inner != NULL)
        ctx->env->inner->DeleteContext(ctx->inner);
    ctx->inner = ssp_steal(&work->fresh);
}

/* The inner handshake has gone on, and cannot go back. */
static void bury(struct context *ctx)
{
    ctx->half->state = NEGO_ST_DEAD;
    if (ctx->inner != NULL)
        ctx->env->inner->DeleteContext(ctx->inner);
    ctx->inner = NULL;
}

static bool wants_errors(const struct pkg_call *call)
{
    return (call->asked & (call->accept ? ASC_REQ_EXTENDED_ERROR : ISC_REQ_EXTENDED_ERROR)) != 0;
}

/* What the peer is told of a failure; where that cannot be said, it is not. */
static void say_reject(const struct pkg_call *call, struct nego_work *work, enum ssp_err why)
{
    const struct nego_room room = nego_room_of(call->accept, call->asked);
    struct nego_output output = { 0 };
    size_t n = 0;

    if (!wants_errors(call) || why == SSP_ERR_NO_MEMORY || why == SSP_ERR_BAD_HANDLE ||
        why == SSP_ERR_OUT_OF_SEQUENCE || why == SSP_ERR_TOO_SMALL)
        return;
    nego_leg_reject(work);
    if (work->out.n != 0 &&
        nego_output_put(call->out, &room, (struct view){ work->out.p, work->out.n }, &output, &n) ==
            SSP_OK)
        nego_output_keep(&output);
}

static enum ssp_err negotiate(const struct pkg_call *call, struct nego_work *work)
{
    enum ssp_err e = SSP_OK;

    if (work->leg.token.n == 0 && work->next->partial.n != 0)
        return SSP_OK; /* a piece was taken, and more are to come */
    e = call->accept ? nego_accept_leg(work) : nego_init_leg(work);
    if (e == SSP_OK)
        return nego_secret_set(&work->next->partial, (struct view){ 0 });
    say_reject(call, work, e);
    return e;
}

/* Takes the leg's bytes in, and lets the negotiation have them when they are whole. */
static enum ssp_err run_leg(const struct pkg_call *call, struct context *ctx,
                            struct nego_work *work)
{
    work->leg = (struct nego_leg){
        .asked = call->asked,
        .data_rep = call->data_rep,
        .bindings = secbuf_view(secbuf_find(call->in, SECBUFFER_CHANNEL_BINDINGS)),
    };
    SSP_TRY(take_requests(call, work->next));
    SSP_TRY(nego_input_add(work->next, input_of(call), &work->leg.token));
    enum ssp_err e = negotiate(call, work);
    if (e != SSP_OK && work->is_moved)
        bury(ctx);
    return e;
}

/* What is left of a token: the whole of it when it did not fit, else the pieces to come. */
static enum ssp_err keep_rest(struct nego_half *half, struct view rest, bool is_retry,
                              struct view input)
{
    half->is_retry = is_retry;
    SSP_TRY(nego_secret_set(&half->answered, is_retry ? input : (struct view){ 0 }));
    return nego_secret_set(&half->rest, rest);
}

/* The token goes out, and with the last of it the context. */
static enum ssp_err give(const struct pkg_call *call, struct context *ctx, struct view token,
                         struct pkg_answer *result)
{
    ssp_cleanup(nego_output_undo) struct nego_output output = { 0 };
    ssp_cleanup(nego_finish_wipe) struct nego_finish finish = { .env = ctx->env };
    const struct nego_room room = nego_room_of(call->accept, call->asked);
    size_t n = 0;

    if (ctx->half->state == NEGO_ST_DONE)
        SSP_TRY(nego_finish_pack(&finish, ctx->half->package, ctx->inner, &result->inner));
    SSP_TRY(nego_output_put(call->out, &room, token, &output, &n));
    bool is_last = ctx->half->state == NEGO_ST_DONE && n == token.n;
    if (is_last)
        SSP_TRY(nego_finish_hand_over(&finish, &result->data));
    nego_output_keep(&output);
    if (is_last)
        ctx->env->inner->DropContextData(ctx->inner); /* the client has it */
    result->is_done = is_last;
    result->attributes = ctx->half->attributes & ~(ULONG)ISC_RET_ALLOCATED_MEMORY;
    result->expiry = ctx->half->expiry != 0 ? ctx->half->expiry : FILETIME_NEVER;
    struct rd rest = rd_of(token);
    (void)rd_view(&rest, n);
    return keep_rest(ctx->half, rest.left, false, (struct view){ 0 });
}

/* When that did not work the negotiation has gone on all the same: a buffer that was short may be
 * longer the next time. */
static enum ssp_err give_new(const struct pkg_call *call, struct context *ctx,
                             const struct nego_work *work, struct pkg_answer *result)
{
    enum ssp_err e = give(call, ctx, (struct view){ work->out.p, work->out.n }, result);

    if (e == SSP_OK)
        return e;
    if (e != SSP_ERR_TOO_SMALL || keep_rest(ctx->half, (struct view){ work->out.p, work->out.n },
                                            true, input_of(call)) != SSP_OK)
        bury(ctx);
    return e;
}

/* The next piece, for which the peer sends nothing; or the leg again whose answer did not fit. */
static enum ssp_err give_rest(const struct pkg_call *call, struct context *ctx,
                              struct pkg_answer *result)
{
    ssp_cleanup(secret_wipe) struct secret rest = { 0 };
    struct view expected = secret_view(&ctx->half->answered);

    if (!ct_eq(input_of(call), expected))
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(secret_new(secret_view(&ctx->half->rest), &rest));
    return give(call, ctx, secret_view(&rest), result);
}

/* Only an acceptor's first leg has no context that could keep what does not fit. */
static size_t room_of(const struct pkg_call *call)
{
    const struct nego_room room = nego_room_of(call->accept, call->asked);
    const SecBuffer *buffer = secbuf_find(call->out, SECBUFFER_TOKEN);

    if (!call->accept || call->context != 0 || room.allocate || room.may_cut)
        return SIZE_MAX;
    return buffer != NULL && !secbuf_is_readonly(buffer) ? buffer->cbBuffer : 0;
}

static enum ssp_err leg_of(const struct pkg_call *call, struct context *ctx,
                           struct pkg_answer *result)
{
    ssp_cleanup(nego_work_wipe) struct nego_work work = {
        .room = room_of(call),
        .env = ctx->env,
        .cred = call->cred != NULL ? call->cred : ctx->cred,
        .standing = ctx->inner,
        .out = WR_INIT(LIMIT_TOKEN),
    };

    if (ctx->half->rest.n != 0)
        return give_rest(call, ctx, result);
    if (ctx->half->state >= NEGO_ST_DONE)
        return ssp_fail(OUT_OF_SEQUENCE);
    SSP_TRY(nego_half_copy(ctx->half, &work.next));
    enum ssp_err e = run_leg(call, ctx, &work);
    result->inner = work.status;
    if (e == SSP_ERR_TOO_SMALL)
        return nego_output_refuse(call->out, work.needed);
    SSP_TRY(e);
    commit(ctx, &work);
    return give_new(call, ctx, &work, result);
}

static enum ssp_err first_leg(struct nego_contexts *contexts, const struct pkg_call *call,
                              struct pkg_answer *result)
{
    ssp_cleanup(context_freep) struct context *ctx = NULL;

    if (call->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(context_new(contexts->env, &ctx));
    ctx->cred = nego_cred_ref(call->cred);
    SSP_TRY(nego_half_new(call->accept, &ctx->half));
    SSP_TRY(idmap_add(contexts->map, ctx, &result->context));
    struct context *kept = ssp_steal(&ctx);
    enum ssp_err e = leg_of(call, kept, result);
    if (e != SSP_OK)
        (void)idmap_close(contexts->map, result->context);
    return e;
}

static enum ssp_err later_leg(struct nego_contexts *contexts, const struct pkg_call *call,
                              struct pkg_answer *result)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(contexts->map, call->context, &use));
    struct context *ctx = use.obj;
    if (ctx->half->accept != call->accept)
        return ssp_fail(BAD_HANDLE);
    result->context = call->context;
    return leg_of(call, ctx, result);
}

static enum ssp_err contexts_leg(void *contexts, const struct pkg_call *call,
                                 struct pkg_answer *ret)
{
    struct pkg_answer result = { 0 };

    SSP_TRY(secbuf_check_optional(call->in));
    SSP_TRY(secbuf_check_optional(call->out));
    enum ssp_err e = call->context == 0 ? first_leg(contexts, call, &result)
                                        : later_leg(contexts, call, &result);
    ret->inner = result.inner;
    SSP_TRY(e);
    if ((call->asked & ISC_REQ_ALLOCATE_MEMORY) != 0) /* one bit in both families */
        result.attributes |= ISC_RET_ALLOCATED_MEMORY;
    *ret = result;
    return SSP_OK;
}

static enum ssp_err contexts_end(void *table, LSA_SEC_HANDLE context)
{
    const struct nego_contexts *contexts = table;

    return idmap_close(contexts->map, context) ? SSP_OK : ssp_fail(BAD_HANDLE);
}

/* ---- Half-done --------------------------------------------------------- */

struct moved { /* what an inner package packed; ssp_cleanup(moved_free) */
    SecBuffer packed;
};

static void moved_free(struct moved *moved)
{
    (void)(heap_free(moved->packed.pvBuffer) == SSP_OK);
}

static bool is_over(const struct nego_half *half)
{
    return half->state == NEGO_ST_DEAD || (half->state == NEGO_ST_DONE && half->rest.n == 0);
}

static enum ssp_err contexts_pack(void *table, LSA_SEC_HANDLE context, SecBuffer *ret,
                                  NTSTATUS *ret_inner)
{
    const struct nego_contexts *contexts = table;
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };
    ssp_cleanup(moved_free) struct moved inner = { { 0 } };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_HALF_MAX);

    SSP_TRY(idmap_use_begin(contexts->map, context, &use));
    const struct context *ctx = use.obj;
    if (is_over(ctx->half))
        return ssp_fail(UNSUPPORTED);
    if (ctx->inner != NULL) {
        *ret_inner = contexts->env->inner->ExportContext(ctx->inner, &inner.packed);
        if (!NT_SUCCESS(*ret_inner))
            return ssp_fail(INNER);
    }
    nego_half_pack(ctx->half, (struct view){ inner.packed.pvBuffer, inner.packed.cbBuffer }, &out);
    SSP_TRY(out.err);
    void *block = contexts->env->lsa->AllocateLsaHeap((ULONG)out.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, out.p, out.n);
    *ret = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, block };
    return SSP_OK;
}

static enum ssp_err import_inner(const struct nego_env *env, struct view packed,
                                 struct context *ctx, NTSTATUS *ret_inner)
{
    SecBuffer buffer = { (ULONG)packed.n, SECBUFFER_TOKEN, (void *)(uintptr_t)packed.p };
    enum nego_package package = ctx->half->package;
    ULONG id = 0;

    if (package == NEGO_PACKAGES)
        return SSP_OK;
    if (!nego_choice_has(&env->config->packages, package) ||
        !NT_SUCCESS(env->inner->LocatePackage(nego_package_name(package), &id, NULL)))
        return ssp_fail(NO_PACKAGE);
    if (packed.n == 0)
        return SSP_OK;
    *ret_inner = env->inner->ImportContext(id, &buffer, &ctx->inner);
    return NT_SUCCESS(*ret_inner) ? SSP_OK : ssp_fail(INNER);
}

static enum ssp_err contexts_unpack(void *table, struct view packed, LSA_SEC_HANDLE *ret,
                                    NTSTATUS *ret_inner)
{
    const struct nego_contexts *contexts = table;
    ssp_cleanup(context_freep) struct context *ctx = NULL;
    struct view inner = { 0 };

    SSP_TRY(context_new(contexts->env, &ctx));
    SSP_TRY(nego_half_unpack(packed, &ctx->half, &inner));
    SSP_TRY(import_inner(contexts->env, inner, ctx, ret_inner));
    SSP_TRY(idmap_add(contexts->map, ctx, ret));
    ctx = NULL; /* the table's now */
    return SSP_OK;
}

const struct pkg_contexts_kind nego_contexts_kind = {
    .leg = contexts_leg,
    .end = contexts_end,
    .done = contexts_done,
    .pack = contexts_pack,
    .unpack = contexts_unpack,
};

/* ---- Attributes -------------------------------------------------------- */

static ULONG negotiation_of(const struct nego_half *half)
{
    switch (half->state) {
    case NEGO_ST_REPLY:
        return SECPKG_NEGOTIATION_OPTIMISTIC;
    case NEGO_ST_RAW:
        return SECPKG_NEGOTIATION_DIRECT;
    case NEGO_ST_DONE:
        return SECPKG_NEGOTIATION_COMPLETE;
    case NEGO_ST_START:
    case NEGO_ST_HINTED:
    case NEGO_ST_TOKENS:
    case NEGO_ST_MIC:
    case NEGO_ST_DEAD:
        break;
    }
    return SECPKG_NEGOTIATION_IN_PROGRESS;
}

enum ssp_err nego_contexts_stand(struct nego_contexts *contexts, LSA_SEC_HANDLE context,
                                 struct nego_stand *ret)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(contexts->map, context, &use));
    const struct nego_half *half = ((const struct context *)use.obj)->half;
    *ret = (struct nego_stand){
        .package = half->package,
        .negotiation = negotiation_of(half),
        .attributes = half->attributes,
    };
    return SSP_OK;
}
