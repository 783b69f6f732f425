/* SPDX-License-Identifier: Apache-2.0 */
/* SECURITY_STATUS -> its name, as people know it from documentation. */
#ifndef SSP_CLI_STATUS_H
#define SSP_CLI_STATUS_H

#include <sspi.h>

const char *status_name(SECURITY_STATUS status); /* "unknown status" for what is none */

#endif
