/* SPDX-License-Identifier: Apache-2.0 */
/* The acceptor: [MS-NLMP] 3.2.5. */
#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/trace.h"
#include "packages/ntlm/leg.h"
#include "packages/ntlm/logon.h"
#include "packages/ntlm/negotiate.h"
#include "packages/ntlm/policy.h"

static struct view bytes_of(const struct wr *out)
{
    return (struct view){ out->p, out->n };
}

/* 3.2.5.2.1: in connectionless mode the server speaks first, to a client that has said nothing. */
static enum ssp_err take_negotiate(struct ntlm_work *work)
{
    struct ntlm_negotiate msg = { 0 };

    if (work->leg->token.n > NTLM_NEGOTIATE_MAX)
        return ssp_fail(BAD_TOKEN);
    if (!ntlm_reqs_datagram(&work->reqs) || work->leg->token.n != 0)
        SSP_TRY(ntlm_negotiate_decode(work->leg->token, &msg));
    SSP_TRY(ntlm_reqs_choose(&work->reqs, msg.flags, &work->flags));
    work->flags |= work->env->config->machine.is_member ? NTLMSSP_TARGET_TYPE_DOMAIN
                                                        : NTLMSSP_TARGET_TYPE_SERVER;
    return secret_new(work->leg->token, &work->next->negotiate);
}

struct info { /* target information; the list borrows from the texts */
    struct ntlm_av av;
    struct wr text[NTLM_AV_DNS_TREE + 1];
    uint8_t timestamp[8];
};

static void info_wipe(struct info *info)
{
    for (size_t i = 0; i <= NTLM_AV_DNS_TREE; i++)
        wr_free(&info->text[i]);
}

static enum ssp_err add_text(struct info *info, unsigned id, const struct str16 *text)
{
    info->text[id] = (struct wr)WR_INIT(2 * LIMIT_NAME);
    if (text->n == 0)
        return SSP_OK;
    str16_to_wire(text, &info->text[id]);
    ntlm_av_set(&info->av, id, bytes_of(&info->text[id]));
    return info->text[id].err;
}

static enum ssp_err encode_info(const struct ntlm_work *work, struct wr *out)
{
    ssp_cleanup(info_wipe) struct info info = { 0 };
    const struct ntlm_machine *machine = &work->env->config->machine;
    uint64_t now = (uint64_t)work->env->clock->filetime();

    SSP_TRY(add_text(&info, NTLM_AV_NB_COMPUTER, &machine->nb_computer));
    SSP_TRY(add_text(&info, NTLM_AV_NB_DOMAIN, &machine->nb_domain));
    SSP_TRY(add_text(&info, NTLM_AV_DNS_COMPUTER, &machine->dns_computer));
    SSP_TRY(add_text(&info, NTLM_AV_DNS_DOMAIN, &machine->dns_domain));
    SSP_TRY(add_text(&info, NTLM_AV_DNS_TREE, &machine->dns_forest));
    for (size_t i = 0; i < sizeof(info.timestamp); i++)
        info.timestamp[i] = (uint8_t)(now >> 8 * i);
    ntlm_av_set(&info.av, NTLM_AV_TIMESTAMP, VIEW_OF(info.timestamp));
    ntlm_av_encode(&info.av, out);
    return out->err;
}

static enum ssp_err make_challenge(struct ntlm_work *work)
{
    ssp_cleanup(wr_free) struct wr info = WR_INIT(NTLM_TARGET_INFO_MAX);
    ssp_cleanup(wr_free) struct wr target = WR_INIT(2 * LIMIT_NAME);
    const struct ntlm_machine *machine = &work->env->config->machine;
    struct ntlm_challenge msg = { .flags = work->flags };

    SSP_TRY(encode_info(work, &info));
    ntlm_text_encode(work->flags, machine->is_member ? &machine->nb_domain : &machine->nb_computer,
                     &target);
    SSP_TRY(target.err);
    msg.target_name = bytes_of(&target);
    msg.target_info = bytes_of(&info);
    if ((work->flags & NTLMSSP_NEGOTIATE_VERSION) != 0)
        msg.version = work->env->version;
    SSP_TRY(work->env->rand->fill(msg.challenge, sizeof(msg.challenge)));
    ntlm_challenge_encode(&msg, &work->out);
    SSP_TRY(work->out.err);
    return secret_new(bytes_of(&work->out), &work->next->challenge);
}

