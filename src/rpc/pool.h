/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process's connections to lsad.  A call has one for itself, so that no thread
 * waits for another's; those that are idle are kept, up to a number.
 *
 * Each is made as the user that the process is then, and used as that one only.
 * A child of fork() makes its own, and tells lsad whose child it is.
 */
#ifndef SSP_RPC_POOL_H
#define SSP_RPC_POOL_H

#include "base/fork_lock.h"
#include "rpc/frame.h"
#include "rpc/msg.h"

enum { POOL_IDLE = 8 /* connections that are kept */, POOL_PATH = 108 };

struct connection {
    int fd;
    uid_t uid; /* that it was made as */
    bool is_fresh;
    uint32_t sequence;
    struct connection *next; /* of all, in the order in which they were put back */
    bool is_busy;
};

struct pool {
    struct fork_lock lock;
    char path[POOL_PATH];
    uint8_t id[RPC_ID_SIZE]; /* the session's */
    bool has_session;
    uint64_t epoch; /* fork_epoch() of the process that the connections are of */
    struct connection *first;
    /* Asked, under the lock, before the first call to an lsad that may be another one than before;
     * what it refuses is not used.  NULL: nobody asks. */
    enum ssp_err (*judge)(void *arg, struct connection *connection);
    void *judge_arg;
};

/* BAD_CONFIG for a path that is too long for a socket; NO_MEMORY. */
enum ssp_err pool_init(const char *path, struct pool *pool);
void pool_done(struct pool *pool); /* no call may be running */

/* One call on a connection that nobody else uses; for judges.  As pool_call(), and INCOMPLETE when
 * the connection is over. */
enum ssp_err connection_call(struct connection *connection, enum rpc_call call, const void *ask,
                             struct frame *ret_frame, void *ret_answer, int32_t *ret_status);

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
 * one, once.  NO_AUTHORITY: lsad is not there, or went away in the middle of the call; what it kept
 * for this process is lost then.  What the judge says; OVER_QUOTA, BAD_FRAME, TOO_LARGE, NO_MEMORY,
 * IO.
 */
enum ssp_err pool_call(struct pool *pool, const struct pool_ask *ask, struct frame *ret_frame,
                       void *ret_answer, int32_t *ret_status);

#endif
