/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/info.h"

#include <schannel.h>

static SEC_WCHAR name[] = SCHANNEL_NAME_W;
static SEC_WCHAR comment[] = u"Schannel Security Package";

const SecPkgInfoW tls_package_info = {
    .fCapabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |
                     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR |
                     SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |
                     SECPKG_FLAG_STREAM | SECPKG_FLAG_MUTUAL_AUTH,
    .wVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
    .wRPCID = UNISP_RPC_ID,
    .cbMaxToken = TLS_MAX_TOKEN,
    .Name = name,
    .Comment = comment,
};
