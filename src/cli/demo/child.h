/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of others, and daemons of ours, that run for as long as who started them. */
#ifndef SSP_CLI_DEMO_CHILD_H
#define SSP_CLI_DEMO_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct child_spec {               /* borrowed; both lists end with NULL */
    const char *program;          /* its path */
    const char *const *argv;      /* its name first */
    const char *const *variables; /* "NAME=VALUE", beside what is inherited; NULL: none */
    const char *log;              /* the file that what it says is added to */
};

/* The path of a program that is in PATH, or where Debian has those of the administrator. */
bool child_find(const char *name, char *ret, size_t size);

/* Starts one that reads nothing; it is killed when this process ends.  IO. */
enum ssp_err child_start(const struct child_spec *spec, pid_t *ret);

/* Runs one to its end, with that text as its input.  IO, also when it does not end well. */
enum ssp_err child_run(const struct child_spec *spec, const char *input);

/* Has it ended?  If so it is gone from then on. */
bool child_has_ended(pid_t pid);

void child_stop(pid_t *pid); /* asks it to end, and waits; 0: nothing to stop */

#endif
