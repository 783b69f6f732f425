/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and adding packages; the one way to free what a call allocated. */
#include "base/cleanup.h"
#include "base/heap.h"
#include "sspi/library.h"
#include "sspi/pkg_info.h"
#include "sspi/text.h"

static void free_infos(PSecPkgInfoW *infos)
{
    (void)(heap_free(*infos) == SSP_OK);
}

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(ULONG *pcPackages, PSecPkgInfoW *ppPackageInfo)
{
    const struct library *lib = NULL;
    const struct lsa_package_info *packages = NULL;
    size_t n = 0;
    SECURITY_STATUS status = SEC_E_OK;
    enum ssp_err e = SSP_OK;

    if (pcPackages == NULL || ppPackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = library_start(&lib);
    if (status >= 0)
        status = lib->port->ops->packages(lib->port, &packages, &n);
    if (status < 0)
        return status;
    e = pkg_info_wide(packages, n, ppPackageInfo);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *pcPackages = (ULONG)n;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(ULONG *pcPackages, PSecPkgInfoA *ppPackageInfo)
{
    ssp_cleanup(free_infos) PSecPkgInfoW wide = NULL;
    ULONG n = 0;
    SECURITY_STATUS status = SEC_E_OK;
    enum ssp_err e = SSP_OK;

    if (pcPackages == NULL || ppPackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = EnumerateSecurityPackagesW(&n, &wide);
    if (status < 0)
        return status;
    e = pkg_info_narrow(wide, n, ppPackageInfo);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *pcPackages = n;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *pszPackageName,
                                                    PSecPkgInfoW *ppPackageInfo)
{
    const struct library *lib = NULL;
    const struct lsa_package_info *package = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (pszPackageName == NULL || ppPackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = library_start(&lib);
    if (status >= 0)
        status = library_package_named(lib, pszPackageName, &package);
    if (status < 0)
        return status;
    return ssp_err_status(pkg_info_wide(package, 1, ppPackageInfo));
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *pszPackageName,
                                                    PSecPkgInfoA *ppPackageInfo)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    ssp_cleanup(free_infos) PSecPkgInfoW wide = NULL;
    enum ssp_err e = text_widen(pszPackageName, &name);
    SECURITY_STATUS status = SEC_E_OK;

    if (e != SSP_OK)
        return ssp_err_status(e);
    if (ppPackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = QuerySecurityPackageInfoW(name.p, &wide);
    if (status < 0)
        return status;
    return ssp_err_status(pkg_info_narrow(wide, 1, ppPackageInfo));
}

SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer)
{
    return ssp_err_status(heap_free(pvContextBuffer));
}

/* ---- Adding packages --------------------------------------------------- */

/* The options say how Windows is to load and keep a package; here the file decides. */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR pszPackageName,
                                              PSECURITY_PACKAGE_OPTIONS pOptions)
{
    const struct library *lib = NULL;
    ULONG id = 0;
    SECURITY_STATUS status = SEC_E_OK;

    (void)pOptions;
    if (pszPackageName == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = library_start(&lib);
    if (status < 0)
        return status;
    return lib->port->ops->add_package(lib->port, pszPackageName, &id);
}

SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR pszPackageName,
                                              PSECURITY_PACKAGE_OPTIONS pOptions)
{
    ssp_cleanup(str16_wipe) struct str16 copy = { 0 };
    ssp_cleanup(wipe_free_str) char *path = NULL;
    enum ssp_err e = SSP_OK;

    if (pszPackageName == NULL)
        return SEC_E_INVALID_PARAMETER;
    e = str16_from_units(pszPackageName, str16_len(pszPackageName), &copy);
    if (e == SSP_OK)
        e = str16_to_utf8(&copy, &path);
    if (e != SSP_OK)
        return ssp_err_status(e);
    return AddSecurityPackageA(path, pOptions);
}

/* A package stays as long as the LSA, as on Windows. */
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR pszPackageName)
{
    return pszPackageName == NULL ? SEC_E_INVALID_PARAMETER : SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageA(LPSTR pszPackageName)
{
    return pszPackageName == NULL ? SEC_E_INVALID_PARAMETER : SEC_E_UNSUPPORTED_FUNCTION;
}
