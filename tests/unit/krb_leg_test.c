/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes that come to a good end. */
#include "harness/krb_pair.h"

#include <sspi.h>

#include "base/cleanup.h"

/* ---- Handshakes -------------------------------------------------------- */

static const uint32_t sealing = ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT;

static void agrees_on_a_session_in_two_legs(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH | sealing);
    struct side b = acceptor(ASC_REQ_CONFIDENTIALITY);

    (void)state;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    assert_true(a.turn.core.session.has_acceptor_subkey);
    assert_int_equal(a.turn.base.attributes & (ISC_RET_MUTUAL_AUTH | ISC_RET_CONFIDENTIALITY),
                     ISC_RET_MUTUAL_AUTH | ISC_RET_CONFIDENTIALITY);
    assert_int_equal(b.turn.base.attributes & ASC_RET_INTEGRITY, ASC_RET_INTEGRITY);
    end_side(&a);
    end_side(&b);
}

static void agrees_on_a_session_in_one_leg(void **state)
{
    struct side a = initiator(sealing);
    struct side b = acceptor(0);

    (void)state;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    assert_false(b.turn.core.session.has_acceptor_subkey);
    assert_int_equal(token_of(&b).n, 0);
    end_side(&a);
    end_side(&b);
}

static void agrees_on_a_session_in_three_legs_of_dce_style(void **state)
{
    struct side a = initiator(ISC_REQ_USE_DCE_STYLE | sealing);
    struct side b = acceptor(0);

    (void)state;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    assert_int_equal(b.turn.base.attributes & (ASC_RET_USED_DCE_STYLE | ASC_RET_MUTUAL_AUTH),
                     ASC_RET_USED_DCE_STYLE | ASC_RET_MUTUAL_AUTH);
    end_side(&a);
    end_side(&b);
}

/* What becomes of the request; nothing comes of what became, where it is undone. */
static enum ssp_err accept_once(struct view request, bool is_undone)
{
    struct side b = acceptor(0);
    enum ssp_err e;

    leg(&b, request);
    e = b.e;
    if (is_undone)
        krb_shake_kind.undone(&fake.env, &b.turn.base);
    end_side(&b);
    return e;
}

static void takes_a_request_again_of_which_nothing_came(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH | sealing);

    (void)state;
    leg(&a, (struct view){ 0 });
    assert_int_equal(accept_once(token_of(&a), true), SSP_OK);
    assert_int_equal(accept_once(token_of(&a), true), SSP_OK);
    assert_int_equal(accept_once(token_of(&a), false), SSP_OK);
    assert_int_equal(accept_once(token_of(&a), false), SSP_ERR_OUT_OF_SEQUENCE);
    end_side(&a);
}

static void a_replay_that_is_undone_stays_one(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH | sealing);

    (void)state;
    leg(&a, (struct view){ 0 });
    assert_int_equal(accept_once(token_of(&a), false), SSP_OK);
    assert_int_equal(accept_once(token_of(&a), true), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(accept_once(token_of(&a), false), SSP_ERR_OUT_OF_SEQUENCE);
    end_side(&a);
}

static enum ssp_err accept_without_memory(struct view request, size_t at)
{
    struct side b = acceptor(0);
    const struct pkg_leg what = { .accept = true, .token = request, .cred = b.cred };

    fault_malloc_at(at);
    enum ssp_err e = krb_shake_kind.leg(&fake.env, &what, NULL, &b.turn.base);
    fault_malloc_at(SIZE_MAX);
    if (e != SSP_OK)
        krb_shake_kind.undone(&fake.env, &b.turn.base);
    end_side(&b);
    return e;
}

static void a_request_for_which_there_was_no_memory_may_come_again(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t at = 0; e != SSP_OK; at++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH | sealing);

        leg(&a, (struct view){ 0 });
        struct view request = guarded(token_of(&a));
        e = accept_without_memory(request, at);
        if (e != SSP_OK) {
            assert_int_equal(e, SSP_ERR_NO_MEMORY);
            assert_int_equal(accept_once(request, false), SSP_OK);
        }
        assert_int_equal(accept_once(request, false), SSP_ERR_OUT_OF_SEQUENCE);
        krb_fake_reset();
        end_side(&a);
    }
}

