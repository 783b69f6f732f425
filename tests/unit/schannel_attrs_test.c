/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/attrs.h"

#include <schannel.h>

#include "base/cert.h"
#include "harness/host_heap.h"
#include "harness/tls_talk.h"
#include "packages/schannel/exporter.h"

static const struct pkg_heap heap = { host_alloc, host_release };

/* ---- A context ------------------------------------------------------------------ */

struct subject { /* ssp_cleanup(subject_done) */
    struct tls_core core;
    struct tls_user_ctx ctx;
};

static void subject_done(struct subject *s)
{
    tls_names_wipe(&s->ctx.names);
    tls_keying_wipe(&s->ctx.keying);
    tls_core_wipe(&s->core);
}

static struct secret bytes_of(const char *hex_text)
{
    struct secret secret = { 0 };

    assert_int_equal(secret_new(hex(hex_text), &secret), SSP_OK);
    return secret;
}

static void begin(struct subject *s, uint16_t suite, enum tls_role role)
{
    *s = (struct subject){ .core = tls_ends_core(suite, role) };
    s->ctx.core = &s->core;
    s->ctx.conn.core = &s->core;
    s->core.start = 5;
    s->core.expiry = 6;
}

static void begin_named(struct subject *s, uint16_t suite, enum tls_role role)
{
    begin(s, suite, role);
    assert_int_equal(str16_from_utf8(view_text("CN=localhost"), &s->ctx.names.peer), SSP_OK);
    s->ctx.names.host = bytes_of("6c6f63616c686f7374");
    s->ctx.names.alpn = bytes_of("6832");
    s->ctx.names.chain = bytes_of("0000050102030405 000003090a0b");
    s->ctx.names.own_cert = bytes_of("a1a2a3");
}

static enum ssp_err ask(const struct subject *s, ULONG attribute, void *ret)
{
    return tls_attr_query(&s->ctx, &heap, attribute, ret);
}

static void is_text(const WCHAR *got, const char16_t *expected)
{
    assert_int_equal(str16_len(got), str16_len(expected));
    assert_memory_equal(got, expected, 2 * str16_len(expected));
}

/* ---- Numbers ---------------------------------------------------------------------- */

static void sizes_are_those_of_the_suite(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        ssp_cleanup(subject_done) struct subject s;
        SecPkgContext_StreamSizes stream;
        SecPkgContext_Sizes sizes;

        begin(&s, *suite, TLS_CLIENT);
        assert_int_equal(ask(&s, SECPKG_ATTR_STREAM_SIZES, &stream), SSP_OK);
        assert_int_equal(stream.cbHeader, tls_header_size(s.core.suite));
        assert_int_equal(stream.cbTrailer, tls_trailer_size(s.core.suite));
        assert_int_equal(stream.cbMaximumMessage, 16384);
        assert_int_equal(stream.cBuffers, 4);
        assert_int_equal(stream.cbBlockSize, 1);
        assert_int_equal(ask(&s, SECPKG_ATTR_SIZES, &sizes), SSP_OK);
        assert_int_equal(sizes.cbSecurityTrailer, stream.cbHeader + stream.cbTrailer);
        assert_int_equal(sizes.cbMaxSignature, 0);
        assert_true(sizes.cbMaxToken > 0);
    }
}

struct words {
    uint16_t suite;
    uint16_t group;
    uint16_t signature;
    DWORD protocol; /* of a client */
    DWORD bits;
    DWORD hash_bits;
    const char16_t *cipher;
    const char16_t *hash;
    const char16_t *exchange;
    const char16_t *proof;
};

