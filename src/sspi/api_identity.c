/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Sspi*AuthIdentity calls.  Encrypting an identity asks for a service that holds
 * a key per logon session, which is not here: those calls say so, and an identity
 * whose flags say that it is encrypted is of an unknown form.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/secret.h"
#include "sspi/opaque.h"
#include "sspi/text.h"

static enum ssp_err take(PCWSTR text, struct str16 *ret, bool *ret_has)
{
    *ret_has = text != NULL;
    return text == NULL ? SSP_OK : str16_from_units(text, str16_len(text), ret);
}

static enum ssp_err encode(PCWSTR user, PCWSTR domain, PCWSTR password,
                           PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };

    SSP_TRY(take(user, &identity.user, &identity.has_user));
    SSP_TRY(take(domain, &identity.domain, &identity.has_domain));
    SSP_TRY(take(password, &identity.password, &identity.has_password));
    return opaque_new(&identity, 0, ret);
}

SECURITY_STATUS SEC_ENTRY SspiEncodeStringsAsAuthIdentity(
    PCWSTR pszUserName, PCWSTR pszDomainName, PCWSTR pszPackedCredentialsString,
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity)
{
    if (ppAuthIdentity == NULL ||
        (pszUserName == NULL && pszDomainName == NULL && pszPackedCredentialsString == NULL))
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(
        encode(pszUserName, pszDomainName, pszPackedCredentialsString, ppAuthIdentity));
}

static void free_text(SEC_WCHAR **text)
{
    (void)(heap_free(*text) == SSP_OK);
}

static enum ssp_err give(const struct str16 *text, bool has, SEC_WCHAR **ret)
{
    SEC_WCHAR *block = NULL;

    if (!has)
        return SSP_OK;
    block = heap_alloc((text->n + 1) * sizeof(*block));
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    if (text->n != 0)
        memcpy(block, text->p, text->n * sizeof(*block));
    *ret = block;
    return SSP_OK;
}

static enum ssp_err decode(PSEC_WINNT_AUTH_IDENTITY_OPAQUE from, PCWSTR *ret_user,
                           PCWSTR *ret_domain, PCWSTR *ret_password)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };
    ssp_cleanup(free_text) SEC_WCHAR *user = NULL;
    ssp_cleanup(free_text) SEC_WCHAR *domain = NULL;
    ssp_cleanup(free_text) SEC_WCHAR *password = NULL;

    SSP_TRY(identity_decode(from, &identity));
    SSP_TRY(give(&identity.user, identity.has_user, &user));
    SSP_TRY(give(&identity.domain, identity.has_domain, &domain));
    SSP_TRY(give(&identity.password, identity.has_password, &password));
    *ret_user = ssp_steal(&user);
    *ret_domain = ssp_steal(&domain);
    if (ret_password != NULL)
        *ret_password = ssp_steal(&password);
    return SSP_OK;
}

SECURITY_STATUS SEC_ENTRY
SspiEncodeAuthIdentityAsStrings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE pAuthIdentity, PCWSTR *ppszUserName,
                                PCWSTR *ppszDomainName, PCWSTR *ppszPackedCredentialsString)
{
    if (ppszUserName == NULL || ppszDomainName == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(
        decode(pAuthIdentity, ppszUserName, ppszDomainName, ppszPackedCredentialsString));
}

SECURITY_STATUS SEC_ENTRY SspiValidateAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };

    return ssp_err_status(identity_decode(AuthData, &identity));
}

static enum ssp_err copy(PSEC_WINNT_AUTH_IDENTITY_OPAQUE from, ULONG extra_flags,
                         PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };

    SSP_TRY(identity_decode(from, &identity));
    return opaque_new(&identity, extra_flags, ret);
}

SECURITY_STATUS SEC_ENTRY SspiCopyAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData,
                                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *AuthDataCopy)
{
    if (AuthDataCopy == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(copy(AuthData, 0, AuthDataCopy));
}

VOID SEC_ENTRY SspiFreeAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData)
{
    (void)(heap_free(AuthData) == SSP_OK); /* which wipes */
}

VOID SEC_ENTRY SspiZeroAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData)
{
    if (AuthData != NULL)
        opaque_zero(AuthData);
}

