/* SPDX-License-Identifier: Apache-2.0 */
/* lsad as a process of a test. */
#ifndef SSP_TEST_DAEMON_H
#define SSP_TEST_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/* Runs the program that LSAD names, and comes back when it says that it is ready; dies with the
 * test.  0 when it does not start. */
pid_t daemon_start(const char *config, const char *socket);
pid_t daemon_start_as_service(const char *config, const char *socket); /* logs to syslog */

/* Asks it to end; false unless it does so cleanly. */
bool daemon_stop(pid_t pid);

#endif
