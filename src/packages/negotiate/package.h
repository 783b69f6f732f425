/* SPDX-License-Identifier: Apache-2.0 */
/* The entry points of the Negotiate package, as src/lsa/packages.def names them. */
#ifndef SSP_NEGOTIATE_PACKAGE_H
#define SSP_NEGOTIATE_PACKAGE_H

#include <ntsecpkg.h>
#include <opensspi.h>

/* STATUS_INVALID_PARAMETER for a version that they do not know. */
NTSTATUS NTAPI negotiate_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI negotiate_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                              PSECPKG_USER_FUNCTION_TABLE *ret_tables,
                                              PULONG ret_n);
NTSTATUS NTAPI negotiate_SpLsaExportInitialize(ULONG version,
                                               const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                               PULONG ret_n);
NTSTATUS NTAPI negotiate_SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *given);

#endif
