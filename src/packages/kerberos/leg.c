/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/leg.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "packages/kerberos/reqs.h"

static const char source[] = "Kerberos";

enum ssp_err krb_env_allows(const struct krb_env *env)
{
    return env->config->allow ? SSP_OK : ssp_fail(UNSUPPORTED);
}

static enum krb_side side_of(const struct krb_half *half)
{
    return krb_half_accepts(half) ? KRB_ACCEPTOR : KRB_INITIATOR;
}

static uint32_t attributes_of(const struct krb_half *half)
{
    return krb_reqs_attributes(side_of(half), half->asked, half->flags);
}

enum ssp_err krb_leg_say(enum krb_frame_kind kind, bool is_bare, struct view message,
                         struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_FRAME_MAX);
    const struct krb_frame token = { kind, is_bare, message };

    krb_frame_encode(&token, &out);
    return wr_take(&out, &ret->p, &ret->n);
}

void krb_leg_wait(struct krb_half **half, struct krb_turn *turn)
{
    turn->base.attributes = attributes_of(*half);
    turn->base.expiry = (*half)->expiry;
    turn->base.half = ssp_steal(half);
}

/* RFC 4121 2: the acceptor's subkey if it asserted one, else the initiator's, else the session key
 * of the ticket. */
static const struct krb_key *protecting_key(const struct krb_half_keys *keys)
{
    if (keys->acceptor.key.n != 0)
        return &keys->acceptor;
    return keys->initiator.key.n != 0 ? &keys->initiator : &keys->session;
}

static enum ssp_err start_session(const struct krb_half *half, enum krb_side side,
                                  uint32_t attributes, struct krb_session *ret)
{
    const struct krb_key *key = protecting_key(half->keys);
    ssp_cleanup(krb_agreed_wipe) struct krb_agreed agreed = {
        .side = side,
        .enctype = key->type,
        .attributes = attributes,
        .has_acceptor_subkey = half->keys->acceptor.key.n != 0,
        .send_seq = half->send_seq,
        .recv_seq = half->recv_seq,
    };

    key_set(&agreed.key, key_view(&key->key));
    return krb_session_init(&agreed, ret);
}

/* "user@REALM" in its parts. */
static enum ssp_err split_client(const struct str16 *client, struct krb_turn *turn)
{
    size_t at = krb_realm_at(client);

    if (at == client->n)
        return str16_from_units(client->p, client->n, &turn->user);
    SSP_TRY(str16_from_units(client->p, at - 1, &turn->user));
    return str16_from_units(client->p + at, client->n - at, &turn->realm);
}

enum ssp_err krb_leg_finish(const struct krb_env *env, struct krb_half *half, struct krb_turn *turn)
{
    bool accepts = half->state == KRB_ST_THIRD;
    enum krb_side side = accepts ? KRB_ACCEPTOR : KRB_INITIATOR;
    uint32_t attributes = krb_reqs_attributes(side, half->asked, half->flags);

    SSP_TRY(start_session(half, side, attributes, &turn->core.session));
    if (accepts)
        SSP_TRY(split_client(&half->names.client, turn));
    turn->core.attributes = attributes;
    turn->core.start = half->start;
    turn->core.expiry = half->expiry;
    turn->core.bindings = half->bindings;
    turn->core.reset_only_unused = !env->config->reset_after_messages;
    memcpy(turn->core.bindings_hash, half->bindings_hash, sizeof(turn->core.bindings_hash));
    turn->names = half->names;
    half->names = (struct krb_names){ 0 };
    turn->sid = half->sid;
    turn->delegation = ssp_steal(&half->delegation);
    turn->base.is_done = true;
    turn->base.attributes = attributes;
    turn->base.expiry = half->expiry;
    return SSP_OK;
}

/* ---- For the table of contexts ----------------------------------------- */

static enum ssp_err run(void *env, const struct pkg_leg *leg, const void *half,
                        struct pkg_turn *turn)
{
    SSP_TRY(krb_env_allows(env));
    return leg->accept ? krb_accept_leg(env, leg, half, (struct krb_turn *)turn)
                       : krb_init_leg(env, leg, half, (struct krb_turn *)turn);
}

static void wipe(struct pkg_turn *base)
{
    struct krb_turn *turn = (struct krb_turn *)base;

    krb_core_wipe(&turn->core);
    krb_names_wipe(&turn->names);
    str16_wipe(&turn->user);
    str16_wipe(&turn->realm);
    krb_delegation_unref(turn->delegation);
}

static void free_half(void *half)
{
    krb_half_free(half);
}

static bool half_accepts(const void *half)
{
    return krb_half_accepts(half);
}

static uint32_t half_attributes(const void *half)
{
    return attributes_of(half);
}

static bool claim(const struct pkg_turn *base, struct pkg_claim *ret)
{
    const struct krb_turn *turn = (const struct krb_turn *)base;

    if (turn->core.session.side != KRB_ACCEPTOR)
        return false;
    *ret = (struct pkg_claim){
        .source = source,
        .user = &turn->user,
        .domain = &turn->realm,
        .sid = turn->sid.n != 0 ? turn->sid.b : NULL,
        .expiry = turn->core.expiry,
        .is_identify = (turn->core.attributes & ASC_RET_IDENTIFY) != 0,
    };
    return true;
}

static void made(void *arg, struct pkg_turn *base, LUID id)
{
    const struct krb_env *env = arg;
    struct krb_turn *turn = (struct krb_turn *)base;

    if (turn->delegation != NULL)
        krb_delegations_add(env->delegations, turn->delegation, id);
}

static void undone(void *arg, struct pkg_turn *base)
{
    const struct krb_env *env = arg;
    const struct krb_turn *turn = (const struct krb_turn *)base;

    krb_returned_add(env->returned, &turn->request);
}

static void pack(const struct pkg_turn *base, uint64_t logon_id, uint64_t token, struct wr *out)
{
    const struct krb_turn *turn = (const struct krb_turn *)base;
    ssp_cleanup(krb_core_wipe) struct krb_core core = turn->core;

    core.logon_id = logon_id;
    core.token = token;
    krb_pack(&core, &turn->names, out);
}

static enum ssp_err pack_half(void *env, const void *half, struct wr *out)
{
    (void)env;
    krb_half_pack(half, out);
    return out->err;
}

static enum ssp_err unpack_half(void *env, struct view packed, void **ret)
{
    struct krb_half *half = NULL;

    SSP_TRY(krb_env_allows(env));
    SSP_TRY(krb_half_unpack(packed, &half));
    *ret = half;
    return SSP_OK;
}

const struct pkg_shake_kind krb_shake_kind = {
    .turn_size = sizeof(struct krb_turn),
    .pack_max = KRB_PACK_MAX,
    .half_max = KRB_HALF_MAX,
    .leg = run,
    .wipe = wipe,
    .free_half = free_half,
    .half_accepts = half_accepts,
    .half_attributes = half_attributes,
    .claim = claim,
    .made = made,
    .undone = undone,
    .pack = pack,
    .pack_half = pack_half,
    .unpack_half = unpack_half,
};

enum ssp_err krb_leg_policy(const struct krb_env *env, const struct str16 *service,
                            const struct krb_policy **ret)
{
    ssp_cleanup(wipe_free_str) char *text = NULL;

    SSP_TRY(str16_to_utf8(service, &text));
    *ret = krb_config_policy(env->config, text);
    return SSP_OK;
}
