/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry points of an LSA half that are alike in all packages.  Tables of
 * functions have no place for a package's own pointer, so each package has these
 * anew, around its own struct pkg_lsa: for its lsa.c, and no other file.
 */
#ifndef SSP_PACKAGES_LSA_ENTRIES_H
#define SSP_PACKAGES_LSA_ENTRIES_H

#include "packages/common/lsa.h"

static struct pkg_lsa package; /* the file that includes this says of what kind */

static inline NTSTATUS NTAPI SpInitialize(ULONG_PTR package_id, PSECPKG_PARAMETERS parameters,
                                          PLSA_SECPKG_FUNCTION_TABLE functions)
{
    (void)parameters;
    return pkg_lsa_initialize(&package, package_id, functions);
}

static inline NTSTATUS NTAPI SpShutdown(void)
{
    return pkg_lsa_shutdown(&package);
}

static inline NTSTATUS NTAPI SpGetInfo(PSecPkgInfo ret)
{
    return pkg_lsa_get_info(&package, ret);
}

static inline NTSTATUS NTAPI SpGetExtendedInformation(SECPKG_EXTENDED_INFORMATION_CLASS class,
                                                      PSECPKG_EXTENDED_INFORMATION *ret)
{
    return pkg_lsa_get_extended(&package, class, ret);
}

static inline NTSTATUS NTAPI SpAcquireCredentialsHandle(PUNICODE_STRING principal, ULONG use,
                                                        PLUID logon_id, PVOID auth_data,
                                                        PVOID get_key, PVOID get_key_arg,
                                                        PLSA_SEC_HANDLE ret, PTimeStamp ret_expiry)
{
    const struct pkg_wanted wanted = {
        .text = principal, .use = use, .logon_id = logon_id, .auth_data = auth_data
    };

    (void)get_key;
    (void)get_key_arg;
    return pkg_lsa_acquire(&package, &wanted, ret, ret_expiry);
}

static inline NTSTATUS NTAPI SpFreeCredentialsHandle(LSA_SEC_HANDLE cred)
{
    return pkg_lsa_free_cred(&package, cred);
}

static inline NTSTATUS NTAPI SpQueryCredentialsAttributes(LSA_SEC_HANDLE cred, ULONG attribute,
                                                          PVOID ret)
{
    return pkg_lsa_query_cred(&package, cred, attribute, ret);
}

static inline NTSTATUS NTAPI SpInitLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                                  PUNICODE_STRING target, ULONG requirements,
                                                  ULONG data_rep, PSecBufferDesc in,
                                                  PLSA_SEC_HANDLE ret_context, PSecBufferDesc out,
                                                  PULONG ret_attributes, PTimeStamp ret_expiry,
                                                  PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    const struct pkg_leg_in given = {
        .cred = cred,
        .target = target,
        .call = { .context = context,
                  .asked = requirements,
                  .data_rep = data_rep,
                  .in = in,
                  .out = out },
    };
    const struct pkg_leg_out wanted = { ret_context, ret_attributes, ret_expiry, ret_mapped,
                                        ret_data };

    return pkg_lsa_leg(&package, &given, &wanted);
}

static inline NTSTATUS NTAPI SpAcceptLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                                    PSecBufferDesc in, ULONG requirements,
                                                    ULONG data_rep, PLSA_SEC_HANDLE ret_context,
                                                    PSecBufferDesc out, PULONG ret_attributes,
                                                    PTimeStamp ret_expiry, PBOOLEAN ret_mapped,
                                                    PSecBuffer ret_data)
{
    const struct pkg_leg_in given = {
        .cred = cred,
        .call = { .accept = true,
                  .context = context,
                  .asked = requirements,
                  .data_rep = data_rep,
                  .in = in,
                  .out = out },
    };
    const struct pkg_leg_out wanted = { ret_context, ret_attributes, ret_expiry, ret_mapped,
                                        ret_data };

    return pkg_lsa_leg(&package, &given, &wanted);
}

static inline NTSTATUS NTAPI SpDeleteLsaContext(LSA_SEC_HANDLE context)
{
    return pkg_lsa_end(&package, context);
}

/* While the handshake runs; a finished context is asked in the user half. */
static inline NTSTATUS NTAPI SpQueryLsaContextAttributes(LSA_SEC_HANDLE context, ULONG attribute,
                                                         PVOID ret)
{
    return pkg_lsa_query(&package, context, attribute, ret);
}

static inline NTSTATUS NTAPI ExportLsaContext(LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret)
{
    return pkg_lsa_export(&package, context, flags, ret);
}

static inline NTSTATUS NTAPI ImportLsaContext(PSecBuffer packed, PLSA_SEC_HANDLE ret)
{
    return pkg_lsa_import(&package, packed, ret);
}

/* What every package has in its table; Initialize and what only some have is for its file. */
/* clang-format off */
#define PKG_LSA_ENTRIES                                         \
    .Shutdown = SpShutdown,                                     \
    .GetInfo = SpGetInfo,                                       \
    .AcquireCredentialsHandle = SpAcquireCredentialsHandle,     \
    .QueryCredentialsAttributes = SpQueryCredentialsAttributes, \
    .FreeCredentialsHandle = SpFreeCredentialsHandle,           \
    .InitLsaModeContext = SpInitLsaModeContext,                 \
    .AcceptLsaModeContext = SpAcceptLsaModeContext,             \
    .DeleteContext = SpDeleteLsaContext,                        \
    .QueryContextAttributes = SpQueryLsaContextAttributes
/* clang-format on */

/* For packages that pack half-done contexts. */
static const OPENSSPI_LSA_EXPORT_TABLE export_table = {
    .Version = OPENSSPI_LSA_EXPORT_VERSION,
    .ExportLsaContext = ExportLsaContext,
    .ImportLsaContext = ImportLsaContext,
};

#endif
