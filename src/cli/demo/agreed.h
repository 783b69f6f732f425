/* SPDX-License-Identifier: Apache-2.0 */
/* What a handshake has settled beside who is who. */
#ifndef SSP_CLI_DEMO_AGREED_H
#define SSP_CLI_DEMO_AGREED_H

#include "cli/demo/talk.h"

/* Tells the cipher suite of a stream, and which package a negotiation chose. */
SECURITY_STATUS agreed_tell(struct talk *talk);

#endif
