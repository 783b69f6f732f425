/* SPDX-License-Identifier: Apache-2.0 */
/* How a handshake that is half done comes from the greeter to the front. */
#ifndef SSP_CLI_DEMO_GREETER_H
#define SSP_CLI_DEMO_GREETER_H

#include "cli/demo/talk.h"

/* The front's side: talk gets the connection and the context.  What went wrong has been told. */
SECURITY_STATUS greeter_take_over(struct talk *talk);

#endif
