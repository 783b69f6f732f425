/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Negotiate and MIT's SPNEGO, with Kerberos and NTLM to choose from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/kdc.h"
#include "interop/krb_meeting.h"

/* Each in a runtime folder of its own; actors read it when they start.  Our initiators have the
 * ticket of the world's user, and for NTLM the first of its accounts, who is the same. */
static void configure(const char *runtime, const char *more)
{
    char text[512];

    (void)snprintf(text, sizeof(text), "credential = %s\n%s", world_path("sam"), more);
    world_configure(runtime, text);
}

static void prefer_kerberos(void)
{
    configure("kerberos", "");
}

static void prefer_ntlm(void)
{
    configure("ntlm", "[negotiate]\npackages = ntlm, kerberos\n");
}

static void forbid_ntlm(void)
{
    configure("forbid", "allow = no\n");
}

static struct krb_scenes offering(enum gss_offer offer)
{
    struct krb_scenes scenes = krb_scenes_usual();

    scenes.ours.package = "Negotiate";
    scenes.theirs.spnego = true;
    scenes.theirs.offer = offer;
    return scenes;
}

/* Gives the name of the package that was chosen. */
static SECURITY_STATUS chosen(struct party *party, struct job *job)
{
    SecPkgContext_NegotiationInfoA info = { 0 };
    SECURITY_STATUS status =
        QueryContextAttributesA(&party->ctx, SECPKG_ATTR_NEGOTIATION_INFO, &info);

    if (status != SEC_E_OK)
        return status;
    *job = job_text((const char *)info.PackageInfo->Name);
    return FreeContextBuffer(info.PackageInfo);
}

static void assert_chose(const struct gss_meeting *meeting, const char *package)
{
    struct job job = JOB_INIT;

    assert_int_equal(actor_do(&meeting->ours, chosen, &job), SEC_E_OK);
    assert_true(job_says(&job, package));
}

/* They agree on the package and talk, though our end is elsewhere after each of its legs. */
static void assert_meet(bool we_accept, const struct krb_scenes *scenes, const char *package)
{
    struct gss_meeting meeting = krb_meet(we_accept, scenes, GSS_EACH_LEG);

    assert_chose(&meeting, package);
    gss_meeting_talk(&meeting);
    gss_meeting_move(&meeting);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- The favourite of both ---------------------------------------------- */

/* The first token has Kerberos' with it, so there are no more of them than without SPNEGO. */
static void kerberos_needs_no_more_tokens_than_alone(void **state)
{
    const struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);

    prefer_kerberos();
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
    assert_int_equal(meeting.legs, 3); /* the last one takes in a token and gives none */
    assert_chose(&meeting, "Kerberos");
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void kerberos_is_chosen_where_both_have_both(void **state)
{
    const struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);

    prefer_kerberos();
    assert_meet(gss_we_accept(state), &scenes, "Kerberos");
}

static void kerberos_shakes_hands_in_dce_style(void **state)
{
    struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);
    struct job job = job_text("signed");

    prefer_kerberos();
    krb_scenes_ask(&scenes, ISC_REQ_USE_DCE_STYLE, GSS_C_DCE_STYLE);
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 1);
    assert_chose(&meeting, "Kerberos");
    assert_int_equal(gss_peer_sign(&meeting.theirs, &job), GSS_S_COMPLETE);
    assert_int_equal(actor_do(&meeting.ours, party_verify, &job), SEC_E_OK);
    gss_meeting_end(&meeting);
}

/* ---- Another one -------------------------------------------------------- */

/* The initiator's first token was for nothing: it begins anew, and both sign the list. */
static void an_initiator_takes_ntlm_where_the_acceptor_has_nothing_else(void **state)
{
    struct krb_scenes scenes = offering(GSS_NTLM);

    (void)state;
    prefer_kerberos();
    assert_meet(false, &scenes, "NTLM");
}

static void an_initiator_takes_kerberos_where_the_acceptor_has_nothing_else(void **state)
{
    const struct krb_scenes scenes = offering(GSS_KERBEROS);

    (void)state;
    prefer_ntlm();
    assert_meet(false, &scenes, "Kerberos");
}

static void an_acceptor_takes_what_it_has_of_the_offer(void **state)
{
    struct krb_scenes scenes = offering(GSS_NTLM_THEN_KERBEROS);

    (void)state;
    forbid_ntlm();
    assert_meet(true, &scenes, "Kerberos");
}

