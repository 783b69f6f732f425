/* SPDX-License-Identifier: Apache-2.0 */
/* Logon sessions: their ids, and who is told that one has ended. */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/logon.h"

static void a_session_lives_as_long_as_the_context_it_was_made_for(void **state)
{
    struct pair pair = { 0 };
    long told = mock_asked("terminated");

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_E_OK);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_E_OK);
    assert_int_equal(mock_asked("terminated"), told);
    pair_free(fixture.alice, &pair);
    assert_int_equal(mock_asked("terminated"), told + 2); /* both packages are told */
}

static void sessions_have_ids_of_their_own(void **state)
{
    ssp_cleanup(logon_unref) struct logon *a = NULL;
    ssp_cleanup(logon_unref) struct logon *b = NULL;
    ssp_cleanup(logon_unref) struct logon *c = NULL;

    (void)state;
    assert_int_equal(logon_new(fixture.lsa, 0, (LUID){ 0 }, &a), SSP_OK);
    assert_int_equal(logon_new(fixture.lsa, 0, (LUID){ 0 }, &b), SSP_OK);
    assert_false(SecEqualLuid(&a->id, &b->id));
    assert_int_equal(logon_new(fixture.lsa, 0, a->id, &c), SSP_ERR_BAD_ARGUMENT);
    assert_true(logon_cancel(fixture.lsa, a->id));
    assert_false(logon_cancel(fixture.lsa, a->id));
    assert_int_equal(logon_new(fixture.lsa, 0, a->id, &c), SSP_OK);
}

/* First the highest bit, which an id does not have, over the number of Windows' own SYSTEM session;
 * then something of use. */
static unsigned fills;

static enum ssp_err fill_with_a_well_known_number(uint8_t *dst, size_t n)
{
    const uint64_t values[] = { UINT64_C(0x80000000000003e7), UINT64_C(0x0102030405060708) };

    assert_int_equal(n, sizeof(values[0]));
    memcpy(dst, &values[fills++ == 0 ? 0 : 1], n);
    return SSP_OK;
}

static void no_session_is_given_an_id_that_windows_knows(void **state)
{
    ssp_cleanup(logon_unref) struct logon *logon = NULL;
    const struct rand *before = fixture.lsa->rand;

    (void)state;
    fills = 0;
    fixture.lsa->rand = &(const struct rand){ fill_with_a_well_known_number };
    assert_int_equal(logon_new(fixture.lsa, 0, (LUID){ 0 }, &logon), SSP_OK);
    fixture.lsa->rand = before;
    assert_int_equal(luid_to_u64(logon->id), UINT64_C(0x0102030405060708));
}

static void nobody_is_told_of_a_session_taken_back(void **state)
{
    struct logon *logon = NULL;
    long told = mock_asked("terminated");

    (void)state;
    assert_int_equal(logon_new(fixture.lsa, 0, (LUID){ 0 }, &logon), SSP_OK);
    assert_true(logon_cancel(fixture.lsa, logon->id));
    logon_unref(&logon);
    assert_int_equal(mock_asked("terminated"), told);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_session_lives_as_long_as_the_context_it_was_made_for),
        CASE(sessions_have_ids_of_their_own),
        CASE(no_session_is_given_an_id_that_windows_knows),
        CASE(nobody_is_told_of_a_session_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
