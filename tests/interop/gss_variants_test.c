/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI and gss-ntlmssp in every variant that the peer can be made to speak: the keys and the
 * streams of messages differ in each, so messages go both ways, before and after a move. */
#include <stdlib.h>

#include "interop/gss_meeting.h"

static const uint32_t bits_56 = UINT32_C(0x80000000);
static const uint32_t asked = UNICODE | OEM | REQUEST_TARGET | SIGN | SEAL | NTLM | ALWAYS_SIGN |
                              ESS | VERSION | BITS_128 | KEY_EXCHANGE;

struct variant {
    const char *name;  /* begins with v1 or v2: the response that is sent */
    const char *ours;  /* lines of [ntlm] */
    const char *level; /* LM_COMPAT_LEVEL of the peer */
    uint32_t leave;    /* of NEGOTIATE_*: what the peer does not ask for */
    uint32_t add;      /* and what it asks for beside the usual */
    uint32_t flags;    /* that are agreed */
    uint32_t not_flags;
};

#define TAKE_V1 "minimum = v1\n"
#define SEND_V1 "minimum = v1\nrespond = v1\n"
#define ANY_KEY "require_128 = no\n"

static void talk_and_move(struct gss_meeting *meeting)
{
    gss_meeting_talk(meeting);
    gss_meeting_they_say(meeting, "once more");
    gss_meeting_move(meeting);
    gss_meeting_talk(meeting);
    gss_meeting_we_say(meeting, "once more");
    gss_meeting_talk(meeting);
}

static void speak(bool we_accept, const struct variant *v)
{
    struct gss_scene theirs = gss_usual;

    print_message("# %s\n", v->name);
    world_configure("run", v->ours);
    assert_int_equal(setenv("LM_COMPAT_LEVEL", v->level, 1), 0);
    if ((v->leave | v->add) != 0)
        theirs.neg_flags = (asked & ~v->leave) | v->add;
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scene_ntlm, &theirs);
    gss_meeting_shake(&meeting, 1);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    assert_int_equal(meeting.seen.is_v1, v->name[1] == '1');
    assert_int_equal(meeting.seen.flags & v->flags, v->flags);
    assert_int_equal(meeting.seen.flags & v->not_flags, 0);
    talk_and_move(&meeting);
    gss_meeting_end(&meeting);
}

/* The peer leaves out extended session security at level 0 only. */
static void takes_every_variant_that_the_peer_sends(void **state)
{
    static const struct variant variants[] = {
        { "v2", "", "5", 0, 0, UNICODE | ESS | BITS_128 | KEY_EXCHANGE, 0 },
        { "v2, OEM", "", "3", UNICODE, 0, OEM, UNICODE },
        { "v2, no version", "", "3", VERSION, 0, ESS, VERSION },
        { "v2, 56 bits", ANY_KEY, "3", BITS_128, bits_56, ESS | bits_56, BITS_128 },
        { "v2, 40 bits", ANY_KEY, "3", BITS_128, 0, ESS, BITS_128 | bits_56 },
        { "v1, extended session security", TAKE_V1, "2", 0, 0, ESS | BITS_128, 0 },
        { "v1, OEM, 56 bits", TAKE_V1 ANY_KEY, "1", UNICODE | BITS_128, bits_56, OEM | bits_56,
          UNICODE | BITS_128 },
        { "v1 and LM, no extended session security", TAKE_V1, "0", 0, 0, BITS_128, ESS },
        { "v1 and LM, OEM, 56 bits", TAKE_V1 ANY_KEY, "0", UNICODE | ESS | BITS_128, bits_56,
          OEM | bits_56, UNICODE | ESS | BITS_128 },
        { "v1 and LM, 40 bits", TAKE_V1 ANY_KEY, "0", ESS | BITS_128, 0, OEM & UNICODE,
          ESS | BITS_128 | bits_56 },
    };

    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
        speak(true, &variants[i]);
    (void)state;
}

static void sends_every_variant_that_the_peer_takes(void **state)
{
    static const struct variant variants[] = {
        { "v2", "", "5", 0, 0, UNICODE | ESS | BITS_128 | KEY_EXCHANGE, 0 },
        { "v1, extended session security", SEND_V1, "1", 0, 0, ESS, 0 },
        { "v1 and LM", SEND_V1 "lm = yes\n", "1", 0, 0, ESS, 0 },
        { "v1 and LM, no extended session security", SEND_V1 "lm = yes\n", "0", 0, 0, BITS_128,
          ESS },
    };

    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
        speak(false, &variants[i]);
    (void)state;
}

/* ---- Less than everything ---------------------------------------------- */

static struct gss_meeting asking(bool we_accept, ULONG ours, OM_uint32 theirs)
{
    struct scene scene = scene_ntlm;
    struct gss_scene gss = gss_usual;

    scene.initiator_asks = ours;
    scene.acceptor_asks = ours;
    gss.asks = theirs;
    world_configure("run", "");
    assert_int_equal(unsetenv("LM_COMPAT_LEVEL"), 0);
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scene, &gss);
    gss_meeting_shake(&meeting, 1);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    return meeting;
}

static void only_signs_when_nobody_asks_for_more(void **state)
{
    struct gss_meeting meeting =
        asking(gss_we_accept(state), ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT,
               GSS_C_INTEG_FLAG | GSS_C_SEQUENCE_FLAG);

    assert_int_equal(meeting.seen.flags & (SIGN | SEAL), SIGN);
    talk_and_move(&meeting);
    gss_meeting_end(&meeting);
}

static void only_proves_who_it_is_when_nobody_asks_for_more(void **state)
{
    struct gss_meeting meeting = asking(gss_we_accept(state), 0, 0);

    assert_int_equal(meeting.seen.flags & (SIGN | SEAL), 0);
    gss_meeting_end(&meeting);
}

/* The peer begins only: MIT's glue takes no empty token to an acceptor. */
static void exchanges_signed_datagrams(void **state)
{
    static const OM_uint32 datagram = 0x10000; /* GSS_C_DATAGRAM_FLAG, the peer's own */
    struct gss_meeting meeting =
        asking(true, ASC_REQ_INTEGRITY | ASC_REQ_DATAGRAM, GSS_C_INTEG_FLAG | datagram);

    (void)state;
    assert_int_equal(meeting.seen.flags & (DATAGRAM | SIGN), DATAGRAM | SIGN);
    talk_and_move(&meeting);
    gss_meeting_end(&meeting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(takes_every_variant_that_the_peer_sends),
        ACTOR_TEST(sends_every_variant_that_the_peer_takes),
        GSS_BOTH_ROLES(only_signs_when_nobody_asks_for_more),
        GSS_BOTH_ROLES(only_proves_who_it_is_when_nobody_asks_for_more),
        ACTOR_TEST(exchanges_signed_datagrams),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
