/* SPDX-License-Identifier: Apache-2.0 */
/* A handshake that is half done goes on in another process, from every leg, in both roles. */
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* ---- From every leg ---------------------------------------------------- */

/* One role moves to another process after so many legs. */
static void moves_after(struct pairs *pairs, bool accepts, unsigned legs)
{
    struct job job = JOB_INIT;

    pairs_take_legs(pairs, 0, legs, &job);
    pairs_move(pairs, accepts);
    pairs_finish(pairs, legs, &job);
    pairs_clear(pairs);
}

static void moves_the_client_after_every_leg(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());

    (void)state;
    for (unsigned legs = 1; legs <= cast_scene()->legs; legs++)
        moves_after(&pairs, false, legs);
}

static void moves_the_server_after_every_leg(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());

    (void)state;
    for (unsigned legs = 2; legs <= cast_scene()->legs; legs++)
        moves_after(&pairs, true, legs);
}

static void moves_whoever_has_a_context_after_every_leg(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct job job = JOB_INIT;

    (void)state;
    for (unsigned leg = 0; leg < cast_scene()->legs; leg++) {
        pairs_take_legs(&pairs, leg, leg + 1, &job);
        pairs_move(&pairs, false);
        if (leg > 0)
            pairs_move(&pairs, true);
    }
    cast_talk(&pairs.on[0], &pairs.on[1]);
}

/* Embedded, where the library that does the handshake has no form for one. */
static void stays_where_it_is_until_it_is_over(void **state)
{
    static const ULONG flags[] = { 0, SECPKG_CONTEXT_EXPORT_DELETE_OLD };
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(actor_does(&pairs.on[halt.accepts], party_export, flags[i]),
                             SEC_E_UNSUPPORTED_FUNCTION);
        pairs_finish(&pairs, halt.legs, &job);
        pairs_clear(&pairs);
    }
    assert_int_not_equal(halt.legs, 0);
}

/* ---- Once -------------------------------------------------------------- */

static void goes_on_in_the_old_process_when_nobody_imported(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        struct job blob = cast_export(&pairs.on[halt.accepts], 0);
        assert_int_equal(blob.fd, -1); /* nobody has logged on yet */
        pairs_finish(&pairs, halt.legs, &job);
        assert_int_equal(cast_import(&pairs.off[halt.accepts], &blob), SEC_E_CONTEXT_EXPIRED);
        cast_talk(&pairs.on[0], &pairs.on[1]);
        pairs_clear(&pairs);
    }
}

static void goes_on_in_one_process_only(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        struct job blob = cast_export(&pairs.on[halt.accepts], 0);
        assert_int_equal(cast_import(&pairs.off[halt.accepts], &blob), SEC_E_OK);
        unsigned next = halt.legs;
        if (next % 2 != halt.accepts) { /* the other role's turn */
            pairs_take_legs(&pairs, next, next + 1, &job);
            next++;
        }
        struct job copy = job;
        assert_int_equal(cast_leg(&pairs.on[halt.accepts], &copy), SEC_E_CONTEXT_EXPIRED);
        pairs_swap(&pairs, halt.accepts);
        pairs_finish(&pairs, next, &job);
        pairs_clear(&pairs);
    }
}

static void forgets_a_half_done_handshake_that_it_gave_away(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct actor *heir = &pairs.off[halt.accepts];
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        struct job blob = cast_export(&pairs.on[halt.accepts], delete_old);
        assert_int_equal(cast_leg(&pairs.on[halt.accepts], &job), SEC_E_INVALID_HANDLE);
        assert_int_equal(cast_import(heir, &blob), SEC_E_OK);
        assert_int_equal(cast_import(heir, &blob), SEC_E_CONTEXT_EXPIRED);
        pairs_clear(&pairs);
    }
}

/* ---- What it checked before it checks in the new process, too ------------ */

static void checks_the_password_in_the_new_process_too(void **state)
{
    struct scene liar = scene_ntlm;
    struct pairs pairs = pairs_start(cast_scene());
    struct job job = JOB_INIT;

    (void)state;
    liar.password = "not " WORLD_PASSWORD;
    pairs.on[0] = actor_start(&liar, false);
    pairs_take_legs(&pairs, 0, 2, &job);
    pairs_move(&pairs, true);
    assert_int_equal(cast_leg(&pairs.on[0], &job), SEC_E_OK);
    assert_int_equal(cast_leg(&pairs.on[1], &job), SEC_E_LOGON_DENIED);
}

static void protects_nothing_while_half_done(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        pairs_move(&pairs, halt.accepts);
        assert_int_equal(actor_does(&pairs.on[halt.accepts], party_seal, 0), SEC_E_INVALID_HANDLE);
        assert_int_equal(actor_does(&pairs.on[halt.accepts], party_sign, 0), SEC_E_INVALID_HANDLE);
        pairs_clear(&pairs);
    }
}

/* The token that an end took before it moved comes a second time, and then the one it waits for. */
static void takes_no_leg_twice_across_a_hand_over(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        unsigned last = halt.legs - 1 - ((halt.legs - 1) % 2 != halt.accepts);
        struct job job = JOB_INIT;

        pairs_take_legs(&pairs, 0, last, &job);
        struct job again = job;
        pairs_take_legs(&pairs, last, halt.legs, &job);
        pairs_move(&pairs, halt.accepts);
        if (last != 0)
            assert_true(cast_leg(&pairs.on[halt.accepts], &again) < 0);
        pairs_finish(&pairs, halt.legs, &job);
        pairs_clear(&pairs);
    }
}

/* Wherever the session that it started is by now. */
static void starts_no_second_session_with_the_first_token(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct actor other = actor_start(cast_scene(), true);

    (void)state;
    for (unsigned legs = 2; legs <= cast_scene()->legs; legs++) {
        struct job job = JOB_INIT;

        pairs_take_legs(&pairs, 0, 1, &job);
        struct job first = job;
        pairs_take_legs(&pairs, 1, legs, &job);
        pairs_move(&pairs, true);
        assert_int_equal(cast_leg(&other, &first), SEC_E_OUT_OF_SEQUENCE);
        pairs_finish(&pairs, legs, &job);
        pairs_clear(&pairs);
    }
}

int main(void)
{
    const struct scene *scene = cast_scene();
    const bool halts = cast_has_halts(scene);
    const bool moves = !cast_stays(scene);
    const struct CMUnitTest tests[] = {
        CASE_IF(moves, ACTOR_TEST(moves_the_client_after_every_leg)),
        CASE_IF(moves, ACTOR_TEST(moves_the_server_after_every_leg)),
        CASE_IF(moves, ACTOR_TEST(moves_whoever_has_a_context_after_every_leg)),
        CASE_IF(!moves, ACTOR_TEST(stays_where_it_is_until_it_is_over)),
        CASE_IF(halts, ACTOR_TEST(goes_on_in_the_old_process_when_nobody_imported)),
        CASE_IF(halts, ACTOR_TEST(goes_on_in_one_process_only)),
        CASE_IF(halts, ACTOR_TEST(forgets_a_half_done_handshake_that_it_gave_away)),
        CASE_IF(scene == &scene_ntlm, ACTOR_TEST(checks_the_password_in_the_new_process_too)),
        CASE_IF(halts, ACTOR_TEST(protects_nothing_while_half_done)),
        CASE_IF(halts && !scene->is_stream, ACTOR_TEST(takes_no_leg_twice_across_a_hand_over)),
        CASE_IF(scene->speaks_kerberos, ACTOR_TEST(starts_no_second_session_with_the_first_token)),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
