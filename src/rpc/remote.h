/* SPDX-License-Identifier: Apache-2.0 */
/* The LSA in another process: struct lsa_port over the socket of lsad. */
#ifndef SSP_RPC_REMOTE_H
#define SSP_RPC_REMOTE_H

#include "lsa/port.h"

/* packages is the folder that user halves are loaded from; "" is the default one.
 * SEC_E_NO_AUTHENTICATING_AUTHORITY when no lsad listens there; SEC_E_INSUFFICIENT_MEMORY, and
 * SEC_E_INTERNAL_ERROR. */
SECURITY_STATUS rpc_remote_open(const char *socket, const char *packages, struct lsa_port **ret);

#endif
