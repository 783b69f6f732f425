/* SPDX-License-Identifier: Apache-2.0 */
/* Slots of a user table that a package has no use for: each answers SEC_E_UNSUPPORTED_FUNCTION, for
 * who calls a table without looking whether they are there. */
#ifndef SSP_PACKAGES_NONE_H
#define SSP_PACKAGES_NONE_H

#include <ntsecpkg.h>

NTSTATUS NTAPI pkg_no_make_signature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                     ULONG seq);
NTSTATUS NTAPI pkg_no_verify_signature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                       PULONG ret_qop);
NTSTATUS NTAPI pkg_no_complete_auth_token(LSA_SEC_HANDLE handle, PSecBufferDesc input);
NTSTATUS NTAPI pkg_no_format_credentials(PSecBuffer credentials, PSecBuffer formatted);
NTSTATUS NTAPI pkg_no_marshall_supplemental_creds(ULONG size, PUCHAR credentials,
                                                  PULONG marshalled_size, PVOID *marshalled);
NTSTATUS NTAPI pkg_no_marshal_attribute_data(ULONG info, ULONG attribute, ULONG size, PBYTE data,
                                             PULONG marshaled_size, PBYTE *marshaled);

#endif
