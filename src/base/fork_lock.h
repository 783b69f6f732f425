/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mutex that a child of fork() never inherits locked: what it guards is whole
 * in the child, and the child may go on using it.  fork() waits for every such
 * lock, so they are held for short times, and never around a call back.
 *
 * Locks are taken in the order in which they were made: one that is taken under
 * another is made after that one, and none is made or destroyed under any.
 */
#ifndef SSP_BASE_FORK_LOCK_H
#define SSP_BASE_FORK_LOCK_H

#include <pthread.h>

#include "base/err.h"

struct fork_lock {
    pthread_mutex_t mutex;
    struct fork_lock *prev;
    struct fork_lock *next;
};

/* Before a pthread_atfork() of somebody who makes fork_locks under a lock of its own: so that
 * fork() takes that one first.  NO_MEMORY. */
enum ssp_err fork_lock_watch(void);

/* NO_MEMORY.  The lock stays where it is until it is destroyed. */
enum ssp_err fork_lock_init(struct fork_lock *lock);

/* Nothing happens to one that is zeroed: it was never made. */
void fork_lock_destroy(struct fork_lock *lock);

/* ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock); */
struct fork_lock *fork_lock_hold(struct fork_lock *lock);
void fork_lock_release(struct fork_lock **held);

#endif
