/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tls_kdf.h"

#include "harness/harness.h"

static struct view expanded(struct view secret, const char *label, uint8_t *ret, size_t n)
{
    const struct tls_label what = { view_text(label), { 0 } };

    assert_int_equal(tls_expand_label(TLS_SHA256, secret, &what, ret, n), SSP_OK);
    return (struct view){ ret, n };
}

static void expands_keys_as_rfc_8448_does(void **state)
{
    struct view secret = vector("rfc8448.txt", "client.secret");
    uint8_t got[16];

    (void)state;
    assert_view_equal(expanded(secret, "key", got, 16), vector("rfc8448.txt", "client.key"));
    assert_view_equal(expanded(secret, "iv", got, 12), vector("rfc8448.txt", "client.iv"));
    secret = vector("rfc8448.txt", "server.secret");
    assert_view_equal(expanded(secret, "key", got, 16), vector("rfc8448.txt", "server.key"));
    assert_view_equal(expanded(secret, "iv", got, 12), vector("rfc8448.txt", "server.iv"));
}

static void shorter_keys_differ_from_longer_ones(void **state)
{
    struct view secret = vector("rfc8448.txt", "client.secret");
    uint8_t a[100];
    uint8_t b[100];

    (void)state; /* HkdfLabel holds the length */
    (void)expanded(secret, "key", a, 99);
    (void)expanded(secret, "key", b, 100);
    assert_memory_not_equal(a, b, 32);
}

static void what_hkdf_label_cannot_say_is_refused(void **state)
{
    static const uint8_t bytes[300];
    static uint8_t out[256 * TLS_HASH_MAX];
    struct view secret = { bytes, 48 };
    struct tls_label what = { { bytes, TLS_LABEL_MAX }, { bytes, TLS_HASH_MAX } };

    (void)state;
    assert_int_equal(tls_expand_label(TLS_SHA384, secret, &what, out, 255 * 48), SSP_OK);
    assert_int_equal(tls_expand_label(TLS_SHA384, secret, &what, out, 255 * 48 + 1),
                     SSP_ERR_BAD_ARGUMENT);
    what.label.n++;
    assert_int_equal(tls_expand_label(TLS_SHA384, secret, &what, out, 1), SSP_ERR_BAD_ARGUMENT);
    what.label.n--;
    what.context.n++;
    assert_int_equal(tls_expand_label(TLS_SHA384, secret, &what, out, 1), SSP_ERR_BAD_ARGUMENT);
}

/* The answers that were agreed on when TLS 1.2 was made, for each of its two hashes. */
static void makes_the_prf_of_tls_1_2(void **state)
{
    const struct view seed256[] = { view_text("test label"),
                                    hex("a0ba9f936cda311827a6f796ffd5198c") };
    const struct view seed384[] = { view_text("test label"),
                                    hex("cd665cf6a8447dd6ff8b27555edb7465") };
    uint8_t got[148];

    (void)state;
    tls_prf(TLS_SHA256, hex("9bbe436ba940f017b17652849a71db35"), seed256, 2, got, 100);
    assert_view_equal((struct view){ got, 100 },
                      hex("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b3017"
                          "91e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9d"
                          "ef9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"));
    tls_prf(TLS_SHA384, hex("b80b733d6ceefcdc71566ea48e5567df"), seed384, 2, got, 148);
    assert_view_equal((struct view){ got, 148 },
                      hex("7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0f"
                          "aa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9"
                          "e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31"
                          "e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be8"
                          "5e0990703d73e56f"));
}

static void digests_nothing_and_something(void **state)
{
    uint8_t got[TLS_HASH_MAX];

    (void)state;
    tls_digest(TLS_SHA256, (struct view){ 0 }, got);
    assert_view_equal((struct view){ got, 32 },
                      hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    tls_digest(TLS_SHA384, view_text("abc"), got);
    assert_view_equal((struct view){ got, 48 },
                      hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                          "8086072ba1e7cc2358baeca134c825a7"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(expands_keys_as_rfc_8448_does),         TEST(shorter_keys_differ_from_longer_ones),
        TEST(what_hkdf_label_cannot_say_is_refused), TEST(makes_the_prf_of_tls_1_2),
        TEST(digests_nothing_and_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
