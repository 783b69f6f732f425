/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "lsa/inner.h"

static const uint8_t known[] = {
    1,    0,    3,    0,                            /* version, both flags */
    0x78, 0x56, 0x34, 0x12, 0xef, 0xcd, 0xab, 0x09, /* LUID */
    0,    1,    2,    3,    4,    5,    6,    7,    /* expiry */
    'p',  'k',                                      /* packed */
};

static struct inner sample(void)
{
    return (struct inner){
        .has_logon = true,
        .accept = true,
        .logon = { 0x12345678, 0x09abcdef },
        .context_expiry = 0x0706050403020100,
        .packed = { known + INNER_SIZE, 2 },
    };
}

static void writes_the_documented_layout(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(100);
    struct inner inner = sample();

    (void)state;
    inner_encode(&inner, &out);
    assert_view_equal((struct view){ out.p, out.n }, VIEW_OF(known));
}

static void reads_the_documented_layout(void **state)
{
    struct inner inner = { 0 };

    (void)state;
    assert_int_equal(inner_decode(guarded(VIEW_OF(known)), &inner), SSP_OK);
    assert_true(inner.has_logon);
    assert_true(inner.accept);
    assert_int_equal(inner.logon.LowPart, 0x12345678);
    assert_int_equal(inner.logon.HighPart, 0x09abcdef);
    assert_int_equal(inner.context_expiry, 0x0706050403020100);
    assert_view_equal(inner.packed, (struct view){ (const uint8_t *)"pk", 2 });
}

static void refuses_what_is_shorter_than_the_header(void **state)
{
    struct inner inner = { 0 };

    (void)state;
    for (size_t n = 0; n < INNER_SIZE; n++)
        assert_int_equal(inner_decode(guarded((struct view){ known, n }), &inner),
                         SSP_ERR_BAD_ENVELOPE);
    assert_int_equal(inner_decode(guarded((struct view){ known, INNER_SIZE }), &inner), SSP_OK);
    assert_int_equal(inner.packed.n, 0);
}

static void breaks_one_rule(size_t at, uint8_t value)
{
    uint8_t bytes[sizeof(known)];
    struct inner inner = { .context_expiry = 77 };

    memcpy(bytes, known, sizeof(bytes));
    bytes[at] = value;
    assert_int_equal(inner_decode(guarded(VIEW_OF(bytes)), &inner), SSP_ERR_BAD_ENVELOPE);
    assert_int_equal(inner.context_expiry, 77);
}

static void refuses_another_version_and_unknown_flags(void **state)
{
    (void)state;
    breaks_one_rule(0, 0);
    breaks_one_rule(0, 2);
    breaks_one_rule(1, 1);
    breaks_one_rule(2, 4 | 3);
    breaks_one_rule(3, 1);
}

static void refuses_a_logon_without_its_flag(void **state)
{
    (void)state;
    breaks_one_rule(2, 2);
}

static void every_failing_allocation_is_reported(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t n = 0; e != SSP_OK; n++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(100);
        struct inner inner = sample();

        fault_malloc_at(n);
        inner_encode(&inner, &out);
        e = out.err;
        fault_malloc_at(SIZE_MAX);
        assert_true(e == SSP_OK || e == SSP_ERR_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_the_documented_layout),
        TEST(reads_the_documented_layout),
        TEST(refuses_what_is_shorter_than_the_header),
        TEST(refuses_another_version_and_unknown_flags),
        TEST(refuses_a_logon_without_its_flag),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
