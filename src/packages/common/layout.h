/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The buffers of a message call as packages protect them: one token, and the data
 * in pieces, in the caller's order.
 */
#ifndef SSP_PACKAGES_LAYOUT_H
#define SSP_PACKAGES_LAYOUT_H

#include <sspi.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/rd.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pkg_piece {
    uint8_t *p;
    size_t n;
    bool seal; /* encrypted in place; else it is only read (SECBUFFER_READONLY*) */
    bool sign; /* counts for the checksum; all that are sealed do */
};

/* Read only: nothing of it is sealed. */
static inline struct pkg_piece pkg_piece_to_sign(struct view bytes)
{
    return (struct pkg_piece){ .p = (uint8_t *)(uintptr_t)bytes.p, .n = bytes.n, .sign = true };
}

struct pkg_layout { /* of one call's buffers; borrowed */
    PSecBuffer token;
    PSecBuffer stream;
    PSecBuffer padding;
    PSecBuffer data; /* the first one */
    struct pkg_piece pieces[LIMIT_BUFFERS];
    size_t n;
};

/* ret is a zeroed one.  BAD_ARGUMENT for buffers that do not hold, or of a type that no message
 * has, or for a second TOKEN, STREAM or PADDING; BAD_TOKEN without DATA. */
enum ssp_err pkg_lay_out(const SecBufferDesc *desc, struct pkg_layout *ret);

/* The same, of a token and data beside it.  BAD_TOKEN without a token, BAD_ARGUMENT with a STREAM.
 */
enum ssp_err pkg_lay_out_parts(const SecBufferDesc *desc, struct pkg_layout *ret);

/* The same, to be sent: the token can be written, and has room for `needed` bytes.  BAD_ARGUMENT
 * for one that is read-only; TOO_SMALL with the size needed in it. */
enum ssp_err pkg_lay_out_to_send(const SecBufferDesc *desc, size_t needed, struct pkg_layout *ret);

/* The token has n bytes now, and nothing of the message is in the padding. */
void pkg_layout_sent(const struct pkg_layout *layout, size_t n);

#endif
