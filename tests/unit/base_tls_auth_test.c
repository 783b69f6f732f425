/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alias.h"
#include "base/cleanup.h"
#include "base/tls_auth.h"
#include "harness/harness.h"

/* Two certificates, which nobody looks into, and a key. */
static const uint8_t chain[] = { 0, 0, 3, 'a', 'b', 'c', 0, 0, 1, 'd' };
static const uint8_t key[] = { 1, 2, 3, 4 };

static struct cert *new_cert(const char *url)
{
    struct cert *cert = NULL;
    const struct cert_parts parts = { VIEW_OF(chain), VIEW_OF(key), view_text(url) };

    assert_int_equal(cert_new(&parts, &cert), SSP_OK);
    return cert;
}

static struct wr flatten(void)
{
    struct wr out = WR_INIT(TLS_AUTH_SIZE_MAX);
    struct cert *own = new_cert("");
    struct cert *roots = new_cert("pkcs11:token=x");
    PCCERT_CONTEXT contexts[] = { &own->context };
    struct tls_auth auth = { 0 };
    const SCHANNEL_CRED cred = {
        .dwVersion = SCHANNEL_CRED_VERSION,
        .cCreds = 1,
        .paCred = contexts,
        .hRootStore = roots->context.hCertStore,
        .grbitEnabledProtocols = SP_PROT_TLS1_2,
        .dwMinimumCipherStrength = 256,
        .dwSessionLifespan = 5000,
        .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION,
    };

    assert_int_equal(tls_auth_decode(&cred, &auth), SSP_OK);
    tls_auth_flatten(&auth, &out);
    assert_int_equal(out.err, SSP_OK);
    tls_auth_wipe(&auth);
    cert_unref(own);
    cert_unref(roots);
    return out;
}

static void test_the_old_structure_arrives_whole(void **state)
{
    ssp_cleanup(wr_free) struct wr out = flatten();
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    assert_int_equal(tls_auth_parse(guarded((struct view){ out.p, out.n }), &auth), SSP_OK);
    assert_int_equal(auth.flags, SCH_CRED_MANUAL_CRED_VALIDATION);
    assert_int_equal(auth.enabled, SP_PROT_TLS1_2);
    assert_int_equal(auth.no_cipher, TLS_AUTH_NO_AES_128);
    assert_int_equal(auth.lifespan, 5000);
    assert_int_equal(auth.n_certs, 1);
    assert_view_equal(secret_view(&auth.certs[0]->chain), VIEW_OF(chain));
    assert_view_equal(secret_view(&auth.certs[0]->key), VIEW_OF(key));
    assert_null(auth.certs[0]->key_url);
    assert_int_equal(auth.certs[0]->context.cbCertEncoded, 3);
    assert_string_equal(auth.roots->key_url, "pkcs11:token=x");
}

static void test_the_flat_form_is_taken_as_auth_data(void **state)
{
    ssp_cleanup(wr_free) struct wr out = flatten();
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    assert_int_equal(tls_auth_decode(guarded((struct view){ out.p, out.n }).p, &auth), SSP_OK);
    assert_int_equal(auth.n_certs, 1);
}

static void test_every_cut_and_one_byte_more_are_refused(void **state)
{
    ssp_cleanup(wr_free) struct wr out = flatten();
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    for (size_t n = 0; n < out.n; n++)
        assert_int_equal(tls_auth_parse(guarded((struct view){ out.p, n }), &auth),
                         SSP_ERR_UNKNOWN_CREDS);
    wr_u8(&out, 0);
    out.p[4]++;
    assert_int_equal(tls_auth_parse(guarded((struct view){ out.p, out.n }), &auth),
                     SSP_ERR_UNKNOWN_CREDS);
}

static void test_each_rule_of_the_flat_form_counts(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        enum ssp_err err;
    } rows[] = {
        { 0, 0, SSP_ERR_UNKNOWN_CREDS },  /* version */
        { 4, 1, SSP_ERR_UNKNOWN_CREDS },  /* size */
        { 20, 7, SSP_ERR_NO_ALGORITHM },  /* no cipher left */
        { 20, 8, SSP_ERR_UNKNOWN_CREDS }, /* one that there is not */
        { 28, 17, SSP_ERR_UNKNOWN_CREDS }, { 30, 2, SSP_ERR_UNKNOWN_CREDS }, /* roots */
        { 36, 9, SSP_ERR_UNKNOWN_CREDS }, /* a certificate longer than its chain */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ssp_cleanup(wr_free) struct wr out = flatten();
        ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

        out.p[rows[i].at] = rows[i].value;
        assert_int_equal(tls_auth_parse(guarded((struct view){ out.p, out.n }), &auth),
                         rows[i].err);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    ssp_cleanup(wr_free) struct wr out = flatten();
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 0; e != SSP_OK; n++) {
        ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

        fault_malloc_at(n);
        e = tls_auth_parse((struct view){ out.p, out.n }, &auth);
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
        assert_true(e == SSP_OK || auth.n_certs == 0);
    }
}

