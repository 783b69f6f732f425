/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/subject.h"

#include "harness/kdc.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

/* Who answers it, and where in the structure are pointers to what the caller frees. */
#define BOTH .client = true, .server = true
#define SERVER .server = true
#define NOBODY .client = false /* who has not said more first */
#define PLAIN(what, who, type)                   \
    {                                            \
        .id = (what), .size = sizeof(type), who, \
    }
#define ONE(what, who, type, member)                              \
    {                                                             \
        .id = (what), .size = sizeof(type), who, .n_pointers = 1, \
        .pointers = { offsetof(type, member) },                   \
    }
#define TWO(what, who, type, one, two)                            \
    {                                                             \
        .id = (what), .size = sizeof(type), who, .n_pointers = 2, \
        .pointers = { offsetof(type, one), offsetof(type, two) }, \
    }
#define CERT(what)                                                                    \
    {                                                                                 \
        .id = (what), .size = sizeof(PCCERT_CONTEXT), .client = true, .server = true, \
        .n_pointers = 1, .is_certificate = true,                                      \
    }

static const struct subject_attr ntlm_attrs[] = {
    PLAIN(SECPKG_ATTR_SIZES, BOTH, SecPkgContext_Sizes),
    ONE(SECPKG_ATTR_NAMES, BOTH, SecPkgContext_NamesW, sUserName),
    PLAIN(SECPKG_ATTR_LIFESPAN, BOTH, SecPkgContext_Lifespan),
    TWO(SECPKG_ATTR_KEY_INFO, BOTH, SecPkgContext_KeyInfoW, sSignatureAlgorithmName,
        sEncryptAlgorithmName),
    ONE(SECPKG_ATTR_SESSION_KEY, BOTH, SecPkgContext_SessionKey, SessionKey),
    ONE(SECPKG_ATTR_PACKAGE_INFO, BOTH, SecPkgContext_PackageInfoW, PackageInfo),
    ONE(SECPKG_ATTR_NEGOTIATION_INFO, BOTH, SecPkgContext_NegotiationInfoW, PackageInfo),
    TWO(SECPKG_ATTR_NATIVE_NAMES, BOTH, SecPkgContext_NativeNamesW, sClientName, sServerName),
    PLAIN(SECPKG_ATTR_FLAGS, BOTH, SecPkgContext_Flags),
    ONE(SECPKG_ATTR_TARGET_INFORMATION, BOTH, SecPkgContext_TargetInformation,
        MarshalledTargetInfo),
    PLAIN(SECPKG_ATTR_ACCESS_TOKEN, SERVER, SecPkgContext_AccessToken),
    ONE(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SERVER, SecPkgContext_ClientSpecifiedTarget,
        sTargetName),
    PLAIN(SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, BOTH, SecPkgContext_LastClientTokenStatus),
    { 0 },
};

static const struct subject_attr kerberos_attrs[] = {
    PLAIN(SECPKG_ATTR_SIZES, BOTH, SecPkgContext_Sizes),
    ONE(SECPKG_ATTR_NAMES, BOTH, SecPkgContext_NamesW, sUserName),
    PLAIN(SECPKG_ATTR_LIFESPAN, BOTH, SecPkgContext_Lifespan),
    TWO(SECPKG_ATTR_KEY_INFO, BOTH, SecPkgContext_KeyInfoW, sSignatureAlgorithmName,
        sEncryptAlgorithmName),
    ONE(SECPKG_ATTR_AUTHORITY, BOTH, SecPkgContext_AuthorityW, sAuthorityName),
    ONE(SECPKG_ATTR_SESSION_KEY, BOTH, SecPkgContext_SessionKey, SessionKey),
    ONE(SECPKG_ATTR_PACKAGE_INFO, BOTH, SecPkgContext_PackageInfoW, PackageInfo),
    ONE(SECPKG_ATTR_NEGOTIATION_INFO, BOTH, SecPkgContext_NegotiationInfoW, PackageInfo),
    TWO(SECPKG_ATTR_NATIVE_NAMES, BOTH, SecPkgContext_NativeNamesW, sClientName, sServerName),
    PLAIN(SECPKG_ATTR_FLAGS, BOTH, SecPkgContext_Flags),
    PLAIN(SECPKG_ATTR_ACCESS_TOKEN, SERVER, SecPkgContext_AccessToken),
    ONE(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SERVER, SecPkgContext_ClientSpecifiedTarget,
        sTargetName),
    PLAIN(SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, BOTH, SecPkgContext_LastClientTokenStatus),
    { 0 },
};

