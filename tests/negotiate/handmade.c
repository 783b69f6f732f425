/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate/handmade.h"

#include <string.h>

#include "base/cleanup.h"

void bout_begin(struct bout *bout, bool nego_accepts)
{
    *bout = (struct bout){ .nego = party_of(&scene_negotiate, nego_accepts),
                           .ntlm = party_of(&scene_ntlm, !nego_accepts),
                           .job = JOB_INIT };
    bout->hand.oids[0] = oid_of(NEGO_MECH_NTLM);
    bout->hand.n_oids = 1;
    bout->hand.resp.verdict = NEGO_INCOMPLETE;
}

void bout_end(struct bout *bout)
{
    party_end(&bout->nego);
    party_end(&bout->ntlm);
}

SECURITY_STATUS bout_nego(struct bout *bout)
{
    return party_leg(&bout->nego, &bout->job);
}

SECURITY_STATUS bout_ntlm(struct bout *bout)
{
    return party_leg(&bout->ntlm, &bout->job);
}

struct view oid_of(enum nego_mech mech)
{
    return nego_mech_oid(mech);
}

static void take(struct bout *bout, const struct wr *out)
{
    assert_int_equal(out->err, SSP_OK);
    assert_in_range(out->n, 1, sizeof(bout->job.bytes));
    memcpy(bout->job.bytes, out->p, out->n);
    bout->job.n = (uint32_t)out->n;
}

static struct view token_of(const struct bout *bout)
{
    return (struct view){ bout->job.bytes, bout->job.n };
}

struct view bout_list(const struct bout *bout)
{
    ssp_cleanup(wr_free) struct wr list = WR_INIT(1024);

    nego_list_encode(bout->hand.oids, bout->hand.n_oids, &list);
    assert_int_equal(list.err, SSP_OK);
    return guarded((struct view){ list.p, list.n });
}

void bout_wrap_init(struct bout *bout)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(JOB_BYTES);
    struct view token = guarded(token_of(bout));

    nego_init_encode(&(struct nego_init){ .list = bout_list(bout),
                                          .has_token = token.n != 0,
                                          .token = token,
                                          .has_mic = bout->hand.mic_n != 0,
                                          .mic = { bout->hand.mic, bout->hand.mic_n } },
                     &out);
    take(bout, &out);
}

void bout_wrap_resp(struct bout *bout)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(JOB_BYTES);
    struct nego_resp resp = bout->hand.resp;
    struct view token = guarded(token_of(bout));

    resp.has_token = token.n != 0;
    resp.token = token;
    resp.has_mic = bout->hand.mic_n != 0;
    resp.mic = (struct view){ bout->hand.mic, bout->hand.mic_n };
    nego_resp_encode(&resp, &out);
    take(bout, &out);
}

static void leave(struct bout *bout, struct view inside)
{
    memmove(bout->job.bytes, inside.p, inside.n);
    bout->job.n = (uint32_t)inside.n;
}

struct nego_resp bout_unwrap_resp(struct bout *bout)
{
    struct nego_resp resp = { 0 };

    assert_int_equal(nego_resp_decode(guarded(token_of(bout)), &resp), SSP_OK);
    if (resp.has_token)
        leave(bout, resp.token);
    else
        bout->job.n = 0;
    return resp;
}

struct nego_init bout_unwrap_init(struct bout *bout)
{
    struct nego_init init = { 0 };

    assert_int_equal(nego_init_decode(guarded(token_of(bout)), &init), SSP_OK);
    if (init.has_token)
        leave(bout, init.token);
    else
        bout->job.n = 0;
    return init;
}

void bout_sign_list(struct bout *bout)
{
    struct view list = bout_list(bout);
    SecBuffer buffers[] = { { sizeof(bout->hand.mic), SECBUFFER_TOKEN, bout->hand.mic },
                            { (ULONG)list.n, SECBUFFER_DATA, (void *)(uintptr_t)list.p } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

    assert_int_equal(MakeSignature(&bout->ntlm.ctx, 0, &desc, 0), SEC_E_OK);
    bout->hand.mic_n = buffers[0].cbBuffer;
}

SECURITY_STATUS bout_verify_list(struct bout *bout, struct view list, struct view mic)
{
    SecBuffer buffers[] = { { (ULONG)mic.n, SECBUFFER_TOKEN, (void *)(uintptr_t)mic.p },
                            { (ULONG)list.n, SECBUFFER_DATA, (void *)(uintptr_t)list.p } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

    return VerifySignature(&bout->ntlm.ctx, &desc, 0, NULL);
}
