/* SPDX-License-Identifier: Apache-2.0 */
/* lsad as a process of a test. */
#ifndef SSP_TEST_DAEMON_H
#define SSP_TEST_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/* As a service manager runs it. */
struct daemon_setup {
    bool is_service;         /* logs to syslog */
    const char *const *more; /* "NAME=value" for its environment, up to NULL; NULL: none */
    int log_fd;              /* its standard error; -1: that of the test */
    int listen_fd;           /* passed as the open socket, to its own pid unless more has
                              * LISTEN_PID; -1: none */
    const int *stored_fd;    /* passed as what an earlier one gave its manager; NULL: none */
};

struct daemon {
    pid_t pid;
    int notify; /* what it tells its manager comes here */
    int stored; /* what it gave its manager to keep; -1: nothing; the test's */
};

/* Runs the program that LSAD names; dies with the test.  Aborts where that cannot be done. */
struct daemon daemon_run_with(const char *config, const char *socket,
                              const struct daemon_setup *setup);

/* Waits for the next thing that it tells: is it this?  False when it ends without a word.  What it
 * gives to be kept is kept on the way. */
bool daemon_tells(struct daemon *daemon, const char *state);

/* Waits for its end, leaving what it tells unread; the status it exits with, -1 when it crashed. */
int daemon_end(struct daemon *daemon);

/* Runs the program that LSAD names, and comes back when it says that it is ready; dies with the
 * test.  0 when it does not start. */
pid_t daemon_start(const char *config, const char *socket);
pid_t daemon_start_as_service(const char *config, const char *socket); /* logs to syslog */

/* Asks it to end; false unless it does so cleanly. */
bool daemon_stop(pid_t pid);

#endif
