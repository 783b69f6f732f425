/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends and receives a parcel, which is all of a session, with one sendmsg() on a
 * Unix SOCK_SEQPACKET socket, descriptors included: nothing arrives without the
 * rest.  Bytes: docs/formats/parcel.md.  One thread at a time may receive on a socket.
 *
 * Whoever holds the other end of the socket may be hostile.  Descriptors that
 * were not announced are closed, announced ones that did not come refuse the
 * parcel, and no more than two are kept.
 *
 * A socket in non-blocking mode answers IO with errno EAGAIN; nothing was sent or
 * consumed then.
 */
#ifndef SSP_HANDOFF_CARRY_H
#define SSP_HANDOFF_CARRY_H

#include "handoff/parcel.h"

/* BAD_ARGUMENT for sizes over their limit, a descriptor that is not open, or another kind of
 * socket; INCOMPLETE when the peer is gone; IO, NO_MEMORY.  The parcel stays the caller's.  Raises
 * the socket's SO_SNDBUF when the parcel does not fit it. */
enum ssp_err carry_send(int sock, const struct parcel *parcel);

/* BAD_TOKEN for anything that carry_send() does not write (the message is consumed), INCOMPLETE
 * when the peer has closed, BAD_ARGUMENT for another kind of socket; IO, NO_MEMORY.  No descriptor
 * is left open on failure; those in *ret are the caller's and close-on-exec. */
enum ssp_err carry_receive(int sock, struct parcel *ret);

#endif
