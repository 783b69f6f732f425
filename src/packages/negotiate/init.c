/* SPDX-License-Identifier: Apache-2.0 */
/* The initiator: RFC 4178 4.1, 5; [MS-SPNG] 3.3.5. */
#include <sspi.h>

#include "base/cleanup.h"
#include "packages/negotiate/leg.h"

/* ---- The first token --------------------------------------------------- */

/* [MS-SPNG] 3.3.5.2: a server that speaks first says what it has.  Nobody vouches for that, and a
 * list that was shortened by it could not be told from ours: so it has to be well formed, and
 * changes nothing. */
static enum ssp_err take_hints(const struct nego_work *work)
{
    struct nego_init hints = { .n = 0 };

    if (work->leg.token.n == 0)
        return SSP_OK;
    return nego_init_decode(work->leg.token, &hints);
}

/* Why a package may be left out: it has nothing to do with this target, or cannot be had now. What
 * went wrong in any other way is not to be covered up by a weaker package. */
static bool may_do_without(NTSTATUS status)
{
    return status == SEC_E_NO_CREDENTIALS || status == SEC_E_TARGET_UNKNOWN ||
           status == SEC_E_NO_AUTHENTICATING_AUTHORITY;
}

static enum ssp_err begin_with_favourite(struct nego_work *work, size_t *ret_i)
{
    const struct nego_choice *choice = &work->cred->choice;
    NTSTATUS why = STATUS_SUCCESS;

    for (size_t i = 0; i < choice->n; i++) {
        enum ssp_err e = nego_inner_start(work, choice->package[i], (struct view){ 0 });

        if (e == SSP_OK)
            *ret_i = i;
        if (e != SSP_ERR_INNER || !may_do_without(work->status))
            return e;
        if (NT_SUCCESS(why))
            why = work->status;
    }
    work->status = why;
    return ssp_fail(INNER);
}

/* All identifiers of the favourite, then those of the others. */
static enum ssp_err make_list(struct nego_work *work, size_t first)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(NEGO_LIST_MAX);
    const struct nego_choice *choice = &work->cred->choice;
    struct view oid[NEGO_MECHS];
    size_t n = 0;

    for (size_t i = first; i < choice->n; i++) {
        work->next->offered.package[i - first] = choice->package[i];
        for (enum nego_mech mech = NEGO_MECH_KERBEROS; mech < NEGO_MECHS; mech++) {
            if (nego_mech_package(mech) == choice->package[i])
                oid[n++] = nego_mech_oid(mech);
        }
    }
    work->next->offered.n = choice->n - first;
    nego_list_encode(oid, n, &list);
    SSP_TRY(list.err);
    return nego_secret_set(&work->next->list, (struct view){ list.p, list.n });
}

static enum ssp_err start(struct nego_work *work)
{
    size_t favourite = 0;

    if (work->cred == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(take_hints(work));
    SSP_TRY(begin_with_favourite(work, &favourite));
    SSP_TRY(make_list(work, favourite));
    nego_init_encode(&(struct nego_init){ .list = secret_view(&work->next->list),
                                          .has_token = work->said.n != 0,
                                          .token = secret_view(&work->said) },
                     &work->out);
    work->next->state = NEGO_ST_REPLY;
    return work->out.err;
}

/* ---- What the acceptor says -------------------------------------------- */

static enum ssp_err take_resp(const struct nego_work *work, struct nego_resp *ret)
{
    SSP_TRY(nego_resp_decode(work->leg.token, ret));
    if (ret->has_token && ret->token.n == 0)
        ret->has_token = false;
    return SSP_OK;
}

/* The inner package may know why, from an error message that came with it. */
static enum ssp_err be_rejected(struct nego_work *work, const struct nego_resp *resp)
{
    if (!work->next->is_finished && resp->has_token) {
        enum ssp_err e = nego_inner_step(work, resp->token);

        if (e != SSP_OK)
            return e;
    }
    return ssp_fail(LOGON_DENIED);
}

static bool is_required(const struct nego_work *work)
{
    return work->next->needs_mic && nego_has_integrity(work);
}

/* RFC 4178 5 b): the acceptor has sent the last token of the mechanism, and its last word was in
 * there, unless it waits for our MIC. */
static enum ssp_err end_after_acceptor(struct nego_work *work, enum nego_verdict verdict)
{
    if (is_required(work) && !work->next->mic_seen)
        return ssp_fail(DOWNGRADE);
    work->next->state = NEGO_ST_DONE;
    if (verdict == NEGO_COMPLETED)
        return SSP_OK;
    if (work->next->mic_seen)
        return nego_answer(work, NEGO_COMPLETED, (struct view){ 0 }, true);
    return verdict == NEGO_UNSAID ? SSP_OK : ssp_fail(BAD_TOKEN);
}

/* 5 c): we send the last token of the mechanism, and our MIC with it where it is required. */
static enum ssp_err go_on(struct nego_work *work, const struct nego_resp *resp)
{
    bool is_said = work->said.n != 0;

