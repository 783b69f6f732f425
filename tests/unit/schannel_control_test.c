/* SPDX-License-Identifier: Apache-2.0 */
#include <opensspi.h>
#include <schannel.h>

#include "harness/host_heap.h"
#include "harness/tls_talk.h"
#include "packages/schannel/control.h"

enum { ALERT_1_3 = 24, ALERT_GCM = 31, ALERT_CHACHA = 23 };

/* ---- What a program passes ------------------------------------------------- */

static enum ssp_err apply(struct tls_side *side, const void *token, size_t n)
{
    uint8_t bytes[32];
    SecBuffer buffer = { (ULONG)n, SECBUFFER_TOKEN, bytes };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };

    memcpy(bytes, token, n);
    return tls_control_apply(&side->conn, &desc);
}

static enum ssp_err apply_number(struct tls_side *side, DWORD number)
{
    return apply(side, &number, sizeof(number));
}

static const struct pkg_heap heap = { host_alloc, host_release };

struct call {
    SecBuffer in[2];
    SecBuffer out[1];
    SecBufferDesc in_desc;
    SecBufferDesc out_desc;
    struct tls_turned turned;
    uint8_t room[128];
};

/* InitializeSecurityContext or AcceptSecurityContext with memory of the caller's. */
static enum ssp_err turn(struct tls_side *side, struct tls_wire *input, struct call *call)
{
    *call = (struct call){ 0 };
    call->in[0] = (SecBuffer){ (ULONG)input->n, SECBUFFER_TOKEN, input->p };
    call->in[1] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
    call->out[0] = (SecBuffer){ sizeof(call->room), SECBUFFER_TOKEN, call->room };
    call->in_desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, call->in };
    call->out_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, call->out };
    const struct tls_turn what = { &call->in_desc, &call->out_desc, NULL, true };
    return tls_control_turn(&side->conn, &what, &call->turned);
}

static void said(const struct call *call, struct tls_wire *wire)
{
    wire->n = call->out[0].cbBuffer;
    memcpy(wire->p, call->out[0].pvBuffer, wire->n);
}

/* ---- Closing ------------------------------------------------------------------ */

static void shutdown_gives_a_close_notify(void **state)
{
    static const struct {
        uint16_t suite;
        size_t size;
    } sizes[] = { { AES_128, ALERT_1_3 }, { OLD_GCM, ALERT_GCM }, { OLD_CHACHA, ALERT_CHACHA } };

    for (size_t i = 0; i < 3; i++) {
        BEGIN(sizes[i].suite);
        struct call call;

        assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_OK);
        assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
        assert_int_equal(call.out[0].cbBuffer, sizes[i].size);
        said(&call, &wire);
        assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
        assert_int_equal(got.event, TLS_EVENT_CLOSED);
        /* Nothing is said after it, but the peer may go on. */
        wire.n = 0;
        assert_int_equal(tls_ends_send(&ends.client, view_text(text), &wire), SSP_ERR_EXPIRED);
        assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_ERR_EXPIRED);
        send_text(&ends.server, &wire);
        expect_text(&ends.client, wire.p, wire.n, &got);
    }
}

static void a_fatal_alert_is_the_last_that_is_said(void **state)
{
    static const uint16_t suites[] = { AES_256, OLD_GCM };
    const SCHANNEL_ALERT_TOKEN token = { SCHANNEL_ALERT, TLS1_ALERT_FATAL,
                                         TLS1_ALERT_ACCESS_DENIED };

    for (size_t i = 0; i < 2; i++) {
        BEGIN(suites[i]);
        struct call call;

        assert_int_equal(apply(&ends.server, &token, sizeof(token)), SSP_OK);
        assert_int_equal(turn(&ends.server, &wire, &call), SSP_OK);
        said(&call, &wire);
        assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got),
                         SSP_ERR_LOGON_DENIED);
        assert_true(ends.server.core.live.is_dead);
        wire.n = 0;
        assert_int_equal(turn(&ends.server, &wire, &call), SSP_ERR_EXPIRED);
        assert_int_equal(apply(&ends.server, &token, sizeof(token)), SSP_ERR_EXPIRED);
    }
}

