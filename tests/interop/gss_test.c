/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI and gss-ntlmssp: handshakes in both roles, channel bindings, messages. */
#include "interop/gss_meeting.h"

static const struct scene wrong_password = { .package = "NTLM",
                                             .user = WORLD_USER,
                                             .domain = WORLD_DOMAIN,
                                             .password = "not " WORLD_PASSWORD,
                                             .target = "test/server" };
static const struct scene stranger = { .package = "NTLM",
                                       .user = "Stranger",
                                       .domain = WORLD_DOMAIN,
                                       .password = WORLD_PASSWORD,
                                       .target = "test/server" };

/* ---- Who is let in ----------------------------------------------------- */

static void agrees_on_the_session_key(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    struct job ours = JOB_INIT;
    struct job theirs = JOB_INIT;

    assert_int_equal(actor_do(&meeting.ours, party_key, &ours), SEC_E_OK);
    gss_peer_key(&meeting.theirs, &theirs);
    assert_int_equal(ours.n, 16);
    assert_int_equal(theirs.n, 16);
    assert_memory_equal(ours.bytes, theirs.bytes, ours.n);
    gss_meeting_end(&meeting);
}

/* As an acceptor the peer never tells of replay and sequence detection. */
static void gives_the_peer_what_it_asked_for(void **state)
{
    const OM_uint32 order = GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    OM_uint32 want = GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | (meeting.we_accept ? order : 0);

    assert_int_equal(meeting.theirs.has & want, want);
    gss_meeting_end(&meeting);
}

/* Of the two sides, the one that accepts refuses. */
static void refuses(bool we_accept, const struct scene *ours, const struct gss_scene *theirs,
                    SECURITY_STATUS want)
{
    struct gss_meeting meeting = gss_meeting_of(we_accept, ours, theirs);

    gss_meeting_shake(&meeting, 0);
    assert_false(gss_meeting_agrees(&meeting));
    if (we_accept)
        assert_int_equal(meeting.status, want);
    else
        assert_true(GSS_ERROR(meeting.theirs.major));
    gss_meeting_end(&meeting);
}

static void does_not_pass_with_the_wrong_password(void **state)
{
    struct gss_scene theirs = gss_usual;

    theirs.password = wrong_password.password;
    refuses(gss_we_accept(state), gss_we_accept(state) ? &scene_ntlm : &wrong_password, &theirs,
            SEC_E_LOGON_DENIED);
}

static void does_not_pass_as_a_user_whom_nobody_knows(void **state)
{
    struct gss_scene theirs = gss_usual;

    theirs.user = stranger.user;
    refuses(gss_we_accept(state), gss_we_accept(state) ? &scene_ntlm : &stranger, &theirs,
            SEC_E_LOGON_DENIED);
}

static void knows_names_and_passwords_beyond_ascii(void **state)
{
    struct scene ours = scene_ntlm;
    struct gss_scene theirs = gss_usual;

    theirs.user = ours.user = WORLD_FAR_USER;
    theirs.domain = ours.domain = WORLD_FAR_DOMAIN;
    theirs.password = ours.password = WORLD_FAR_PASSWORD;
    struct gss_meeting meeting = gss_meeting_of(gss_we_accept(state), &ours, &theirs);
    gss_meeting_shake(&meeting, 1);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- Channel bindings -------------------------------------------------- */

static const char channel[] = "tls-server-end-point:0123456789abcdef0123456789abcdef";
static const char other_channel[] = "tls-server-end-point:fedcba9876543210fedcba9876543210";

static struct gss_meeting bound(bool we_accept, const char *ours, const char *theirs)
{
    struct scene scene = scene_ntlm;
    struct gss_scene gss = gss_usual;

    scene.bindings = ours;
    gss.bindings = theirs;
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scene, &gss);
    gss_meeting_shake(&meeting, 0);
    return meeting;
}

static void talks_over_a_channel_that_both_name(void **state)
{
    struct gss_meeting meeting = bound(gss_we_accept(state), channel, channel);

    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void does_not_pass_over_a_channel_that_the_other_does_not_see(void **state)
{
    struct gss_meeting meeting = bound(gss_we_accept(state), channel, other_channel);

    assert_false(gss_meeting_agrees(&meeting));
    if (meeting.we_accept)
        assert_int_equal(meeting.status, SEC_E_BAD_BINDINGS);
    else
        assert_true(GSS_ERROR(meeting.theirs.major));
    gss_meeting_end(&meeting);
}

static void lets_in_a_client_that_names_no_channel_unless_told_to_require_one(void **state)
{
    (void)state;
    struct gss_meeting meeting = bound(true, channel, NULL);
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);

    world_configure("run", "channel_bindings = required\n");
    meeting = bound(true, channel, NULL);
    assert_int_equal(meeting.status, SEC_E_BAD_BINDINGS);
    gss_meeting_end(&meeting);
    meeting = bound(true, channel, channel);
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_end(&meeting);
    world_configure("run", "");
}

