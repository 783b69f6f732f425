/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Kerberos and MIT's: messages of every shape, and our end moving between them. */
#include <string.h>

#include "interop/krb_meeting.h"
#include "interop/krb_wraps.h"

enum { HOPS = 100, LONGEST = 65000 };

/* ---- Every shape, every type -------------------------------------------- */

static OM_uint32 seal_parts_with_trailer(struct gss_peer *peer, struct job *job)
{
    return gss_peer_seal_parts(peer, true, job);
}

static OM_uint32 seal_parts_rotated(struct gss_peer *peer, struct job *job)
{
    return gss_peer_seal_parts(peer, false, job);
}

typedef OM_uint32 gss_deed(struct gss_peer *peer, struct job *job);

struct shapes { /* what one side makes of a message, and how the other reads it */
    struct {
        deed_fn *make;
        gss_deed *read;
    } ours[5];
    struct {
        gss_deed *make;
        deed_fn *read;
    } theirs[8];
};

static const struct shapes usual = {
    .ours = { { party_seal, gss_peer_unseal },
              { party_wrap, gss_peer_unseal },
              { party_sign, gss_peer_verify },
              { party_seal_parts, gss_peer_unseal_parts } },
    .theirs = { { gss_peer_seal, party_unseal },
                { gss_peer_seal, party_unstream },
                { gss_peer_wrap, party_unwrap },
                { gss_peer_wrap, party_unstream },
                { gss_peer_sign, party_verify },
                { seal_parts_with_trailer, party_unseal_parts },
                { seal_parts_rotated, party_unseal_parts } },
};

/* In DCE style messages come in buffers. */
static const struct shapes dce = {
    .ours = { { party_sign, gss_peer_verify }, { party_seal_parts, gss_peer_unseal_parts } },
    .theirs = { { gss_peer_sign, party_verify },
                { seal_parts_with_trailer, party_unseal_parts },
                { seal_parts_rotated, party_unseal_parts } },
};

static struct job data_of(uint32_t n)
{
    struct job job = JOB_INIT;

    job.n = n;
    for (uint32_t i = 0; i < n; i++)
        job.bytes[i] = (uint8_t)(i * 13 + 5);
    return job;
}

static void assert_is_data(const struct job *job, uint32_t n)
{
    assert_int_equal(job->n, n);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(job->bytes[i], (uint8_t)(i * 13 + 5));
}

static void pass_all(struct gss_meeting *meeting, const struct shapes *shapes, uint32_t n)
{
    for (size_t i = 0; shapes->ours[i].make != NULL; i++) {
        struct job job = data_of(n);

        assert_int_equal(actor_do(&meeting->ours, shapes->ours[i].make, &job), SEC_E_OK);
        assert_int_equal(shapes->ours[i].read(&meeting->theirs, &job), GSS_S_COMPLETE);
        assert_is_data(&job, n);
    }
    for (size_t i = 0; shapes->theirs[i].make != NULL; i++) {
        struct job job = data_of(n);

        assert_int_equal(shapes->theirs[i].make(&meeting->theirs, &job), GSS_S_COMPLETE);
        assert_int_equal(actor_do(&meeting->ours, shapes->theirs[i].read, &job), SEC_E_OK);
        assert_is_data(&job, n);
    }
}

static void pass_all_of_type(void **state, size_t type, const struct shapes *shapes)
{
    static const uint32_t sizes[] = { 1, 16, 33, 1000, LONGEST };
    struct krb_scenes scenes = krb_scenes_of_type(type);

    if (shapes == &dce)
        krb_scenes_ask(&scenes, ISC_REQ_USE_DCE_STYLE, GSS_C_DCE_STYLE);
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        pass_all(&meeting, shapes, sizes[i]);
    gss_meeting_move(&meeting);
    pass_all(&meeting, shapes, sizes[0]);
    gss_meeting_end(&meeting);
    assert_int_equal(actors_end(state), 0);
}