static void a_session_that_fails_tells_the_peer_why(void **state)
{
    BEGIN(AES_128);
    struct call call;

    send_text(&ends.client, &wire);
    wire.p[9] ^= 1;
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_ERR_ALTERED);
    wire.n = 0;
    assert_int_equal(turn(&ends.server, &wire, &call), SSP_OK);
    said(&call, &wire);
    assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got), SSP_ERR_ALTERED);
    wire.n = 0;
    assert_int_equal(turn(&ends.server, &wire, &call), SSP_ERR_EXPIRED);
}

static void the_alert_comes_with_the_failure_when_there_is_room(void **state)
{
    BEGIN(AES_128);
    struct call call;

    send_record(&ends.client, TLS_TYPE_HANDSHAKE, hex("0100000100"), &wire);
    assert_int_equal(turn(&ends.server, &wire, &call), SSP_ERR_ILLEGAL_MESSAGE);
    assert_true(call.turned.has_alert);
    assert_int_equal(call.out[0].cbBuffer, ALERT_1_3);
    said(&call, &wire);
    assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got), SSP_ERR_ILLEGAL_MESSAGE);
}

static void the_alert_waits_when_failures_are_not_told(void **state)
{
    BEGIN(AES_128);
    uint8_t room[128];
    SecBuffer in[] = { { 0, SECBUFFER_TOKEN, wire.p } };
    SecBuffer out = { sizeof(room), SECBUFFER_TOKEN, room };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    const struct tls_turn what = { &in_desc, &out_desc, NULL, false };
    struct tls_turned turned;

    send_record(&ends.client, TLS_TYPE_HANDSHAKE, hex("0100000100"), &wire);
    in[0].cbBuffer = (ULONG)wire.n;
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_ERR_ILLEGAL_MESSAGE);
    assert_false(turned.has_alert);
    assert_int_equal(out.cbBuffer, sizeof(room));
    assert_int_equal(ends.server.core.send.seq, 0);
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_OK);
    assert_int_equal(out.cbBuffer, ALERT_1_3);
}

static void a_new_handshake_is_told_no(void **state)
{
    BEGIN(OLD_GCM);
    struct call call;

    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("00000000"), &wire);
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    assert_int_equal(call.turned.event, TLS_EVENT_RENEGOTIATION);
    said(&call, &wire);
    assert_int_equal(wire.n, ALERT_GCM);
    send_text(&ends.client, &wire); /* and the session goes on */
    uint8_t *rest = wire.p + ALERT_GCM;
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, ALERT_GCM, &got), SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_QUIET);
    expect_text(&ends.server, rest, wire.n - ALERT_GCM, &got);
}

/* ---- New keys -------------------------------------------------------------------- */

static void the_application_asks_for_new_keys(void **state)
{
    static const uint16_t suites[] = { AES_128, AES_256, CHACHA };

    for (size_t i = 0; i < 3; i++) {
        for (DWORD flags = 0; flags <= OPENSSPI_TLS_KEY_UPDATE_BOTH; flags++) {
            const OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE, flags };
            BEGIN(suites[i]);

            assert_int_equal(apply(&ends.client, &token, sizeof(token)), SSP_OK);
            send_text(&ends.client, &wire);
            expect_text(&ends.server, wire.p, wire.n, &got);
            assert_int_equal(ends.server.core.recv.seq, 1);
            assert_int_equal(ends.server.core.live.update_owed, flags != 0);
            wire.n = 0;
            send_text(&ends.server, &wire);
            expect_text(&ends.client, wire.p, wire.n, &got);
            assert_false(ends.client.core.live.update_owed);
        }
    }
}

static void new_keys_come_out_of_a_handshake_call_too(void **state)
{
    const OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE,
                                                  OPENSSPI_TLS_KEY_UPDATE_BOTH };
    BEGIN(AES_128);
    struct call call;

    assert_int_equal(apply(&ends.client, &token, sizeof(token)), SSP_OK);
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    said(&call, &wire);
    assert_int_equal(wire.n, TLS_UPDATE_SIZE);
    assert_int_equal(turn(&ends.server, &wire, &call), SSP_OK); /* answered at once */
    said(&call, &wire);
    assert_int_equal(wire.n, TLS_UPDATE_SIZE);
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    assert_int_equal(call.out[0].cbBuffer, 0);
    wire.n = 0;
    send_text(&ends.client, &wire);
    expect_text(&ends.server, wire.p, wire.n, &got);
    wire.n = 0;
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
}