static void only_the_latest_of_many_may_come_again(void **state)
{
    struct krb_returned all;
    struct krb_request_id requests[KRB_RETURNED_MAX + 1];
    const struct krb_request_id none = { .is_there = false };

    (void)state;
    assert_int_equal(krb_returned_init(&all), SSP_OK);
    for (size_t i = 0; i <= KRB_RETURNED_MAX; i++) {
        const uint8_t request = (uint8_t)i;

        requests[i] = krb_request_id_of((struct view){ &request, 1 });
        assert_false(krb_returned_take(&all, &requests[i]));
        krb_returned_add(&all, &requests[i]);
    }
    krb_returned_add(&all, &none);
    assert_false(krb_returned_take(&all, &none));
    assert_false(krb_returned_take(&all, &requests[0]));
    for (size_t i = 1; i <= KRB_RETURNED_MAX; i++) {
        assert_true(krb_returned_take(&all, &requests[i]));
        assert_false(krb_returned_take(&all, &requests[i]));
    }
    krb_returned_done(&all);
}

/* ---- Tickets that are shared ------------------------------------------- */

static void tickets_in_use_outlive_their_renewal(void **state)
{
    struct side a = initiator(0);
    struct krb_tickets *before = NULL;
    struct krb_tickets *after = NULL;

    (void)state;
    assert_int_equal(krb_cred_tickets(&fake.env, a.cred, &before), SSP_OK);
    a.cred->expiry = 1;
    assert_int_equal(krb_cred_tickets(&fake.env, a.cred, &after), SSP_OK);
    assert_ptr_not_equal(before, after);
    assert_int_equal(krb_fake.living, 2);
    krb_fake_port.forget(before);
    assert_int_equal(krb_fake.living, 1);
    krb_fake_port.forget(after);
    end_side(&a);
}

static unsigned times_held;
static unsigned times_free;

static void look(void *lock)
{
    pthread_mutex_t *mutex = lock;
    bool is_free = pthread_mutex_trylock(mutex) == 0;

    times_held += !is_free;
    times_free += is_free;
    if (is_free)
        (void)pthread_mutex_unlock(mutex);
}

/* A KDC may take its time; neither other threads nor fork() wait for it. */
static void no_lock_is_held_while_somebody_is_asked(void **state)
{
    struct side a = initiator(0);
    struct krb_tickets *tickets = NULL;
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };

    (void)state;
    krb_fake.watch = look;
    krb_fake.watched = &a.cred->lock.mutex;
    a.cred->expiry = 1;
    times_free = times_held = 0;
    assert_int_equal(krb_cred_tickets(&fake.env, a.cred, &tickets), SSP_OK);
    assert_int_equal(krb_cred_name(a.cred, &name), SSP_OK);
    assert_int_equal(times_free, 3);
    assert_int_equal(times_held, 0);
    krb_fake_port.forget(tickets);
    end_side(&a);
}

static void a_child_finds_no_lock_held(void **state)
{
    struct side a = initiator(0);

    (void)state;
    assert_true(fork_holds(&a.cred->lock.mutex));
    assert_true(fork_holds(&fake.delegations.lock.mutex));
    assert_true(fork_holds(&fake.returned.lock.mutex));
    end_side(&a);
}

/* ---- What is agreed on ------------------------------------------------- */

static void agrees_with_each_encryption_type(void **state)
{
    static const int32_t types[] = { KRB_AES128_SHA1, KRB_AES256_SHA1, KRB_AES128_SHA2,
                                     KRB_AES256_SHA2 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        krb_fake.type = types[i];
        shake(&a, &b);
        assert_sessions_fit(&a, &b);
        assert_int_equal(a.turn.core.session.enctype, types[i]);
        end_side(&a);
        end_side(&b);
    }
}

static void does_without_a_subkey_of_the_client(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);

    (void)state;
    krb_fake.lacks_subkey = true;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    end_side(&a);
    end_side(&b);
}

static void names_the_client_in_two_parts_and_by_its_sid(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);
    struct pkg_claim claim = { 0 };

    (void)state;
    krb_fake.pac = vector("ms-pac-3.txt", "logon_info");
    shake(&a, &b);
    assert_true(krb_shake_kind.claim(&b.turn.base, &claim));
    assert_int_equal(claim.user->n, 4);
    assert_int_equal(claim.domain->n, 5);
    assert_memory_equal(claim.sid, vector("ms-pac-3.txt", "sid").p, 28);
    assert_false(krb_shake_kind.claim(&a.turn.base, &claim));
    end_side(&a);
    end_side(&b);
}

