/* SPDX-License-Identifier: Apache-2.0 */
/* The entry points of the Schannel package, as src/lsa/packages.def names them.  Half-done
 * handshakes cannot be moved: GnuTLS has no form for one. */
#ifndef SSP_SCHANNEL_PACKAGE_H
#define SSP_SCHANNEL_PACKAGE_H

#include <ntsecpkg.h>
#include <opensspi.h>

/* STATUS_INVALID_PARAMETER for a version that they do not know. */
NTSTATUS NTAPI schannel_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                            PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI schannel_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n);
NTSTATUS NTAPI schannel_SpUserExtensionInitialize(ULONG version,
                                                  const OPENSSPI_USER_EXTENSION_TABLE **ret_tables,
                                                  PULONG ret_n);

#endif
