/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"
#include "packages/kerberos/window.h"

static const uint64_t first = 100;

static enum ssp_err take(struct krb_window *window, uint64_t seq, bool in_order)
{
    return krb_window_take(window, first, seq, in_order, window);
}

static struct krb_window fresh(void)
{
    return (struct krb_window){ .next = first };
}

static void takes_each_number_once_in_any_order(void **state)
{
    static const uint64_t order[] = { 105, 100, 104, 101, 103, 102, 160, 164, 106 };
    struct krb_window window = fresh();

    (void)state;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        assert_int_equal(take(&window, order[i], false), SSP_OK);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        assert_int_equal(take(&window, order[i], false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_true(window.next == 165);
}

static void remembers_the_last_64_and_no_more(void **state)
{
    struct krb_window window = fresh();

    (void)state;
    assert_int_equal(take(&window, first + 99, false), SSP_OK);
    assert_int_equal(take(&window, first + 35, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, first + 36, false), SSP_OK);
    assert_int_equal(take(&window, first + 36, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, first + 99 + 64, false), SSP_OK);
    assert_int_equal(take(&window, first + 99, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, first + 100, false), SSP_OK);
}

static void takes_nothing_from_before_the_first_message(void **state)
{
    struct krb_window window = fresh();

    (void)state;
    assert_int_equal(take(&window, first - 1, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, 0, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, first, false), SSP_OK);
    assert_int_equal(take(&window, first - 1, false), SSP_ERR_OUT_OF_SEQUENCE);
}

static void in_order_only_the_next_number_will_do(void **state)
{
    struct krb_window window = fresh();

    (void)state;
    assert_int_equal(take(&window, first + 1, true), SSP_ERR_OUT_OF_SEQUENCE);
    for (uint64_t seq = first; seq < first + 70; seq++) {
        assert_int_equal(take(&window, seq, true), SSP_OK);
        assert_int_equal(take(&window, seq, true), SSP_ERR_OUT_OF_SEQUENCE);
    }
}

static void takes_numbers_however_far_ahead_but_the_last(void **state)
{
    struct krb_window window = fresh();

    (void)state;
    assert_int_equal(take(&window, UINT64_MAX, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, UINT64_MAX - 1, false), SSP_OK);
    assert_int_equal(take(&window, UINT64_MAX - 1, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(take(&window, UINT64_MAX - 64, false), SSP_OK);
    assert_int_equal(take(&window, UINT64_MAX - 65, false), SSP_ERR_OUT_OF_SEQUENCE);
}

static void a_refusal_changes_nothing(void **state)
{
    struct krb_window window = { .next = 103, .seen = 5 };

    (void)state;
    assert_int_equal(take(&window, 102, false), SSP_ERR_OUT_OF_SEQUENCE);
    assert_true(window.next == 103 && window.seen == 5);
}

static void holds_what_it_can_have_become_and_nothing_else(void **state)
{
    static const struct {
        struct krb_window window;
        bool holds;
    } cases[] = {
        { { 100, 0 }, true },
        { { 100, 1 }, false },
        { { 99, 0 }, false },
        { { 101, 1 }, true },
        { { 101, 0 }, false },
        { { 101, 3 }, false },
        { { 103, 5 }, true },
        { { 103, 2 }, false },
        { { 163, UINT64_MAX >> 1 }, true },
        { { 163, UINT64_MAX }, false },
        { { 164, UINT64_MAX }, true },
        { { 1000, 1 }, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(krb_window_holds(&cases[i].window, first), cases[i].holds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_each_number_once_in_any_order),
        TEST(remembers_the_last_64_and_no_more),
        TEST(takes_nothing_from_before_the_first_message),
        TEST(in_order_only_the_next_number_will_do),
        TEST(takes_numbers_however_far_ahead_but_the_last),
        TEST(a_refusal_changes_nothing),
        TEST(holds_what_it_can_have_become_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