/* The peer lets such a client in as well: [MS-NLMP] 3.2.5.1.2 leaves it open. */
static void is_let_in_without_the_channel_that_the_peer_names(void **state)
{
    struct gss_meeting meeting = bound(false, NULL, channel);

    (void)state;
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void may_name_a_channel_to_a_server_that_names_none(void **state)
{
    struct gss_meeting meeting = bound(gss_we_accept(state), gss_we_accept(state) ? NULL : channel,
                                       gss_we_accept(state) ? channel : NULL);

    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- Messages ---------------------------------------------------------- */

static void exchanges_sealed_and_signed_messages(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));

    for (int i = 0; i < 20; i++)
        gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

enum { MANY = 12 };

/* A packet of every kind in turn, all written before any is read. */
static void reads_many_messages_that_were_written_ahead(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    static struct job ours[MANY];
    static struct job theirs[MANY];

    for (int i = 0; i < MANY; i++) {
        ours[i] = job_text("ours");
        theirs[i] = job_text("theirs");
        assert_int_equal(actor_do(&meeting.ours, i % 3 ? party_seal : party_sign, &ours[i]),
                         SEC_E_OK);
        assert_int_equal((i % 4 ? gss_peer_seal : gss_peer_sign)(&meeting.theirs, &theirs[i]),
                         GSS_S_COMPLETE);
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(actor_do(&meeting.ours, i % 4 ? party_unseal : party_verify, &theirs[i]),
                         SEC_E_OK);
        assert_int_equal((i % 3 ? gss_peer_unseal : gss_peer_verify)(&meeting.theirs, &ours[i]),
                         GSS_S_COMPLETE);
        assert_true(job_says(&ours[i], "ours") && job_says(&theirs[i], "theirs"));
    }
    gss_meeting_end(&meeting);
}

static void exchanges_messages_of_any_size(void **state)
{
    static const size_t sizes[] = { 1, 15, 16, 17, 255, 256, 1024, 1900 };
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    char text[1901] = "";

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(text, 'a' + (int)i, sizes[i]);
        gss_meeting_we_say(&meeting, text);
        gss_meeting_they_say(&meeting, text);
    }
    gss_meeting_end(&meeting);
}

static void refuses_an_altered_message_and_then_reads_the_genuine_one(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    struct job packet = job_text("do not touch");

    assert_int_equal(gss_peer_seal(&meeting.theirs, &packet), GSS_S_COMPLETE);
    struct job altered = packet;
    altered.bytes[altered.n - 1] ^= 1;
    assert_int_equal(actor_do(&meeting.ours, party_unseal, &altered), SEC_E_MESSAGE_ALTERED);
    assert_int_equal(actor_do(&meeting.ours, party_unseal, &packet), SEC_E_OK);
    assert_true(job_says(&packet, "do not touch"));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void writes_nothing_that_may_be_altered(void **state)
{
    struct gss_meeting meeting = gss_meeting_usual(gss_we_accept(state));
    struct job packet = job_text("do not touch");

    assert_int_equal(actor_do(&meeting.ours, party_sign, &packet), SEC_E_OK);
    packet.bytes[packet.n - 1] ^= 1;
    assert_true(GSS_ERROR(gss_peer_verify(&meeting.theirs, &packet)));
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(agrees_on_the_session_key),
        GSS_BOTH_ROLES(gives_the_peer_what_it_asked_for),
        GSS_BOTH_ROLES(does_not_pass_with_the_wrong_password),
        GSS_BOTH_ROLES(does_not_pass_as_a_user_whom_nobody_knows),
        GSS_BOTH_ROLES(knows_names_and_passwords_beyond_ascii),
        GSS_BOTH_ROLES(talks_over_a_channel_that_both_name),
        GSS_BOTH_ROLES(does_not_pass_over_a_channel_that_the_other_does_not_see),
        ACTOR_TEST(lets_in_a_client_that_names_no_channel_unless_told_to_require_one),
        ACTOR_TEST(is_let_in_without_the_channel_that_the_peer_names),
        GSS_BOTH_ROLES(may_name_a_channel_to_a_server_that_names_none),
        GSS_BOTH_ROLES(exchanges_sealed_and_signed_messages),
        GSS_BOTH_ROLES(reads_many_messages_that_were_written_ahead),
        GSS_BOTH_ROLES(exchanges_messages_of_any_size),
        GSS_BOTH_ROLES(refuses_an_altered_message_and_then_reads_the_genuine_one),
        GSS_BOTH_ROLES(writes_nothing_that_may_be_altered),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
