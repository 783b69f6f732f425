/* SPDX-License-Identifier: Apache-2.0 */
/* A session goes from one user to another, and to nobody else. */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"

enum { FRONT = 61001, WORKER = 61002, THIEF = 61003 };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

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

/* arg: the uid that exports are for from now on. */
static SECURITY_STATUS aim_at(struct party *party, struct job *job)
{
    OPENSSPI_EXPORT_TO_UID to = { .uid = job->arg };

    return SetContextAttributesW(&party->ctx, OPENSSPI_ATTR_EXPORT_TO_UID, &to, sizeof(to));
}

/* Nothing that is root's in there can be read. */
static SECURITY_STATUS pry(struct party *party, struct job *job)
{
    static const char *const secrets[] = { "sam", "run/seal.key" };

    (void)party;
    (void)job;
    for (size_t i = 0; i < 2; i++)
        if (open(world_path(secrets[i]), O_RDONLY | O_CLOEXEC) >= 0)
            return SEC_E_INTERNAL_ERROR;
    return SEC_E_OK;
}

/* arg: lsad's process. */
static SECURITY_STATUS look_into(struct party *party, struct job *job)
{
    char path[64];

    (void)party;
    (void)snprintf(path, sizeof(path), "/proc/%u/mem", (unsigned)job->arg);
    return open(path, O_RDONLY | O_CLOEXEC) < 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static struct actor actor_as(bool accepts, ULONG uid)
{
    struct actor actor = actor_start(&scene_ntlm, accepts);

    assert_int_equal(actor_does(&actor, become, uid), SEC_E_OK);
    return actor;
}

struct people {
    struct actor client;
    struct actor front;
    struct actor worker;
    struct actor thief;
};

static struct people meet(void)
{
    world_open();
    struct people people = {
        .client = actor_as(false, FRONT),
        .front = actor_as(true, FRONT),
        .worker = actor_as(true, WORKER),
        .thief = actor_as(true, THIEF),
    };

    assert_int_equal(cast_shake(&people.client, &people.front), SEC_E_OK);
    return people;
}

static struct job export_to(const struct people *people, ULONG uid)
{
    assert_int_equal(actor_does(&people->front, aim_at, uid), SEC_E_OK);
    return cast_export(&people->front, delete_old);
}

static SECURITY_STATUS import_as(const struct actor *who, const struct job *blob)
{
    struct job copy = *blob;

    copy.fd = blob->fd >= 0 ? dup(blob->fd) : -1;
    return actor_do(who, party_import, &copy);
}

static void goes_to_the_user_it_is_for(void **state)
{
    struct people people = meet();
    struct job blob = export_to(&people, WORKER);

    (void)state;
    assert_int_equal(import_as(&people.worker, &blob), SEC_E_OK);
    cast_talk(&people.client, &people.worker);
    assert_int_equal(close(blob.fd), 0);
}

static void goes_to_nobody_else_and_still_to_the_right_one(void **state)
{
    struct people people = meet();
    struct job blob = export_to(&people, WORKER);

    (void)state;
    assert_int_equal(import_as(&people.thief, &blob), SEC_E_NOT_OWNER);
    assert_int_equal(import_as(&people.front, &blob), SEC_E_NOT_OWNER);
    assert_int_equal(import_as(&people.worker, &blob), SEC_E_OK);
    cast_talk(&people.client, &people.worker);
    assert_int_equal(close(blob.fd), 0);
}

static void stays_with_its_user_unless_it_is_said(void **state)
{
    struct people people = meet();
    struct job blob = cast_export(&people.front, delete_old);
    struct actor colleague = actor_as(true, FRONT);

    (void)state;
    assert_int_equal(import_as(&people.worker, &blob), SEC_E_NOT_OWNER);
    assert_int_equal(import_as(&colleague, &blob), SEC_E_OK);
    cast_talk(&people.client, &colleague);
    assert_int_equal(close(blob.fd), 0);
}

static void makes_no_exception_for_root(void **state)
{
    struct people people = meet();
    struct job blob = export_to(&people, WORKER);
    struct actor root = actor_start(&scene_ntlm, true);

    (void)state;
    assert_int_equal(import_as(&root, &blob), SEC_E_NOT_OWNER);
    assert_int_equal(import_as(&people.worker, &blob), SEC_E_OK);
    assert_int_equal(close(blob.fd), 0);
}

static void finishes_a_handshake_that_another_user_began(void **state)
{
    struct actor client = actor_as(false, FRONT);
    struct actor front = actor_as(true, FRONT);
    struct actor worker = actor_as(true, WORKER);
    struct job job = JOB_INIT;

    (void)state;
    world_open();
    assert_int_equal(cast_leg(&client, &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(cast_leg(&front, &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(actor_does(&front, aim_at, WORKER), SEC_E_OK);
    cast_hand_over(&front, &worker, delete_old);
    assert_int_equal(cast_leg(&client, &job), SEC_E_OK);
    assert_int_equal(cast_leg(&worker, &job), SEC_E_OK);
    cast_talk(&client, &worker);
}

static void shows_a_worker_neither_accounts_nor_keys(void **state)
{
    struct people people = meet();

    (void)state;
    assert_int_equal(actor_does(&people.worker, pry, 0), SEC_E_OK);
    assert_int_equal(actor_does(&people.worker, look_into, (ULONG)world_lsad_pid()), SEC_E_OK);
}

#define AS_ROOT(fn) CASE_IF(geteuid() == 0, ACTOR_TEST(fn))

int main(void)
{
    const struct CMUnitTest tests[] = {
        AS_ROOT(goes_to_the_user_it_is_for),
        AS_ROOT(goes_to_nobody_else_and_still_to_the_right_one),
        AS_ROOT(stays_with_its_user_unless_it_is_said),
        AS_ROOT(makes_no_exception_for_root),
        AS_ROOT(finishes_a_handshake_that_another_user_began),
        AS_ROOT(shows_a_worker_neither_accounts_nor_keys),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
