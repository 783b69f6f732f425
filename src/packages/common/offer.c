/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/offer.h"

NTSTATUS pkg_offer_lsa(ULONG lsa_version, PSECPKG_FUNCTION_TABLE table,
                       const struct pkg_lsa_offer *ret)
{
    if (lsa_version != SECPKG_INTERFACE_VERSION || ret->version == NULL || ret->tables == NULL ||
        ret->n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret->version = SECPKG_INTERFACE_VERSION_11;
    *ret->tables = table;
    *ret->n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS pkg_offer_user(ULONG lsa_version, PSECPKG_USER_FUNCTION_TABLE table,
                        const struct pkg_user_offer *ret)
{
    if (lsa_version != SECPKG_INTERFACE_VERSION || ret->version == NULL || ret->tables == NULL ||
        ret->n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret->version = SECPKG_INTERFACE_VERSION_11;
    *ret->tables = table;
    *ret->n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS pkg_offer_export(ULONG version, const OPENSSPI_LSA_EXPORT_TABLE *table,
                          const OPENSSPI_LSA_EXPORT_TABLE **ret_tables, PULONG ret_n)
{
    if (version != OPENSSPI_LSA_EXPORT_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS pkg_offer_sign(ULONG version, const OPENSSPI_LSA_SIGN_TABLE *table,
                        const OPENSSPI_LSA_SIGN_TABLE **ret_tables, PULONG ret_n)
{
    if (version != OPENSSPI_LSA_SIGN_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS pkg_offer_extension(ULONG version, const OPENSSPI_USER_EXTENSION_TABLE *table,
                             const OPENSSPI_USER_EXTENSION_TABLE **ret_tables, PULONG ret_n)
{
    if (version != OPENSSPI_USER_EXTENSION_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
