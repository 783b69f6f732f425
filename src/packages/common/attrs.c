/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/attrs.h"

#include "base/cleanup.h"

static enum ssp_err get_lifespan(const void *subject, const struct pkg_heap *heap, void *ret)
{
    const struct pkg_subject *of = subject;
    SecPkgContext_Lifespan *span = ret;

    (void)heap;
    span->tsStart.QuadPart = of->start;
    span->tsExpiry.QuadPart = of->expiry;
    return SSP_OK;
}

static enum ssp_err get_flags(const void *subject, const struct pkg_heap *heap, void *ret)
{
    const struct pkg_subject *of = subject;
    SecPkgContext_Flags *flags = ret;

    (void)heap;
    flags->Flags = of->attributes;
    return SSP_OK;
}

static enum ssp_err get_package_info(const void *subject, const struct pkg_heap *heap, void *ret)
{
    ssp_cleanup(block_free) struct block info = { .heap = heap };
    const struct pkg_subject *of = subject;
    SecPkgContext_PackageInfoW *package = ret;

    SSP_TRY(block_package_info(of->info, &info));
    package->PackageInfo = ssp_steal(&info.p);
    return SSP_OK;
}

static enum ssp_err get_negotiation_info(const void *subject, const struct pkg_heap *heap,
                                         void *ret)
{
    ssp_cleanup(block_free) struct block info = { .heap = heap };
    const struct pkg_subject *of = subject;
    SecPkgContext_NegotiationInfoW *negotiation = ret;

    SSP_TRY(block_package_info(of->info, &info));
    negotiation->PackageInfo = ssp_steal(&info.p);
    negotiation->NegotiationState =
        of->is_running ? SECPKG_NEGOTIATION_IN_PROGRESS : SECPKG_NEGOTIATION_COMPLETE;
    return SSP_OK;
}

/* The context's own handle, as GetContextToken gives it: not a duplicate. */
static enum ssp_err get_access_token(const void *subject, const struct pkg_heap *heap, void *ret)
{
    const struct pkg_subject *of = subject;
    SecPkgContext_AccessToken *token = ret;

    (void)heap;
    if (of->token == NULL)
        return ssp_fail(NO_IMPERSONATION);
    token->AccessToken = of->token;
    return SSP_OK;
}

/* There is one answer: a context that is established has had the client's last token. */
static enum ssp_err get_last_token(const void *subject, const struct pkg_heap *heap, void *ret)
{
    SecPkgContext_LastClientTokenStatus *status = ret;

    (void)subject;
    (void)heap;
    status->LastClientTokenStatus = SecPkgAttrLastClientTokenYes;
    return SSP_OK;
}

static const struct pkg_attr common[] = {
    { SECPKG_ATTR_LIFESPAN, false, get_lifespan },
    { SECPKG_ATTR_PACKAGE_INFO, true, get_package_info },
    { SECPKG_ATTR_NEGOTIATION_INFO, true, get_negotiation_info },
    { SECPKG_ATTR_FLAGS, true, get_flags },
    { SECPKG_ATTR_ACCESS_TOKEN, false, get_access_token },
    { SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, false, get_last_token },
};

static const struct pkg_attr *find(const struct pkg_attr *attrs, size_t n, ULONG id)
{
    for (size_t i = 0; i < n; i++)
        if (attrs[i].id == id)
            return &attrs[i];
    return NULL;
}

enum ssp_err pkg_attr_query(const struct pkg_subject *subject, const struct pkg_heap *heap,
                            ULONG attribute, void *ret)
{
    const struct pkg_attr *own = find(subject->attrs, subject->n_attrs, attribute);
    const struct pkg_attr *attr =
        own != NULL ? own : find(common, sizeof(common) / sizeof(common[0]), attribute);

    if (attr == NULL || (subject->is_running && !attr->early))
        return ssp_fail(UNSUPPORTED);
    return attr->get(own != NULL ? subject->own : subject, heap, ret);
}