static const struct subject_attr mock_attrs[] = {
    PLAIN(SECPKG_ATTR_SIZES, BOTH, SecPkgContext_Sizes),
    ONE(SECPKG_ATTR_NAMES, BOTH, SecPkgContext_NamesW, sUserName),
    { 0 },
};

static const struct subject_attr tls_attrs[] = {
    PLAIN(SECPKG_ATTR_SIZES, BOTH, SecPkgContext_Sizes),
    PLAIN(SECPKG_ATTR_STREAM_SIZES, BOTH, SecPkgContext_StreamSizes),
    ONE(SECPKG_ATTR_NAMES, BOTH, SecPkgContext_NamesW, sUserName),
    PLAIN(SECPKG_ATTR_LIFESPAN, BOTH, SecPkgContext_Lifespan),
    TWO(SECPKG_ATTR_KEY_INFO, BOTH, SecPkgContext_KeyInfoW, sSignatureAlgorithmName,
        sEncryptAlgorithmName),
    ONE(SECPKG_ATTR_PACKAGE_INFO, BOTH, SecPkgContext_PackageInfoW, PackageInfo),
    ONE(SECPKG_ATTR_NEGOTIATION_INFO, BOTH, SecPkgContext_NegotiationInfoW, PackageInfo),
    PLAIN(SECPKG_ATTR_FLAGS, BOTH, SecPkgContext_Flags),
    PLAIN(SECPKG_ATTR_ACCESS_TOKEN, SERVER, SecPkgContext_AccessToken),
    ONE(SECPKG_ATTR_UNIQUE_BINDINGS, BOTH, SecPkgContext_Bindings, Bindings),
    ONE(SECPKG_ATTR_ENDPOINT_BINDINGS, BOTH, SecPkgContext_Bindings, Bindings),
    ONE(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SERVER, SecPkgContext_ClientSpecifiedTarget,
        sTargetName),
    PLAIN(SECPKG_ATTR_APPLICATION_PROTOCOL, BOTH, SecPkgContext_ApplicationProtocol),
    CERT(SECPKG_ATTR_REMOTE_CERT_CONTEXT),
    CERT(SECPKG_ATTR_LOCAL_CERT_CONTEXT),
    CERT(SECPKG_ATTR_REMOTE_CERT_CHAIN),
    ONE(SECPKG_ATTR_REMOTE_CERTIFICATES, BOTH, SecPkgContext_Certificates, pbCertificateChain),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO, BOTH, SecPkgContext_ConnectionInfo),
    PLAIN(SECPKG_ATTR_CONNECTION_INFO_EX, BOTH, SecPkgContext_ConnectionInfoEx),
    PLAIN(SECPKG_ATTR_CIPHER_INFO, BOTH, SecPkgContext_CipherInfo),
    PLAIN(SECPKG_ATTR_SESSION_INFO, BOTH, SecPkgContext_SessionInfo),
    PLAIN(SECPKG_ATTR_KEYING_MATERIAL, NOBODY, SecPkgContext_KeyingMaterial),
    PLAIN(SECPKG_ATTR_KEYING_MATERIAL_INPROC, NOBODY, SecPkgContext_KeyingMaterial_Inproc),
    { 0 },
};

