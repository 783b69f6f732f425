/* SPDX-License-Identifier: Apache-2.0 */
/* What the Schannel package says of itself; both halves do. */
#ifndef SSP_SCHANNEL_INFO_H
#define SSP_SCHANNEL_INFO_H

#include <ntsecpkg.h>

enum { TLS_MAX_TOKEN = 24 * 1024 /* what Windows says: a flight with its certificates fits */ };

extern const SecPkgInfoW tls_package_info; /* its text is static */

#endif
