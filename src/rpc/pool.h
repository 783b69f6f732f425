/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process's connections to lsad.  A call has one for itself, so that no thread
 * waits for another's; those that are idle are kept, up to a number.
 *
 * Each is made as the user that the process is then, and used as that one only.
 * A child of fork() makes its own, and tells lsad whose child it is.
 *
 * fork() waits for the pool's lock, so nobody has it who waits for lsad.  Threads
 * that want a connection while one is being made wait for that, or for one that
 * becomes idle, and no longer than who makes it.
 */
#ifndef SSP_RPC_POOL_H
#define SSP_RPC_POOL_H

#include "base/fork_lock.h"
#include "rpc/connection.h"

enum {
    POOL_IDLE = 8, /* connections that are kept */
    POOL_PATH = 108,
    /* Until lsad has to have answered the hello of a new one: where all threads of the user's are
     * at work it waits for one of them, and a service manager that watches lsad ends one that hangs
     * after half of that. */
    POOL_PATIENCE_MS = 60000,
};

struct pool {
    struct fork_lock lock;
    pthread_cond_t change; /* one is idle, or none is being made any more */
    char path[POOL_PATH];
    uint64_t patience_ms;
    uint8_t id[RPC_ID_SIZE]; /* the session's */
    bool has_session;
    uint64_t epoch; /* fork_epoch() of the process that the session is of */
    struct connection *first;
    /* A thread is making one, without the lock: nobody else does, or a process would have two
     * sessions. */
    bool is_making;
    uint64_t making_epoch; /* fork_epoch() of the process whose thread that is */
    /* Asked by the thread that makes one, before the first call to an lsad that may be another one
     * than before; what it refuses is not used.  NULL: nobody asks. */
    enum ssp_err (*judge)(void *arg, struct connection *connection);
    void *judge_arg;
};

/* BAD_CONFIG for a path that is too long for a socket; NO_MEMORY. */
enum ssp_err pool_init(const char *path, struct pool *pool);
void pool_done(struct pool *pool); /* no call may be running */

/* Makes a connection if there is none yet.  As pool_call(). */
enum ssp_err pool_reach(struct pool *pool);

/* What a call sends; all of it stays the caller's. */
struct pool_ask {
    enum rpc_call call;
    const void *body;            /* encoded as the call's shape says */
    const struct frame_fds *fds; /* go with it; may be NULL */
};

/*
 * One call.  What came back is in *ret_frame, a FRAME_INIT one, and *ret_answer, for
 * message_wipe(); *ret_status is the call's.
 *
 * A call that lsad cannot have seen, since the connection was over before, is made again on a new
 * one, once.  NO_AUTHORITY: lsad is not there, does not answer the hello of a new connection, or
 * went away in the middle of the call; what it kept for this process is lost then.  What the judge
 * says; OVER_QUOTA, BAD_FRAME, TOO_LARGE, NO_MEMORY, IO.
 */
enum ssp_err pool_call(struct pool *pool, const struct pool_ask *ask, struct frame *ret_frame,
                       void *ret_answer, int32_t *ret_status);

#endif
