/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Kerberos and MIT's: what does not hold, and the status that says why. */
#include <grp.h>
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/kdc.h"
#include "interop/krb_meeting.h"
#include "interop/shifted_clock.h"

enum { MINUTE = 60, DAY = 24 * 60 * MINUTE };

static struct krb_scenes aimed_at(const char *service)
{
    struct krb_scenes scenes = krb_scenes_usual();

    krb_scenes_aim_at(&scenes, service);
    return scenes;
}

/* ---- Who may not --------------------------------------------------------- */

static SECURITY_STATUS first_leg_of(const char *user, const char *realm, const char *password)
{
    struct scene scene = scene_kerberos;
    struct job job = JOB_INIT;

    scene.user = user;
    scene.domain = realm;
    scene.password = password;
    struct actor actor = actor_start(&scene, false);
    SECURITY_STATUS status = actor_do(&actor, party_leg, &job);
    actor_end(&actor);
    return status;
}

static void a_wrong_password_is_refused(void **state)
{
    (void)state;
    assert_int_equal(first_leg_of(KDC_USER, KDC_REALM, "not " KDC_PASSWORD), SEC_E_LOGON_DENIED);
    assert_int_equal(first_leg_of(KDC_USER, KDC_REALM, ""), SEC_E_LOGON_DENIED);
}

static void a_user_whom_nobody_knows_is_refused(void **state)
{
    (void)state;
    assert_int_equal(first_leg_of("Stranger", KDC_REALM, KDC_PASSWORD), SEC_E_LOGON_DENIED);
}

static void a_realm_that_nobody_knows_has_no_authority(void **state)
{
    (void)state;
    assert_int_equal(first_leg_of(KDC_USER, "NOWHERE.EXAMPLE", KDC_PASSWORD),
                     SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

static SECURITY_STATUS use_cache(struct party *party, struct job *job)
{
    char name[300];

    (void)party;
    (void)snprintf(name, sizeof(name), "FILE:%.*s", (int)job->n, (const char *)job->bytes);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): an actor has no threads */
    return setenv("KRB5CCNAME", name, 1) == 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* The first leg of who has that file of tickets. */
static SECURITY_STATUS first_leg_with(const char *cache)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct job job = job_text(cache);
    struct actor actor = actor_start(&scenes.ours, false);

    assert_int_equal(actor_do(&actor, use_cache, &job), SEC_E_OK);
    job.n = 0;
    return actor_do(&actor, party_leg, &job);
}

static void without_tickets_there_are_no_credentials(void **state)
{
    (void)state;
    assert_int_equal(first_leg_with(world_path("no such file")), SEC_E_NO_CREDENTIALS);
}

static void without_a_keytab_there_are_no_credentials(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct job job = JOB_INIT;

    (void)state;
    world_configure("bare", "[kerberos]\nkeytab = FILE:/nonexistent/keytab\n");
    struct actor actor = actor_start(&scenes.ours, true);
    assert_int_equal(actor_do(&actor, party_leg, &job), SEC_E_NO_CREDENTIALS);
    world_configure("run", "");
}

/* arg: the uid.  Whose home, if it were root's, could not be looked into for a configuration. */
static SECURITY_STATUS become(struct party *party, struct job *job)
{
    (void)party;
    /* NOLINTBEGIN(concurrency-mt-unsafe): an actor has no threads */
    bool is_done = setenv("HOME", "/nonexistent", 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
                   setgroups(0, NULL) == 0 && setgid(job->arg) == 0 && setuid(job->arg) == 0;
    /* NOLINTEND(concurrency-mt-unsafe) */
    return is_done ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS status_of(ULONG uid)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);

    world_open();
    assert_int_equal(actor_does(&meeting.ours, become, uid), SEC_E_OK);
    gss_meeting_shake(&meeting, 0);
    gss_meeting_end(&meeting);
    return meeting.status;
}

/* To one of two users lsad's keytab is lent. */
static void whoever_may_not_use_the_keytab_has_no_credentials(void **state)
{
    enum { SERVER = 61001, STRANGER = 61002 };

    (void)state;
    world_configure("lent", "[kerberos]\nkeytab_users = 61001\n");
    assert_int_equal(status_of(SERVER), SEC_E_OK);
    assert_int_equal(status_of(STRANGER), SEC_E_NO_CREDENTIALS);
    world_configure("run", "");
}

/* ---- Services ------------------------------------------------------------ */

static void a_service_that_the_kdc_does_not_know_is_no_target(void **state)
{
    static const char *const names[] = { "HTTP/nobody.test.example", "nobody/" KDC_HOST };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct krb_scenes scenes = aimed_at(names[i]);

        assert_refused(false, &scenes, SEC_E_TARGET_UNKNOWN);
    }
}

