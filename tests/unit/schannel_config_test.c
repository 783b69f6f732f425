/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "packages/schannel/cred.h"

enum { LINES_ROOM = 16 * 1024, TEXT_ROOM = LINES_ROOM + 64 };

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static struct conf *load(const char *text)
{
    struct conf *conf = NULL;

    assert_int_equal(file_replace(scratch("conf"), 0600, view_text(text)), SSP_OK);
    assert_int_equal(conf_load_file(scratch("conf"), &conf), SSP_OK);
    return conf;
}

/* The section [schannel "www"] with these lines in it. */
static enum ssp_err read_www(const char *lines, struct tls_settings *ret)
{
    static char text[TEXT_ROOM];

    int n = snprintf(text, sizeof(text), "[schannel \"www\"]\n%s\n", lines);
    assert_in_range(n, 1, sizeof(text) - 1);
    ssp_cleanup(free_conf) struct conf *conf = load(text);
    return tls_settings_read(conf, "schannel \"www\"", ret);
}

static enum ssp_err read_sites(const char *text)
{
    ssp_cleanup(free_conf) struct conf *conf = load(text);
    ssp_cleanup(tls_sites_done) struct tls_sites sites = { 0 };

    return tls_sites_read(conf, &sites);
}

static void presets_are_the_safe_ones(void **state)
{
    ssp_cleanup(tls_settings_wipe) struct tls_settings is = { 0 };

    (void)state;
    assert_int_equal(read_www("", &is), SSP_OK);
    assert_true(is.allow && is.tickets);
    assert_false(is.for_all);
    assert_int_equal(is.n_uids, 0);
    assert_int_equal(is.revocation, TLS_REVOCATION_KNOWN);
    assert_int_equal(is.client_certificates, TLS_ASKS_NOTHING);
    assert_int_equal(is.minimum, 0);
    assert_int_equal(is.cipher_bits, TLS_ALL_CIPHERS);
    assert_int_equal(is.ticket_lifetime, 7200);
    assert_int_equal(is.protocols.n, 0);
    assert_string_equal(is.client_domain, TLS_CLIENT_DOMAIN);
    const char *const empty[] = { is.certificate, is.key,  is.password_file, is.ca,
                                  is.crl,         is.ocsp, is.alpn,          is.users };
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
        assert_string_equal(empty[i], "");
}

static void every_key_is_read(void **state)
{
    ssp_cleanup(tls_settings_wipe) struct tls_settings is = { 0 };

    (void)state;
    assert_int_equal(read_www("allow = no\ncertificate = /c\nkey = /k\npassword_file = /p\n"
                              "ca = /a\ncrl = /r\nrevocation = required\nocsp = /o\n"
                              "client_certificates = requested\nclient_domain = HERE\n"
                              "alpn = h2\nminimum = 1.3\nciphers = aes128-gcm\ntickets = no\n"
                              "ticket_lifetime = 604800\nusers = *",
                              &is),
                     SSP_OK);
    assert_false(is.allow || is.tickets);
    assert_string_equal(is.certificate, "/c");
    assert_string_equal(is.key, "/k");
    assert_string_equal(is.password_file, "/p");
    assert_string_equal(is.ca, "/a");
    assert_string_equal(is.crl, "/r");
    assert_string_equal(is.ocsp, "/o");
    assert_string_equal(is.client_domain, "HERE");
    assert_int_equal(is.revocation, TLS_REVOCATION_REQUIRED);
    assert_int_equal(is.client_certificates, TLS_ASKS_REQUEST);
    assert_int_equal(is.minimum, 1);
    assert_int_equal(is.cipher_bits, 1 << TLS_AES_128_GCM);
    assert_int_equal(is.ticket_lifetime, 604800);
    assert_view_equal(secret_view(&is.protocols), hex("02 68 32"));
    assert_true(is.for_all);
}

static void lists_are_separated_by_commas_or_spaces(void **state)
{
    ssp_cleanup(tls_settings_wipe) struct tls_settings is = { 0 };

    (void)state;
    assert_int_equal(read_www("ciphers = ,chacha20-poly1305 aes256-gcm, \n"
                              "alpn = h2 ,http/1.1,,x\nusers = 7, root 4294967294",
                              &is),
                     SSP_OK);
    assert_int_equal(is.cipher_bits, 1 << TLS_CHACHA20_POLY1305 | 1 << TLS_AES_256_GCM);
    assert_view_equal(secret_view(&is.protocols), hex("02 68 32 08 68747470 2f312e31 01 78"));
    assert_int_equal(is.n_uids, 3);
    assert_int_equal(is.uids[0], 7);
    assert_int_equal(is.uids[1], 0);
    assert_int_equal(is.uids[2], 4294967294U);
}

