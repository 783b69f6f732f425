/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/av.h"

static const uint8_t sample[] = {
    0x02, 0x00, 0x04, 0x00, 'D',  0x00, 'M',  0x00, /* NetBIOS domain: DM */
    0x06, 0x00, 0x04, 0x00, 0x02, 0x00, 0x00, 0x00, /* flags: a MIC follows */
    0x00, 0x00, 0x00, 0x00,
};
static const struct view whole = { sample, sizeof(sample) };

static void decodes_a_list(void **state)
{
    struct ntlm_av av = { 0 };

    (void)state;
    assert_int_equal(ntlm_av_decode(whole, &av), SSP_OK);
    assert_view_equal(av.value[NTLM_AV_NB_DOMAIN], (struct view){ sample + 4, 4 });
    assert_true(ntlm_av_has(&av, NTLM_AV_FLAGS));
    assert_false(ntlm_av_has(&av, NTLM_AV_TIMESTAMP));
}

static void refuses_every_truncation(void **state)
{
    struct ntlm_av av = { .present = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(ntlm_av_decode(guarded((struct view){ sample, n }), &av),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(av.present, 42); /* outputs are left alone on failure */
}

static void refuses_an_id_named_twice(void **state)
{
    static const uint8_t twice[] = { 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 };
    struct ntlm_av av;

    (void)state;
    assert_int_equal(ntlm_av_decode((struct view){ twice, sizeof(twice) }, &av), SSP_ERR_BAD_TOKEN);
}

static void encodes_what_it_decoded_or_reports_no_memory(void **state)
{
    struct ntlm_av av = { 0 };
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    assert_int_equal(ntlm_av_decode(whole, &av), SSP_OK);
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);

        fault_malloc_at(nth);
        ntlm_av_encode(&av, &out);
        fault_malloc_at(SIZE_MAX);
        e = out.err;
        if (e == SSP_OK)
            assert_view_equal((struct view){ out.p, out.n }, whole);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_a_list),
        TEST(refuses_every_truncation),
        TEST(refuses_an_id_named_twice),
        TEST(encodes_what_it_decoded_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
