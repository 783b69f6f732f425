/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "crypto/rc4.h"
#include "harness/harness.h"

static void makes_the_keystreams_of_rfc_6229(void **state)
{
    uint8_t stream[32] = { 0 };
    struct rc4 rc4;

    (void)state;
    rc4_init(&rc4, hex("0102030405"));
    rc4_crypt(&rc4, stream, stream, sizeof(stream));
    assert_view_equal(VIEW_OF(stream), hex("b2396305f03dc027ccc3524a0a1118a8"
                                           "6982944f18fc82d589c403a47a0d0919"));
    rc4_init(&rc4, hex("0102030405060708090a0b0c0d0e0f10"));
    memset(stream, 0, sizeof(stream));
    rc4_crypt(&rc4, stream, stream, 1);
    rc4_crypt(&rc4, stream, stream, 0);
    rc4_crypt(&rc4, stream + 1, stream + 1, sizeof(stream) - 1);
    assert_view_equal(VIEW_OF(stream), hex("9ac7cc9a609d1ef7b2932899cde41b97"
                                           "5248c4959014126a6e8a84f11d1a9e1c"));
}

static struct view packed_after(struct wr *out, size_t bytes)
{
    uint8_t skipped[512] = { 0 };
    struct rc4 rc4;

    rc4_init(&rc4, hex("0102030405"));
    rc4_crypt(&rc4, skipped, skipped, bytes);
    rc4_pack(&rc4, out);
    assert_int_equal(out->err, SSP_OK);
    return guarded((struct view){ out->p, out->n });
}

static void goes_on_after_packing_where_it_was(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(RC4_STATE_SIZE);
    struct rd in = rd_of(packed_after(&out, 16));
    uint8_t stream[16] = { 0 };
    struct rc4 rc4;

    (void)state;
    assert_int_equal(rc4_unpack(&in, &rc4), SSP_OK);
    assert_int_equal(rd_end(&in), SSP_OK);
    rc4_crypt(&rc4, stream, stream, sizeof(stream));
    assert_view_equal(VIEW_OF(stream), hex("6982944f18fc82d589c403a47a0d0919"));
}

static void refuses_a_truncated_state(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(RC4_STATE_SIZE);
    struct view whole = packed_after(&out, 0);
    struct rc4 rc4 = { .i = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++) {
        struct rd in = rd_of(guarded((struct view){ whole.p, n }));

        assert_int_equal(rc4_unpack(&in, &rc4), SSP_ERR_BAD_PACKED);
    }
    assert_int_equal(rc4.i, 42);
}

static void refuses_an_s_box_that_is_no_permutation(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(RC4_STATE_SIZE);
    struct rc4 rc4;

    (void)state;
    (void)packed_after(&out, 300);
    for (size_t i = 0; i < 256; i++) {
        uint8_t kept = out.p[i];
        struct rd in = rd_of((struct view){ out.p, out.n });

        out.p[i] ^= 1;
        assert_int_equal(rc4_unpack(&in, &rc4), SSP_ERR_BAD_PACKED);
        out.p[i] = kept;
    }
}

static void wipes_its_state(void **state)
{
    static const struct rc4 zero;
    struct rc4 rc4;

    (void)state;
    rc4_init(&rc4, hex("0102030405"));
    rc4_wipe(&rc4);
    assert_memory_equal(&rc4, &zero, sizeof(rc4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_keystreams_of_rfc_6229),
        TEST(goes_on_after_packing_where_it_was),
        TEST(refuses_a_truncated_state),
        TEST(refuses_an_s_box_that_is_no_permutation),
        TEST(wipes_its_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
