/* SPDX-License-Identifier: Apache-2.0 */
/* Rotation of a Wrap token's body (RFC 4121 4.2.5), in place, wherever its parts lie. */
#ifndef SSP_KERBEROS_ROTATE_H
#define SSP_KERBEROS_ROTATE_H

#include "base/limits.h"
#include "crypto/aes_cts.h"

/* Moves each byte of the spans, taken as one string, `by` places to the left; those that fall off
 * come in at the end.  `by` is at most their length. */
void krb_rotate_left(const struct span *spans, size_t n, size_t by);

enum { KRB_RING_MAX = LIMIT_BUFFERS + 2 /* what stands before and behind the data */ };

struct krb_ring { /* what is rotated: all of a token behind its header */
    struct span spans[KRB_RING_MAX];
    size_t n;
    size_t size;
    size_t by; /* left, to where the data is in the pieces */
};

void krb_ring_add(struct krb_ring *ring, struct span span);

/* `front` is how much of the trailer stands before the data when it lies as the caller's buffers
 * have it; `turned` is how far the sender rotated the body. */
void krb_ring_turn(struct krb_ring *ring, size_t front, size_t turned);
void krb_ring_undo(const struct krb_ring *ring); /* as it was before that */

#endif
