/* SPDX-License-Identifier: Apache-2.0 */
/* Which LSA this process has: the one that [lsa] mode in the configuration names. */
#ifndef SSP_SSPI_PORT_H
#define SSP_SSPI_PORT_H

#include "lsa/port.h"

/* SEC_E_INTERNAL_ERROR for a configuration that does not hold; SEC_E_NO_AUTHENTICATING_AUTHORITY
 * when lsad is wanted and not there; SEC_E_INSUFFICIENT_MEMORY; what the LSA says. */
SECURITY_STATUS port_open(struct lsa_port **ret);

#endif
