/* SPDX-License-Identifier: Apache-2.0 */
#include "base/attr.h"

#include <schannel.h>

#include <stdint.h>
#include <string.h>

#define PLAIN(a, type)                         \
    {                                          \
        .attribute = (a), .size = sizeof(type) \
    }
#define LOCAL(a, type)                                        \
    {                                                         \
        .attribute = (a), .size = sizeof(type), .stays = true \
    }
#define PACKAGE(a, type)                                            \
    {                                                               \
        .attribute = (a), .size = sizeof(type), .has_package = true \
    }
#define TEXT(a, type, member)                                                                   \
    {                                                                                           \
        .attribute = (a), .size = sizeof(type), .n_text = 1, .text = { offsetof(type, member) } \
    }
#define TEXTS(a, type, one, two)                                       \
    {                                                                  \
        .attribute = (a), .size = sizeof(type), .n_text = 2, .text = { \
            offsetof(type, one),                                       \
            offsetof(type, two)                                        \
        }                                                              \
    }
#define BLOB(a, type, pointer, length)                                                             \
    {                                                                                              \
        .attribute = (a), .size = sizeof(type), .has_blob = true, .blob = offsetof(type, pointer), \
        .blob_n = offsetof(type, length) +                                                         \
                  0 * sizeof(char[sizeof(((type *)NULL)->length) == sizeof(ULONG) ? 1 : -1])       \
    }

static const struct attr of_contexts[] = {
    PLAIN(SECPKG_ATTR_SIZES, SecPkgContext_Sizes),
    TEXT(SECPKG_ATTR_NAMES, SecPkgContext_NamesW, sUserName),
    PLAIN(SECPKG_ATTR_LIFESPAN, SecPkgContext_Lifespan),
    LOCAL(SECPKG_ATTR_DCE_INFO, SecPkgContext_DceInfo),
    PLAIN(SECPKG_ATTR_STREAM_SIZES, SecPkgContext_StreamSizes),
    TEXTS(SECPKG_ATTR_KEY_INFO, SecPkgContext_KeyInfoW, sSignatureAlgorithmName,
          sEncryptAlgorithmName),
    TEXT(SECPKG_ATTR_AUTHORITY, SecPkgContext_AuthorityW, sAuthorityName),
    TEXT(SECPKG_ATTR_PROTO_INFO, SecPkgContext_ProtoInfoW, sProtocolName),
    PLAIN(SECPKG_ATTR_PASSWORD_EXPIRY, SecPkgContext_PasswordExpiry),
    BLOB(SECPKG_ATTR_SESSION_KEY, SecPkgContext_SessionKey, SessionKey, SessionKeyLength),
    PACKAGE(SECPKG_ATTR_PACKAGE_INFO, SecPkgContext_PackageInfoW),
    PLAIN(SECPKG_ATTR_USER_FLAGS, SecPkgContext_UserFlags),
    PACKAGE(SECPKG_ATTR_NEGOTIATION_INFO, SecPkgContext_NegotiationInfoW),
    TEXTS(SECPKG_ATTR_NATIVE_NAMES, SecPkgContext_NativeNamesW, sClientName, sServerName),
    PLAIN(SECPKG_ATTR_FLAGS, SecPkgContext_Flags),
    TEXT(SECPKG_ATTR_CREDENTIAL_NAME, SecPkgContext_CredentialNameW, sCredentialName),
    BLOB(SECPKG_ATTR_TARGET_INFORMATION, SecPkgContext_TargetInformation, MarshalledTargetInfo,
         MarshalledTargetInfoLength),
    LOCAL(SECPKG_ATTR_ACCESS_TOKEN, SecPkgContext_AccessToken),
    BLOB(SECPKG_ATTR_TARGET, SecPkgContext_Target, Target, TargetLength),
    BLOB(SECPKG_ATTR_AUTHENTICATION_ID, SecPkgContext_AuthzID, AuthzID, AuthzIDLength),
    PLAIN(SECPKG_ATTR_LOGOFF_TIME, SecPkgContext_LogoffTime),
    LOCAL(SECPKG_ATTR_NEGO_KEYS, SecPkgContext_NegoKeys),
    PLAIN(SECPKG_ATTR_PROMPTING_NEEDED, SecPkgContext_CredInfo),
    BLOB(SECPKG_ATTR_UNIQUE_BINDINGS, SecPkgContext_Bindings, Bindings, BindingsLength),
    BLOB(SECPKG_ATTR_ENDPOINT_BINDINGS, SecPkgContext_Bindings, Bindings, BindingsLength),
    LOCAL(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SecPkgContext_ClientSpecifiedTarget),
    PLAIN(SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, SecPkgContext_LastClientTokenStatus),
    PLAIN(SECPKG_ATTR_NEGO_PKG_INFO, SecPkgContext_NegoPackageInfo),
    PLAIN(SECPKG_ATTR_NEGO_STATUS, SecPkgContext_NegoStatus),
    PLAIN(SECPKG_ATTR_APPLICATION_PROTOCOL, SecPkgContext_ApplicationProtocol),
    LOCAL(SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, SecPkgContext_NegotiatedTlsExtensions),
    LOCAL(SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES, SecPkgContext_SubjectAttributes),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO, SecPkgContext_ConnectionInfo),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO_EX, SecPkgContext_ConnectionInfoEx),
    PLAIN(SECPKG_ATTR_CIPHER_INFO, SecPkgContext_CipherInfo),
    PLAIN(SECPKG_ATTR_SESSION_INFO, SecPkgContext_SessionInfo),
    PLAIN(SECPKG_ATTR_EAP_KEY_BLOCK, SecPkgContext_EapKeyBlock),
    BLOB(SECPKG_ATTR_KEYING_MATERIAL, SecPkgContext_KeyingMaterial, pbKeyingMaterial,
         cbKeyingMaterial),
    LOCAL(SECPKG_ATTR_KEYING_MATERIAL_INPROC, SecPkgContext_KeyingMaterial_Inproc),
    LOCAL(SECPKG_ATTR_REMOTE_CERT_CONTEXT, PCCERT_CONTEXT),
    LOCAL(SECPKG_ATTR_REMOTE_CERT_CHAIN, PCCERT_CONTEXT),
    LOCAL(SECPKG_ATTR_LOCAL_CERT_CONTEXT, PCCERT_CONTEXT),
    BLOB(SECPKG_ATTR_REMOTE_CERTIFICATES, SecPkgContext_Certificates, pbCertificateChain,
         cbCertificateChain),
};

