/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/v2.h"

static struct view v(const char *name)
{
    return vector("ms-nlmp-4.2.txt", name);
}

static struct view w(const char *name)
{
    return vector("davenport.txt", name);
}

static struct key k(const char *name)
{
    return key_of(v(name));
}

static struct str16 wire(struct view le)
{
    struct str16 s = { 0 };

    assert_int_equal(str16_from_wire(le, &s), SSP_OK);
    return s;
}

static void makes_the_response_key_of_the_examples(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 user = wire(v("user"));
    ssp_cleanup(str16_wipe) struct str16 domain = wire(v("domain"));
    struct key nt = k("v1.ntowf");
    struct key got;

    (void)state;
    assert_int_equal(ntlm_ntowf_v2(&nt, &user, &domain, &got), SSP_OK);
    assert_view_equal(key_view(&got), v("v2.ntowf"));
}

static void takes_the_domain_as_it_is_spelt(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 user = wire(v("user.upper"));
    ssp_cleanup(str16_wipe) struct str16 upper = wire(v("user.upper"));
    ssp_cleanup(str16_wipe) struct str16 lower = wire(v("user"));
    struct key nt = k("v1.ntowf");
    struct key one;
    struct key two;

    (void)state;
    assert_int_equal(ntlm_ntowf_v2(&nt, &user, &upper, &one), SSP_OK);
    assert_int_equal(ntlm_ntowf_v2(&nt, &user, &lower, &two), SSP_OK);
    assert_false(ct_eq(key_view(&one), key_view(&two)));
}

/* The client challenge of 4.2.4, as a client would put it together. */
static struct ntlm_temp example(void)
{
    struct ntlm_temp temp = { .timestamp = 0 };

    memcpy(temp.client, v("client_challenge").p, sizeof(temp.client));
    ntlm_av_set(&temp.av, NTLM_AV_NB_COMPUTER, v("server_name"));
    ntlm_av_set(&temp.av, NTLM_AV_NB_DOMAIN, v("domain"));
    return temp;
}

static void makes_the_responses_of_the_examples(void **state)
{
    ssp_cleanup(wr_free) struct wr encoded = WR_INIT(1024);
    ssp_cleanup(wr_free) struct wr response = WR_INIT(1024);
    struct ntlm_temp temp = example();
    struct key key = k("v2.ntowf");
    struct view server = v("server_challenge");
    uint8_t lm[NTLM_LMV2_SIZE];

    (void)state;
    ntlm_temp_encode(&temp, &encoded);
    assert_view_equal((struct view){ encoded.p, encoded.n }, v("v2.temp"));
    struct key base =
        ntlm_v2_respond(&key, server.p, (struct view){ encoded.p, encoded.n }, &response);
    assert_view_equal(key_view(&base), v("v2.session_base_key"));
    assert_view_equal((struct view){ response.p, NTLM_PROOF_SIZE }, v("v2.proof"));
    assert_view_equal((struct view){ response.p + 16, response.n - 16 }, v("v2.temp"));
    ntlm_lmv2_respond(&key, server.p, v("client_challenge").p, lm);
    assert_view_equal(VIEW_OF(lm), v("v2.lm_response"));
}

static void takes_a_response_apart(void **state)
{
    struct ntlm_v2 got;

    (void)state;
    assert_int_equal(ntlm_v2_decode(w("ntlmv2_response"), &got), SSP_OK);
    assert_int_equal(got.proof.n, NTLM_PROOF_SIZE);
    assert_true(got.temp.timestamp == UINT64_C(0x01c334b736d39000)); /* 17 June 2003, 10:00 */
    assert_view_equal(VIEW_OF(got.temp.client), w("client"));
    assert_view_equal(got.temp.av.value[NTLM_AV_NB_DOMAIN], hex("44004f004d00410049004e00"));
}

