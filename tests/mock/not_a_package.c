/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object with one of the two entry points that a package needs. */
#include <ntsecpkg.h>

NTSTATUS NTAPI SpLsaModeInitialize(ULONG version, PULONG ret_version, PSECPKG_FUNCTION_TABLE *ret,
                                   PULONG ret_n);

NTSTATUS NTAPI SpLsaModeInitialize(ULONG version, PULONG ret_version, PSECPKG_FUNCTION_TABLE *ret,
                                   PULONG ret_n)
{
    (void)version;
    (void)ret_version;
    (void)ret;
    (void)ret_n;
    return STATUS_NOT_SUPPORTED;
}
