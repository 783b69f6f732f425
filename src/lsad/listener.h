/* SPDX-License-Identifier: Apache-2.0 */
/* The socket that lsad listens on: made here, unless the service manager passed it. */
#ifndef SSP_LSAD_LISTENER_H
#define SSP_LSAD_LISTENER_H

#include "base/err.h"

/* Binds and listens; everybody may connect.  A socket that an lsad left behind is replaced, and its
 * folder is made, but for the parents.  BUSY when an lsad answers there already; BAD_CONFIG for a
 * path that does not fit a socket's; IO (errno). */
enum ssp_err listener_open(const char *path, int *ret_fd);

#endif
