/* SPDX-License-Identifier: Apache-2.0 */
/* The acceptor's legs. */
#include "base/cleanup.h"
#include "crypto/bindings.h"
#include "packages/kerberos/error.h"
#include "packages/kerberos/leg.h"
#include "packages/kerberos/pac.h"
#include "packages/kerberos/reply.h"
#include "packages/kerberos/reqs.h"

/* RFC 4121 leaves a number's size to the sender; with 30 bits the first two billion messages need
 * no more than the 32 of AP-REP.  The topmost is set, so that every answer to a request has the
 * same size. */
enum { SEQ_MASK = 0x1fffffff, SEQ_TOP = 0x20000000 };

/* ---- What the client says ---------------------------------------------- */

static enum ssp_err check_bindings(const struct krb_env *env, const struct pkg_leg *leg,
                                   const struct krb_checksum *checksum, struct krb_half *half)
{
    bool is_sent = krb_checksum_has_bindings(checksum);
    int policy = env->config->channel_bindings;
    uint8_t ours[BINDINGS_SIZE];

    memcpy(half->bindings_hash, checksum->bindings, sizeof(half->bindings_hash));
    half->bindings = is_sent ? KRB_BINDINGS_UNCHECKED : KRB_BINDINGS_NONE;
    if (policy == KRB_CHECK_OFF || (half->asked & ASC_REQ_PROXY_BINDINGS) != 0)
        return SSP_OK;
    if (policy == KRB_CHECK_REQUIRED && (!is_sent || leg->bindings.n == 0))
        return ssp_fail(BAD_BINDINGS);
    if (!is_sent || leg->bindings.n == 0)
        return SSP_OK;
    SSP_TRY(bindings_hash(leg->bindings, ours));
    if (!ct_eq(VIEW_OF(ours), VIEW_OF(checksum->bindings)))
        return ssp_fail(BAD_BINDINGS);
    half->bindings = KRB_BINDINGS_MATCHED;
    return SSP_OK;
}

/* RFC 8062 3: a client that its KDC vouches for without saying who it is.  SSPI has a word for
 * that, a null session, and nobody asks for it here. */
static enum ssp_err check_client(const struct krb_taken *taken)
{
    static char16_t text[] = u"WELLKNOWN/ANONYMOUS@";
    const struct str16 anonymous = { text, sizeof(text) / sizeof(*text) - 1 };

    if (taken->client.n < anonymous.n)
        return SSP_OK;
    const struct str16 start = { taken->client.p, anonymous.n };
    return str16_eq_nocase(&start, &anonymous) ? ssp_fail(LOGON_DENIED) : SSP_OK;
}

/* The ticket, and every key that came with it. */
static enum ssp_err check_types(const struct krb_policy *policy, const struct krb_taken *taken)
{
    bool fits = krb_types_have(&policy->types, taken->ticket_type) &&
                krb_types_have(&policy->types, taken->session.type) &&
                (taken->subkey.key.n == 0 || krb_types_have(&policy->types, taken->subkey.type));

    return fits ? SSP_OK : ssp_fail(UNSUPPORTED_TYPE);
}

/* What is delegated and not wanted, or not to be read, does not keep the client out: it is told
 * nothing of what becomes of it. */
static enum ssp_err take_delegation(const struct krb_env *env, const struct krb_taken *taken,
                                    const struct krb_checksum *checksum, struct krb_half *half)
{
    const struct krb_policy *policy = NULL;
    struct krb_tickets *tickets = NULL;

    SSP_TRY(krb_leg_policy(env, &taken->server, &policy));
    half->flags &= ~(uint32_t)KRB_GSS_DELEG;
    if ((checksum->flags & KRB_GSS_DELEG) == 0 || !policy->accept_delegation)
        return SSP_OK;
    enum ssp_err e = env->port->delegated(taken, checksum->delegation, &tickets);
    if (e != SSP_OK)
        return e == SSP_ERR_NO_MEMORY ? e : SSP_OK;
    SSP_TRY(krb_delegation_new(env->port, tickets, &half->delegation));
    half->flags |= KRB_GSS_DELEG;
    return SSP_OK;
}

static enum ssp_err take_sid(const struct krb_taken *taken, struct krb_sid *ret)
{
    if (taken->logon_info.n == 0)
        return SSP_OK;
    return krb_pac_sid(secret_view(&taken->logon_info), ret);
}

