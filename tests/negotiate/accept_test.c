/* SPDX-License-Identifier: Apache-2.0 */
/* Our acceptor against initiators that are made by hand. */
#include <string.h>

#include "negotiate/handmade.h"

static void begin(struct bout *bout)
{
    bout_begin(bout, true);
}

/* Up to our acceptor's first reply to a list in which NTLM is first. */
static void reply(struct bout *bout)
{
    assert_int_equal(bout_ntlm(bout), SEC_I_CONTINUE_NEEDED);
    bout_wrap_init(bout);
    assert_int_equal(bout_nego(bout), SEC_I_CONTINUE_NEEDED);
}

/* The same with Kerberos before it, whose token there is none of; then NTLM's last token. */
static void be_second_choice(struct bout *bout)
{
    bout->hand.oids[0] = oid_of(NEGO_MECH_MS_KERBEROS);
    bout->hand.oids[1] = oid_of(NEGO_MECH_NTLM);
    bout->hand.n_oids = 2;
    bout_wrap_init(bout);
    assert_int_equal(bout_nego(bout), SEC_I_CONTINUE_NEEDED);
    struct nego_resp resp = bout_unwrap_resp(bout);
    assert_int_equal(resp.verdict, NEGO_REQUEST_MIC);
    assert_view_equal(resp.oid, oid_of(NEGO_MECH_NTLM));
    assert_false(resp.has_token);
    assert_int_equal(bout_ntlm(bout), SEC_I_CONTINUE_NEEDED);
    bout_wrap_resp(bout);
    assert_int_equal(bout_nego(bout), SEC_I_CONTINUE_NEEDED);
    resp = bout_unwrap_resp(bout);
    assert_int_equal(resp.verdict, NEGO_INCOMPLETE);
    assert_int_equal(resp.oid.n, 0);
    assert_int_equal(bout_ntlm(bout), SEC_E_OK);
}

static void the_favourite_of_both_needs_no_mic(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    reply(&bout);
    struct nego_resp resp = bout_unwrap_resp(&bout);
    assert_int_equal(resp.verdict, NEGO_INCOMPLETE);
    assert_view_equal(resp.oid, oid_of(NEGO_MECH_NTLM));
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    resp = bout_unwrap_resp(&bout);
    assert_int_equal(resp.verdict, NEGO_COMPLETED);
    assert_false(resp.has_mic);
    bout_end(&bout);
}

static void another_choice_is_protected_by_both_sides(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    be_second_choice(&bout);
    bout_sign_list(&bout);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    struct nego_resp resp = bout_unwrap_resp(&bout);
    assert_int_equal(resp.verdict, NEGO_COMPLETED);
    assert_true(resp.has_mic);
    assert_int_equal(bout_verify_list(&bout, bout_list(&bout), resp.mic), SEC_E_OK);
    bout_end(&bout);
}

static void a_mic_that_is_missing_is_a_downgrade(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    be_second_choice(&bout);
    bout_wrap_resp(&bout);
    struct job again = bout.job;
    assert_int_equal(bout_nego(&bout), SEC_E_DOWNGRADE_DETECTED);
    bout.job = again;
    assert_int_equal(bout_nego(&bout), SEC_E_OUT_OF_SEQUENCE); /* there is no way back */
    bout_end(&bout);
}

static void a_list_that_was_changed_on_its_way_is_a_downgrade(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    be_second_choice(&bout);
    bout.hand.oids[0] = oid_of(NEGO_MECH_KERBEROS); /* what the initiator had said */
    bout_sign_list(&bout);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_DOWNGRADE_DETECTED);
    bout_end(&bout);
}

static void every_byte_of_the_mic_counts(void **state)
{
    (void)state;
    for (ULONG i = 0; i < 16; i++) {
        struct bout bout;

        begin(&bout);
        be_second_choice(&bout);
        bout_sign_list(&bout);
        bout.hand.mic[i] ^= 1;
        bout_wrap_resp(&bout);
        assert_int_equal(bout_nego(&bout), SEC_E_DOWNGRADE_DETECTED);
        bout_end(&bout);
    }
}

