/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/des.h"
#include "harness/harness.h"

static void encrypts_the_lm_constant_under_a_password(void **state)
{
    uint8_t got[8];

    (void)state;
    des_encrypt7((const uint8_t *)"PASSWOR", (const uint8_t *)"KGS!@#$%", got);
    assert_view_equal(VIEW_OF(got), hex("e52cac67419a9a22")); /* [MS-NLMP] 4.2.2.1.1 */
    des_encrypt7((const uint8_t *)"D\0\0\0\0\0\0", (const uint8_t *)"KGS!@#$%", got);
    assert_view_equal(VIEW_OF(got), hex("4a3b108f3fa6cb6d"));
}

static void encrypts_under_a_weak_key_too(void **state)
{
    static const uint8_t zero[8];
    uint8_t got[8];

    (void)state;
    des_encrypt7(zero, zero, got); /* key 01…01 with parity, the first weak key of FIPS 74 */
    assert_view_equal(VIEW_OF(got), hex("8ca64de9c1b123a7"));
}

static void makes_24_bytes_from_a_16_byte_key(void **state)
{
    uint8_t got[24];

    (void)state; /* [MS-NLMP] 4.2.2.2.1 */
    desl(hex("a4f49c406510bdcab6824ee7c30fd852").p, hex("0123456789abcdef").p, got);
    assert_view_equal(VIEW_OF(got), hex("67c43011f30298a2ad35ece64f16331c44bdbed927841f94"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encrypts_the_lm_constant_under_a_password),
        TEST(encrypts_under_a_weak_key_too),
        TEST(makes_24_bytes_from_a_16_byte_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
