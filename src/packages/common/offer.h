/* SPDX-License-Identifier: Apache-2.0 */
/* How a package's entry points hand out its one table of each sort.  STATUS_INVALID_PARAMETER for
 * a version that it does not know, and for NULL. */
#ifndef SSP_PACKAGES_OFFER_H
#define SSP_PACKAGES_OFFER_H

#include <ntsecpkg.h>
#include <opensspi.h>

struct pkg_lsa_offer { /* where SpLsaModeInitialize is to put what */
    PULONG version;
    PSECPKG_FUNCTION_TABLE *tables;
    PULONG n;
};

struct pkg_user_offer { /* the same of SpUserModeInitialize */
    PULONG version;
    PSECPKG_USER_FUNCTION_TABLE *tables;
    PULONG n;
};

NTSTATUS pkg_offer_lsa(ULONG lsa_version, PSECPKG_FUNCTION_TABLE table,
                       const struct pkg_lsa_offer *ret);
NTSTATUS pkg_offer_user(ULONG lsa_version, PSECPKG_USER_FUNCTION_TABLE table,
                        const struct pkg_user_offer *ret);
NTSTATUS pkg_offer_export(ULONG version, const OPENSSPI_LSA_EXPORT_TABLE *table,
                          const OPENSSPI_LSA_EXPORT_TABLE **ret_tables, PULONG ret_n);
NTSTATUS pkg_offer_sign(ULONG version, const OPENSSPI_LSA_SIGN_TABLE *table,
                        const OPENSSPI_LSA_SIGN_TABLE **ret_tables, PULONG ret_n);
NTSTATUS pkg_offer_extension(ULONG version, const OPENSSPI_USER_EXTENSION_TABLE *table,
                             const OPENSSPI_USER_EXTENSION_TABLE **ret_tables, PULONG ret_n);

#endif
