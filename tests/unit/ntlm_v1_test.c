/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/v1.h"

static struct view v(const char *name)
{
    return vector("ms-nlmp-4.2.txt", name);
}

static struct key k(const char *name)
{
    return key_of(v(name));
}

static struct str16 text(const char *utf8)
{
    struct str16 s = { 0 };

    assert_int_equal(str16_from_utf8((struct view){ (const uint8_t *)utf8, strlen(utf8) }, &s),
                     SSP_OK);
    return s;
}

static void makes_the_one_way_functions_of_the_examples(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 password = text("Password");
    struct key got;

    (void)state;
    assert_int_equal(ntlm_ntowf_v1(&password, &got), SSP_OK);
    assert_view_equal(key_view(&got), v("v1.ntowf"));
    assert_int_equal(ntlm_lmowf_v1(&password, &got), SSP_OK);
    assert_view_equal(key_view(&got), v("v1.lmowf"));
}

static void hashes_an_empty_password(void **state)
{
    struct str16 none = { 0 };
    struct key got;

    (void)state;
    assert_int_equal(ntlm_ntowf_v1(&none, &got), SSP_OK);
    assert_view_equal(key_view(&got), hex("31d6cfe0d16ae931b73c59d7e0c089c0"));
    assert_int_equal(ntlm_lmowf_v1(&none, &got), SSP_OK);
    assert_view_equal(key_view(&got), hex("aad3b435b51404eeaad3b435b51404ee"));
}

static void has_no_lm_hash_of_what_lm_cannot_say(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 longest = text("abcdefghijklmn");
    ssp_cleanup(str16_wipe) struct str16 longer = text("abcdefghijklmno");
    ssp_cleanup(str16_wipe) struct str16 foreign = text("\xe6\xbc\xa2"); /* U+6F22 */
    struct key got = { .n = 42 };

    (void)state;
    assert_int_equal(ntlm_lmowf_v1(&longer, &got), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(ntlm_lmowf_v1(&foreign, &got), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(got.n, 42);
    assert_int_equal(ntlm_lmowf_v1(&longest, &got), SSP_OK);
}

static void makes_the_responses_of_the_examples(void **state)
{
    struct key nt = k("v1.ntowf");
    struct key lm = k("v1.lmowf");
    struct view server = v("server_challenge");
    struct ntlm_v1 got = ntlm_v1_respond(&nt, &lm, server.p);

    (void)state;
    assert_view_equal(VIEW_OF(got.nt), v("v1.nt_response"));
    assert_view_equal(VIEW_OF(got.lm), v("v1.lm_response"));
    got = ntlm_v1_respond(&nt, NULL, server.p);
    assert_view_equal(VIEW_OF(got.lm), v("v1.nt_response"));
    got = ntlm_v1_respond_ess(&nt, server.p, v("client_challenge").p);
    assert_view_equal(VIEW_OF(got.nt), v("ess.nt_response"));
    assert_view_equal(VIEW_OF(got.lm), v("ess.lm_response"));
}

static void makes_the_responses_that_windows_made(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 password = text("SecREt01");
    struct view server = vector("davenport.txt", "challenge");
    struct key nt;
    struct key lm;

    (void)state;
    assert_int_equal(ntlm_ntowf_v1(&password, &nt), SSP_OK);
    assert_int_equal(ntlm_lmowf_v1(&password, &lm), SSP_OK);
    struct ntlm_v1 got = ntlm_v1_respond(&nt, &lm, server.p);
    assert_view_equal(VIEW_OF(got.nt), vector("davenport.txt", "nt_response"));
    assert_view_equal(VIEW_OF(got.lm), vector("davenport.txt", "lm_response"));
    got = ntlm_v1_respond_ess(&nt, server.p, vector("davenport.txt", "client").p);
    assert_view_equal(VIEW_OF(got.nt), vector("davenport.txt", "ess.nt_response"));
    assert_view_equal(VIEW_OF(got.lm), vector("davenport.txt", "ess.lm_response"));
    struct key base = ntlm_v1_session_base_key(&nt);
    assert_view_equal(key_view(&base), vector("davenport.txt", "v1.session_base_key"));
}

static void makes_the_session_base_key_of_the_examples(void **state)
{
    struct key nt = k("v1.ntowf");
    struct key got = ntlm_v1_session_base_key(&nt);

    (void)state;
    assert_view_equal(key_view(&got), v("v1.session_base_key"));
}

static void verifies_good_responses_only(void **state)
{
    struct key nt = k("v1.ntowf");
    struct key lm = k("v1.lmowf");
    struct view server = v("server_challenge");

    (void)state;
    assert_true(ntlm_v1_verify(&nt, server.p, v("v1.nt_response")));
    assert_false(ntlm_v1_verify(&nt, server.p, v("v1.lm_response")));
    assert_false(ntlm_v1_verify(&nt, v("client_challenge").p, v("v1.nt_response")));
    assert_true(ntlm_v1_verify_ess(&nt, server.p, v("ess.nt_response"), v("ess.lm_response")));
    assert_false(ntlm_v1_verify_ess(&lm, server.p, v("ess.nt_response"), v("ess.lm_response")));
}

static void verifies_no_response_of_another_size(void **state)
{
    struct key nt = k("v1.ntowf");
    struct view server = v("server_challenge");
    struct view good = v("v1.nt_response");

    (void)state;
    for (size_t n = 0; n < good.n; n++) {
        assert_false(ntlm_v1_verify(&nt, server.p, guarded((struct view){ good.p, n })));
        assert_false(ntlm_v1_verify_ess(&nt, server.p, v("ess.nt_response"),
                                        guarded((struct view){ v("ess.lm_response").p, n })));
    }
}

static void survives_every_failing_allocation(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 password = text("Password");
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        struct key nt = { .n = 42 };
        struct key lm = { .n = 42 };

        fault_malloc_at(nth);
        e = ntlm_ntowf_v1(&password, &nt);
        if (e == SSP_OK)
            e = ntlm_lmowf_v1(&password, &lm);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(lm.n, e == SSP_OK ? NTLM_HASH_SIZE : 42);
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 2, 99); /* some did fail */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_one_way_functions_of_the_examples),
        TEST(hashes_an_empty_password),
        TEST(has_no_lm_hash_of_what_lm_cannot_say),
        TEST(makes_the_responses_of_the_examples),
        TEST(makes_the_responses_that_windows_made),
        TEST(makes_the_session_base_key_of_the_examples),
        TEST(verifies_good_responses_only),
        TEST(verifies_no_response_of_another_size),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
