/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Kerberos and MIT's: handshakes in both roles and of every kind. */
#include <stdlib.h>
#include <string.h>

#include "harness/kdc.h"
#include "interop/krb_meeting.h"

/* ---- What both come to -------------------------------------------------- */

static void agrees_on_a_key_of_each_type(void **state)
{
    for (size_t type = 0; type < KRB_TYPES; type++) {
        const struct krb_scenes scenes = krb_scenes_of_type(type);
        struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
        struct job ours = JOB_INIT;
        struct job theirs = JOB_INIT;

        assert_int_equal(actor_do(&meeting.ours, party_key, &ours), SEC_E_OK);
        gss_peer_key(&meeting.theirs, &theirs);
        assert_int_equal(ours.n, type % 2 == 0 ? 32 : 16);
        assert_int_equal(ours.n, theirs.n);
        assert_memory_equal(ours.bytes, theirs.bytes, ours.n);
        gss_meeting_talk(&meeting);
        gss_meeting_end(&meeting);
        assert_int_equal(actors_end(state), 0);
    }
}

/* Gives the client's name. */
static SECURITY_STATUS name(struct party *party, struct job *job)
{
    SecPkgContext_NamesA names = { 0 };
    SECURITY_STATUS status = QueryContextAttributesA(&party->ctx, SECPKG_ATTR_NAMES, &names);

    if (status != SEC_E_OK)
        return status;
    *job = job_text(names.sUserName);
    return FreeContextBuffer(names.sUserName);
}

static void both_say_the_same_name(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
    struct job job = JOB_INIT;

    assert_int_equal(actor_do(&meeting.ours, name, &job), SEC_E_OK);
    assert_true(job_says(&job, KDC_USER "@" KDC_REALM));
    if (!meeting.we_accept)
        assert_string_equal(meeting.theirs.client, KDC_USER "@" KDC_REALM);
    gss_meeting_end(&meeting);
}

/* Gives the attributes of the last leg, as arg. */
static SECURITY_STATUS attributes(struct party *party, struct job *job)
{
    job->arg = party->attributes;
    return SEC_E_OK;
}

static ULONG attributes_of(const struct gss_meeting *meeting)
{
    struct job job = JOB_INIT;

    assert_int_equal(actor_do(&meeting->ours, attributes, &job), SEC_E_OK);
    return job.arg;
}

static void both_tell_of_the_same_services(void **state)
{
    static const struct {
        ULONG isc;
        ULONG asc;
        OM_uint32 gss;
    } services[] = {
        { ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG },
        { ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY, GSS_C_CONF_FLAG },
        { ISC_RET_INTEGRITY, ASC_RET_INTEGRITY, GSS_C_INTEG_FLAG },
        { ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT, GSS_C_REPLAY_FLAG },
        { ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT, GSS_C_SEQUENCE_FLAG },
        { ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE, GSS_C_DCE_STYLE },
        { ISC_RET_IDENTIFY, ASC_RET_IDENTIFY, GSS_C_IDENTIFY_FLAG },
    };
    bool we_accept = gss_we_accept(state);
    struct krb_scenes scenes = krb_scenes_usual();

    krb_scenes_ask(&scenes, ISC_REQ_IDENTIFY, GSS_C_IDENTIFY_FLAG);
    struct gss_meeting meeting = krb_meet(we_accept, &scenes, 0);
    ULONG ours = attributes_of(&meeting);
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        bool we_say = (ours & (we_accept ? services[i].asc : services[i].isc)) != 0;

        assert_int_equal(we_say, (meeting.theirs.has & services[i].gss) != 0);
    }
    gss_meeting_end(&meeting);
}

/* ---- Kinds of handshakes ------------------------------------------------ */

/* [MS-SPNG] 3.3.3 has our Negotiate ask for it whatever the application says. */
static void one_token_is_enough_without_mutual_authentication(void **state)
{
    bool is_asked = krb_is_chosen() && !gss_we_accept(state);

    for (size_t type = 0; type < KRB_TYPES; type++) {
        struct krb_scenes scenes = krb_scenes_of_type(type);

        scenes.ours.initiator_asks &= ~(ULONG)ISC_REQ_MUTUAL_AUTH;
        scenes.theirs.asks &= ~(OM_uint32)GSS_C_MUTUAL_FLAG;
        struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
        assert_int_equal(meeting.theirs.has & GSS_C_MUTUAL_FLAG, is_asked ? GSS_C_MUTUAL_FLAG : 0);
        gss_meeting_talk(&meeting);
        gss_meeting_end(&meeting);
        assert_int_equal(actors_end(state), 0);
    }
}

