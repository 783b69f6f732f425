/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "harness/harness.h"

static struct fork_lock outer;
static struct fork_lock inner;
enum { MANY = 512 };
static volatile unsigned guarded_by_both[MANY]; /* always all the same */
static _Atomic int wrong;
static _Atomic bool all_forked;

static void change(void)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *first = fork_lock_hold(&outer);
    ssp_cleanup(fork_lock_release) struct fork_lock *second = fork_lock_hold(&inner);

    for (size_t i = 0; i < MANY; i++)
        guarded_by_both[i]++;
}

static bool is_whole(void)
{
    for (size_t i = 1; i < MANY; i++)
        if (guarded_by_both[i] != guarded_by_both[0])
            return false;
    return true;
}

static bool can_change_what_is_whole(void *arg)
{
    (void)arg;
    change();
    return is_whole();
}

/* The others go on until the last fork, so that each happens among changes. */
static void change_or_fork(size_t nth, void *arg)
{
    for (int i = 0; nth == 0 && i < 50; i++)
        wrong += !child_says(can_change_what_is_whole, arg);
    if (nth == 0)
        all_forked = true;
    while (!all_forked)
        change();
}

static void a_child_finds_every_lock_free_and_what_it_guards_whole(void **state)
{
    (void)state;
    assert_int_equal(fork_lock_init(&outer), SSP_OK);
    assert_int_equal(fork_lock_init(&inner), SSP_OK);
    run_threads(3, change_or_fork, NULL);
    assert_int_equal(wrong, 0);
    assert_true(is_whole());
    fork_lock_destroy(&inner);
    fork_lock_destroy(&outer);
}

static bool can_hold(void *lock)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(lock);

    return held == lock;
}

static void locks_may_go_in_any_order(void **state)
{
    struct fork_lock locks[4];
    static const size_t order[] = { 1, 0, 3 };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fork_lock_init(&locks[i]), SSP_OK);
    for (size_t i = 0; i < 3; i++) {
        fork_lock_destroy(&locks[order[i]]);
        assert_true(child_says(can_hold, &locks[2]));
    }
    fork_lock_destroy(&locks[2]);
    assert_int_equal(fork_lock_init(&locks[0]), SSP_OK);
    assert_true(child_says(can_hold, &locks[0]));
    fork_lock_destroy(&locks[0]);
}

static void a_lock_that_was_never_made_takes_no_other_with_it(void **state)
{
    struct fork_lock never = { 0 };

    (void)state;
    assert_int_equal(fork_lock_init(&outer), SSP_OK);
    assert_true(fork_holds(&outer.mutex));
    fork_lock_destroy(&never);
    assert_true(fork_holds(&outer.mutex));
    fork_lock_destroy(&outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_child_finds_every_lock_free_and_what_it_guards_whole),
        TEST(locks_may_go_in_any_order),
        TEST(a_lock_that_was_never_made_takes_no_other_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
