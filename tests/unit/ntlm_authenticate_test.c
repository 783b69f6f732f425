/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/authenticate.h"
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
    struct ntlm_authenticate got;

    (void)state;
    assert_int_equal(ntlm_authenticate_decode(v("v2.authenticate"), &got), SSP_OK);
    assert_int_equal(got.flags, 0xe2888235);
    assert_view_equal(got.user, v("user"));
    assert_view_equal(got.domain, v("domain"));
    assert_view_equal(got.workstation, v("workstation"));
    assert_view_equal(got.lm, v("v2.lm_response"));
    assert_view_equal((struct view){ got.nt.p, 16 }, v("v2.proof"));
    assert_view_equal((struct view){ got.nt.p + 16, got.nt.n - 16 }, v("v2.temp"));
    assert_view_equal(got.session_key, v("v2.encrypted_session_key"));
    assert_int_equal(got.version.major, 5);
    assert_false(got.has_mic); /* its payload begins where a MIC would be */
}

static void encodes_the_examples_to_the_byte(void **state)
{
    static const char *const names[] = { "v1.authenticate", "ess.authenticate", "v2.authenticate" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
        struct view token = v(names[i]);
        struct ntlm_authenticate msg;

        assert_int_equal(ntlm_authenticate_decode(token, &msg), SSP_OK);
        ntlm_authenticate_encode(&msg, &out);
        assert_int_equal(out.err, SSP_OK);
        assert_view_equal((struct view){ out.p, out.n }, token);
    }
}

static void decodes_a_message_without_a_version(void **state)
{
    struct ntlm_authenticate got;

    (void)state;
    assert_int_equal(ntlm_authenticate_decode(w("type3"), &got), SSP_OK);
    assert_true(got.has_flags);
    assert_int_equal(got.flags, 0x00000201);
    assert_view_equal(got.user, hex("7500730065007200"));
    assert_view_equal(got.nt, w("nt_response"));
    assert_view_equal(got.lm, w("lm_response"));
    assert_false(got.has_mic);
}

static void decodes_anonymous_and_empty_messages(void **state)
{
    struct ntlm_authenticate got;

    (void)state;
    assert_int_equal(ntlm_authenticate_decode(w("type3.anonymous"), &got), SSP_OK);
    assert_int_equal(got.user.n, 0);
    assert_view_equal(got.lm, hex("00"));
    assert_int_equal(got.nt.n, 0);
    assert_int_equal(got.session_key.n, 16);
    assert_int_equal(ntlm_authenticate_decode(w("type3.empty"), &got), SSP_OK);
    assert_int_equal(got.user.n + got.lm.n + got.nt.n, 0);
    assert_int_equal(ntlm_authenticate_decode(w("type3.lm_only"), &got), SSP_OK);
    assert_int_equal(got.lm.n, 24);
    assert_int_equal(got.nt.n, 0);
}

static void decodes_the_oldest_form_with_neither_key_nor_flags(void **state)
{
    struct view token = hex("4e544c4d53535000 03000000 0000000034000000 0000000034000000"
                            "0200020034000000 0400040036000000 000000003a000000"
                            "4400 75007600");
    struct ntlm_authenticate got;

    (void)state;
    assert_int_equal(ntlm_authenticate_decode(token, &got), SSP_OK);
    assert_false(got.has_flags);
    assert_view_equal(got.domain, hex("4400"));
    assert_view_equal(got.user, hex("75007600"));
    assert_int_equal(got.session_key.n, 0);
}

