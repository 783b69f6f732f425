/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parties in processes of their own.  An actor is forked before anything of the library runs, so
 * that each has a library state of its own; a test that has actors must not use the library itself.
 */
#ifndef SSP_TEST_ACTOR_H
#define SSP_TEST_ACTOR_H

#include <sys/types.h>

#include "harness/party.h"

struct actor {
    pid_t pid;
    int fd;
    int end; /* says when it has ended (pidfd_open(2)) */
    const struct scene *scene;
};

/* Lives until actors_end(). */
struct actor actor_start(const struct scene *scene, bool accepts);

/* Has the deed done there; job comes back as the deed left it.  Fails the test when the actor
 * dies of it. */
SECURITY_STATUS actor_do(const struct actor *actor, deed_fn *deed, struct job *job);

/* The same without a job worth a name. */
SECURITY_STATUS actor_does(const struct actor *actor, deed_fn *deed, ULONG arg);

/* actor_do() for one that may die of it; false when that was so, and then it wants actor_bury().
 * One that does not come back within ACTOR_SECONDS of the environment, by default 90, is killed,
 * and its test fails in the end. */
bool actor_try(const struct actor *actor, deed_fn *deed, struct job *job, SECURITY_STATUS *ret);

/* Waits for the end of one that was killed; the test goes on without it. */
void actor_bury(const struct actor *actor);

/* Kills this one now, in the middle of whatever it does. */
void actor_kill(const struct actor *actor);

/* Ends this one now; it has to end well. */
void actor_end(const struct actor *actor);

/* Teardown: ends all of them, and fails when one had crashed. */
int actors_end(void **state);

#define ACTOR_TEST(fn) cmocka_unit_test_teardown(fn, actors_end)

#endif