static void an_update_and_a_close_notify_come_in_that_order(void **state)
{
    const OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE, 0 };
    BEGIN(CHACHA);
    struct call call;

    assert_int_equal(apply(&ends.client, &token, sizeof(token)), SSP_OK);
    assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_OK);
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    said(&call, &wire);
    assert_int_equal(wire.n, TLS_UPDATE_SIZE + ALERT_1_3);
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_CLOSED);
}

static void tls_1_2_has_no_new_keys(void **state)
{
    const OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE, 0 };
    BEGIN(OLD_GCM);

    assert_int_equal(apply(&ends.client, &token, sizeof(token)), SSP_ERR_UNSUPPORTED);
    assert_false(ends.client.core.live.update_owed);
}

/* ---- Input ------------------------------------------------------------------------ */

static void data_stay_for_decrypt_message(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        struct call call;

        send_record(&ends.client, TLS_TYPE_ALERT, hex("015a"), &wire);
        size_t before = wire.n;
        send_text(&ends.client, &wire);
        assert_int_equal(turn(&ends.server, &wire, &call), SSP_OK);
        assert_int_equal(call.in[1].BufferType, SECBUFFER_EXTRA);
        assert_int_equal(call.in[1].cbBuffer, wire.n - before);
        expect_text(&ends.server, wire.p + before, wire.n - before, &got);
    }
}

static void input_may_be_cut_anywhere(void **state)
{
    BEGIN(AES_128);
    struct call call;

    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("040000010a"), &wire);
    size_t whole = wire.n;
    for (wire.n = 1; wire.n < whole; wire.n++) {
        assert_int_equal(turn(&ends.client, &wire, &call), SSP_ERR_INCOMPLETE);
        assert_int_equal(call.in[1].BufferType, SECBUFFER_MISSING);
        assert_int_equal(call.in[1].cbBuffer, wire.n < 5 ? 5 - wire.n : whole - wire.n);
    }
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    assert_int_equal(call.in[1].BufferType, SECBUFFER_EMPTY);
}

static void what_follows_a_whole_record_is_extra(void **state)
{
    BEGIN(AES_128);
    struct call call;

    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("040000010a"), &wire);
    size_t whole = wire.n;
    send_text(&ends.server, &wire);
    wire.n = whole + 7;
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    assert_int_equal(call.in[1].BufferType, SECBUFFER_EXTRA);
    assert_int_equal(call.in[1].cbBuffer, 7);
}

static void a_close_notify_is_told(void **state)
{
    BEGIN(AES_128);
    struct call call;

    send_record(&ends.client, TLS_TYPE_ALERT, hex("0100"), &wire);
    assert_int_equal(turn(&ends.server, &wire, &call), SSP_OK);
    assert_int_equal(call.turned.event, TLS_EVENT_CLOSED);
}

/* ---- Output -------------------------------------------------------------------------- */

static void output_is_allocated_when_that_is_wanted(void **state)
{
    BEGIN(AES_128);
    SecBuffer buffer = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    const struct tls_turn what = { NULL, &desc, &heap, false };
    struct tls_turned turned;

    assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_OK);
    fault_malloc_at(0);
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_ERR_NO_MEMORY);
    fault_malloc_at(SIZE_MAX);
    assert_int_equal(ends.client.core.send.seq, 0);
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_OK);
    assert_int_equal(tls_ends_receive(&ends.server, buffer.pvBuffer, buffer.cbBuffer, &got),
                     SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_CLOSED);
    host_release(buffer.pvBuffer);
}

static void without_room_nothing_is_said(void **state)
{
    BEGIN(AES_128);
    uint8_t room[ALERT_1_3];
    SecBuffer buffer = { ALERT_1_3 - 1, SECBUFFER_TOKEN, room };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    struct tls_turn what = { NULL, &desc, NULL, false };
    struct tls_turned turned;

    assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_OK);
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_ERR_TOO_SMALL);
    assert_int_equal(buffer.cbBuffer, ALERT_1_3);
    buffer.BufferType = SECBUFFER_TOKEN | SECBUFFER_READONLY;
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_ERR_BAD_ARGUMENT);
    what.output = NULL;
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(ends.client.core.send.seq, 0);
    buffer.BufferType = SECBUFFER_TOKEN;
    what.output = &desc;
    assert_int_equal(tls_control_turn(&ends.client.conn, &what, &turned), SSP_OK);
    (void)wire;
}

