/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/wr.h"
#include "harness/harness.h"

static void write_one_of_each(struct wr *out)
{
    wr_u8(out, 0x01);
    wr_le16(out, 0x0203);
    wr_le32(out, 0x04050607);
    wr_le64(out, UINT64_C(0x08090a0b0c0d0e0f));
    wr_be16(out, 0x0102);
    wr_be32(out, 0x01020304);
    wr_zero(out, 3);
    wr_view(out, view_text("end"));
}

static void writes_numbers_in_both_orders(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(64);

    (void)state;
    write_one_of_each(&out);
    assert_int_equal(out.err, SSP_OK);
    assert_view_equal((struct view){ out.p, out.n },
                      hex("01 0302 07060504 0f0e0d0c0b0a0908 0102 01020304 000000 656e64"));
}

static void refuses_numbers_that_do_not_fit(void **state)
{
    static const struct {
        void (*write)(struct wr *out, size_t value);
        size_t max;
    } rows[] = {
        { wr_u8, UINT8_MAX },    { wr_le16, UINT16_MAX }, { wr_be16, UINT16_MAX },
        { wr_le32, UINT32_MAX }, { wr_be32, UINT32_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(64);

        rows[i].write(&out, rows[i].max);
        assert_int_equal(out.err, SSP_OK);
        rows[i].write(&out, rows[i].max + 1);
        assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
    }
}

static void nothing_is_longer_than_its_limit(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(100);

    (void)state;
    wr_zero(&out, 100);
    assert_int_equal(out.err, SSP_OK);
    wr_u8(&out, 1);
    assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
    assert_int_equal(out.n, 100);
}

static void the_first_failure_stays(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4);
    uint8_t *p = NULL;
    size_t n = 42;

    (void)state;
    wr_zero(&out, SIZE_MAX);
    wr_u8(&out, 1);
    assert_int_equal(out.n, 0);
    assert_int_equal(wr_take(&out, &p, &n), SSP_ERR_TOO_LARGE);
    assert_int_equal(n, 42);
}

static void taking_leaves_it_empty(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(64);
    uint8_t *p = NULL;
    size_t n = 0;

    (void)state;
    wr_le16(&out, 7);
    assert_int_equal(wr_take(&out, &p, &n), SSP_OK);
    assert_view_equal((struct view){ p, n }, hex("0700"));
    assert_null(out.p);
    assert_int_equal(out.n, 0);
    ssp_wipe_free(p, n);
}

static void leaves_no_copy_behind_when_it_grows_or_goes(void **state)
{
    struct wr out = WR_INIT(4096);

    (void)state;
    watch_frees_for(view_text("a password"));
    wr_view(&out, view_text("a password"));
    for (int i = 0; i < 400; i++)
        wr_le64(&out, 0);
    assert_int_equal(out.err, SSP_OK);
    wr_free(&out);
    assert_int_equal(frees_unwiped(), 0);
}

static void makes_room_at_once_within_its_limit(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1000);

    (void)state;
    wr_u8(&out, 1);
    wr_reserve(&out, 999);
    assert_int_equal(out.err, SSP_OK);
    const uint8_t *p = out.p;
    wr_zero(&out, 999);
    assert_ptr_equal(out.p, p);
    assert_int_equal(out.n, 1000);
    wr_reserve(&out, 1);
    assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
}

static void every_allocation_may_fail(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 10; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);

        fault_malloc_at(nth);
        for (int i = 0; i < 20; i++)
            write_one_of_each(&out);
        fault_malloc_at(SIZE_MAX);
        e = out.err;
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_numbers_in_both_orders),
        TEST(refuses_numbers_that_do_not_fit),
        TEST(nothing_is_longer_than_its_limit),
        TEST(the_first_failure_stays),
        TEST(taking_leaves_it_empty),
        TEST(leaves_no_copy_behind_when_it_grows_or_goes),
        TEST(makes_room_at_once_within_its_limit),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
