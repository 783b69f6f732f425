/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "packages/kerberos/config.h"

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err read_config(const char *text, struct krb_config *ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;

    assert_int_equal(file_replace(scratch("conf"), 0600, view_text(text)), SSP_OK);
    assert_int_equal(conf_load_file(scratch("conf"), &conf), SSP_OK);
    return krb_config_read(conf, ret);
}

static void assert_types(const struct krb_policy *policy, const int32_t *want, size_t n)
{
    assert_int_equal(policy->types.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(policy->types.list[i], want[i]);
}

static void presets_are_the_safe_ones(void **state)
{
    static const int32_t all[] = { KRB_AES256_SHA2, KRB_AES128_SHA2, KRB_AES256_SHA1,
                                   KRB_AES128_SHA1 };
    ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("# nothing\n", &config), SSP_OK);
    assert_true(config.allow);
    assert_types(&config.policy, all, 4);
    assert_string_equal(config.policy.keytab, "");
    assert_int_equal(config.policy.delegate, KRB_DELEGATE_TRUSTED);
    assert_int_equal(config.channel_bindings, KRB_CHECK_WHEN_SENT);
    assert_int_equal(config.n_services, 0);
    assert_ptr_equal(krb_config_policy(&config, "HTTP/host"), &config.policy);
}

static void takes_every_encryption_type_by_either_name(void **state)
{
    static const int32_t two[] = { KRB_AES128_SHA1, KRB_AES256_SHA2 };
    static const char *const texts[] = {
        "[kerberos]\nenctypes = aes128-sha1, AES256-CTS-HMAC-SHA384-192\n",
        "[kerberos]\nenctypes = aes128-cts-hmac-sha1-96 aes256-sha2\n",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

        assert_int_equal(read_config(texts[i], &config), SSP_OK);
        assert_types(&config.policy, two, 2);
    }
}

static void refuses_what_breaks_a_rule(void **state)
{
    static const char *const texts[] = {
        "[kerberos]\nenctypes = rc4-hmac\n",
        "[kerberos]\nenctypes = aes128-sha1, aes128-sha1\n",
        "[kerberos]\nenctypes = ,\n",
        "[kerberos]\nkeytab_users = alice\n",
        "[kerberos]\nkeytab_users = 4294967295\n",
        "[kerberos]\nkeytab_users = 12345678901\n",
        "[kerberos]\ndelegate = sometimes\n",
        "[kerberos]\nunknown = 1\n",
        "[kerberos \"HTTP\"]\nenctypes = des-cbc-crc\n",
        "[kerberos \"HTTP\"]\nallow = no\n",
        "[kerberos \"HTTP\"]\nkeytab_users = 7\n",
        "[kerberos \"HTTP\"]\naccept_delegation = perhaps\n",
        "[kerberos \"\"]\nkeytab = FILE:/nowhere\n",
        "[kerberos HTTP]\nkeytab = FILE:/nowhere\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct krb_config config = { .n_services = 42 };

        assert_int_equal(read_config(texts[i], &config), SSP_ERR_BAD_CONFIG);
        assert_int_equal(config.n_services, 42);
    }
}

static void lends_the_keytab_to_root_and_to_those_it_names(void **state)
{
    ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("[kerberos]\nkeytab_users = 33, 1000\t7\n", &config), SSP_OK);
    assert_true(krb_config_may_accept(&config, 0));
    assert_true(krb_config_may_accept(&config, 33));
    assert_true(krb_config_may_accept(&config, 1000));
    assert_true(krb_config_may_accept(&config, 7));
    assert_false(krb_config_may_accept(&config, 3));
    assert_false(krb_config_may_accept(&config, 100));
}

static const char services[] = "[kerberos]\n"
                               "enctypes = aes256-sha2, aes128-sha2\n"
                               "delegate = always\n"
                               "accept_delegation = no\n"
                               "keytab = FILE:/general\n"
                               "[kerberos \"HTTP\"]\n"
                               "keytab = FILE:/http\n"
                               "delegate = never\n"
                               "[kerberos \"HTTP/www.example.org\"]\n"
                               "enctypes = aes128-sha1\n"
                               "accept_delegation = yes\n";

static void a_service_has_what_its_section_says_and_else_what_all_have(void **state)
{
    static const int32_t general[] = { KRB_AES256_SHA2, KRB_AES128_SHA2 };
    static const int32_t weak[] = { KRB_AES128_SHA1 };
    ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

    (void)state;
    assert_int_equal(read_config(services, &config), SSP_OK);
    const struct krb_policy *http = krb_config_policy(&config, "HTTP/other.example.org");
    assert_types(http, general, 2);
    assert_string_equal(http->keytab, "FILE:/http");
    assert_int_equal(http->delegate, KRB_DELEGATE_NEVER);
    assert_false(http->accept_delegation);
    const struct krb_policy *www = krb_config_policy(&config, "HTTP/www.example.org");
    assert_types(www, weak, 1);
    assert_string_equal(www->keytab, "FILE:/general");
    assert_int_equal(www->delegate, KRB_DELEGATE_ALWAYS);
    assert_true(www->accept_delegation);
}

static void a_service_is_found_by_all_of_its_name_or_its_first_part(void **state)
{
    static const struct {
        const char *service;
        size_t section; /* 2: none */
    } cases[] = {
        { "HTTP/www.example.org", 1 },
        { "http/WWW.example.ORG@EXAMPLE.ORG", 1 },
        { "HTTP/www.example.org.evil", 0 },
        { "HTTP/www", 0 },
        { "HTTP", 0 },
        { "HTTP@EXAMPLE.ORG", 0 },
        { "HTTPS/www.example.org", 2 },
        { "HTT/www.example.org", 2 },
        { "", 2 },
        { NULL, 2 },
    };
    ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

    (void)state;
    assert_int_equal(read_config(services, &config), SSP_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t at = cases[i].section;

        assert_ptr_equal(krb_config_policy(&config, cases[i].service),
                         at < 2 ? &config.services[at].policy : &config.policy);
    }
}

static void every_failing_allocation_is_reported(void **state)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    assert_int_equal(file_replace(scratch("conf"), 0600, view_text(services)), SSP_OK);
    assert_int_equal(conf_load_file(scratch("conf"), &conf), SSP_OK);
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

        fault_malloc_at(nth);
        e = krb_config_read(conf, &config);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(presets_are_the_safe_ones),
        TEST(takes_every_encryption_type_by_either_name),
        TEST(refuses_what_breaks_a_rule),
        TEST(lends_the_keytab_to_root_and_to_those_it_names),
        TEST(a_service_has_what_its_section_says_and_else_what_all_have),
        TEST(a_service_is_found_by_all_of_its_name_or_its_first_part),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