/* Who accepts has no key for it, and the initiator is told so. */
static void a_ticket_for_another_service_is_refused(void **state)
{
    const struct krb_scenes scenes = aimed_at(KDC_ABSENT);

    assert_refused(gss_we_accept(state), &scenes, SEC_E_WRONG_PRINCIPAL);
}

static void an_encryption_type_that_is_not_ours_is_refused(void **state)
{
    struct krb_scenes scenes = aimed_at(KDC_FOREIGN);

    assert_refused(gss_we_accept(state), &scenes, SEC_E_KDC_UNKNOWN_ETYPE);
}

/* The job's text is the service that this acceptor is. */
static SECURITY_STATUS be_service(struct party *party, struct job *job)
{
    job->bytes[job->n] = '\0';
    return AcquireCredentialsHandleA(
        (SEC_CHAR *)job->bytes, (SEC_CHAR *)(uintptr_t)party->scene->package, SECPKG_CRED_INBOUND,
        NULL, NULL, NULL, NULL, &party->cred, NULL);
}

static SECURITY_STATUS status_as(const char *service)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);
    struct job job = job_text(service);

    assert_int_equal(actor_do(&meeting.ours, be_service, &job), SEC_E_OK);
    gss_meeting_shake(&meeting, 0);
    gss_meeting_end(&meeting);
    return meeting.status;
}

static void who_is_one_service_takes_no_ticket_for_another(void **state)
{
    (void)state;
    assert_int_equal(status_as(KDC_SERVICE), SEC_E_OK);
    assert_int_equal(status_as(KDC_SERVICE "@" KDC_REALM), SEC_E_OK);
    assert_int_equal(status_as(KDC_TRUSTED), SEC_E_WRONG_PRINCIPAL);
    assert_int_equal(status_as(KDC_SERVICE "@NOWHERE.EXAMPLE"), SEC_E_NO_KERB_KEY);
}

/* The keytab has keys of all types for it; its own section wants another than tickets are made
 * with.  Where the keytab that a section names is not there, others are let in all the same. */
static void a_service_goes_by_its_own_section(void **state)
{
    static const char sections[] = "[kerberos \"" KDC_SERVICE "\"]\nenctypes = aes128-sha1\n"
                                   "[kerberos \"" KDC_TRUSTED "\"]\n"
                                   "keytab = FILE:/nonexistent/keytab\n";
    const struct krb_scenes scenes = krb_scenes_usual();
    struct actor actor;
    struct job job = job_text(KDC_TRUSTED);

    (void)state;
    world_configure("served", sections);
    assert_refused(true, &scenes, SEC_E_KDC_UNKNOWN_ETYPE);
    assert_int_equal(status_as(KDC_SERVICE), SEC_E_KDC_UNKNOWN_ETYPE);
    actor = actor_start(&scenes.ours, true);
    assert_int_equal(actor_do(&actor, be_service, &job), SEC_E_NO_CREDENTIALS);
    world_configure("run", "");
    assert_int_equal(status_as(KDC_SERVICE), SEC_E_OK);
}

/* ---- The request --------------------------------------------------------- */

