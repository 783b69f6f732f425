/* SPDX-License-Identifier: Apache-2.0 */
/* What a client asked for as target, as TLS says it: a host's name in ASCII, or an address. */
#ifndef SSP_SCHANNEL_HOST_H
#define SSP_SCHANNEL_HOST_H

#include "base/utf16.h"
#include "packages/schannel/pack.h"

/* Without the dot at its end; empty for an empty target.  TARGET_UNKNOWN for what can be no name.
 */
enum ssp_err tls_host_of(const struct str16 *target, char ret[TLS_HOST_MAX + 1]);

#endif