static const struct words answers[] = {
    { AES_128, 29, 0x0804, SP_PROT_TLS1_3_CLIENT, 128, 256, u"AES", u"SHA256", u"ECDH", u"RSA" },
    { AES_256, 256, 0x0403, SP_PROT_TLS1_3_CLIENT, 256, 384, u"AES", u"SHA384", u"DH", u"ECDSA" },
    { CHACHA, 0, 0, SP_PROT_TLS1_3_CLIENT, 256, 256, u"CHACHA20_POLY1305", u"SHA256", u"PSK", u"" },
    { CHACHA, 23, 0x0807, SP_PROT_TLS1_3_CLIENT, 256, 256, u"CHACHA20_POLY1305", u"SHA256", u"ECDH",
      u"EdDSA" },
    { OLD_GCM, 23, 0, SP_PROT_TLS1_2_CLIENT, 128, 256, u"AES", u"SHA256", u"ECDH", u"RSA" },
    { 0xc02c, 23, 0x0603, SP_PROT_TLS1_2_CLIENT, 256, 384, u"AES", u"SHA384", u"ECDH", u"ECDSA" },
    { 0x009e, 0, 0x0401, SP_PROT_TLS1_2_CLIENT, 128, 256, u"AES", u"SHA256", u"DH", u"RSA" },
    { 0x009d, 0, 0, SP_PROT_TLS1_2_CLIENT, 256, 384, u"AES", u"SHA384", u"RSA", u"RSA" },
};

static void check_infos(const struct subject *s, const struct words *words)
{
    SecPkgContext_ConnectionInfo info;
    SecPkgContext_ConnectionInfoEx info_ex;
    SecPkgContext_CipherInfo cipher;

    assert_int_equal(ask(s, SECPKG_ATTR_CONNECTION_INFO, &info), SSP_OK);
    assert_int_equal(info.dwProtocol, words->protocol);
    assert_int_equal(info.dwCipherStrength, words->bits);
    assert_int_equal(info.dwHashStrength, words->hash_bits);
    assert_int_equal(info.dwExchStrength, 255);
    assert_int_equal(ask(s, SECPKG_ATTR_CONNECTION_INFO_EX, &info_ex), SSP_OK);
    is_text(info_ex.szCipher, words->cipher);
    is_text(info_ex.szHash, words->hash);
    is_text(info_ex.szExchange, words->exchange);
    assert_int_equal(ask(s, SECPKG_ATTR_CIPHER_INFO, &cipher), SSP_OK);
    assert_int_equal(cipher.dwCipherSuite, words->suite);
    assert_int_equal(cipher.dwProtocol, s->core.suite->version);
    assert_int_equal(cipher.dwKeyType, words->group);
    is_text(cipher.szCipherSuite, s->core.suite->name);
    is_text(cipher.szCertificate, words->proof);
}

static void what_was_agreed_on_is_told_in_windows_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        ssp_cleanup(subject_done) struct subject s;
        SecPkgContext_KeyInfoW key;

        begin(&s, answers[i].suite, TLS_CLIENT);
        s.core.group = answers[i].group;
        s.core.signature = answers[i].signature;
        check_infos(&s, &answers[i]);
        assert_int_equal(ask(&s, SECPKG_ATTR_KEY_INFO, &key), SSP_OK);
        is_text(key.sEncryptAlgorithmName, answers[i].cipher);
        is_text(key.sSignatureAlgorithmName, answers[i].hash);
        assert_int_equal(key.KeySize, answers[i].bits);
        host_release(key.sEncryptAlgorithmName);
        host_release(key.sSignatureAlgorithmName);
    }
}

static void the_protocol_tells_the_role(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    SecPkgContext_ConnectionInfo info;

    (void)state;
    begin(&s, AES_128, TLS_SERVER);
    assert_int_equal(ask(&s, SECPKG_ATTR_CONNECTION_INFO, &info), SSP_OK);
    assert_int_equal(info.dwProtocol, SP_PROT_TLS1_3_SERVER);
    begin(&s, OLD_GCM, TLS_SERVER);
    assert_int_equal(ask(&s, SECPKG_ATTR_CONNECTION_INFO, &info), SSP_OK);
    assert_int_equal(info.dwProtocol, SP_PROT_TLS1_2_SERVER);
}

