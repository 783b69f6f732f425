/* SPDX-License-Identifier: Apache-2.0 */
/* lsad at work: the loop, its signals, and the LSA behind it. */
#ifndef SSP_LSAD_DAEMON_H
#define SSP_LSAD_DAEMON_H

#include "lsad/options.h"

/*
 * Serves until SIGTERM or SIGINT, and then until the calls that are being answered are.  SIGHUP
 * reads the limits and the lifetime of exports again; a configuration that does not hold is logged,
 * and the old one stays.
 *
 * Errors are those of the start: BAD_CONFIG, BUSY, IO, NO_MEMORY, what the LSA says.
 */
enum ssp_err daemon_run(const struct lsad_command *command);

#endif
