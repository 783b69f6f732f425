/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/leg.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"

enum ssp_err ntlm_env_allows(const struct ntlm_env *env)
{
    return env->config->allow && !env->fips ? SSP_OK : ssp_fail(UNSUPPORTED);
}

/* What outlives a leg: the credential, what was asked for, target and bindings as last given. */
static enum ssp_err begin(struct ntlm_work *work, struct ntlm_cred *cred)
{
    const struct ntlm_half *now = work->now;
    const struct ntlm_leg *leg = work->leg;
    const struct str16 *target = leg->target != NULL ? leg->target : &now->target;
    struct ntlm_half *next = NULL;

    SSP_TRY(ntlm_half_new(&work->next));
    next = work->next;
    next->asked = now->asked | leg->asked;
    next->cred = ntlm_cred_ref(cred);
    SSP_TRY(str16_from_units(target->p, target->n, &next->target));
    next->has_bindings = now->has_bindings || leg->bindings.n != 0;
    memcpy(next->bindings, now->bindings, sizeof(next->bindings));
    if (leg->bindings.n != 0)
        SSP_TRY(bindings_hash(leg->bindings, next->bindings));
    work->reqs.asked = next->asked;
    work->flags = now->flags;
    return SSP_OK;
}

uint32_t ntlm_leg_attributes(const struct ntlm_half *half)
{
    const struct ntlm_reqs reqs = {
        .accept = ntlm_half_accepts(half),
        .asked = half->asked,
        .is_anonymous = ntlm_half_is_anonymous(half->cred, half->asked),
    };

    return ntlm_reqs_attributes(&reqs, half->flags);
}

static int64_t expiry_of(const struct ntlm_work *work)
{
    uint32_t seconds = work->env->config->session_lifetime;

    if (seconds == 0)
        return FILETIME_NEVER;
    return work->env->clock->filetime() + (int64_t)seconds * FILETIME_SECOND;
}

static void settle(struct ntlm_work *work, enum ntlm_state next, struct ntlm_turn *ret)
{
    struct ntlm_turn *turn = &work->turn;

    turn->is_done = next == NTLM_ST_DONE;
    turn->attributes = ntlm_reqs_attributes(&work->reqs, work->flags);
    turn->expiry = expiry_of(work);
    turn->core.attributes = turn->attributes;
    turn->core.expiry = turn->expiry;
    if (!turn->is_done) {
        work->next->state = next;
        work->next->flags = work->flags;
        turn->half = ssp_steal(&work->next);
    }
    *ret = *turn;
    explicit_bzero(turn, sizeof(*turn)); /* what it owned is the caller's */
}

enum ssp_err ntlm_leg_run(const struct ntlm_step steps[NTLM_ST_DONE], struct ntlm_work *work,
                          struct ntlm_cred *cred, struct ntlm_turn *ret)
{
    const struct ntlm_step *step = NULL;

    SSP_TRY(ntlm_env_allows(work->env));
    if (work->now->state >= NTLM_ST_DONE || steps[work->now->state].take == NULL)
        return ssp_fail(BAD_TOKEN);
    if (work->leg->token.n > LIMIT_TOKEN)
        return ssp_fail(BAD_TOKEN);
    step = &steps[work->now->state];
    SSP_TRY(begin(work, cred));
    SSP_TRY(step->take(work));
    SSP_TRY(step->make(work));
    SSP_TRY(wr_take(&work->out, &work->turn.token.p, &work->turn.token.n));
    settle(work, step->next, ret);
    return SSP_OK;
}

void ntlm_leg_finish(struct ntlm_work *work, enum ntlm_side side)
{
    struct ntlm_core *core = &work->turn.core;

    ntlm_session_init(&core->session, work->flags, side, &work->exported_key);
    memcpy(core->session_key, work->exported_key.b, sizeof(core->session_key));
    core->start = work->env->clock->filetime();
    memcpy(core->bindings_hash, work->next->bindings, sizeof(core->bindings_hash));
    core->is_anonymous = work->reqs.is_anonymous;
    core->is_identify = ntlm_reqs_identify(&work->reqs, work->flags);
}

void ntlm_text_encode(uint32_t flags, const struct str16 *text, struct wr *out)
{
    if ((flags & NTLMSSP_NEGOTIATE_UNICODE) != 0) {
        str16_to_wire(text, out);
        return;
    }
    enum ssp_err e = str16_to_oem(text, out);
    if (out->err == SSP_OK)
        out->err = e;
}

enum ssp_err ntlm_text_decode(uint32_t flags, struct view bytes, struct str16 *ret)
{
    bool is_unicode = (flags & NTLMSSP_NEGOTIATE_UNICODE) != 0;
    enum ssp_err e = is_unicode ? str16_from_wire(bytes, ret) : str16_from_oem(bytes, ret);

    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(BAD_TOKEN);
}

void ntlm_turn_wipe(struct ntlm_turn *turn)
{
    secret_wipe(&turn->token);
    ntlm_half_freep(&turn->half);
    ntlm_core_wipe(&turn->core);
    ntlm_names_wipe(&turn->names);
    str16_wipe(&turn->workstation);
}

void ntlm_work_wipe(struct ntlm_work *work)
{
    ntlm_half_freep(&work->next);
    wr_free(&work->out);
    ntlm_turn_wipe(&work->turn);
    key_wipe(&work->exported_key);
}
