/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of a Kerberos handshake over a library that asks nobody, one token
 * changed on its way, so that everything is right up to there.  Never are both
 * sides done with different keys or numbers, and whoever refuses a token of a
 * handshake that it is in gets the right one accepted after; between legs both go
 * through their packed form.
 *
 * Input: what is asked for (1), the token to change (1), then changes: offset (2),
 * byte to xor (1); a last odd byte cuts.
 */
#include <sspi.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/krb_fake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t isc_bits[] = { ISC_REQ_MUTUAL_AUTH, ISC_REQ_USE_DCE_STYLE, ISC_REQ_DELEGATE,
                                     ISC_REQ_CONFIDENTIALITY, ISC_REQ_SEQUENCE_DETECT };
enum { N_BITS = sizeof(isc_bits) / sizeof(isc_bits[0]), TYPE_SHIFT = 6 };

struct end {
    bool accepts;
    uint32_t asked;
    struct krb_cred *cred;
    struct krb_turn turn;
};

struct plan {
    unsigned changed; /* which token: 0 AP-REQ, 1 AP-REP, 2 the third of DCE style */
    struct rd changes;
};

static struct krb_fake_env fake;

static void need(bool fine)
{
    if (!fine)
        abort();
}

static void change(struct plan *plan, struct secret *token)
{
    while (rd_ok(&plan->changes) && plan->changes.left.n >= 3) {
        size_t at = rd_le16(&plan->changes);
        uint8_t with = rd_u8(&plan->changes);

        if (token->n != 0)
            token->p[at % token->n] ^= with;
    }
    if (plan->changes.left.n == 1 && token->n != 0)
        token->n = rd_u8(&plan->changes) % token->n;
}

/* ---- Ends ---------------------------------------------------------------- */

static struct krb_cred *cred_of(bool accepts)
{
    const struct krb_cred_request what = { .use =
                                               accepts ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                           .may_accept = true };
    struct krb_cred *cred = NULL;

    need(krb_cred_new(&fake.env, &what, &cred) == SSP_OK);
    return cred;
}

static void wipe_turn(struct krb_turn *turn)
{
    krb_shake_kind.wipe(&turn->base);
    secret_wipe(&turn->base.token);
    krb_half_free(turn->base.half);
    *turn = (struct krb_turn){ 0 };
}

static void carry(struct end *end)
{
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(KRB_HALF_MAX);
    struct krb_half *half = NULL;

    if (end->turn.base.half == NULL || krb_half_accepts(end->turn.base.half) != end->accepts)
        return;
    krb_half_pack(end->turn.base.half, &packed);
    need(packed.err == SSP_OK &&
         krb_half_unpack((struct view){ packed.p, packed.n }, &half) == SSP_OK);
    krb_half_free(end->turn.base.half);
    end->turn.base.half = half;
}

/* A leg that fails leaves the end as it was. */
static enum ssp_err leg(struct end *end, struct view token)
{
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    struct krb_turn turn = { 0 };
    const struct pkg_leg what = { .accept = end->accepts,
                                  .asked = end->asked,
                                  .token = token,
                                  .target = end->accepts ? NULL : &target,
                                  .cred = end->cred };

    need(str16_from_utf8(VIEW_OF(FAKE_SERVICE), &target) == SSP_OK);
    target.n--; /* the 0 at its end */
    enum ssp_err e = krb_shake_kind.leg(&fake.env, &what, end->turn.base.half, &turn.base);
    if (e != SSP_OK) {
        wipe_turn(&turn);
        return e;
    }
    wipe_turn(&end->turn);
    end->turn = turn;
    carry(end);
    return SSP_OK;
}

/* The request is remembered even when what it asks for is refused. */
static bool may_refuse(unsigned nth, enum ssp_err e)
{
    return e == SSP_OK || (nth == 0 && e == SSP_ERR_OUT_OF_SEQUENCE);
}

static enum ssp_err take(struct end *end, struct plan *plan, unsigned nth, const struct end *from)
{
    ssp_cleanup(secret_wipe) struct secret copy = { 0 };
    struct view token = secret_view(&from->turn.base.token);

    if (nth != plan->changed || token.n == 0)
        return leg(end, token);
    need(secret_new(token, &copy) == SSP_OK);
    change(plan, &copy);
    enum ssp_err e = leg(end, secret_view(&copy));
    if (e == SSP_OK)
        return e;
    e = leg(end, token);
    need(may_refuse(nth, e));
    return e;
}

static enum ssp_err run(struct end *a, struct end *b, struct plan *plan)
{
    SSP_TRY(leg(a, (struct view){ 0 }));
    SSP_TRY(take(b, plan, 0, a));
    if (!a->turn.base.is_done)
        SSP_TRY(take(a, plan, 1, b));
    return b->turn.base.is_done ? SSP_OK : take(b, plan, 2, a);
}

static void check(const struct end *a, const struct end *b)
{
    const struct krb_session *x = &a->turn.core.session;
    const struct krb_session *y = &b->turn.core.session;

    need(a->turn.base.is_done && b->turn.base.is_done);
    need(ct_eq(VIEW_OF(x->key), VIEW_OF(y->key)) && x->enctype == y->enctype);
    need(x->send_seq == y->recv.next && y->send_seq == x->recv.next);
    need(x->has_acceptor_subkey == y->has_acceptor_subkey);
}

static uint32_t asked_of(uint8_t kind)
{
    uint32_t asked = 0;

    for (size_t i = 0; i < N_BITS; i++)
        if ((kind >> i & 1) != 0)
            asked |= isc_bits[i];
    return asked;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan plan = { .changes = rd_of((struct view){ data, size }) };
    uint8_t kind = rd_u8(&plan.changes);

    krb_fake_env_begin(&fake);
    krb_fake.type = KRB_AES128_SHA1 + (kind >> TYPE_SHIFT);
    plan.changed = rd_u8(&plan.changes) % 3;
    struct end a = { .asked = asked_of(kind), .cred = cred_of(false) };
    struct end b = { .accepts = true, .cred = cred_of(true) };
    if (run(&a, &b, &plan) == SSP_OK)
        check(&a, &b);
    wipe_turn(&a.turn);
    wipe_turn(&b.turn);
    krb_cred_free(a.cred);
    krb_cred_free(b.cred);
    krb_fake_env_end(&fake);
    need(krb_fake.living == 0);
    return 0;
}
