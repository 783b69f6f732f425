/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that lsad may make (seccomp(2)).
 *
 * What a daemon under attack would be made to do (run a program, look into another
 * process, mount, load code into the kernel, make a name space) ends it at once.
 * Whatever else is not on the list fails with EPERM: libraries try new calls and
 * fall back to old ones, and that is no attack.  clone3() hides its flags behind a
 * pointer, so it does not exist here (ENOSYS), and clone() makes threads only.
 * docs/adr/0009-what-lsad-gives-up.md.
 */
#ifndef SSP_LSAD_FILTER_H
#define SSP_LSAD_FILTER_H

#include "base/err.h"

/* For all threads there are, and those to come; there is no way back.  NO_MEMORY; IO when the
 * kernel refuses, and then nothing has changed. */
enum ssp_err filter_load(void);

#endif
