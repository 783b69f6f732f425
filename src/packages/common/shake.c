/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/shake.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/secbuf.h"

/* In the table until it is deleted; the LSA makes one call on it at a time. */
struct context {
    const struct pkg_shake_kind *kind;
    bool accept;
    uint32_t attributes;
    void *half; /* NULL when the handshake is over */
};

static void drop_half(struct context *ctx)
{
    if (ctx->half != NULL)
        ctx->kind->free_half(ctx->half);
    ctx->half = NULL;
}

static void destroy(void *obj)
{
    struct context *ctx = obj;

    drop_half(ctx);
    free(ctx);
}

enum ssp_err pkg_shakes_init(const struct pkg_shake_kind *kind, void *env,
                             const LSA_SECPKG_FUNCTION_TABLE *lsa, struct pkg_shakes *shakes)
{
    *shakes = (struct pkg_shakes){ .kind = kind, .env = env, .lsa = lsa };
    return idmap_new(destroy, &shakes->map);
}

static void shakes_done(void *contexts)
{
    struct pkg_shakes *shakes = contexts;

    if (shakes->map != NULL)
        idmap_free(shakes->map);
    *shakes = (struct pkg_shakes){ 0 };
}

/* A new context takes the half over on success. */
static enum ssp_err add(const struct pkg_shakes *shakes, const struct context *what,
                        LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(ssp_free) struct context *ctx = malloc(sizeof(*ctx));
    uint64_t id = 0;

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    *ctx = *what;
    ctx->kind = shakes->kind;
    SSP_TRY(idmap_add(shakes->map, ctx, &id));
    ctx = NULL; /* the table's now */
    *ret = id;
    return SSP_OK;
}

/* ---- A turn ------------------------------------------------------------ */

struct work { /* ssp_cleanup(work_done) */
    const struct pkg_shake_kind *kind;
    struct pkg_turn *turn; /* of the package's size */
};

static enum ssp_err work_begin(const struct pkg_shakes *shakes, struct work *work)
{
    work->kind = shakes->kind;
    work->turn = calloc(1, shakes->kind->turn_size);
    return work->turn != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static void work_done(struct work *work)
{
    if (work->turn == NULL)
        return;
    work->kind->wipe(work->turn);
    secret_wipe(&work->turn->token);
    if (work->turn->half != NULL)
        work->kind->free_half(work->turn->half);
    ssp_wipe_free(work->turn, work->kind->turn_size);
    work->turn = NULL;
}

static bool wants_memory(const struct pkg_call *call)
{
    return (call->asked & ISC_REQ_ALLOCATE_MEMORY) != 0; /* the same bit in both families */
}

/* A last leg may have nothing to say, and needs no buffer to say it in. */
static enum ssp_err put_token(const struct pkg_call *call, const struct pkg_turn *turn)
{
    if (turn->token.n == 0 && secbuf_find(call->out, SECBUFFER_TOKEN) == NULL)
        return SSP_OK;
    if (call->out == NULL)
        return ssp_fail(BAD_ARGUMENT);
    return secbuf_put_token(call->out, wants_memory(call), secret_view(&turn->token));
}

/* That the peer does not learn why is no reason to fail otherwise. */
static enum ssp_err say_why(const struct pkg_call *call, const struct pkg_turn *turn,
                            enum ssp_err why)
{
    if (turn->token.n == 0)
        return why;
    enum ssp_err e = put_token(call, turn);
    return e == SSP_OK || why != SSP_OK ? why : e;
}

/* What the machine noted elsewhere than in the turn, for a leg that may come again. */
static enum ssp_err unless_undone(const struct pkg_shakes *shakes, struct pkg_turn *turn,
                                  enum ssp_err e)
{
    bool may_come_again = e == SSP_ERR_NO_MEMORY || e == SSP_ERR_TOO_SMALL ||
                          e == SSP_ERR_BAD_ARGUMENT || e == SSP_ERR_INTERNAL;