static void a_request_is_taken_once(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);
    struct actor other = actor_start(&scenes.ours, true);
    struct job job = JOB_INIT;

    (void)state;
    assert_true(gss_meeting_leg(&meeting, false, &job));
    struct job again = job;
    assert_true(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(actor_do(&other, party_leg, &again), SEC_E_OUT_OF_SEQUENCE);
    assert_true(gss_meeting_leg(&meeting, false, &job));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* The peer's says so in its answer. */
static void hears_that_its_request_was_taken_before(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(false, &scenes.ours, &scenes.theirs);
    struct gss_peer other = gss_peer_of(&scenes.theirs, true);
    struct job job = JOB_INIT;

    (void)state;
    assert_true(gss_meeting_leg(&meeting, true, &job));
    struct job again = job;
    assert_int_equal(gss_peer_leg(&other, &again), GSS_S_COMPLETE);
    assert_false(gss_meeting_leg(&meeting, false, &job));
    assert_true(job.n != 0);
    assert_false(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(meeting.status, SEC_E_OUT_OF_SEQUENCE);
    gss_peer_end(&other);
    gss_meeting_end(&meeting);
}

/* Gives the names of client and service. */
static SECURITY_STATUS names(struct party *party, struct job *job)
{
    SecPkgContext_NativeNamesA names = { 0 };
    SECURITY_STATUS status = QueryContextAttributesA(&party->ctx, SECPKG_ATTR_NATIVE_NAMES, &names);

    if (status != SEC_E_OK)
        return status;
    job->n = (uint32_t)snprintf((char *)job->bytes, sizeof(job->bytes), "%s, %s", names.sClientName,
                                names.sServerName);
    (void)FreeContextBuffer(names.sClientName);
    return FreeContextBuffer(names.sServerName);
}

/* What stands in clear beside a ticket nobody vouches for (RFC 4120 5.3): who accepts goes by what
 * it finds inside, so an altered request is refused or says what it said. */
static void an_altered_request_is_nobody_elses(void **state)
{
    enum { STEP = 13 };
    const struct krb_scenes scenes = krb_scenes_usual();
    struct actor ours = actor_start(&scenes.ours, true);
    size_t accepted = 0;
    uint32_t n = 1;

    (void)state;
    for (uint32_t i = 0; i < n; i += STEP) {
        struct gss_peer theirs = gss_peer_of(&scenes.theirs, false);
        struct job job = JOB_INIT;

        assert_int_equal(gss_peer_leg(&theirs, &job), GSS_S_CONTINUE_NEEDED);
        n = job.n;
        job.bytes[i] ^= 0x11;
        if (actor_do(&ours, party_leg, &job) == SEC_E_OK) {
            assert_int_equal(actor_do(&ours, names, &job), SEC_E_OK);
            assert_true(job_says(&job, KDC_USER "@" KDC_REALM ", " KDC_SERVICE "@" KDC_REALM));
            accepted++;
            assert_int_equal(actor_does(&ours, party_delete, 0), SEC_E_OK);
        }
        gss_peer_end(&theirs);
    }
    assert_true(accepted < n / STEP / 4);
}

static void an_altered_reply_is_refused(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(false, &scenes.ours, &scenes.theirs);
    struct job job = JOB_INIT;

    (void)state;
    assert_true(gss_meeting_leg(&meeting, true, &job));
    assert_true(gss_meeting_leg(&meeting, false, &job));
    struct job good = job;
    job.bytes[job.n - 1] ^= 1;
    assert_false(gss_meeting_leg(&meeting, true, &job));
    assert_int_equal(meeting.status, SEC_E_MESSAGE_ALTERED);
    assert_true(gss_meeting_leg(&meeting, true, &good));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- Times --------------------------------------------------------------- */

/* The peer's clock is wrong; whoever accepts says so, and who initiates hears it. */
static void assert_refused_at(void **state, int seconds, SECURITY_STATUS want)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(gss_we_accept(state), &scenes.ours, &scenes.theirs);

    shift_clock(seconds);
    krb_shake_and_hear(&meeting);
    shift_clock(0);
    assert_int_equal(meeting.status, want);
    gss_meeting_end(&meeting);
}

/* MIT's initiator makes no request with a ticket of its future, so that one is never late. */
static void clocks_that_are_apart_are_noticed(void **state)
{
    assert_refused_at(state, 20 * MINUTE, SEC_E_TIME_SKEW);
    if (!gss_we_accept(state))
        assert_refused_at(state, -20 * MINUTE, SEC_E_TIME_SKEW);
}

/* Only who is late can find a ticket that others still hold for good. */
static void a_ticket_that_has_run_out_is_refused(void **state)
{
    (void)state;
    for (int we_accept = 0; we_accept <= (world_has_lsad() ? 0 : 1); we_accept++) {
        const struct krb_scenes scenes = krb_scenes_usual();
        struct gss_meeting meeting = gss_meeting_of(we_accept != 0, &scenes.ours, &scenes.theirs);
        struct job job = JOB_INIT;

        assert_true(gss_meeting_leg(&meeting, we_accept == 0, &job));
        if (we_accept != 0)
            assert_int_equal(actor_does(&meeting.ours, party_shift_clock, 2 * DAY), SEC_E_OK);
        else
            shift_clock(2 * DAY);
        assert_false(gss_meeting_leg(&meeting, we_accept != 0, &job));
        shift_clock(0);
        if (we_accept == 0)
            assert_false(gss_meeting_leg(&meeting, true, &job));
        assert_int_equal(meeting.status, SEC_E_CONTEXT_EXPIRED);
        gss_meeting_end(&meeting);
    }
}

/* The tickets of the world's user, which ran out an hour ago as far as their owner can tell. */
static const char *old_cache(void)
{
    krb5_context ctx = NULL;
    krb5_ccache from = NULL;
    krb5_ccache to = NULL;
    krb5_principal client = NULL;
    krb5_cc_cursor cursor = NULL;
    krb5_creds creds = { 0 };
    krb5_timestamp now = 0;

    assert_int_equal(krb5_init_context(&ctx), 0);
    assert_int_equal(krb5_timeofday(ctx, &now), 0);
    assert_int_equal(krb5_cc_default(ctx, &from), 0);
    assert_int_equal(krb5_cc_get_principal(ctx, from, &client), 0);
    assert_int_equal(krb5_cc_resolve(ctx, world_path("old"), &to), 0);
    assert_int_equal(krb5_cc_initialize(ctx, to, client), 0);
    assert_int_equal(krb5_cc_start_seq_get(ctx, from, &cursor), 0);
    while (krb5_cc_next_cred(ctx, from, &cursor, &creds) == 0) {
        creds.times.endtime = now - 60 * MINUTE;
        assert_int_equal(krb5_cc_store_cred(ctx, to, &creds), 0);
        krb5_free_cred_contents(ctx, &creds);
    }
    assert_int_equal(krb5_cc_end_seq_get(ctx, from, &cursor), 0);
    krb5_free_principal(ctx, client);
    assert_int_equal(krb5_cc_close(ctx, from), 0);
    assert_int_equal(krb5_cc_close(ctx, to), 0);
    krb5_free_context(ctx);
    return world_path("old");
}

static void tickets_of_the_user_that_have_run_out_are_no_use(void **state)
{
    (void)state;
    assert_int_equal(first_leg_with(old_cache()), SEC_E_CONTEXT_EXPIRED);
}

/* A KDC says what time it is. */
static void a_clock_that_is_wrong_does_not_keep_a_user_out(void **state)
{
    struct krb_scenes scenes = krb_scenes_usual();

    (void)state;
    scenes.ours.user = KDC_USER;
    struct gss_meeting meeting = gss_meeting_of(false, &scenes.ours, &scenes.theirs);
    assert_int_equal(actor_does(&meeting.ours, party_shift_clock, 60 * MINUTE), SEC_E_OK);
    gss_meeting_shake(&meeting, 0);
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

/* ---- What the peer hears ------------------------------------------------- */

/* An acceptor's leg that leaves a token for the peer where it refuses. */
static SECURITY_STATUS accept_or_say_why(struct party *party, struct job *job)
{
    SecBuffer token = { job->n, SECBUFFER_TOKEN, job->bytes };
    SecBuffer made = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in = { SECBUFFER_VERSION, 1, &token };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &made };
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)party->scene->package,
                                  SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &party->cred, NULL);

    if (status == SEC_E_OK) {
        status = AcceptSecurityContext(
            &party->cred, NULL, &in, ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR,
            SECURITY_NATIVE_DREP, &party->ctx, &out, &party->attributes, NULL);
    }
    party->has_ctx = status >= 0;
    job->n = 0;
    if (made.pvBuffer == NULL || made.cbBuffer > sizeof(job->bytes))
        return status;
    job->n = made.cbBuffer;
    memcpy(job->bytes, made.pvBuffer, job->n);
    (void)FreeContextBuffer(made.pvBuffer);
    return status;
}