static void what_does_not_hold_is_refused(void **state)
{
    static const char *const wrong[] = {
        "allow = maybe",
        "revocation = sometimes",
        "client_certificates = wanted",
        "minimum = 1.1",
        "minimum = 1.4",
        "tickets = 2",
        "ticket_lifetime = 0",
        "ticket_lifetime = 604801",
        "ticket_lifetime = a week",
        "ciphers = rc4",
        "ciphers = aes256-gcm, aes128",
        "ciphers = AES256-GCM",
        "key = /k",
        "client_certificates = requested",
        "client_certificates = required\ncertificate = /c",
        "users = 4294967295",
        "users = 99999999999999999999",
        "users = nobody-has-this-name",
        "users = -1",
        "users = **",
        "no_such_key = 1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct tls_settings is = { 0 };

        if (read_www(wrong[i], &is) != SSP_ERR_BAD_CONFIG)
            fail_msg("%s", wrong[i]);
        assert_null(is.certificate); /* nothing is written */
    }
}

/* "KEY = " and then so many times that word. */
static const char *repeated(const char *key, const char *word, size_t times)
{
    static char text[LINES_ROOM];
    size_t n = (size_t)snprintf(text, sizeof(text), "%s = ", key);

    for (size_t i = 0; i < times; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", word);
    assert_true(n < sizeof(text));
    return text;
}

static void lists_have_a_longest_length(void **state)
{
    static const struct {
        const char *key;
        const char *word;
        size_t most;
    } rows[] = {
        { "users", "1,", TLS_USERS_MAX },
        { "users", "9", 9 },
        { "alpn", "x,", 8 },
        { "alpn", "x", 31 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ssp_cleanup(tls_settings_wipe) struct tls_settings is = { 0 };

        assert_int_equal(read_www(repeated(rows[i].key, rows[i].word, rows[i].most), &is), SSP_OK);
        tls_settings_wipe(&is);
        assert_int_equal(read_www(repeated(rows[i].key, rows[i].word, rows[i].most + 1), &is),
                         SSP_ERR_BAD_CONFIG);
    }
    struct tls_settings is = { 0 };
    assert_int_equal(read_www(repeated("users", "x", TLS_NAME_MAX), &is), SSP_ERR_BAD_CONFIG);
}

static void what_is_somebodys_has_no_place_in_the_section_for_all(void **state)
{
    static const char *const wrong[] = {
        "[schannel]\ncertificate = /c\n",
        "[schannel]\nalpn = h2\n",
        "[schannel]\nusers = *\n",
        "[schannel]\nca = /a\nclient_certificates = requested\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(read_sites(wrong[i]), SSP_ERR_BAD_CONFIG);
    assert_int_equal(read_sites("[schannel]\nca = /a\ncrl = /c\nminimum = 1.3\n"), SSP_OK);
    assert_int_equal(read_sites(""), SSP_OK);
}

static void each_section_is_checked_whoever_it_is_for(void **state)
{
    (void)state;
    assert_int_equal(read_sites("[schannel \"a\"]\n[schannel \"b\"]\nminimum = 2\n"),
                     SSP_ERR_BAD_CONFIG);
    assert_int_equal(read_sites("[schannel a]\n"), SSP_ERR_BAD_CONFIG);
    assert_int_equal(read_sites("[schannel \"\"]\n"), SSP_ERR_BAD_CONFIG);
}

static void sections_are_limited_in_number(void **state)
{
    static char text[TEXT_ROOM];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < TLS_SITES_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "[schannel \"%d\"]\n", i);
    assert_int_equal(read_sites(text), SSP_OK);
    (void)snprintf(text + n, sizeof(text) - n, "[schannel \"more\"]\n");
    assert_int_equal(read_sites(text), SSP_ERR_BAD_CONFIG);
}

static void a_section_is_for_root_its_owner_and_those_it_names(void **state)
{
    struct tls_settings some = { .uids = { 61001, 61002 }, .n_uids = 2 };
    const struct tls_settings all = { .for_all = true };

    (void)state;
    assert_true(tls_settings_admit(&some, 0));
    assert_true(tls_settings_admit(&some, geteuid()));
    assert_true(tls_settings_admit(&some, 61001));
    assert_true(tls_settings_admit(&some, 61002));
    assert_false(tls_settings_admit(&some, 61003));
    some.n_uids = 1;
    assert_false(tls_settings_admit(&some, 61002));
    assert_true(tls_settings_admit(&all, 61003));
}

static void every_allocation_may_fail(void **state)
{
    ssp_cleanup(free_conf) struct conf *conf =
        load("[schannel]\nca = /a\n[schannel \"www\"]\ncertificate = /c\nalpn = h2, http/1.1\n"
             "users = root, 5\nciphers = aes256-gcm\n");
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY; nth++) {
        ssp_cleanup(tls_sites_done) struct tls_sites sites = { 0 };

        assert_true(nth < 200);
        fault_malloc_at(nth);
        e = tls_sites_read(conf, &sites);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(presets_are_the_safe_ones),
        TEST(every_key_is_read),
        TEST(lists_are_separated_by_commas_or_spaces),
        TEST(what_does_not_hold_is_refused),
        TEST(lists_have_a_longest_length),
        TEST(what_is_somebodys_has_no_place_in_the_section_for_all),
        TEST(each_section_is_checked_whoever_it_is_for),
        TEST(sections_are_limited_in_number),
        TEST(a_section_is_for_root_its_owner_and_those_it_names),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
