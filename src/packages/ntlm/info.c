/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/info.h"

static SEC_WCHAR name[] = u"NTLM";
static SEC_WCHAR comment[] = u"NTLM Security Package";

const SecPkgInfoW ntlm_package_info = {
    .fCapabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_TOKEN_ONLY |
                     SECPKG_FLAG_DATAGRAM | SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED |
                     SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |
                     SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_READONLY_WITH_CHECKSUM,
    .wVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
    .wRPCID = NTLM_RPC_ID,
    .cbMaxToken = NTLM_MAX_TOKEN,
    .Name = name,
    .Comment = comment,
};

const struct ntlm_version ntlm_our_version = { 10, 0, 0, NTLM_REVISION_W2K3 };
