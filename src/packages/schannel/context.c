/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/context.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"
#include "packages/schannel/alpn.h"
#include "packages/schannel/failure.h"
#include "packages/schannel/finish.h"
#include "packages/schannel/host.h"
#include "packages/schannel/record_walk.h"

/* In the table until it is deleted; the LSA makes one call on it at a time. */
struct context {
    bool accept;
    ULONG attributes;
    struct tls_shake *shake; /* NULL when the handshake is over, or has failed */
    /* What the last step yielded, until the caller has it. */
    bool has_step;
    struct secret said;
    size_t used;
    bool is_done;
};

static void context_free(struct context *ctx)
{
    tls_shake_free(ctx->shake);
    secret_wipe(&ctx->said);
    free(ctx);
}

static void destroy(void *obj)
{
    context_free(obj);
}

static void context_freep(struct context **ctx)
{
    if (*ctx != NULL)
        context_free(*ctx);
}

enum ssp_err tls_contexts_init(const struct clock *clock, const LSA_SECPKG_FUNCTION_TABLE *lsa,
                               struct tls_contexts *contexts)
{
    *contexts = (struct tls_contexts){ .clock = clock, .lsa = lsa };
    return idmap_new(destroy, &contexts->map);
}

void tls_contexts_done(struct tls_contexts *contexts)
{
    if (contexts->map != NULL)
        idmap_free(contexts->map);
    *contexts = (struct tls_contexts){ 0 };
}

/* ---- One leg --------------------------------------------------------------------------------- */

struct leg {
    const struct tls_contexts *contexts;
    const struct pkg_call *call;
    struct tls_reqs reqs;
    struct view token;
    struct tls_walk walk;
    struct wr out; /* what there is to say; ssp_cleanup(leg_done) */
};

static void leg_done(struct leg *leg)
{
    wr_free(&leg->out);
}

/* Callers leave a buffer of type EMPTY for what there is to say of the input. */
static bool tell(PSecBufferDesc in, ULONG type, size_t n, void *place)
{
    PSecBuffer buffer = secbuf_find(in, SECBUFFER_EMPTY);

    if (buffer == NULL)
        return false;
    buffer->BufferType = type;
    buffer->cbBuffer = (ULONG)n;
    buffer->pvBuffer = place;
    return true;
}

static enum ssp_err tell_missing(const struct leg *leg)
{
    size_t missing = leg->walk.missing != 0 ? leg->walk.missing : 1;

    (void)tell(leg->call->in, SECBUFFER_MISSING, missing, NULL);
    return ssp_fail(INCOMPLETE);
}

static void tell_extra(const struct leg *leg, size_t used)
{
    const SecBuffer *token = secbuf_find(leg->call->in, SECBUFFER_TOKEN);
    size_t extra = leg->token.n - used;

    if (extra != 0)
        (void)tell(leg->call->in, SECBUFFER_EXTRA, extra, (uint8_t *)token->pvBuffer + used);
}

static void say_alert(const struct leg *leg)
{
    if (leg->out.n == 0 || !tls_reqs_alerts(&leg->reqs))
        return;
    /* Who gave no room for it has the status only. */
    enum ssp_err e = secbuf_put_token(leg->call->out, tls_reqs_allocate(&leg->reqs),
                                      (struct view){ leg->out.p, leg->out.n });
    (void)(e == SSP_OK);
}

/* The handshake is over; what it has to say about that goes out. */
static enum ssp_err give_up(struct leg *leg, struct context *ctx, enum ssp_err e)
{
    say_alert(leg);
    tls_shake_freep(&ctx->shake);
    if (ctx->accept)
        tls_finish_refused(leg->contexts->lsa, e);
    return e;
}

/* GnuTLS has not seen what is wrong, so it is told which alert to send. */
static enum ssp_err give_up_with(struct leg *leg, struct context *ctx, int alert, enum ssp_err e)
{
    wr_free(&leg->out);
    leg->out = (struct wr)WR_INIT(TLS_OUT_MAX);
    tls_shake_refuse(ctx->shake, alert, &leg->out);
    return give_up(leg, ctx, e);
}

static enum ssp_err step(struct leg *leg, struct context *ctx)
{
    struct view whole = { leg->token.p, leg->walk.whole };
    bool has_input = ctx->accept || leg->token.n != 0 || leg->call->context != 0;

    if (has_input && whole.n == 0)
        return leg->walk.is_bad ? give_up_with(leg, ctx, leg->walk.alert, ssp_fail(ILLEGAL_MESSAGE))
                                : tell_missing(leg);
    enum ssp_err e = tls_shake_step(ctx->shake, whole, &leg->out, &ctx->used, &ctx->is_done);
    if (e != SSP_OK)
        return give_up(leg, ctx, e);
    SSP_TRY(secret_new((struct view){ leg->out.p, leg->out.n }, &ctx->said));
    ctx->has_step = true;
    return SSP_OK;
}