static const struct ntlm_authenticate sample = {
    .lm = { (const uint8_t *)"llllllllllllllllllllllll", 24 },
    .nt = { (const uint8_t *)"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 32 },
    .domain = { (const uint8_t *)"D\0", 2 },
    .user = { (const uint8_t *)"u\0s\0", 4 },
    .workstation = { (const uint8_t *)"W\0S\0", 4 },
    .session_key = { (const uint8_t *)"kkkkkkkkkkkkkkkk", 16 },
    .has_flags = true,
    .flags = NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_VERSION,
    .version = { .major = 10, .build = 17763, .revision = NTLM_REVISION_W2K3 },
    .has_mic = true,
};

static void leaves_room_for_a_mic_and_takes_it_afterwards(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct ntlm_authenticate got;

    (void)state;
    ntlm_authenticate_encode(&sample, &out);
    struct view token = { out.p, out.n };
    assert_view_equal(ntlm_authenticate_mic(token), hex("00000000000000000000000000000000"));
    ntlm_authenticate_set_mic(out.p, out.n, hex("000102030405060708090a0b0c0d0e0f").p);
    assert_view_equal(ntlm_authenticate_mic(token), hex("000102030405060708090a0b0c0d0e0f"));
    assert_int_equal(ntlm_authenticate_decode(token, &got), SSP_OK);
    assert_true(got.has_mic);
    assert_view_equal(got.nt, sample.nt);
    assert_view_equal(got.session_key, sample.session_key);
    assert_int_equal(got.version.build, 17763);
}

static void sees_no_mic_where_the_session_key_lies(void **state)
{
    struct view token = hex("4e544c4d53535000 03000000 0000000000000000 0000000000000000"
                            "0000000000000000 0000000000000000 0000000000000000"
                            "1000100048000000 01000040 0000000000000000"
                            "00112233445566778899aabbccddeeff");
    struct ntlm_authenticate got;

    (void)state;
    assert_int_equal(ntlm_authenticate_decode(token, &got), SSP_OK);
    assert_false(got.has_mic);
    assert_int_equal(got.session_key.n, 16);
}

static void refuses_every_truncation(void **state)
{
    struct view whole = v("v2.authenticate");
    struct ntlm_authenticate got = { .flags = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(ntlm_authenticate_decode(guarded((struct view){ whole.p, n }), &got),
                         SSP_ERR_BAD_TOKEN);
    assert_int_equal(got.flags, 42);
}

/* The example with its field header at `at` changed. */
static enum ssp_err decode_with(size_t at, uint16_t n, uint32_t off)
{
    uint8_t bytes[232];
    struct ntlm_authenticate got;

    memcpy(bytes, v("v2.authenticate").p, sizeof(bytes));
    bytes[at] = (uint8_t)n;
    bytes[at + 1] = (uint8_t)(n >> 8);
    for (size_t i = 0; i < 4; i++)
        bytes[at + 4 + i] = (uint8_t)(off >> 8 * i);
    return ntlm_authenticate_decode(guarded((struct view)VIEW_OF(bytes)), &got);
}

enum { AT_LM = 12, AT_NT = 20, AT_DOMAIN = 28, AT_USER = 36, AT_WORKSTATION = 44, AT_KEY = 52 };

static void refuses_fields_that_lie_outside_or_in_the_header(void **state)
{
    (void)state;
    for (size_t at = AT_LM; at <= AT_KEY; at += 8) {
        uint16_t n = at == AT_KEY ? 16 : 24;

        assert_int_equal(decode_with(at, n, 232 - n), SSP_OK);
        assert_int_equal(decode_with(at, n, 232 - n + 1U), SSP_ERR_BAD_TOKEN);
        assert_int_equal(decode_with(at, n, 232), SSP_ERR_BAD_TOKEN);
        assert_int_equal(decode_with(at, n, UINT32_MAX), SSP_ERR_BAD_TOKEN);
        assert_int_equal(decode_with(at, n, UINT32_MAX - n + 1), SSP_ERR_BAD_TOKEN);
        assert_int_equal(decode_with(at, n, 51), SSP_ERR_BAD_TOKEN);
        assert_int_equal(decode_with(at, n, 0), SSP_ERR_BAD_TOKEN);
    }
}

static void lets_empty_fields_point_anywhere(void **state)
{
    (void)state;
    for (size_t at = AT_LM; at <= AT_KEY; at += 8)
        assert_int_equal(decode_with(at, 0, UINT32_MAX), SSP_OK);
}

static void refuses_sizes_that_nothing_has(void **state)
{
    (void)state;
    assert_int_equal(decode_with(AT_LM, 1, 100), SSP_OK);
    assert_int_equal(decode_with(AT_LM, 2, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_LM, 23, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_LM, 25, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_NT, 23, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_NT, 1, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_KEY, 15, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_KEY, 17, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_DOMAIN, 3, 100), SSP_ERR_BAD_TOKEN); /* odd Unicode */
    assert_int_equal(decode_with(AT_USER, 5, 100), SSP_ERR_BAD_TOKEN);
    assert_int_equal(decode_with(AT_WORKSTATION, 7, 100), SSP_ERR_BAD_TOKEN);
}

static void ignores_a_session_key_that_was_not_agreed(void **state)
{
    uint8_t bytes[232];
    struct ntlm_authenticate got;

    (void)state;
    memcpy(bytes, v("v2.authenticate").p, sizeof(bytes));
    bytes[63] &= 0xbf;     /* no NTLMSSP_NEGOTIATE_KEY_EXCH */
    bytes[AT_KEY + 7] = 1; /* and the field points far outside */
    assert_int_equal(ntlm_authenticate_decode(VIEW_OF(bytes), &got), SSP_OK);
    assert_int_equal(got.session_key.n, 0);
}

static void encodes_or_reports_no_memory(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);

        fault_malloc_at(nth);
        ntlm_authenticate_encode(&sample, &out);
        fault_malloc_at(SIZE_MAX);
        e = out.err;
    }
    assert_int_equal(e, SSP_OK);
    assert_in_range(nth, 2, 99);
}

static void refuses_to_encode_a_name_beyond_its_length_field(void **state)
{
    static const uint8_t name[UINT16_MAX + 1];
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_authenticate msg = sample;

    (void)state;
    msg.user = (struct view)VIEW_OF(name);
    ntlm_authenticate_encode(&msg, &out);
    assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_the_example_of_ntlmv2),
        TEST(encodes_the_examples_to_the_byte),
        TEST(decodes_a_message_without_a_version),
        TEST(decodes_anonymous_and_empty_messages),
        TEST(decodes_the_oldest_form_with_neither_key_nor_flags),
        TEST(leaves_room_for_a_mic_and_takes_it_afterwards),
        TEST(sees_no_mic_where_the_session_key_lies),
        TEST(refuses_every_truncation),
        TEST(refuses_fields_that_lie_outside_or_in_the_header),
        TEST(lets_empty_fields_point_anywhere),
        TEST(refuses_sizes_that_nothing_has),
        TEST(ignores_a_session_key_that_was_not_agreed),
        TEST(encodes_or_reports_no_memory),
        TEST(refuses_to_encode_a_name_beyond_its_length_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
