/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/extended.h"

static void say_oid(SECPKG_EXTENDED_INFORMATION *info, struct view oid)
{
    info->Info.GssInfo.EncodedIdLength = (ULONG)oid.n;
    memcpy((UCHAR *)info + offsetof(SECPKG_EXTENDED_INFORMATION, Info.GssInfo.EncodedId), oid.p,
           oid.n);
}

enum ssp_err pkg_extended_info(const LSA_SECPKG_FUNCTION_TABLE *lsa,
                               SECPKG_EXTENDED_INFORMATION_CLASS class, struct view oid,
                               PSECPKG_EXTENDED_INFORMATION *ret)
{
    SECPKG_EXTENDED_INFORMATION *info = NULL;

    if (class != SecpkgGssInfo && class != SecpkgContextThunks)
        return ssp_fail(UNSUPPORTED);
    info = lsa->AllocateLsaHeap((ULONG)(sizeof(*info) + oid.n));
    if (info == NULL)
        return ssp_fail(NO_MEMORY);
    memset(info, 0, sizeof(*info) + oid.n); /* so no thunks are listed */
    info->Class = class;
    if (class == SecpkgGssInfo)
        say_oid(info, oid);
    *ret = info;
    return SSP_OK;
}
