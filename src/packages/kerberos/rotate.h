/* SPDX-License-Identifier: Apache-2.0 */
/* Rotation of a Wrap token's body (RFC 4121 4.2.5), in place, wherever its parts lie. */
#ifndef SSP_KERBEROS_ROTATE_H
#define SSP_KERBEROS_ROTATE_H

#include "crypto/aes_cts.h"

/* Moves each byte of the spans, taken as one string, `by` places to the left; those that fall off
 * come in at the end.  `by` is at most their length. */
void krb_rotate_left(const struct span *spans, size_t n, size_t by);

#endif