/* A KDC names realms as it likes; what it vouches for is its own only. */
static void takes_no_part_of_a_realm_for_the_realm(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);
    struct pkg_claim claim = { 0 };
    ssp_cleanup(wipe_free_str) char *domain = NULL;
    ssp_cleanup(wipe_free_str) char *user = NULL;

    (void)state;
    krb_fake.client = "us\\@er@EVIL\\@REALM";
    shake(&a, &b);
    assert_true(krb_shake_kind.claim(&b.turn.base, &claim));
    assert_int_equal(str16_to_utf8(claim.user, &user), SSP_OK);
    assert_int_equal(str16_to_utf8(claim.domain, &domain), SSP_OK);
    assert_string_equal(user, "us\\@er");
    assert_string_equal(domain, "EVIL\\@REALM");
    end_side(&a);
    end_side(&b);
}

static void refuses_a_pac_that_cannot_be_read(void **state)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);

    (void)state;
    krb_fake.pac = view_text("no such thing");
    shake(&a, &b);
    assert_int_equal(b.e, SSP_ERR_BAD_TOKEN);
    end_side(&a);
    end_side(&b);
}

/* ---- Delegation -------------------------------------------------------- */

static void keeps_what_is_delegated_with_the_logon_session(void **state)
{
    static const LUID session = { 7, 0 };
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE);
    struct side b = acceptor(0);
    struct krb_tickets *copy = NULL;

    (void)state;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    assert_true((a.turn.base.attributes & ISC_RET_DELEGATE) != 0);
    assert_true((b.turn.base.attributes & ASC_RET_DELEGATE) != 0);
    krb_shake_kind.made(&fake.env, &b.turn.base, session);
    end_side(&a);
    end_side(&b);
    assert_int_equal(krb_delegations_copy(&fake.delegations, session, &copy), SSP_OK);
    krb_fake_port.forget(copy);
    krb_delegations_forget(&fake.delegations, session);
    assert_int_equal(krb_delegations_copy(&fake.delegations, session, &copy), SSP_ERR_NO_CREDS);
}

static void keeps_what_is_delegated_across_three_legs(void **state)
{
    struct side a = initiator(ISC_REQ_USE_DCE_STYLE | ISC_REQ_DELEGATE);
    struct side b = acceptor(0);

    (void)state;
    shake(&a, &b);
    assert_sessions_fit(&a, &b);
    assert_non_null(b.turn.delegation);
    end_side(&a);
    end_side(&b);
}

static void says_no_delegation_where_there_is_none(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE);
        struct side b = acceptor(0);

        krb_fake.delegates = i != 0;
        fake.config.policy.delegate = i == 1 ? KRB_DELEGATE_NEVER : KRB_DELEGATE_TRUSTED;
        fake.config.policy.accept_delegation = i != 2;
        shake(&a, &b);
        assert_sessions_fit(&a, &b);
        assert_int_equal((a.turn.base.attributes & ISC_RET_DELEGATE) != 0, i == 2);
        assert_int_equal(b.turn.base.attributes & ASC_RET_DELEGATE, 0);
        assert_null(b.turn.delegation);
        end_side(&a);
        end_side(&b);
    }
}

/* ---- Services ---------------------------------------------------------- */

/* The one that FAKE_SERVICE is, with a policy that starts as the general one. */
static struct krb_policy *give_service_a_section(struct krb_service *service)
{
    static char name[] = "http";

    *service = (struct krb_service){ .name = name, .policy = fake.config.policy };
    fake.config.services = service;
    fake.config.n_services = 1;
    return &service->policy;
}

static void delegates_as_the_section_of_the_service_says(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct krb_service service;
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE);
        struct side b = acceptor(0);
        struct krb_policy *policy = give_service_a_section(&service);

        policy->delegate = i == 1 ? KRB_DELEGATE_NEVER : KRB_DELEGATE_TRUSTED;
        policy->accept_delegation = i != 2;
        shake(&a, &b);
        assert_sessions_fit(&a, &b);
        assert_int_equal((a.turn.base.attributes & ISC_RET_DELEGATE) != 0, i != 1);
        assert_int_equal((b.turn.base.attributes & ASC_RET_DELEGATE) != 0, i == 0);
        end_side(&a);
        end_side(&b);
    }
}