static void messages_of_each_shape_arrive(void **state)
{
    for (size_t type = 0; type < KRB_TYPES; type++)
        pass_all_of_type(state, type, &usual);
}

static void messages_of_each_shape_arrive_in_dce_style(void **state)
{
    for (size_t type = 0; type < KRB_TYPES; type++)
        pass_all_of_type(state, type, &dce);
}

/* ---- What must not be read ---------------------------------------------- */

static struct gss_meeting meet_usual(void **state)
{
    const struct krb_scenes scenes = krb_scenes_usual();

    return krb_meet(gss_we_accept(state), &scenes, 0);
}

static struct job sealed_by_them(struct gss_meeting *meeting, const char *text)
{
    struct job job = job_text(text);

    assert_int_equal(gss_peer_seal(&meeting->theirs, &job), GSS_S_COMPLETE);
    return job;
}

static struct job sealed_by_us(const struct gss_meeting *meeting, const char *text)
{
    struct job job = job_text(text);

    assert_int_equal(actor_do(&meeting->ours, party_seal, &job), SEC_E_OK);
    return job;
}

static SECURITY_STATUS we_read(const struct gss_meeting *meeting, const struct job *packet)
{
    struct job copy = *packet;

    return actor_do(&meeting->ours, party_unseal, &copy);
}

static OM_uint32 they_read(struct gss_meeting *meeting, const struct job *packet)
{
    struct job copy = *packet;

    return gss_peer_unseal(&meeting->theirs, &copy);
}

