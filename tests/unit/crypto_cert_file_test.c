/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "crypto/cert_file.h"
#include "harness/harness.h"
#include "harness/tls_stage.h"

static enum ssp_err try_read(const char *certificate, const char *key, const char *password,
                             struct cert **ret)
{
    const struct cert_file file = {
        .certificate = certificate, .key = key, .password = password, .needs_key = true
    };

    return cert_file_read(&file, ret);
}

static void assert_pair(const char *certificate, const char *key, const char *password)
{
    struct cert *cert = NULL;

    assert_int_equal(try_read(certificate, key, password, &cert), SSP_OK);
    assert_int_not_equal(cert->key.n, 0);
    assert_int_not_equal(cert->chain.n, 0);
    cert_unref(cert);
}

static void assert_refused(const char *certificate, const char *key, const char *password,
                           enum ssp_err e)
{
    struct cert *cert = NULL;

    assert_int_equal(try_read(certificate, key, password, &cert), e);
}

static void test_certificate_and_key_come_in_one_file_or_in_two(void **state)
{
    struct ca_pair pair = ca_issue(&ca, &(struct ca_wish){ 0 });

    (void)state;
    ca_write_both(&pair, path("both"));
    ca_write_cert(&pair, path("cert"));
    ca_write_key(&pair, path("key"));
    ca_pair_done(&pair);
    assert_pair(path("both"), NULL, NULL);
    assert_pair(path("cert"), path("key"), NULL);
    assert_refused(path("cert"), NULL, NULL, SSP_ERR_UNKNOWN_CREDS);
}

static void test_pkcs12_is_opened_by_its_password(void **state)
{
    struct ca_pair pair = ca_issue(&ca, &(struct ca_wish){ 0 });

    (void)state;
    ca_write_pkcs12(&pair, "sesame", path("p12"));
    ca_pair_done(&pair);
    assert_pair(path("p12"), NULL, "sesame");
    assert_refused(path("p12"), NULL, "Sesame", SSP_ERR_UNKNOWN_CREDS);
    assert_refused(path("p12"), NULL, NULL, SSP_ERR_UNKNOWN_CREDS);
}

static void test_a_key_of_another_certificate_is_refused(void **state)
{
    struct ca_pair one = ca_issue(&ca, &(struct ca_wish){ 0 });
    struct ca_pair two = ca_issue(&ca, &(struct ca_wish){ 0 });

    (void)state;
    ca_write_cert(&one, path("cert"));
    ca_write_key(&two, path("key"));
    ca_pair_done(&one);
    ca_pair_done(&two);
    assert_refused(path("cert"), path("key"), NULL, SSP_ERR_UNKNOWN_CREDS);
}

static void test_a_file_may_be_a_link_and_has_to_be_safe(void **state)
{
    (void)state;
    issue("both", &(struct ca_wish){ 0 });
    assert_int_equal(symlink(path("both"), path("link")), 0);
    assert_pair(path("link"), NULL, NULL);
    assert_int_equal(chmod(path("both"), 0644), 0);
    assert_refused(path("link"), NULL, NULL, SSP_ERR_UNSAFE_FILE);
    assert_int_equal(chmod(path("ca.pem"), 0666), 0);
    assert_refused(path("ca.pem"), path("both"), NULL, SSP_ERR_UNSAFE_FILE);
    assert_refused(path("nothing"), NULL, NULL, SSP_ERR_IO);
    assert_refused(path(""), NULL, NULL, SSP_ERR_UNSAFE_FILE);
}

static void test_what_is_no_certificate_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < 400; n += 7) {
        issue("both", &(struct ca_wish){ 0 });
        assert_int_equal(truncate(path("both"), (off_t)n), 0);
        assert_refused(path("both"), NULL, NULL, SSP_ERR_UNKNOWN_CREDS);
    }
}

static void test_a_file_of_roots_holds_several(void **state)
{
    const struct cert_file file = { .certificate = path("ca.pem") };
    struct cert *cert = NULL;

    (void)state;
    assert_int_equal(cert_file_read(&file, &cert), SSP_OK);
    assert_int_equal(cert->key.n, 0);
    assert_ptr_equal(cert_of_context(&cert->context), cert);
    assert_ptr_equal(cert_of_store(cert->context.hCertStore), cert);
    cert_unref(cert);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_certificate_and_key_come_in_one_file_or_in_two),
        CASE(test_pkcs12_is_opened_by_its_password),
        CASE(test_a_key_of_another_certificate_is_refused),
        CASE(test_a_file_may_be_a_link_and_has_to_be_safe),
        CASE(test_what_is_no_certificate_is_refused),
        CASE(test_a_file_of_roots_holds_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
