/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"
#include "packages/kerberos/header.h"

static const char mic[] = "040405ffffffffff0102030405060708";
static const char wrap[] = "050406ff000c001c0102030405060708";
static const uint64_t seq = UINT64_C(0x0102030405060708);

typedef enum ssp_err decode_fn(struct view token, struct krb_header *ret);

static void encodes_as_rfc_4121_lays_them_out(void **state)
{
    const struct krb_header m = { .flags = 5, .seq = seq };
    const struct krb_header w = { 6, 12, 28, seq };
    uint8_t got[KRB_HEADER_SIZE];

    (void)state;
    krb_mic_encode(&m, got);
    assert_view_equal(VIEW_OF(got), hex(mic));
    krb_wrap_encode(&w, got);
    assert_view_equal(VIEW_OF(got), hex(wrap));
}

static void decodes_what_it_encodes(void **state)
{
    struct krb_header got = { 0 };

    (void)state;
    assert_int_equal(krb_mic_decode_prefix(hex(mic), &got), SSP_OK);
    assert_true(got.flags == 5 && got.seq == seq && got.ec == 0 && got.rrc == 0);
    assert_int_equal(krb_wrap_decode_prefix(hex(wrap), &got), SSP_OK);
    assert_true(got.flags == 6 && got.seq == seq && got.ec == 12 && got.rrc == 28);
}

static void refuse_short(decode_fn *decode, const char *text)
{
    struct view whole = hex(text);
    struct krb_header got = { .ec = 42 };

    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(decode(guarded((struct view){ whole.p, n }), &got), SSP_ERR_BAD_TOKEN);
    assert_int_equal(got.ec, 42);
}

static void refuses_every_truncation(void **state)
{
    (void)state;
    refuse_short(krb_mic_decode_prefix, mic);
    refuse_short(krb_wrap_decode_prefix, wrap);
}

static void refuses_other_kinds_and_other_fillers(void **state)
{
    static const char *const no_mics[] = {
        "050405ffffffffff0102030405060708", "040505ffffffffff0102030405060708",
        "04040500ffffffff0102030405060708", "040405fffffffffe0102030405060708",
        "600005ffffffffff0102030405060708",
    };
    static const char *const no_wraps[] = {
        "040406ff000c001c0102030405060708",
        "050506ff000c001c0102030405060708",
        "050406fe000c001c0102030405060708",
        "020106ff000c001c0102030405060708",
    };
    struct krb_header got;

    (void)state;
    for (size_t i = 0; i < sizeof(no_mics) / sizeof(no_mics[0]); i++)
        assert_int_equal(krb_mic_decode_prefix(hex(no_mics[i]), &got), SSP_ERR_BAD_TOKEN);
    for (size_t i = 0; i < sizeof(no_wraps) / sizeof(no_wraps[0]); i++)
        assert_int_equal(krb_wrap_decode_prefix(hex(no_wraps[i]), &got), SSP_ERR_BAD_TOKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encodes_as_rfc_4121_lays_them_out),
        TEST(decodes_what_it_encodes),
        TEST(refuses_every_truncation),
        TEST(refuses_other_kinds_and_other_fillers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
