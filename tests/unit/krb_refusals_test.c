/* SPDX-License-Identifier: Apache-2.0 */
/* What is said, and not said, to who is not let in. */
#include "harness/krb_pair.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "packages/kerberos/reply.h"

/* ---- Refusals ---------------------------------------------------------- */

static void hears_what_the_acceptor_says_of_the_request(void **state)
{
    static const struct {
        enum ssp_err of;
        enum ssp_err heard;
    } cases[] = {
        { SSP_ERR_TIME_SKEW, SSP_ERR_TIME_SKEW },
        { SSP_ERR_EXPIRED, SSP_ERR_EXPIRED },
        { SSP_ERR_WRONG_PRINCIPAL, SSP_ERR_WRONG_PRINCIPAL },
        { SSP_ERR_NO_KEY, SSP_ERR_NO_KEY },
        { SSP_ERR_ALTERED, SSP_ERR_WRONG_PRINCIPAL },
        { SSP_ERR_UNSUPPORTED_TYPE, SSP_ERR_UNSUPPORTED_TYPE },
        { SSP_ERR_OUT_OF_SEQUENCE, SSP_ERR_OUT_OF_SEQUENCE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH | (i % 2 != 0 ? ISC_REQ_USE_DCE_STYLE : 0));
        struct side b = acceptor(0);

        krb_fake.take = cases[i].of;
        leg(&a, (struct view){ 0 });
        leg(&b, token_of(&a));
        assert_int_equal(b.e, cases[i].of);
        assert_int_not_equal(token_of(&b).n, 0);
        leg(&a, token_of(&b));
        assert_int_equal(a.e, cases[i].heard);
        end_side(&a);
        end_side(&b);
    }
}

static void says_nothing_to_who_makes_no_sense(void **state)
{
    struct side b = acceptor(0);

    (void)state;
    leg(&b, view_text("no token"));
    assert_int_equal(b.e, SSP_ERR_BAD_TOKEN);
    assert_int_equal(token_of(&b).n, 0);
    leg(&b, (struct view){ 0 });
    assert_int_equal(b.e, SSP_ERR_BAD_TOKEN);
    end_side(&b);
}

static void refuses_a_request_that_was_here_before(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);
    struct side c = acceptor(0);

    (void)state;
    leg(&a, (struct view){ 0 });
    leg(&b, token_of(&a));
    leg(&c, token_of(&a));
    assert_int_equal(b.e, SSP_OK);
    assert_int_equal(c.e, SSP_ERR_OUT_OF_SEQUENCE);
    end_side(&a);
    end_side(&b);
    end_side(&c);
}

/* A message of the wrong leg, or of one's own. */
static void refuses_messages_in_the_wrong_place(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);

    (void)state;
    leg(&a, (struct view){ 0 });
    struct view request = guarded(token_of(&a));
    leg(&b, request);
    struct view reply = guarded(token_of(&b));
    struct side c = acceptor(0);
    leg(&c, reply);
    assert_int_equal(c.e, SSP_ERR_BAD_TOKEN);
    leg(&a, request);
    assert_int_equal(a.e, SSP_ERR_BAD_TOKEN);
    struct side d = initiator(ISC_REQ_MUTUAL_AUTH);
    leg(&d, reply);
    assert_int_equal(d.e, SSP_ERR_BAD_TOKEN);
    end_side(&a);
    end_side(&b);
    end_side(&c);
    end_side(&d);
}

/* Every byte of every token, changed: the session is the same, or there is none. */
static void never_agrees_on_something_else(void **state)
{
    (void)state;
    for (size_t at = 0, n = 1; at < n; at++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        leg(&a, (struct view){ 0 });
        struct view request = guarded(token_of(&a));
        n = request.n;
        ((uint8_t *)(uintptr_t)request.p)[at] ^= 1;
        leg(&b, request);
        if (b.e == SSP_OK) {
            leg(&a, token_of(&b));
            assert_sessions_fit(&a, &b);
        }
        end_side(&a);
        end_side(&b);
    }
}

static void never_takes_an_altered_reply(void **state)
{
    (void)state;
    for (size_t at = 0, n = 1; at < n; at++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        leg(&a, (struct view){ 0 });
        leg(&b, token_of(&a));
        struct view reply = guarded(token_of(&b));
        n = reply.n;
        ((uint8_t *)(uintptr_t)reply.p)[at] ^= 1;
        leg(&a, reply);
        assert_int_not_equal(a.e, SSP_OK);
        end_side(&a);
        end_side(&b);
    }
}

static void never_takes_an_altered_third_leg(void **state)
{
    (void)state;
    for (size_t at = 0, n = 1; at < n; at++) {
        struct side a = initiator(ISC_REQ_USE_DCE_STYLE);
        struct side b = acceptor(0);

        leg(&a, (struct view){ 0 });
        leg(&b, token_of(&a));
        leg(&a, token_of(&b));
        struct view third = guarded(token_of(&a));
        n = third.n;
        ((uint8_t *)(uintptr_t)third.p)[at] ^= 1;
        leg(&b, third);
        assert_int_not_equal(b.e, SSP_OK);
        end_side(&a);
        end_side(&b);
    }
}

