/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lsad gives up once it listens: new privileges, all capabilities but the one
 * that locks memory, core dumps, being traced, and the system calls that it has no
 * use for.  Its memory is locked where the system lets it.
 *
 * A call to run a program or to look into another process ends lsad; any other
 * that is not on the list fails with EPERM.
 */
#ifndef SSP_LSAD_SANDBOX_H
#define SSP_LSAD_SANDBOX_H

#include "base/err.h"

/* Before there is a second thread: those made later have it from this one.  IO when the kernel
 * refuses; then lsad must not go on. */
enum ssp_err sandbox_enter(void);

#endif