/* Without messages' own protection the context still says who is who. */
static void who_is_who_can_be_all(void **state)
{
    struct krb_scenes scenes = krb_scenes_usual();
    struct job job = job_text("in clear");

    scenes.ours.initiator_asks = ISC_REQ_MUTUAL_AUTH;
    scenes.ours.acceptor_asks = 0;
    scenes.theirs.asks = GSS_C_MUTUAL_FLAG;
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
    assert_int_equal(actor_do(&meeting.ours, name, &job), SEC_E_OK);
    assert_true(job_says(&job, KDC_USER "@" KDC_REALM));
    gss_meeting_end(&meeting);
}

static struct krb_scenes dce_of_type(size_t type)
{
    struct krb_scenes scenes = krb_scenes_of_type(type);

    krb_scenes_ask(&scenes, ISC_REQ_USE_DCE_STYLE, GSS_C_DCE_STYLE);
    return scenes;
}

static void shakes_hands_in_dce_style(void **state)
{
    for (size_t type = 0; type < KRB_TYPES; type++) {
        const struct krb_scenes scenes = dce_of_type(type);
        struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);

        assert_true((meeting.theirs.has & GSS_C_DCE_STYLE) != 0);
        gss_meeting_end(&meeting);
        assert_int_equal(actors_end(state), 0);
    }
}

/* Nobody is let in by the first two legs, and no other third one. */
static void an_altered_third_leg_is_refused(void **state)
{
    const struct krb_scenes scenes = dce_of_type(0);
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);
    struct job job = JOB_INIT;

    (void)state;
    assert_true(gss_meeting_leg(&meeting, false, &job));
    assert_true(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(meeting.status, SEC_I_CONTINUE_NEEDED);
    assert_true(gss_meeting_leg(&meeting, false, &job));
    struct job good = job;
    job.bytes[job.n - 1] ^= 1;
    assert_false(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(meeting.status, SEC_E_MESSAGE_ALTERED);
    assert_true(gss_meeting_leg(&meeting, true, &good));
    assert_int_equal(meeting.status, SEC_E_OK);
    gss_meeting_end(&meeting);
}

static void a_password_will_do(void **state)
{
    struct krb_scenes scenes = krb_scenes_usual();

    (void)state;
    scenes.ours.user = KDC_OTHER;
    struct gss_meeting meeting = krb_meet(false, &scenes, 0);
    assert_string_equal(meeting.theirs.client, KDC_OTHER "@" KDC_REALM);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- Channel bindings --------------------------------------------------- */

static const char channel[] = "tls-server-end-point:0123456789abcdef0123456789abcdef";
static const char other_channel[] = "tls-server-end-point:fedcba9876543210fedcba9876543210";

static struct gss_meeting bound(bool we_accept, const char *ours, const char *theirs)
{
    struct krb_scenes scenes = krb_scenes_usual();

    scenes.ours.bindings = ours;
    scenes.theirs.bindings = theirs;
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scenes.ours, &scenes.theirs);
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
        assert_int_equal(GSS_ROUTINE_ERROR(meeting.theirs.major), GSS_S_BAD_BINDINGS);
    gss_meeting_end(&meeting);
}

/* What one side does not give, the other cannot compare. */
static void a_channel_that_one_side_names_is_let_pass(void **state)
{
    for (int i = 0; i < 2; i++) {
        struct gss_meeting meeting =
            bound(gss_we_accept(state), i == 0 ? channel : NULL, i == 0 ? NULL : channel);

        assert_true(gss_meeting_agrees(&meeting));
        gss_meeting_end(&meeting);
    }
}

/* ---- Delegation --------------------------------------------------------- */

static struct krb_scenes delegating(const char *service)
{
    struct krb_scenes scenes = krb_scenes_usual();

    krb_scenes_aim_at(&scenes, service);
    krb_scenes_ask(&scenes, ISC_REQ_DELEGATE, GSS_C_DELEG_FLAG);
    return scenes;
}

/* Another acceptor, who is told the client's name by a request that was made with what the first
 * one got. */
static void assert_is_the_client(const struct gss_scene *scene, struct job *request)
{
    struct gss_peer other = gss_peer_of(scene, true);
    assert_int_equal(gss_peer_leg(&other, request), GSS_S_COMPLETE);
    assert_string_equal(other.client, KDC_USER "@" KDC_REALM);
    gss_peer_end(&other);
}

static void what_we_delegate_is_good_for_the_peer(void **state)
{
    const struct krb_scenes scenes = delegating(KDC_TRUSTED);
    struct gss_meeting meeting = krb_meet(false, &scenes, 0);
    struct gss_peer next = { .scene = &gss_kerberos };
    struct job request = JOB_INIT;

    (void)state;
    assert_true((attributes_of(&meeting) & ISC_RET_DELEGATE) != 0);
    assert_true((meeting.theirs.has & GSS_C_DELEG_FLAG) != 0);
    next.cred = meeting.theirs.delegated;
    meeting.theirs.delegated = GSS_C_NO_CREDENTIAL;
    assert_int_equal(gss_peer_leg(&next, &request), GSS_S_CONTINUE_NEEDED);
    assert_is_the_client(&gss_kerberos, &request);
    gss_peer_end(&next);
    gss_meeting_end(&meeting);
}

static void nothing_is_delegated_where_the_kdc_does_not_vouch(void **state)
{
    const struct krb_scenes scenes = delegating(KDC_SERVICE);
    struct gss_meeting meeting = krb_meet(false, &scenes, 0);

    (void)state;
    assert_int_equal(attributes_of(&meeting) & ISC_RET_DELEGATE, 0);
    assert_int_equal(meeting.theirs.has & GSS_C_DELEG_FLAG, 0);
    gss_meeting_end(&meeting);
}

/* In the name of the client's logon session: gives a request to the host's service. */
static SECURITY_STATUS ask_as_the_client(struct party *party, struct job *job)
{
    static struct scene scene;
    OPENSSPI_TOKEN_INFO info = { 0 };
    struct party client = party_of(&scene, false);
    HANDLE token = NULL;
    SECURITY_STATUS status = QuerySecurityContextToken(&party->ctx, &token);

    if (status != SEC_E_OK)
        return status;
    status = opensspi_token_query(token, &info);
    (void)CloseHandle(token);
    if (status != SEC_E_OK)
        return status;
    scene = scene_kerberos;
    scene.package = party->scene->package;
    scene.user = NULL;
    status =
        AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)scene.package, SECPKG_CRED_OUTBOUND,
                                  &info.logon_id, NULL, NULL, NULL, &client.cred, NULL);
    if (status == SEC_E_OK)
        status = party_leg(&client, job);
    party_end(&client);
    return status;
}