/* A credential for all that the keytab has goes by the service that the ticket is for. */
static void takes_the_encryption_types_of_the_service_only(void **state)
{
    struct krb_service service;
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(0);
    struct side c = initiator(ISC_REQ_MUTUAL_AUTH);

    (void)state;
    leg(&a, (struct view){ 0 });
    struct krb_policy *policy = give_service_a_section(&service);
    policy->types = (struct krb_types){ { KRB_AES128_SHA1 }, 1 };
    leg(&b, token_of(&a));
    assert_int_equal(b.e, SSP_ERR_UNSUPPORTED_TYPE);
    leg(&c, (struct view){ 0 });
    assert_int_equal(c.e, SSP_ERR_UNSUPPORTED_TYPE);
    end_side(&a);
    end_side(&b);
    end_side(&c);
}

/* ---- Channel bindings -------------------------------------------------- */

static const char channel[] = "00000000 00000000 00000000 00000000 00000000 00000000"
                              "0f000000 20000000 746c732d756e697175653a30313233";
static const char other_channel[] = "00000000 00000000 00000000 00000000 00000000 00000000"
                                    "0f000000 20000000 746c732d756e697175653a30313234";

static enum ssp_err bound(const char *ours, const char *theirs, uint32_t asked,
                          enum krb_bindings *ret)
{
    struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
    struct side b = acceptor(asked);

    if (ours != NULL)
        b.bindings = hex(ours);
    if (theirs != NULL)
        a.bindings = hex(theirs);
    shake(&a, &b);
    enum ssp_err e = b.e;
    *ret = b.turn.core.bindings;
    if (e == SSP_OK && theirs != NULL)
        assert_int_equal(a.turn.core.bindings, KRB_BINDINGS_SENT);
    end_side(&a);
    end_side(&b);
    return e;
}

static void checks_channel_bindings_as_configured(void **state)
{
    enum krb_bindings what = KRB_BINDINGS_NONE;

    (void)state;
    assert_int_equal(bound(channel, channel, 0, &what), SSP_OK);
    assert_int_equal(what, KRB_BINDINGS_MATCHED);
    assert_int_equal(bound(channel, other_channel, 0, &what), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(bound(channel, NULL, 0, &what), SSP_OK);
    assert_int_equal(what, KRB_BINDINGS_NONE);
    assert_int_equal(bound(NULL, channel, 0, &what), SSP_OK);
    assert_int_equal(what, KRB_BINDINGS_UNCHECKED);
    fake.config.channel_bindings = KRB_CHECK_REQUIRED;
    assert_int_equal(bound(channel, channel, 0, &what), SSP_OK);
    assert_int_equal(bound(channel, NULL, 0, &what), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(bound(NULL, channel, 0, &what), SSP_ERR_BAD_BINDINGS);
    assert_int_equal(bound(NULL, channel, ASC_REQ_PROXY_BINDINGS, &what), SSP_OK);
    fake.config.channel_bindings = KRB_CHECK_OFF;
    assert_int_equal(bound(channel, other_channel, 0, &what), SSP_OK);
}

static void says_whether_used_contexts_may_be_reset(void **state)
{
    (void)state;
    for (int may = 0; may <= 1; may++) {
        struct side a = initiator(ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        fake.config.reset_after_messages = may != 0;
        shake(&a, &b);
        assert_int_equal(a.turn.core.reset_only_unused, may == 0);
        assert_int_equal(b.turn.core.reset_only_unused, may == 0);
        end_side(&a);
        end_side(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(agrees_on_a_session_in_two_legs),
        CASE(agrees_on_a_session_in_one_leg),
        CASE(agrees_on_a_session_in_three_legs_of_dce_style),
        CASE(takes_a_request_again_of_which_nothing_came),
        CASE(a_replay_that_is_undone_stays_one),
        CASE(a_request_for_which_there_was_no_memory_may_come_again),
        CASE(only_the_latest_of_many_may_come_again),
        CASE(tickets_in_use_outlive_their_renewal),
        CASE(no_lock_is_held_while_somebody_is_asked),
        CASE(a_child_finds_no_lock_held),
        CASE(agrees_with_each_encryption_type),
        CASE(does_without_a_subkey_of_the_client),
        CASE(names_the_client_in_two_parts_and_by_its_sid),
        CASE(takes_no_part_of_a_realm_for_the_realm),
        CASE(refuses_a_pac_that_cannot_be_read),
        CASE(keeps_what_is_delegated_with_the_logon_session),
        CASE(keeps_what_is_delegated_across_three_legs),
        CASE(says_no_delegation_where_there_is_none),
        CASE(delegates_as_the_section_of_the_service_says),
        CASE(takes_the_encryption_types_of_the_service_only),
        CASE(checks_channel_bindings_as_configured),
        CASE(says_whether_used_contexts_may_be_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
