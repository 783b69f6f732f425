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

static void lets_go_what_is_over_and_nothing_else(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 300; n++)
        keep(n, 1000 * SECOND + n * SECOND / 2);
    kept_sweep(&keeper, 1000 * SECOND + 100 * SECOND / 2); /* that one is over exactly now */
    for (unsigned n = 0; n < 300; n++)
        assert_int_equal(take(n), n > 100);
}

static void lets_go_at_every_step_of_the_clock(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 1500; n++) {
        uint64_t now = 5000 * SECOND + n * SECOND / 3;

        keep(n, now + 299 * SECOND);
        kept_sweep(&keeper, now);
        if (n >= 3 * 299)
            assert_false(take(n - 3 * 299));
        if (n >= 3 * 299 - 1)
            assert_true(take(n - (3 * 299 - 1)));
    }
}

static void lets_go_at_the_next_sweep_what_was_over_before_it_came(void **state)
{
    (void)state;
    kept_sweep(&keeper, 1000 * SECOND);
    keep(1, 900 * SECOND);
    kept_sweep(&keeper, 1000 * SECOND);
    assert_false(take(1));
}

static void lets_go_everything_in_the_end_and_goes_on(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 600; n++)
        keep(n, n * SECOND);
    kept_sweep(&keeper, UINT64_MAX);
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
        CASE(lets_go_what_is_over_and_nothing_else),
        CASE(lets_go_at_every_step_of_the_clock),
        CASE(lets_go_at_the_next_sweep_what_was_over_before_it_came),
        CASE(lets_go_everything_in_the_end_and_goes_on),
        CASE(refuses_a_place_when_there_is_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
