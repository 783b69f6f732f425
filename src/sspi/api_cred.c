/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials.  Their handles hold the LSA's id, so it is the LSA that refuses the ones that are
 * not valid.  pAuthData says its own form and goes through as it is. */
#include "base/cleanup.h"
#include "sspi/handle.h"
#include "sspi/library.h"
#include "sspi/text.h"

static SECURITY_STATUS acquire(const struct lsa_acquire *what, PCredHandle ret_cred,
                               PTimeStamp ret_expiry)
{
    const struct library *lib = NULL;
    TimeStamp expiry = { 0 };
    uint64_t cred = 0;
    SECURITY_STATUS status = SEC_E_OK;

    if (what->package == NULL || ret_cred == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = library_start(&lib);
    if (status >= 0)
        status = lib->port->ops->acquire_cred(lib->port, what, &cred, &expiry);
    if (status < 0)
        return status;
    *ret_cred = handle_of_id(HANDLE_CRED, cred);
    if (ret_expiry != NULL)
        *ret_expiry = expiry;
    return status;
}

SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId,
                                                    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                    void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    struct lsa_acquire what = {
        .principal = pszPrincipal,
        .package = pszPackage,
        .use = fCredentialUse,
        .logon_id = pvLogonId,
        .auth_data = pAuthData,
    };

    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    return acquire(&what, phCredential, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId,
                                                    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                    void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    ssp_cleanup(str16_wipe) struct str16 principal = { 0 };
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    enum ssp_err e = text_widen(pszPrincipal, &principal);
    struct lsa_acquire what = {
        .use = fCredentialUse,
        .logon_id = pvLogonId,
        .auth_data = pAuthData,
        .ansi = true,
    };

    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    if (e == SSP_OK)
        e = text_widen(pszPackage, &package);
    if (e != SSP_OK)
        return ssp_err_status(e);
    what.principal = principal.p;
    what.package = package.p;
    return acquire(&what, phCredential, ptsExpiry);
}

/* The started library and the id of a credential that may exist. */
static SECURITY_STATUS find(PCredHandle handle, const struct library **ret_lib, uint64_t *ret_cred)
{
    const struct library *lib = library_get();
    uint64_t cred = handle_to_id(HANDLE_CRED, handle);

    if (lib == NULL || cred == 0)
        return SEC_E_INVALID_HANDLE;
    *ret_lib = lib;
    *ret_cred = cred;
    return SEC_E_OK;
}

static SECURITY_STATUS add(PCredHandle handle, const struct lsa_acquire *what,
                           PTimeStamp ret_expiry)
{
    const struct library *lib = NULL;
    TimeStamp expiry = { 0 };
    uint64_t cred = 0;
    SECURITY_STATUS status = find(handle, &lib, &cred);

    if (status < 0)
        return status;
    if (what->package == NULL)
        return SEC_E_INVALID_PARAMETER;
    status = lib->port->ops->add_cred(lib->port, cred, what, &expiry);
    if (status >= 0 && ret_expiry != NULL)
        *ret_expiry = expiry;
    return status;
}

SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle hCredentials, SEC_WCHAR *pszPrincipal,
                                          SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry)
{
    struct lsa_acquire what = {
        .principal = pszPrincipal,
        .package = pszPackage,
        .use = fCredentialUse,
        .auth_data = pAuthData,
    };

    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    return add(hCredentials, &what, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle hCredentials, SEC_CHAR *pszPrincipal,
                                          SEC_CHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry)
{
    ssp_cleanup(str16_wipe) struct str16 principal = { 0 };
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    enum ssp_err e = text_widen(pszPrincipal, &principal);
    struct lsa_acquire what = { .use = fCredentialUse, .auth_data = pAuthData, .ansi = true };

    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    if (e == SSP_OK)
        e = text_widen(pszPackage, &package);
    if (e != SSP_OK)
        return ssp_err_status(e);
    what.principal = principal.p;
    what.package = package.p;
    return add(hCredentials, &what, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential)
{
    const struct library *lib = NULL;
    uint64_t cred = 0;
    SECURITY_STATUS status = find(phCredential, &lib, &cred);

    if (status < 0)
        return status;
    return lib->port->ops->free_cred(lib->port, cred);
}
