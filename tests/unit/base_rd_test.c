/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

static void reads_numbers_in_both_orders(void **state)
{
    struct rd in = rd_of(hex("01 0302 07060504 0f0e0d0c0b0a0908 0102 01020304 0102030405"));

    (void)state;
    assert_int_equal(rd_u8(&in), 0x01);
    assert_int_equal(rd_le16(&in), 0x0203);
    assert_int_equal(rd_le32(&in), 0x04050607);
    assert_true(rd_le64(&in) == UINT64_C(0x08090a0b0c0d0e0f));
    assert_int_equal(rd_be16(&in), 0x0102);
    assert_int_equal(rd_be32(&in), 0x01020304);
    assert_true(rd_be(&in, 5) == UINT64_C(0x0102030405));
    assert_int_equal(rd_end(&in), SSP_OK);
}

static void a_short_read_is_zero_and_stays_bad(void **state)
{
    struct rd in = rd_of(hex("ffffff"));

    (void)state;
    assert_int_equal(rd_le32(&in), 0);
    assert_false(rd_ok(&in));
    assert_int_equal(rd_u8(&in), 0); /* though a byte is there */
    assert_int_equal(rd_view(&in, 0).n, 0);
    assert_int_equal(rd_end(&in), SSP_ERR_BAD_TOKEN);
}

static void refuses_what_is_left_over(void **state)
{
    struct rd in = rd_of(hex("0102"));

    (void)state;
    assert_int_equal(rd_u8(&in), 1);
    assert_true(rd_ok(&in));
    assert_int_equal(rd_end(&in), SSP_ERR_BAD_TOKEN);
}

static void slices_stay_inside_the_whole(void **state)
{
    struct view whole = hex("00010203");
    struct rd in = rd_of(whole);

    (void)state;
    assert_view_equal(rd_slice(&in, whole, 1, 3), hex("010203"));
    assert_int_equal(rd_slice(&in, whole, 4, 0).n, 0);
    assert_true(rd_ok(&in));
    assert_int_equal(rd_slice(&in, whole, 1, 4).n, 0);
    assert_false(rd_ok(&in));
}

static void a_slice_whose_end_wraps_is_refused(void **state)
{
    struct view whole = hex("00010203");
    struct rd in = rd_of(whole);

    (void)state;
    assert_int_equal(rd_slice(&in, whole, 2, SIZE_MAX).n, 0);
    assert_false(rd_ok(&in));
    in = rd_of(whole);
    assert_int_equal(rd_slice(&in, whole, SIZE_MAX, 2).n, 0);
    assert_false(rd_ok(&in));
}

static void fills_a_fixed_field_or_zeroes_it(void **state)
{
    struct rd in = rd_of(hex("010203"));
    uint8_t field[2] = { 9, 9 };

    (void)state;
    rd_copy(&in, field, 2);
    assert_view_equal(VIEW_OF(field), hex("0102"));
    rd_copy(&in, field, 2);
    assert_view_equal(VIEW_OF(field), hex("0000"));
    assert_false(rd_ok(&in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_numbers_in_both_orders),       TEST(a_short_read_is_zero_and_stays_bad),
        TEST(refuses_what_is_left_over),          TEST(slices_stay_inside_the_whole),
        TEST(a_slice_whose_end_wraps_is_refused), TEST(fills_a_fixed_field_or_zeroes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
