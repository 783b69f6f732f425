/* SPDX-License-Identifier: Apache-2.0 */
#include <gnutls/gnutls.h>
#include <schannel.h>
#include <stdlib.h>

#include "harness/tls_talk.h"

/* ---- EncryptMessage ------------------------------------------------------ */

static void header_and_trailer_have_the_sizes_that_were_promised(void **state)
{
    static const struct {
        uint16_t suite;
        size_t header;
        size_t trailer;
        size_t used;
    } sizes[] = {
        { AES_128, 5, 44, 17 },  { AES_256, 5, 44, 17 },    { CHACHA, 5, 44, 17 },
        { OLD_GCM, 13, 16, 16 }, { OLD_CHACHA, 5, 16, 16 },
    };

    for (size_t i = 0; i < 5; i++) {
        BEGIN(sizes[i].suite);
        assert_int_equal(tls_header_size(ends.client.core.suite), sizes[i].header);
        assert_int_equal(tls_trailer_size(ends.client.core.suite), sizes[i].trailer);
        send_text(&ends.client, &wire);
        assert_int_equal(wire.n, sizes[i].header + sizeof(text) - 1 + sizes[i].used);
    }
}

struct pieces { /* three buffers, each in a block of exactly its size */
    SecBuffer buffers[4];
    SecBufferDesc desc;
};

static void pieces_begin(struct pieces *pieces, const struct tls_suite *suite, struct view what)
{
    const size_t sizes[] = { tls_header_size(suite), what.n, tls_trailer_size(suite) };
    static const ULONG types[] = { SECBUFFER_STREAM_HEADER, SECBUFFER_DATA,
                                   SECBUFFER_STREAM_TRAILER };

    for (size_t i = 0; i < 3; i++) {
        pieces->buffers[i] = (SecBuffer){ (ULONG)sizes[i], types[i], malloc(sizes[i] + 1) };
        assert_non_null(pieces->buffers[i].pvBuffer);
    }
    if (what.n != 0)
        memcpy(pieces->buffers[1].pvBuffer, what.p, what.n);
    pieces->buffers[3] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
    pieces->desc = (SecBufferDesc){ SECBUFFER_VERSION, 4, pieces->buffers };
}

static void pieces_end(struct pieces *pieces)
{
    for (size_t i = 0; i < 3; i++)
        free(pieces->buffers[i].pvBuffer);
}

static void gather(const struct pieces *pieces, struct tls_wire *wire)
{
    for (size_t i = 0; i < 3; i++) {
        if (pieces->buffers[i].cbBuffer != 0)
            memcpy(wire->p + wire->n, pieces->buffers[i].pvBuffer, pieces->buffers[i].cbBuffer);
        wire->n += pieces->buffers[i].cbBuffer;
    }
}

static void buffers_that_do_not_touch_give_the_same_bytes(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        ssp_cleanup(pieces_end) struct pieces pieces = { 0 };
        struct tls_wire apart = { .n = 0 };

        send_text(&ends.client, &wire);
        ends.client.core.send.seq--;
        pieces_begin(&pieces, ends.client.core.suite, view_text(text));
        assert_int_equal(tls_stream_seal(&ends.client.conn, 0, &pieces.desc), SSP_OK);
        gather(&pieces, &apart);
        assert_view_equal((struct view){ apart.p, apart.n }, (struct view){ wire.p, wire.n });
    }
}

static void an_empty_text_is_a_record_too(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        ssp_cleanup(pieces_end) struct pieces pieces = { 0 };

        pieces_begin(&pieces, ends.client.core.suite, (struct view){ 0 });
        free(pieces.buffers[1].pvBuffer);
        pieces.buffers[1].pvBuffer = NULL;
        assert_int_equal(tls_stream_seal(&ends.client.conn, 0, &pieces.desc), SSP_OK);
        gather(&pieces, &wire);
        assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
        assert_int_equal(got.text.n, 0);
    }
}

