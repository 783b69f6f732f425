/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets in credential caches of every type: whoever has some is known by them, and by no others.
 */
#include <grp.h>
#include <krb5.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/kcm.h"
#include "harness/kdc.h"
#include "interop/krb_meeting.h"

enum { FRONT = 61001, WORKER = 61002 };

/* ---- Caches --------------------------------------------------------------- */

struct kind { /* names are this, the user's number, and what follows */
    const char *type;
    bool is_file;    /* its name is a path */
    bool is_lasting; /* beyond this test, whose number is in its name */
};

enum { IN_FILES, IN_MEMORY, OF_PROCESSES, OF_SESSIONS, OF_USERS, WITH_KCM, KINDS };

static struct kind kinds[KINDS] = {
    [IN_FILES] = { .type = "FILE:", .is_file = true },
    [IN_MEMORY] = { .type = "MEMORY:" },
    [OF_PROCESSES] = { .type = "KEYRING:process:" },
    [OF_SESSIONS] = { .type = "KEYRING:session:" },
    [OF_USERS] = { .type = "KEYRING:persistent:", .is_lasting = true },
    [WITH_KCM] = { .type = "KCM:" },
};

static struct job cache_of(const struct kind *kind, ULONG uid)
{
    char name[300];
    char mark[32] = "";

    if (kind->is_lasting)
        (void)snprintf(mark, sizeof(mark), ":of-%d", (int)getpid());
    (void)snprintf(name, sizeof(name), "%s%s%u%s", kind->type,
                   kind->is_file ? world_path("caches/") : "", (unsigned)uid, mark);
    return job_text(name);
}

/* Some sandboxes have none. */
static bool has_keyrings(void)
{
    static const char word[] = "opensspi";

    return syscall(SYS_add_key, "user", word, word, sizeof(word), KEY_SPEC_PROCESS_KEYRING) != -1;
}

/* ---- What users do -------------------------------------------------------- */

