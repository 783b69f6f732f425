/* SPDX-License-Identifier: Apache-2.0 */
/* A few lines about one user in a while, and all about another. */
#include "rpc/complaints.h"

#include "harness/harness.h"

#define SECOND UINT64_C(1000000000)

enum { ALICE = 1000, BOB = 1001 };

static struct complaints complaints;
static uint32_t left_out;

static int setup(void **state)
{
    (void)state;
    complaints_init(&complaints);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    complaints_done(&complaints);
    return 0;
}

static unsigned said_of(uid_t uid, unsigned times, uint64_t now)
{
    unsigned said = 0;

    for (unsigned i = 0; i < times; i++)
        said += complaints_may(&complaints, uid, now, &left_out) ? 1 : 0;
    return said;
}

static void says_a_few_about_one_and_all_about_another(void **state)
{
    (void)state;
    assert_int_equal(said_of(ALICE, 1000, 5), COMPLAINT_LINES);
    assert_int_equal(said_of(BOB, 3, 5), 3);
}

static void begins_again_after_a_while_and_counts_what_was_left_out(void **state)
{
    uint64_t later = 5 + COMPLAINT_SECONDS * SECOND;

    (void)state;
    assert_int_equal(said_of(ALICE, COMPLAINT_LINES + 7, 5), COMPLAINT_LINES);
    assert_false(complaints_may(&complaints, ALICE, later - 1, &left_out));
    assert_int_equal(left_out, 0);
    assert_true(complaints_may(&complaints, ALICE, later, &left_out));
    assert_int_equal(left_out, 8);
    assert_true(complaints_may(&complaints, ALICE, later, &left_out));
    assert_int_equal(left_out, 0);
}

static void says_the_first_at_any_time(void **state)
{
    (void)state;
    assert_true(complaints_may(&complaints, ALICE, 0, &left_out));
    assert_true(complaints_may(&complaints, BOB, UINT64_MAX, &left_out));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(says_a_few_about_one_and_all_about_another),
        CASE(begins_again_after_a_while_and_counts_what_was_left_out),
        CASE(says_the_first_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
