/* SPDX-License-Identifier: Apache-2.0 */
/* held_test N: so many half-done handshakes at once, each of them alive. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "load/spare.h"

static unsigned wanted;

/* ---- Deeds of the one who holds them ----------------------------------- */

static CtxtHandle *held;
static size_t n_held;

static SECURITY_STATUS answer(struct party *party, const struct job *first, CtxtHandle *ret,
                              struct job *ret_challenge)
{
    struct job copy = *first;

    party->has_ctx = false;
    SECURITY_STATUS status = party_leg(party, &copy);
    *ret = party->ctx;
    *ret_challenge = copy;
    return status;
}

/* The same first token, again and again; arg: how often.  Gives the last answer. */
static SECURITY_STATUS hold(struct party *party, struct job *job)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    struct job challenge = JOB_INIT;

    held = calloc(job->arg, sizeof(*held));
    if (held == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    while (status == SEC_I_CONTINUE_NEEDED && n_held < job->arg)
        status = answer(party, job, &held[n_held++], &challenge);
    *job = challenge;
    return status;
}

static SECURITY_STATUS hold_one_more(struct party *party, struct job *job)
{
    struct party other = *party;
    struct job challenge;
    CtxtHandle ctx;

    return answer(&other, job, &ctx, &challenge);
}

/* All but the last one, which the party has. */
static SECURITY_STATUS let_go(struct party *party, struct job *job)
{
    SECURITY_STATUS status = SEC_E_OK;

    (void)party;
    (void)job;
    for (size_t i = 0; status == SEC_E_OK && i + 1 < n_held; i++)
        status = DeleteSecurityContext(&held[i]);
    free(held);
    return status;
}

/* ---- Cases ------------------------------------------------------------- */

static size_t grown(pid_t pid, size_t before)
{
    size_t now = memory_of(pid);

    return now > before ? (now - before) / wanted : 0;
}

static void are_all_alive_and_no_more_than_the_limit(void **state)
{
    const struct limits limits = { 64, 64, wanted + 1 /* and the client's */ };
    struct job first = JOB_INIT;

    (void)state;
    limits_set(&limits);
    struct cast cast = cast_start();
    assert_int_equal(cast_leg(&cast.client, &first), SEC_I_CONTINUE_NEEDED);
    size_t lsad = memory_of(world_lsad_pid());
    size_t server = memory_of(cast.server.pid);
    struct job job = first;
    job.arg = wanted;
    assert_int_equal(actor_do(&cast.server, hold, &job), SEC_I_CONTINUE_NEEDED);
    print_message("# %u half-done handshakes: %zu bytes each in lsad, %zu in its client\n", wanted,
                  grown(world_lsad_pid(), lsad), grown(cast.server.pid, server));

    assert_int_equal(actor_do(&cast.server, hold_one_more, &first), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(cast_leg(&cast.client, &job), SEC_E_OK);
    assert_int_equal(cast_leg(&cast.server, &job), SEC_E_OK);
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(actor_does(&cast.server, let_go, 0), SEC_E_OK);
    actor_end(&cast.server);
    actor_end(&cast.client);
    assert_all_is_there(&limits);
}

static void are_given_back_when_their_holder_is_killed(void **state)
{
    const struct limits limits = { 64, 64, wanted + 1 };
    struct job first = JOB_INIT;

    (void)state;
    limits_set(&limits);
    struct cast cast = cast_start();
    assert_int_equal(cast_leg(&cast.client, &first), SEC_I_CONTINUE_NEEDED);
    first.arg = wanted;
    assert_int_equal(actor_do(&cast.server, hold, &first), SEC_I_CONTINUE_NEEDED);
    actor_kill(&cast.server);
    actor_kill(&cast.client);
    assert_all_is_there(&limits);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(are_all_alive_and_no_more_than_the_limit),
        ACTOR_TEST(are_given_back_when_their_holder_is_killed),
    };

    wanted = number_of(argc == 2 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, world_begin, world_end);
}
