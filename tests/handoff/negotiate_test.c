/* SPDX-License-Identifier: Apache-2.0 */
/* A negotiation moves from every leg, in both roles, with the handshake inside it. */
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"

enum { LEGS = 5, HOPS = 100 };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* Who has the context of each role, while it moves. */
struct holders {
    struct actor who[2]; /* by accepts */
    struct actor spare[2];
};

static struct holders start(void)
{
    const struct scene *scene = &scene_negotiate;

    return (struct holders){
        .who = { actor_start(scene, false), actor_start(scene, true) },
        .spare = { actor_start(scene, false), actor_start(scene, true) },
    };
}

static void move(struct holders *holders, bool accepts)
{
    struct actor from = holders->who[accepts];

    cast_hand_over(&from, &holders->spare[accepts], delete_old);
    holders->who[accepts] = holders->spare[accepts];
    holders->spare[accepts] = from;
}

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

static void take_leg(const struct holders *holders, unsigned leg, bool with_mics, struct job *job)
{
    SECURITY_STATUS want = leg + 2 < LEGS ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;

    assert_int_equal(cast_leg(&holders->who[leg % 2], job), want);
    if (with_mics && leg == 1)
        ask_for_mics(job);
}

/* One role moves to another process after so many legs. */
static void moves_after(bool accepts, unsigned legs, bool with_mics)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    for (unsigned leg = 0; leg < LEGS; leg++) {
        if (leg == legs)
            move(&holders, accepts);
        take_leg(&holders, leg, with_mics, &job);
    }
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void moves_the_client_from_every_leg(void **state)
{
    (void)state;
    for (unsigned legs = 1; legs < LEGS; legs++)
        moves_after(false, legs, false);
}

static void moves_the_server_from_every_leg(void **state)
{
    (void)state;
    for (unsigned legs = 2; legs < LEGS; legs++)
        moves_after(true, legs, false);
}

/* The handshake inside is over, and its token has nobody yet. */
static void moves_with_mics_that_are_still_to_come(void **state)
{
    (void)state;
    for (unsigned legs = 1; legs < LEGS; legs++)
        moves_after(false, legs, true);
    for (unsigned legs = 2; legs < LEGS; legs++)
        moves_after(true, legs, true);
}

static void moves_whoever_has_a_context_after_every_leg(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < LEGS; leg++) {
        take_leg(&holders, leg, true, &job);
        move(&holders, false);
        if (leg > 0)
            move(&holders, true);
    }
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void moves_a_hundred_times_with_messages_between(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < LEGS; leg++)
        take_leg(&holders, leg, false, &job);
    for (unsigned hop = 0; hop < HOPS; hop++) {
        move(&holders, true);
        if (hop % 10 == 0)
            cast_talk(&holders.who[0], &holders.who[1]);
    }
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void goes_on_in_one_process_only(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < 2; leg++)
        take_leg(&holders, leg, false, &job);
    struct job blob = cast_export(&holders.who[1], 0);
    assert_int_equal(cast_import(&holders.spare[1], &blob), SEC_E_OK);
    take_leg(&holders, 2, false, &job);
    struct job copy = job;
    assert_int_equal(cast_leg(&holders.who[1], &copy), SEC_E_CONTEXT_EXPIRED);
    holders.who[1] = holders.spare[1];
    take_leg(&holders, 3, false, &job);
    take_leg(&holders, 4, false, &job);
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void a_message_is_not_read_twice_across_a_hand_over(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < LEGS; leg++)
        take_leg(&holders, leg, false, &job);
    job = job_text("once");
    assert_int_equal(actor_do(&holders.who[0], party_seal, &job), SEC_E_OK);
    struct job again = job;
    assert_int_equal(actor_do(&holders.who[1], party_unseal, &job), SEC_E_OK);
    move(&holders, true);
    assert_int_equal(actor_do(&holders.who[1], party_unseal, &again), SEC_E_OUT_OF_SEQUENCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(moves_the_client_from_every_leg),
        ACTOR_TEST(moves_the_server_from_every_leg),
        ACTOR_TEST(moves_with_mics_that_are_still_to_come),
        ACTOR_TEST(moves_whoever_has_a_context_after_every_leg),
        ACTOR_TEST(moves_a_hundred_times_with_messages_between),
        ACTOR_TEST(goes_on_in_one_process_only),
        ACTOR_TEST(a_message_is_not_read_twice_across_a_hand_over),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
