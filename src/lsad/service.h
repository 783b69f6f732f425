/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd and lsad tell each other: a socket that is open already, readiness, the watchdog
 * (sd_listen_fds(3), sd_notify(3)).  Without systemd nothing of it happens. */
#ifndef SSP_LSAD_SERVICE_H
#define SSP_LSAD_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define SERVICE_STORE_NAME "lsad-seal"

/* What was passed; -1: none.  BAD_ARGUMENT when it is something else. */
struct service_fds {
    int socket; /* listening */
    int store;  /* what service_store() gave an lsad of before */
};
enum ssp_err service_take(struct service_fds *ret);

bool service_is_managed(void); /* does anybody listen to service_notify()? */

/* Sends a state such as "READY=1"; nothing comes of it when nobody listens. */
void service_notify(const char *state);

/* To be kept for the next start, in the place of what was kept before; fd stays the caller's. */
void service_store(int fd);

/* Milliseconds between signs of life; 0: none are wanted. */
uint64_t service_watchdog_ms(void);

#endif