/* The initiator's favourite is not ours: it is taken, and the list is signed. */
static void the_list_is_signed_where_favourites_differ(void **state)
{
    const struct krb_scenes kerberos = offering(GSS_KERBEROS_THEN_NTLM);
    const struct krb_scenes ntlm = offering(GSS_NTLM_THEN_KERBEROS);

    (void)state;
    prefer_ntlm();
    assert_meet(true, &kerberos, "Kerberos");
    prefer_kerberos();
    assert_meet(true, &ntlm, "NTLM");
}

/* Tokens of Kerberos that no SPNEGO is around. */
static void an_acceptor_takes_bare_kerberos(void **state)
{
    struct krb_scenes scenes = offering(GSS_KERBEROS);

    (void)state;
    prefer_kerberos();
    scenes.theirs.spnego = false;
    assert_meet(true, &scenes, "Kerberos");
}

/* ---- Without Kerberos ---------------------------------------------------- */

static SECURITY_STATUS forget_own_tickets(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): an actor has no threads */
    return setenv("KRB5CCNAME", "FILE:/nonexistent/ccache", 1) == 0 ? SEC_E_OK
                                                                    : SEC_E_INTERNAL_ERROR;
}

static void assert_falls_back(const struct krb_scenes *scenes, deed_fn *before)
{
    struct gss_meeting meeting = gss_meeting_of(false, &scenes->ours, &scenes->theirs);

    if (before != NULL)
        assert_int_equal(actor_does(&meeting.ours, before, 0), SEC_E_OK);
    gss_meeting_shake(&meeting, 0);
    assert_true(gss_meeting_agrees(&meeting));
    assert_chose(&meeting, "NTLM");
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void ntlm_is_taken_without_tickets(void **state)
{
    const struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);

    (void)state;
    prefer_kerberos();
    assert_falls_back(&scenes, forget_own_tickets);
}

static void ntlm_is_taken_for_a_target_that_the_kdc_does_not_know(void **state)
{
    struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);

    (void)state;
    prefer_kerberos();
    krb_scenes_aim_at(&scenes, "HTTP/nobody.test.example");
    assert_falls_back(&scenes, NULL);
}

/* ---- What may be chosen -------------------------------------------------- */

/* The job's text is the package list; whose names and password are the user's own. */
static SECURITY_STATUS acquire_with(struct party *party, struct job *job)
{
    SEC_WINNT_AUTH_IDENTITY_EXA identity = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(identity),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
        .PackageList = job->bytes,
        .PackageListLength = job->n,
    };

    return AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)party->scene->package,
                                     SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                     &party->cred, NULL);
}

static struct gss_meeting meet_restricted(const struct krb_scenes *scenes, const char *list)
{
    struct gss_meeting meeting = gss_meeting_of(false, &scenes->ours, &scenes->theirs);
    struct job job = job_text(list);

    assert_int_equal(actor_do(&meeting.ours, acquire_with, &job), SEC_E_OK);
    krb_shake_and_hear(&meeting);
    return meeting;
}

static void a_package_list_rules(void **state)
{
    const struct krb_scenes both = offering(GSS_KERBEROS_THEN_NTLM);
    struct gss_meeting meeting;

    (void)state;
    prefer_kerberos();
    meeting = meet_restricted(&both, "!ntlm");
    assert_true(gss_meeting_agrees(&meeting));
    assert_chose(&meeting, "Kerberos");
    gss_meeting_end(&meeting);
    meeting = meet_restricted(&both, "!kerberos");
    assert_true(gss_meeting_agrees(&meeting));
    assert_chose(&meeting, "NTLM");
    gss_meeting_end(&meeting);
}

static void what_is_ruled_out_is_not_taken_for_want_of_anything_else(void **state)
{
    struct krb_scenes scenes = offering(GSS_NTLM);
    struct gss_meeting meeting;

    (void)state;
    prefer_kerberos();
    meeting = meet_restricted(&scenes, "!ntlm"); /* the acceptor has nothing else */
    assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    gss_meeting_end(&meeting);
    scenes = offering(GSS_KERBEROS_THEN_NTLM);
    krb_scenes_aim_at(&scenes, "HTTP/nobody.test.example");
    meeting = meet_restricted(&scenes, "!ntlm"); /* nor has the KDC */
    assert_int_equal(meeting.status, SEC_E_TARGET_UNKNOWN);
    gss_meeting_end(&meeting);
    forbid_ntlm();
    assert_refused(false, &scenes, SEC_E_TARGET_UNKNOWN);
    scenes = offering(GSS_NTLM);
    assert_refused(false, &scenes, SEC_E_LOGON_DENIED);
    assert_refused(true, &scenes, SEC_E_SECPKG_NOT_FOUND);
}

