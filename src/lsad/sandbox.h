/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lsad gives up, in the order of a start: before there is a key in memory,
 * everything through which keys leak (core dumps, debuggers of the same user,
 * swap); once it listens and its packages are loaded, its rights (capabilities)
 * and the system calls that it has no use for (filter.h).
 * Reasons: docs/adr/0009-what-lsad-gives-up.md.
 *
 * Each step is traced.  A step that fails means that lsad must not go on; only
 * locking memory is a wish, since containers and users seldom may.
 */
#ifndef SSP_LSAD_SANDBOX_H
#define SSP_LSAD_SANDBOX_H

#include "base/err.h"

#include <stddef.h>

struct sandbox_policy {
    const int *capabilities; /* CAP_*: those that are kept, if this process has them */
    size_t n_capabilities;
};

/* First thing in main(): not dumpable, no core, no new privileges, memory locked where that is
 * allowed, and files that are made without saying for whom are not for others to write.  IO. */
enum ssp_err sandbox_prepare(void);

/* Before there is a second thread: capabilities are a thread's own, and those made later have them
 * from this one.  (The filter holds for all.)  BAD_ARGUMENT for what
 * is no capability; NO_MEMORY, IO. */
enum ssp_err sandbox_enter(const struct sandbox_policy *policy);

#endif
