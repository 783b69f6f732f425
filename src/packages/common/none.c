/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/none.h"

#include "base/err.h"

NTSTATUS NTAPI pkg_no_make_signature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                     ULONG seq)
{
    (void)handle;
    (void)qop;
    (void)message;
    (void)seq;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

NTSTATUS NTAPI pkg_no_verify_signature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                       PULONG ret_qop)
{
    (void)handle;
    (void)message;
    (void)seq;
    (void)ret_qop;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

NTSTATUS NTAPI pkg_no_complete_auth_token(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    (void)handle;
    (void)input;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

NTSTATUS NTAPI pkg_no_format_credentials(PSecBuffer credentials, PSecBuffer formatted)
{
    (void)credentials;
    (void)formatted;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

NTSTATUS NTAPI pkg_no_marshall_supplemental_creds(ULONG size, PUCHAR credentials,
                                                  PULONG marshalled_size, PVOID *marshalled)
{
    (void)size;
    (void)credentials;
    (void)marshalled_size;
    (void)marshalled;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

NTSTATUS NTAPI pkg_no_marshal_attribute_data(ULONG info, ULONG attribute, ULONG size, PBYTE data,
                                             PULONG marshaled_size, PBYTE *marshaled)
{
    (void)info;
    (void)attribute;
    (void)size;
    (void)data;
    (void)marshaled_size;
    (void)marshaled;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}
