/* SPDX-License-Identifier: Apache-2.0 */
/* An lsad for one demonstration: the one that was built or installed with this command. */
#ifndef SSP_CLI_DEMO_LSAD_H
#define SSP_CLI_DEMO_LSAD_H

#include <sys/types.h>

#include "base/err.h"

/* Yields once it listens, for child_stop(); what it logs goes to the file.  NO_AUTHORITY when there
 * is no lsad, IO when it does not start. */
enum ssp_err lsad_start(const char *config, const char *log, pid_t *ret);

#endif