/* The request of the third leg and its like are in both places, and have to agree. */
static bool is_consistent(const struct krb_frame *token, const struct krb_taken *taken,
                          uint32_t flags)
{
    bool is_dce = (flags & KRB_GSS_DCE_STYLE) != 0;

    return token->is_bare == is_dce && taken->is_mutual == ((flags & KRB_GSS_MUTUAL) != 0) &&
           (!is_dce || taken->is_mutual);
}

static enum ssp_err take_claims(const struct krb_env *env, const struct pkg_leg *leg,
                                const struct krb_frame *token, const struct krb_taken *taken,
                                struct krb_half *half)
{
    const struct krb_policy *policy = NULL;
    struct krb_checksum checksum = { 0 };

    SSP_TRY(check_client(taken));
    SSP_TRY(krb_leg_policy(env, &taken->server, &policy));
    SSP_TRY(check_types(policy, taken));
    SSP_TRY(krb_checksum_decode(secret_view(&taken->checksum), &checksum));
    if (!is_consistent(token, taken, checksum.flags))
        return ssp_fail(BAD_TOKEN);
    half->flags = checksum.flags;
    SSP_TRY(krb_reqs_agree(half->asked, half->flags));
    SSP_TRY(check_bindings(env, leg, &checksum, half));
    SSP_TRY(take_sid(taken, &half->sid));
    return take_delegation(env, taken, &checksum, half);
}

static void take_keys(struct krb_taken *taken, struct krb_half *half)
{
    half->keys->session = taken->session;
    half->keys->initiator = taken->subkey;
    half->stamp = taken->stamp;
    half->recv_seq = taken->seq;
    half->send_seq = taken->seq; /* where there is no reply that could bring another */
    half->start = taken->start;
    half->expiry = taken->expiry;
    half->names.client = taken->client;
    half->names.server = taken->server;
    taken->client = taken->server = (struct str16){ 0 };
}

/* ---- What we answer ---------------------------------------------------- */

/* Of the type that the client chose; any bytes make an AES key (RFC 3962 4, RFC 8009 3). */
static enum ssp_err make_subkey(const struct krb_env *env, struct krb_half *half)
{
    const struct krb_key *like =
        half->keys->initiator.key.n != 0 ? &half->keys->initiator : &half->keys->session;
    uint8_t seq[4];
    struct krb_key *subkey = &half->keys->acceptor;

    subkey->type = like->type;
    subkey->key.n = like->key.n;
    SSP_TRY(env->rand->fill(subkey->key.b, subkey->key.n));
    SSP_TRY(env->rand->fill(seq, sizeof(seq)));
    struct rd in = rd_of(VIEW_OF(seq));
    half->send_seq = (rd_le32(&in) & SEQ_MASK) | SEQ_TOP;
    return SSP_OK;
}

static enum ssp_err say_reply(const struct krb_env *env, const struct krb_half *half, bool is_bare,
                              struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr message = WR_INIT(KRB_REPLY_MAX);
    ssp_cleanup(krb_reply_wipe) struct krb_reply reply = {
        .stamp = half->stamp, .subkey = half->keys->acceptor, .has_seq = true, .seq = half->send_seq
    };

    SSP_TRY(krb_reply_encode(env->port, &half->keys->session, &reply, &message));
    return krb_leg_say(KRB_AP_REP, is_bare, (struct view){ message.p, message.n }, ret);
}

static enum ssp_err accept_with(const struct krb_env *env, const struct pkg_leg *leg,
                                const struct krb_frame *token, struct krb_taken *taken,
                                struct krb_turn *turn)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;

    SSP_TRY(krb_half_new(&half));
    half->state = KRB_ST_THIRD;
    half->asked = leg->asked;
    SSP_TRY(take_claims(env, leg, token, taken, half));
    take_keys(taken, half);
    if (taken->is_mutual) {
        SSP_TRY(make_subkey(env, half));
        SSP_TRY(say_reply(env, half, token->is_bare, &turn->base.token));
    }
    if (!token->is_bare)
        return krb_leg_finish(env, half, turn);
    krb_leg_wait(&half, turn);
    return SSP_OK;
}

/* ---- Refusals ---------------------------------------------------------- */

/* Who it was is known only when the ticket could be opened. */
static void note_refusal(const struct krb_env *env, const struct krb_taken *taken, enum ssp_err why)
{
    static const struct str16 nothing = { 0 };
    const struct pkg_claim claim = { .source = "Kerberos",
                                     .user = &taken->client,
                                     .domain = &nothing };

    pkg_logon_refused(env->lsa, &claim, why);
}

static void complain(const struct krb_env *env, const struct krb_frame *token, enum ssp_err why,
                     struct secret *ret)
{
    ssp_cleanup(wr_free) struct wr message = WR_INIT(KRB_ERROR_MAX);
    uint32_t now = (uint32_t)filetime_to_unix(env->clock->filetime());
    ssp_cleanup(secret_wipe) struct secret told = { 0 };

