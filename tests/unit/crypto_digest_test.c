/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"
#include "harness/harness.h"

#include <string.h>

static struct view text(const char *s)
{
    return (struct view){ (const uint8_t *)s, strlen(s) };
}

static void digests_as_the_rfcs_say(void **state)
{
    struct view abc[] = { text("a"), text(""), text("bc") };
    uint8_t got[SHA256_SIZE];

    (void)state;
    md4(text("abc"), got); /* RFC 1320 A.5 */
    assert_view_equal((struct view){ got, MD4_SIZE }, hex("a448017aaf21d8525fc10ae87aa6729d"));
    md5(abc, 3, got); /* RFC 1321 A.5 */
    assert_view_equal((struct view){ got, MD5_SIZE }, hex("900150983cd24fb0d6963f7d28e17f72"));
    sha256(abc, 3, got); /* FIPS 180-4 */
    assert_view_equal(VIEW_OF(got), hex("ba7816bf8f01cfea414140de5dae2223"
                                        "b00361a396177a9cb410ff61f20015ad"));
    sha256(NULL, 0, got);
    assert_view_equal(VIEW_OF(got), hex("e3b0c44298fc1c149afbf4c8996fb924"
                                        "27ae41e4649b934ca495991b7852b855"));
}

static void checks_cyclic_redundancy_over_pieces(void **state)
{
    struct view pieces[] = { text("1234"), { 0 }, text("56789") };

    (void)state;
    assert_int_equal(crc32_ieee(pieces, 3), 0xcbf43926); /* the check value of CRC-32 */
    assert_int_equal(crc32_ieee(NULL, 0), 0);
}

struct hmac_case {
    const char *key;
    const char *message;
    const char *mac;
};

/* RFC 2202 2, cases 1 to 3, 5 and 6: short, block-sized and over-long keys */
static const struct hmac_case rfc2202[] = {
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "9294727a3638bb1c13f48ef8158bfc9d" },
    { "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "750c783e6ab0b503eaa86e310a5db738" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddddddddddddddddddddddddddddddddd",
      "56be34521d144c88dbb8c733f0e8b3f6" },
    { "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e",
      "56461ef2342edc00f9bab995690efd4c" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b"
      "6579204669727374",
      "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
};

static void makes_hmac_md5_as_rfc_2202_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rfc2202) / sizeof(rfc2202[0]); i++) {
        struct view key = hex(rfc2202[i].key);
        struct view message = hex(rfc2202[i].message);
        uint8_t got[MD5_SIZE];

        hmac_md5(key, &message, 1, got);
        assert_view_equal(VIEW_OF(got), hex(rfc2202[i].mac));
    }
}

static void makes_the_same_mac_from_a_prepared_key_again_and_again(void **state)
{
    struct hmac_md5_key key;
    uint8_t got[MD5_SIZE];

    (void)state;
    hmac_md5_key_init(&key, text("Jefe"));
    for (int turn = 0; turn < 3; turn++) {
        struct view pieces[] = { text("what do ya "), text("want for nothing?") };

        hmac_md5_keyed(&key, pieces, 2, got);
        assert_view_equal(VIEW_OF(got), hex("750c783e6ab0b503eaa86e310a5db738"));
    }
}

static void makes_hmac_sha256_as_rfc_4231_says(void **state)
{
    struct view pieces[] = { text("Hi "), text("There") };
    uint8_t got[SHA256_SIZE];

    (void)state;
    hmac_sha256(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), pieces, 2, got);
    assert_view_equal(VIEW_OF(got), hex("b0344c61d8db38535ca8afceaf0bf12b"
                                        "881dc200c9833da726e9376c2e32cff7"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digests_as_the_rfcs_say),
        TEST(checks_cyclic_redundancy_over_pieces),
        TEST(makes_hmac_md5_as_rfc_2202_says),
        TEST(makes_the_same_mac_from_a_prepared_key_again_and_again),
        TEST(makes_hmac_sha256_as_rfc_4231_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
