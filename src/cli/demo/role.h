/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `sspi demo` is three processes, each with a role:
 *
 *   client   authenticates to the front and goes on talking, whoever answers
 *   front    authenticates the client, answers it, then exports the session and
 *            sends it to the worker; afterwards tries what must not work
 *   worker   imports the session and answers the same client
 *
 * The narrator started them and prints what they tell (demo/events.h).  It never
 * calls the library: a context does not survive fork(), so a program that forks
 * does so first.
 *
 * With lsad there is one more:
 *
 *   greeter  answers the client's first token, and leaves the handshake to the front
 *
 * and if root started the demo, all of them but lsad give up root's rights.
 */
#ifndef SSP_CLI_DEMO_ROLE_H
#define SSP_CLI_DEMO_ROLE_H

#include <sspi.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "cli/demo/recipe.h"

/* Rounds of question and answer that the front and the worker serve. */
enum { ROUNDS_BEFORE = 3, ROUNDS_AFTER = 3 };

enum demo_lsa { DEMO_EMBEDDED, DEMO_LSAD }; /* where the Local Security Authority is */

struct demo_role {
    const char *name;
    const struct demo_recipe *recipe;
    const char *password;
    const char *socket_path; /* where the front or the greeter listens */
    const char *secret;      /* the recipe's file */
    bool gives_up_root;
    bool is_greeted; /* by a greeter before it comes to the front */
    int listen_fd;   /* of the greeter, else of the front */
    int half_fd;     /* between greeter and front; -1: no greeter */
    int handover_fd; /* between front and worker */
    int events_fd;
};

/* The roles; each yields its process's exit status. */
int demo_client(const struct demo_role *role);
int demo_greeter(const struct demo_role *role);
int demo_front(const struct demo_role *role);
int demo_worker(const struct demo_role *role);

/* Tells the narrator what did not work, and passes the status on. */
SECURITY_STATUS demo_blame(const struct demo_role *role, const char *what, SECURITY_STATUS status);
SECURITY_STATUS demo_blame_err(const struct demo_role *role, const char *what, enum ssp_err e);

#endif
