/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include "base/cleanup.h"
#include "base/der.h"

static struct rd reader(const char *text)
{
    return rd_of(hex(text));
}

/* ---- Reading ----------------------------------------------------------- */

static void takes_an_element_with_a_short_length(void **state)
{
    (void)state;
    struct rd in = reader("04 03 61 62 63 05 00");

    assert_view_equal(der_take(&in, DER_OCTET_STRING), view_text("abc"));
    assert_true(rd_ok(&in));
    assert_int_equal(in.left.n, 2);
}

static void takes_an_element_with_a_long_length(void **state)
{
    (void)state;
    uint8_t bytes[3 + 200] = { DER_OCTET_STRING, 0x81, 200 };
    struct rd in = rd_of(guarded(VIEW_OF(bytes)));

    assert_int_equal(der_take(&in, DER_OCTET_STRING).n, 200);
    assert_int_equal(rd_end(&in), SSP_OK);
}

static void refuses(const char *text)
{
    struct rd in = reader(text);

    assert_int_equal(der_take(&in, DER_OCTET_STRING).n, 0);
    assert_false(rd_ok(&in));
}

static void refuses_what_is_not_distinguished(void **state)
{
    (void)state;
    refuses("04 80 61 00 00");       /* indefinite */
    refuses("04 81 01 61");          /* one byte is enough */
    refuses("04 82 00 81");          /* a zero in front */
    refuses("04 85 00 00 00 00 01"); /* five bytes of length */
    refuses("04 ff 61");
    refuses("04 84 ff ff ff ff 61");
    refuses("04 02 61"); /* more than there is */
    refuses("04");
    refuses("05 01 61"); /* another tag */
    refuses("");
}

static void refuses_tags_of_several_bytes(void **state)
{
    (void)state;
    struct rd in = reader("1f 22 00");
    uint8_t tag = 1;

    assert_int_equal(der_any(&in, &tag).n, 0);
    assert_false(rd_ok(&in));
    assert_int_equal(tag, 0);
}

static void gives_the_whole_element(void **state)
{
    (void)state;
    struct rd in = reader("30 03 02 01 05 00");

    assert_view_equal(der_whole(&in, DER_SEQUENCE), hex("30 03 02 01 05"));
    assert_int_equal(in.left.n, 1);
}

static const struct {
    const char *bytes;
    uint64_t value;
} numbers[] = {
    { "02 01 00", 0 },
    { "02 01 7f", 127 },
    { "02 02 00 80", 128 },
    { "02 04 7f ff ff ff", INT32_MAX },
    { "02 09 00 ff ff ff ff ff ff ff ff", UINT64_MAX },
};

static void reads_and_writes_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(32);
        struct rd in = reader(numbers[i].bytes);

        assert_true(der_uint(&in) == numbers[i].value);
        assert_int_equal(rd_end(&in), SSP_OK);
        der_put_uint(&out, numbers[i].value);
        assert_view_equal((struct view){ out.p, out.n }, hex(numbers[i].bytes));
    }
}

static void refuses_numbers_that_are_negative_long_or_too_large(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "02 00",       "02 01 80", "02 02 00 7f",
        "02 02 ff 80", "0a 01 00", "02 09 01 00 00 00 00 00 00 00 00"
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct rd in = reader(bad[i]);

        assert_true(der_uint(&in) == 0);
        assert_false(rd_ok(&in));
    }
}

static const struct {
    const char *bytes;
    int32_t value;
} signed_numbers[] = {
    { "02 01 00", 0 },
    { "02 01 ff", -1 },
    { "02 02 00 80", 128 },
    { "02 02 ff 7f", -129 },
    { "02 04 80 00 00 00", INT32_MIN },
};

