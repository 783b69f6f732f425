/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Negotiate and gss-ntlmssp inside MIT's SPNEGO. */
#include <string.h>

#include "interop/gss_meeting.h"

static struct gss_scene spnego_of(OM_uint32 asks)
{
    struct gss_scene scene = gss_usual;

    scene.spnego = true;
    scene.asks = asks;
    return scene;
}

static struct gss_meeting meet(bool we_accept)
{
    static struct gss_scene theirs;

    theirs = spnego_of(gss_usual.asks);
    return gss_meeting_of(we_accept, &scene_negotiate, &theirs);
}

static void messages_arrive_both_ways(void **state)
{
    struct gss_meeting meeting = meet(gss_we_accept(state));

    gss_meeting_shake(&meeting, 0);
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void our_end_moves_half_done_and_in_the_stream(void **state)
{
    for (unsigned legs = 1; legs <= 2; legs++) {
        struct gss_meeting meeting = meet(gss_we_accept(state));

        gss_meeting_shake(&meeting, legs);
        assert_true(gss_meeting_agrees(&meeting));
        gss_meeting_talk(&meeting);
        gss_meeting_move(&meeting);
        gss_meeting_talk(&meeting);
        gss_meeting_end(&meeting);
    }
}

static void does_not_pass_with_the_wrong_password(void **state)
{
    struct scene liar = scene_negotiate;
    struct gss_scene theirs = spnego_of(gss_usual.asks);
    bool we_accept = gss_we_accept(state);

    liar.password = theirs.password = "not " WORLD_PASSWORD;
    if (!we_accept)
        theirs.password = WORLD_PASSWORD;
    struct gss_meeting meeting =
        gss_meeting_of(we_accept, we_accept ? &scene_negotiate : &liar, &theirs);
    gss_meeting_shake(&meeting, 0);
    assert_false(gss_meeting_agrees(&meeting));
    gss_meeting_end(&meeting);
}

/* ---- mechListMIC ------------------------------------------------------- */

/* Whoever accepts asks for MICs, by a word that is changed on its way: accept-incomplete becomes
 * request-mic, which nothing protects. */
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

/* Both sides make a MIC and verify the other's; and the messages after it show that keystream and
 * numbers are where the peer expects them ([MS-SPNG] 3.2.5.1, 3.3.5.1). */
static void mics_are_exchanged_and_messages_go_on_after_them(void **state)
{
    struct gss_meeting meeting = meet(gss_we_accept(state));
    bool is_ours = !meeting.we_accept;
    struct job job = JOB_INIT;

    for (unsigned leg = 0; leg == 0 || job.n != 0; leg++) {
        assert_true(gss_meeting_leg(&meeting, is_ours, &job));
        if (leg == 1)
            ask_for_mics(&job);
        is_ours = !is_ours;
    }
    assert_true(gss_meeting_agrees(&meeting));
    gss_meeting_talk(&meeting);
    gss_meeting_move(&meeting);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(messages_arrive_both_ways),
        GSS_BOTH_ROLES(our_end_moves_half_done_and_in_the_stream),
        GSS_BOTH_ROLES(does_not_pass_with_the_wrong_password),
        GSS_BOTH_ROLES(mics_are_exchanged_and_messages_go_on_after_them),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
