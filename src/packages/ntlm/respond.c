/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/respond.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"

/* Our additions to the server's list; the list borrows from here. */
struct additions {
    uint8_t flags[4];
    struct wr target;
};

static void additions_wipe(struct additions *additions)
{
    wr_free(&additions->target);
}

static bool has_timestamp(const struct ntlm_work *work)
{
    return ntlm_av_has(&work->av, NTLM_AV_TIMESTAMP);
}

/* What a client alone can say: were these taken from the server's list, it could have its client
 * promise a MIC that is not there, or disown the target that it meant. */
static const uint32_t own_flags = NTLM_AV_FLAG_MIC | NTLM_AV_FLAG_UNTRUSTED_SPN;

/* AV pairs of 3.1.5.1.2: the server's own, a MIC promised where it sent a timestamp, and where it
 * sent a list at all channel bindings (zeroes say there are none) and the target's name. */
static enum ssp_err add_pairs(const struct ntlm_work *work, struct additions *additions,
                              struct ntlm_av *av)
{
    uint32_t flags = ntlm_av_flags(av) & ~own_flags;

    if (work->challenge.target_info.n == 0)
        return SSP_OK;
    if (has_timestamp(work))
        flags |= NTLM_AV_FLAG_MIC;
    if ((work->next->asked & ISC_REQ_UNVERIFIED_TARGET_NAME) != 0 && work->next->target.n != 0)
        flags |= NTLM_AV_FLAG_UNTRUSTED_SPN;
    for (size_t i = 0; i < sizeof(additions->flags); i++)
        additions->flags[i] = (uint8_t)(flags >> 8 * i);
    if (flags != 0 || ntlm_av_has(av, NTLM_AV_FLAGS))
        ntlm_av_set(av, NTLM_AV_FLAGS, VIEW_OF(additions->flags));
    ntlm_av_set(av, NTLM_AV_CHANNEL_BINDINGS, VIEW_OF(work->next->bindings));
    str16_to_wire(&work->next->target, &additions->target);
    ntlm_av_set(av, NTLM_AV_TARGET_NAME, (struct view){ additions->target.p, additions->target.n });
    return additions->target.err;
}

static enum ssp_err encode_temp(const struct ntlm_work *work, struct ntlm_temp *temp,
                                struct wr *out)
{
    ssp_cleanup(additions_wipe) struct additions additions = { .target = WR_INIT(2 * LIMIT_NAME) };

    temp->av = work->av;
    SSP_TRY(add_pairs(work, &additions, &temp->av));
    if (!ntlm_av_timestamp(&work->av, &temp->timestamp))
        temp->timestamp = (uint64_t)work->env->clock->filetime();
    SSP_TRY(work->env->rand->fill(temp->client, sizeof(temp->client)));
    ntlm_temp_encode(temp, out);
    return out->err;
}

/* "If [...] TargetInfo has an MsvAvTimestamp present, the client SHOULD NOT send the
 * LmChallengeResponse and SHOULD send Z(24) instead."  In connectionless mode with target
 * information it sends none at all (3.1.5.2.1). */
static void respond_lmv2(const struct ntlm_work *work, const struct key *response_key,
                         const uint8_t client[NTLM_CHALLENGE_SIZE], struct ntlm_reply *reply)
{
    bool is_datagram = (work->flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0;

    if (is_datagram && work->challenge.target_info.n != 0)
        return;
    reply->lm_n = sizeof(reply->lm);
    if (!has_timestamp(work))
        ntlm_lmv2_respond(response_key, work->challenge.challenge, client, reply->lm);
}

static enum ssp_err respond_v2(const struct ntlm_work *work, struct ntlm_reply *reply)
{
    ssp_cleanup(wr_free) struct wr bytes = WR_INIT(NTLM_TARGET_INFO_MAX * 2);
    ssp_cleanup(key_wipe) struct key response_key = { 0 };
    struct ntlm_temp temp = { 0 };
    const struct ntlm_cred *cred = work->next->cred;

    SSP_TRY(encode_temp(work, &temp, &bytes));
    SSP_TRY(ntlm_ntowf_v2(&cred->hashes->nt, &cred->user, &cred->domain, &response_key));
    ssp_cleanup(key_wipe) struct key base = ntlm_v2_respond(
        &response_key, work->challenge.challenge, (struct view){ bytes.p, bytes.n }, &reply->nt);
    reply->kxkey = base; /* "If NTLM v2 is used, KeyExchangeKey MUST be [...] SessionBaseKey" */
    respond_lmv2(work, &response_key, temp.client, reply);
    reply->promises_mic = has_timestamp(work);
    return reply->nt.err;
}

static enum ssp_err respond_v1(const struct ntlm_work *work, struct ntlm_reply *reply)
{
    const struct ntlm_hashes *hashes = work->next->cred->hashes;
    const struct key *lm_hash = hashes->lm.n != 0 ? &hashes->lm : NULL;
    ssp_cleanup(key_wipe) struct key base = ntlm_v1_session_base_key(&hashes->nt);
    uint8_t client[NTLM_CHALLENGE_SIZE] = { 0 };

    SSP_TRY(work->env->rand->fill(client, sizeof(client)));
    const struct ntlm_v1 answer =
        ntlm_is_ess(work->flags)
            ? ntlm_v1_respond_ess(&hashes->nt, work->challenge.challenge, client)
            : ntlm_v1_respond(&hashes->nt, lm_hash, work->challenge.challenge);
    wr_view(&reply->nt, VIEW_OF(answer.nt));
    memcpy(reply->lm, answer.lm, sizeof(answer.lm));
    reply->lm_n = sizeof(answer.lm);

    struct ntlm_kx kx = {
        .flags = work->flags,
        .session_base_key = &base,
        .lm_hash = lm_hash,
        .lm = VIEW_OF(answer.lm),
        .server = work->challenge.challenge,
    };
    SSP_TRY(ntlm_kxkey(&kx, &reply->kxkey));
    return reply->nt.err;
}

/* 3.3.2, "special case for anonymous authentication": no NT response, and one zero byte of LM.
 * 3.2.5.1.2: "a SessionBaseKey with all-zeroes, Z(16), is used". */
static enum ssp_err respond_anonymously(struct ntlm_reply *reply)
{
    reply->lm_n = 1;
    reply->kxkey.n = NTLM_KEY_SIZE;
    return SSP_OK;
}

enum ssp_err ntlm_respond(const struct ntlm_work *work, struct ntlm_reply *ret)
{
    if (work->reqs.is_anonymous)
        return respond_anonymously(ret);
    if (work->env->config->respond == NTLM_LEVEL_V1)
        return respond_v1(work, ret);
    return respond_v2(work, ret);
}

void ntlm_reply_wipe(struct ntlm_reply *reply)
{
    wr_free(&reply->nt);
    key_wipe(&reply->kxkey);
}
