/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/attr.h"

#include <schannel.h>
#include <sspi.h>

#include <string.h>

#include "base/heap.h"
#include "sspi/pkg_info.h"
#include "sspi/text.h"

#define PLAIN(attribute, type)                   \
    {                                            \
        attribute, sizeof(type), 0, { 0 }, false \
    }
#define TEXT(attribute, type, member)                                 \
    {                                                                 \
        attribute, sizeof(type), 1, { offsetof(type, member) }, false \
    }
#define TEXTS(attribute, type, one, two)                                                \
    {                                                                                   \
        attribute, sizeof(type), 2, { offsetof(type, one), offsetof(type, two) }, false \
    }
#define PACKAGE(attribute, type)                \
    {                                           \
        attribute, sizeof(type), 0, { 0 }, true \
    }

static const struct attr of_contexts[] = {
    PLAIN(SECPKG_ATTR_SIZES, SecPkgContext_Sizes),
    TEXT(SECPKG_ATTR_NAMES, SecPkgContext_NamesW, sUserName),
    PLAIN(SECPKG_ATTR_LIFESPAN, SecPkgContext_Lifespan),
    PLAIN(SECPKG_ATTR_DCE_INFO, SecPkgContext_DceInfo),
    PLAIN(SECPKG_ATTR_STREAM_SIZES, SecPkgContext_StreamSizes),
    TEXTS(SECPKG_ATTR_KEY_INFO, SecPkgContext_KeyInfoW, sSignatureAlgorithmName,
          sEncryptAlgorithmName),
    TEXT(SECPKG_ATTR_AUTHORITY, SecPkgContext_AuthorityW, sAuthorityName),
    TEXT(SECPKG_ATTR_PROTO_INFO, SecPkgContext_ProtoInfoW, sProtocolName),
    PLAIN(SECPKG_ATTR_PASSWORD_EXPIRY, SecPkgContext_PasswordExpiry),
    PLAIN(SECPKG_ATTR_SESSION_KEY, SecPkgContext_SessionKey),
    PACKAGE(SECPKG_ATTR_PACKAGE_INFO, SecPkgContext_PackageInfoW),
    PLAIN(SECPKG_ATTR_USER_FLAGS, SecPkgContext_UserFlags),
    PACKAGE(SECPKG_ATTR_NEGOTIATION_INFO, SecPkgContext_NegotiationInfoW),
    TEXTS(SECPKG_ATTR_NATIVE_NAMES, SecPkgContext_NativeNamesW, sClientName, sServerName),
    PLAIN(SECPKG_ATTR_FLAGS, SecPkgContext_Flags),
    TEXT(SECPKG_ATTR_CREDENTIAL_NAME, SecPkgContext_CredentialNameW, sCredentialName),
    PLAIN(SECPKG_ATTR_TARGET_INFORMATION, SecPkgContext_TargetInformation),
    PLAIN(SECPKG_ATTR_ACCESS_TOKEN, SecPkgContext_AccessToken),
    PLAIN(SECPKG_ATTR_TARGET, SecPkgContext_Target),
    PLAIN(SECPKG_ATTR_AUTHENTICATION_ID, SecPkgContext_AuthzID),
    PLAIN(SECPKG_ATTR_LOGOFF_TIME, SecPkgContext_LogoffTime),
    PLAIN(SECPKG_ATTR_NEGO_KEYS, SecPkgContext_NegoKeys),
    PLAIN(SECPKG_ATTR_PROMPTING_NEEDED, SecPkgContext_CredInfo),
    PLAIN(SECPKG_ATTR_UNIQUE_BINDINGS, SecPkgContext_Bindings),
    PLAIN(SECPKG_ATTR_ENDPOINT_BINDINGS, SecPkgContext_Bindings),
    PLAIN(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SecPkgContext_ClientSpecifiedTarget),
    PLAIN(SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, SecPkgContext_LastClientTokenStatus),
    PLAIN(SECPKG_ATTR_NEGO_PKG_INFO, SecPkgContext_NegoPackageInfo),
    PLAIN(SECPKG_ATTR_NEGO_STATUS, SecPkgContext_NegoStatus),
    PLAIN(SECPKG_ATTR_APPLICATION_PROTOCOL, SecPkgContext_ApplicationProtocol),
    PLAIN(SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, SecPkgContext_NegotiatedTlsExtensions),
    PLAIN(SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES, SecPkgContext_SubjectAttributes),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO, SecPkgContext_ConnectionInfo),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO_EX, SecPkgContext_ConnectionInfoEx),
    PLAIN(SECPKG_ATTR_CIPHER_INFO, SecPkgContext_CipherInfo),
    PLAIN(SECPKG_ATTR_SESSION_INFO, SecPkgContext_SessionInfo),
    PLAIN(SECPKG_ATTR_EAP_KEY_BLOCK, SecPkgContext_EapKeyBlock),
    PLAIN(SECPKG_ATTR_KEYING_MATERIAL, SecPkgContext_KeyingMaterial),
};

