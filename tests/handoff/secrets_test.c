/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the keys of a session are, and where they are not: not in a process that gave it away or
 * ended it, and not in one that was forked.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "handoff/scan.h"

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* Of the session that this process has, or had. */
static struct scan_key key;

static SECURITY_STATUS learn_key(struct party *party, struct job *job)
{
    SecPkgContext_SessionKey got = { 0 };
    SECURITY_STATUS status = QueryContextAttributesW(&party->ctx, SECPKG_ATTR_SESSION_KEY, &got);

    (void)job;
    if (status != SEC_E_OK || got.SessionKeyLength != SCAN_KEY)
        return SEC_E_INTERNAL_ERROR;
    key = scan_mask(got.SessionKey);
    return FreeContextBuffer(got.SessionKey);
}

/* SEC_E_OK when there is something of the session here, SEC_E_NO_CREDENTIALS when there is not. */
static SECURITY_STATUS look(struct party *party, struct job *job)
{
    struct scan_found found = { 0 };

    (void)party;
    (void)job;
    if (!scan_memory(&key, &found))
        return SEC_E_INTERNAL_ERROR;
    if (found.keys == 0 && found.rc4_states == 0)
        return SEC_E_NO_CREDENTIALS;
    return found.keys != 0 && found.rc4_states != 0 ? SEC_E_OK : SEC_E_MESSAGE_ALTERED;
}

/* What a forked child's look says. */
static SECURITY_STATUS look_in_child(struct party *party, struct job *job)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(look(party, job) == SEC_E_NO_CREDENTIALS ? 0 : 1);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return SEC_E_INTERNAL_ERROR;
    return status == 0 ? SEC_E_NO_CREDENTIALS : SEC_E_OK;
}

static const struct actor *who[2];

static void learn_and_talk(const struct cast *cast)
{
    who[0] = &cast->client;
    who[1] = &cast->server;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(actor_does(who[i], learn_key, 0), SEC_E_OK);
    cast_talk(&cast->client, &cast->server);
}

/* Without it, finding nothing would prove nothing. */
static void are_there_while_the_session_lives(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    learn_and_talk(&cast);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(actor_does(who[i], look, 0), SEC_E_OK);
}

static void are_gone_when_the_session_is_deleted(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    learn_and_talk(&cast);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(actor_does(who[i], party_delete, 0), SEC_E_OK);
        assert_int_equal(actor_does(who[i], look, 0), SEC_E_NO_CREDENTIALS);
    }
}

