/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd and lsad tell each other: a socket that is open already, readiness, the watchdog
 * (sd_listen_fds(3), sd_notify(3)).  Without systemd nothing of it happens. */
#ifndef SSP_LSAD_SERVICE_H
#define SSP_LSAD_SERVICE_H

#include "base/err.h"

/* The listening socket that was passed; -1: none.  BAD_ARGUMENT when what was passed is none. */
enum ssp_err service_socket(int *ret_fd);

/* Sends a state such as "READY=1"; nothing comes of it when nobody listens. */
void service_notify(const char *state);

/* Milliseconds between signs of life; 0: none are wanted. */
uint64_t service_watchdog_ms(void);

#endif
