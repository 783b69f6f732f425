/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/krb_pair.h"

#include <sspi.h>

#include "base/cleanup.h"

struct krb_fake_env fake;

int krb_pair_begin(void **state)
{
    (void)state;
    krb_fake_env_begin(&fake);
    return 0;
}

int krb_pair_end(void **state)
{
    krb_fake_env_end(&fake);
    assert_int_equal(krb_fake.living, 0);
    return free_guarded(state);
}

static struct krb_cred *cred_of(bool accepts)
{
    const struct krb_cred_request what = { .use =
                                               accepts ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                           .may_accept = true };
    struct krb_cred *cred = NULL;

    assert_int_equal(krb_cred_new(&fake.env, &what, &cred), SSP_OK);
    return cred;
}

struct side initiator(uint32_t asked)
{
    return (struct side){ .asked = asked, .target = FAKE_SERVICE, .cred = cred_of(false) };
}

struct side acceptor(uint32_t asked)
{
    return (struct side){ .accepts = true, .asked = asked, .cred = cred_of(true) };
}

static void wipe_turn(struct krb_turn *turn)
{
    krb_shake_kind.wipe(&turn->base);
    secret_wipe(&turn->base.token);
    krb_half_free(turn->base.half);
    *turn = (struct krb_turn){ 0 };
}

void leg(struct side *side, struct view token)
{
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    struct krb_turn before = side->turn;
    const struct pkg_leg what = { .accept = side->accepts,
                                  .asked = side->asked,
                                  .token = guarded(token),
                                  .bindings = side->bindings,
                                  .target = side->target != NULL ? &target : NULL,
                                  .cred = side->cred };

    if (side->target != NULL)
        assert_int_equal(str16_from_utf8(view_text(side->target), &target), SSP_OK);
    side->turn = (struct krb_turn){ 0 };
    side->e = krb_shake_kind.leg(&fake.env, &what, before.base.half, &side->turn.base);
    wipe_turn(&before);
}

struct view token_of(const struct side *side)
{
    return secret_view(&side->turn.base.token);
}

void end_side(struct side *side)
{
    wipe_turn(&side->turn);
    krb_cred_free(side->cred);
}

void shake(struct side *a, struct side *b)
{
    leg(a, (struct view){ 0 });
    if (a->e == SSP_OK)
        leg(b, token_of(a));
    if (a->e == SSP_OK && b->e == SSP_OK && !a->turn.base.is_done)
        leg(a, token_of(b));
    if (a->e == SSP_OK && b->e == SSP_OK && !b->turn.base.is_done)
        leg(b, token_of(a));
}

void assert_sessions_fit(const struct side *a, const struct side *b)
{
    const struct krb_session *x = &a->turn.core.session;
    const struct krb_session *y = &b->turn.core.session;

    assert_int_equal(a->e, SSP_OK);
    assert_int_equal(b->e, SSP_OK);
    assert_true(a->turn.base.is_done && b->turn.base.is_done);
    assert_memory_equal(x->key, y->key, sizeof(x->key));
    assert_int_equal(x->enctype, y->enctype);
    assert_int_equal(x->has_acceptor_subkey, y->has_acceptor_subkey);
    assert_int_equal(x->send_seq, y->recv.next);
    assert_int_equal(y->send_seq, x->recv.next);
}
