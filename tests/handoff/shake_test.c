/* SPDX-License-Identifier: Apache-2.0 */
/* A handshake that is half done goes on in another process, from every leg, in both roles. */
#include <unistd.h>

#include "handoff/cast.h"

enum { LEGS = 4 }; /* of NTLM */

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* Who has the context of each role, while it moves. */
struct holders {
    struct actor who[2]; /* by accepts */
    struct actor spare[2];
};

static struct holders start(void)
{
    return (struct holders){
        .who = { actor_start(&scene_ntlm, false), actor_start(&scene_ntlm, true) },
        .spare = { actor_start(&scene_ntlm, false), actor_start(&scene_ntlm, true) },
    };
}

static void move(struct holders *holders, bool accepts)
{
    struct actor from = holders->who[accepts];

    cast_hand_over(&from, &holders->spare[accepts], delete_old);
    holders->who[accepts] = holders->spare[accepts];
    holders->spare[accepts] = from;
}

/* The first legs of a handshake; job holds the token that is on its way. */
static void take_legs(const struct holders *holders, unsigned from, unsigned to, struct job *job)
{
    for (unsigned leg = from; leg < to; leg++) {
        SECURITY_STATUS want = leg + 2 < LEGS ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;

        assert_int_equal(cast_leg(&holders->who[leg % 2], job), want);
    }
}

/* One role moves to another process after so many legs. */
static void moves_after(bool accepts, unsigned legs)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    take_legs(&holders, 0, legs, &job);
    move(&holders, accepts);
    take_legs(&holders, legs, LEGS, &job);
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void moves_the_client_after_the_first_leg(void **state)
{
    (void)state;
    moves_after(false, 1);
}

static void moves_the_client_after_the_second_leg(void **state)
{
    (void)state;
    moves_after(false, 2);
}

static void moves_the_client_after_its_last_leg(void **state)
{
    (void)state;
    moves_after(false, 3);
}

static void moves_the_server_after_its_first_leg(void **state)
{
    (void)state;
    moves_after(true, 2);
}

static void moves_the_server_after_its_last_leg(void **state)
{
    (void)state;
    moves_after(true, LEGS);
}

static void moves_whoever_has_a_context_after_every_leg(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < LEGS; leg++) {
        take_legs(&holders, leg, leg + 1, &job);
        move(&holders, false);
        if (leg > 0)
            move(&holders, true);
    }
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void goes_on_in_the_old_process_when_nobody_imported(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    take_legs(&holders, 0, 2, &job);
    struct job blob = cast_export(&holders.who[1], 0);
    assert_int_equal(blob.fd, -1); /* nobody has logged on yet */
    take_legs(&holders, 2, LEGS, &job);
    assert_int_equal(cast_import(&holders.spare[1], &blob), SEC_E_CONTEXT_EXPIRED);
    cast_talk(&holders.who[0], &holders.who[1]);
}

static void goes_on_in_one_process_only(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    take_legs(&holders, 0, 2, &job);
    struct job blob = cast_export(&holders.who[1], 0);
    assert_int_equal(cast_import(&holders.spare[1], &blob), SEC_E_OK);
    assert_int_equal(cast_leg(&holders.who[0], &job), SEC_E_OK);
    struct job copy = job;
    assert_int_equal(cast_leg(&holders.who[1], &copy), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(cast_leg(&holders.spare[1], &job), SEC_E_OK);
    cast_talk(&holders.who[0], &holders.spare[1]);
}

static void forgets_a_half_done_handshake_that_it_gave_away(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    take_legs(&holders, 0, 2, &job);
    struct job blob = cast_export(&holders.who[1], delete_old);
    assert_int_equal(cast_leg(&holders.who[0], &job), SEC_E_OK);
    assert_int_equal(cast_leg(&holders.who[1], &job), SEC_E_INVALID_HANDLE);
    assert_int_equal(cast_import(&holders.spare[1], &blob), SEC_E_OK);
    assert_int_equal(cast_import(&holders.spare[1], &blob), SEC_E_CONTEXT_EXPIRED);
}

static void checks_the_password_in_the_new_process_too(void **state)
{
    static const struct scene liar = { .package = "NTLM",
                                       .user = WORLD_USER,
                                       .domain = WORLD_DOMAIN,
                                       .password = "not " WORLD_PASSWORD,
                                       .target = "test/server" };
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    holders.who[0] = actor_start(&liar, false);
    assert_int_equal(cast_leg(&holders.who[0], &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(cast_leg(&holders.who[1], &job), SEC_I_CONTINUE_NEEDED);
    move(&holders, true);
    assert_int_equal(cast_leg(&holders.who[0], &job), SEC_E_OK);
    assert_int_equal(cast_leg(&holders.who[1], &job), SEC_E_LOGON_DENIED);
}

static void protects_nothing_while_half_done(void **state)
{
    struct holders holders = start();
    struct job job = JOB_INIT;

    (void)state;
    take_legs(&holders, 0, 2, &job);
    move(&holders, true);
    assert_int_equal(actor_does(&holders.who[1], party_seal, 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(actor_does(&holders.who[0], party_sign, 0), SEC_E_INVALID_HANDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(moves_the_client_after_the_first_leg),
        ACTOR_TEST(moves_the_client_after_the_second_leg),
        ACTOR_TEST(moves_the_client_after_its_last_leg),
        ACTOR_TEST(moves_the_server_after_its_first_leg),
        ACTOR_TEST(moves_the_server_after_its_last_leg),
        ACTOR_TEST(moves_whoever_has_a_context_after_every_leg),
        ACTOR_TEST(goes_on_in_the_old_process_when_nobody_imported),
        ACTOR_TEST(goes_on_in_one_process_only),
        ACTOR_TEST(forgets_a_half_done_handshake_that_it_gave_away),
        ACTOR_TEST(checks_the_password_in_the_new_process_too),
        ACTOR_TEST(protects_nothing_while_half_done),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
