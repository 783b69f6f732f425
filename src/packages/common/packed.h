/* SPDX-License-Identifier: Apache-2.0 */
/* What the packed forms of packages have in common (docs/formats): text and bytes, each behind its
 * length. */
#ifndef SSP_PACKAGES_PACKED_H
#define SSP_PACKAGES_PACKED_H

#include "base/secret.h"
#include "base/utf16.h"

/* Characters, behind their number in 16 bits. */
void packed_put_text(const struct str16 *text, struct wr *out);
enum ssp_err packed_take_text(struct rd *in, struct str16 *ret); /* BAD_PACKED, NO_MEMORY */

/* Bytes, behind their number in 32 bits; `max` of them at the most. */
void packed_put_bytes(struct view bytes, struct wr *out);
enum ssp_err packed_take_bytes(struct rd *in, size_t max, struct secret *ret); /* the same */

/* Text whose length stood elsewhere.  The same. */
enum ssp_err packed_text(struct view wire, struct str16 *ret);

#endif
