/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fork_lock.h"

#include <stdbool.h>
#include <stddef.h>

static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct fork_lock *first;
static struct fork_lock *last;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_result;

static void before_fork(void)
{
    (void)pthread_mutex_lock(&list_mutex);
    for (struct fork_lock *l = first; l != NULL; l = l->next)
        (void)pthread_mutex_lock(&l->mutex);
}

static void after_fork(void)
{
    for (struct fork_lock *l = last; l != NULL; l = l->prev)
        (void)pthread_mutex_unlock(&l->mutex);
    (void)pthread_mutex_unlock(&list_mutex);
}

static void watch_forks(void)
{
    once_result = pthread_atfork(before_fork, after_fork, after_fork);
}

enum ssp_err fork_lock_watch(void)
{
    return pthread_once(&once, watch_forks) == 0 && once_result == 0 ? SSP_OK : ssp_fail(NO_MEMORY);
}

enum ssp_err fork_lock_init(struct fork_lock *lock)
{
    SSP_TRY(fork_lock_watch());

    (void)pthread_mutex_init(&lock->mutex, NULL);
    (void)pthread_mutex_lock(&list_mutex);
    lock->next = NULL;
    lock->prev = last;
    *(last == NULL ? &first : &last->next) = lock;
    last = lock;
    (void)pthread_mutex_unlock(&list_mutex);
    return SSP_OK;
}

/* Under the list's mutex. */
static bool is_listed(const struct fork_lock *lock)
{
    return lock->prev != NULL || first == lock;
}

static void take_off(struct fork_lock *lock)
{
    *(lock->prev == NULL ? &first : &lock->prev->next) = lock->next;
    *(lock->next == NULL ? &last : &lock->next->prev) = lock->prev;
    (void)pthread_mutex_destroy(&lock->mutex);
}

void fork_lock_destroy(struct fork_lock *lock)
{
    (void)pthread_mutex_lock(&list_mutex);
    if (is_listed(lock))
        take_off(lock);
    (void)pthread_mutex_unlock(&list_mutex);
}

struct fork_lock *fork_lock_hold(struct fork_lock *lock)
{
    (void)pthread_mutex_lock(&lock->mutex);
    return lock;
}

void fork_lock_release(struct fork_lock **held)
{
    (void)pthread_mutex_unlock(&(*held)->mutex);
}
