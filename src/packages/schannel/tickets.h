/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What GnuTLS may read of the records behind a handshake of TLS 1.3.  It is to
 * find the server's tickets there and has its own copy of the keys; but of half a
 * message GnuTLS 3.7 looks for the rest for ever, so it gets none that does not
 * hold whole tickets and nothing else.
 */
#ifndef SSP_SCHANNEL_TICKETS_H
#define SSP_SCHANNEL_TICKETS_H

#include "packages/schannel/pack.h"

/* How many bytes of rest are such records, the first ones; neither argument changes. */
size_t tls_tickets_whole(const struct tls_core *core, struct view rest);

#endif
