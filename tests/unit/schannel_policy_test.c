/* SPDX-License-Identifier: Apache-2.0 */
#include <schannel.h>
#include <string.h>

#include "harness/harness.h"
#include "packages/schannel/policy.h"

enum {
    AES_128 = 1 << TLS_AES_128_GCM,
    AES_256 = 1 << TLS_AES_256_GCM,
    CHACHA20 = 1 << TLS_CHACHA20_POLY1305,
    BOTH = TLS_POLICY_1_2 | TLS_POLICY_1_3,
};

static const struct tls_settings preset = {
    .cipher_bits = TLS_ALL_CIPHERS,
    .revocation = TLS_REVOCATION_KNOWN,
    .tickets = true,
    .ticket_lifetime = 7200,
};

static struct tls_policy make(const struct tls_settings *settings, const struct tls_auth *auth,
                              bool fips)
{
    struct tls_policy policy = { 0 };

    assert_int_equal(tls_policy_make(settings, auth, fips, &policy), SSP_OK);
    return policy;
}

static void without_a_word_the_section_decides(void **state)
{
    struct tls_settings newer = preset;
    struct tls_policy policy = make(&preset, NULL, false);

    (void)state;
    assert_int_equal(policy.versions, BOTH);
    assert_int_equal(policy.ciphers, TLS_ALL_CIPHERS);
    assert_int_equal(policy.revocation, TLS_REVOCATION_KNOWN);
    assert_int_equal(policy.ticket_lifetime, 7200);
    assert_true(policy.resumes && policy.maps_clients);
    assert_false(policy.is_manual || policy.ignores_name);
    newer.minimum = 1;
    newer.tickets = false;
    policy = make(&newer, NULL, false);
    assert_int_equal(policy.versions, TLS_POLICY_1_3);
    assert_false(policy.resumes);
}

static void an_application_narrows_versions(void **state)
{
    static const struct {
        struct tls_auth auth;
        unsigned versions; /* 0: none is left */
    } rows[] = {
        { { .enabled = SP_PROT_TLS1_2_CLIENT }, TLS_POLICY_1_2 },
        { { .enabled = SP_PROT_TLS1_3_SERVER }, TLS_POLICY_1_3 },
        { { .enabled = SP_PROT_TLS1_2 | SP_PROT_TLS1_3 }, BOTH },
        { { .disabled = SP_PROT_TLS1_2 }, TLS_POLICY_1_3 },
        { { .disabled = SP_PROT_TLS1_3 }, TLS_POLICY_1_2 },
        { { .disabled = SP_PROT_TLS1_3 | SP_PROT_TLS1_2 }, 0 },
        { { .enabled = SP_PROT_TLS1_0 | SP_PROT_SSL3 }, 0 },
    };
    struct tls_settings newer = preset;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tls_policy policy = { 0 };
        enum ssp_err e = tls_policy_make(&preset, &rows[i].auth, false, &policy);

        assert_int_equal(e, rows[i].versions != 0 ? SSP_OK : SSP_ERR_UNSUPPORTED);
        assert_int_equal(policy.versions, rows[i].versions);
    }
    newer.minimum = 1; /* never more than the section has */
    struct tls_policy policy = { 0 };
    assert_int_equal(tls_policy_make(&newer, &rows[0].auth, false, &policy), SSP_ERR_UNSUPPORTED);
}

static void an_application_takes_ciphers_away(void **state)
{
    const struct tls_auth no_aes = { .no_cipher = TLS_AUTH_NO_AES_128 | TLS_AUTH_NO_AES_256 };
    const struct tls_auth none = { .no_cipher = TLS_AUTH_NO_AES_128 | TLS_AUTH_NO_AES_256 |
                                                TLS_AUTH_NO_CHACHA };
    struct tls_policy policy = make(&preset, &no_aes, false);

    (void)state;
    assert_int_equal(policy.ciphers, CHACHA20);
    assert_int_equal(tls_policy_make(&preset, &none, false, &policy), SSP_ERR_NO_ALGORITHM);
    assert_int_equal(tls_policy_make(&preset, &no_aes, true, &policy), SSP_ERR_NO_ALGORITHM);
}