static void an_altered_message_is_refused_and_the_stream_goes_on(void **state)
{
    struct gss_meeting meeting = meet_usual(state);
    struct job theirs = sealed_by_them(&meeting, "not what it was");
    struct job ours = sealed_by_us(&meeting, "not what it was");
    struct job bad = theirs;

    bad.bytes[bad.n - 1] ^= 1;
    assert_int_equal(we_read(&meeting, &bad), SEC_E_MESSAGE_ALTERED);
    assert_int_equal(we_read(&meeting, &theirs), SEC_E_OK);
    bad = ours;
    bad.bytes[bad.n - 1] ^= 1;
    assert_int_equal(they_read(&meeting, &bad), GSS_S_BAD_SIG);
    assert_int_equal(they_read(&meeting, &ours), GSS_S_COMPLETE);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void a_message_is_read_once(void **state)
{
    struct gss_meeting meeting = meet_usual(state);
    struct job theirs = sealed_by_them(&meeting, "once");
    struct job ours = sealed_by_us(&meeting, "once");

    assert_int_equal(we_read(&meeting, &theirs), SEC_E_OK);
    assert_int_equal(we_read(&meeting, &theirs), SEC_E_OUT_OF_SEQUENCE);
    gss_meeting_move(&meeting);
    assert_int_equal(we_read(&meeting, &theirs), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(they_read(&meeting, &ours), GSS_S_COMPLETE);
    assert_int_equal(they_read(&meeting, &ours), GSS_S_DUPLICATE_TOKEN);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void messages_are_read_in_their_order(void **state)
{
    struct gss_meeting meeting = meet_usual(state);
    struct job first = sealed_by_them(&meeting, "first");
    struct job second = sealed_by_them(&meeting, "second");

    assert_int_equal(we_read(&meeting, &second), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(we_read(&meeting, &first), SEC_E_OK);
    assert_int_equal(we_read(&meeting, &second), SEC_E_OK);
    first = sealed_by_us(&meeting, "first");
    second = sealed_by_us(&meeting, "second");
    assert_int_equal(they_read(&meeting, &second), GSS_S_GAP_TOKEN);
    assert_int_equal(they_read(&meeting, &first), GSS_S_UNSEQ_TOKEN);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void messages_come_in_any_order_where_that_was_agreed(void **state)
{
    struct krb_scenes scenes = krb_scenes_usual();

    scenes.ours.initiator_asks &= ~(ULONG)ISC_REQ_SEQUENCE_DETECT;
    scenes.ours.acceptor_asks &= ~(ULONG)ASC_REQ_SEQUENCE_DETECT;
    scenes.theirs.asks &= ~(OM_uint32)GSS_C_SEQUENCE_FLAG;
    struct gss_meeting meeting = krb_meet(gss_we_accept(state), &scenes, 0);
    struct job first = sealed_by_them(&meeting, "first");
    struct job second = sealed_by_them(&meeting, "second");
    assert_int_equal(we_read(&meeting, &second), SEC_E_OK);
    gss_meeting_move(&meeting);
    assert_int_equal(we_read(&meeting, &first), SEC_E_OK);
    assert_int_equal(we_read(&meeting, &second), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(we_read(&meeting, &first), SEC_E_OUT_OF_SEQUENCE);
    first = sealed_by_us(&meeting, "first");
    second = sealed_by_us(&meeting, "second");
    assert_int_equal(they_read(&meeting, &second), GSS_S_COMPLETE);
    assert_int_equal(they_read(&meeting, &first), GSS_S_COMPLETE);
    assert_int_equal(they_read(&meeting, &first), GSS_S_DUPLICATE_TOKEN);
    gss_meeting_end(&meeting);
}

/* ---- Our end moves ------------------------------------------------------ */

static void moves_before_any_message(void **state)
{
    struct gss_meeting meeting = meet_usual(state);

    gss_meeting_move(&meeting);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void reads_in_its_new_place_what_was_written_to_the_old_one(void **state)
{
    struct gss_meeting meeting = meet_usual(state);

    gss_meeting_talk(&meeting);
    struct job sealed = sealed_by_them(&meeting, "on its way");
    gss_meeting_move(&meeting);
    assert_int_equal(we_read(&meeting, &sealed), SEC_E_OK);
    gss_meeting_talk(&meeting);
    gss_meeting_end(&meeting);
}

static void moves_a_hundred_times(void **state)
{
    struct gss_meeting meeting = meet_usual(state);

    for (int i = 0; i < HOPS; i++) {
        gss_meeting_move(&meeting);
        gss_meeting_talk(&meeting);
    }
    gss_meeting_end(&meeting);
}

/* Bound to a channel. */
static void moves_after_each_leg_of(bool we_accept, ULONG isc, OM_uint32 gss)
{
    struct krb_scenes scenes = krb_scenes_usual();

    krb_scenes_ask(&scenes, isc, gss);
    scenes.ours.bindings = "tls-unique:0123456789ab";
    scenes.theirs.bindings = scenes.ours.bindings;
    struct gss_meeting meeting = krb_meet(we_accept, &scenes, GSS_EACH_LEG);
    pass_all(&meeting, isc != 0 ? &dce : &usual, 100);
    gss_meeting_end(&meeting);
}

static void moves_after_each_leg(void **state)
{
    moves_after_each_leg_of(gss_we_accept(state), 0, 0);
}

static void moves_after_each_leg_of_dce_style(void **state)
{
    moves_after_each_leg_of(gss_we_accept(state), ISC_REQ_USE_DCE_STYLE, GSS_C_DCE_STYLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GSS_BOTH_ROLES(messages_of_each_shape_arrive),
        GSS_BOTH_ROLES(messages_of_each_shape_arrive_in_dce_style),
        GSS_BOTH_ROLES(an_altered_message_is_refused_and_the_stream_goes_on),
        GSS_BOTH_ROLES(a_message_is_read_once),
        GSS_BOTH_ROLES(messages_are_read_in_their_order),
        GSS_BOTH_ROLES(messages_come_in_any_order_where_that_was_agreed),
        GSS_BOTH_ROLES(moves_before_any_message),
        GSS_BOTH_ROLES(reads_in_its_new_place_what_was_written_to_the_old_one),
        GSS_BOTH_ROLES(moves_a_hundred_times),
        GSS_BOTH_ROLES(moves_after_each_leg),
        GSS_BOTH_ROLES(moves_after_each_leg_of_dce_style),
    };

    return cmocka_run_group_tests(tests, gss_meeting_setup, world_end);
}