#define TLS_SUBJECT                                                                               \
    .client_name = WORLD_USER, .server_name = "CN=" WORLD_TLS_HOST, .cred_name = WORLD_USER,      \
    .cut = 4, .on_cut = SEC_E_INCOMPLETE_MESSAGE, .on_rubbish = SEC_E_ILLEGAL_MESSAGE,            \
    .size_varies = 8 /* signatures in DER */, .open_legs = 2, .on_replay = SEC_E_MESSAGE_ALTERED, \
    .attrs = tls_attrs

static const struct subject subjects[] = {
    {
        .scene = &scene_ntlm,
        .cut = 7,
        .on_cut = SEC_E_INVALID_TOKEN,
        .on_rubbish = SEC_E_INVALID_TOKEN,
        .client_name = WORLD_DOMAIN "\\" WORLD_USER,
        .signature_size = 16,
        .trailer_size = 16,
        .open_legs = 2,
        .any_layout = true,
        .checks_qop = true,
        .on_replay = SEC_E_OUT_OF_SEQUENCE,
        .attrs = ntlm_attrs,
    },
    {
        .scene = &scene_negotiate,
        .acts = "NTLM",
        .cut = 7,
        .on_cut = SEC_I_CONTINUE_NEEDED,
        .on_rubbish = SEC_E_INVALID_TOKEN,
        .client_name = WORLD_DOMAIN "\\" WORLD_USER,
        .signature_size = 16,
        .trailer_size = 16,
        .open_legs = 2,
        .any_layout = true,
        .checks_qop = true,
        .on_replay = SEC_E_OUT_OF_SEQUENCE,
        .attrs = ntlm_attrs,
    },
    {
        .scene = &scene_kerberos,
        .cut = 7,
        .on_cut = SEC_E_INVALID_TOKEN,
        .on_rubbish = SEC_E_INVALID_TOKEN,
        .client_name = KDC_USER "@" KDC_REALM,
        .signature_size = 28,
        .trailer_size = 60,
        .resets = true,
        .unwraps_clear = true,
        .open_legs = 1,
        .size_varies = 8, /* integers in DER: a time, a number */
        .any_layout = true,
        .checks_qop = true,
        .on_replay = SEC_E_OUT_OF_SEQUENCE,
        .attrs = kerberos_attrs,
    },
    {
        .scene = &scene_negotiate_kerberos,
        .acts = "Kerberos",
        .cut = 7,
        .on_cut = SEC_I_CONTINUE_NEEDED,
        .on_rubbish = SEC_E_INVALID_TOKEN,
        .client_name = KDC_USER "@" KDC_REALM,
        .signature_size = 28,
        .trailer_size = 60,
        .resets = true,
        .unwraps_clear = true,
        .open_legs = 1,
        .size_varies = 8,
        .any_layout = true,
        .checks_qop = true,
        .on_replay = SEC_E_OUT_OF_SEQUENCE,
        .attrs = kerberos_attrs,
    },
    {
        .scene = &scene_mock,
        .cut = 7,
        .on_cut = SEC_E_INVALID_TOKEN,
        .on_rubbish = SEC_E_INVALID_TOKEN,
        .client_name = "somebody",
        .signature_size = 16,
        .streams = true,
        .trailer_size = 16,
        .open_legs = 2,
        .speaks = true,
        .on_replay = SEC_E_MESSAGE_ALTERED,
        .attrs = mock_attrs,
    },
    {
        .scene = &scene_tls,
        .header_size = 5,
        .trailer_size = 44,
        .updates = true,
        TLS_SUBJECT,
    },
    {
        .scene = &scene_tls_12,
        .header_size = 13,
        .trailer_size = 16,
        TLS_SUBJECT,
    },
    {
        .scene = &scene_tls_chacha,
        .header_size = 5,
        .trailer_size = 44,
        .updates = true,
        TLS_SUBJECT,
    },
    {
        .scene = &scene_tls_12_chacha,
        .header_size = 5, /* no nonce in it: RFC 7905 2 */
        .trailer_size = 16,
        TLS_SUBJECT,
    },
};