static void wrong_buffers_are_refused_and_nothing_is_sealed(void **state)
{
    BEGIN(AES_128);
    ssp_cleanup(pieces_end) struct pieces pieces = { 0 };
    struct tls_conn *conn = &ends.client.conn;

    pieces_begin(&pieces, ends.client.core.suite, view_text(text));
    assert_int_equal(tls_stream_seal(conn, 1, &pieces.desc), SSP_ERR_BAD_QOP);
    assert_int_equal(tls_stream_seal(conn, 0, NULL), SSP_ERR_BAD_ARGUMENT);
    for (size_t i = 0; i < 3; i++) {
        ULONG type = pieces.buffers[i].BufferType;

        pieces.buffers[i].BufferType = SECBUFFER_EMPTY;
        assert_int_equal(tls_stream_seal(conn, 0, &pieces.desc), SSP_ERR_BAD_TOKEN);
        pieces.buffers[i].BufferType = type | SECBUFFER_READONLY;
        assert_int_equal(tls_stream_seal(conn, 0, &pieces.desc), SSP_ERR_BAD_ARGUMENT);
        pieces.buffers[i].BufferType = type;
    }
    assert_memory_equal(pieces.buffers[1].pvBuffer, text, sizeof(text) - 1);
    assert_int_equal(ends.client.core.send.seq, 0);
    assert_false(ends.client.core.live.is_used);
}

static void too_little_room_says_how_much_is_needed(void **state)
{
    BEGIN(OLD_GCM);
    ssp_cleanup(pieces_end) struct pieces pieces = { 0 };

    pieces_begin(&pieces, ends.client.core.suite, view_text(text));
    for (size_t i = 0; i < 3; i += 2) {
        ULONG size = pieces.buffers[i].cbBuffer;

        pieces.buffers[i].cbBuffer--;
        assert_int_equal(tls_stream_seal(&ends.client.conn, 0, &pieces.desc), SSP_ERR_TOO_SMALL);
        assert_int_equal(pieces.buffers[i].cbBuffer, size);
    }
    assert_int_equal(ends.client.core.send.seq, 1);
}

static void more_than_a_record_takes_is_refused(void **state)
{
    static uint8_t bytes[TLS_ENDS_LONGEST];
    size_t n = 0;
    BEGIN(AES_128);

    assert_int_equal(tls_ends_send_at(&ends.client, (struct view){ NULL, 0 }, bytes, &n), SSP_OK);
    SecBuffer buffers[] = {
        { 5, SECBUFFER_STREAM_HEADER, bytes },
        { TLS_TEXT_MAX + 1, SECBUFFER_DATA, bytes + 5 },
        { 44, SECBUFFER_STREAM_TRAILER, bytes + 5 + TLS_TEXT_MAX + 1 },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 3, buffers };
    assert_int_equal(tls_stream_seal(&ends.client.conn, 0, &desc), SSP_ERR_CANNOT_ENCRYPT);
    assert_int_equal(ends.client.core.send.seq, 1);
}

/* Texts shorter and longer than the update that comes first, in one piece and in three. */
static void an_update_and_the_data_lie_one_after_the_other(void **state)
{
    for (size_t n = 0; n <= 100; n++) {
        BEGIN(CHACHA);
        ssp_cleanup(pieces_end) struct pieces pieces = { 0 };
        struct tls_wire apart = { .n = 0 };
        uint8_t bytes[100];

        memset(bytes, 0xa5, sizeof(bytes));
        ends.client.core.live.update_owed = true;
        const struct tls_core before = ends.client.core;
        assert_int_equal(tls_ends_send(&ends.client, (struct view){ bytes, n }, &wire), SSP_OK);

        ends.client.core = before;
        tls_conn_close(&ends.client.conn);
        pieces_begin(&pieces, ends.client.core.suite, (struct view){ bytes, n });
        assert_int_equal(tls_stream_seal(&ends.client.conn, 0, &pieces.desc), SSP_OK);
        assert_int_equal(pieces.buffers[0].cbBuffer, 5);
        assert_int_equal(pieces.buffers[1].cbBuffer, n);
        assert_int_equal(pieces.buffers[2].cbBuffer, 44);
        gather(&pieces, &apart);
        assert_view_equal((struct view){ apart.p, apart.n }, (struct view){ wire.p, wire.n });

        assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
        assert_view_equal(got.text, (struct view){ bytes, n });
        assert_int_equal(ends.server.core.recv.seq, 1);
    }
}

