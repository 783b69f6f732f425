/* SPDX-License-Identifier: Apache-2.0 */
/* The initiator's legs. */
#include "base/cleanup.h"
#include "crypto/bindings.h"
#include "packages/kerberos/error.h"
#include "packages/kerberos/leg.h"
#include "packages/kerberos/reply.h"
#include "packages/kerberos/reqs.h"

/* ---- AP-REQ ------------------------------------------------------------ */

static enum ssp_err take_bindings(const struct pkg_leg *leg, struct krb_half *half)
{
    if (leg->bindings.n == 0)
        return SSP_OK;
    half->bindings = KRB_BINDINGS_SENT;
    return bindings_hash(leg->bindings, half->bindings_hash);
}

static void take_asked(const struct krb_asked *asked, struct krb_half *half)
{
    half->keys->session = asked->session;
    half->keys->initiator = asked->subkey;
    half->stamp = asked->stamp;
    half->send_seq = asked->seq;
    /* Without a reply the acceptor's numbers begin where ours do. */
    half->recv_seq = asked->seq;
    half->start = asked->start;
    half->expiry = asked->expiry;
    if (asked->has_delegated)
        half->flags |= KRB_GSS_DELEG;
}

static enum ssp_err ask(const struct krb_env *env, const struct pkg_leg *leg, struct krb_half *half,
                        struct krb_asked *ret)
{
    ssp_cleanup(wipe_free_str) char *target = NULL;
    struct krb_tickets *tickets = NULL;

    if (leg->target == NULL)
        return ssp_fail(TARGET_UNKNOWN);
    SSP_TRY(str16_to_utf8(leg->target, &target));
    const struct krb_policy *policy = krb_config_policy(env->config, target);
    struct krb_ask what = {
        .target = target,
        .types = &policy->types,
        .is_mutual = (half->flags & KRB_GSS_MUTUAL) != 0,
        .delegate = (half->asked & ISC_REQ_DELEGATE) != 0 && policy->delegate != KRB_DELEGATE_NEVER,
        .delegate_untrusted = policy->delegate == KRB_DELEGATE_ALWAYS,
        .checksum = { .flags = half->flags },
    };
    memcpy(what.checksum.bindings, half->bindings_hash, sizeof(what.checksum.bindings));
    SSP_TRY(krb_cred_tickets(env, leg->cred, &tickets));
    enum ssp_err e = env->port->ask(tickets, &what, ret);
    env->port->forget(tickets);
    return e;
}

/* What is known before anybody was asked. */
static enum ssp_err begin(const struct pkg_leg *leg, struct krb_half **ret)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;
    const struct krb_cred *cred = leg->cred;

    if (!cred->outbound)
        return ssp_fail(NO_CREDS);
    if (leg->token.n != 0)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(krb_reqs_check(KRB_INITIATOR, leg->asked));
    SSP_TRY(krb_half_new(&half));
    half->state = KRB_ST_REPLY;
    half->asked = leg->asked;
    half->flags = krb_reqs_flags(leg->asked);
    SSP_TRY(take_bindings(leg, half));
    *ret = ssp_steal(&half);
    return SSP_OK;
}

static enum ssp_err start(const struct krb_env *env, const struct pkg_leg *leg,
                          struct krb_turn *turn)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;
    ssp_cleanup(krb_asked_wipe) struct krb_asked asked = { 0 };

    SSP_TRY(begin(leg, &half));
    SSP_TRY(ask(env, leg, half, &asked));
    take_asked(&asked, half);
    half->names.client = asked.client;
    half->names.server = asked.server;
    asked.client = asked.server = (struct str16){ 0 };
    SSP_TRY(str16_from_units(leg->target->p, leg->target->n, &half->names.target));
    SSP_TRY(krb_leg_say(KRB_AP_REQ, (half->flags & KRB_GSS_DCE_STYLE) != 0,
                        secret_view(&asked.request), &turn->base.token));
    if ((half->flags & KRB_GSS_MUTUAL) == 0)
        return krb_leg_finish(env, half, turn);
    krb_leg_wait(&half, turn);
    return SSP_OK;
}

/* ---- AP-REP ------------------------------------------------------------ */

static bool is_dce(const struct krb_half *half)
{
    return (half->flags & KRB_GSS_DCE_STYLE) != 0;
}

/* RFC 4120 3.2.5: "the client … verifies that the timestamp and microsecond … match those in the
 * Authenticator it sent to the server". */
static enum ssp_err take_reply(const struct krb_env *env, const struct krb_frame *token,
                               struct krb_half *half)
{
    ssp_cleanup(krb_reply_wipe) struct krb_reply reply = { 0 };
    const struct krb_policy *policy = NULL;

    SSP_TRY(krb_leg_policy(env, &half->names.target, &policy));
    SSP_TRY(krb_reply_decode(env->port, &half->keys->session, token->message, &reply));
    if (!krb_stamp_eq(&reply.stamp, &half->stamp))
        return ssp_fail(ALTERED);
    bool has_subkey = reply.subkey.key.n != 0;
    if (has_subkey && !krb_types_have(&policy->types, reply.subkey.type))
        return ssp_fail(UNSUPPORTED_TYPE);
    if (has_subkey)
        half->keys->acceptor = reply.subkey;
    half->recv_seq = reply.has_seq ? reply.seq : 0;
    return SSP_OK;
}

/* [MS-KILE] 3.4.5.1: "The client MUST generate an additional AP exchange reply message exactly as
 * the server would", with the number that the server's messages begin with. */
static enum ssp_err say_third(const struct krb_env *env, const struct krb_half *half,
                              struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr message = WR_INIT(KRB_REPLY_MAX);
    const struct krb_reply reply = { .stamp = half->stamp, .has_seq = true, .seq = half->recv_seq };

    SSP_TRY(krb_reply_encode(env->port, &half->keys->session, &reply, &message));
    return krb_leg_say(KRB_AP_REP, true, (struct view){ message.p, message.n }, ret);
}

static enum ssp_err go_on(const struct krb_env *env, const struct pkg_leg *leg,
                          const struct krb_half *now, struct krb_turn *turn)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;
    struct krb_frame token = { 0 };

    SSP_TRY(krb_frame_decode(leg->token, &token));
    if (token.kind == KRB_ERROR)
        return krb_error_decode(token.message);
    if (token.kind != KRB_AP_REP || token.is_bare != is_dce(now))
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(krb_half_copy(now, &half));
    SSP_TRY(take_reply(env, &token, half));
    if (is_dce(half))
        SSP_TRY(say_third(env, half, &turn->base.token));
    return krb_leg_finish(env, half, turn);
}

enum ssp_err krb_init_leg(const struct krb_env *env, const struct pkg_leg *leg,
                          const struct krb_half *half, struct krb_turn *turn)
{
    if (half == NULL)
        return start(env, leg, turn);
    return half->state == KRB_ST_REPLY ? go_on(env, leg, half, turn) : ssp_fail(BAD_TOKEN);
}
