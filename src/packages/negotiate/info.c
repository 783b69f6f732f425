/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/info.h"

#include <string.h>

#include "base/cleanup.h"

static SEC_WCHAR name[] = u"Negotiate";
static SEC_WCHAR comment[] = u"Package Negotiator";

const SecPkgInfoW nego_package_info = {
    .fCapabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |
                     SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR |
                     SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |
                     SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_LOGON |
                     SECPKG_FLAG_RESTRICTED_TOKENS | SECPKG_FLAG_READONLY_WITH_CHECKSUM,
    .wVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,
    .wRPCID = NEGO_RPC_ID,
    .cbMaxToken = NEGO_MAX_TOKEN,
    .Name = name,
    .Comment = comment,
};

static enum ssp_err get_sizes(const struct nego_env *env, const struct nego_stand *stand, void *ret)
{
    SecPkgContext_Sizes *sizes = ret;

    (void)env;
    (void)stand;
    *sizes = (SecPkgContext_Sizes){ .cbMaxToken = NEGO_MAX_TOKEN };
    return SSP_OK;
}

static enum ssp_err get_flags(const struct nego_env *env, const struct nego_stand *stand, void *ret)
{
    SecPkgContext_Flags *flags = ret;

    (void)env;
    flags->Flags = stand->attributes;
    return SSP_OK;
}

static struct pkg_heap heap_of(const struct nego_env *env)
{
    return (struct pkg_heap){ env->lsa->AllocateLsaHeap, env->lsa->FreeLsaHeap };
}

static enum ssp_err get_package_info(const struct nego_env *env, const struct nego_stand *stand,
                                     void *ret)
{
    const struct pkg_heap heap = heap_of(env);
    ssp_cleanup(block_free) struct block block = { .heap = &heap };
    SecPkgContext_PackageInfoW *info = ret;

    (void)stand;
    SSP_TRY(block_package_info(&nego_package_info, &block));
    info->PackageInfo = ssp_steal(&block.p);
    return SSP_OK;
}

/* The package that is being tried, or was chosen; before that there is only this one to name. */
static enum ssp_err get_negotiation_info(const struct nego_env *env, const struct nego_stand *stand,
                                         void *ret)
{
    const struct pkg_heap heap = heap_of(env);
    ssp_cleanup(block_free) struct block block = { .heap = &heap };
    SecPkgContext_NegotiationInfoW *negotiation = ret;
    SecPkgInfoW info = nego_package_info;
    ULONG id = 0;

    if (stand->package != NEGO_PACKAGES &&
        !NT_SUCCESS(env->inner->LocatePackage(nego_package_name(stand->package), &id, &info)))
        return ssp_fail(NO_PACKAGE);
    SSP_TRY(block_package_info(&info, &block));
    negotiation->PackageInfo = ssp_steal(&block.p);
    negotiation->NegotiationState = stand->negotiation;
    return SSP_OK;
}

static const struct {
    ULONG id;
    enum ssp_err (*get)(const struct nego_env *env, const struct nego_stand *stand, void *ret);
} attrs[] = {
    { SECPKG_ATTR_SIZES, get_sizes },
    { SECPKG_ATTR_FLAGS, get_flags },
    { SECPKG_ATTR_PACKAGE_INFO, get_package_info },
    { SECPKG_ATTR_NEGOTIATION_INFO, get_negotiation_info },
};

enum ssp_err nego_attr_query_half(const struct nego_env *env, const struct nego_stand *stand,
                                  ULONG attribute, void *ret)
{
    for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
        if (attrs[i].id == attribute)
            return attrs[i].get(env, stand, ret);
    return ssp_fail(UNSUPPORTED);
}