static void verifies_what_windows_answered(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 user = wire(hex("7500730065007200"));
    ssp_cleanup(str16_wipe) struct str16 domain = wire(hex("44004f004d00410049004e00"));
    struct key nt = key_of(hex("cd06ca7c7e10c99b1d33b7485a2ed808")); /* of SecREt01 */
    struct view lmv2 = w("lmv2_response");
    uint8_t lm[NTLM_LMV2_SIZE];
    struct key key;
    struct ntlm_v2 got;

    (void)state;
    assert_int_equal(ntlm_ntowf_v2(&nt, &user, &domain, &key), SSP_OK);
    assert_int_equal(ntlm_v2_decode(w("ntlmv2_response"), &got), SSP_OK);
    assert_true(ntlm_v2_verify(&key, w("challenge").p, &got));
    assert_false(ntlm_v2_verify(&nt, w("challenge").p, &got));
    ntlm_lmv2_respond(&key, w("challenge").p, lmv2.p + NTLM_PROOF_SIZE, lm);
    assert_view_equal(VIEW_OF(lm), lmv2);
}

static void verifies_no_altered_response(void **state)
{
    struct key key = k("v2.ntowf");
    struct view server = v("server_challenge");
    uint8_t bytes[16 + 68];
    struct ntlm_v2 got;

    (void)state;
    memcpy(bytes, v("v2.proof").p, 16);
    memcpy(bytes + 16, v("v2.temp").p, sizeof(bytes) - 16);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= 0x40;
        if (ntlm_v2_decode(VIEW_OF(bytes), &got) == SSP_OK)
            assert_false(ntlm_v2_verify(&key, server.p, &got));
        bytes[i] ^= 0x40;
    }
    assert_int_equal(ntlm_v2_decode(VIEW_OF(bytes), &got), SSP_OK);
    assert_true(ntlm_v2_verify(&key, server.p, &got));
}

static void refuses_a_client_challenge_cut_before_its_end(void **state)
{
    struct view whole = v("v2.temp");
    struct ntlm_temp temp = { .timestamp = 42 };

    (void)state; /* four bytes follow the list, and mean nothing */
    for (size_t n = 0; n < whole.n - 4; n++)
        assert_int_equal(ntlm_temp_decode(guarded((struct view){ whole.p, n }), &temp),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(temp.timestamp, 42);
    for (size_t n = whole.n - 4; n <= whole.n; n++)
        assert_int_equal(ntlm_temp_decode(guarded((struct view){ whole.p, n }), &temp), SSP_OK);
}

static void refuses_another_version(void **state)
{
    uint8_t bytes[68];
    struct ntlm_temp temp;

    (void)state;
    memcpy(bytes, v("v2.temp").p, sizeof(bytes));
    for (size_t i = 0; i < 2; i++) {
        bytes[i] = 2;
        assert_int_equal(ntlm_temp_decode(VIEW_OF(bytes), &temp), SSP_ERR_BAD_TOKEN);
        bytes[i] = 1;
    }
    memset(bytes + 2, 0xff, 6); /* reserved: "MUST be ignored on receipt" */
    assert_int_equal(ntlm_temp_decode(VIEW_OF(bytes), &temp), SSP_OK);
}

static void refuses_a_response_too_short_for_its_proof(void **state)
{
    struct view proof = v("v2.proof");
    struct ntlm_v2 got;

    (void)state;
    for (size_t n = 0; n <= proof.n; n++)
        assert_int_equal(ntlm_v2_decode(guarded((struct view){ proof.p, n }), &got),
                         SSP_ERR_BAD_TOKEN);
}

static void survives_every_failing_allocation(void **state)
{
    ssp_cleanup(str16_wipe) struct str16 user = wire(v("user"));
    struct key nt = k("v1.ntowf");
    struct ntlm_temp temp = example();
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
        struct key key = { .n = 42 };

        fault_malloc_at(nth);
        e = ntlm_ntowf_v2(&nt, &user, &user, &key);
        ntlm_temp_encode(&temp, &out);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(key.n, e == SSP_OK ? NTLM_PROOF_SIZE : 42);
        e = e == SSP_OK ? out.err : e;
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 2, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_response_key_of_the_examples),
        TEST(takes_the_domain_as_it_is_spelt),
        TEST(makes_the_responses_of_the_examples),
        TEST(takes_a_response_apart),
        TEST(verifies_what_windows_answered),
        TEST(verifies_no_altered_response),
        TEST(refuses_a_client_challenge_cut_before_its_end),
        TEST(refuses_another_version),
        TEST(refuses_a_response_too_short_for_its_proof),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
