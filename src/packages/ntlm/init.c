/* SPDX-License-Identifier: Apache-2.0 */
/* The initiator: [MS-NLMP] 3.1.5. */
#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/ntlm/leg.h"
#include "packages/ntlm/negotiate.h"
#include "packages/ntlm/respond.h"

static enum ssp_err take_nothing(struct ntlm_work *work)
{
    return work->leg->token.n == 0 ? SSP_OK : ssp_fail(BAD_TOKEN);
}

static struct ntlm_version version_for(const struct ntlm_work *work)
{
    bool is_asked = (work->flags & NTLMSSP_NEGOTIATE_VERSION) != 0;

    return is_asked ? work->env->version : (struct ntlm_version){ 0 };
}

/* 3.1.5.2: in connectionless mode "there is no client-initiated NEGOTIATE_MESSAGE". */
static enum ssp_err make_negotiate(struct ntlm_work *work)
{
    work->flags = ntlm_reqs_offer(&work->reqs);
    SSP_TRY(ntlm_reqs_check(&work->reqs, work->env->config, work->flags));
    if (ntlm_reqs_datagram(&work->reqs))
        return SSP_OK;

    struct ntlm_negotiate msg = { .flags = work->flags, .version = version_for(work) };
    ntlm_negotiate_encode(&msg, &work->out);
    SSP_TRY(work->out.err);
    return secret_new((struct view){ work->out.p, work->out.n }, &work->next->negotiate);
}

/* "If NTLM v2 authentication is used and the CHALLENGE_MESSAGE does not contain both
 * MsvAvNbComputerName and MsvAvNbDomainName AVPairs and either Integrity is TRUE or Confidentiality
 * is TRUE, then return STATUS_LOGON_FAILURE". */
static enum ssp_err check_names(const struct ntlm_work *work)
{
    bool is_named =
        ntlm_av_has(&work->av, NTLM_AV_NB_COMPUTER) && ntlm_av_has(&work->av, NTLM_AV_NB_DOMAIN);
    bool is_v2 = work->env->config->respond == NTLM_LEVEL_V2 && !work->reqs.is_anonymous;

    return is_v2 && !is_named && ntlm_is_protected(work->flags) ? ssp_fail(LOGON_DENIED) : SSP_OK;
}

static enum ssp_err take_challenge(struct ntlm_work *work)
{
    SSP_TRY(ntlm_challenge_decode(work->leg->token, &work->challenge));
    if (work->challenge.target_info.n > NTLM_TARGET_INFO_MAX)
        return ssp_fail(BAD_TOKEN);
    if (work->challenge.target_info.n != 0)
        SSP_TRY(ntlm_av_decode(work->challenge.target_info, &work->av));
    /* 2.2.2.5: "A==0 and B==0: The protocol MUST return SEC_E_INVALID_TOKEN." */
    if ((work->challenge.flags & (NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM)) == 0)
        return ssp_fail(BAD_TOKEN);
    work->flags = ntlm_reqs_agree(&work->reqs, work->challenge.flags, work->now->flags);
    SSP_TRY(ntlm_reqs_check(&work->reqs, work->env->config, work->flags));
    return check_names(work);
}

/* "Set ExportedSessionKey to NONCE(16)", sent under the key exchange key; or that key itself. */
static enum ssp_err choose_key(struct ntlm_work *work, const struct key *kxkey, struct key *ret)
{
    if (!ntlm_exchanges_key(work->flags)) {
        work->exported_key = *kxkey;
        return SSP_OK;
    }
    work->exported_key.n = NTLM_KEY_SIZE;
    SSP_TRY(work->env->rand->fill(work->exported_key.b, work->exported_key.n));
    ntlm_crypt_session_key(kxkey, key_view(&work->exported_key), ret);
    return SSP_OK;
}

struct texts { /* names in the character set of the wire */
    struct wr user;
    struct wr domain;
    struct wr workstation;
};

static void texts_wipe(struct texts *texts)
{
    wr_free(&texts->user);
    wr_free(&texts->domain);
    wr_free(&texts->workstation);
}

static enum ssp_err encode_names(const struct ntlm_work *work, struct texts *texts)
{
    const struct ntlm_cred *cred = work->next->cred;

