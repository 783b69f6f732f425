/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept is found by its ticket, and goes when its time is over; empty places will do. */
#include "lsa/kept.h"

#include "harness/harness.h"

#define SECOND UINT64_C(1000000000)

enum { MANY = 10000 };

static struct keeper keeper;

static int setup(void **state)
{
    (void)state;
    return keeper_init(&keeper) == SSP_OK ? 0 : -1;
}

static int teardown(void **state)
{
    keeper_done(&keeper);
    return free_guarded(state);
}

static struct ticket_id id_of(unsigned n)
{
    return (
        struct ticket_id){ { (uint8_t)(n * 7), (uint8_t)(n >> 4), (uint8_t)n, (uint8_t)(n >> 8) } };
}

static void keep(unsigned n, uint64_t expires)
{
    struct kept *kept = NULL;

    assert_int_equal(kept_new(&keeper, &kept), SSP_OK);
    kept->ticket = id_of(n);
    kept->expires = expires;
    kept_add(&keeper, &kept);
    assert_null(kept);
}

static bool take(unsigned n)
{
    const struct ticket_id id = id_of(n);
    struct kept *kept = kept_take(&keeper, &id);
    bool found = kept != NULL;

    kept_free(&kept);
    return found;
}

static void finds_each_of_many_once(void **state)
{
    (void)state;
    assert_false(take(0)); /* before anything was kept */
    for (unsigned n = 0; n < MANY; n++)
        keep(n, n % 300 * SECOND);
    for (unsigned n = 0; n < MANY; n++) {
        unsigned other = (n * 7919U) % MANY; /* in another order */

        assert_true(take(other));
        assert_false(take(other));
    }
}

static void sweep(uint64_t now)
{
    while (kept_sweep(&keeper, now))
        continue;
}

static void lets_go_what_was_over_before_this_second_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 300; n++)
        keep(n, 1000 * SECOND + n * SECOND / 2);
    sweep(1050 * SECOND); /* the hundredth is over exactly now */
    for (unsigned n = 0; n < 300; n++)
        assert_int_equal(take(n), n >= 100);
}

static void lets_go_at_every_step_of_the_clock(void **state)
{
    enum { STEPS = 3 * 299 /* until it is over */, LATER = STEPS + 3 };

    (void)state;
    for (unsigned n = 0; n < 1500; n++) {
        uint64_t now = 5000 * SECOND + n * SECOND / 3;

        keep(n, now + 299 * SECOND);
        sweep(now);
        if (n >= STEPS && n % 2 == 0)
            assert_true(take(n - STEPS));
        if (n >= LATER)
            assert_false(take(n - LATER));
    }
}

static void lets_go_a_second_later_what_was_over_before_it_came(void **state)
{
    (void)state;
    sweep(1000 * SECOND);
    keep(1, 900 * SECOND);
    sweep(1001 * SECOND);
    assert_false(take(1));
}

static void lets_go_so_many_at_once_and_the_rest_after_that(void **state)
{
    enum { PARTS = 4, ALL = PARTS * KEPT_AT_ONCE + 1 };
    unsigned left = 0;

    (void)state;
    for (unsigned n = 0; n < ALL; n++)
        keep(n, (10 + n % 3) * SECOND); /* some seconds have more than one part, none a whole */
    for (unsigned part = 0; part < PARTS; part++)
        assert_true(kept_sweep(&keeper, 20 * SECOND));
    for (unsigned n = 0; n < ALL; n++)
        left += take(n) ? 1 : 0;
    assert_int_equal(left, 1);
    assert_false(kept_sweep(&keeper, 20 * SECOND));
}

static void keeps_what_is_left_of_a_part_for_who_comes_in_time(void **state)
{
    (void)state;
    for (unsigned n = 0; n <= KEPT_AT_ONCE; n++)
        keep(n, 10 * SECOND);
    keep(1000, 30 * SECOND);
    assert_true(kept_sweep(&keeper, 20 * SECOND));
    assert_true(take(1000));
    assert_false(kept_sweep(&keeper, 20 * SECOND));
    for (unsigned n = 0; n <= KEPT_AT_ONCE; n++)
        assert_false(take(n));
}

static void lets_go_everything_in_the_end_and_goes_on(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 600; n++)
        keep(n, n * SECOND);
    kept_let_go(&keeper);
    for (unsigned n = 0; n < 600; n++)
        assert_false(take(n));
    keep(1, 10 * SECOND);
    assert_true(take(1));
}

static void refuses_a_place_when_there_is_no_memory(void **state)
{
    struct kept *kept = NULL;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 0; e != SSP_OK; n++) {
        fault_malloc_at(n);
        e = kept_new(&keeper, &kept);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || (e == SSP_ERR_NO_MEMORY && kept == NULL));
    }
    kept_free(&kept);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(finds_each_of_many_once),
        CASE(lets_go_what_was_over_before_this_second_and_nothing_else),
        CASE(lets_go_at_every_step_of_the_clock),
        CASE(lets_go_a_second_later_what_was_over_before_it_came),
        CASE(lets_go_so_many_at_once_and_the_rest_after_that),
        CASE(keeps_what_is_left_of_a_part_for_who_comes_in_time),
        CASE(lets_go_everything_in_the_end_and_goes_on),
        CASE(refuses_a_place_when_there_is_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