static void session_lifespan_and_flags_are_told(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    SecPkgContext_SessionInfo session;
    SecPkgContext_Lifespan span;
    SecPkgContext_Flags flags;

    (void)state;
    begin(&s, OLD_GCM, TLS_CLIENT);
    s.core.is_resumed = true;
    s.core.session_id_n = 3;
    memcpy(s.core.session_id, "abc", 3);
    assert_int_equal(ask(&s, SECPKG_ATTR_SESSION_INFO, &session), SSP_OK);
    assert_int_equal(session.dwFlags, SSL_SESSION_RECONNECT);
    assert_int_equal(session.cbSessionId, 3);
    assert_memory_equal(session.rgbSessionId, "abc", 4);
    assert_int_equal(ask(&s, SECPKG_ATTR_LIFESPAN, &span), SSP_OK);
    assert_true(span.tsStart.QuadPart == 5 && span.tsExpiry.QuadPart == 6);
    assert_int_equal(ask(&s, SECPKG_ATTR_FLAGS, &flags), SSP_OK);
    assert_int_equal(flags.Flags, s.core.attributes);
}

/* ---- Names -------------------------------------------------------------------------- */

static void names_are_told_where_there_are_any(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    ssp_cleanup(subject_done) struct subject nobody;
    SecPkgContext_NamesW names = { 0 };
    SecPkgContext_ClientSpecifiedTarget target = { 0 };
    SecPkgContext_ApplicationProtocol protocol;
    SecPkgContext_AccessToken token;

    (void)state;
    begin_named(&s, AES_128, TLS_SERVER);
    begin(&nobody, AES_128, TLS_SERVER);
    assert_int_equal(ask(&s, SECPKG_ATTR_NAMES, &names), SSP_OK);
    is_text(names.sUserName, u"CN=localhost");
    host_release(names.sUserName);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_NAMES, &names), SSP_ERR_NO_CREDS);
    assert_int_equal(ask(&s, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target), SSP_OK);
    is_text(target.sTargetName, u"localhost");
    host_release(target.sTargetName);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
                     SSP_ERR_UNSUPPORTED);
    assert_int_equal(ask(&s, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol), SSP_OK);
    assert_int_equal(protocol.ProtoNegoStatus, SecApplicationProtocolNegotiationStatus_Success);
    assert_int_equal(protocol.ProtoNegoExt, SecApplicationProtocolNegotiationExt_ALPN);
    assert_int_equal(protocol.ProtocolIdSize, 2);
    assert_memory_equal(protocol.ProtocolId, "h2", 3);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol), SSP_OK);
    assert_int_equal(protocol.ProtoNegoStatus, SecApplicationProtocolNegotiationStatus_None);
    assert_int_equal(ask(&s, SECPKG_ATTR_ACCESS_TOKEN, &token), SSP_ERR_NO_IMPERSONATION);
}

static void the_package_tells_of_itself(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    SecPkgContext_PackageInfoW package = { 0 };
    SecPkgContext_NegotiationInfoW negotiation = { 0 };

    (void)state;
    begin(&s, AES_128, TLS_CLIENT);
    assert_int_equal(ask(&s, SECPKG_ATTR_PACKAGE_INFO, &package), SSP_OK);
    is_text(package.PackageInfo->Name, SCHANNEL_NAME_W);
    host_release(package.PackageInfo);
    assert_int_equal(ask(&s, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation), SSP_OK);
    assert_int_equal(negotiation.NegotiationState, SECPKG_NEGOTIATION_COMPLETE);
    host_release(negotiation.PackageInfo);
}

static void certificates_are_there_wherever_the_session_is(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    ssp_cleanup(subject_done) struct subject nobody;
    SecPkgContext_Certificates all = { 0 };
    PCCERT_CONTEXT context = NULL;

    (void)state;
    begin_named(&s, AES_128, TLS_CLIENT);
    begin(&nobody, AES_128, TLS_CLIENT);
    assert_int_equal(ask(&s, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &context), SSP_OK);
    assert_view_equal((struct view){ context->pbCertEncoded, context->cbCertEncoded },
                      hex("0102030405"));
    cert_unref(cert_of_context(context));
    assert_int_equal(ask(&s, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &context), SSP_OK);
    assert_view_equal((struct view){ context->pbCertEncoded, context->cbCertEncoded },
                      hex("a1a2a3"));
    cert_unref(cert_of_context(context));
    assert_int_equal(ask(&s, SECPKG_ATTR_REMOTE_CERTIFICATES, &all), SSP_OK);
    assert_int_equal(all.cCertificates, 2);
    assert_view_equal((struct view){ all.pbCertificateChain, all.cbCertificateChain },
                      hex("050000000102030405 03000000090a0b"));
    host_release(all.pbCertificateChain);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &context), SSP_ERR_NO_CREDS);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &context), SSP_ERR_NO_CREDS);
    assert_int_equal(ask(&nobody, SECPKG_ATTR_REMOTE_CERTIFICATES, &all), SSP_ERR_NO_CREDS);
}

