/* SPDX-License-Identifier: Apache-2.0 */
/* A negotiation in which MICs were asked for moves from every leg, in both roles.  What has none
 * is in shake_test.c. */
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"

enum { LEGS = 5 };

/* The acceptor asks for MICs, by a word that is changed on its way: accept-incomplete becomes
 * request-mic. */
static void ask_for_mics(struct job *reply)
{
    static const uint8_t incomplete[] = { 0xa0, 0x03, 0x0a, 0x01, 0x01 };

    for (uint32_t i = 0; i + sizeof(incomplete) <= reply->n; i++) {
        if (memcmp(reply->bytes + i, incomplete, sizeof(incomplete)) == 0) {
            reply->bytes[i + 4] = 3;
            return;
        }
    }
    fail();
}

static void take_leg(const struct pairs *pairs, unsigned leg, struct job *job)
{
    assert_int_equal(cast_leg(&pairs->on[leg % 2], job), cast_leg_status(&scene_negotiate, leg));
    if (leg == 1)
        ask_for_mics(job);
}

/* One role moves to another process after so many legs. */
static void moves_after(struct pairs *pairs, bool accepts, unsigned legs)
{
    struct job job = JOB_INIT;

    for (unsigned leg = 0; leg < LEGS; leg++) {
        if (leg == legs)
            pairs_move(pairs, accepts);
        take_leg(pairs, leg, &job);
    }
    cast_talk(&pairs->on[0], &pairs->on[1]);
    pairs_clear(pairs);
}

/* The handshake inside is over, and its token has nobody yet. */
static void moves_with_mics_that_are_still_to_come(void **state)
{
    struct pairs pairs = pairs_start(&scene_negotiate);

    (void)state;
    for (unsigned legs = 1; legs < LEGS; legs++)
        moves_after(&pairs, false, legs);
    for (unsigned legs = 2; legs < LEGS; legs++)
        moves_after(&pairs, true, legs);
}

static void moves_whoever_has_a_context_after_every_leg(void **state)
{
    struct pairs pairs = pairs_start(&scene_negotiate);
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < LEGS; leg++) {
        take_leg(&pairs, leg, &job);
        pairs_move(&pairs, false);
        if (leg > 0)
            pairs_move(&pairs, true);
    }
    cast_talk(&pairs.on[0], &pairs.on[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(moves_with_mics_that_are_still_to_come),
        ACTOR_TEST(moves_whoever_has_a_context_after_every_leg),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
