/* SPDX-License-Identifier: Apache-2.0 */
/* HANDLE is a file descriptor in disguise, a multiple of four as on Windows; NULL is none. */
#ifndef SSP_BASE_HANDLE_H
#define SSP_BASE_HANDLE_H

#include <sspi_types.h>

#include "base/err.h"

/* -1 for NULL and for what no descriptor can be. */
int handle_to_fd(HANDLE handle);
HANDLE handle_of_fd(int fd); /* NULL for -1 */

/* A second handle to the same object, close-on-exec; NO_MEMORY when there is no descriptor left,
 * BAD_HANDLE when the handle is not open. */
enum ssp_err handle_dup(HANDLE handle, HANDLE *ret);
void handle_close(HANDLE *handle); /* for ssp_cleanup(); NULL is fine; sets NULL */

#endif
