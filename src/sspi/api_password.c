/* SPDX-License-Identifier: Apache-2.0 */
/* Changing the password of an account, through the package that keeps it. */
#include "base/cleanup.h"
#include "base/secbuf.h"
#include "sspi/library.h"
#include "sspi/text.h"

struct change {
    UNICODE_STRING domain;
    UNICODE_STRING account;
    UNICODE_STRING old_password;
    UNICODE_STRING new_password;
};

static SECURITY_STATUS change(const char16_t *package_name, const struct change *what,
                              bool impersonating, PSecBufferDesc output)
{
    const struct library *lib = NULL;
    const struct lsa_package_info *package = NULL;
    SECURITY_STATUS status = library_start(&lib);

    if (status >= 0)
        status = library_package_named(lib, package_name, &package);
    if (status < 0)
        return status;
    return lib->port->ops->change_password(lib->port, package->id, &what->domain, &what->account,
                                           &what->old_password, &what->new_password, impersonating,
                                           output);
}

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *pszPackageName,
                                                 SEC_WCHAR *pszDomainName,
                                                 SEC_WCHAR *pszAccountName,
                                                 SEC_WCHAR *pszOldPassword,
                                                 SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput)
{
    struct change what = { 0 };

    if (pszPackageName == NULL || pszAccountName == NULL || pszNewPassword == NULL ||
        dwReserved != 0 || secbuf_check_optional(pOutput) != SSP_OK)
        return SEC_E_INVALID_PARAMETER;
    if (text_counted(pszDomainName, &what.domain) != SSP_OK ||
        text_counted(pszAccountName, &what.account) != SSP_OK ||
        text_counted(pszOldPassword, &what.old_password) != SSP_OK ||
        text_counted(pszNewPassword, &what.new_password) != SSP_OK)
        return SEC_E_INVALID_PARAMETER;
    return change(pszPackageName, &what, bImpersonating != FALSE, pOutput);
}

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *pszPackageName, SEC_CHAR *pszDomainName,
                                                 SEC_CHAR *pszAccountName, SEC_CHAR *pszOldPassword,
                                                 SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput)
{
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain = { 0 };
    ssp_cleanup(str16_wipe) struct str16 account = { 0 };
    ssp_cleanup(str16_wipe) struct str16 old_password = { 0 };
    ssp_cleanup(str16_wipe) struct str16 new_password = { 0 };
    enum ssp_err e = text_widen(pszPackageName, &package);

    if (e == SSP_OK)
        e = text_widen(pszDomainName, &domain);
    if (e == SSP_OK)
        e = text_widen(pszAccountName, &account);
    if (e == SSP_OK)
        e = text_widen(pszOldPassword, &old_password);
    if (e == SSP_OK)
        e = text_widen(pszNewPassword, &new_password);
    if (e != SSP_OK)
        return ssp_err_status(e);
    return ChangeAccountPasswordW(package.p, domain.p, account.p, old_password.p, new_password.p,
                                  bImpersonating, dwReserved, pOutput);
}
