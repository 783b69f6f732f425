/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials, contexts and whose they are. */
#include "base/cleanup.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/call.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/leg.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Credentials ------------------------------------------------------- */

static SECURITY_STATUS acquire(struct client *client, struct lsa_acquire what)
{
    uint64_t cred = 0;
    TimeStamp expiry = { .QuadPart = 7 };
    SECURITY_STATUS status = lsa_cred_acquire(client, &what, &cred, &expiry);

    if (status < 0) {
        assert_int_equal(cred, 0);
        assert_int_equal(expiry.QuadPart, 7);
        return status;
    }
    assert_int_equal(lsa_cred_free(client, cred), SEC_E_OK);
    return status;
}

static void acquires_and_frees_a_credential(void **state)
{
    uint64_t cred = fixture_cred(fixture.alice);
    SecPkgCredentials_NamesW names = { 0 };

    (void)state;
    assert_int_equal(mock_asked("creds"), 1);
    assert_int_equal(lsa_cred_query(fixture.alice, cred, SECPKG_CRED_ATTR_NAMES, &names), SEC_E_OK);
    assert_memory_equal(names.sUserName, u"somebody", sizeof(u"somebody"));
    assert_int_equal(heap_free(names.sUserName), SSP_OK);
    assert_int_equal(lsa_cred_free(fixture.alice, cred), SEC_E_OK);
    assert_int_equal(mock_asked("creds"), 0);
    assert_int_equal(lsa_cred_free(fixture.alice, cred), SEC_E_INVALID_HANDLE);
    assert_int_equal(lsa_cred_query(fixture.alice, cred, SECPKG_CRED_ATTR_NAMES, &names),
                     SEC_E_INVALID_HANDLE);
}

static void refuses_unknown_packages_and_sessions(void **state)
{
    LUID nobody = { 5, 5 };

    (void)state;
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ .package = u"None" }),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ 0 }), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(
        acquire(fixture.alice, (struct lsa_acquire){ .package = MOCK, .logon_id = &nobody }),
        SEC_E_NO_CREDENTIALS);
}

static void lets_a_client_use_its_users_sessions_only(void **state)
{
    struct lsa_acquire what = { .package = MOCK, .logon_id = &fixture.bob->logon->id };

    (void)state;
    assert_int_equal(acquire(fixture.alice, what), SEC_E_NO_CREDENTIALS);
    assert_int_equal(acquire(fixture.bob, what), SEC_E_OK);
    assert_int_equal((ULONG)mock_asked("logon_low"), fixture.bob->logon->id.LowPart);
    assert_int_equal(acquire(fixture.bob, (struct lsa_acquire){ .package = MOCK }), SEC_E_OK);
    assert_int_equal((ULONG)mock_asked("logon_low"), fixture.bob->logon->id.LowPart);
}

static void refuses_what_a_package_cannot_mean(void **state)
{
    (void)state;
    mock_tell("set AcquireCredentialsHandle 0x103"); /* STATUS_PENDING */
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ .package = MOCK }),
                     SEC_E_INTERNAL_ERROR);
    mock_tell("set AcquireCredentialsHandle 0xC000006D");
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ .package = MOCK }),
                     SEC_E_LOGON_DENIED);
    mock_tell("clear");
    mock_tell("set zero_credential 1");
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ .package = MOCK }),
                     SEC_E_INTERNAL_ERROR);
}

