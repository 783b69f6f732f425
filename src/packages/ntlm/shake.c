/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/shake.h"

#include "base/cleanup.h"
#include "packages/ntlm/logon.h"

struct turn { /* the machine's own, and what is said of it */
    struct pkg_turn base;
    struct ntlm_turn own;
};

/* The base takes over what belongs to any package's turn. */
static void settle(struct turn *turn)
{
    turn->base.is_done = turn->own.is_done;
    turn->base.attributes = turn->own.attributes;
    turn->base.expiry = turn->own.expiry;
    turn->base.half = ssp_steal(&turn->own.half);
    turn->base.token = turn->own.token;
    turn->own.token = (struct secret){ 0 };
}

static enum ssp_err run(void *env, const struct pkg_leg *leg, const void *half,
                        struct pkg_turn *base)
{
    struct turn *turn = (struct turn *)base;
    const struct ntlm_leg what = { leg->asked, leg->token, leg->bindings, leg->target };

    SSP_TRY(leg->accept ? ntlm_accept_leg(env, leg->cred, half, &what, &turn->own)
                        : ntlm_init_leg(env, leg->cred, half, &what, &turn->own));
    settle(turn);
    return SSP_OK;
}

static void wipe(struct pkg_turn *base)
{
    ntlm_turn_wipe(&((struct turn *)base)->own);
}

static void free_half(void *half)
{
    ntlm_half_free(half);
}

static bool half_accepts(const void *half)
{
    return ntlm_half_accepts(half);
}

static uint32_t half_attributes(const void *half)
{
    return ntlm_leg_attributes(half);
}

static bool claim(const struct pkg_turn *base, struct pkg_claim *ret)
{
    const struct ntlm_turn *turn = &((const struct turn *)base)->own;

    if (turn->core.session.side != NTLM_SERVER)
        return false;
    ntlm_logon_claim(turn, ret);
    return true;
}

static void pack(const struct pkg_turn *base, uint64_t logon_id, uint64_t token, struct wr *out)
{
    const struct ntlm_turn *turn = &((const struct turn *)base)->own;
    ssp_cleanup(ntlm_core_wipe) struct ntlm_core core = turn->core;

    core.logon_id = logon_id;
    core.token = token;
    ntlm_pack(&core, &turn->names, out);
}

static enum ssp_err pack_half(void *env, const void *half, struct wr *out)
{
    (void)env;
    ntlm_half_pack(half, out);
    return out->err;
}

static enum ssp_err unpack_half(void *env, struct view packed, void **ret)
{
    struct ntlm_half *half = NULL;

    SSP_TRY(ntlm_env_allows(env));
    SSP_TRY(ntlm_half_unpack(packed, &half));
    *ret = half;
    return SSP_OK;
}

const struct pkg_shake_kind ntlm_shake_kind = {
    .turn_size = sizeof(struct turn),
    .pack_max = NTLM_PACK_MAX,
    .half_max = NTLM_HALF_MAX,
    .leg = run,
    .wipe = wipe,
    .free_half = free_half,
    .half_accepts = half_accepts,
    .half_attributes = half_attributes,
    .claim = claim,
    .pack = pack,
    .pack_half = pack_half,
    .unpack_half = unpack_half,
};
