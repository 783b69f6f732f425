/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fork_gate.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/fork_lock.h"

unsigned fork_gate_patience = 200;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_result;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* for what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned n_inside;  /* threads */
static unsigned n_forking; /* threads that wait for those */
static bool is_torn;       /* somebody was inside when this process was made */

static _Thread_local unsigned depth;

/* Threads beside this one. */
static unsigned others(void)
{
    return n_inside - (depth != 0 ? 1 : 0);
}

/* The mutex stays locked until after the fork. */
static void before_fork(void)
{
    const struct timespec end = timespec_from_ns(monotonic_now() + fork_gate_patience * NS_PER_MS);

    (void)pthread_mutex_lock(&mutex);
    n_forking++;
    while (others() != 0 && pthread_cond_clockwait(&changed, &mutex, CLOCK_MONOTONIC, &end) == 0) {
    }
}

static void after_fork(void)
{
    n_forking--;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&mutex);
}

/* There are no other threads here, whatever the condition knows of them. */
static void in_child(void)
{
    is_torn = is_torn || others() != 0;
    n_inside -= others();
    n_forking = 0;
    changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    (void)pthread_mutex_unlock(&mutex);
}

/* After the fork_locks' own handlers, so that fork() waits here before it takes those. */
static void watch_forks(void)
{
    once_result =
        fork_lock_watch() != SSP_OK || pthread_atfork(before_fork, after_fork, in_child) != 0;
}

enum ssp_err fork_gate_enter(void)
{
    if (depth != 0) {
        depth++;
        return SSP_OK;
    }
    if (pthread_once(&once, watch_forks) != 0 || once_result != 0)
        return ssp_fail(NO_MEMORY);
    (void)pthread_mutex_lock(&mutex);
    while (n_forking != 0)
        (void)pthread_cond_wait(&changed, &mutex);
    bool may_enter = !is_torn;
    if (may_enter)
        n_inside++;
    (void)pthread_mutex_unlock(&mutex);
    if (!may_enter)
        return ssp_fail(INTERNAL);
    depth = 1;
    return SSP_OK;
}

void fork_gate_leave(void)
{
    if (--depth != 0)
        return;
    (void)pthread_mutex_lock(&mutex);
    n_inside--;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&mutex);
}