static void says_no_for_members_that_a_package_leaves_out(void **state)
{
    uint64_t cred = fixture_cred(fixture.alice);
    TimeStamp expiry;
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(lsa_cred_add(fixture.alice, cred, &(struct lsa_acquire){ 0 }, &expiry),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(lsa_ctx_set(fixture.alice, pair.initiator.ctx, 1, NULL, 0),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(lsa_ctx_control(fixture.alice, pair.initiator.ctx, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    pair_free(fixture.alice, &pair);
    assert_int_equal(lsa_cred_free(fixture.alice, cred), SEC_E_OK);
}

/* ---- Who calls --------------------------------------------------------- */

static void tells_a_package_who_calls(void **state)
{
    (void)state;
    assert_int_equal(acquire(fixture.alice, (struct lsa_acquire){ .package = MOCK }), SEC_E_OK);
    assert_int_equal(mock_asked("call_client_pid"), 1001);
    assert_true((mock_asked("call_attributes") & SECPKG_CALL_IN_PROC) != 0);
    assert_true((mock_asked("call_attributes") & SECPKG_CALL_ANSI) == 0);
    assert_int_equal(acquire(fixture.bob, (struct lsa_acquire){ .package = MOCK, .ansi = true }),
                     SEC_E_OK);
    assert_int_equal(mock_asked("call_client_pid"), 2001);
    assert_true((mock_asked("call_attributes") & SECPKG_CALL_IN_PROC) == 0);
    assert_true((mock_asked("call_attributes") & SECPKG_CALL_ANSI) != 0);
    assert_null(call_current());
}

/* ---- Handshakes -------------------------------------------------------- */

static void a_handshake_ends_with_both_contexts_mapped(void **state)
{
    struct pair pair = { 0 };
    ULONG legs = 0;

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_false(pair.initiator.mapped);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    uint64_t first = pair.initiator.ctx;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_OK);
    assert_int_equal(pair.initiator.ctx, first);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_OK);
    assert_true(pair.initiator.mapped);
    assert_true(pair.acceptor.mapped);
    assert_non_null(pair.acceptor.packed.pvBuffer);
    assert_int_equal(lsa_ctx_query(fixture.alice, first, 0x4d4f0001, &legs), SEC_E_OK);
    assert_int_equal(legs, 2);
    assert_int_equal(mock_asked("contexts"), 2);
    pair_free(fixture.alice, &pair);
    assert_int_equal(mock_asked("contexts"), 0);
}

static void a_failed_first_leg_leaves_nothing_behind(void **state)
{
    struct pair pair = { .n = 3, .token = "bad" };

    (void)state;
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_INVALID_TOKEN);
    assert_int_equal(pair.acceptor.ctx, 0);
    assert_int_equal(mock_asked("contexts"), 0);
    assert_int_equal(client_count(fixture.alice, OWNED_CTX), 0);
    pair_free(fixture.alice, &pair);
}

static void a_failed_later_leg_leaves_the_context(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    pair.token[0] ^= 1;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_INVALID_TOKEN);
    pair.token[0] ^= 1;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_OK);
    pair_free(fixture.alice, &pair);
}

/* A leg with a package that answers like this; the context must be gone. */
static void expect_refusal_of(const char *trick)
{
    struct pair pair = { 0 };

    mock_tell("%s", trick);
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_INTERNAL_ERROR);
    mock_tell("clear");
    assert_int_equal(client_count(fixture.alice, OWNED_CTX), 0);
    pair_free(fixture.alice, &pair);
}

static void refuses_first_legs_that_cannot_be(void **state)
{
    (void)state;
    expect_refusal_of("set grow_output 4096");
    expect_refusal_of("set InitLsaModeContext 259");
    expect_refusal_of("set context_handle 0");
    expect_refusal_of("set context_handle -9223372036854775807");
    expect_refusal_of("set context_handle -1");
    assert_int_equal(mock_asked("contexts"), 0);
}

static void takes_back_what_was_allocated_for_a_leg_it_refuses(void **state)
{
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &token };
    struct lsa_leg_result result = { 0 };
    struct lsa_leg leg = {
        .cred = fixture_cred(fixture.alice),
        .requirements = ISC_REQ_ALLOCATE_MEMORY,
        .out = &out,
    };

    (void)state;
    mock_tell("set context_handle 0");
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INTERNAL_ERROR);
    mock_tell("clear");
    assert_null(token.pvBuffer);
    assert_int_equal(token.cbBuffer, 0);
}