static UNICODE_STRING text(char16_t *s)
{
    USHORT n = (USHORT)(str16_len(s) * sizeof(*s));

    return (UNICODE_STRING){ n, n, s };
}

static void test_the_new_structure_says_what_is_not_wanted(void **state)
{
    static char16_t aes[] = u"AES";
    static char16_t chacha[] = u"CHACHA20_POLY1305";
    static char16_t gcm[] = u"ChainingModeGCM";
    UNICODE_STRING mode = text(gcm);
    CRYPTO_SETTINGS crypto[] = {
        { .eAlgorithmUsage = TlsParametersCngAlgUsageCipher,
          .strCngAlgId = text(aes),
          .cChainingModes = 1,
          .rgstrChainingModes = &mode,
          .dwMaxBitLength = 128 },
        { .eAlgorithmUsage = TlsParametersCngAlgUsageCipher, .strCngAlgId = text(chacha) },
    };
    TLS_PARAMETERS parameters = { .grbitDisabledProtocols = SP_PROT_TLS1_2,
                                  .cDisabledCrypto = 2,
                                  .pDisabledCrypto = crypto };
    SCH_CREDENTIALS cred = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters };
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    assert_int_equal(tls_auth_decode(&cred, &auth), SSP_OK);
    assert_int_equal(auth.disabled, SP_PROT_TLS1_2);
    assert_int_equal(auth.no_cipher, TLS_AUTH_NO_AES_128 | TLS_AUTH_NO_CHACHA);
}

static void test_what_nothing_here_can_do_is_not_passed_over(void **state)
{
    TLS_PARAMETERS for_some = { .cAlpnIds = 1 };
    CRYPTO_SETTINGS exchange = { .eAlgorithmUsage = TlsParametersCngAlgUsageKeyExchange };
    TLS_PARAMETERS no_exchange = { .cDisabledCrypto = 1, .pDisabledCrypto = &exchange };
    SCH_CREDENTIALS mapped = { .dwVersion = SCH_CREDENTIALS_VERSION, .cMappers = 1 };
    SCH_CREDENTIALS by_hash = { .dwVersion = SCH_CREDENTIALS_VERSION,
                                .dwCredFormat = SCH_CRED_FORMAT_CERT_HASH };
    SCH_CREDENTIALS partial = { .dwVersion = SCH_CREDENTIALS_VERSION,
                                .cTlsParameters = 1,
                                .pTlsParameters = &for_some };
    SCH_CREDENTIALS strange = { .dwVersion = SCH_CREDENTIALS_VERSION,
                                .cTlsParameters = 1,
                                .pTlsParameters = &no_exchange };
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    assert_int_equal(tls_auth_decode(&mapped, &auth), SSP_ERR_UNSUPPORTED);
    assert_int_equal(tls_auth_decode(&by_hash, &auth), SSP_ERR_UNSUPPORTED);
    assert_int_equal(tls_auth_decode(&partial, &auth), SSP_ERR_UNSUPPORTED);
    assert_int_equal(tls_auth_decode(&strange, &auth), SSP_ERR_UNSUPPORTED);
    no_exchange.dwFlags = TLS_PARAMS_OPTIONAL;
    assert_int_equal(tls_auth_decode(&strange, &auth), SSP_OK);
}

static void test_a_certificate_of_somebody_else_is_refused(void **state)
{
    CERT_CONTEXT foreign = { .cbCertEncoded = 3, .hCertStore = &foreign };
    PCCERT_CONTEXT contexts[] = { &foreign };
    SCH_CREDENTIALS cred = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cCreds = 1,
                             .paCred = contexts };
    uint32_t other = 0x201;
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    (void)state;
    assert_int_equal(tls_auth_decode(&cred, &auth), SSP_ERR_UNKNOWN_CREDS);
    assert_int_equal(tls_auth_decode(&other, &auth), SSP_ERR_UNKNOWN_CREDS);
    assert_int_equal(tls_auth_decode(NULL, &auth), SSP_ERR_UNKNOWN_CREDS);
}

static void test_schannel_goes_by_several_names(void **state)
{
    (void)state;
    assert_true(alias_is_schannel(UNISP_NAME_W));
    assert_true(alias_is_schannel(u"schannel"));
    assert_true(alias_is_schannel(DEFAULT_TLS_SSP_NAME_W));
    assert_false(alias_is_schannel(u"NTLM"));
    assert_false(alias_is_schannel(NULL));
    assert_ptr_equal(alias_resolve(NULL), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_old_structure_arrives_whole),
        TEST(test_the_flat_form_is_taken_as_auth_data),
        TEST(test_every_cut_and_one_byte_more_are_refused),
        TEST(test_each_rule_of_the_flat_form_counts),
        TEST(test_every_allocation_may_fail),
        TEST(test_the_new_structure_says_what_is_not_wanted),
        TEST(test_what_nothing_here_can_do_is_not_passed_over),
        TEST(test_a_certificate_of_somebody_else_is_refused),
        TEST(test_schannel_goes_by_several_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
