/* SPDX-License-Identifier: Apache-2.0 */
/* Lsad dies at any point of a hand-over and comes back: one owner at most, and what was
 * established goes on. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

static void restart(void)
{
    world_kill_lsad();
    world_start_lsad();
}

static void leaves_established_sessions_alone(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    world_kill_lsad();
    cast_talk(&cast.client, &cast.server); /* no lsad is there */
    world_start_lsad();
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    cast_talk(&cast.client, &cast.heir);
}

static void keeps_a_blob_in_flight_good(void **state)
{
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, delete_old);

    (void)state;
    restart();
    assert_int_equal(actor_do(&cast.heir, party_import, &job), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

static void keeps_a_used_blob_worthless(void **state)
{
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, delete_old);
    struct actor late = actor_start(&scene_ntlm, true);

    (void)state;
    assert_int_equal(cast_import(&cast.heir, &job), SEC_E_OK);
    restart();
    assert_int_equal(cast_import(&late, &job), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(close(job.fd), 0);
}

static void lets_a_frozen_context_thaw(void **state)
{
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, 0);

    (void)state;
    restart();
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(cast_import(&cast.heir, &job), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(close(job.fd), 0);
}

static void exports_nothing_without_lsad_and_loses_nothing(void **state)
{
    struct cast cast = cast_meet();
    struct job job = JOB_INIT;

    (void)state;
    job.arg = delete_old;
    world_kill_lsad();
    assert_int_equal(actor_do(&cast.server, party_export, &job), SEC_E_NO_AUTHENTICATING_AUTHORITY);
    world_start_lsad();
    cast_talk(&cast.client, &cast.server);
}

static void says_that_a_half_done_handshake_is_lost(void **state)
{
    struct cast cast = cast_start();
    struct job job = JOB_INIT;

    (void)state;
    assert_int_equal(cast_leg(&cast.client, &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(cast_leg(&cast.server, &job), SEC_I_CONTINUE_NEEDED);
    restart();
    assert_int_equal(cast_leg(&cast.client, &job), SEC_E_INVALID_HANDLE);
}

static void serves_who_comes_anew(void **state)
{
    (void)state;
    (void)cast_meet();
    restart();
    struct cast fresh = cast_meet();
    cast_talk(&fresh.client, &fresh.server);
}

static SECURITY_STATUS acquire_again(struct party *party, struct job *job)
{
    CredHandle cred = { 0 };
    TimeStamp expiry = { 0 };
    char ntlm[] = "NTLM";

    (void)party;
    (void)job;
    SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, ntlm, SECPKG_CRED_INBOUND, NULL, NULL,
                                                       NULL, NULL, &cred, &expiry);
    return status < 0 ? status : FreeCredentialsHandle(&cred);
}

static void reconnects_without_a_word_where_nothing_was_lost(void **state)
{
    struct actor actor = actor_start(&scene_ntlm, true);

    (void)state;
    assert_int_equal(actor_does(&actor, acquire_again, 0), SEC_E_OK);
    restart();
    assert_int_equal(actor_does(&actor, acquire_again, 0), SEC_E_OK);
}

/* A child shakes hands with the credential that its parent has. */
static SECURITY_STATUS fork_and_shake(struct party *party, struct job *job)
{
    int status = -1;

    (void)acquire_again(party, job); /* there are connections to inherit */
    pid_t child = fork();
    if (child == 0) {
        struct job first = JOB_INIT;
        SECURITY_STATUS leg = party_leg(party, &first);

        _exit(leg == SEC_I_CONTINUE_NEEDED && first.n != 0 ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    return status == 0 ? party_leg(party, job) : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS acquire_only(struct party *party, struct job *job)
{
    struct job first = JOB_INIT;

    (void)job;
    SECURITY_STATUS status = party_leg(party, &first);
    return status < 0 ? status : party_delete(party, &first);
}

static void lets_a_child_use_its_parents_credentials(void **state)
{
    struct actor client = actor_start(&scene_ntlm, false);

    (void)state;
    assert_int_equal(actor_does(&client, acquire_only, 0), SEC_E_OK);
    assert_int_equal(actor_does(&client, fork_and_shake, 0), SEC_I_CONTINUE_NEEDED);
}

static void restart_having_renamed(const char *from, const char *to)
{
    char old[256];

    (void)snprintf(old, sizeof(old), "%s", world_path(from));
    world_kill_lsad();
    assert_int_equal(rename(old, world_path(to)), 0);
    world_start_lsad();
}

static void is_not_used_with_other_packages_than_before(void **state)
{
    struct cast cast = cast_meet();
    struct job job = JOB_INIT;

    (void)state;
    job.arg = delete_old;
    restart_having_renamed("packages/mock.so", "packages/mock.off");
    for (int i = 0; i < 2; i++) /* it does not get used to it, either */
        assert_int_equal(actor_does(&cast.client, acquire_again, 0), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(actor_do(&cast.server, party_export, &job), SEC_E_SECPKG_NOT_FOUND);
    cast_talk(&cast.client, &cast.server);
    restart_having_renamed("packages/mock.off", "packages/mock.so");
    assert_int_equal(actor_does(&cast.client, acquire_again, 0), SEC_E_OK);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    cast_talk(&cast.client, &cast.heir);
}

static void is_used_with_more_packages_than_before(void **state)
{
    (void)state;
    restart_having_renamed("packages/mock.so", "packages/mock.off");
    struct actor actor = actor_start(&scene_ntlm, true);
    SECURITY_STATUS before = actor_does(&actor, acquire_again, 0);
    restart_having_renamed("packages/mock.off", "packages/mock.so");
    assert_int_equal(before, SEC_E_OK);
    assert_int_equal(actor_does(&actor, acquire_again, 0), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(leaves_established_sessions_alone),
        ACTOR_TEST(keeps_a_blob_in_flight_good),
        ACTOR_TEST(keeps_a_used_blob_worthless),
        ACTOR_TEST(lets_a_frozen_context_thaw),
        ACTOR_TEST(exports_nothing_without_lsad_and_loses_nothing),
        ACTOR_TEST(says_that_a_half_done_handshake_is_lost),
        ACTOR_TEST(serves_who_comes_anew),
        ACTOR_TEST(reconnects_without_a_word_where_nothing_was_lost),
        ACTOR_TEST(lets_a_child_use_its_parents_credentials),
        ACTOR_TEST(is_not_used_with_other_packages_than_before),
        ACTOR_TEST(is_used_with_more_packages_than_before),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