/* ---- Bindings ------------------------------------------------------------------------- */

static void bindings_are(const struct subject *s, ULONG attribute, const char *prefix, size_t n)
{
    SecPkgContext_Bindings bindings = { 0 };
    const SEC_CHANNEL_BINDINGS *head = NULL;

    assert_int_equal(ask(s, attribute, &bindings), SSP_OK);
    head = bindings.Bindings;
    assert_int_equal(bindings.BindingsLength, sizeof(*head) + strlen(prefix) + n);
    assert_int_equal(head->dwApplicationDataOffset, sizeof(*head));
    assert_int_equal(head->cbApplicationDataLength, strlen(prefix) + n);
    assert_memory_equal(head + 1, prefix, strlen(prefix));
    host_release(bindings.Bindings);
}

static void bindings_begin_with_their_kind(void **state)
{
    ssp_cleanup(subject_done) struct subject s;
    SecPkgContext_Bindings bindings;

    (void)state;
    begin(&s, AES_128, TLS_CLIENT);
    bindings_are(&s, SECPKG_ATTR_UNIQUE_BINDINGS, "tls-exporter:", 32);
    bindings_are(&s, SECPKG_ATTR_ENDPOINT_BINDINGS, "tls-server-end-point:", 32);
    begin(&s, OLD_GCM, TLS_CLIENT);
    bindings_are(&s, SECPKG_ATTR_UNIQUE_BINDINGS, "tls-unique:", 12);
    s.core.has_unique = false;
    s.core.endpoint_n = 0;
    assert_int_equal(ask(&s, SECPKG_ATTR_UNIQUE_BINDINGS, &bindings), SSP_ERR_UNSUPPORTED);
    assert_int_equal(ask(&s, SECPKG_ATTR_ENDPOINT_BINDINGS, &bindings), SSP_ERR_UNSUPPORTED);
}

/* ---- Keys for others --------------------------------------------------------------------- */

static void keying_material_is_the_exporters(void **state)
{
    static char label[] = "EXPORTER-test";
    static uint8_t context[] = { 1, 2, 3 };
    const struct tls_export_of of = { { (const uint8_t *)label, 13 }, VIEW_OF(context), true };
    SecPkgContext_KeyingMaterialInfo info = { sizeof(label), label, sizeof(context), context, 40 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        ssp_cleanup(subject_done) struct subject s;
        SecPkgContext_KeyingMaterial material = { 0 };
        SecPkgContext_KeyingMaterial_Inproc both = { sizeof(label), label, sizeof(context),
                                                     context,       40,    NULL };
        uint8_t expected[40];

        begin(&s, i == 0 ? AES_256 : OLD_GCM, TLS_CLIENT);
        assert_int_equal(tls_export(&s.core, &of, expected, sizeof(expected)), SSP_OK);
        assert_int_equal(ask(&s, SECPKG_ATTR_KEYING_MATERIAL, &material), SSP_ERR_BAD_ARGUMENT);
        assert_int_equal(
            tls_attr_set(&s.ctx, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof(info)), SSP_OK);
        assert_int_equal(ask(&s, SECPKG_ATTR_KEYING_MATERIAL, &material), SSP_OK);
        assert_view_equal((struct view){ material.pbKeyingMaterial, material.cbKeyingMaterial },
                          VIEW_OF(expected));
        host_release(material.pbKeyingMaterial);
        assert_int_equal(ask(&s, SECPKG_ATTR_KEYING_MATERIAL_INPROC, &both), SSP_OK);
        assert_memory_equal(both.pbKeyingMaterial, expected, 40);
        host_release(both.pbKeyingMaterial);
    }
}

