/* SPDX-License-Identifier: Apache-2.0 */
/* A process of a test that is no more is noticed, whoever has what it left open. */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/actor.h"
#include "harness/harness.h"

static pid_t *child; /* shared with the actor */

/* The child has the actor's socket, and does not say a word. */
static SECURITY_STATUS die_before_a_child_of_mine(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            (void)pause();
    *child = pid; /* not by the child, to which it would be 0 */
    (void)raise(SIGKILL);
    return SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS answer(struct party *party, struct job *job)
{
    (void)party;
    job->arg++;
    return SEC_I_CONTINUE_NEEDED;
}

static void an_actor_that_died_does_not_come_back(void **state)
{
    SECURITY_STATUS status = SEC_E_OK;
    struct job job = JOB_INIT;

    (void)state;
    child = mmap(NULL, sizeof(*child), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(child != MAP_FAILED);
    struct actor actor = actor_start(&scene_ntlm, true);
    struct actor other = actor_start(&scene_ntlm, false);
    assert_false(actor_try(&actor, die_before_a_child_of_mine, &job, &status));
    assert_int_equal(status, SEC_E_OK);
    assert_int_equal(kill(*child, SIGKILL), 0);
    actor_bury(&actor);
    assert_int_equal(actor_do(&other, answer, &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(job.arg, 1);
    assert_int_equal(munmap(child, sizeof(*child)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { ACTOR_TEST(an_actor_that_died_does_not_come_back) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
