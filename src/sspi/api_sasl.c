/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SASL.  The profiles are those whose package is there; the framing that SASL puts
 * around a package's tokens is not offered, and the calls that would do it say
 * so.  A program that frames by itself uses the package directly.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "sspi/library.h"
#include "sspi/text.h"

/* Registered SASL mechanisms, and the package that speaks each. */
struct profile {
    const char16_t *name;
    const char16_t *package;
};

static const struct profile profiles[] = {
    { u"GSSAPI", u"Kerberos" },      /* RFC 4752 */
    { u"GSS-SPNEGO", u"Negotiate" }, /* [MS-SPNG] */
    { u"DIGEST-MD5", u"WDigest" },   /* RFC 2831 */
    { u"EXTERNAL", u"Schannel" },    /* RFC 4422 appendix A */
};
enum { N_PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

enum { LIST_MAX = 64 };

/* Names one after the other, each closed by 0, and another 0 behind the last.  They are ASCII. */
struct list {
    SEC_WCHAR text[LIST_MAX];
    size_t n; /* characters */
    ULONG n_names;
};

static void append(struct list *list, const char16_t *name)
{
    size_t n = str16_len(name) + 1;

    memcpy(list->text + list->n, name, n * sizeof(*name));
    list->n += n;
    list->n_names++;
}

static SECURITY_STATUS list_profiles(struct list *list)
{
    const struct library *lib = NULL;
    SECURITY_STATUS status = library_start(&lib);

    if (status < 0)
        return status;
    for (size_t i = 0; i < N_PROFILES; i++) {
        const struct lsa_package_info *package = NULL;

        status = library_package_named(lib, profiles[i].package, &package);
        if (status < 0 && status != SEC_E_SECPKG_NOT_FOUND)
            return status;
        if (status >= 0)
            append(list, profiles[i].name);
    }
    list->n++;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *ProfileList, ULONG *ProfileCount)
{
    struct list list = { 0 };
    SEC_WCHAR *block = NULL;
    SECURITY_STATUS status = list_profiles(&list);

    if (ProfileList == NULL || ProfileCount == NULL)
        return SEC_E_INVALID_PARAMETER;
    if (status < 0)
        return status;
    block = heap_alloc(list.n * sizeof(*block));
    if (block == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block, list.text, list.n * sizeof(*block));
    *ProfileList = block;
    *ProfileCount = list.n_names;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *ProfileList, ULONG *ProfileCount)
{
    struct list list = { 0 };
    SEC_CHAR *block = NULL;
    SECURITY_STATUS status = list_profiles(&list);

    if (ProfileList == NULL || ProfileCount == NULL)
        return SEC_E_INVALID_PARAMETER;
    if (status < 0)
        return status;
    block = heap_alloc(list.n);
    if (block == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < list.n; i++)
        block[i] = (SEC_CHAR)list.text[i];
    *ProfileList = block;
    *ProfileCount = list.n_names;
    return SEC_E_OK;
}

/* The package's name for QuerySecurityPackageInfo, which may write to nothing of it. */
static SECURITY_STATUS find(const struct str16 *name, struct str16 *ret_package)
{
    for (size_t i = 0; i < N_PROFILES; i++) {
        ssp_cleanup(str16_wipe) struct str16 profile = { 0 };
        enum ssp_err e = str16_from_units(profiles[i].name, str16_len(profiles[i].name), &profile);

        if (e != SSP_OK)
            return ssp_err_status(e);
        if (str16_eq_nocase(&profile, name))
            return ssp_err_status(
                str16_from_units(profiles[i].package, str16_len(profiles[i].package), ret_package));
    }
    return SEC_E_SECPKG_NOT_FOUND;
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR ProfileName, PSecPkgInfoW *PackageInfo)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    enum ssp_err e = SSP_OK;
    SECURITY_STATUS status = SEC_E_OK;

    if (ProfileName == NULL || PackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    e = str16_from_units(ProfileName, str16_len(ProfileName), &name);
    if (e != SSP_OK)
        return ssp_err_status(e);
    status = find(&name, &package);
    return status < 0 ? status : QuerySecurityPackageInfoW(package.p, PackageInfo);
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR ProfileName, PSecPkgInfoA *PackageInfo)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    ssp_cleanup(wipe_free_str) char *narrow = NULL;
    enum ssp_err e = SSP_OK;
    SECURITY_STATUS status = SEC_E_OK;

    if (ProfileName == NULL || PackageInfo == NULL)
        return SEC_E_INVALID_PARAMETER;
    e = text_widen(ProfileName, &name);
    if (e != SSP_OK)
        return ssp_err_status(e);
    status = find(&name, &package);
    if (status < 0)
        return status;
    e = str16_to_utf8(&package, &narrow);
    return e == SSP_OK ? QuerySecurityPackageInfoA(narrow, PackageInfo) : ssp_err_status(e);
}

/* ---- What is not supported --------------------------------------------- */

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc pInput, PSecPkgInfoA *PackageInfo)
{
    (void)pInput;
    (void)PackageInfo;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc pInput, PSecPkgInfoW *PackageInfo)
{
    (void)pInput;
    (void)PackageInfo;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, LPSTR pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    (void)phCredential;
    (void)phContext;
    (void)pszTargetName;
    (void)fContextReq;
    (void)Reserved1;
    (void)TargetDataRep;
    (void)pInput;
    (void)Reserved2;
    (void)phNewContext;
    (void)pOutput;
    (void)pfContextAttr;
    (void)ptsExpiry;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, LPWSTR pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    (void)pszTargetName;
    return SaslInitializeSecurityContextA(phCredential, phContext, NULL, fContextReq, Reserved1,
                                          TargetDataRep, pInput, Reserved2, phNewContext, pOutput,
                                          pfContextAttr, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                    PSecBufferDesc pInput, ULONG fContextReq,
                                                    ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                    PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                    PTimeStamp ptsExpiry)
{
    return SaslInitializeSecurityContextA(phCredential, phContext, NULL, fContextReq, 0,
                                          TargetDataRep, pInput, 0, phNewContext, pOutput,
                                          pfContextAttr, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value,
                                               ULONG Size)
{
    (void)ContextHandle;
    (void)Option;
    (void)Value;
    (void)Size;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value,
                                               ULONG Size, PULONG Needed)
{
    (void)ContextHandle;
    (void)Option;
    (void)Value;
    (void)Size;
    (void)Needed;
    return SEC_E_UNSUPPORTED_FUNCTION;
}