static void in_fips_mode_there_is_no_chacha20(void **state)
{
    struct tls_settings chacha = preset;
    struct tls_policy policy = make(&preset, NULL, true);
    gnutls_priority_t priority = NULL;
    const unsigned *list = NULL;

    (void)state;
    assert_int_equal(policy.ciphers, AES_128 | AES_256);
    assert_int_equal(tls_policy_priority(&policy, &priority), SSP_OK);
    int n = gnutls_priority_cipher_list(priority, &list);
    assert_int_equal(n, 2);
    for (int i = 0; i < n; i++)
        assert_int_not_equal(list[i], GNUTLS_CIPHER_CHACHA20_POLY1305);
    gnutls_priority_deinit(priority);
    chacha.cipher_bits = CHACHA20;
    assert_int_equal(tls_policy_make(&chacha, NULL, true, &policy), SSP_ERR_NO_ALGORITHM);
}

static void flags_say_what_is_checked(void **state)
{
    static const uint32_t checks[] = { SCH_CRED_REVOCATION_CHECK_END_CERT,
                                       SCH_CRED_REVOCATION_CHECK_CHAIN,
                                       SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT };
    const struct tls_auth trusting = { .flags = SCH_CRED_MANUAL_CRED_VALIDATION |
                                                SCH_CRED_NO_SERVERNAME_CHECK |
                                                SCH_CRED_NO_SYSTEM_MAPPER |
                                                SCH_CRED_DISABLE_RECONNECTS };
    struct tls_policy policy = make(&preset, &trusting, false);

    (void)state;
    assert_true(policy.is_manual && policy.ignores_name);
    assert_false(policy.maps_clients || policy.resumes);
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        struct tls_auth auth = { .flags = checks[i] };

        assert_int_equal(make(&preset, &auth, false).revocation, TLS_REVOCATION_REQUIRED);
        auth.flags |= SCH_CRED_IGNORE_NO_REVOCATION_CHECK;
        assert_int_equal(make(&preset, &auth, false).revocation, TLS_REVOCATION_KNOWN);
        auth.flags = checks[i] | SCH_CRED_IGNORE_REVOCATION_OFFLINE;
        assert_int_equal(make(&preset, &auth, false).revocation, TLS_REVOCATION_KNOWN);
    }
}

static void a_lifespan_shortens_and_never_lengthens(void **state)
{
    static const struct {
        uint32_t ms;
        uint32_t seconds;
    } rows[] = { { 0, 7200 }, { 999, 7200 }, { 1000, 1 }, { 7199999, 7199 }, { 36000000, 7200 } };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tls_auth auth = { .lifespan = rows[i].ms };

        assert_int_equal(make(&preset, &auth, false).ticket_lifetime, rows[i].seconds);
    }
}

static void what_nothing_here_can_do_is_refused(void **state)
{
    static const uint32_t flags[] = { SCH_USE_PRESHAREDKEY_ONLY, SCH_USE_DTLS_ONLY,
                                      SCH_ALLOW_NULL_ENCRYPTION };

    (void)state;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const struct tls_auth auth = { .flags = flags[i] };
        struct tls_policy policy = { 0 };

        assert_int_equal(tls_policy_make(&preset, &auth, false, &policy), SSP_ERR_UNSUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_word_the_section_decides),  TEST(an_application_narrows_versions),
        TEST(an_application_takes_ciphers_away),   TEST(in_fips_mode_there_is_no_chacha20),
        TEST(flags_say_what_is_checked),           TEST(a_lifespan_shortens_and_never_lengthens),
        TEST(what_nothing_here_can_do_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
