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
    assert_int_equal(ntlm_av_flags(&av), NTLM_AV_FLAG_MIC);
    assert_false(ntlm_av_has(&av, NTLM_AV_TIMESTAMP));
}

static void decodes_every_id_and_encodes_in_the_order_of_windows(void **state)
{
    struct view list = hex("0200 0200 4400  0100 0200 5300  0400 0200 6400  0300 0200 7300"
                           "0500 0200 7400  0700 0800 0011223344556677  0600 0400 07000000"
                           "0800 0100 99  0a00 1000 000102030405060708090a0b0c0d0e0f"
                           "0900 0400 48005400  0000 0000");
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct ntlm_av av;
    uint64_t time = 0;

    (void)state;
    assert_int_equal(ntlm_av_decode(list, &av), SSP_OK);
    assert_int_equal(av.present, (1U << (NTLM_AV_LAST + 1)) - 2);
    assert_true(ntlm_av_timestamp(&av, &time));
    assert_true(time == UINT64_C(0x7766554433221100));
    assert_int_equal(ntlm_av_bindings(&av).n, 16);
    ntlm_av_encode(&av, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_view_equal((struct view){ out.p, out.n }, list);
}

static void decodes_the_target_information_of_a_windows_server(void **state)
{
    struct view token = vector("davenport.txt", "type2");
    struct ntlm_av av;

    (void)state;
    assert_int_equal(ntlm_av_decode((struct view){ token.p + 60, token.n - 60 }, &av), SSP_OK);
    assert_view_equal(av.value[NTLM_AV_NB_COMPUTER], hex("530045005200560045005200"));
    assert_view_equal(av.value[NTLM_AV_DNS_DOMAIN],
                      hex("64006f006d00610069006e002e0063006f006d00"));
}

static void answers_for_what_is_not_there(void **state)
{
    struct ntlm_av av = { 0 };
    uint64_t time = 42;

    (void)state;
    assert_int_equal(ntlm_av_flags(&av), 0);
    assert_false(ntlm_av_timestamp(&av, &time));
    assert_int_equal(time, 42);
    assert_int_equal(ntlm_av_bindings(&av).n, 0);
}

static void takes_a_bindings_hash_of_zeroes_for_none(void **state)
{
    uint8_t hash[16] = { 0 };
    struct ntlm_av av = { 0 };

    (void)state; /* "An all-zero value of the hash is used to indicate absence" */
    ntlm_av_set(&av, NTLM_AV_CHANNEL_BINDINGS, VIEW_OF(hash));
    assert_int_equal(ntlm_av_bindings(&av).n, 0);
    hash[15] = 1;
    assert_int_equal(ntlm_av_bindings(&av).n, 16);
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

static void refuses_bytes_after_the_end_unless_asked_for_a_prefix(void **state)
{
    struct view list = hex("0000 0000 aabb");
    struct rd in = rd_of(list);
    struct ntlm_av av;

    (void)state;
    assert_int_equal(ntlm_av_decode(list, &av), SSP_ERR_BAD_TOKEN);
    assert_int_equal(ntlm_av_decode_prefix(&in, &av), SSP_OK);
    assert_view_equal(in.left, hex("aabb"));
}

static void refuses_each_broken_rule(void **state)
{
    static const char *const broken[] = {
        "0100 0000 0100 0000 0000 0000",                      /* an id named twice */
        "0000 0100 00",                                       /* an end with a value */
        "0600 0300 000000 0000 0000",                         /* flags of three bytes */
        "0600 0500 0000000000 0000 0000",                     /* flags of five */
        "0700 0400 00000000 0000 0000",                       /* half a timestamp */
        "0a00 0f00 000000000000000000000000000000 0000 0000", /* a hash of fifteen bytes */
        "0100 0100 41 0000 0000",                             /* text of odd size */
        "0500 0300 410041 0000 0000",                         /* likewise */
        "0900 0100 41 0000 0000",                             /* likewise */
        "0100 ffff 4100 0000 0000",                           /* a value beyond the end */
        "ff00 0000",                                          /* no end */
    };
    struct ntlm_av av = { .present = 42 };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(ntlm_av_decode(hex(broken[i]), &av), SSP_ERR_BAD_TOKEN);
    assert_int_equal(av.present, 42);
}

static void skips_ids_that_a_newer_peer_may_send(void **state)
{
    struct ntlm_av av;

    (void)state;
    assert_int_equal(ntlm_av_decode(hex("0b00 0100 01 ffff 0000 0b00 0000 0000 0000"), &av),
                     SSP_OK);
    assert_int_equal(av.present, 0);
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

static void carries_single_host_data(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct ntlm_single_host host = { .custom = { 1, 2, 3 }, .machine_id = { 4, 5, [31] = 6 } };
    struct ntlm_single_host got;

    (void)state;
    ntlm_single_host_encode(&host, &out);
    assert_int_equal(out.n, NTLM_SINGLE_HOST_SIZE);
    assert_view_equal((struct view){ out.p, 8 }, hex("30000000 00000000"));
    for (size_t n = 0; n < out.n; n++)
        assert_int_equal(ntlm_single_host_decode(guarded((struct view){ out.p, n }), &got),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(ntlm_single_host_decode((struct view){ out.p, out.n }, &got), SSP_OK);
    assert_view_equal(VIEW_OF(got.custom), VIEW_OF(host.custom));
    assert_view_equal(VIEW_OF(got.machine_id), VIEW_OF(host.machine_id));
    wr_zero(&out, 8); /* fields after MachineID "MUST be ignored", but Size counts them */
    assert_int_equal(ntlm_single_host_decode((struct view){ out.p, out.n }, &got),
                     SSP_ERR_BAD_TOKEN);
    out.p[0] += 8;
    assert_int_equal(ntlm_single_host_decode((struct view){ out.p, out.n }, &got), SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_a_list),
        TEST(decodes_every_id_and_encodes_in_the_order_of_windows),
        TEST(decodes_the_target_information_of_a_windows_server),
        TEST(answers_for_what_is_not_there),
        TEST(takes_a_bindings_hash_of_zeroes_for_none),
        TEST(refuses_every_truncation),
        TEST(refuses_bytes_after_the_end_unless_asked_for_a_prefix),
        TEST(refuses_each_broken_rule),
        TEST(skips_ids_that_a_newer_peer_may_send),
        TEST(encodes_what_it_decoded_or_reports_no_memory),
        TEST(carries_single_host_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