static void the_longest_text_has_room_for_an_update_as_well(void **state)
{
    static uint8_t wire_long[TLS_ENDS_LONGEST];
    static uint8_t bytes[TLS_TEXT_MAX];
    size_t n = 0;
    BEGIN(AES_256);

    memset(bytes, 0x77, sizeof(bytes));
    ends.client.core.live.update_owed = true;
    assert_int_equal(tls_ends_send_at(&ends.client, VIEW_OF(bytes), wire_long, &n), SSP_OK);
    assert_int_equal(tls_ends_receive(&ends.server, wire_long, n, &got), SSP_OK);
    assert_view_equal(got.text, VIEW_OF(bytes));
}

/* ---- DecryptMessage -------------------------------------------------------- */

static void buffers_come_back_as_header_data_trailer_and_extra(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        size_t header_n = tls_header_size(ends.client.core.suite);

        send_text(&ends.client, &wire);
        size_t n = wire.n;
        SecBuffer buffers[] = {
            { (ULONG)n + 3, SECBUFFER_DATA, wire.p },
            { 7, SECBUFFER_EMPTY, NULL }, /* what a caller left in it is no concern */
            { 0, SECBUFFER_MISSING, NULL },
            { 0, SECBUFFER_EMPTY, NULL },
        };
        SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
        enum tls_event event = TLS_EVENT_QUIET;
        assert_int_equal(tls_stream_open(&ends.server.conn, &desc, &event), SSP_OK);
        assert_int_equal(event, TLS_EVENT_DATA);
        assert_int_equal(buffers[0].BufferType, SECBUFFER_STREAM_HEADER);
        assert_ptr_equal(buffers[0].pvBuffer, wire.p);
        assert_int_equal(buffers[0].cbBuffer, header_n);
        assert_int_equal(buffers[1].BufferType, SECBUFFER_DATA);
        assert_ptr_equal(buffers[1].pvBuffer, wire.p + header_n);
        assert_int_equal(buffers[1].cbBuffer, sizeof(text) - 1);
        assert_int_equal(buffers[2].BufferType, SECBUFFER_STREAM_TRAILER);
        assert_ptr_equal(buffers[2].pvBuffer, wire.p + header_n + sizeof(text) - 1);
        assert_int_equal(buffers[2].cbBuffer, n - header_n - (sizeof(text) - 1));
        assert_int_equal(buffers[3].BufferType, SECBUFFER_EXTRA);
        assert_ptr_equal(buffers[3].pvBuffer, wire.p + n);
        assert_int_equal(buffers[3].cbBuffer, 3);
    }
}

static void without_four_buffers_nothing_is_opened(void **state)
{
    BEGIN(AES_128);
    send_text(&ends.client, &wire);
    SecBuffer buffers[] = {
        { (ULONG)wire.n, SECBUFFER_DATA, wire.p },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 3, buffers };
    enum tls_event event = TLS_EVENT_QUIET;

    assert_int_equal(tls_stream_open(&ends.server.conn, &desc, &event), SSP_ERR_BAD_TOKEN);
    desc.cBuffers = 4;
    buffers[0].BufferType = SECBUFFER_TOKEN;
    assert_int_equal(tls_stream_open(&ends.server.conn, &desc, &event), SSP_ERR_BAD_TOKEN);
    buffers[0].BufferType = SECBUFFER_DATA | SECBUFFER_READONLY;
    assert_int_equal(tls_stream_open(&ends.server.conn, &desc, &event), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(tls_stream_open(&ends.server.conn, NULL, &event), SSP_ERR_BAD_ARGUMENT);
    buffers[0].BufferType = SECBUFFER_DATA;
    assert_int_equal(tls_stream_open(&ends.server.conn, &desc, &event), SSP_OK);
}

static void records_in_one_buffer_come_one_by_one(void **state)
{
    BEGIN(CHACHA);
    for (int i = 0; i < 5; i++)
        send_text(&ends.client, &wire);
    uint8_t *p = wire.p;
    size_t n = wire.n;

    for (int i = 0; i < 5; i++) {
        expect_text(&ends.server, p, n, &got);
        p += n - got.extra.n;
        n = got.extra.n;
    }
    assert_int_equal(n, 0);
}

/* ---- No memory ------------------------------------------------------------------ */

static bool has_no_memory;
static size_t n_allocated;

static void *fail_calloc(size_t n, size_t size)
{
    n_allocated++;
    return has_no_memory ? NULL : calloc(n, size);
}

static void *fail_malloc(size_t n)
{
    n_allocated++;
    return has_no_memory ? NULL : malloc(n);
}

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);

