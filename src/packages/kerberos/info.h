/* SPDX-License-Identifier: Apache-2.0 */
/* What the package says about itself, to whoever asks, in both halves. */
#ifndef SSP_KERBEROS_INFO_H
#define SSP_KERBEROS_INFO_H

#include <ntsecpkg.h>

enum {
    KRB_RPC_ID = 16,
    KRB_MAX_TOKEN = 48000, /* as on Windows; what programs allocate */
};

extern const SecPkgInfoW krb_package_info;

#endif
