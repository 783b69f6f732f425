/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message that carries all of a session: the blob, its token, its connection
 * and the bytes that were read from that connection but not yet used.  One
 * sendmsg() on a SOCK_SEQPACKET socket, so nothing arrives without the rest.
 * Layout: docs/formats/parcel.md.
 */
#ifndef SSP_HANDOFF_CARRY_H
#define SSP_HANDOFF_CARRY_H

#include "base/rd.h"
#include "base/wr.h"
#include "handoff/envelope.h"

struct parcel { /* ssp_cleanup(parcel_wipe) */
    char package[ENVELOPE_NAME_MAX + 1];
    struct secret blob;
    struct secret unread;
    int token_fd;      /* -1: none */
    int connection_fd; /* -1: none */
};

void parcel_wipe(struct parcel *parcel); /* frees the bytes, closes the descriptors */

/* BAD_ARGUMENT for sizes over their limit or another kind of socket; IO; EXPIRED when the peer is
 * gone.  The parcel stays the caller's. */
enum ssp_err carry_send(int sock, const struct parcel *parcel);

/* BAD_TOKEN for anything that carry_send() does not write, INCOMPLETE when the peer has closed; IO,
 * NO_MEMORY.  No descriptor is left open on failure. */
enum ssp_err carry_receive(int sock, struct parcel *ret);

#endif