/* The request is refused, and MIT's initiator is told why (RFC 4120 7.5.9). */
static void assert_hears(const struct krb_scenes *scenes, struct job *request,
                         struct gss_peer *peer, krb5_error_code want)
{
    struct actor actor = actor_start(&scenes->ours, true);

    assert_true(actor_do(&actor, accept_or_say_why, request) < 0);
    assert_true(request->n != 0);
    assert_true(GSS_ERROR(gss_peer_leg(peer, request)));
    assert_int_equal((krb5_error_code)peer->minor, want);
    actor_end(&actor);
}

static void assert_is_told(const char *service, int seconds, krb5_error_code want)
{
    const struct krb_scenes scenes = aimed_at(service);
    struct gss_peer peer = gss_peer_of(&scenes.theirs, false);
    struct job job = JOB_INIT;

    shift_clock(seconds);
    assert_int_equal(gss_peer_leg(&peer, &job), GSS_S_CONTINUE_NEEDED);
    shift_clock(0);
    assert_hears(&scenes, &job, &peer, want);
    gss_peer_end(&peer);
}

static void the_peer_hears_why_it_is_refused(void **state)
{
    (void)state;
    assert_is_told(KDC_ABSENT, 0, KRB5KRB_AP_ERR_NOT_US);
    assert_is_told(KDC_FOREIGN, 0, KRB5KDC_ERR_ETYPE_NOSUPP);
    assert_is_told(KDC_SERVICE, 20 * MINUTE, KRB5KRB_AP_ERR_SKEW);
}

