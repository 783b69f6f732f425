/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/challenge.h"
#include "packages/ntlm/flags.h"

static struct view v(const char *name)
{
    return vector("ms-nlmp-4.2.txt", name);
}

static struct view w(const char *name)
{
    return vector("davenport.txt", name);
}

static void decodes_the_example_of_ntlmv2(void **state)
{
    struct ntlm_challenge got;

    (void)state;
    assert_int_equal(ntlm_challenge_decode(v("v2.challenge"), &got), SSP_OK);
    assert_int_equal(got.flags, 0xe28a8233);
    assert_view_equal(VIEW_OF(got.challenge), v("server_challenge"));
    assert_view_equal(got.target_name, v("server_name"));
    assert_int_equal(got.target_info.n, 36);
    assert_int_equal(got.version.major, 6);
    assert_int_equal(got.version.build, 6000);
}

static void decodes_the_examples_without_target_information(void **state)
{
    struct ntlm_challenge got;

    (void)state;
    assert_int_equal(ntlm_challenge_decode(v("v1.challenge"), &got), SSP_OK);
    assert_view_equal(got.target_name, v("server_name"));
    assert_int_equal(got.target_info.n, 0);
    assert_int_equal(ntlm_challenge_decode(v("ess.challenge"), &got), SSP_OK);
    assert_int_equal(got.flags, 0x820a8233);
}

static void decodes_the_shorter_forms_of_older_servers(void **state)
{
    struct ntlm_challenge got;

    (void)state;
    assert_int_equal(ntlm_challenge_decode(w("type2.shortest"), &got), SSP_OK);
    assert_view_equal(VIEW_OF(got.challenge), w("challenge"));
    assert_int_equal(ntlm_challenge_decode(w("type2"), &got), SSP_OK);
    assert_view_equal(got.target_name, hex("44004f004d00410049004e00"));
    assert_int_equal(got.target_info.n, 98);
}

static void encodes_the_examples_to_the_byte(void **state)
{
    static const char *const names[] = { "v1.challenge", "ess.challenge", "v2.challenge" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
        struct view token = v(names[i]);
        struct ntlm_challenge msg;

        assert_int_equal(ntlm_challenge_decode(token, &msg), SSP_OK);
        ntlm_challenge_encode(&msg, &out);
        assert_int_equal(out.n, token.n);
        if (i == 2) {
            assert_view_equal((struct view){ out.p, out.n }, token);
            continue;
        }
        /* There the empty target information points to 0, here behind the name: both are fine. */
        assert_view_equal((struct view){ out.p, 40 }, (struct view){ token.p, 40 });
        assert_view_equal((struct view){ out.p + 48, out.n - 48 },
                          (struct view){ token.p + 48, token.n - 48 });
    }
}

static void refuses_every_truncation(void **state)
{
    struct view whole = v("v2.challenge");
    struct ntlm_challenge got = { .flags = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(ntlm_challenge_decode(guarded((struct view){ whole.p, n }), &got),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(got.flags, 42);
}

#define HEAD "4e544c4d53535000 02000000 "
#define TAIL " 0123456789abcdef 0000000000000000 "

static void refuses_each_broken_rule(void **state)
{
    static const char *const broken[] = {
        "4e544c4d53535000 01000000 0000000000000000 02020000" TAIL,
        HEAD "0200020010000000 06820000" TAIL "0000000000000000",         /* a name in the header */
        HEAD "0200020031000000 06820000" TAIL "0000000000000000 4400",    /* behind the end */
        HEAD "03000300 30000000 05820000" TAIL "0000000000000000 440045", /* odd Unicode */
        HEAD "0000000000000000 05828000" TAIL "0400040020000000", /* information in the header */
        HEAD "0000000000000000 05828000" TAIL "04000400ffffffff", /* wraps */
        HEAD "0000000000000000 05828000 0123456789abcdef",        /* promised, not there */
    };
    struct ntlm_challenge got;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(ntlm_challenge_decode(hex(broken[i]), &got), SSP_ERR_BAD_TOKEN);
}

static void ignores_fields_without_their_flags(void **state)
{
    struct view wild = hex(HEAD "ffffffffffffffff 01020000" TAIL "ffffffffffffffff");
    struct ntlm_challenge got;

    (void)state;
    assert_int_equal(ntlm_challenge_decode(wild, &got), SSP_OK);
    assert_int_equal(got.target_name.n, 0);
    assert_int_equal(got.target_info.n, 0);
}

static void takes_an_odd_name_in_oem_characters(void **state)
{
    struct ntlm_challenge got;

    (void)state;
    assert_int_equal(
        ntlm_challenge_decode(hex(HEAD "0300030030000000 06820000" TAIL "0000000000000000 444d5a"),
                              &got),
        SSP_OK);
    assert_view_equal(got.target_name, hex("444d5a"));
}

static void encodes_or_reports_no_memory(void **state)
{
    struct ntlm_challenge msg;
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    assert_int_equal(ntlm_challenge_decode(v("v2.challenge"), &msg), SSP_OK);
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);

        fault_malloc_at(nth);
        ntlm_challenge_encode(&msg, &out);
        fault_malloc_at(SIZE_MAX);
        e = out.err;
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 2, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_the_example_of_ntlmv2),
        TEST(decodes_the_examples_without_target_information),
        TEST(decodes_the_shorter_forms_of_older_servers),
        TEST(encodes_the_examples_to_the_byte),
        TEST(refuses_every_truncation),
        TEST(refuses_each_broken_rule),
        TEST(ignores_fields_without_their_flags),
        TEST(takes_an_odd_name_in_oem_characters),
        TEST(encodes_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
