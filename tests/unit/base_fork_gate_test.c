/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/fork_gate.h"
#include "harness/harness.h"

enum { FORKS = 20, FOR_EVER = 3600 * 1000, MAKER = 0 };

/* A lock as a library has it that knows nothing of fork(). */
static pthread_mutex_t its_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int wrong;
static _Atomic bool is_over;

static bool is_unlocked(void *arg)
{
    (void)arg;
    return pthread_mutex_trylock(&its_lock) == 0;
}

static void use_library(void)
{
    (void)pthread_mutex_lock(&its_lock);
    (void)sched_yield();
    (void)pthread_mutex_unlock(&its_lock);
}

static void enter(void)
{
    wrong += fork_gate_enter() != SSP_OK;
}

static void make_children_or_use_it(size_t nth, void *arg)
{
    for (int i = 0; nth == MAKER && i < FORKS; i++)
        wrong += !child_says(is_unlocked, arg);
    if (nth == MAKER)
        is_over = true;
    while (!is_over) {
        enter();
        use_library();
        enter(); /* may it be that fork() waits already */
        use_library();
        fork_gate_leave();
        fork_gate_leave();
    }
}

static void fork_waits_for_who_is_inside(void **state)
{
    (void)state;
    wrong = 0;
    is_over = false;
    fork_gate_patience = FOR_EVER;
    run_threads(4, make_children_or_use_it, NULL);
    assert_int_equal(wrong, 0);
}

static bool may_not_enter(void *arg)
{
    (void)arg;
    return fork_gate_enter() == SSP_ERR_INTERNAL && fork_gate_enter() == SSP_ERR_INTERNAL;
}

static bool may_enter(void *arg)
{
    (void)arg;
    if (fork_gate_enter() != SSP_OK)
        return false;
    fork_gate_leave();
    return true;
}

static _Atomic bool is_inside;

static void make_a_child_or_stay_inside(size_t nth, void *arg)
{
    if (nth == MAKER) {
        while (!is_inside)
            (void)sched_yield();
        wrong += !child_says(may_not_enter, arg);
        wrong += !may_enter(arg);
        is_over = true;
        return;
    }
    enter();
    is_inside = true;
    while (!is_over)
        (void)sched_yield();
    fork_gate_leave();
}

static void a_child_of_somebody_who_could_not_wait_is_kept_out(void **state)
{
    (void)state;
    wrong = 0;
    is_over = false;
    fork_gate_patience = 0;
    run_threads(2, make_a_child_or_stay_inside, NULL);
    assert_int_equal(wrong, 0);
    assert_true(child_says(may_enter, NULL)); /* nobody is inside any more */
}

static void who_makes_a_child_from_inside_does_not_wait_for_himself(void **state)
{
    (void)state;
    fork_gate_patience = FOR_EVER;
    assert_int_equal(fork_gate_enter(), SSP_OK);
    assert_true(child_says(may_enter, NULL));
    fork_gate_leave();
    assert_true(may_enter(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fork_waits_for_who_is_inside),
        TEST(a_child_of_somebody_who_could_not_wait_is_kept_out),
        TEST(who_makes_a_child_from_inside_does_not_wait_for_himself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