/* "If the user name and response are empty, the server authenticates the client as the ANONYMOUS
 * user": where we let anybody do that. */
static bool asks_to_be_nobody(const struct ntlm_authenticate *msg)
{
    return msg->user.n == 0 && msg->nt.n == 0 &&
           (msg->lm.n == 0 || (msg->lm.n == 1 && msg->lm.p[0] == 0));
}

static enum ssp_err take_names(struct ntlm_work *work, uint32_t flags)
{
    const struct ntlm_authenticate *msg = &work->answer;

    SSP_TRY(ntlm_text_decode(flags, msg->user, &work->turn.names.user));
    SSP_TRY(ntlm_text_decode(flags, msg->domain, &work->turn.names.domain));
    return ntlm_text_decode(flags, msg->workstation, &work->turn.workstation);
}

static enum ssp_err take_authenticate(struct ntlm_work *work)
{
    struct view ours = secret_view(&work->now->challenge);

    SSP_TRY(ntlm_authenticate_decode(work->leg->token, &work->answer));
    SSP_TRY(ntlm_challenge_decode(ours, &work->challenge));
    uint32_t theirs = work->answer.has_flags ? work->answer.flags : work->now->flags;
    if (ntlm_reqs_exceeds(work->now->flags, theirs))
        return ssp_fail(BAD_TOKEN);
    work->reqs.is_anonymous = asks_to_be_nobody(&work->answer);
    work->flags = ntlm_reqs_agree(&work->reqs, work->now->flags, theirs);
    return take_names(work, theirs);
}

static enum ssp_err verify(const struct ntlm_work *work, struct ntlm_verdict *ret)
{
    const struct ntlm_login login = {
        .user = &work->turn.names.user,
        .domain = &work->turn.names.domain,
        .workstation = &work->turn.workstation,
        .flags = work->flags,
        .server = work->challenge.challenge,
        .nt = work->answer.nt,
        .lm = work->answer.lm,
    };

    if (!work->reqs.is_anonymous)
        return work->env->verifier->verify(work->env->verifier, &login, ret);
    if (!work->env->config->anonymous)
        return ssp_fail(LOGON_DENIED);
    ret->session_base_key.n = NTLM_KEY_SIZE; /* "all-zeroes, Z(16), is used" */
    ret->is_v2 = true;                       /* so the key is used as it is */
    return SSP_OK;
}

static enum ssp_err derive_key(struct ntlm_work *work, const struct ntlm_verdict *verdict)
{
    ssp_cleanup(key_wipe) struct key kxkey = { 0 };
    const struct ntlm_kx kx = {
        .flags = work->flags,
        .is_v2 = verdict->is_v2,
        .session_base_key = &verdict->session_base_key,
        .lm = work->answer.lm,
        .server = work->challenge.challenge,
    };

    SSP_TRY(ntlm_kxkey(&kx, &kxkey));
    if (!ntlm_exchanges_key(work->flags)) {
        work->exported_key = kxkey;
        return SSP_OK;
    }
    /* "If NTLMSSP_NEGOTIATE_KEY_EXCH is set, the server MUST check if client supplied a valid
     * EncryptedRandomSessionKey [...]; otherwise, the server MUST return SEC_E_INVALID_TOKEN." */
    if (work->answer.session_key.n != NTLM_KEY_SIZE)
        return ssp_fail(BAD_TOKEN);
    ntlm_crypt_session_key(&kxkey, work->answer.session_key, &work->exported_key);
    return SSP_OK;
}

static enum ssp_err read_claims(const struct ntlm_work *work, bool is_v2, struct ntlm_av *av,
                                struct ntlm_claims *ret)
{
    struct ntlm_v2 response = { 0 };

    ret->is_v2 = is_v2 && !work->reqs.is_anonymous;
    ret->av = av;
    if (!ret->is_v2)
        return SSP_OK;
    SSP_TRY(ntlm_v2_decode(work->answer.nt, &response));
    *av = response.temp.av;
    ret->timestamp = response.temp.timestamp;
    return SSP_OK;
}

