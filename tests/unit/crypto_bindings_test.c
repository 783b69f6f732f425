/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include "crypto/bindings.h"
#include "crypto/digest.h"

/* SEC_CHANNEL_BINDINGS: no addresses, "tls-unique:0123" at offset 32 */
static const char bindings[] = "00000000 00000000 00000000 00000000 00000000 00000000"
                               "0f000000 20000000 746c732d756e697175653a30313233";

static void hashes_channel_bindings_as_rfc_4121_says(void **state)
{
    struct view hashed = hex("00000000 00000000 00000000 00000000 0f000000"
                             "746c732d756e697175653a30313233");
    uint8_t expected[MD5_SIZE];
    uint8_t got[BINDINGS_SIZE];

    (void)state;
    assert_int_equal(bindings_hash(hex(bindings), got), SSP_OK);
    md5(&hashed, 1, expected);
    assert_view_equal(VIEW_OF(got), VIEW_OF(expected));
}

static void hashes_addresses_with_their_types(void **state)
{
    struct view block = hex("02000000 04000000 20000000 02000000 03000000 24000000"
                            "00000000 00000000 7f000001 c0a801");
    struct view hashed = hex("02000000 04000000 7f000001 02000000 03000000 c0a801 00000000");
    uint8_t expected[MD5_SIZE];
    uint8_t got[BINDINGS_SIZE];

    (void)state;
    assert_int_equal(bindings_hash(block, got), SSP_OK);
    md5(&hashed, 1, expected);
    assert_view_equal(VIEW_OF(got), VIEW_OF(expected));
}

static void says_zeroes_where_there_are_no_bindings(void **state)
{
    static const uint8_t zero[BINDINGS_SIZE];
    uint8_t got[BINDINGS_SIZE] = { 42 };

    (void)state;
    assert_int_equal(bindings_hash((struct view){ 0 }, got), SSP_OK);
    assert_view_equal(VIEW_OF(got), VIEW_OF(zero));
}

static void refuses_bindings_that_point_outside(void **state)
{
    struct view whole = hex(bindings);
    uint8_t got[BINDINGS_SIZE] = { 42 };

    (void)state;
    for (size_t n = 1; n < whole.n; n++)
        assert_int_equal(bindings_hash(guarded((struct view){ whole.p, n }), got),
                         SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(bindings_hash(hex("00000000 04000000 ffffffff 00000000 00000000 00000000"
                                       "00000000 00000000"),
                                   got),
                     SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(got[0], 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hashes_channel_bindings_as_rfc_4121_says),
        TEST(hashes_addresses_with_their_types),
        TEST(says_zeroes_where_there_are_no_bindings),
        TEST(refuses_bindings_that_point_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