/* Bytes that nobody can be told of would be lost. */
static enum ssp_err check_extra(const struct leg *leg, const struct context *ctx)
{
    if (ctx->used > leg->walk.whole)
        return ssp_fail(BAD_ARGUMENT); /* not the input that the answer is to */
    if (ctx->used < leg->token.n && secbuf_find(leg->call->in, SECBUFFER_EMPTY) == NULL)
        return ssp_fail(BAD_ARGUMENT);
    return SSP_OK;
}

static enum ssp_err check_room(const struct leg *leg, const struct context *ctx)
{
    PSecBuffer buffer = secbuf_find(leg->call->out, SECBUFFER_TOKEN);

    if (ctx->said.n == 0 && buffer == NULL)
        return SSP_OK;
    if (buffer == NULL || secbuf_is_readonly(buffer))
        return ssp_fail(BAD_ARGUMENT);
    if (tls_reqs_allocate(&leg->reqs) || buffer->cbBuffer >= ctx->said.n)
        return SSP_OK;
    buffer->cbBuffer = (ULONG)ctx->said.n;
    return ssp_fail(TOO_SMALL);
}

static enum ssp_err put_token(const struct leg *leg, const struct context *ctx)
{
    if (ctx->said.n == 0 && secbuf_find(leg->call->out, SECBUFFER_TOKEN) == NULL)
        return SSP_OK;
    return secbuf_put_token(leg->call->out, tls_reqs_allocate(&leg->reqs), secret_view(&ctx->said));
}

static void take_back_token(const struct leg *leg)
{
    PSecBuffer buffer = secbuf_find(leg->call->out, SECBUFFER_TOKEN);

    if (buffer == NULL)
        return;
    if (tls_reqs_allocate(&leg->reqs)) {
        (void)(heap_free(buffer->pvBuffer) == SSP_OK);
        buffer->pvBuffer = NULL;
    }
    buffer->cbBuffer = 0;
}

static struct tls_ending ending_of(const struct leg *leg, const struct context *ctx)
{
    return (struct tls_ending){
        .lsa = leg->contexts->lsa,
        .clock = leg->contexts->clock,
        .reqs = &leg->reqs,
        .shake = ctx->shake,
        .rest = { leg->token.p + ctx->used, leg->walk.whole - ctx->used },
    };
}

static enum ssp_err finish(struct leg *leg, struct context *ctx, struct pkg_answer *answer)
{
    ssp_cleanup(tls_finish_done) struct tls_finish finish = { 0 };
    const struct tls_ending ending = ending_of(leg, ctx);

    SSP_TRY(tls_finish_begin(&ending, &finish));
    SSP_TRY(put_token(leg, ctx));
    enum ssp_err e = tls_finish_commit(&finish, &answer->data);
    if (e != SSP_OK) {
        take_back_token(leg);
        return e;
    }
    ctx->attributes = finish.attributes;
    answer->expiry = finish.expiry;
    tls_shake_freep(&ctx->shake);
    return SSP_OK;
}

static enum ssp_err run(struct leg *leg, struct context *ctx, struct pkg_answer *answer)
{
    if (ctx->shake == NULL)
        return ssp_fail(OUT_OF_SEQUENCE);
    if (!ctx->has_step)
        SSP_TRY(step(leg, ctx));
    /* Before anything is done that cannot be done again. */
    SSP_TRY(check_extra(leg, ctx));
    SSP_TRY(check_room(leg, ctx));
    enum ssp_err e = ctx->is_done ? finish(leg, ctx, answer) : put_token(leg, ctx);
    if (e != SSP_OK)
        return give_up_with(leg, ctx, tls_failure_alert(e), e);
    tell_extra(leg, ctx->used);
    answer->is_done = ctx->is_done;
    if (!ctx->is_done)
        ctx->attributes = tls_reqs_attributes(&leg->reqs, &(struct tls_outcome){ 0 });
    answer->attributes = ctx->attributes;
    ctx->has_step = false;
    secret_wipe(&ctx->said);
    ctx->used = 0;
    return SSP_OK;
}

/* ---- The first one --------------------------------------------------------------------------- */

static enum tls_asks asks_of(const struct leg *leg, const struct tls_cred *cred)
{
    if (cred->policy.asks == TLS_ASKS_NOTHING && tls_reqs_client_certificate(&leg->reqs))
        return TLS_ASKS_REQUEST;
    return cred->policy.asks;
}

static bool is_manual(const struct leg *leg, const struct tls_cred *cred)
{
    return cred->policy.is_manual || tls_reqs_manual(&leg->reqs);
}

static enum ssp_err fill_ask(const struct leg *leg, struct tls_shake_ask *ask)
{
    const struct tls_cred *cred = leg->call->cred;

