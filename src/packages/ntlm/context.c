/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/context.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/secbuf.h"
#include "packages/ntlm/logon.h"

/* In the table until it is deleted; the LSA makes one call on it at a time. */
struct context {
    bool accept;
    uint32_t attributes;
    struct ntlm_half *half; /* NULL when the handshake is over */
};

static void destroy(void *obj)
{
    struct context *ctx = obj;

    ntlm_half_free(ctx->half);
    free(ctx);
}

enum ssp_err ntlm_contexts_init(struct ntlm_contexts *contexts, const struct ntlm_env *env,
                                const LSA_SECPKG_FUNCTION_TABLE *lsa)
{
    *contexts = (struct ntlm_contexts){ .env = env, .lsa = lsa };
    return idmap_new(destroy, &contexts->map);
}

void ntlm_contexts_done(struct ntlm_contexts *contexts)
{
    if (contexts->map != NULL)
        idmap_free(contexts->map);
    *contexts = (struct ntlm_contexts){ 0 };
}

struct use { /* a context in use; ssp_cleanup(use_end) */
    struct idmap *map;
    uint64_t id;
    struct context *ctx;
};

static void use_end(struct use *use)
{
    if (use->ctx != NULL)
        idmap_put(use->map, use->id);
}

static enum ssp_err use_begin(struct ntlm_contexts *contexts, LSA_SEC_HANDLE id, struct use *ret)
{
    *ret = (struct use){ contexts->map, id, idmap_get(contexts->map, id) };
    return ret->ctx != NULL ? SSP_OK : ssp_fail(BAD_HANDLE);
}

/* A new context takes the half over on success. */
static enum ssp_err add(struct ntlm_contexts *contexts, const struct context *what,
                        LSA_SEC_HANDLE *ret)
{
    struct context *ctx = malloc(sizeof(*ctx));
    uint64_t id = 0;

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    *ctx = *what;
    enum ssp_err e = idmap_add(contexts->map, ctx, &id);
    if (e != SSP_OK) {
        free(ctx);
        return e;
    }
    *ret = id;
    return SSP_OK;
}

static enum ssp_err run_leg(const struct ntlm_contexts *contexts, const struct ntlm_call *call,
                            const struct ntlm_half *half, struct ntlm_turn *ret)
{
    const struct ntlm_leg leg = {
        .asked = call->asked,
        .token = secbuf_view(secbuf_find(call->in, SECBUFFER_TOKEN)),
        .bindings = secbuf_view(secbuf_find(call->in, SECBUFFER_CHANNEL_BINDINGS)),
        .target = call->target,
    };

    return call->accept ? ntlm_accept_leg(contexts->env, call->cred, half, &leg, ret)
                        : ntlm_init_leg(contexts->env, call->cred, half, &leg, ret);
}

static bool wants_memory(const struct ntlm_call *call)
{
    return (call->asked & ISC_REQ_ALLOCATE_MEMORY) != 0; /* the same bit in both families */
}

/* An acceptor's last leg has nothing to say, so it needs no buffer to say it in. */
static enum ssp_err put_token(const struct ntlm_call *call, const struct ntlm_turn *turn)
{
    if (turn->token.n == 0 && secbuf_find(call->out, SECBUFFER_TOKEN) == NULL)
        return SSP_OK;
    if (call->out == NULL)
        return ssp_fail(BAD_ARGUMENT);
    return secbuf_put_token(call->out, wants_memory(call), secret_view(&turn->token));
}

/* ---- ContextData ------------------------------------------------------- */

struct data { /* a packed context on its way to the client; ssp_cleanup(data_wipe) */
    struct wr packed;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    void *block;
};

static void data_wipe(struct data *data)
{
    wr_free(&data->packed);
    if (data->block != NULL)
        data->lsa->FreeLsaHeap(data->block);
}

static enum ssp_err data_reserve(const struct wr *packed, struct data *data)
{
    SSP_TRY(packed->err);
    data->block = data->lsa->AllocateLsaHeap((ULONG)packed->n);
    return data->block != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static SecBuffer data_take(struct data *data)
{
    memcpy(data->block, data->packed.p, data->packed.n);
    return (SecBuffer){ (ULONG)data->packed.n, SECBUFFER_TOKEN, ssp_steal(&data->block) };
}

/* The client's handle of the token stands in the data, and once the client has it there is no way
 * back: so everything that can fail is done with a stand-in of the same size before. */
static enum ssp_err hand_over(struct ntlm_turn *turn, struct ntlm_logon *logon, struct data *data)
{
    HANDLE token = NULL;

    if (!logon->is_open)
        return SSP_OK;
    SSP_TRY(ntlm_logon_keep(logon, &token));
    turn->core.token = (uint64_t)(uintptr_t)token;
    explicit_bzero(data->packed.p, data->packed.n);
    data->packed.n = 0;
    ntlm_pack(&turn->core, &turn->names, &data->packed);
    return data->packed.err;
}

static enum ssp_err pack(const struct ntlm_contexts *contexts, struct ntlm_turn *turn,
                         struct ntlm_logon *logon, struct data *data)
{
    if (turn->core.session.side == NTLM_SERVER) {
        SSP_TRY(ntlm_logon_open(contexts->lsa, turn, logon));
        turn->core.logon_id = (uint64_t)(uint32_t)logon->id.HighPart << 32 | logon->id.LowPart;
    }
    ntlm_pack(&turn->core, &turn->names, &data->packed);
    return data_reserve(&data->packed, data);
}

/* ---- Legs -------------------------------------------------------------- */

/* The order is what makes a failing leg leave no trace: first whatever can fail and be undone.  An
 * initiator has no logon to hand over, and an acceptor's last token is empty, which always fits. */
static enum ssp_err finish(const struct ntlm_contexts *contexts, const struct ntlm_call *call,
                           struct ntlm_turn *turn, struct ntlm_answer *answer)
{
    ssp_cleanup(ntlm_logon_cancel) struct ntlm_logon logon = { 0 };
    ssp_cleanup(data_wipe) struct data data = {
        .packed = WR_INIT(NTLM_PACK_MAX),
        .lsa = contexts->lsa,
    };

