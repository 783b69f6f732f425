/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA seals into an envelope before the package's bytes: who was logged
 * on, and how long the context lasts.  Layout: docs/formats/envelope-inner.md.
 */
#ifndef SSP_LSA_INNER_H
#define SSP_LSA_INNER_H

#include <sspi_types.h>

#include "base/rd.h"
#include "base/wr.h"

enum { INNER_VERSION = 1, INNER_SIZE = 20 };

struct inner {
    bool has_logon; /* a token of this logon belongs to the context */
    bool accept;    /* negotiating: the acceptor's side */
    LUID logon;
    int64_t context_expiry; /* TimeStamp */
    struct view packed;     /* borrowed */
};

void inner_encode(const struct inner *inner, struct wr *out);

/* BAD_ENVELOPE for another version, unknown flags, or a cut one; the view is into plain. */
enum ssp_err inner_decode(struct view plain, struct inner *ret);

#endif