    SSP_TRY(tls_alpn_decode(
        secbuf_view(secbuf_find(leg->call->in, SECBUFFER_APPLICATION_PROTOCOLS)), &ask->protocols));
    if (leg->call->accept && ask->protocols.n == 0)
        ask->protocols = secret_view(&cred->site->settings.protocols);
    ask->is_manual = is_manual(leg, cred);
    ask->asks = asks_of(leg, cred);
    ask->now = leg->contexts->clock->filetime();
    if (leg->call->accept)
        return cred->inbound ? SSP_OK : ssp_fail(NO_CREDS);
    if (!cred->outbound)
        return ssp_fail(NO_CREDS);
    return *ask->host == '\0' && !ask->is_manual && !cred->policy.ignores_name
               ? ssp_fail(TARGET_UNKNOWN)
               : SSP_OK;
}

static enum ssp_err open_context(const struct leg *leg, struct context **ret)
{
    ssp_cleanup(context_freep) struct context *ctx = calloc(1, sizeof(*ctx));
    char host[TLS_HOST_MAX + 1] = "";
    struct tls_shake_ask ask = {
        .role = leg->call->accept ? TLS_SERVER : TLS_CLIENT,
        .cred = leg->call->cred,
        .host = host,
    };

    if (ctx == NULL)
        return ssp_fail(NO_MEMORY);
    if (!leg->call->accept)
        SSP_TRY(tls_host_of(leg->call->target, host));
    SSP_TRY(fill_ask(leg, &ask));
    ctx->accept = leg->call->accept;
    SSP_TRY(tls_shake_new(&ask, &ctx->shake));
    *ret = ssp_steal(&ctx);
    return SSP_OK;
}

/* A client's first words are all there, or nothing is begun. */
static enum ssp_err first_leg(struct tls_contexts *contexts, struct leg *leg,
                              struct pkg_answer *answer)
{
    ssp_cleanup(context_freep) struct context *ctx = NULL;
    uint64_t id = 0;

    if (leg->call->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    if (leg->call->accept && leg->walk.whole == 0 && !leg->walk.is_bad)
        return tell_missing(leg);
    SSP_TRY(open_context(leg, &ctx));
    SSP_TRY(run(leg, ctx, answer));
    SSP_TRY(idmap_add(contexts->map, ctx, &id));
    ctx = NULL; /* the table's now */
    answer->context = id;
    return SSP_OK;
}

static enum ssp_err later_leg(struct tls_contexts *contexts, struct leg *leg,
                              struct pkg_answer *answer)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(contexts->map, leg->call->context, &use));
    struct context *ctx = use.obj;
    if (ctx->accept != leg->call->accept)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(run(leg, ctx, answer));
    answer->context = leg->call->context;
    return SSP_OK;
}

enum ssp_err tls_contexts_leg(struct tls_contexts *contexts, const struct pkg_call *call,
                              struct pkg_answer *ret)
{
    ssp_cleanup(leg_done) struct leg leg = {
        .contexts = contexts,
        .call = call,
        .reqs = { call->accept, call->asked },
        .out = WR_INIT(TLS_OUT_MAX),
    };
    struct pkg_answer answer = { .expiry = FILETIME_NEVER };

    SSP_TRY(secbuf_check_optional(call->in));
    SSP_TRY(secbuf_check_optional(call->out));
    SSP_TRY(tls_reqs_check(&leg.reqs));
    leg.token = secbuf_view(secbuf_find(call->in, SECBUFFER_TOKEN));
    leg.walk = tls_walk(leg.token);
    if (call->context == 0)
        SSP_TRY(first_leg(contexts, &leg, &answer));
    else
        SSP_TRY(later_leg(contexts, &leg, &answer));
    *ret = answer;
    return SSP_OK;
}

enum ssp_err tls_contexts_delete(struct tls_contexts *contexts, LSA_SEC_HANDLE context)
{
    return idmap_close(contexts->map, context) ? SSP_OK : ssp_fail(BAD_HANDLE);
}

enum ssp_err tls_contexts_flags(struct tls_contexts *contexts, LSA_SEC_HANDLE context, ULONG *ret)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    SSP_TRY(idmap_use_begin(contexts->map, context, &use));
    *ret = ((const struct context *)use.obj)->attributes;
    return SSP_OK;
}

/* ---- For the LSA half ------------------------------------------------------------------------ */

static enum ssp_err leg_of_kind(void *contexts, const struct pkg_call *call, struct pkg_answer *ret)
{
    return tls_contexts_leg(contexts, call, ret);
}

static enum ssp_err end_of_kind(void *contexts, LSA_SEC_HANDLE context)
{
    return tls_contexts_delete(contexts, context);
}

static void done_of_kind(void *contexts)
{
    tls_contexts_done(contexts);
}

const struct pkg_contexts_kind tls_contexts_kind = {
    .leg = leg_of_kind,
    .end = end_of_kind,
    .done = done_of_kind,
};
