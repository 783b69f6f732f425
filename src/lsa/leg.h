/* SPDX-License-Identifier: Apache-2.0 */
/* One leg of a handshake: from the client's ids to a package's handles and back. */
#ifndef SSP_LSA_LEG_H
#define SSP_LSA_LEG_H

#include "lsa/client.h"
#include "lsa/port.h"

/* As struct lsa_port_ops has it (port.h).  A package that answers with what cannot be (no handle, a
 * packed context that is not there, a buffer that grew) gets a new context deleted, and the
 * client SEC_E_INTERNAL_ERROR. */
SECURITY_STATUS lsa_leg_run(struct client *client, const struct lsa_leg *leg,
                            struct lsa_leg_result *ret);

#endif
