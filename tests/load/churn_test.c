/* SPDX-License-Identifier: Apache-2.0 */
/*
 * churn_test N SECONDS: so many client processes at a time that connect, work and die at random,
 * each followed by another.  Afterwards lsad holds nothing of theirs.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "harness/loopback.h"
#include "load/spare.h"

enum { LEFT_BEHIND = 4, /* sessions that one client forgets */ FAILED = 2 };

static unsigned people;
static unsigned seconds;

/* ---- A client ---------------------------------------------------------- */

static unsigned seed; /* of this process, so that every life is another */

static unsigned chance(unsigned n)
{
    seed = seed * 1103515245U + 12345U;
    return (seed >> 16) % n;
}

static void need(bool fine)
{
    if (!fine)
        _exit(FAILED);
}

/* The server's context moves on within the process. */
static void move(struct loopback *loop)
{
    struct job job = JOB_INIT;

    job.arg = chance(2) == 0 ? SECPKG_CONTEXT_EXPORT_DELETE_OLD : 0;
    need(party_export(&loop->server, &job) == SEC_E_OK);
    need(party_import(&loop->server, &job) == SEC_E_OK);
}

static void work(struct loopback *loop)
{
    unsigned legs = chance(4) == 0 ? 1 + chance(2) : ALL_LEGS;

    loopback_begin(loop, &scene_ntlm, NULL);
    need(loopback_shake(loop, legs) >= 0);
    if (legs != ALL_LEGS)
        return;
    need(loopback_talks(loop));
    move(loop);
    need(loopback_talks(loop));
}

/* Ends: chance. */
static _Noreturn void live(void)
{
    unsigned left_behind = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (chance(8) != 0) {
        struct loopback loop;

        work(&loop);
        if (left_behind < LEFT_BEHIND && chance(4) == 0)
            left_behind++; /* with all that it has */
        else
            loopback_end(&loop);
    }
    if (chance(2) == 0)
        (void)raise(SIGKILL);
    _exit(0);
}

/* ---- All of them ------------------------------------------------------- */

struct tally {
    unsigned born;
    unsigned killed;
    unsigned left;
    unsigned failed;
};

static pid_t give_birth(struct tally *tally)
{
    pid_t pid = 0;

    seed = ++tally->born * 2654435761U;
    pid = fork();
    if (pid == 0)
        live();
    assert_true(pid > 0);
    return pid;
}

/* Somebody's death, and who it was. */
static size_t wait_for_one(const pid_t *pids, struct tally *tally)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, 0);
    size_t i = 0;

    while (i < people && pids[i] != pid)
        i++;
    assert_true(i < people); /* or it was lsad */
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        tally->killed++;
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        tally->left++;
    else
        tally->failed++;
    return i;
}

static time_t now(void)
{
    struct timespec at = { 0 };

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &at), 0);
    return at.tv_sec;
}

/* On a busy machine the time may be up before there was anything to see. */
static bool has_enough(const struct tally *tally, time_t end)
{
    return now() >= end && tally->killed > people && tally->left > 0;
}

static struct tally churn(void)
{
    pid_t *pids = calloc(people, sizeof(*pids));
    struct tally tally = { 0 };
    time_t end = now() + seconds;

    assert_non_null(pids);
    for (size_t i = 0; i < people; i++)
        pids[i] = give_birth(&tally);
    while (tally.failed == 0 && !has_enough(&tally, end)) {
        if (chance(4) == 0) /* in the middle of something; it may be dead already */
            (void)kill(pids[chance(people)], SIGKILL);
        size_t dead = wait_for_one(pids, &tally);
        pids[dead] = give_birth(&tally);
    }
    for (size_t i = 0; i < people; i++)
        (void)kill(pids[i], SIGKILL);
    for (size_t i = 0; i < people; i++)
        pids[wait_for_one(pids, &tally)] = 0;
    free(pids);
    return tally;
}

static void leave_nothing_behind_in_lsad(void **state)
{
    const struct limits limits = {
        .connections = 2 * people + 64,
        .credentials = (2 * people + 8) * 2 * (LEFT_BEHIND + 1),
        .contexts = (2 * people + 8) * 3 * (LEFT_BEHIND + 1),
    };

    (void)state;
    limits_set(&limits);
    size_t before = memory_of(world_lsad_pid());
    struct tally tally = churn();
    print_message("# %u clients, %u at a time: %u killed, %u gone by themselves; "
                  "lsad grew from %zu to %zu kB\n",
                  tally.born, people, tally.killed, tally.left, before / 1024,
                  memory_of(world_lsad_pid()) / 1024);
    assert_int_equal(tally.failed, 0);
    assert_all_is_there(&limits);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = { ACTOR_TEST(leave_nothing_behind_in_lsad) };

    people = number_of(argc == 3 ? argv[1] : NULL);
    seconds = number_of(argv[2]);
    return cmocka_run_group_tests(tests, world_begin, world_end);
}
