/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose call this thread is in.  Windows' packages learn a token and a process
 * from the LSA, and no uid, since it has none; those here that decide by the
 * user who may have something ask this.
 */
#ifndef SSP_BASE_CALLER_H
#define SSP_BASE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

struct caller {
    bool is_there; /* else the call is the LSA's own business */
    uid_t uid;     /* of the process that asks, as the kernel says it */
};

struct caller caller_get(void);

/* For the LSA: what was set before, to be put back. */
struct caller caller_set(struct caller caller);

#endif
