/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

static const enum ssp_err all[] = {
#define SSP_ERR(name, status, text) SSP_ERR_##name,
#include "base/err.def"
#undef SSP_ERR
};

static enum ssp_err fails(void)
{
    return ssp_fail(ALTERED);
}

static enum ssp_err passes_on(int *ret_after)
{
    SSP_TRY(fails());
    *ret_after = 1;
    return SSP_OK;
}

static void every_error_is_a_failure_with_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_true(ssp_err_status(all[i]) < 0);
        assert_true(ssp_err_text(all[i])[0] != '\0');
    }
}

static void success_is_zero(void **state)
{
    (void)state;
    assert_int_equal(ssp_err_status(SSP_OK), 0);
    assert_string_equal(ssp_err_text(SSP_OK), "success");
}

static void a_peer_learns_no_more_than_the_status(void **state)
{
    (void)state;
    assert_int_equal(ssp_err_status(SSP_ERR_BAD_ENVELOPE), ssp_err_status(SSP_ERR_BAD_PACKED));
    assert_int_equal(ssp_err_status(SSP_ERR_BAD_ENVELOPE), ssp_err_status(SSP_ERR_BAD_TOKEN));
}

static void what_is_no_error_is_an_internal_one(void **state)
{
    (void)state;
    assert_int_equal(ssp_err_status((enum ssp_err)9999), ssp_err_status(SSP_ERR_INTERNAL));
    assert_string_equal(ssp_err_text((enum ssp_err)9999), ssp_err_text(SSP_ERR_INTERNAL));
}

static void an_error_passes_through_unchanged(void **state)
{
    int after = 0;

    (void)state;
    assert_int_equal(passes_on(&after), SSP_ERR_ALTERED);
    assert_int_equal(after, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_error_is_a_failure_with_a_text),  TEST(success_is_zero),
        TEST(a_peer_learns_no_more_than_the_status), TEST(what_is_no_error_is_an_internal_one),
        TEST(an_error_passes_through_unchanged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