/* Who replays a request cannot open the reply, and could send nothing else than that. */
static void never_takes_its_own_reply_for_the_third_leg(void **state)
{
    struct side a = initiator(ISC_REQ_USE_DCE_STYLE);
    struct side b = acceptor(0);

    (void)state;
    leg(&a, (struct view){ 0 });
    leg(&b, token_of(&a));
    leg(&b, token_of(&b));
    assert_int_equal(b.e, SSP_ERR_ALTERED);
    assert_false(b.turn.base.is_done);
    end_side(&a);
    end_side(&b);
}

static void lets_in_nobody_who_does_not_say_who(void **state)
{
    static const char *const clients[] = { "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS",
                                           "WELLKNOWN/ANONYMOUS@REALM" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        krb_fake.client = clients[i];
        shake(&a, &b);
        assert_int_equal(b.e, SSP_ERR_LOGON_DENIED);
        end_side(&a);
        end_side(&b);
    }
}

/* The reply of a third party that does not know the session key, or of another handshake. */
static void refuses_the_reply_to_another_request(void **state)
{
    struct side a = initiator(ISC_REQ_USE_DCE_STYLE);
    struct side b = acceptor(0);

    (void)state;
    leg(&a, (struct view){ 0 });
    leg(&b, token_of(&a));
    leg(&a, token_of(&b));
    /* Sealed under the session key, but with the number of somebody else's messages. */
    const struct krb_half *half = b.turn.base.half;
    const struct krb_reply reply = { .stamp = half->stamp, .has_seq = true, .seq = 1 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_REPLY_MAX);
    assert_int_equal(krb_reply_encode(&krb_fake_port, &half->keys->session, &reply, &out), SSP_OK);
    leg(&b, (struct view){ out.p, out.n });
    assert_int_equal(b.e, SSP_ERR_ALTERED);
    end_side(&a);
    end_side(&b);
}

static void refuses_what_it_cannot_do(void **state)
{
    static const struct {
        uint32_t asked;
        bool accepts;
    } cases[] = { { ISC_REQ_DATAGRAM, false },
                  { ISC_REQ_PROMPT_FOR_CREDS, false },
                  { ISC_REQ_NULL_SESSION, false },
                  { ASC_REQ_DATAGRAM, true } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct side side = cases[i].accepts ? acceptor(cases[i].asked) : initiator(cases[i].asked);

        leg(&side, (struct view){ 0 });
        assert_int_equal(side.e, SSP_ERR_UNSUPPORTED);
        end_side(&side);
    }
}

static void fails_where_a_protection_that_the_acceptor_wants_is_missing(void **state)
{
    static const uint32_t wanted[] = { ASC_REQ_CONFIDENTIALITY, ASC_REQ_INTEGRITY,
                                       ASC_REQ_REPLAY_DETECT, ASC_REQ_SEQUENCE_DETECT,
                                       ASC_REQ_MUTUAL_AUTH };

    (void)state;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        struct side a = initiator(0);
        struct side b = acceptor(wanted[i]);

        shake(&a, &b);
        assert_int_equal(b.e, SSP_ERR_QOS_FAILED);
        end_side(&a);
        end_side(&b);
    }
}

static void says_why_there_is_no_ticket(void **state)
{
    static const enum ssp_err why[] = { SSP_ERR_TARGET_UNKNOWN, SSP_ERR_NO_AUTHORITY,
                                        SSP_ERR_EXPIRED, SSP_ERR_TIME_SKEW,
                                        SSP_ERR_UNSUPPORTED_TYPE };

    (void)state;
    for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
        struct side a = initiator(0);

        krb_fake.ask = why[i];
        leg(&a, (struct view){ 0 });
        assert_int_equal(a.e, why[i]);
        end_side(&a);
    }
    krb_fake.ask = SSP_OK;
    struct side nobody = initiator(0);
    nobody.target = "HTTP/elsewhere";
    leg(&nobody, (struct view){ 0 });
    assert_int_equal(nobody.e, SSP_ERR_TARGET_UNKNOWN);
    nobody.target = NULL;
    leg(&nobody, (struct view){ 0 });
    assert_int_equal(nobody.e, SSP_ERR_TARGET_UNKNOWN);
    end_side(&nobody);
}

static void does_nothing_where_kerberos_is_not_allowed(void **state)
{
    struct side a = initiator(0);

    (void)state;
    fake.config.allow = false;
    leg(&a, (struct view){ 0 });
    assert_int_equal(a.e, SSP_ERR_UNSUPPORTED);
    end_side(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(hears_what_the_acceptor_says_of_the_request),
        CASE(says_nothing_to_who_makes_no_sense),
        CASE(refuses_a_request_that_was_here_before),
        CASE(refuses_messages_in_the_wrong_place),
        CASE(never_agrees_on_something_else),
        CASE(never_takes_an_altered_reply),
        CASE(never_takes_an_altered_third_leg),
        CASE(never_takes_its_own_reply_for_the_third_leg),
        CASE(lets_in_nobody_who_does_not_say_who),
        CASE(refuses_the_reply_to_another_request),
        CASE(refuses_what_it_cannot_do),
        CASE(fails_where_a_protection_that_the_acceptor_wants_is_missing),
        CASE(says_why_there_is_no_ticket),
        CASE(does_nothing_where_kerberos_is_not_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
