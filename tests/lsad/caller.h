/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls lsad on its socket without the library in between: frames as they are sent. */
#ifndef SSP_TEST_CALLER_H
#define SSP_TEST_CALLER_H

#include "rpc/account.h"
#include "rpc/frame.h"
#include "rpc/msg.h"

/* A connection to the world's socket on which nothing was said yet. */
int caller_reach(void);

/* One on which the hello was. */
int caller_greeted(void);

/* what is the body, NULL for an empty one; fds, which may be NULL, stay the caller's. */
enum ssp_err caller_ask(int fd, unsigned call, const void *what, const struct frame_fds *fds);

/* The status of the answer; 1 when there is none, since the connection is closed. */
int32_t caller_answer(int fd);

/* The status that the hello is answered with; 1 as above. */
int32_t caller_hello(int fd);

/* The same, and the answer itself, for message_wipe(), when the status is no error. */
int32_t caller_take(int fd, enum rpc_call call, union rpc_answer *ret);

/* What lsad says that a user has; asserts that it says anything of that user. */
struct caller_counts {
    uint32_t n[CHARGES];
};
struct caller_counts caller_count(int fd, uid_t uid);

/* A connection with more under way than its other end takes, of which lsad may hold the last
 * descriptor: closing it waits, for minutes, until somebody reads. */
int caller_lingering(int *ret_other_end);

#endif
