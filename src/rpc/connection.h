/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection of a process to lsad, and calls on it, one after the other.
 *
 * A call lasts as long as it lasts: a KDC may be slow.  But until the hello is
 * answered nobody knows whether there is an lsad that answers at all, so what is
 * said up to then has a time when it has to be over.
 */
#ifndef SSP_RPC_CONNECTION_H
#define SSP_RPC_CONNECTION_H

#include <stdbool.h>
#include <sys/types.h>

#include "rpc/frame.h"
#include "rpc/msg.h"

struct connection { /* ssp_cleanup(connection_free) */
    int fd;
    uid_t uid;      /* that it was made as */
    uint64_t epoch; /* fork_epoch() of the process that made it */
    bool is_fresh;
    uint64_t until; /* monotonic_now() when who waits for lsad gives up; 0: never */
    uint32_t sequence;
    struct connection *next; /* the pool's: of all */
    bool is_busy;            /* the pool's */
};

/* A socket that is not connected yet.  IO, NO_MEMORY. */
enum ssp_err connection_new(uint64_t until, struct connection **ret);
void connection_free(struct connection **connection); /* NULL is fine */

/* Waits for room among those whom lsad has not accepted yet.  NO_AUTHORITY when lsad is not there,
 * or too late. */
enum ssp_err connection_open(struct connection *connection, const char *path);

/* What is sent stays the caller's; fds may be NULL.  INCOMPLETE when the connection is over,
 * NO_AUTHORITY when it is too late; TOO_LARGE, NO_MEMORY, IO. */
enum ssp_err connection_send(struct connection *connection, enum rpc_call call, const void *ask,
                             const struct frame_fds *fds);

/* What comes back is in *ret_frame, a FRAME_INIT one, and *ret_answer, for message_wipe(); the
 * call's status is in *ret_status.  BAD_FRAME, and errors as above. */
enum ssp_err connection_receive(const struct connection *connection, enum rpc_call call,
                                struct frame *ret_frame, void *ret_answer, int32_t *ret_status);

/* Both. */
enum ssp_err connection_call(struct connection *connection, enum rpc_call call, const void *ask,
                             struct frame *ret_frame, void *ret_answer, int32_t *ret_status);

#endif
