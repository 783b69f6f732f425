/* SPDX-License-Identifier: Apache-2.0 */
/* The acceptor: RFC 4178 4.1, 5; [MS-SPNG] 3.2.5. */
#include <sspi.h>

#include "base/cleanup.h"
#include "packages/negotiate/leg.h"

/* ---- Answers ----------------------------------------------------------- */

static bool is_required(const struct nego_work *work)
{
    return work->next->needs_mic && nego_has_integrity(work);
}

/* More tokens of the mechanism are to come.  "This value [request-mic] SHALL only be present in the
 * first reply from the target." */
static enum ssp_err go_on(struct nego_work *work, struct view oid)
{
    bool is_first = oid.n != 0;

    work->next->state = NEGO_ST_TOKENS;
    return nego_answer(work, is_first && work->next->needs_mic ? NEGO_REQUEST_MIC : NEGO_INCOMPLETE,
                       oid, false);
}

static enum ssp_err complete(struct nego_work *work, struct view oid)
{
    work->next->state = NEGO_ST_DONE;
    return nego_answer(work, NEGO_COMPLETED, oid, work->next->mic_seen);
}

/* RFC 4178 5 b), c) IV: the initiator has had no place for its MIC yet, and gets ours first. */
static enum ssp_err ask_for_mic(struct nego_work *work, struct view oid)
{
    work->next->state = NEGO_ST_MIC;
    return nego_answer(work, oid.n != 0 ? NEGO_REQUEST_MIC : NEGO_INCOMPLETE, oid, true);
}

/* The mechanism has gone as far as it goes; oid is there in the first reply only. */
static enum ssp_err answer(struct nego_work *work, struct view oid)
{
    if (!work->next->is_finished)
        return go_on(work, oid);
    if (work->next->mic_seen || !is_required(work))
        return complete(work, oid);
    if (oid.n != 0 || work->said.n != 0)
        return ask_for_mic(work, oid);
    return ssp_fail(DOWNGRADE); /* 5 c) V: we asked for it, and the last token came without */
}

/* ---- The first token --------------------------------------------------- */

/* The initiator's favourite among those that we have. */
static enum ssp_err choose(const struct nego_work *work, const struct nego_init *init,
                           size_t *ret_i, enum nego_package *ret)
{
    for (size_t i = 0; i < init->n; i++) {
        enum nego_mech mech = nego_mech_find(init->oid[i]);

        if (mech == NEGO_MECHS || !nego_choice_has(&work->cred->choice, nego_mech_package(mech)))
            continue;
        *ret_i = i;
        *ret = nego_mech_package(mech);
        return SSP_OK;
    }
    return ssp_fail(NO_PACKAGE);
}

/* A MIC that comes with the list can be of a mechanism with one token only. */
static enum ssp_err take_early_mic(struct nego_work *work, const struct nego_init *init)
{
    if (!init->has_mic)
        return SSP_OK;
    return work->next->is_finished ? nego_mic_take(work, true, init->mic) : ssp_fail(BAD_TOKEN);
}

enum { MIC_MAX = 40 }; /* of any package here: Kerberos' with HMAC-SHA-384 */

/* 5: the exchange is optional only "if the accepted mechanism is the most preferred mechanism of
 * both the initiator and the acceptor".  The token is the favourite's: of another one we have none
 * yet. */
static enum ssp_err take_offer(struct nego_work *work)
{
    struct nego_init init = { .n = 0 };
    enum nego_package package = NEGO_PACKAGES;
    size_t i = 0;

    SSP_TRY(nego_init_decode(work->leg.token, &init));
    if (init.n == 0 || init.list.n > NEGO_LIST_MAX)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(choose(work, &init, &i, &package));
    SSP_TRY(nego_secret_set(&work->next->list, init.list));
    work->next->package = package;
    work->next->needs_mic = i != 0 || package != work->cred->choice.package[0];
    work->around = (struct nego_around){ .oid_n = init.oid[i].n,
                                         .mic_n = work->next->needs_mic ? MIC_MAX : 0 };
    if (i == 0 && init.has_token && init.token.n != 0)
        SSP_TRY(nego_inner_start(work, package, init.token));
    SSP_TRY(take_early_mic(work, &init));
    return answer(work, init.oid[i]);
}

