/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on contexts: handshakes, and the passage to another process. */
#include "rpc/serve_call.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/trace.h"
#include "lsa/ctx.h"
#include "lsa/leg.h"
#include "lsa/passage.h"

/* ---- Handshakes ------------------------------------------------------------------------------ */

static void free_packed(SecBuffer *packed)
{
    if (heap_free(packed->pvBuffer) != SSP_OK)
        trace(TRACE_WARNING, "context data is not from the heap");
}

static SECURITY_STATUS take_result(const struct serving *serving, struct lsa_leg_result *result,
                                   struct leg_answer *answer)
{
    ssp_cleanup(free_packed) SecBuffer packed = result->packed;

    answer->ctx = serving_blind(serving, result->ctx);
    answer->package = result->package;
    answer->package_handle = serving_blind_handle(serving, result->package_handle);
    answer->attributes = result->attributes;
    answer->expiry = (uint64_t)result->expiry.QuadPart;
    answer->mapped = result->mapped;
    if (!result->mapped)
        return SEC_E_OK;
    return ssp_err_status(
        secret_new((struct view){ packed.pvBuffer, packed.cbBuffer }, &answer->packed));
}

static SECURITY_STATUS run_leg(const struct serving *serving, const struct lsa_leg *leg,
                               struct leg_answer *answer)
{
    struct lsa_leg_result result = { 0 };

    SECURITY_STATUS status = lsa_leg_run(serving_client(serving), leg, &result);
    if (status < 0) {
        answer->attributes = result.attributes;
        return status;
    }
    SECURITY_STATUS taken = take_result(serving, &result, answer);
    if (taken < 0)
        answer->attributes = 0;     /* nothing is left in the output */
    if (taken < 0 && leg->ctx == 0) /* the client will never hear of it */
        (void)lsa_ctx_free(serving_client(serving), result.ctx);
    return taken < 0 ? taken : status;
}

SECURITY_STATUS rpc_serve_leg(struct serving *serving, union rpc_ask *ask, union rpc_answer *answer)
{
    struct leg_ask *asked = &ask->leg;
    SecBufferDesc in = { 0 };
    SecBufferDesc out = { 0 };
    SecBuffer in_list[LIMIT_BUFFERS];
    SecBuffer out_list[LIMIT_BUFFERS];
    struct lsa_leg what = {
        .accept = asked->accept,
        .cred = serving_blind(serving, asked->cred),
        .ctx = serving_blind(serving, asked->ctx),
        .target = asked->target.p,
        .requirements = asked->requirements,
        .data_rep = asked->data_rep,
        .in = buffers_lend(&asked->in, &in, in_list),
        .out = buffers_lend(&asked->out, &out, out_list),
    };

    serving->slots = asked->slot;
    SECURITY_STATUS status = run_leg(serving, &what, &answer->leg);
    buffers_answer_input(what.in, &answer->leg.in);
    buffers_answer_output(&asked->out, what.out, status < 0 && answer->leg.attributes == 0,
                          &answer->leg.out);
    return status;
}

SECURITY_STATUS rpc_serve_delete_ctx(struct serving *serving, union rpc_ask *ask,
                                     union rpc_answer *answer)
{
    (void)answer;
    return lsa_ctx_free(serving_client(serving), serving_blind(serving, ask->id.id));
}

SECURITY_STATUS rpc_serve_control(struct serving *serving, union rpc_ask *ask,
                                  union rpc_answer *answer)
{
    SecBufferDesc in = { 0 };
    SecBuffer list[LIMIT_BUFFERS];
    PSecBufferDesc lent = buffers_lend(&ask->control.in, &in, list);

    SECURITY_STATUS status =
        lsa_ctx_control(serving_client(serving), serving_blind(serving, ask->control.ctx), lent);
    buffers_answer_input(lent, &answer->control.in);
    return status;
}

/* ---- The passage of a context ---------------------------------------------------------------- */

static struct lsa_seal seal_of(const struct serving *serving, const struct seal_ask *ask)
{
    return (struct lsa_seal){
        .package = ask->package,
        .flags = ask->flags,
        .to_other_uid = ask->to_other_uid,
        .uid_to = ask->uid_to,
        .lifetime_ms = ask->lifetime_ms,
        .context_expiry = { .QuadPart = (int64_t)ask->context_expiry },
        .token = serving->token,
    };
}