static void bad_labels_and_sizes_are_refused(void **state)
{
    static char label[260];
    static uint8_t context[] = { 1 };
    ssp_cleanup(subject_done) struct subject s;

    (void)state;
    memset(label, 'x', sizeof(label) - 1);
    const SecPkgContext_KeyingMaterialInfo infos[] = {
        { 0, label, 0, NULL, 8 },
        { 1, label + 259, 0, NULL, 8 }, /* empty */
        { 5, label, 0, NULL, 8 },       /* not closed */
        { 251, label + 9, 0, NULL, 8 }, /* too long */
        { 5, NULL, 0, NULL, 8 },
        { 11, label + 249, 1, NULL, 8 },
        { 11, label + 249, 1, context, 0 },
        { 11, label + 249, 1, context, 255 * 32 + 1 },
    };
    begin(&s, AES_128, TLS_CLIENT);
    for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
        assert_int_equal(
            tls_attr_set(&s.ctx, SECPKG_ATTR_KEYING_MATERIAL_INFO, &infos[i], sizeof(infos[i])),
            SSP_ERR_BAD_ARGUMENT);
    }
    assert_int_equal(tls_attr_set(&s.ctx, SECPKG_ATTR_KEYING_MATERIAL_INFO, &infos[0], 3),
                     SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(tls_attr_set(&s.ctx, SECPKG_ATTR_NAMES, &infos[0], sizeof(infos[0])),
                     SSP_ERR_UNSUPPORTED);
    assert_int_equal(s.ctx.keying.n, 0);
}

/* ---- All of them ---------------------------------------------------------------------------- */

static void attributes_that_there_are_not_are_refused(void **state)
{
    static const ULONG none[] = { SECPKG_ATTR_DCE_INFO, SECPKG_ATTR_SESSION_KEY,
                                  SECPKG_ATTR_ISSUER_LIST_EX, SECPKG_ATTR_APP_DATA, 0x7fffffff };
    ssp_cleanup(subject_done) struct subject s;
    uint8_t room[512];

    (void)state;
    begin_named(&s, AES_128, TLS_SERVER);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(ask(&s, none[i], room), SSP_ERR_UNSUPPORTED);
}

static void every_answer_survives_a_lack_of_memory(void **state)
{
    static const ULONG allocating[] = {
        SECPKG_ATTR_NAMES,
        SECPKG_ATTR_KEY_INFO,
        SECPKG_ATTR_PACKAGE_INFO,
        SECPKG_ATTR_NEGOTIATION_INFO,
        SECPKG_ATTR_UNIQUE_BINDINGS,
        SECPKG_ATTR_ENDPOINT_BINDINGS,
        SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
        SECPKG_ATTR_REMOTE_CERT_CONTEXT,
        SECPKG_ATTR_LOCAL_CERT_CONTEXT,
        SECPKG_ATTR_REMOTE_CERTIFICATES,
    };
    ssp_cleanup(subject_done) struct subject s;

    (void)state;
    begin_named(&s, AES_128, TLS_SERVER);
    for (size_t i = 0; i < sizeof(allocating) / sizeof(allocating[0]); i++) {
        uint8_t room[512] = { 0 };
        static const uint8_t nothing[512];

        fault_malloc_at(0);
        assert_int_equal(ask(&s, allocating[i], room), SSP_ERR_NO_MEMORY);
        fault_malloc_at(SIZE_MAX);
        assert_memory_equal(room, nothing, sizeof(room));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sizes_are_those_of_the_suite),
        TEST(what_was_agreed_on_is_told_in_windows_words),
        TEST(the_protocol_tells_the_role),
        TEST(session_lifespan_and_flags_are_told),
        TEST(names_are_told_where_there_are_any),
        TEST(the_package_tells_of_itself),
        TEST(certificates_are_there_wherever_the_session_is),
        TEST(bindings_begin_with_their_kind),
        TEST(keying_material_is_the_exporters),
        TEST(bad_labels_and_sizes_are_refused),
        TEST(attributes_that_there_are_not_are_refused),
        TEST(every_answer_survives_a_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
