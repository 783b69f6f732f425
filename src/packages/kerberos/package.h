/* SPDX-License-Identifier: Apache-2.0 */
/* The entry points of the Kerberos package, as src/lsa/packages.def names them. */
#ifndef SSP_KERBEROS_PACKAGE_H
#define SSP_KERBEROS_PACKAGE_H

#include <ntsecpkg.h>
#include <opensspi.h>

/* STATUS_INVALID_PARAMETER for a version that they do not know. */
NTSTATUS NTAPI kerberos_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                            PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI kerberos_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI kerberos_SpLsaExportInitialize(ULONG version,
                                              const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                              PULONG ret_n);
NTSTATUS NTAPI kerberos_SpLsaSignInitialize(ULONG version,
                                            const OPENSSPI_LSA_SIGN_TABLE **ret_tables,
                                            PULONG ret_n);
NTSTATUS NTAPI kerberos_SpUserExtensionInitialize(ULONG version,
                                                  const OPENSSPI_USER_EXTENSION_TABLE **ret_tables,
                                                  PULONG ret_n);

#endif