static void passes_what_a_package_says_of_its_handshake(void **state)
{
    static const SECURITY_STATUS words[] = { SEC_I_INCOMPLETE_CREDENTIALS, SEC_I_RENEGOTIATE,
                                             SEC_I_CONTEXT_EXPIRED, SEC_I_MESSAGE_FRAGMENT };

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct pair pair = { 0 };

        mock_tell("set leg_status %ld", (long)words[i]);
        assert_int_equal(pair_initiate(fixture.alice, &pair), words[i]);
        assert_int_not_equal(pair.initiator.ctx, 0);
        mock_tell("clear");
        pair_free(fixture.alice, &pair);
    }
}

static void takes_back_the_reason_that_nobody_asked_for(void **state)
{
    SecBuffer rubbish = { 3, SECBUFFER_TOKEN, (void *)(uintptr_t) "abc" };
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in = { SECBUFFER_VERSION, 1, &rubbish };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &token };
    struct lsa_leg_result result = { 0 };
    struct lsa_leg leg = { .accept = true,
                           .cred = fixture_cred(fixture.alice),
                           .requirements = ASC_REQ_ALLOCATE_MEMORY,
                           .in = &in,
                           .out = &out };

    (void)state;
    mock_tell("set explain_always 1");
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_TOKEN);
    assert_null(token.pvBuffer);
    assert_int_equal(result.attributes, 0);
    leg.requirements |= ASC_REQ_EXTENDED_ERROR;
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_TOKEN);
    mock_tell("clear");
    assert_int_equal(token.cbBuffer, 9);
    assert_int_equal(result.attributes & ASC_RET_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR);
    assert_int_equal(result.ctx, 0);
    assert_int_equal(heap_free(token.pvBuffer), SSP_OK);
}

static void refuses_a_package_that_leaves_more_than_it_was_given(void **state)
{
    uint8_t hello[5 + 16 + 3] = "MOCKH";
    uint8_t place[64];
    SecBuffer given[] = { { sizeof(hello), SECBUFFER_TOKEN, hello }, { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer token = { sizeof(place), SECBUFFER_TOKEN, place };
    SecBufferDesc in = { SECBUFFER_VERSION, 2, given };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &token };
    struct lsa_leg_result result = { 0 };
    struct lsa_leg leg = { .accept = true,
                           .cred = fixture_cred(fixture.alice),
                           .requirements = ASC_REQ_STREAM,
                           .in = &in,
                           .out = &out };

    (void)state;
    mock_tell("set leave 25");
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INTERNAL_ERROR);
    mock_tell("clear");
    given[1] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(given[1].BufferType, SECBUFFER_EXTRA);
    assert_int_equal(given[1].cbBuffer, 3);
    assert_int_equal(lsa_ctx_free(fixture.alice, result.ctx), SEC_E_OK);
}

static void refuses_contexts_mapped_without_their_data(void **state)
{
    static const char *const tricks[] = { "set map_nothing 1", "set map_size 0",
                                          "set map_size 65537" };

    (void)state;
    for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
        struct pair pair = { 0 };

        assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
        assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
        mock_tell("%s", tricks[i]);
        assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_INTERNAL_ERROR);
        mock_tell("clear");
        assert_null(pair.initiator.packed.pvBuffer);
        pair_free(fixture.alice, &pair);
    }
}

static void refuses_legs_in_the_other_role(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    pair.acceptor.ctx = pair.initiator.ctx;
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_INVALID_HANDLE);
    pair.acceptor.ctx = 0;
    pair_free(fixture.alice, &pair);
}

