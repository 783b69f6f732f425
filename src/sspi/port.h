/* SPDX-License-Identifier: Apache-2.0 */
/* Which LSA this process has: the one that [lsa] mode in the configuration names. */
#ifndef SSP_SSPI_PORT_H
#define SSP_SSPI_PORT_H

#include "lsa/port.h"

/* lsad, or NULL when it is to be this process's own (lsa_local_open()).  That one is made while
 * fork() waits; this may take long, when lsad does not answer.  SEC_E_INTERNAL_ERROR for a
 * configuration that does not hold; SEC_E_NO_AUTHENTICATING_AUTHORITY when lsad is wanted and not
 * there; SEC_E_INSUFFICIENT_MEMORY; what lsad says. */
SECURITY_STATUS port_open_remote(struct lsa_port **ret);

#endif
