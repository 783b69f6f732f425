/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a stream: layouts, sizes, and what is not to be trusted. */
#include <stdlib.h>
#include <string.h>

#include "conformance/note.h"

static const char text[] = "a simple record";

static struct view whole_of(const struct note *note)
{
    return (struct view){ note->bytes, note->sizes[0] + note->sizes[1] + note->sizes[2] };
}

static void seal(struct loopback *loop, struct note *note)
{
    assert_int_equal(note_seal(&loop->client.ctx, text, sizeof(text) - 1, note), SEC_E_OK);
    go_on(loop);
}

static void opens(struct loopback *loop, struct note *note)
{
    assert_int_equal(note_open(&loop->server.ctx, note), SEC_E_OK);
    assert_view_equal(note_text(note), view_text(text));
    go_on(loop);
}

/* ---- Layouts ----------------------------------------------------------- */

static void hides_what_it_seals_between_header_and_trailer(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    seal(loop, &note);
    assert_int_equal(note.sizes[0], subject->header_size);
    assert_int_equal(note.sizes[1], sizeof(text) - 1);
    assert_in_range(note.sizes[2], 1, subject->trailer_size);
    assert_memory_not_equal(note.bytes + subject->header_size, text, sizeof(text) - 1);
    opens(loop, &note);
}

static void shows_a_record_in_the_place_where_it_lay(void **state)
{
    static const ULONG types[] = { SECBUFFER_STREAM_HEADER, SECBUFFER_DATA,
                                   SECBUFFER_STREAM_TRAILER, SECBUFFER_EMPTY };
    struct loopback *loop = loop_of(state);
    struct note note;
    const uint8_t *at = note.bytes;

    seal(loop, &note);
    opens(loop, &note);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(note.buffers[i].BufferType, types[i]);
        assert_int_equal(note.buffers[i].cbBuffer, i < 3 ? note.sizes[i] : 0);
        if (i < 3)
            assert_ptr_equal(note.buffers[i].pvBuffer, at);
        at += note.buffers[i].cbBuffer;
    }
}

static void seals_buffers_that_do_not_touch(void **state)
{
    struct loopback *loop = loop_of(state);
    uint8_t header[NOTE_AROUND];
    uint8_t trailer[NOTE_AROUND];
    struct note note;

    note_write(&note, text, sizeof(text) - 1);
    note.buffers[0].pvBuffer = header;
    note.buffers[2].pvBuffer = trailer;
    assert_int_equal(EncryptMessage(&loop->client.ctx, 0, &note.desc, 0), SEC_E_OK);
    note_fold(&note);
    memcpy(note.bytes, header, note.sizes[0]);
    memcpy(note.bytes + note.sizes[0] + note.sizes[1], trailer, note.sizes[2]);
    opens(loop, &note);
}