static void the_peer_hears_that_its_request_was_taken_before(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(true, &scenes.ours, &scenes.theirs);
    struct job job = JOB_INIT;

    (void)state;
    assert_true(gss_meeting_leg(&meeting, false, &job));
    struct job again = job;
    assert_true(gss_meeting_leg(&meeting, true, &job));
    assert_hears(&scenes, &again, &meeting.theirs, KRB5KRB_AP_ERR_REPEAT);
    gss_meeting_end(&meeting);
}

/* ---- Nobody to ask ------------------------------------------------------- */

/* The last case: from here on there is no KDC. */
static void without_a_kdc_there_is_no_authority(void **state)
{
    const struct krb_scenes scenes = aimed_at(KDC_TRUSTED);

    (void)state;
    kdc_stop();
    assert_int_equal(first_leg_of(KDC_USER, KDC_REALM, KDC_PASSWORD),
                     SEC_E_NO_AUTHENTICATING_AUTHORITY);
    assert_refused(false, &scenes, SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

int main(void)
{
    /* An acceptor that negotiates has NTLM left where it has no keytab; and what the peer's
     * mechanism says comes out of SPNEGO as another number. */
    bool is_alone = !krb_is_chosen();
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(a_wrong_password_is_refused),
        ACTOR_TEST(a_user_whom_nobody_knows_is_refused),
        ACTOR_TEST(a_realm_that_nobody_knows_has_no_authority),
        ACTOR_TEST(without_tickets_there_are_no_credentials),
        CASE_IF(is_alone, ACTOR_TEST(without_a_keytab_there_are_no_credentials)),
        CASE_IF(is_alone && world_has_lsad() && geteuid() == 0,
                ACTOR_TEST(whoever_may_not_use_the_keytab_has_no_credentials)),
        ACTOR_TEST(a_service_that_the_kdc_does_not_know_is_no_target),
        GSS_BOTH_ROLES(a_ticket_for_another_service_is_refused),
        ACTOR_TEST(who_is_one_service_takes_no_ticket_for_another),
        CASE_IF(is_alone, ACTOR_TEST(a_service_goes_by_its_own_section)),
        GSS_BOTH_ROLES(an_encryption_type_that_is_not_ours_is_refused),
        ACTOR_TEST(a_request_is_taken_once),
        ACTOR_TEST(hears_that_its_request_was_taken_before),
        ACTOR_TEST(an_altered_request_is_nobody_elses),
        ACTOR_TEST(an_altered_reply_is_refused),
        GSS_BOTH_ROLES(clocks_that_are_apart_are_noticed),
        ACTOR_TEST(a_ticket_that_has_run_out_is_refused),
        ACTOR_TEST(tickets_of_the_user_that_have_run_out_are_no_use),
        ACTOR_TEST(a_clock_that_is_wrong_does_not_keep_a_user_out),
        CASE_IF(is_alone, ACTOR_TEST(the_peer_hears_why_it_is_refused)),
        CASE_IF(is_alone, ACTOR_TEST(the_peer_hears_that_its_request_was_taken_before)),
        ACTOR_TEST(without_a_kdc_there_is_no_authority),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
