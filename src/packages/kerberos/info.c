/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/info.h"

static SEC_WCHAR name[] = u"Kerberos";
static SEC_WCHAR comment[] = u"Kerberos Security Package";

const SecPkgInfoW krb_package_info = {
    .fCapabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_TOKEN_ONLY |
                     SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED |
                     SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION |
                     SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_STREAM | SECPKG_FLAG_NEGOTIABLE |
                     SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_MUTUAL_AUTH | SECPKG_FLAG_DELEGATION |
                     SECPKG_FLAG_READONLY_WITH_CHECKSUM,
    .wVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
    .wRPCID = KRB_RPC_ID,
    .cbMaxToken = KRB_MAX_TOKEN,
    .Name = name,
    .Comment = comment,
};