static SECURITY_STATUS take_sealed(struct lsa_sealed *sealed, struct seal_answer *answer)
{
    ssp_cleanup(free_packed) SecBuffer blob = sealed->blob;

    memcpy(answer->ticket, sealed->ticket.b, sizeof(answer->ticket));
    return ssp_err_status(secret_new((struct view){ blob.pvBuffer, blob.cbBuffer }, &answer->blob));
}

typedef SECURITY_STATUS seal_fn(const struct serving *serving, const struct seal_ask *ask,
                                struct lsa_sealed *ret);

static SECURITY_STATUS seal_packed(const struct serving *serving, const struct seal_ask *ask,
                                   struct lsa_sealed *ret)
{
    struct lsa_seal what = seal_of(serving, ask);

    return lsa_passage_seal(serving_client(serving), &what, secret_view(&ask->packed), ret);
}

static SECURITY_STATUS seal_half_done(const struct serving *serving, const struct seal_ask *ask,
                                      struct lsa_sealed *ret)
{
    struct lsa_seal what = seal_of(serving, ask);

    return lsa_passage_seal_negotiating(serving_client(serving), serving_blind(serving, ask->ctx),
                                        &what, ret);
}

/* The end of a context may make it less. */
static void fill_in(const struct serving *serving, const struct seal_ask *ask,
                    const struct lsa_sealed *sealed, struct ledger_note *note)
{
    struct lsa *lsa = serving->server->lsa;
    uint64_t ms = ask->lifetime_ms != 0 ? ask->lifetime_ms : atomic_load(&lsa->lifetime_ms);

    note->id = sealed->ticket;
    note->expires = lsa->clock->boottime() + ms * NS_PER_MS;
    if ((ask->flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0)
        note->keeper = serving->peer->who.pid;
}

static SECURITY_STATUS seal_charged(const struct serving *serving, const struct seal_ask *ask,
                                    seal_fn *function, struct seal_answer *answer)
{
    ssp_cleanup(ledger_note_free) struct ledger_note *note = NULL;
    struct rpc_server *server = serving->server;
    struct lsa_sealed sealed = { 0 };

    enum ssp_err e = ledger_reserve(&server->ledger, &server->accounts, serving->peer->who.uid,
                                    server->lsa->clock->boottime(), &note);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = function(serving, ask, &sealed);
    if (status < 0)
        return status;
    fill_in(serving, ask, &sealed, note);
    ledger_enter(&server->ledger, &note);
    return take_sealed(&sealed, answer);
}

SECURITY_STATUS rpc_serve_seal(struct serving *serving, union rpc_ask *ask,
                               union rpc_answer *answer)
{
    return seal_charged(serving, &ask->seal, seal_packed, &answer->seal);
}

SECURITY_STATUS rpc_serve_seal_negotiating(struct serving *serving, union rpc_ask *ask,
                                           union rpc_answer *answer)
{
    return seal_charged(serving, &ask->seal, seal_half_done, &answer->seal);
}

SECURITY_STATUS rpc_serve_open(struct serving *serving, union rpc_ask *ask,
                               union rpc_answer *answer)
{
    struct lsa_opened opened = { 0 };

    if (ask->open.package.p == NULL)
        return SEC_E_SECPKG_NOT_FOUND;
    SECURITY_STATUS status =
        lsa_passage_open(serving_client(serving), ask->open.package.p, secret_view(&ask->open.blob),
                         serving->token, &opened);
    if (status < 0)
        return status;
    answer->open = (struct open_answer){
        .negotiating = opened.negotiating,
        .package = opened.package,
        .packed = opened.packed,
        .ctx = serving_blind(serving, opened.ctx),
        .package_handle = serving_blind_handle(serving, opened.package_handle),
        .expiry = (uint64_t)opened.expiry.QuadPart,
    };
    return status;
}

SECURITY_STATUS rpc_serve_claim(struct serving *serving, union rpc_ask *ask,
                                union rpc_answer *answer)
{
    struct ticket_id ticket = { 0 };

    (void)answer;
    memcpy(ticket.b, ask->claim.ticket, sizeof(ticket.b));
    return lsa_passage_claim(serving_client(serving), &ticket);
}

SECURITY_STATUS rpc_serve_release(struct serving *serving, union rpc_ask *ask,
                                  union rpc_answer *answer)
{
    struct ticket_id ticket = { 0 };

    (void)answer;
    memcpy(ticket.b, ask->claim.ticket, sizeof(ticket.b));
    SECURITY_STATUS status = lsa_passage_release(serving_client(serving), &ticket);
    if (status >= 0)
        ledger_release(&serving->server->ledger, &ticket);
    return status;
}