static void a_mic_that_nobody_asked_for_is_checked_and_answered(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    reply(&bout);
    (void)bout_unwrap_resp(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    bout_sign_list(&bout);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    struct nego_resp resp = bout_unwrap_resp(&bout);
    assert_true(resp.has_mic);
    assert_int_equal(bout_verify_list(&bout, bout_list(&bout), resp.mic), SEC_E_OK);
    bout_end(&bout);
}

static void a_mic_before_its_time_is_refused(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_I_CONTINUE_NEEDED);
    bout.hand.mic_n = 16;
    bout_wrap_init(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout_end(&bout);
}

static void speaks_first_when_asked_to(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    assert_int_equal(bout_nego(&bout), SEC_I_CONTINUE_NEEDED);
    struct nego_init hints = bout_unwrap_init(&bout);
    assert_true(hints.has_hints);
    assert_false(hints.has_token);
    assert_view_equal(hints.oid[hints.n - 1], oid_of(NEGO_MECH_NTLM));
    struct job nothing = JOB_INIT;
    assert_int_equal(party_leg(&bout.nego, &nothing), SEC_E_INVALID_TOKEN); /* once */
    reply(&bout);
    bout_end(&bout);
}

static void takes_bare_ntlm(void **state)
{
    struct bout bout;
    SecPkgContext_NegotiationInfoA info = { 0 };

    (void)state;
    begin(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(bout_nego(&bout), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(QueryContextAttributesA(&bout.nego.ctx, SECPKG_ATTR_NEGOTIATION_INFO, &info),
                     SEC_E_OK);
    assert_string_equal(info.PackageInfo->Name, "NTLM");
    assert_int_equal(info.NegotiationState, SECPKG_NEGOTIATION_DIRECT);
    assert_int_equal(FreeContextBuffer(info.PackageInfo), SEC_E_OK);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    assert_int_equal(bout.job.n, 0);
    struct loopback loop = { .client = bout.ntlm, .server = bout.nego };
    assert_true(loopback_talks(&loop));
    bout_end(&bout);
}

static void refuses_kerberos_tokens_that_are_none(void **state)
{
    static const char *const tokens[] = {
        "600d 06092a864886f712010202 0100", /* framed, and nothing behind */
        "6e03020105",                       /* an AP-REQ that is too short */
    };
    (void)state;

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        struct bout bout;
        struct view token = hex(tokens[i]);

        begin(&bout);
        memcpy(bout.job.bytes, token.p, token.n);
        bout.job.n = (uint32_t)token.n;
        assert_true(bout_nego(&bout) < 0);
        assert_false(bout.nego.has_ctx);
        bout_end(&bout);
    }
}

static void refuses_lists_without_anything_in_common(void **state)
{
    static const uint8_t foreign[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e };
    struct bout bout;

    (void)state;
    begin(&bout);
    bout.hand.oids[0] = VIEW_OF(foreign);
    bout_wrap_init(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_SECPKG_NOT_FOUND);
    bout_end(&bout);
}

static void refuses_legs_out_of_order(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_I_CONTINUE_NEEDED);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN); /* no list yet */
    bout_end(&bout);
    begin(&bout);
    reply(&bout);
    (void)bout_unwrap_resp(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    struct job last = bout.job;
    bout_wrap_init(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN); /* a second list */
    bout.job.n = 0;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN); /* no token */
    bout.hand.resp.verdict = NEGO_REJECT;
    bout.job = last;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_LOGON_DENIED);
    bout.hand.resp.verdict = NEGO_UNSAID;
    bout.job = last;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    bout_end(&bout);
}

static void a_wrong_password_is_refused_and_the_right_one_taken_after(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    reply(&bout);
    (void)bout_unwrap_resp(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    struct job right = bout.job;
    bout.job.bytes[bout.job.n - 1] ^= 1;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_LOGON_DENIED);
    bout.job = right;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    bout_end(&bout);
}

/* Of what was cut the rest is waited for, or it is no token; it is never a success. */
static void nothing_is_accepted_that_was_cut(void **state)
{
    struct bout bout;

    (void)state;
    begin(&bout);
    reply(&bout);
    (void)bout_unwrap_resp(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    bout_wrap_resp(&bout);
    bout_end(&bout);
    for (uint32_t n = 1; n < bout.job.n; n += 7) {
        struct bout other;

        begin(&other);
        reply(&other);
        other.job = bout.job;
        other.job.n = n;
        SECURITY_STATUS status = bout_nego(&other);
        assert_true(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INVALID_TOKEN);
        bout_end(&other);
    }
}

static void tells_the_peer_of_a_failure_where_that_was_asked_for(void **state)
{
    struct scene scene = scene_negotiate;
    struct bout bout;
    uint8_t place[256];

    (void)state;
    begin(&bout);
    scene.acceptor_asks |= ASC_REQ_EXTENDED_ERROR;
    bout.nego.scene = &scene;
    reply(&bout);
    (void)bout_unwrap_resp(&bout);
    assert_int_equal(bout_ntlm(&bout), SEC_E_OK);
    bout.job.bytes[bout.job.n - 1] ^= 1;
    bout_wrap_resp(&bout);
    SecBuffer in = { bout.job.n, SECBUFFER_TOKEN, bout.job.bytes };
    SecBuffer out = { sizeof(place), SECBUFFER_TOKEN, place };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    assert_int_equal(AcceptSecurityContext(&bout.nego.cred, &bout.nego.ctx, &in_desc,
                                           scene.acceptor_asks, SECURITY_NATIVE_DREP,
                                           &bout.nego.ctx, &out_desc, &bout.nego.attributes, NULL),
                     SEC_E_LOGON_DENIED);
    struct nego_resp resp = { 0 };
    assert_int_equal(nego_resp_decode(guarded((struct view){ place, out.cbBuffer }), &resp),
                     SSP_OK);
    assert_int_equal(resp.verdict, NEGO_REJECT);
    bout_end(&bout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_favourite_of_both_needs_no_mic),
        TEST(another_choice_is_protected_by_both_sides),
        TEST(a_mic_that_is_missing_is_a_downgrade),
        TEST(a_list_that_was_changed_on_its_way_is_a_downgrade),
        TEST(every_byte_of_the_mic_counts),
        TEST(a_mic_that_nobody_asked_for_is_checked_and_answered),
        TEST(a_mic_before_its_time_is_refused),
        TEST(speaks_first_when_asked_to),
        TEST(takes_bare_ntlm),
        TEST(refuses_kerberos_tokens_that_are_none),
        TEST(refuses_lists_without_anything_in_common),
        TEST(refuses_legs_out_of_order),
        TEST(a_wrong_password_is_refused_and_the_right_one_taken_after),
        TEST(nothing_is_accepted_that_was_cut),
        TEST(tells_the_peer_of_a_failure_where_that_was_asked_for),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
