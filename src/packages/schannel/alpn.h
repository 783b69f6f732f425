/* SPDX-License-Identifier: Apache-2.0 */
/* SECBUFFER_APPLICATION_PROTOCOLS: SEC_APPLICATION_PROTOCOLS, whose lengths are the application's
 * claim. */
#ifndef SSP_SCHANNEL_ALPN_H
#define SSP_SCHANNEL_ALPN_H

#include "base/rd.h"

enum {
    TLS_ALPN_NAMES_MAX = 8,
    TLS_ALPN_NAME_MAX = 31
}; /* GnuTLS keeps no more, and no longer ones */

/* The list for ALPN in it, each name after its length in one byte; empty when there is none, as in
 * an empty block.  BAD_ARGUMENT for lengths that do not fit, an empty or a cut name. */
enum ssp_err tls_alpn_decode(struct view block, struct view *ret);

#endif