static void with_nothing_to_say_the_token_is_empty(void **state)
{
    BEGIN(AES_128);
    struct call call;
    const struct tls_turn nothing = { NULL, NULL, NULL, false };
    struct tls_turned turned;

    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    assert_int_equal(call.out[0].cbBuffer, 0);
    assert_int_equal(tls_control_turn(&ends.client.conn, &nothing, &turned), SSP_OK);
}

/* ---- Input that has an answer ------------------------------------------------------------ */

static const OPENSSPI_TLS_KEY_UPDATE_TOKEN both = { OPENSSPI_TLS_KEY_UPDATE,
                                                    OPENSSPI_TLS_KEY_UPDATE_BOTH };

/* A request for new keys of the server's. */
static void ask_for_keys(struct tls_ends *ends, struct tls_wire *wire)
{
    struct call call;

    assert_int_equal(apply(&ends->client, &both, sizeof(both)), SSP_OK);
    assert_int_equal(turn(&ends->client, wire, &call), SSP_OK);
    said(&call, wire);
}

static void what_there_is_no_room_to_answer_is_not_heard(void **state)
{
    BEGIN(AES_128);
    uint8_t room[TLS_SAY_MAX];
    SecBuffer in[] = { { 0, SECBUFFER_TOKEN, wire.p }, { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { TLS_SAY_MAX - 1, SECBUFFER_TOKEN, room };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    struct tls_turn what = { &in_desc, NULL, NULL, false };
    struct tls_turned turned;

    ask_for_keys(&ends, &wire);
    in[0].cbBuffer = (ULONG)wire.n;
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_ERR_BAD_ARGUMENT);
    what.output = &out_desc;
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_ERR_TOO_SMALL);
    assert_int_equal(out.cbBuffer, TLS_SAY_MAX);
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_OK);
    assert_int_equal(out.cbBuffer, TLS_UPDATE_SIZE);
}

/* True if there was such an allocation.  Whatever fails, the same input, or what is left of it, is
 * taken in the end, and both sides go on. */
static bool answers_without(size_t nth)
{
    void **state = NULL;
    BEGIN(AES_128);
    SecBuffer in[] = { { 0, SECBUFFER_TOKEN, wire.p }, { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    const struct tls_turn what = { &in_desc, &out_desc, &heap, false };
    struct tls_turned turned;

    send_record(&ends.client, TLS_TYPE_ALERT, hex("015a"), &wire);
    struct tls_wire asked = { 0 };
    ask_for_keys(&ends, &asked);
    memcpy(wire.p + wire.n, asked.p, asked.n);
    wire.n += asked.n;
    in[0].cbBuffer = (ULONG)wire.n;
    fault_malloc_at(nth);
    enum ssp_err e = tls_control_turn(&ends.server.conn, &what, &turned);
    bool came = fault_came();
    fault_malloc_at(SIZE_MAX);
    if (e == SSP_OK && in[1].BufferType == SECBUFFER_EXTRA) {
        in[0].pvBuffer = wire.p + wire.n - in[1].cbBuffer;
        in[0].cbBuffer = in[1].cbBuffer;
        in[1] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
        e = SSP_ERR_NO_MEMORY;
    }
    if (e != SSP_OK)
        assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_OK);
    if (out.cbBuffer != 0) {
        assert_int_equal(tls_ends_receive(&ends.client, out.pvBuffer, out.cbBuffer, &got), SSP_OK);
        host_release(out.pvBuffer);
    }
    wire.n = 0;
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
    wire.n = 0;
    send_text(&ends.client, &wire);
    expect_text(&ends.server, wire.p, wire.n, &got);
    return came;
}

static void what_there_is_no_memory_to_answer_is_heard_once(void **state)
{
    (void)state;
    for (size_t nth = 0; answers_without(nth); nth++)
        assert_true(nth < 100);
}

static void without_a_place_for_what_is_left_over_one_record_is_heard(void **state)
{
    BEGIN(AES_128);
    uint8_t room[128];
    SecBuffer in = { 0, SECBUFFER_TOKEN, wire.p };
    SecBuffer out = { sizeof(room), SECBUFFER_TOKEN, room };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    const struct tls_turn what = { &in_desc, &out_desc, NULL, false };
    struct tls_turned turned;

    send_record(&ends.client, TLS_TYPE_ALERT, hex("015a"), &wire);
    size_t first = wire.n;
    send_text(&ends.client, &wire);
    in.cbBuffer = (ULONG)wire.n;
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_ERR_BAD_ARGUMENT);
    in.cbBuffer = (ULONG)first;
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_OK);
    in.pvBuffer = wire.p + first;
    in.cbBuffer = (ULONG)(wire.n - first);
    out.cbBuffer = sizeof(room);
    assert_int_equal(tls_control_turn(&ends.server.conn, &what, &turned), SSP_ERR_BAD_ARGUMENT);
    expect_text(&ends.server, wire.p + first, wire.n - first, &got);
}

