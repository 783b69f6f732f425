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

/* The user of the process that asks, as the kernel says it; false when the call is the LSA's own
 * business. */
bool caller_uid(uid_t *ret);

/* For the LSA: who is asked when a package asks, since most calls need no answer, and it may cost a
 * system call. */
struct caller {
    uid_t (*uid)(void *who); /* NULL: nobody */
    void *who;
};

/* What was set before, to be put back. */
struct caller caller_set(struct caller caller);

#endif