/* From now on the client is who it proved to be, not who it said it was. */
static void take_account(struct ntlm_work *work, struct ntlm_verdict *verdict)
{
    struct ntlm_names *names = &work->turn.names;

    if (work->reqs.is_anonymous)
        return;
    str16_wipe(&names->user);
    str16_wipe(&names->domain);
    names->user = verdict->user;
    names->domain = verdict->domain;
    work->turn.sid = verdict->sid;
    verdict->user = (struct str16){ 0 };
    verdict->domain = (struct str16){ 0 };
}

/* What an administrator and the application demand beyond the password. */
static enum ssp_err check_policies(struct ntlm_work *work, const struct ntlm_claims *claims)
{
    SSP_TRY(ntlm_policy_challenge(work, claims));
    SSP_TRY(ntlm_policy_mic(work, claims));
    SSP_TRY(ntlm_policy_bindings(work, claims, &work->turn.core.bindings));
    SSP_TRY(ntlm_policy_target(work, claims, &work->turn.names.target));
    SSP_TRY(ntlm_policy_time(work, claims));
    return ntlm_reqs_check(&work->reqs, work->env->config, work->flags);
}

static enum ssp_err judge(struct ntlm_work *work)
{
    ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { 0 };
    struct ntlm_claims claims = { 0 };

    SSP_TRY(verify(work, &verdict));
    SSP_TRY(derive_key(work, &verdict));
    SSP_TRY(read_claims(work, verdict.is_v2, &work->av, &claims));
    SSP_TRY(check_policies(work, &claims));
    take_account(work, &verdict);
    return SSP_OK;
}

/* The one place that tells an administrator why; the peer learns less.  The reason comes first: a
 * line has an end, and a client can make its names as long as it likes. */
static void complain(const struct ntlm_work *work, enum ssp_err e)
{
    ssp_cleanup(wipe_free_str) char *user = NULL;
    ssp_cleanup(wipe_free_str) char *domain = NULL;
    ssp_cleanup(wipe_free_str) char *workstation = NULL;

    if (str16_to_utf8(&work->turn.names.user, &user) == SSP_OK &&
        str16_to_utf8(&work->turn.names.domain, &domain) == SSP_OK &&
        str16_to_utf8(&work->turn.workstation, &workstation) == SSP_OK)
        trace(TRACE_WARNING, "NTLM: not let in: %s: %s\\%s from '%s'", ssp_err_text(e), domain,
              user, workstation);
}

static enum ssp_err make_context(struct ntlm_work *work)
{
    enum ssp_err e = judge(work);

    if (e != SSP_OK) {
        const struct ntlm_claimant who = { &work->turn.names.user, &work->turn.names.domain,
                                           &work->turn.workstation };

        complain(work, e);
        ntlm_logon_refused(work->env->lsa, &who, e);
        return e;
    }
    SSP_TRY(secret_new(work->challenge.target_info, &work->turn.names.target_info));
    ntlm_leg_finish(work, NTLM_SERVER);
    return SSP_OK;
}

static const struct ntlm_step steps[NTLM_ST_DONE] = {
    [NTLM_ST_START] = { take_negotiate, make_challenge, NTLM_ST_AUTHENTICATE },
    [NTLM_ST_AUTHENTICATE] = { take_authenticate, make_context, NTLM_ST_DONE },
};

enum ssp_err ntlm_accept_leg(const struct ntlm_env *env, struct ntlm_cred *cred,
                             const struct ntlm_half *half, const struct ntlm_leg *leg,
                             struct ntlm_turn *ret)
{
    static const struct ntlm_half start = { .state = NTLM_ST_START };
    ssp_cleanup(ntlm_work_wipe) struct ntlm_work work = {
        .env = env,
        .leg = leg,
        .now = half != NULL ? half : &start,
        .reqs = { .accept = true },
        .out = WR_INIT(LIMIT_TOKEN),
    };
    const struct ntlm_leg no_target = { leg->asked, leg->token, leg->bindings, NULL };

    work.leg = &no_target;
    if (half != NULL)
        cred = half->cred;
    if (!cred->inbound)
        return ssp_fail(NO_CREDS);
    return ntlm_leg_run(steps, &work, cred, ret);
}