    SSP_TRY(work->next->is_finished ? nego_mic_take(work, resp->has_mic, resp->mic) : SSP_OK);
    if (work->next->is_finished && !is_said)
        return end_after_acceptor(work, resp->verdict);
    if (resp->verdict == NEGO_COMPLETED || !is_said)
        return ssp_fail(BAD_TOKEN);
    work->next->state = work->next->is_finished ? NEGO_ST_MIC : NEGO_ST_TOKENS;
    return nego_answer(work, NEGO_INCOMPLETE, (struct view){ 0 },
                       work->next->is_finished && is_required(work));
}

/* Windows 2000 repeats its token where the MIC should be (RFC 4178 appendix C). */
static void drop_repeated_token(struct nego_resp *resp)
{
    if (resp->has_mic && resp->has_token && ct_eq(resp->mic, resp->token))
        resp->has_mic = false;
}

static enum ssp_err step(struct nego_work *work, struct nego_resp *resp)
{
    drop_repeated_token(resp);
    if (!resp->has_token && !work->next->is_finished)
        return ssp_fail(BAD_TOKEN);
    if (resp->has_token && work->next->is_finished)
        return ssp_fail(BAD_TOKEN);
    if (resp->has_token)
        SSP_TRY(nego_inner_step(work, resp->token));
    return go_on(work, resp);
}

/* It begins anew, so there is nothing yet that the acceptor could have answered. */
static enum ssp_err reselect(struct nego_work *work, const struct nego_resp *resp,
                             enum nego_package package)
{
    if (resp->has_token || resp->has_mic || resp->verdict == NEGO_COMPLETED)
        return ssp_fail(BAD_TOKEN);
    work->next->needs_mic = true;
    work->next->is_finished = false;
    SSP_TRY(nego_inner_start(work, package, (struct view){ 0 }));
    return go_on(work, resp);
}

/* Left out, it means that the favourite was taken. */
static enum ssp_err take_choice(const struct nego_work *work, const struct nego_resp *resp,
                                enum nego_package *ret)
{
    enum nego_mech mech = nego_mech_find(resp->oid);

    *ret = work->next->package;
    if (resp->oid.n == 0)
        return SSP_OK;
    if (mech == NEGO_MECHS || !nego_choice_has(&work->next->offered, nego_mech_package(mech)))
        return ssp_fail(BAD_TOKEN);
    *ret = nego_mech_package(mech);
    return SSP_OK;
}

/* "This field is REQUIRED in the first reply from the target". */
static enum ssp_err take_reply(struct nego_work *work)
{
    struct nego_resp resp = { .verdict = NEGO_UNSAID };
    enum nego_package package = NEGO_PACKAGES;

    SSP_TRY(take_resp(work, &resp));
    if (resp.verdict == NEGO_UNSAID)
        return ssp_fail(BAD_TOKEN);
    if (resp.verdict == NEGO_REJECT)
        return be_rejected(work, &resp);
    SSP_TRY(take_choice(work, &resp, &package));
    if (package != work->next->package)
        return reselect(work, &resp, package);
    work->next->needs_mic = resp.verdict == NEGO_REQUEST_MIC;
    return step(work, &resp);
}

/* [MS-SPNG] 3.3.5: a supportedMech that comes later is ignored. */
static enum ssp_err take_token(struct nego_work *work)
{
    struct nego_resp resp = { .verdict = NEGO_UNSAID };

    SSP_TRY(take_resp(work, &resp));
    if (resp.verdict == NEGO_REJECT)
        return be_rejected(work, &resp);
    return step(work, &resp);
}

static enum ssp_err take_last_word(struct nego_work *work)
{
    struct nego_resp resp = { .verdict = NEGO_UNSAID };

    SSP_TRY(take_resp(work, &resp));
    if (resp.verdict == NEGO_REJECT)
        return be_rejected(work, &resp);
    if (resp.has_token)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(nego_mic_take(work, resp.has_mic, resp.mic));
    if (work->next->mic_sent && !work->next->mic_seen)
        return ssp_fail(DOWNGRADE);
    work->next->state = NEGO_ST_DONE;
    if (resp.verdict == NEGO_COMPLETED || resp.verdict == NEGO_UNSAID)
        return SSP_OK;
    if (!work->next->mic_seen || work->next->mic_sent)
        return ssp_fail(BAD_TOKEN);
    return nego_answer(work, NEGO_COMPLETED, (struct view){ 0 }, true);
}

static enum ssp_err (*const steps[NEGO_ST_DONE])(struct nego_work *work) = {
    [NEGO_ST_START] = start,
    [NEGO_ST_REPLY] = take_reply,
    [NEGO_ST_TOKENS] = take_token,
    [NEGO_ST_MIC] = take_last_word,
};

enum ssp_err nego_init_leg(struct nego_work *work)
{
    enum nego_state state = work->next->state;

    if ((work->next->asked & ISC_REQ_DATAGRAM) != 0)
        return ssp_fail(UNSUPPORTED); /* [MS-SPNG] 1.6 */
    return state < NEGO_ST_DONE && steps[state] != NULL ? steps[state](work)
                                                        : ssp_fail(OUT_OF_SEQUENCE);
}