/* Tokens of the mechanism come and go as they are. */
static enum ssp_err take_raw(struct nego_work *work)
{
    SSP_TRY(nego_inner_step(work, work->leg.token));
    wr_view(&work->out, secret_view(&work->said));
    work->next->state = work->next->is_finished ? NEGO_ST_DONE : NEGO_ST_RAW;
    return work->out.err;
}

static enum ssp_err begin_raw(struct nego_work *work, enum nego_package package)
{
    work->next->package = package;
    work->next->state = NEGO_ST_RAW;
    work->around = (struct nego_around){ .is_raw = true };
    return take_raw(work);
}

/* [MS-SPNG] 3.2.5.2: "GSS_Accept_sec_context() is called without an input_token" */
static enum ssp_err give_hints(struct nego_work *work)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(NEGO_LIST_MAX);
    const struct nego_choice *choice = &work->cred->choice;
    struct view oid[NEGO_MECHS];
    size_t n = 0;

    for (size_t i = 0; i < choice->n; i++) {
        for (enum nego_mech mech = NEGO_MECH_KERBEROS; mech < NEGO_MECHS; mech++) {
            if (nego_mech_package(mech) == choice->package[i])
                oid[n++] = nego_mech_oid(mech);
        }
    }
    nego_list_encode(oid, n, &list);
    SSP_TRY(list.err);
    nego_init_encode(&(struct nego_init){ .list = { list.p, list.n }, .has_hints = true },
                     &work->out);
    work->next->state = NEGO_ST_HINTED;
    return work->out.err;
}

static enum ssp_err take_first(struct nego_work *work)
{
    if (work->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    switch (nego_kind_of(work->leg.token)) {
    case NEGO_IS_INIT:
        return take_offer(work);
    case NEGO_IS_NTLM:
        return begin_raw(work, NEGO_NTLM);
    case NEGO_IS_KERBEROS:
        return begin_raw(work, NEGO_KERBEROS);
    case NEGO_IS_RESP:
    case NEGO_IS_NOTHING:
        break;
    }
    return ssp_fail(BAD_TOKEN);
}

static enum ssp_err start(struct nego_work *work)
{
    if (work->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    return work->leg.token.n == 0 ? give_hints(work) : take_first(work);
}

/* ---- Later tokens ------------------------------------------------------ */

static enum ssp_err take_resp(const struct nego_work *work, struct nego_resp *ret)
{
    SSP_TRY(nego_resp_decode(work->leg.token, ret));
    if (ret->verdict == NEGO_REJECT)
        return ssp_fail(LOGON_DENIED);
    if (ret->has_token && ret->token.n == 0)
        ret->has_token = false;
    return SSP_OK;
}

static enum ssp_err take_token(struct nego_work *work)
{
    struct nego_resp resp = { .verdict = NEGO_UNSAID };

    SSP_TRY(take_resp(work, &resp));
    if (!resp.has_token)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(nego_inner_step(work, resp.token));
    if (work->next->is_finished)
        SSP_TRY(nego_mic_take(work, resp.has_mic, resp.mic));
    return answer(work, (struct view){ 0 });
}

/* "The target SHALL, in turn, verify the returned mechlistMIC token and complete the negotiation."
 */
static enum ssp_err take_mic(struct nego_work *work)
{
    struct nego_resp resp = { .verdict = NEGO_UNSAID };

    SSP_TRY(take_resp(work, &resp));
    if (resp.has_token)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(nego_mic_take(work, resp.has_mic, resp.mic));
    if (!work->next->mic_seen)
        return ssp_fail(DOWNGRADE);
    work->next->state = NEGO_ST_DONE;
    return SSP_OK;
}

static enum ssp_err (*const steps[NEGO_ST_DONE])(struct nego_work *work) = {
    [NEGO_ST_START] = start,  [NEGO_ST_HINTED] = take_first, [NEGO_ST_TOKENS] = take_token,
    [NEGO_ST_MIC] = take_mic, [NEGO_ST_RAW] = take_raw,
};

enum ssp_err nego_accept_leg(struct nego_work *work)
{
    enum nego_state state = work->next->state;

    if ((work->next->asked & ASC_REQ_DATAGRAM) != 0)
        return ssp_fail(UNSUPPORTED); /* [MS-SPNG] 1.6 */
    return state < NEGO_ST_DONE && steps[state] != NULL ? steps[state](work)
                                                        : ssp_fail(OUT_OF_SEQUENCE);
}
