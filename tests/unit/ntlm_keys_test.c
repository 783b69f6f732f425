/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"
#include "harness/harness.h"
#include "packages/ntlm/keys.h"

static struct view v(const char *name)
{
    return vector("ms-nlmp-4.2.txt", name);
}

static struct key k(const char *name)
{
    return key_of(v(name));
}

static uint32_t flags_of(const char *name)
{
    struct rd in = rd_of(v(name));

    return rd_le32(&in);
}

/* KXKEY of 4.2.2 with more flags. */
static enum ssp_err kx_v1(uint32_t more, const struct key *lm_hash, struct key *ret)
{
    struct key base = k("v1.session_base_key");
    struct ntlm_kx in = {
        .flags = flags_of("v1.flags") | more,
        .session_base_key = &base,
        .lm_hash = lm_hash,
        .lm = v("v1.lm_response"),
        .server = v("server_challenge").p,
    };

    return ntlm_kxkey(&in, ret);
}

static void assert_encrypts_to(const struct key *kxkey, const char *name)
{
    struct key got = { 0 };

    ntlm_crypt_session_key(kxkey, v("random_session_key"), &got);
    assert_view_equal(key_view(&got), v(name));
}

static void takes_the_session_base_key_for_ntlmv1(void **state)
{
    struct key kx;

    (void)state;
    assert_int_equal(kx_v1(0, NULL, &kx), SSP_OK);
    assert_view_equal(key_view(&kx), v("v1.session_base_key"));
    assert_encrypts_to(&kx, "v1.encrypted_session_key");
}

static void takes_the_lm_hash_when_the_flags_say_so(void **state)
{
    struct key lm_hash = k("v1.lmowf");
    struct key kx;

    (void)state;
    assert_int_equal(kx_v1(NTLMSSP_NEGOTIATE_LM_KEY, &lm_hash, &kx), SSP_OK);
    assert_view_equal(key_view(&kx), v("v1.lm_key.kxkey"));
    assert_encrypts_to(&kx, "v1.lm_key.encrypted_session_key");
    assert_int_equal(kx_v1(NTLMSSP_REQUEST_NON_NT_SESSION_KEY, &lm_hash, &kx), SSP_OK);
    assert_encrypts_to(&kx, "v1.non_nt.encrypted_session_key");
}

static void refuses_to_do_without_the_lm_hash(void **state)
{
    struct key kx = { .n = 42 };

    (void)state;
    assert_int_equal(kx_v1(NTLMSSP_NEGOTIATE_LM_KEY, NULL, &kx), SSP_ERR_UNSUPPORTED);
    assert_int_equal(kx_v1(NTLMSSP_REQUEST_NON_NT_SESSION_KEY, NULL, &kx), SSP_ERR_UNSUPPORTED);
    assert_int_equal(kx.n, 42);
}

static void mixes_both_challenges_with_extended_session_security(void **state)
{
    struct key base = k("ess.session_base_key");
    struct key kx = { .n = 42 };
    struct ntlm_kx in = {
        .flags = flags_of("ess.flags"),
        .session_base_key = &base,
        .lm = hex("aaaaaaaaaaaaaa"),
        .server = v("server_challenge").p,
    };

    (void)state;
    assert_int_equal(ntlm_kxkey(&in, &kx), SSP_ERR_BAD_TOKEN);
    assert_int_equal(kx.n, 42);
    in.lm = v("ess.lm_response");
    assert_int_equal(ntlm_kxkey(&in, &kx), SSP_OK);
    assert_view_equal(key_view(&kx), v("ess.kxkey"));
}

static void refuses_an_lm_response_too_short_for_a_key(void **state)
{
    struct key hash = k("v1.lmowf");
    struct key kx = { .n = 42 };
    struct ntlm_kx in = {
        .flags = NTLMSSP_NEGOTIATE_LM_KEY,
        .session_base_key = &hash,
        .lm_hash = &hash,
        .lm = hex("00"),
        .server = v("server_challenge").p,
    };

    (void)state;
    assert_int_equal(ntlm_kxkey(&in, &kx), SSP_ERR_BAD_TOKEN);
    assert_int_equal(kx.n, 42);
}

static void takes_the_session_base_key_for_ntlmv2(void **state)
{
    struct key base = k("v2.session_base_key");
    struct ntlm_kx in = { .flags = flags_of("v2.flags"), .is_v2 = true, .session_base_key = &base };
    struct key kx;

    (void)state;
    assert_int_equal(ntlm_kxkey(&in, &kx), SSP_OK);
    assert_view_equal(key_view(&kx), key_view(&base));
    assert_encrypts_to(&kx, "v2.encrypted_session_key");
}

static void decrypts_the_session_key_it_encrypted(void **state)
{
    struct key kx = k("v2.session_base_key");
    struct key got = { 0 };

    (void)state;
    ntlm_crypt_session_key(&kx, v("v2.encrypted_session_key"), &got);
    assert_view_equal(key_view(&got), v("random_session_key"));
}