static void a_close_notify_that_waits_is_said_whatever_the_peer_wants(void **state)
{
    BEGIN(OLD_GCM);
    struct call call;

    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("00000000"), &wire);
    assert_int_equal(apply_number(&ends.client, SCHANNEL_SHUTDOWN), SSP_OK);
    assert_int_equal(turn(&ends.client, &wire, &call), SSP_OK);
    said(&call, &wire);
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_CLOSED);
}

/* ---- Tokens that are none -------------------------------------------------------------- */

static void control_tokens_are_checked(void **state)
{
    static const struct {
        const char *token;
        enum ssp_err e;
    } tokens[] = {
        { "", SSP_ERR_BAD_TOKEN },
        { "010000", SSP_ERR_BAD_TOKEN },
        { "0100000000", SSP_ERR_BAD_TOKEN },
        { "00000000", SSP_ERR_UNSUPPORTED },
        { "0300000001000000", SSP_ERR_UNSUPPORTED },
        { "04000000", SSP_ERR_BAD_TOKEN },
        { "ffffffff", SSP_ERR_BAD_TOKEN },
        { "02000000", SSP_ERR_BAD_TOKEN },
        { "0200000002000000", SSP_ERR_BAD_TOKEN },
        { "020000000000000028000000", SSP_ERR_BAD_TOKEN }, /* no level */
        { "020000000300000028000000", SSP_ERR_BAD_TOKEN },
        { "020000000200000000010000", SSP_ERR_BAD_TOKEN }, /* no alert */
        { "02000000020000002800000000", SSP_ERR_BAD_TOKEN },
        { "1000534f", SSP_ERR_BAD_TOKEN },
        { "1000534f02000000", SSP_ERR_BAD_TOKEN },
        { "1000534f0000000000", SSP_ERR_BAD_TOKEN },
    };
    SecBufferDesc empty = { SECBUFFER_VERSION, 0, NULL };

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        BEGIN(AES_128);
        struct view token = hex(tokens[i].token);

        assert_int_equal(apply(&ends.client, token.p, token.n), tokens[i].e);
        assert_int_equal(ends.client.core.live.alert_level, 0);
        assert_false(ends.client.core.live.update_owed);
    }
    BEGIN(AES_128);
    assert_int_equal(tls_control_apply(&ends.client.conn, &empty), SSP_ERR_BAD_TOKEN);
    assert_int_equal(tls_control_apply(&ends.client.conn, NULL), SSP_ERR_BAD_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shutdown_gives_a_close_notify),
        TEST(a_fatal_alert_is_the_last_that_is_said),
        TEST(a_session_that_fails_tells_the_peer_why),
        TEST(the_alert_comes_with_the_failure_when_there_is_room),
        TEST(the_alert_waits_when_failures_are_not_told),
        TEST(a_new_handshake_is_told_no),
        TEST(the_application_asks_for_new_keys),
        TEST(new_keys_come_out_of_a_handshake_call_too),
        TEST(an_update_and_a_close_notify_come_in_that_order),
        TEST(tls_1_2_has_no_new_keys),
        TEST(data_stay_for_decrypt_message),
        TEST(input_may_be_cut_anywhere),
        TEST(what_follows_a_whole_record_is_extra),
        TEST(a_close_notify_is_told),
        TEST(output_is_allocated_when_that_is_wanted),
        TEST(without_room_nothing_is_said),
        TEST(with_nothing_to_say_the_token_is_empty),
        TEST(what_there_is_no_room_to_answer_is_not_heard),
        TEST(what_there_is_no_memory_to_answer_is_heard_once),
        TEST(without_a_place_for_what_is_left_over_one_record_is_heard),
        TEST(a_close_notify_that_waits_is_said_whatever_the_peer_wants),
        TEST(control_tokens_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