/* Their narrow structures exist on Windows for names and providers only. */
static const struct attr of_credentials[] = {
    TEXT(SECPKG_CRED_ATTR_NAMES, SecPkgCredentials_NamesW, sUserName),
    TEXT(SECPKG_CRED_ATTR_SSI_PROVIDER, SecPkgCredentials_SSIProviderW, sProviderName),
    PLAIN(SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS, SecPkgCredentials_KdcProxySettingsW),
    PLAIN(SECPKG_CRED_ATTR_CERT, SecPkgCredentials_Cert),
    PLAIN(SECPKG_ATTR_SUPPORTED_ALGS, SecPkgCred_SupportedAlgs),
    PLAIN(SECPKG_ATTR_CIPHER_STRENGTHS, SecPkgCred_CipherStrengths),
    PLAIN(SECPKG_ATTR_SUPPORTED_PROTOCOLS, SecPkgCred_SupportedProtocols),
};

const struct attr *attr_find(enum handle_kind kind, ULONG attribute)
{
    bool is_ctx = kind == HANDLE_CTX;
    const struct attr *rows = is_ctx ? of_contexts : of_credentials;
    size_t n = is_ctx ? sizeof(of_contexts) / sizeof(of_contexts[0])
                      : sizeof(of_credentials) / sizeof(of_credentials[0]);

    for (size_t i = 0; i < n; i++)
        if (rows[i].attribute == attribute)
            return &rows[i];
    return NULL;
}

bool attr_has_text(const struct attr *attr)
{
    return attr != NULL && (attr->n_text != 0 || attr->has_package);
}

static void *pointer_at(const uint8_t *buffer, size_t offset)
{
    void *p = NULL;

    memcpy(&p, buffer + offset, sizeof(p));
    return p;
}

static void set_pointer(uint8_t *buffer, size_t offset, void *p)
{
    memcpy(buffer + offset, &p, sizeof(p));
}

/* Sets them to NULL too. */
static void free_texts(const struct attr *attr, uint8_t *buffer)
{
    for (size_t i = 0; i < attr->n_text; i++) {
        (void)(heap_free(pointer_at(buffer, attr->text[i])) == SSP_OK);
        set_pointer(buffer, attr->text[i], NULL);
    }
    if (attr->has_package) {
        (void)(heap_free(pointer_at(buffer, 0)) == SSP_OK);
        set_pointer(buffer, 0, NULL);
    }
}

/* narrow comes with NULL in the place of every text, so that it can be freed at any time. */
static enum ssp_err narrow_texts(const struct attr *attr, const uint8_t *wide, uint8_t *narrow)
{
    for (size_t i = 0; i < attr->n_text; i++) {
        SEC_CHAR *text = NULL;

        SSP_TRY(text_narrow(pointer_at(wide, attr->text[i]), &text));
        set_pointer(narrow, attr->text[i], text);
    }
    if (attr->has_package && pointer_at(wide, 0) != NULL) {
        PSecPkgInfoA package = NULL;

        SSP_TRY(pkg_info_narrow(pointer_at(wide, 0), 1, &package));
        set_pointer(narrow, 0, package);
    }
    return SSP_OK;
}

enum ssp_err attr_narrow(const struct attr *attr, const void *wide, void *ret)
{
    uint8_t filled[ATTR_WITH_TEXT_MAX] = { 0 };
    uint8_t narrow[ATTR_WITH_TEXT_MAX] = { 0 };
    enum ssp_err e = SSP_OK;

    memcpy(filled, wide, attr->size);
    memcpy(narrow, wide, attr->size);
    for (size_t i = 0; i < attr->n_text; i++)
        set_pointer(narrow, attr->text[i], NULL);
    if (attr->has_package)
        set_pointer(narrow, 0, NULL);
    e = narrow_texts(attr, filled, narrow);
    if (e != SSP_OK)
        free_texts(attr, narrow);
    else
        memcpy(ret, narrow, attr->size);
    free_texts(attr, filled);
    return e;
}