static void derives_the_signing_and_sealing_keys_of_the_examples(void **state)
{
    struct key random = k("random_session_key");
    struct key kx = k("ess.kxkey");
    struct key got = ntlm_signkey(flags_of("v2.flags"), &random, NTLM_CLIENT);

    (void)state;
    assert_view_equal(key_view(&got), v("v2.signkey"));
    got = ntlm_sealkey(flags_of("v2.flags"), &random, NTLM_CLIENT);
    assert_view_equal(key_view(&got), v("v2.sealkey"));
    got = ntlm_signkey(flags_of("ess.flags"), &kx, NTLM_CLIENT);
    assert_view_equal(key_view(&got), v("ess.signkey"));
    got = ntlm_sealkey(flags_of("ess.flags"), &kx, NTLM_CLIENT);
    assert_view_equal(key_view(&got), v("ess.sealkey")); /* 56 bits */
}

static void gives_the_server_keys_of_its_own(void **state)
{
    struct key random = key_of(hex("738e75e9b0df0ac9139839abf5cc8354"));
    struct key client = ntlm_sealkey(flags_of("v2.flags"), &random, NTLM_CLIENT);
    struct key server = ntlm_sealkey(flags_of("v2.flags"), &random, NTLM_SERVER);

    (void)state; /* Glass, "NTLM2 session security": keys of a server at 128 and at 40 bits */
    assert_false(ct_eq(key_view(&client), key_view(&server)));
    random = key_of(hex("5764dc0a93b1292fa898c29524c30a54"));
    server = ntlm_signkey(NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY, &random, NTLM_SERVER);
    assert_view_equal(key_view(&server), hex("6c713b60e6571035c9396ece1e456395"));
    server = ntlm_sealkey(NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | NTLMSSP_NEGOTIATE_128,
                          &random, NTLM_SERVER);
    assert_view_equal(key_view(&server), hex("e9b0f8e2cbf7b453b8389e8d2d7bb4ba"));
    random = key_of(hex("6b60097a8f9dbbff2d23f5b15377ca28"));
    server = ntlm_sealkey(NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY, &random, NTLM_SERVER);
    assert_view_equal(key_view(&server), hex("e4c55ca209611e9e007009731b7103d5"));
}

static void has_no_signing_key_and_a_weak_sealing_key_without_it(void **state)
{
    struct key random = k("random_session_key");
    struct key got = ntlm_signkey(NTLMSSP_NEGOTIATE_SIGN, &random, NTLM_CLIENT);

    (void)state;
    assert_int_equal(got.n, 0);
    got = ntlm_sealkey(NTLMSSP_NEGOTIATE_128, &random, NTLM_CLIENT);
    assert_view_equal(key_view(&got), key_view(&random));
    got = ntlm_sealkey(NTLMSSP_NEGOTIATE_LM_KEY | NTLMSSP_NEGOTIATE_56, &random, NTLM_CLIENT);
    assert_view_equal(key_view(&got), hex("55555555555555a0"));
    got = ntlm_sealkey(NTLMSSP_NEGOTIATE_LM_KEY, &random, NTLM_SERVER);
    assert_view_equal(key_view(&got), hex("5555555555e538b0"));
    got = ntlm_sealkey(NTLMSSP_NEGOTIATE_DATAGRAM, &random, NTLM_SERVER);
    assert_view_equal(key_view(&got), hex("5555555555e538b0"));
}

static void makes_the_mic_over_all_three_messages_with_its_place_as_zeroes(void **state)
{
    static uint8_t authenticate[100] = { 'N', 'T', 'L', 'M' };
    static const uint8_t expected_input[4 + 100] = { 1, 2, 3, 4, 'N', 'T', 'L', 'M' };
    const struct view input = VIEW_OF(expected_input);
    struct key key = k("random_session_key");
    uint8_t expected[NTLM_MIC_SIZE];
    uint8_t got[NTLM_MIC_SIZE];

    (void)state;
    memset(authenticate + NTLM_MIC_OFFSET, 0xee, NTLM_MIC_SIZE); /* what stands there is ignored */
    ntlm_mic(&key, hex("0102"), hex("0304"), VIEW_OF(authenticate), got);
    hmac_md5(key_view(&key), &input, 1, expected);
    assert_view_equal(VIEW_OF(got), VIEW_OF(expected));
    authenticate[NTLM_MIC_OFFSET + NTLM_MIC_SIZE] ^= 1;
    ntlm_mic(&key, hex("0102"), hex("0304"), VIEW_OF(authenticate), got);
    assert_memory_not_equal(got, expected, sizeof(got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_the_session_base_key_for_ntlmv1),
        TEST(takes_the_lm_hash_when_the_flags_say_so),
        TEST(refuses_to_do_without_the_lm_hash),
        TEST(mixes_both_challenges_with_extended_session_security),
        TEST(refuses_an_lm_response_too_short_for_a_key),
        TEST(takes_the_session_base_key_for_ntlmv2),
        TEST(decrypts_the_session_key_it_encrypted),
        TEST(derives_the_signing_and_sealing_keys_of_the_examples),
        TEST(gives_the_server_keys_of_its_own),
        TEST(has_no_signing_key_and_a_weak_sealing_key_without_it),
        TEST(makes_the_mic_over_all_three_messages_with_its_place_as_zeroes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
