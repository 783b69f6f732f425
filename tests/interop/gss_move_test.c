/* SPDX-License-Identifier: Apache-2.0 */
/* Our end of a session moves from process to process; gss-ntlmssp at the other notices nothing. */
#include "interop/gss_meeting.h"

enum { HOPS = 10 };

static void moves_before_any_message(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));

    gss_meeting_move(&meeting);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void moves_in_the_middle_of_the_stream(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));

    gss_meeting_they_say(&meeting, "one");
    gss_meeting_they_say(&meeting, "two");
    gss_meeting_we_say(&meeting, "three");
    gss_meeting_move(&meeting);
    gss_meeting_we_say(&meeting, "four");
    gss_meeting_they_say(&meeting, "five");
    gss_meeting_end(&meeting);
}

static void moves_again_and_again(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));

    for (int i = 0; i < HOPS; i++) {
        gss_meeting_move(&meeting);
        gss_meeting_talk(&meeting);
    }
    gss_meeting_end(&meeting);
}

static void reads_in_its_new_place_what_was_written_to_the_old_one(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    struct job sealed = job_text("on its way");
    struct job clear = job_text("this too");

    assert_int_equal(gss_peer_seal(&meeting.theirs, &sealed), GSS_S_COMPLETE);
    assert_int_equal(gss_peer_sign(&meeting.theirs, &clear), GSS_S_COMPLETE);
    gss_meeting_move(&meeting);
    assert_int_equal(actor_do(&meeting.ours, party_unseal, &sealed), SEC_E_OK);
    assert_int_equal(actor_do(&meeting.ours, party_verify, &clear), SEC_E_OK);
    assert_true(job_says(&sealed, "on its way") && job_says(&clear, "this too"));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* Our end moves after that many of its legs, and the peer bound it to a channel. */
static void moves_half_done(bool we_accept, unsigned legs)
{
    struct scene ours = scene_ntlm;
    struct gss_scene theirs = gss_usual;

    ours.bindings = "tls-unique:0123456789ab";
    theirs.bindings = ours.bindings;
    struct gss_meeting meeting = gss_meeting_of(we_accept, &ours, &theirs);
    gss_meeting_shake(&meeting, legs);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void moves_after_its_first_leg(void **state)
{
    moves_half_done(gss_we_accept(state), 1);
}

static void moves_after_its_second_leg(void **state)
{
    moves_half_done(gss_we_accept(state), 2);
}

static void refuses_the_wrong_password_in_its_new_place(void **state)
{
    struct gss_scene theirs = gss_usual;

    (void)state;
    theirs.password = "not " WORLD_PASSWORD;
    struct gss_meeting meeting = gss_meeting_of(true, &scene_ntlm, &theirs);
    gss_meeting_shake(&meeting, 1);
    assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(moves_before_any_message),
        GSS_BOTH_ROLES(moves_in_the_middle_of_the_stream),
        GSS_BOTH_ROLES(moves_again_and_again),
        GSS_BOTH_ROLES(reads_in_its_new_place_what_was_written_to_the_old_one),
        GSS_BOTH_ROLES(moves_after_its_first_leg),
        GSS_BOTH_ROLES(moves_after_its_second_leg),
        ACTOR_TEST(refuses_the_wrong_password_in_its_new_place),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
