/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hkdf.h"
#include "harness/harness.h"

static const char ikm[] = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

static void derives_as_rfc_5869_case_1_says(void **state)
{
    struct key got =
        hkdf_sha256(hex(ikm), hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42);

    (void)state;
    assert_view_equal((struct view){ got.b, got.n },
                      hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c"
                          "5db02d56ecc4c5bf34007208d5b887185865"));
}

static void derives_without_salt_and_info_as_case_3_says(void **state)
{
    struct key got = hkdf_sha256(hex(ikm), (struct view){ 0 }, (struct view){ 0 }, 42);

    (void)state;
    assert_view_equal((struct view){ got.b, got.n },
                      hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879e"
                          "c3454e5f3c738d2d9d201395faa4b61a96c8"));
}

static void shorter_keys_are_the_beginning_of_longer_ones(void **state)
{
    struct key longest = hkdf_sha256(hex(ikm), (struct view){ 0 }, hex("01"), KEY_MAX);

    (void)state;
    for (size_t n = 0; n < KEY_MAX; n++) {
        struct key got = hkdf_sha256(hex(ikm), (struct view){ 0 }, hex("01"), n);

        assert_view_equal((struct view){ got.b, got.n }, (struct view){ longest.b, n });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(derives_as_rfc_5869_case_1_says),
        TEST(derives_without_salt_and_info_as_case_3_says),
        TEST(shorter_keys_are_the_beginning_of_longer_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