/* Their narrow structures exist on Windows for names and providers only. */
static const struct attr of_credentials[] = {
    TEXT(SECPKG_CRED_ATTR_NAMES, SecPkgCredentials_NamesW, sUserName),
    TEXT(SECPKG_CRED_ATTR_SSI_PROVIDER, SecPkgCredentials_SSIProviderW, sProviderName),
    LOCAL(SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS, SecPkgCredentials_KdcProxySettingsW),
    BLOB(SECPKG_CRED_ATTR_CERT, SecPkgCredentials_Cert, EncodedCert, EncodedCertSize),
    LOCAL(SECPKG_ATTR_SUPPORTED_ALGS, SecPkgCred_SupportedAlgs),
    PLAIN(SECPKG_ATTR_CIPHER_STRENGTHS, SecPkgCred_CipherStrengths),
    PLAIN(SECPKG_ATTR_SUPPORTED_PROTOCOLS, SecPkgCred_SupportedProtocols),
};

static const struct attr *find(const struct attr *rows, size_t n, ULONG attribute)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].attribute == attribute)
            return &rows[i];
    return NULL;
}

const struct attr *attr_of_ctx(ULONG attribute)
{
    return find(of_contexts, sizeof(of_contexts) / sizeof(of_contexts[0]), attribute);
}

const struct attr *attr_of_cred(ULONG attribute)
{
    return find(of_credentials, sizeof(of_credentials) / sizeof(of_credentials[0]), attribute);
}

void *attr_pointer(const void *structure, size_t offset)
{
    void *p = NULL;

    memcpy(&p, (const uint8_t *)structure + offset, sizeof(p));
    return p;
}

void attr_set_pointer(void *structure, size_t offset, void *p)
{
    memcpy((uint8_t *)structure + offset, &p, sizeof(p));
}