/* arg: the uid.  With a session's keyring of its own, and a home that can be looked into. */
static SECURITY_STATUS become(struct party *party, struct job *job)
{
    const uid_t uid = (uid_t)job->arg;

    (void)party;
    /* NOLINTBEGIN(concurrency-mt-unsafe): an actor has no threads */
    bool is_done =
        setenv("HOME", "/nonexistent", 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
        (uid == geteuid() || (setgroups(0, NULL) == 0 && setgid(uid) == 0 && setuid(uid) == 0));
    /* NOLINTEND(concurrency-mt-unsafe) */
    (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    return is_done ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* The job's text is the name of a cache. */
static SECURITY_STATUS use_cache(struct party *party, struct job *job)
{
    (void)party;
    job->bytes[job->n] = '\0';
    job->n = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): an actor has no threads */
    return setenv("KRB5CCNAME", (const char *)job->bytes, 1) == 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

struct login { /* ended by log_out() */
    krb5_context ctx;
    krb5_principal client;
    krb5_creds creds;
    krb5_ccache cache;
};

static bool fill_cache(struct login *login, const char *user)
{
    static char password[] = KDC_PASSWORD;

    return krb5_init_context(&login->ctx) == 0 &&
           krb5_parse_name(login->ctx, user, &login->client) == 0 &&
           krb5_get_init_creds_password(login->ctx, &login->creds, login->client, password, NULL,
                                        NULL, 0, NULL, NULL) == 0 &&
           krb5_cc_default(login->ctx, &login->cache) == 0 &&
           krb5_cc_initialize(login->ctx, login->cache, login->client) == 0 &&
           krb5_cc_store_cred(login->ctx, login->cache, &login->creds) == 0;
}

static void log_out(struct login *login)
{
    krb5_free_cred_contents(login->ctx, &login->creds);
    krb5_free_principal(login->ctx, login->client);
    if (login->cache != NULL)
        (void)krb5_cc_close(login->ctx, login->cache);
    krb5_free_context(login->ctx);
}

/* The job's text is the principal that the cache in use is for from now on. */
static SECURITY_STATUS log_in(struct party *party, struct job *job)
{
    struct login login = { 0 };

    (void)party;
    job->bytes[job->n] = '\0';
    job->n = 0;
    bool is_done = fill_cache(&login, (const char *)job->bytes);
    log_out(&login);
    return is_done ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS destroy_cache(struct party *party, struct job *job)
{
    krb5_context ctx = NULL;
    krb5_ccache cache = NULL;

    (void)party;
    (void)job;
    bool is_done = krb5_init_context(&ctx) == 0 && krb5_cc_default(ctx, &cache) == 0 &&
                   krb5_cc_destroy(ctx, cache) == 0;
    krb5_free_context(ctx);
    return is_done ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* ---- One user --------------------------------------------------------------- */

/* A user with a cache in which there is nothing yet, about to meet a service. */
static struct gss_meeting user_of(const struct kind *kind, ULONG uid)
{
    static struct krb_scenes scenes;

    scenes = krb_scenes_usual();
    struct gss_meeting meeting = gss_meeting_of(false, &scenes.ours, &scenes.theirs);
    struct job cache = cache_of(kind, uid);

    assert_int_equal(actor_does(&meeting.ours, become, uid), SEC_E_OK);
    assert_int_equal(actor_do(&meeting.ours, use_cache, &cache), SEC_E_OK);
    return meeting;
}

static struct gss_meeting user_with_tickets(const struct kind *kind, ULONG uid, const char *name)
{
    struct gss_meeting meeting = user_of(kind, uid);
    struct job principal = job_text(name);

    assert_int_equal(actor_do(&meeting.ours, log_in, &principal), SEC_E_OK);
    return meeting;
}

static void assert_is_known_as(struct gss_meeting *meeting, const char *name)
{
    gss_meeting_shake(meeting, 0);
    assert_true(gss_meeting_agrees(meeting));
    assert_string_equal(meeting->theirs.client, name);
}

static void end_user(struct gss_meeting *meeting)
{
    assert_int_equal(actor_does(&meeting->ours, destroy_cache, 0), SEC_E_OK);
    gss_meeting_end(meeting);
}

static SECURITY_STATUS shake(struct gss_meeting *meeting)
{
    gss_meeting_shake(meeting, 0);
    return meeting->status;
}

/* No others are taken in the meantime: whatever caches others have, or lsad itself. */
static void tickets_are_found_once_they_are_there(void **state)
{
    struct gss_meeting user = user_of(*state, geteuid());
    struct job principal = job_text(KDC_OTHER);

    assert_int_equal(shake(&user), SEC_E_NO_CREDENTIALS);
    assert_int_equal(actor_do(&user.ours, log_in, &principal), SEC_E_OK);
    assert_is_known_as(&user, KDC_OTHER "@" KDC_REALM);
    end_user(&user);
}

/* It is no other than a cache without any: so Negotiate goes on without Kerberos. */
static void without_its_daemon_kcm_has_none(void **state)
{
    struct gss_meeting user = user_of(&kinds[WITH_KCM], geteuid());

    (void)state;
    kcm_stop();
    assert_int_equal(shake(&user), SEC_E_NO_CREDENTIALS);
    assert_int_equal(unlink(world_path("kcm/" KCM_SOCKET)), 0);
    assert_int_equal(shake(&user), SEC_E_NO_CREDENTIALS);
    gss_meeting_end(&user);
}

/* ---- Two users --------------------------------------------------------------- */

/* Nothing was said yet. */
static SECURITY_STATUS begin_again(struct party *party, struct job *job)
{
    (void)job;
    party_end(party);
    return SEC_E_OK;
}

static void look_into_cache_of(const struct kind *kind, ULONG uid, struct gss_meeting *meeting)
{
    struct job cache = cache_of(kind, uid);

    assert_int_equal(actor_does(&meeting->ours, begin_again, 0), SEC_E_OK);
    assert_int_equal(actor_do(&meeting->ours, use_cache, &cache), SEC_E_OK);
}

/* By whatever name the owner has for them. */
static void users_have_their_own_and_no_others(void **state)
{
    struct gss_meeting front = user_with_tickets(*state, FRONT, KDC_USER);
    struct gss_meeting worker = user_with_tickets(*state, WORKER, KDC_OTHER);

    assert_is_known_as(&worker, KDC_OTHER "@" KDC_REALM);
    end_user(&worker);
    look_into_cache_of(*state, FRONT, &worker);
    assert_int_equal(shake(&worker), SEC_E_NO_CREDENTIALS);
    assert_is_known_as(&front, KDC_USER "@" KDC_REALM);
    end_user(&front);
}

/* It could read them: they are root's, as it is, and its own environment names them. */
static void lsads_own_tickets_are_nobody_elses(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();
    struct gss_meeting user = gss_meeting_of(false, &scenes.ours, &scenes.theirs);

    (void)state;
    assert_int_equal(actor_does(&user.ours, become, FRONT), SEC_E_OK);
    assert_int_equal(shake(&user), SEC_E_NO_CREDENTIALS);
    gss_meeting_end(&user);
}

static int setup(void **state)
{
    int failed = gss_meeting_setup(state);

    if (failed != 0 || mkdir(world_path("kcm"), 0711) != 0 || mkdir(world_path("caches"), 0) != 0 ||
        chmod(world_path("caches"), 01777) != 0)
        return -1;
    world_open();
    kcm_start(world_path("kcm"));
    return 0;
}

static int teardown(void **state)
{
    kcm_stop();
    return world_end(state);
}

#define OF_KIND(fn, where, n)                          \
    {                                                  \
#fn "_" where, fn, NULL, actors_end, &kinds[n] \
    }
#define OF_EACH_KIND(is_there, fn)                                                         \
    CASE_IF(is_there, OF_KIND(fn, "in_files", IN_FILES)),                                  \
        CASE_IF(is_there, OF_KIND(fn, "in_memory", IN_MEMORY)),                            \
        CASE_IF(is_there, OF_KIND(fn, "with_kcm", WITH_KCM)),                              \
        CASE_IF((is_there) && keyrings, OF_KIND(fn, "in_process_keyrings", OF_PROCESSES)), \
        CASE_IF((is_there) && keyrings, OF_KIND(fn, "in_session_keyrings", OF_SESSIONS)),  \
        CASE_IF((is_there) && keyrings, OF_KIND(fn, "in_users_keyrings", OF_USERS))

/* Several users have one LSA between them when it is a process; and only root can be them. */
int main(void)
{
    const bool keyrings = has_keyrings();
    const bool has_users = world_has_lsad() && geteuid() == 0;
    const struct CMUnitTest tests[] = {
        OF_EACH_KIND(!has_users, tickets_are_found_once_they_are_there),
        OF_EACH_KIND(has_users, users_have_their_own_and_no_others),
        CASE_IF(has_users, ACTOR_TEST(lsads_own_tickets_are_nobody_elses)),
        ACTOR_TEST(without_its_daemon_kcm_has_none), /* the last one */
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
