/* SPDX-License-Identifier: Apache-2.0 */
/* Target names, package lists, and what a user interface asks about an identity. */
#include <ntstatus.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "sspi/opaque.h"

/* What another password or another user could cure. */
static const SECURITY_STATUS curable[] = {
    SEC_E_LOGON_DENIED,      SEC_E_NO_CREDENTIALS,        SEC_E_UNKNOWN_CREDENTIALS,
    STATUS_LOGON_FAILURE,    STATUS_WRONG_PASSWORD,       STATUS_NO_SUCH_USER,
    STATUS_PASSWORD_EXPIRED, STATUS_PASSWORD_MUST_CHANGE,
};

BOOLEAN SEC_ENTRY SspiIsPromptingNeeded(ULONG ErrorOrNtStatus)
{
    for (size_t i = 0; i < sizeof(curable) / sizeof(curable[0]); i++)
        if (curable[i] == (SECURITY_STATUS)ErrorOrNtStatus)
            return TRUE;
    return FALSE;
}

static size_t span_without(PCWSTR text, char16_t a, char16_t b)
{
    size_t n = 0;

    while (text[n] != 0 && text[n] != a && text[n] != b)
        n++;
    return n;
}

/* An IPv6 address has colons of its own, and brackets around it for that reason. */
static size_t host_span(PCWSTR text)
{
    size_t n = *text == u'[' ? span_without(text, u']', u']') : 0;

    return n != 0 && text[n] == u']' ? n + 1 : span_without(text, u'/', u':');
}

/* The host of a service principal name, "service/host[:port][/name]"; a name without a service is
 * the host itself. */
SECURITY_STATUS SEC_ENTRY SspiGetTargetHostName(PCWSTR pszTargetName, PWSTR *pszHostName)
{
    PCWSTR host = pszTargetName;
    PWSTR block = NULL;
    size_t n = 0;

    if (pszTargetName == NULL || pszHostName == NULL)
        return SEC_E_INVALID_PARAMETER;
    n = span_without(pszTargetName, u'/', u'/');
    if (pszTargetName[n] == u'/')
        host = pszTargetName + n + 1;
    n = host_span(host);
    if (n == 0)
        return SEC_E_INVALID_PARAMETER;
    block = heap_alloc((n + 1) * sizeof(*block));
    if (block == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block, host, n * sizeof(*block));
    *pszHostName = block;
    return SEC_E_OK;
}

/* list + ",!" + package, or "!" + package when the list is empty. */
static enum ssp_err append_exclusion(struct str16 *list, const struct str16 *package)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(UINT16_MAX);
    struct str16 longer = { 0 };

    str16_to_wire(list, &out);
    if (list->n != 0)
        wr_le16(&out, u',');
    wr_le16(&out, u'!');
    str16_to_wire(package, &out);
    if (out.err != SSP_OK)
        return out.err;
    SSP_TRY(str16_from_wire((struct view){ out.p, out.n }, &longer));
    str16_wipe(list);
    *list = longer;
    return SSP_OK;
}

/* Without an identity the user's own is meant, and the new one holds the list only. */
static enum ssp_err exclude(PSEC_WINNT_AUTH_IDENTITY_OPAQUE from, PCWSTR name,
                            PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };

    if (from != NULL)
        SSP_TRY(identity_decode(from, &identity));
    SSP_TRY(str16_from_units(name, str16_len(name), &package));
    SSP_TRY(append_exclusion(&identity.package_list, &package));
    return opaque_new(&identity, 0, ret);
}

SECURITY_STATUS SEC_ENTRY SspiExcludePackage(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                             PCWSTR pszPackageName,
                                             PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppNewAuthIdentity)
{
    if (pszPackageName == NULL || *pszPackageName == 0 || ppNewAuthIdentity == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(exclude(AuthIdentity, pszPackageName, ppNewAuthIdentity));
}

/* There is no credential manager to read from or to write to. */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredRead(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                 PCWSTR pszTargetName,
                                                 PULONG pCredmanCredentialType,
                                                 PCWSTR *ppszCredmanTargetName)
{
    (void)AuthIdentity;
    (void)pszTargetName;
    (void)pCredmanCredentialType;
    (void)ppszCredmanTargetName;
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SspiPrepareForCredWrite(
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity, PCWSTR pszTargetName,
    PULONG pCredmanCredentialType, PCWSTR *ppszCredmanTargetName, PCWSTR *ppszCredmanUserName,
    PUCHAR *ppCredentialBlob, PULONG pCredentialBlobSize)
{
    (void)AuthIdentity;
    (void)pszTargetName;
    (void)pCredmanCredentialType;
    (void)ppszCredmanTargetName;
    (void)ppszCredmanUserName;
    (void)ppCredentialBlob;
    (void)pCredentialBlobSize;
    return SEC_E_UNSUPPORTED_FUNCTION;
}