VOID SEC_ENTRY SspiLocalFree(PVOID DataBuffer)
{
    (void)(heap_free(DataBuffer) == SSP_OK);
}

/* ---- Comparing --------------------------------------------------------- */

static bool same_name(const struct str16 *a, bool has_a, const struct str16 *b, bool has_b)
{
    return has_a == has_b && str16_eq_nocase(a, b);
}

static bool same_user(const struct identity *a, const struct identity *b)
{
    return same_name(&a->user, a->has_user, &b->user, b->has_user) &&
           same_name(&a->domain, a->has_domain, &b->domain, b->has_domain);
}

static bool same_password(const struct identity *a, const struct identity *b)
{
    struct view of_a = { (const uint8_t *)a->password.p, a->password.n * sizeof(char16_t) };
    struct view of_b = { (const uint8_t *)b->password.p, b->password.n * sizeof(char16_t) };

    return a->has_password == b->has_password && ct_eq(of_a, of_b);
}

static enum ssp_err compare(PSEC_WINNT_AUTH_IDENTITY_OPAQUE one,
                            PSEC_WINNT_AUTH_IDENTITY_OPAQUE two, PBOOLEAN ret_user,
                            PBOOLEAN ret_identity)
{
    ssp_cleanup(identity_wipe) struct identity a = { 0 };
    ssp_cleanup(identity_wipe) struct identity b = { 0 };

    if (one != NULL)
        SSP_TRY(identity_decode(one, &a));
    if (two != NULL)
        SSP_TRY(identity_decode(two, &b));
    *ret_user = same_user(&a, &b);
    *ret_identity = same_user(&a, &b) && same_password(&a, &b);
    return SSP_OK;
}

/* NULL is the user's own identity: the same as another NULL, and as one that names nothing. */
SECURITY_STATUS SEC_ENTRY SspiCompareAuthIdentities(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity1,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity2,
                                                    PBOOLEAN SameSuppliedUser,
                                                    PBOOLEAN SameSuppliedIdentity)
{
    BOOLEAN user = FALSE;
    BOOLEAN identity = FALSE;
    enum ssp_err e = compare(AuthIdentity1, AuthIdentity2, &user, &identity);

    if (e != SSP_OK)
        return ssp_err_status(e);
    if (SameSuppliedUser != NULL)
        *SameSuppliedUser = user;
    if (SameSuppliedIdentity != NULL)
        *SameSuppliedIdentity = identity;
    return SEC_E_OK;
}

/* ---- As bytes ---------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY SspiMarshalAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                  ULONG *AuthIdentityLength,
                                                  char **AuthIdentityByteArray)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE flat = NULL;
    enum ssp_err e = SSP_OK;

    if (AuthIdentityLength == NULL || AuthIdentityByteArray == NULL)
        return SEC_E_INVALID_PARAMETER;
    e = copy(AuthIdentity, SEC_WINNT_AUTH_IDENTITY_MARSHALLED, &flat);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *AuthIdentityLength = (ULONG)opaque_bytes(flat).n;
    *AuthIdentityByteArray = flat;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentity(ULONG AuthIdentityLength,
                                                    char *AuthIdentityByteArray,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity)
{
    struct view bytes = { (const uint8_t *)AuthIdentityByteArray, AuthIdentityLength };

    if (AuthIdentityByteArray == NULL || ppAuthIdentity == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(opaque_from_bytes(bytes, ppAuthIdentity));
}

/* ---- Encrypted identities ---------------------------------------------- */

BOOLEAN SEC_ENTRY SspiIsAuthIdentityEncrypted(PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData)
{
    static const ULONG encrypted = SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED |
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED |
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED;

    return (opaque_flags(EncryptedAuthData) & encrypted) != 0;
}

SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData)
{
    return AuthData == NULL ? SEC_E_INVALID_PARAMETER : SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentityEx(ULONG Options,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData)
{
    (void)Options;
    return SspiEncryptAuthIdentity(AuthData);
}

SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData)
{
    return EncryptedAuthData == NULL ? SEC_E_INVALID_PARAMETER : SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SEC_ENTRY
SspiDecryptAuthIdentityEx(ULONG Options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData)
{
    (void)Options;
    return SspiDecryptAuthIdentity(EncryptedAuthData);
}