/* ---- Downgrades ---------------------------------------------------------- */

/* Both identifiers of Kerberos become some that nobody knows. */
static void hide_kerberos(struct job *token)
{
    static const uint8_t tails[2][7] = { { 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x06 },
                                         { 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x06 } };
    size_t hidden = 0;

    for (uint32_t i = 0; i + sizeof(tails[0]) <= token->n; i++) {
        for (size_t k = 0; k < 2; k++) {
            if (memcmp(token->bytes + i, tails[k], sizeof(tails[k])) != 0)
                continue;
            token->bytes[i + 5] = 0x77;
            hidden++;
        }
    }
    assert_true(hidden != 0);
}

/* Somebody on the way would have NTLM rather than Kerberos; the MIC of the list says so. */
static void a_list_that_was_changed_on_its_way_is_noticed(void **state)
{
    const struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);
    bool we_accept = gss_we_accept(state);
    bool is_ours = !we_accept;
    struct job job = JOB_INIT;

    prefer_kerberos();
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scenes.ours, &scenes.theirs);
    while (gss_meeting_leg(&meeting, is_ours, &job) && job.n != 0) {
        if (meeting.legs == 1)
            hide_kerberos(&job);
        is_ours = !is_ours;
    }
    assert_true(meeting.legs > 3); /* NTLM was tried */
    if (we_accept)
        assert_int_equal(meeting.status, SEC_E_DOWNGRADE_DETECTED);
    else
        assert_true(GSS_ERROR(meeting.theirs.major));
    gss_meeting_end(&meeting);
}

/* The last bytes of the acceptor's last word, which are its MIC. */
static void an_altered_mic_is_noticed(void **state)
{
    const struct krb_scenes scenes = offering(GSS_NTLM);
    struct job job = JOB_INIT;
    bool is_ours = true;

    (void)state;
    prefer_kerberos();
    struct gss_meeting meeting = gss_meeting_of(false, &scenes.ours, &scenes.theirs);
    while (meeting.legs < 2 || meeting.theirs.major != GSS_S_COMPLETE) {
        assert_true(gss_meeting_leg(&meeting, is_ours, &job));
        is_ours = !is_ours;
    }
    assert_true(job.n != 0);
    job.bytes[job.n - 1] ^= 1;
    assert_false(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(meeting.status, SEC_E_DOWNGRADE_DETECTED);
    gss_meeting_end(&meeting);
}

/* The last case: from here on there is no KDC. */
static void ntlm_is_taken_without_a_kdc(void **state)
{
    struct krb_scenes scenes = offering(GSS_KERBEROS_THEN_NTLM);

    (void)state;
    prefer_kerberos();
    krb_scenes_aim_at(&scenes, KDC_TRUSTED);
    kdc_stop();
    assert_falls_back(&scenes, NULL);
    struct gss_meeting meeting = meet_restricted(&scenes, "!ntlm");
    assert_int_equal(meeting.status, SEC_E_NO_AUTHENTICATING_AUTHORITY);
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(kerberos_needs_no_more_tokens_than_alone),
        GSS_BOTH_ROLES(kerberos_is_chosen_where_both_have_both),
        GSS_BOTH_ROLES(kerberos_shakes_hands_in_dce_style),
        ACTOR_TEST(an_initiator_takes_ntlm_where_the_acceptor_has_nothing_else),
        ACTOR_TEST(an_initiator_takes_kerberos_where_the_acceptor_has_nothing_else),
        ACTOR_TEST(an_acceptor_takes_what_it_has_of_the_offer),
        ACTOR_TEST(the_list_is_signed_where_favourites_differ),
        ACTOR_TEST(an_acceptor_takes_bare_kerberos),
        ACTOR_TEST(ntlm_is_taken_without_tickets),
        ACTOR_TEST(ntlm_is_taken_for_a_target_that_the_kdc_does_not_know),
        ACTOR_TEST(a_package_list_rules),
        ACTOR_TEST(what_is_ruled_out_is_not_taken_for_want_of_anything_else),
        GSS_BOTH_ROLES(a_list_that_was_changed_on_its_way_is_noticed),
        ACTOR_TEST(an_altered_mic_is_noticed),
        ACTOR_TEST(ntlm_is_taken_without_a_kdc),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