    if (may_come_again && shakes->kind->undone != NULL)
        shakes->kind->undone(shakes->env, turn);
    return e;
}

static enum ssp_err run_leg(const struct pkg_shakes *shakes, const struct pkg_call *call,
                            const void *half, struct pkg_turn *turn)
{
    const struct pkg_leg leg = {
        .accept = call->accept,
        .asked = call->asked,
        .token = secbuf_view(secbuf_find(call->in, SECBUFFER_TOKEN)),
        .bindings = secbuf_view(secbuf_find(call->in, SECBUFFER_CHANNEL_BINDINGS)),
        .target = call->target,
        .cred = call->cred,
    };
    enum ssp_err e = shakes->kind->leg(shakes->env, &leg, half, turn);

    return e == SSP_OK ? e : unless_undone(shakes, turn, say_why(call, turn, e));
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

static enum ssp_err data_reserve(struct data *data)
{
    SSP_TRY(data->packed.err);
    data->block = data->lsa->AllocateLsaHeap((ULONG)data->packed.n);
    return data->block != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static SecBuffer data_take(struct data *data)
{
    memcpy(data->block, data->packed.p, data->packed.n);
    return (SecBuffer){ (ULONG)data->packed.n, SECBUFFER_TOKEN, ssp_steal(&data->block) };
}

static uint64_t number_of(LUID id)
{
    return (uint64_t)(uint32_t)id.HighPart << 32 | id.LowPart;
}

static enum ssp_err open_logon(const struct pkg_shakes *shakes, const struct pkg_turn *turn,
                               struct pkg_logon *logon)
{
    struct pkg_claim claim = { 0 };

    if (!shakes->kind->claim(turn, &claim))
        return SSP_OK;
    return pkg_logon_open(shakes->lsa, &claim, logon);
}

/* The client's handle of the token stands in the data, and once the client has it there is no way
 * back: so everything that can fail is done with a stand-in of the same size before. */
static enum ssp_err hand_over(const struct pkg_shakes *shakes, const struct pkg_turn *turn,
                              struct pkg_logon *logon, struct data *data)
{
    HANDLE token = NULL;

    if (!logon->is_open)
        return SSP_OK;
    SSP_TRY(pkg_logon_keep(logon, &token));
    explicit_bzero(data->packed.p, data->packed.n);
    data->packed.n = 0;
    shakes->kind->pack(turn, number_of(logon->id), (uint64_t)(uintptr_t)token, &data->packed);
    return data->packed.err;
}

/* ---- Legs -------------------------------------------------------------- */

static enum ssp_err finish_done(const struct pkg_shakes *shakes, const struct pkg_call *call,
                                struct pkg_turn *turn, struct pkg_answer *answer)
{
    ssp_cleanup(pkg_logon_cancel) struct pkg_logon logon = { 0 };
    ssp_cleanup(data_wipe) struct data data = {
        .packed = WR_INIT(shakes->kind->pack_max),
        .lsa = shakes->lsa,
    };

    SSP_TRY(open_logon(shakes, turn, &logon));
    shakes->kind->pack(turn, number_of(logon.id), 0, &data.packed);
    SSP_TRY(data_reserve(&data));
    SSP_TRY(put_token(call, turn));
    bool has_session = logon.is_open;
    SSP_TRY(hand_over(shakes, turn, &logon, &data));
    answer->data = data_take(&data);
    if (has_session && shakes->kind->made != NULL)
        shakes->kind->made(shakes->env, turn, logon.id);
    return SSP_OK;
}

static enum ssp_err finish(const struct pkg_shakes *shakes, const struct pkg_call *call,
                           struct pkg_turn *turn, struct pkg_answer *answer)
{
    return turn->is_done ? finish_done(shakes, call, turn, answer) : put_token(call, turn);
}

static void settle(struct context *ctx, struct pkg_turn *turn, struct pkg_answer *answer)
{
    drop_half(ctx);
    ctx->half = ssp_steal(&turn->half);
    ctx->attributes = turn->attributes;
    answer->is_done = turn->is_done;
    answer->attributes = turn->attributes;
    answer->expiry = turn->expiry;
}

static enum ssp_err place_new(const struct pkg_shakes *shakes, const struct pkg_call *call,
                              struct pkg_turn *turn, struct pkg_answer *answer)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(add(shakes, &(struct context){ .accept = call->accept }, &answer->context));
    enum ssp_err e = idmap_use_begin(shakes->map, answer->context, &use);
    if (e == SSP_OK)
        e = finish(shakes, call, turn, answer);
    if (e != SSP_OK) {
        (void)idmap_close(shakes->map, answer->context);
        return e;
    }
    settle(use.obj, turn, answer);
    return SSP_OK;
}

static enum ssp_err first_leg(const struct pkg_shakes *shakes, const struct pkg_call *call,
                              struct pkg_answer *answer)
{
    ssp_cleanup(work_done) struct work work = { 0 };

    if (call->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(work_begin(shakes, &work));
    SSP_TRY(run_leg(shakes, call, NULL, work.turn));
    return unless_undone(shakes, work.turn, place_new(shakes, call, work.turn, answer));
}

static enum ssp_err later_leg(const struct pkg_shakes *shakes, const struct pkg_call *call,
                              struct pkg_answer *answer)
{
    ssp_cleanup(work_done) struct work work = { 0 };
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(shakes->map, call->context, &use));
    const struct context *ctx = use.obj;
    if (ctx->accept != call->accept)
        return ssp_fail(BAD_HANDLE);
    if (ctx->half == NULL)
        return ssp_fail(OUT_OF_SEQUENCE);
    SSP_TRY(work_begin(shakes, &work));
    SSP_TRY(run_leg(shakes, call, ctx->half, work.turn));
    SSP_TRY(unless_undone(shakes, work.turn, finish(shakes, call, work.turn, answer)));
    answer->context = call->context;
    settle(use.obj, work.turn, answer);
    return SSP_OK;
}

/* Found out late, when the client has its token already, it could not be undone. */
static enum ssp_err check_output(const SecBufferDesc *out)
{
    const SecBuffer *token = secbuf_find(out, SECBUFFER_TOKEN);

    return token != NULL && secbuf_is_readonly(token) ? ssp_fail(BAD_ARGUMENT) : SSP_OK;
}

static enum ssp_err shakes_leg(void *contexts, const struct pkg_call *call, struct pkg_answer *ret)
{
    struct pkg_answer answer = { 0 };

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

/* ---- Others ------------------------------------------------------------ */

static enum ssp_err shakes_end(void *contexts, LSA_SEC_HANDLE context)
{
    const struct pkg_shakes *shakes = contexts;

    return idmap_close(shakes->map, context) ? SSP_OK : ssp_fail(BAD_HANDLE);
}

static enum ssp_err shakes_pack(void *contexts, LSA_SEC_HANDLE context, SecBuffer *ret,
                                NTSTATUS *ret_inner)
{
    const struct pkg_shakes *shakes = contexts;
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };
    ssp_cleanup(data_wipe) struct data data = {
        .packed = WR_INIT(shakes->kind->half_max),
        .lsa = shakes->lsa,
    };

    (void)ret_inner;
    SSP_TRY(idmap_use_begin(shakes->map, context, &use));
    const struct context *ctx = use.obj;
    if (ctx->half == NULL)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(shakes->kind->pack_half(shakes->env, ctx->half, &data.packed));
    SSP_TRY(data_reserve(&data));
    *ret = data_take(&data);
    return SSP_OK;
}

static enum ssp_err shakes_unpack(void *contexts, struct view packed, LSA_SEC_HANDLE *ret,
                                  NTSTATUS *ret_inner)
{
    const struct pkg_shakes *shakes = contexts;
    void *half = NULL;

    (void)ret_inner;
    SSP_TRY(shakes->kind->unpack_half(shakes->env, packed, &half));
    const struct context ctx = { .accept = shakes->kind->half_accepts(half),
                                 .attributes = shakes->kind->half_attributes(half),
                                 .half = half };
    enum ssp_err e = add(shakes, &ctx, ret);
    if (e != SSP_OK)
        shakes->kind->free_half(half);
    return e;
}

const struct pkg_contexts_kind pkg_shakes_contexts = {
    .leg = shakes_leg,
    .end = shakes_end,
    .done = shakes_done,
    .pack = shakes_pack,
    .unpack = shakes_unpack,
};

enum ssp_err pkg_shakes_flags(const struct pkg_shakes *shakes, LSA_SEC_HANDLE context, ULONG *ret)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(shakes->map, context, &use));
    *ret = ((const struct context *)use.obj)->attributes;
    return SSP_OK;
}
