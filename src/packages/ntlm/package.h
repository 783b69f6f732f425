/* SPDX-License-Identifier: Apache-2.0 */
/* The entry points of the NTLM package, as src/lsa/packages.def names them: both halves and the
 * tables for half-done handshakes and for signing what Negotiate agreed on. */
#ifndef SSP_NTLM_PACKAGE_H
#define SSP_NTLM_PACKAGE_H

#include <ntsecpkg.h>
#include <opensspi.h>

/* STATUS_INVALID_PARAMETER for a version that they do not know. */
NTSTATUS NTAPI ntlm_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                        PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI ntlm_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                         PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI ntlm_SpLsaExportInitialize(ULONG version,
                                          const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                          PULONG ret_n);
NTSTATUS NTAPI ntlm_SpLsaSignInitialize(ULONG version, const OPENSSPI_LSA_SIGN_TABLE **ret_tables,
                                        PULONG ret_n);

#endif