static void leaves_the_records_behind_the_first_one(void **state)
{
    enum { RECORDS = 3 };
    struct loopback *loop = loop_of(state);
    struct job wire = JOB_INIT;

    for (size_t i = 0; i < RECORDS; i++) {
        struct note note;

        seal(loop, &note);
        memcpy(wire.bytes + wire.n, note.bytes, whole_of(&note).n);
        wire.n += (uint32_t)whole_of(&note).n;
    }
    for (ULONG left = RECORDS - 1, n = wire.n, size = wire.n / RECORDS; n != 0; left--) {
        SecBuffer buffers[4] = { { n, SECBUFFER_DATA, wire.bytes + wire.n - n } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

        assert_int_equal(DecryptMessage(&loop->server.ctx, &desc, 0, NULL), SEC_E_OK);
        assert_view_equal(((struct view){ buffers[1].pvBuffer, buffers[1].cbBuffer }),
                          view_text(text));
        n = left * size;
        assert_int_equal(buffers[3].BufferType, n != 0 ? SECBUFFER_EXTRA : SECBUFFER_EMPTY);
        assert_int_equal(buffers[3].cbBuffer, n);
        go_on(loop);
    }
}

/* Nothing is begun with a part of a record: it can travel as unread bytes. */
static void waits_for_the_last_byte_of_a_record(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    seal(loop, &note);
    const struct view whole = whole_of(&note);
    for (ULONG n = 1; n < whole.n; n++) {
        struct view cut = guarded((struct view){ whole.p, n });
        SecBuffer buffers[4] = { { n, SECBUFFER_DATA, (void *)(uintptr_t)cut.p } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

        assert_int_equal(DecryptMessage(&loop->server.ctx, &desc, 0, NULL),
                         SEC_E_INCOMPLETE_MESSAGE);
        assert_int_equal(buffers[1].BufferType, SECBUFFER_MISSING);
        assert_in_range(buffers[1].cbBuffer, 1, whole.n - n);
        assert_view_equal(cut, ((struct view){ whole.p, n }));
    }
    go_on(loop);
    opens(loop, &note);
}

static void seals_a_record_of_no_bytes(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    assert_int_equal(note_seal(&loop->client.ctx, "", 0, &note), SEC_E_OK);
    go_on(loop);
    assert_int_equal(note_open(&loop->server.ctx, &note), SEC_E_OK);
    assert_int_equal(note_text(&note).n, 0);
    go_on(loop);
    assert_true(loopback_talks(loop));
}

static void seals_as_much_as_it_says_and_no_more(void **state)
{
    struct loopback *loop = loop_of(state);
    SecPkgContext_StreamSizes sizes = { 0 };
    struct job job = JOB_INIT;

    assert_int_equal(QueryContextAttributesW(&loop->client.ctx, SECPKG_ATTR_STREAM_SIZES, &sizes),
                     SEC_E_OK);
    assert_int_equal(sizes.cbHeader, subject->header_size);
    assert_int_equal(sizes.cbTrailer, subject->trailer_size);
    assert_true(sizes.cBuffers == 4 && sizes.cbMaximumMessage == 16384);
    job.n = sizes.cbMaximumMessage;
    memset(job.bytes, 'x', job.n);
    assert_int_equal(loopback_do(loop, &loop->client, party_seal, &job), SEC_E_OK);
    assert_int_equal(loopback_do(loop, &loop->server, party_unseal, &job), SEC_E_OK);
    assert_int_equal(job.n, sizes.cbMaximumMessage);
    assert_int_equal(job.bytes[job.n - 1], 'x');
    job.n++;
    assert_int_equal(party_seal(&loop->client, &job), SEC_E_ENCRYPT_FAILURE);
    assert_true(loopback_talks(loop));
}

/* ---- Arguments --------------------------------------------------------- */

static void tells_the_room_that_it_wants_and_counts_nothing(void **state)
{
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 3; i += 2) {
        struct note note;

        note_write(&note, text, sizeof(text) - 1);
        note.buffers[i].cbBuffer--;
        assert_int_equal(EncryptMessage(&loop->client.ctx, 0, &note.desc, 0),
                         SEC_E_BUFFER_TOO_SMALL);
        assert_int_equal(note.buffers[0].cbBuffer, subject->header_size);
        assert_int_equal(note.buffers[2].cbBuffer, subject->trailer_size);
        assert_view_equal(note_text(&note), view_text(text));
        assert_true(loopback_talks(loop));
    }
}

static void wants_all_its_buffers(void **state)
{
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 3; i++) {
        struct note note;

        note_write(&note, text, sizeof(text) - 1);
        note.buffers[i].BufferType = SECBUFFER_EMPTY;
        assert_int_equal(EncryptMessage(&loop->client.ctx, 0, &note.desc, 0), SEC_E_INVALID_TOKEN);
        note_write(&note, text, sizeof(text) - 1);
        note_unfold(&note);
        note.buffers[i].BufferType = SECBUFFER_PADDING;
        assert_int_equal(DecryptMessage(&loop->server.ctx, &note.desc, 0, NULL),
                         SEC_E_INVALID_TOKEN);
    }
    assert_int_equal(EncryptMessage(&loop->client.ctx, 0, NULL, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(DecryptMessage(&loop->server.ctx, NULL, 0, NULL), SEC_E_INVALID_PARAMETER);
    assert_true(loopback_talks(loop));
}

static void seals_and_signs_nothing_in_clear(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    note_write(&note, text, sizeof(text) - 1);
    assert_int_equal(EncryptMessage(&loop->client.ctx, SECQOP_WRAP_NO_ENCRYPT, &note.desc, 0),
                     SEC_E_QOP_NOT_SUPPORTED);
    assert_int_equal(MakeSignature(&loop->client.ctx, 0, &note.desc, 0),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(VerifySignature(&loop->server.ctx, &note.desc, 0, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_view_equal(note_text(&note), view_text(text));
    assert_true(loopback_talks(loop));
}

static void protects_nothing_before_the_handshake_is_over(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    assert_int_equal(loopback_shake(loop, subject->open_legs), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(note_seal(&loop->client.ctx, text, sizeof(text) - 1, &note),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(note_open(&loop->server.ctx, &note), SEC_E_INVALID_HANDLE);
}

/* ---- Records that are not to be trusted -------------------------------- */

/* The session is over in both directions, in whatever process it is by then, and the peer is told
 * why. */
static void is_over(struct loopback *loop, struct party *party)
{
    struct party *peer = party == &loop->client ? &loop->server : &loop->client;
    struct job alert = JOB_INIT;
    struct job words = job_text("nobody hears this");

    if (loop->way != NULL)
        loop->way(party);
    assert_int_equal(party_leg(party, &alert), SEC_E_OK);
    assert_int_not_equal(alert.n, 0);
    assert_int_equal(party_seal(party, &words), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(party_unseal(party, &words), SEC_E_CONTEXT_EXPIRED);
    assert_true(party_unseal(peer, &alert) < 0);
    assert_int_equal(party_seal(peer, &words), SEC_E_CONTEXT_EXPIRED);
}

static void begin_anew(struct loopback *loop)
{
    loopback_end(loop);
    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
}

/* What was given is what is there: no plaintext is released. */
static void is_refused_with(struct loopback *loop, size_t at, uint8_t bits)
{
    struct note note;

    seal(loop, &note);
    note.bytes[at] ^= bits;
    struct view before = guarded(whole_of(&note));
    assert_true(note_open(&loop->server.ctx, &note) < 0);
    assert_view_equal(whole_of(&note), before);
    is_over(loop, &loop->server);
    begin_anew(loop);
}

static void ends_with_a_record_that_was_altered(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    seal(loop, &note);
    opens(loop, &note);
    const struct {
        size_t at;
        uint8_t bits;
    } places[] = {
        { 0, 0x40 }, /* type */
        { 1, 0x40 }, /* version */
        { 3, 0x80 }, /* size: longer than any record */
        { subject->header_size, 0x40 },
        { whole_of(&note).n - 1, 0x40 },
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        is_refused_with(loop, places[i].at, places[i].bits);
}

static void ends_with_a_record_that_came_before(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    seal(loop, &note);
    const struct note again = note;
    opens(loop, &note);
    note = again;
    assert_int_equal(note_open(&loop->server.ctx, &note), subject->on_replay);
    is_over(loop, &loop->server);
}

static void ends_with_a_record_that_overtook_another(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note first;
    struct note second;

    seal(loop, &first);
    seal(loop, &second);
    assert_int_equal(note_open(&loop->server.ctx, &second), subject->on_replay);
    is_over(loop, &loop->server);
}

static void ends_with_a_record_of_its_own(void **state)
{
    struct loopback *loop = loop_of(state);
    struct note note;

    seal(loop, &note);
    assert_int_equal(note_open(&loop->client.ctx, &note), subject->on_replay);
    is_over(loop, &loop->client);
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(hides_what_it_seals_between_header_and_trailer),
        MET_TEST(shows_a_record_in_the_place_where_it_lay),
        MET_TEST(seals_buffers_that_do_not_touch),
        MET_TEST(leaves_the_records_behind_the_first_one),
        MET_TEST(waits_for_the_last_byte_of_a_record),
        MET_TEST(seals_a_record_of_no_bytes),
        MET_TEST(seals_as_much_as_it_says_and_no_more),
        MET_TEST(tells_the_room_that_it_wants_and_counts_nothing),
        MET_TEST(wants_all_its_buffers),
        MET_TEST(seals_and_signs_nothing_in_clear),
        APART_TEST(protects_nothing_before_the_handshake_is_over),
        MET_TEST(ends_with_a_record_that_was_altered),
        MET_TEST(ends_with_a_record_that_came_before),
        MET_TEST(ends_with_a_record_that_overtook_another),
        MET_TEST(ends_with_a_record_of_its_own),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
