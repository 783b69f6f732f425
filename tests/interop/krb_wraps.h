/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrap tokens in all the shapes that SSPI and GSS-API have for them, beside those of
 * harness/party.h and gss_peer.h.
 *
 * A message in buffers is: sizes of what stands before and behind the data in a byte each, what
 * stands before, the data, what stands behind.  WRAP_HEAD is signed with it and not sent, like the
 * head of a message of RPC.
 */
#ifndef SSP_TEST_KRB_WRAPS_H
#define SSP_TEST_KRB_WRAPS_H

#include "interop/gss_peer.h"

#define WRAP_HEAD "signed, not sent"

deed_fn party_wrap;       /* only signed: SECQOP_WRAP_NO_ENCRYPT; a packet of party_seal()'s form */
deed_fn party_unwrap;     /* such a packet, which DecryptMessage has to tell from a sealed one */
deed_fn party_unstream;   /* any packet, as one SECBUFFER_STREAM */
deed_fn party_seal_parts; /* a message in buffers */
deed_fn party_unseal_parts; /* such a one, and its text */

/* The same by gss_wrap_iov(), with a trailer or, without, rotated. */
OM_uint32 gss_peer_seal_parts(struct gss_peer *peer, bool has_trailer, struct job *job);
OM_uint32 gss_peer_unseal_parts(struct gss_peer *peer, struct job *job);

#endif
