/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "packages/ntlm/config.h"

#include <stdio.h>

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err read_config(const char *section, struct ntlm_config *ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    char text[1024];

    (void)snprintf(text, sizeof(text), "[ntlm]\n%s\n", section);
    assert_int_equal(file_replace(scratch("conf"), 0600, view_text(text)), SSP_OK);
    assert_int_equal(conf_load_file(scratch("conf"), &conf), SSP_OK);
    return ntlm_config_read(conf, ret);
}

static void assert_name(const struct str16 *name, const char *want)
{
    ssp_cleanup(wipe_free_str) char *got = NULL;

    assert_int_equal(str16_to_utf8(name, &got), SSP_OK);
    assert_string_equal(got, want);
}

static void presets_are_the_safe_ones(void **state)
{
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("", &config), SSP_OK);
    assert_true(config.allow && config.require_128);
    assert_false(config.anonymous || config.lm || config.machine.is_member);
    assert_string_equal(config.accounts, "");
    assert_int_equal(config.minimum, NTLM_LEVEL_V2);
    assert_int_equal(config.respond, NTLM_LEVEL_V2);
    assert_int_equal(config.channel_bindings, NTLM_CHECK_WHEN_SENT);
    assert_int_equal(config.target_name, NTLM_CHECK_WHEN_SENT);
    assert_int_equal(config.max_lifetime, 36 * 3600);
    assert_int_equal(config.session_lifetime, 0);
    assert_true(config.machine.nb_computer.n > 0 && config.machine.nb_computer.n <= 15);
}

static void names_follow_from_the_host_name(void **state)
{
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("dns_name = a-very-long-hostname.example.org\n"
                                 "netbios_name = a-very-long-hostname.example.org",
                                 &config),
                     SSP_OK);
    assert_name(&config.machine.nb_computer, "A-VERY-LONG-HOS");
    assert_name(&config.machine.nb_domain, "A-VERY-LONG-HOS");
    assert_name(&config.machine.dns_computer, "a-very-long-hostname.example.org");
    assert_name(&config.machine.dns_domain, "example.org");
    assert_name(&config.machine.dns_forest, "");
}

static void a_domain_makes_a_member(void **state)
{
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("netbios_domain = example\ndns_domain = ad.example.org\n"
                                 "dns_forest = example.org",
                                 &config),
                     SSP_OK);
    assert_true(config.machine.is_member);
    assert_name(&config.machine.nb_domain, "EXAMPLE");
    assert_name(&config.machine.dns_domain, "ad.example.org");
    assert_name(&config.machine.dns_forest, "example.org");
}

static void refuses_what_does_not_hold(void **state)
{
    static const char *const bad[] = {
        "minimum = v3",
        "channel_bindings = maybe",
        "allow = perhaps",
        "respond = v1",
        "lm = yes",
        "minimum = v1\nlm = yes",
        "winbind_timeout = 0",
        "winbind_timeout = 301",
        "max_lifetime = -1",
        "max_lifetime = soon",
        "max_lifetime = 99999999",
        "chanel_bindings = off",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ntlm_config config = { .minimum = 42 };

        assert_int_equal(read_config(bad[i], &config), SSP_ERR_BAD_CONFIG);
        assert_int_equal(config.minimum, 42);
        assert_true(*conf_last_error() != '\0');
    }
}

static void takes_ntlmv1_where_both_say_so(void **state)
{
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

    (void)state;
    assert_int_equal(read_config("minimum = v1\nrespond = v1\nlm = yes", &config), SSP_OK);
    assert_true(config.lm);
}

static void one_word_chooses_the_domain_and_all_others_are_paths(void **state)
{
    static const char *const paths[] = { "Winbind", "./winbind", "winbind/sam", "/winbind" };

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };
        char section[64];

        (void)snprintf(section, sizeof(section), "accounts = %s", paths[i]);
        assert_int_equal(read_config(section, &config), SSP_OK);
        assert_string_equal(config.accounts, paths[i]);
        assert_false(config.is_winbind);
    }
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };
    assert_int_equal(read_config("accounts = winbind", &config), SSP_OK);
    assert_true(config.is_winbind);
    assert_string_equal(config.accounts, "");
    assert_int_equal(config.winbind_timeout, 20);
}

static void every_failing_allocation_is_reported(void **state)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    assert_int_equal(
        file_replace(scratch("conf"), 0600, view_text("[ntlm]\naccounts = x\ndns_name = a.b\n")),
        SSP_OK);
    assert_int_equal(conf_load_file(scratch("conf"), &conf), SSP_OK);
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

        fault_malloc_at(nth);
        e = ntlm_config_read(conf, &config);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_word_chooses_the_domain_and_all_others_are_paths),
        TEST(presets_are_the_safe_ones),
        TEST(names_follow_from_the_host_name),
        TEST(a_domain_makes_a_member),
        TEST(refuses_what_does_not_hold),
        TEST(takes_ntlmv1_where_both_say_so),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