static int count_memory(void **state)
{
    (void)state;
    real_malloc = gnutls_malloc;
    real_calloc = gnutls_calloc;
    gnutls_malloc = fail_malloc;
    gnutls_calloc = fail_calloc;
    n_allocated = 0;
    return 0;
}

static int real_memory(void **state)
{
    has_no_memory = false;
    gnutls_malloc = real_malloc;
    gnutls_calloc = real_calloc;
    return free_guarded(state);
}

static void messages_allocate_nothing_once_their_keys_are_made(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        send_text(&ends.client, &wire);
        expect_text(&ends.server, wire.p, wire.n, &got);
        n_allocated = 0;
        fault_malloc_at(0);
        for (int i = 0; i < 10; i++) {
            wire.n = 0;
            send_text(&ends.client, &wire);
            expect_text(&ends.server, wire.p, wire.n, &got);
        }
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(n_allocated, 0);
    }
}

static void without_memory_for_keys_everything_stays_as_it_was(void **state)
{
    BEGIN(AES_128);
    has_no_memory = true;
    assert_int_equal(tls_ends_send(&ends.client, view_text(text), &wire), SSP_ERR_NO_MEMORY);
    has_no_memory = false;
    send_text(&ends.client, &wire);
    has_no_memory = true;
    const struct tls_wire before = wire;
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_ERR_NO_MEMORY);
    assert_memory_equal(wire.p, before.p, wire.n);
    has_no_memory = false;
    expect_text(&ends.server, wire.p, wire.n, &got);
}

static void without_memory_for_new_keys_everything_stays_as_it_was(void **state)
{
    BEGIN(AES_128);
    send_text(&ends.client, &wire);
    expect_text(&ends.server, wire.p, wire.n, &got);
    wire.n = 0;
    send_update(&ends.client, "1800000101", &wire);
    const struct tls_wire before = wire;

    has_no_memory = true;
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_ERR_NO_MEMORY);
    assert_memory_equal(wire.p, before.p, wire.n);
    assert_false(ends.server.core.live.is_dead);
    has_no_memory = false;
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
    assert_true(ends.server.core.live.update_owed);

    wire.n = 0;
    has_no_memory = true;
    assert_int_equal(tls_ends_send(&ends.server, view_text(text), &wire), SSP_ERR_NO_MEMORY);
    assert_true(ends.server.core.live.update_owed);
    has_no_memory = false;
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
}

#define MEMORY_TEST(fn) cmocka_unit_test_setup_teardown(fn, count_memory, real_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(header_and_trailer_have_the_sizes_that_were_promised),
        TEST(buffers_that_do_not_touch_give_the_same_bytes),
        TEST(an_empty_text_is_a_record_too),
        TEST(wrong_buffers_are_refused_and_nothing_is_sealed),
        TEST(too_little_room_says_how_much_is_needed),
        TEST(more_than_a_record_takes_is_refused),
        TEST(an_update_and_the_data_lie_one_after_the_other),
        TEST(the_longest_text_has_room_for_an_update_as_well),
        TEST(buffers_come_back_as_header_data_trailer_and_extra),
        TEST(without_four_buffers_nothing_is_opened),
        TEST(records_in_one_buffer_come_one_by_one),
        MEMORY_TEST(messages_allocate_nothing_once_their_keys_are_made),
        MEMORY_TEST(without_memory_for_keys_everything_stays_as_it_was),
        MEMORY_TEST(without_memory_for_new_keys_everything_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