    if (!work->reqs.is_anonymous) {
        ntlm_text_encode(work->flags, &cred->user, &texts->user);
        ntlm_text_encode(work->flags, &cred->domain, &texts->domain);
    }
    ntlm_text_encode(work->flags, &work->env->config->machine.nb_computer, &texts->workstation);
    SSP_TRY(texts->user.err);
    SSP_TRY(texts->domain.err);
    return texts->workstation.err;
}

static struct view bytes_of(const struct wr *out)
{
    return (struct view){ out->p, out->n };
}

static enum ssp_err encode(struct ntlm_work *work, const struct ntlm_reply *reply,
                           const struct key *session_key)
{
    ssp_cleanup(texts_wipe) struct texts texts = {
        .user = WR_INIT(2 * LIMIT_NAME),
        .domain = WR_INIT(2 * LIMIT_NAME),
        .workstation = WR_INIT(2 * LIMIT_NAME),
    };

    SSP_TRY(encode_names(work, &texts));
    struct ntlm_authenticate msg = {
        .lm = { reply->lm, reply->lm_n },
        .nt = bytes_of(&reply->nt),
        .domain = bytes_of(&texts.domain),
        .user = bytes_of(&texts.user),
        .workstation = bytes_of(&texts.workstation),
        .session_key = key_view(session_key),
        .has_flags = true,
        .flags = work->flags,
        .version = version_for(work),
        .has_mic = reply->promises_mic,
    };
    ntlm_authenticate_encode(&msg, &work->out);
    return work->out.err;
}

static void seal_with_mic(struct ntlm_work *work)
{
    uint8_t mic[NTLM_MIC_SIZE];

    ntlm_mic(&work->exported_key, secret_view(&work->now->negotiate), work->leg->token,
             bytes_of(&work->out), mic);
    ntlm_authenticate_set_mic(work->out.p, work->out.n, mic);
}

static enum ssp_err keep_names(struct ntlm_work *work)
{
    const struct ntlm_cred *cred = work->next->cred;
    struct ntlm_names *names = &work->turn.names;

    if (!work->reqs.is_anonymous) {
        SSP_TRY(str16_from_units(cred->user.p, cred->user.n, &names->user));
        SSP_TRY(str16_from_units(cred->domain.p, cred->domain.n, &names->domain));
    }
    SSP_TRY(str16_from_units(work->next->target.p, work->next->target.n, &names->target));
    return secret_new(work->challenge.target_info, &names->target_info);
}

static enum ssp_err make_authenticate(struct ntlm_work *work)
{
    ssp_cleanup(ntlm_reply_wipe) struct ntlm_reply reply = NTLM_REPLY_INIT;
    ssp_cleanup(key_wipe) struct key session_key = { 0 };

    SSP_TRY(ntlm_respond(work, &reply));
    SSP_TRY(choose_key(work, &reply.kxkey, &session_key));
    SSP_TRY(encode(work, &reply, &session_key));
    if (reply.promises_mic)
        seal_with_mic(work);
    SSP_TRY(keep_names(work));
    ntlm_leg_finish(work, NTLM_CLIENT);
    work->turn.core.bindings = work->next->has_bindings ? NTLM_BINDINGS_SENT : NTLM_BINDINGS_NONE;
    return SSP_OK;
}

static const struct ntlm_step steps[NTLM_ST_DONE] = {
    [NTLM_ST_START] = { take_nothing, make_negotiate, NTLM_ST_CHALLENGE },
    [NTLM_ST_CHALLENGE] = { take_challenge, make_authenticate, NTLM_ST_DONE },
};

enum ssp_err ntlm_init_leg(const struct ntlm_env *env, struct ntlm_cred *cred,
                           const struct ntlm_half *half, const struct ntlm_leg *leg,
                           struct ntlm_turn *ret)
{
    static const struct ntlm_half start = { .state = NTLM_ST_START };
    ssp_cleanup(ntlm_work_wipe) struct ntlm_work work = {
        .env = env,
        .leg = leg,
        .now = half != NULL ? half : &start,
        .out = WR_INIT(LIMIT_TOKEN),
    };

    if (half != NULL)
        cred = half->cred;
    if (!cred->outbound)
        return ssp_fail(NO_CREDS);
    if ((leg->asked & ISC_REQ_PROMPT_FOR_CREDS) != 0)
        return ssp_fail(UNSUPPORTED); /* documented so; there is nobody to ask */
    work.reqs.is_anonymous = ntlm_half_is_anonymous(cred, work.now->asked | leg->asked);
    return ntlm_leg_run(steps, &work, cred, ret);
}