static void refuses_legs_without_credential_or_with_another_packages(void **state)
{
    struct pair pair = { 0 };
    struct lsa_acquire what = { .package = u"MockToo" };
    struct lsa_leg leg = { 0 };
    struct lsa_leg_result result = { 0 };
    TimeStamp expiry;

    (void)state;
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_HANDLE);
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    leg.ctx = pair.initiator.ctx;
    assert_int_equal(lsa_cred_acquire(fixture.alice, &what, &leg.cred, &expiry), SEC_E_OK);
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_HANDLE);
    assert_int_equal(lsa_cred_free(fixture.alice, leg.cred), SEC_E_OK);
    pair_free(fixture.alice, &pair);
}

static void refuses_buffers_and_names_that_do_not_hold(void **state)
{
    static char16_t name[LIMIT_NAME + 2];
    SecBufferDesc desc = { 1, 0, NULL };
    struct lsa_leg leg = { .cred = fixture_cred(fixture.alice), .in = &desc };
    struct lsa_leg_result result = { 0 };

    (void)state;
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_PARAMETER);
    leg.in = NULL;
    for (size_t i = 0; i < LIMIT_NAME + 1; i++)
        name[i] = u'x';
    leg.target = name;
    assert_int_equal(lsa_leg_run(fixture.alice, &leg, &result), SEC_E_INVALID_PARAMETER);
    assert_int_equal(lsa_cred_free(fixture.alice, leg.cred), SEC_E_OK);
}

/* ---- Whose it is ------------------------------------------------------- */