static void are_gone_when_the_session_was_given_away(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    learn_and_talk(&cast);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    assert_int_equal(actor_does(&cast.server, look, 0), SEC_E_NO_CREDENTIALS);
    assert_int_equal(actor_does(&cast.heir, learn_key, 0), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
    assert_int_equal(actor_does(&cast.heir, look, 0), SEC_E_OK);
    assert_int_equal(actor_does(&cast.heir, party_delete, 0), SEC_E_OK);
    assert_int_equal(actor_does(&cast.heir, look, 0), SEC_E_NO_CREDENTIALS);
}

/* ---- Streams ----------------------------------------------------------- */

enum { KEY_AT = 12 /* in linux/tls.h's struct tls12_crypto_info_aes_gcm_256 */ };

/* SEC_E_OK when the key is here that the job has masked, SEC_E_NO_CREDENTIALS when it is not. */
static SECURITY_STATUS look_for(struct party *party, struct job *job)
{
    struct scan_found found = { 0 };
    struct scan_key masked;

    (void)party;
    memcpy(masked.masked, job->bytes, sizeof(masked.masked));
    if (!scan_memory(&masked, &found))
        return SEC_E_INTERNAL_ERROR;
    return found.keys != 0 ? SEC_E_OK : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS sees(const struct actor *actor, const UCHAR wanted[SCAN_KEY])
{
    struct scan_key masked = scan_mask(wanted);
    struct job job = JOB_INIT;

    job.n = sizeof(masked.masked);
    memcpy(job.bytes, masked.masked, job.n);
    return actor_do(actor, look_for, &job);
}

/* The last owner tells the keys, which it does when it gives them to the kernel. */
static OPENSSPI_KERNEL_TLS keys_of(const struct actor *owner)
{
    struct job job = cast_export(owner, SECPKG_CONTEXT_EXPORT_TO_KERNEL);
    OPENSSPI_KERNEL_TLS keys;

    assert_int_equal(job.n, sizeof(keys));
    memcpy(&keys, job.bytes, sizeof(keys));
    if (job.fd >= 0)
        (void)close(job.fd);
    return keys;
}

static void of_a_stream_are_gone_where_it_was_given_away(void **state)
{
    static const struct scene *const scenes[] = { &scene_tls, &scene_tls_12 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct cast cast = cast_start_in(scenes[i]);

        assert_int_equal(cast_shake(&cast.client, &cast.server), SEC_E_OK);
        cast_talk(&cast.client, &cast.server);
        cast_hand_over(&cast.server, &cast.heir, delete_old);
        cast_talk(&cast.client, &cast.heir);
        const OPENSSPI_KERNEL_TLS keys = keys_of(&cast.heir);
        const UCHAR *both[] = { keys.Transmit + KEY_AT, keys.Receive + KEY_AT };
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(sees(&cast.client, both[k]), SEC_E_OK); /* or it would prove nothing */
            assert_int_equal(sees(&cast.server, both[k]), SEC_E_NO_CREDENTIALS);
        }
        assert_int_equal(actor_does(&cast.client, party_delete, 0), SEC_E_OK);
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(sees(&cast.client, both[k]), SEC_E_NO_CREDENTIALS);
    }
}

/* ---- fork() ------------------------------------------------------------ */

static void do_not_follow_into_a_child(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    learn_and_talk(&cast);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(actor_does(who[i], look_in_child, 0), SEC_E_NO_CREDENTIALS);
    cast_talk(&cast.client, &cast.server);
}

/* The number of the first call that gives the child anything; 0 when none does. */
static int use_all(struct party *party)
{
    static deed_fn *const deeds[] = { party_seal,   party_sign, party_unseal,  party_verify,
                                      party_export, party_leg,  party_lifetime };

    for (int i = 0; i < (int)(sizeof(deeds) / sizeof(deeds[0])); i++) {
        struct job job = job_text("\x01"
                                  "abc");

        if (deeds[i](party, &job) != SEC_E_INVALID_HANDLE)
            return i + 1;
    }
    return 0;
}

static SECURITY_STATUS use_all_in_child(struct party *party, struct job *job)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(use_all(party));
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return SEC_E_INTERNAL_ERROR;
    job->arg = (ULONG)WEXITSTATUS(status);
    return SEC_E_OK;
}

static void are_of_no_use_to_a_child(void **state)
{
    struct cast cast = cast_meet();
    struct job job = JOB_INIT;

    (void)state;
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(actor_do(&cast.server, use_all_in_child, &job), SEC_E_OK);
    assert_int_equal(job.arg, 0);
    cast_talk(&cast.client, &cast.server);
}

static SECURITY_STATUS give_to_child(struct party *party, struct job *job)
{
    int status = 0;

    job->arg = delete_old;
    if (party_export(party, job) != SEC_E_OK)
        return SEC_E_INTERNAL_ERROR;
    pid_t pid = fork();
    if (pid == 0) {
        struct party child = party_of(party->scene, party->accepts);
        struct job packet = job_text("from the child");

        _exit(party_import(&child, job) == SEC_E_OK && party_seal(&child, &packet) == SEC_E_OK ? 0
                                                                                               : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? SEC_E_OK
                                                                     : SEC_E_INTERNAL_ERROR;
}

static void reach_a_child_that_is_given_them(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    assert_int_equal(actor_does(&cast.server, give_to_child, 0), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_IF(scan_can(), ACTOR_TEST(are_there_while_the_session_lives)),
        CASE_IF(scan_can(), ACTOR_TEST(are_gone_when_the_session_is_deleted)),
        CASE_IF(scan_can(), ACTOR_TEST(are_gone_when_the_session_was_given_away)),
        CASE_IF(scan_can() && world_has_tls(),
                ACTOR_TEST(of_a_stream_are_gone_where_it_was_given_away)),
        CASE_IF(scan_can(), ACTOR_TEST(do_not_follow_into_a_child)),
        ACTOR_TEST(are_of_no_use_to_a_child),
        ACTOR_TEST(reach_a_child_that_is_given_them),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