    if (turn->is_done)
        SSP_TRY(pack(contexts, turn, &logon, &data));
    SSP_TRY(hand_over(turn, &logon, &data));
    SSP_TRY(put_token(call, turn));
    if (turn->is_done)
        answer->data = data_take(&data);
    return SSP_OK;
}

static void settle(struct context *ctx, struct ntlm_turn *turn, struct ntlm_answer *answer)
{
    ntlm_half_free(ctx->half);
    ctx->half = ssp_steal(&turn->half);
    ctx->attributes = turn->attributes;
    answer->is_done = turn->is_done;
    answer->attributes = turn->attributes;
    answer->expiry = turn->expiry;
}

static enum ssp_err first_leg(struct ntlm_contexts *contexts, const struct ntlm_call *call,
                              struct ntlm_answer *answer)
{
    ssp_cleanup(ntlm_turn_wipe) struct ntlm_turn turn = { 0 };
    ssp_cleanup(use_end) struct use use = { 0 };

    if (call->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(run_leg(contexts, call, NULL, &turn));
    SSP_TRY(add(contexts, &(struct context){ .accept = call->accept }, &answer->context));
    enum ssp_err e = finish(contexts, call, &turn, answer);
    if (e == SSP_OK)
        e = use_begin(contexts, answer->context, &use);
    if (e != SSP_OK) {
        (void)idmap_close(contexts->map, answer->context);
        return e;
    }
    settle(use.ctx, &turn, answer);
    return SSP_OK;
}

static enum ssp_err later_leg(struct ntlm_contexts *contexts, const struct ntlm_call *call,
                              struct ntlm_answer *answer)
{
    ssp_cleanup(ntlm_turn_wipe) struct ntlm_turn turn = { 0 };
    ssp_cleanup(use_end) struct use use = { 0 };

    SSP_TRY(use_begin(contexts, call->context, &use));
    if (use.ctx->accept != call->accept)
        return ssp_fail(BAD_HANDLE);
    if (use.ctx->half == NULL)
        return ssp_fail(OUT_OF_SEQUENCE);
    SSP_TRY(run_leg(contexts, call, use.ctx->half, &turn));
    SSP_TRY(finish(contexts, call, &turn, answer));
    answer->context = call->context;
    settle(use.ctx, &turn, answer);
    return SSP_OK;
}

/* Found out late, when the client has its token already, it could not be undone. */
static enum ssp_err check_output(const SecBufferDesc *out)
{
    const SecBuffer *token = secbuf_find(out, SECBUFFER_TOKEN);

    return token != NULL && secbuf_is_readonly(token) ? ssp_fail(BAD_ARGUMENT) : SSP_OK;
}

enum ssp_err ntlm_contexts_leg(struct ntlm_contexts *contexts, const struct ntlm_call *call,
                               struct ntlm_answer *ret)
{
    struct ntlm_answer answer = { 0 };

    SSP_TRY(secbuf_check_optional(call->in));
    SSP_TRY(secbuf_check_optional(call->out));
    SSP_TRY(check_output(call->out));
    if (call->context == 0)
        SSP_TRY(first_leg(contexts, call, &answer));
    else
        SSP_TRY(later_leg(contexts, call, &answer));
    if (wants_memory(call))
        answer.attributes |= ISC_RET_ALLOCATED_MEMORY;
    *ret = answer;
    return SSP_OK;
}

enum ssp_err ntlm_contexts_delete(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context)
{
    return idmap_close(contexts->map, context) ? SSP_OK : ssp_fail(BAD_HANDLE);
}

enum ssp_err ntlm_contexts_export(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context,
                                  SecBuffer *ret)
{
    ssp_cleanup(use_end) struct use use = { 0 };
    ssp_cleanup(data_wipe) struct data data = {
        .packed = WR_INIT(NTLM_HALF_MAX),
        .lsa = contexts->lsa,
    };

    SSP_TRY(use_begin(contexts, context, &use));
    if (use.ctx->half == NULL)
        return ssp_fail(UNSUPPORTED);
    ntlm_half_pack(use.ctx->half, &data.packed);
    SSP_TRY(data_reserve(&data.packed, &data));
    *ret = data_take(&data);
    return SSP_OK;
}

enum ssp_err ntlm_contexts_import(struct ntlm_contexts *contexts, struct view packed,
                                  LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;

    SSP_TRY(ntlm_env_allows(contexts->env));
    SSP_TRY(ntlm_half_unpack(packed, &half));
    const struct context ctx = { ntlm_half_accepts(half), ntlm_leg_attributes(half), half };
    SSP_TRY(add(contexts, &ctx, ret));
    half = NULL; /* the context's now */
    return SSP_OK;
}

enum ssp_err ntlm_contexts_flags(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context, ULONG *ret)
{
    ssp_cleanup(use_end) struct use use = { 0 };

    SSP_TRY(use_begin(contexts, context, &use));
    *ret = use.ctx->attributes;
    return SSP_OK;
}