static void ids_of_another_client_are_not_valid(void **state)
{
    struct pair pair = { 0 };
    struct lsa_leg_result result = { 0 };
    ULONG legs = 0;

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    struct lsa_leg leg = { .cred = pair.cred, .ctx = pair.initiator.ctx };
    assert_int_equal(lsa_leg_run(fixture.bob, &leg, &result), SEC_E_INVALID_HANDLE);
    leg.ctx = 0;
    assert_int_equal(lsa_leg_run(fixture.bob, &leg, &result), SEC_E_INVALID_HANDLE);
    assert_int_equal(lsa_cred_free(fixture.bob, pair.cred), SEC_E_INVALID_HANDLE);
    assert_int_equal(lsa_ctx_free(fixture.bob, pair.initiator.ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(lsa_ctx_query(fixture.bob, pair.initiator.ctx, 0x4d4f0001, &legs),
                     SEC_E_INVALID_HANDLE);
    pair_free(fixture.alice, &pair);
}

static void a_client_is_held_to_its_limits(void **state)
{
    struct client *client = fixture_client(2, 1);
    struct pair pair = { 0 };
    struct pair more = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(client, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_initiate(client, &more), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(acquire(client, (struct lsa_acquire){ .package = MOCK }),
                     SEC_E_INSUFFICIENT_MEMORY);
    pair_free(client, &pair);
    more.n = 0;
    assert_int_equal(pair_initiate(client, &more), SEC_I_CONTINUE_NEEDED);
    pair_free(client, &more);
    client_close(&client);
}

static void a_client_that_goes_leaves_nothing(void **state)
{
    struct client *client = fixture_client(10, 10);
    struct pair pair = { 0 };
    LUID own = client->logon->id;

    (void)state;
    assert_int_equal(pair_initiate(client, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_accept(client, &pair), SEC_I_CONTINUE_NEEDED);
    long told = mock_asked("terminated");
    client_close(&client);
    assert_int_equal(mock_asked("contexts"), 0);
    assert_int_equal(mock_asked("creds"), 0);
    assert_null(logon_find(fixture.lsa, own));
    assert_int_equal(mock_asked("terminated"), told + 2); /* once for each of the two packages */
}

static void a_credential_freed_during_a_call_lives_until_its_end(void **state)
{
    uint64_t id = fixture_cred(fixture.alice);
    struct lsa_cred *cred = NULL;

    (void)state;
    assert_int_equal(lsa_cred_get(fixture.alice, id, &cred), SSP_OK);
    assert_int_equal(lsa_cred_free(fixture.alice, id), SEC_E_OK);
    assert_int_equal(mock_asked("creds"), 1);
    assert_int_equal(client_count(fixture.alice, OWNED_CRED), 1);
    lsa_cred_put(&cred);
    assert_int_equal(mock_asked("creds"), 0);
    assert_int_equal(client_count(fixture.alice, OWNED_CRED), 0);
}

static void a_childs_copy_of_a_context_is_not_valid(void **state)
{
    struct pair pair = { 0 };
    int status = 0;

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    pid_t child = fork();
    if (child == 0) {
        ULONG legs = 0;
        bool ok = lsa_ctx_query(fixture.alice, pair.initiator.ctx, 0x4d4f0001, &legs) ==
                  SEC_E_INVALID_HANDLE;

        /* Credentials survive. */
        ok = ok && lsa_cred_free(fixture.alice, pair.cred) == SEC_E_OK;
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    pair_free(fixture.alice, &pair);
}

/* ---- Running short ----------------------------------------------------- */

static SECURITY_STATUS whole_handshake(struct pair *pair)
{
    SECURITY_STATUS status = pair_initiate(fixture.alice, pair);

    if (status >= 0)
        status = pair_accept(fixture.alice, pair);
    if (status >= 0)
        status = pair_initiate(fixture.alice, pair);
    return status;
}

static void a_handshake_fails_whole_when_memory_runs_out(void **state)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    (void)state;
    for (size_t n = 0; status < 0; n++) {
        struct pair pair = { .cred = fixture_cred(fixture.alice) };

        fault_malloc_at(n);
        status = whole_handshake(&pair);
        fault_malloc_at(SIZE_MAX);
        assert_true(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY);
        pair_free(fixture.alice, &pair);
        assert_int_equal(mock_asked("contexts"), 0);
    }
}

/* ---- Threads ----------------------------------------------------------- */

static void *shake_hands(void *arg)
{
    long *failures = arg;

    for (int i = 0; i < 50; i++) {
        struct pair pair = { 0 };

        if (whole_handshake(&pair) != SEC_E_OK)
            ++*failures;
        pair_free(fixture.alice, &pair);
    }
    return NULL;
}

static void handshakes_run_side_by_side(void **state)
{
    pthread_t threads[4];
    long failures[4] = { 0 };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, shake_hands, &failures[i]), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(failures[i], 0);
    assert_int_equal(client_count(fixture.alice, OWNED_CTX), 0);
    assert_int_equal(client_count(fixture.alice, OWNED_CRED), 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(acquires_and_frees_a_credential),
        CASE(refuses_unknown_packages_and_sessions),
        CASE(lets_a_client_use_its_users_sessions_only),
        CASE(refuses_what_a_package_cannot_mean),
        CASE(says_no_for_members_that_a_package_leaves_out),
        CASE(tells_a_package_who_calls),
        CASE(a_handshake_ends_with_both_contexts_mapped),
        CASE(a_failed_first_leg_leaves_nothing_behind),
        CASE(a_failed_later_leg_leaves_the_context),
        CASE(refuses_first_legs_that_cannot_be),
        CASE(takes_back_what_was_allocated_for_a_leg_it_refuses),
        CASE(passes_what_a_package_says_of_its_handshake),
        CASE(takes_back_the_reason_that_nobody_asked_for),
        CASE(refuses_a_package_that_leaves_more_than_it_was_given),
        CASE(refuses_contexts_mapped_without_their_data),
        CASE(refuses_legs_in_the_other_role),
        CASE(refuses_legs_without_credential_or_with_another_packages),
        CASE(refuses_buffers_and_names_that_do_not_hold),
        CASE(ids_of_another_client_are_not_valid),
        CASE(a_client_is_held_to_its_limits),
        CASE(a_client_that_goes_leaves_nothing),
        CASE(a_credential_freed_during_a_call_lives_until_its_end),
        CASE(a_childs_copy_of_a_context_is_not_valid),
        CASE(a_handshake_fails_whole_when_memory_runs_out),
        CASE(handshakes_run_side_by_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