const struct subject *subject;

/* ---- Ways -------------------------------------------------------------- */

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* A handshake that stays where it was begun; that it cannot be had is seen each time. */
static bool stays(struct party *party)
{
    struct job job = JOB_INIT;

    if (!subject->scene->is_kept || world_has_lsad() || party->is_met)
        return false;
    need(party_export(party, &job) == SEC_E_UNSUPPORTED_FUNCTION);
    return true;
}

static void move(struct party *party)
{
    struct job job = JOB_INIT;

    if (stays(party))
        return;
    job.arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    need(party_export(party, &job) == SEC_E_OK);
    party->has_ctx = false;
    need(party_import(party, &job) == SEC_E_OK);
}

static void freeze(struct party *party)
{
    struct job job = JOB_INIT;

    if (stays(party))
        return;
    need(party_export(party, &job) == SEC_E_OK);
    if (job.fd >= 0)
        (void)CloseHandle(opensspi_handle_from_fd(job.fd));
}

static const struct {
    const char *name;
    way_fn *way;
} ways[] = { { "direct", NULL }, { "moved", move }, { "thawed", freeze } };

way_fn *subject_way;

/* ---- Setup ------------------------------------------------------------- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    need(value != NULL);
    return value;
}

void subject_choose(void)
{
    const char *package = environment("CONFORMANCE_PACKAGE");
    const char *way = environment("CONFORMANCE_WAY");
    bool has_way = false;

    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (strcmp(subjects[i].scene->name, package) == 0)
            subject = &subjects[i];
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && !has_way; i++) {
        has_way = strcmp(ways[i].name, way) == 0;
        subject_way = ways[i].way;
    }
    need(subject != NULL && has_way);
}

int stay_apart(void **state)
{
    struct loopback *loop = malloc(sizeof(*loop));

    if (loop == NULL)
        return -1;
    loopback_begin(loop, subject->scene, subject_way);
    *state = loop;
    return 0;
}

int meet(void **state)
{
    if (stay_apart(state) != 0)
        return -1;
    return loopback_shake(loop_of(state), ALL_LEGS) == SEC_E_OK ? 0 : -1;
}

int part(void **state)
{
    loopback_end(loop_of(state));
    free(*state);
    return free_guarded(state);
}

void go_on(struct loopback *loop)
{
    if (loop->way == NULL)
        return;
    loop->way(&loop->client);
    loop->way(&loop->server);
}

const char *subject_acts(void)
{
    return subject->acts != NULL ? subject->acts : subject->scene->package;
}

/* ---- Text -------------------------------------------------------------- */

SEC_CHAR *package_a(void)
{
    return (SEC_CHAR *)(uintptr_t)subject->scene->package;
}

static SEC_WCHAR *widen(const char *narrow, SEC_WCHAR wide[64])
{
    for (size_t i = 0; i < 63 && narrow[i] != '\0'; i++)
        wide[i] = (SEC_WCHAR)narrow[i];
    return wide;
}

SEC_WCHAR *package_w(void)
{
    static SEC_WCHAR wide[64];

    return widen(subject->scene->package, wide);
}

SEC_CHAR *principal_a(void)
{
    return (SEC_CHAR *)(uintptr_t)subject->scene->acceptor_principal;
}

SEC_WCHAR *principal_w(void)
{
    static SEC_WCHAR wide[64];
    const char *narrow = subject->scene->acceptor_principal;

    return narrow != NULL ? widen(narrow, wide) : NULL;
}

bool same_text(const SEC_WCHAR *wide, const SEC_CHAR *narrow)
{
    size_t i = 0;

    if (wide == NULL || narrow == NULL)
        return false;
    while (narrow[i] != '\0' && wide[i] == (SEC_WCHAR)narrow[i])
        i++;
    return narrow[i] == '\0' && wide[i] == 0;
}