static SECURITY_STATUS forget_own_tickets(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): an actor has no threads */
    return setenv("KRB5CCNAME", "FILE:/nonexistent/ccache", 1) == 0 ? SEC_E_OK
                                                                    : SEC_E_INTERNAL_ERROR;
}

static void what_the_peer_delegates_is_good_for_us(void **state)
{
    const struct krb_scenes scenes = delegating(KDC_TRUSTED);
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);
    struct job request = JOB_INIT;

    (void)state;
    assert_int_equal(actor_does(&meeting.ours, forget_own_tickets, 0), SEC_E_OK);
    gss_meeting_shake(&meeting, 0);
    assert_true(gss_meeting_agrees(&meeting));
    assert_true((attributes_of(&meeting) & ASC_RET_DELEGATE) != 0);
    assert_int_equal(actor_do(&meeting.ours, ask_as_the_client, &request), SEC_I_CONTINUE_NEEDED);
    assert_is_the_client(&scenes.theirs, &request);
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(agrees_on_a_key_of_each_type),
        GSS_BOTH_ROLES(both_say_the_same_name),
        GSS_BOTH_ROLES(both_tell_of_the_same_services),
        GSS_BOTH_ROLES(one_token_is_enough_without_mutual_authentication),
        GSS_BOTH_ROLES(who_is_who_can_be_all),
        GSS_BOTH_ROLES(shakes_hands_in_dce_style),
        ACTOR_TEST(an_altered_third_leg_is_refused),
        ACTOR_TEST(a_password_will_do),
        GSS_BOTH_ROLES(talks_over_a_channel_that_both_name),
        GSS_BOTH_ROLES(does_not_pass_over_a_channel_that_the_other_does_not_see),
        GSS_BOTH_ROLES(a_channel_that_one_side_names_is_let_pass),
        ACTOR_TEST(what_we_delegate_is_good_for_the_peer),
        ACTOR_TEST(nothing_is_delegated_where_the_kdc_does_not_vouch),
        ACTOR_TEST(what_the_peer_delegates_is_good_for_us),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