    if (!krb_error_encode(why, token->message, now, &message) ||
        krb_leg_say(KRB_ERROR, token->is_bare, (struct view){ message.p, message.n }, &told) !=
            SSP_OK)
        return;
    secret_wipe(ret);
    *ret = told;
    told = (struct secret){ 0 };
}

/* ---- The legs ---------------------------------------------------------- */

static enum ssp_err take_request(const struct krb_env *env, const struct krb_cred *cred,
                                 const struct krb_frame *token, bool is_returned,
                                 bool *ret_is_taken, struct krb_taken *ret)
{
    const char *keytab = krb_config_policy(env->config, cred->service)->keytab;
    const struct krb_take what = {
        .request = token->message,
        .keytab = *keytab == '\0' ? NULL : keytab,
        .service = cred->service,
        .is_returned = is_returned,
        .ret_is_taken = ret_is_taken,
    };

    return env->port->take(&what, ret);
}

/* A request that was taken is a replay ever after; but one of which nothing came may come again. */
static enum ssp_err answer(const struct krb_env *env, const struct pkg_leg *leg,
                           const struct krb_frame *token, struct krb_taken *taken,
                           struct krb_turn *turn)
{
    const struct krb_request_id request = krb_request_id_of(token->message);
    bool is_returned = krb_returned_take(env->returned, &request);
    bool is_taken = is_returned;
    enum ssp_err e = take_request(env, leg->cred, token, is_returned, &is_taken, taken);

    if (is_taken)
        turn->request = request;
    SSP_TRY(e);
    return accept_with(env, leg, token, taken, turn);
}

static enum ssp_err start(const struct krb_env *env, const struct pkg_leg *leg,
                          struct krb_turn *turn)
{
    ssp_cleanup(krb_taken_wipe) struct krb_taken taken = { 0 };
    const struct krb_cred *cred = leg->cred;
    struct krb_frame token = { 0 };

    if (!cred->inbound)
        return ssp_fail(NO_CREDS);
    SSP_TRY(krb_reqs_check(KRB_ACCEPTOR, leg->asked));
    SSP_TRY(krb_frame_decode(leg->token, &token));
    if (token.kind != KRB_AP_REQ)
        return ssp_fail(BAD_TOKEN);
    enum ssp_err e = answer(env, leg, &token, &taken, turn);
    if (e == SSP_OK)
        return SSP_OK;
    note_refusal(env, &taken, e);
    complain(env, &token, e, &turn->base.token);
    return e;
}

/* Our reply is sealed as the client's is, and has the same number; but the key in it is ours to
 * give, so what brings it comes from nobody who could open it. */
static bool is_ours(const struct krb_half *half, const struct krb_reply *reply)
{
    return reply->subkey.key.n != 0 &&
           ct_eq(key_view(&reply->subkey.key), key_view(&half->keys->acceptor.key));
}

/* The time in it is not looked at: some repeat that of their request, as a server would, and some
 * take the one that it is by now.  What proves that it is fresh is the number, which was sealed. */
static enum ssp_err check_third(const struct krb_env *env, const struct pkg_leg *leg,
                                const struct krb_half *half)
{
    ssp_cleanup(krb_reply_wipe) struct krb_reply reply = { 0 };
    struct krb_frame token = { 0 };

    SSP_TRY(krb_frame_decode(leg->token, &token));
    if (token.kind != KRB_AP_REP || !token.is_bare)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(krb_reply_decode(env->port, &half->keys->session, token.message, &reply));
    bool is_theirs = reply.has_seq && reply.seq == half->send_seq && !is_ours(half, &reply);
    return is_theirs ? SSP_OK : ssp_fail(ALTERED);
}

static enum ssp_err go_on(const struct krb_env *env, const struct pkg_leg *leg,
                          const struct krb_half *now, struct krb_turn *turn)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;

    SSP_TRY(check_third(env, leg, now));
    SSP_TRY(krb_half_copy(now, &half));
    half->delegation = krb_delegation_ref(now->delegation);
    return krb_leg_finish(env, half, turn);
}

enum ssp_err krb_accept_leg(const struct krb_env *env, const struct pkg_leg *leg,
                            const struct krb_half *half, struct krb_turn *turn)
{
    if (half == NULL)
        return start(env, leg, turn);
    return half->state == KRB_ST_THIRD ? go_on(env, leg, half, turn) : ssp_fail(BAD_TOKEN);
}
