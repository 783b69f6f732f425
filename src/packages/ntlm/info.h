/* SPDX-License-Identifier: Apache-2.0 */
/* What the package says about itself, to whoever asks. */
#ifndef SSP_NTLM_INFO_H
#define SSP_NTLM_INFO_H

#include <ntsecpkg.h>

#include "base/err.h"
#include "packages/ntlm/wire.h"

enum {
    NTLM_RPC_ID = 10,
    NTLM_MAX_TOKEN = 2888, /* as on Windows; what programs allocate */
};

extern const SecPkgInfoW ntlm_package_info;

/* The version we send: that of a Windows that does what we do.  Nothing depends on it. */
extern const struct ntlm_version ntlm_our_version;

#endif