static void reads_and_writes_numbers_with_a_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(signed_numbers) / sizeof(signed_numbers[0]); i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(32);
        struct rd in = reader(signed_numbers[i].bytes);

        assert_int_equal(der_int(&in), signed_numbers[i].value);
        assert_int_equal(rd_end(&in), SSP_OK);
        der_put_int(&out, signed_numbers[i].value);
        assert_view_equal((struct view){ out.p, out.n }, hex(signed_numbers[i].bytes));
    }
    struct rd in = reader("02 05 00 80 00 00 00");
    assert_int_equal(der_int(&in), 0);
    assert_false(rd_ok(&in));
}

/* ---- Writing ----------------------------------------------------------- */

/* What holds n bytes, in something that holds it: both lengths come out right. */
static void nests(size_t n)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    size_t outer = der_begin(&out, DER_SEQUENCE);
    size_t inner = der_begin(&out, der_field(1));

    wr_zero(&out, n);
    der_end(&out, inner);
    der_put_enum(&out, 2);
    der_end(&out, outer);
    assert_int_equal(out.err, SSP_OK);

    struct rd in = rd_of(guarded((struct view){ out.p, out.n }));
    struct rd in_sequence = rd_of(der_take(&in, DER_SEQUENCE));
    assert_int_equal(rd_end(&in), SSP_OK);
    assert_int_equal(der_take(&in_sequence, der_field(1)).n, n);
    assert_true(der_enum(&in_sequence) == 2);
    assert_int_equal(rd_end(&in_sequence), SSP_OK);
}

static void nests_contents_of_any_size(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 120, 127, 128, 255, 256, 65535, 65536, 70000 };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        nests(sizes[i]);
}

static void fails_where_there_is_no_room_for_the_length(void **state)
{
    (void)state;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 + 128);
    size_t at = der_begin(&out, DER_OCTET_STRING);

    wr_zero(&out, 128);
    assert_int_equal(out.err, SSP_OK);
    der_end(&out, at);
    assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
}

static bool is_oid(const char *text)
{
    struct rd in = rd_of(hex(text));

    (void)der_oid(&in);
    return rd_end(&in) == SSP_OK;
}

static void takes_identifiers_that_are_whole(void **state)
{
    (void)state;
    assert_true(is_oid("06092a864886f712010202"));
    assert_false(is_oid("0600"));
    assert_false(is_oid("06022a86"));   /* the last number goes on */
    assert_false(is_oid("06032a8001")); /* begins with seven zero bits */
    assert_false(is_oid("06028001"));
    assert_false(is_oid("04032a0304"));
}

static void tells_the_length_of_what_has_not_all_come_yet(void **state)
{
    const struct view start = hex("60 83 01 02 03 aa");
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(der_total(guarded((struct view){ start.p, i }), &n), SSP_ERR_INCOMPLETE);
    assert_int_equal(der_total(start, &n), SSP_OK);
    assert_int_equal(n, 5 + 0x010203);
    assert_int_equal(der_total(hex("a105"), &n), SSP_OK);
    assert_int_equal(n, 7);
    assert_int_equal(der_total(hex("a180"), &n), SSP_ERR_BAD_TOKEN);
    assert_int_equal(der_total(hex("a185"), &n), SSP_ERR_BAD_TOKEN);
    assert_int_equal(der_total(hex("a1817f"), &n), SSP_ERR_BAD_TOKEN);
    assert_int_equal(der_total(hex("bf00"), &n), SSP_ERR_BAD_TOKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_an_element_with_a_short_length),
        TEST(takes_an_element_with_a_long_length),
        TEST(refuses_what_is_not_distinguished),
        TEST(refuses_tags_of_several_bytes),
        TEST(gives_the_whole_element),
        TEST(reads_and_writes_numbers),
        TEST(refuses_numbers_that_are_negative_long_or_too_large),
        TEST(reads_and_writes_numbers_with_a_sign),
        TEST(nests_contents_of_any_size),
        TEST(fails_where_there_is_no_room_for_the_length),
        TEST(takes_identifiers_that_are_whole),
        TEST(tells_the_length_of_what_has_not_all_come_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
