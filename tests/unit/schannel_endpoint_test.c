/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/endpoint.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <time.h>

#include "harness/harness.h"

enum { DAY = 24 * 3600 };

static void ok(int result)
{
    if (result < 0)
        fail_msg("%s", gnutls_strerror(result));
}

/* Signed by itself, so that its key says what it is signed by. */
static struct view certificate(gnutls_pk_algorithm_t kind, unsigned bits,
                               gnutls_digest_algorithm_t hash, unsigned flags)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t cert = NULL;
    gnutls_datum_t der = { 0 };

    ok(gnutls_x509_privkey_init(&key));
    ok(gnutls_x509_privkey_generate(key, kind, bits, 0));
    ok(gnutls_x509_crt_init(&cert));
    ok(gnutls_x509_crt_set_version(cert, 3));
    ok(gnutls_x509_crt_set_key(cert, key));
    ok(gnutls_x509_crt_set_serial(cert, "\1", 1));
    ok(gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, "x", 1));
    ok(gnutls_x509_crt_set_activation_time(cert, time(NULL)));
    ok(gnutls_x509_crt_set_expiration_time(cert, time(NULL) + DAY));
    ok(gnutls_x509_crt_sign2(cert, cert, key, hash, flags));
    ok(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der));
    struct view copy = guarded((struct view){ der.data, der.size });
    gnutls_free(der.data);
    gnutls_x509_crt_deinit(cert);
    gnutls_x509_privkey_deinit(key);
    return copy;
}

static const struct row {
    gnutls_pk_algorithm_t kind;
    unsigned bits;
    gnutls_digest_algorithm_t of_signature;
    unsigned flags;
    gnutls_digest_algorithm_t of_binding; /* unknown: there is none */
} rows[] = {
    { GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA256, 0, GNUTLS_DIG_SHA256 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA384, 0, GNUTLS_DIG_SHA384 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA512, 0, GNUTLS_DIG_SHA512 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA1, 0, GNUTLS_DIG_SHA256 },
    { GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA384, GNUTLS_PRIVKEY_SIGN_FLAG_RSA_PSS, GNUTLS_DIG_SHA384 },
    { GNUTLS_PK_RSA_PSS, 2048, GNUTLS_DIG_SHA256, 0, GNUTLS_DIG_SHA256 },
    { GNUTLS_PK_ECDSA, 256, GNUTLS_DIG_SHA256, 0, GNUTLS_DIG_SHA256 },
    { GNUTLS_PK_ECDSA, 384, GNUTLS_DIG_SHA384, 0, GNUTLS_DIG_SHA384 },
    { GNUTLS_PK_ECDSA, 521, GNUTLS_DIG_SHA512, 0, GNUTLS_DIG_SHA512 },
    { GNUTLS_PK_ECDSA, 256, GNUTLS_DIG_SHA1, 0, GNUTLS_DIG_SHA256 },
};

static void it_is_the_certificates_hash_by_that_of_its_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct view der = certificate(row->kind, row->bits, row->of_signature, row->flags);
        uint8_t want[TLS_ENDPOINT_MAX] = { 0 };
        uint8_t got[TLS_ENDPOINT_MAX] = { 0 };

        ok(gnutls_hash_fast(row->of_binding, der.p, der.n, want));
        assert_int_equal(tls_endpoint_of(der, got), gnutls_hash_get_len(row->of_binding));
        assert_memory_equal(got, want, sizeof(want));
    }
}

static void what_is_cut_has_none(void **state)
{
    struct view der = certificate(GNUTLS_PK_ECDSA, 256, GNUTLS_DIG_SHA256, 0);
    uint8_t got[TLS_ENDPOINT_MAX];

    (void)state;
    for (size_t n = 0; n < der.n; n++)
        assert_int_equal(tls_endpoint_of(guarded((struct view){ der.p, n }), got), 0);
    assert_int_equal(tls_endpoint_of(der, got), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_the_certificates_hash_by_that_of_its_signature),
        TEST(what_is_cut_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
