/* SPDX-License-Identifier: Apache-2.0 */
#include <schannel.h>

#include "harness/tls_talk.h"

/* ---- Handshake messages -------------- */

static void tickets_are_passed_over(void **state)
{
    BEGIN(AES_128);
    for (int i = 0; i < 2; i++)
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("04000005 0102030405 04000001 ff"),
                    &wire);
    send_text(&ends.server, &wire);
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
    assert_true(got.extra.n != 0);
}

static void with_nothing_but_tickets_the_data_are_empty(void **state)
{
    BEGIN(AES_128);
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("040000010a"), &wire);
    size_t n = wire.n;
    send_text(&ends.server, &wire);

    assert_int_equal(tls_ends_receive(&ends.client, wire.p, n + 9, &got), SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_QUIET);
    assert_int_equal(got.text.n, 0);
    assert_int_equal(got.extra.n, 9);
    expect_text(&ends.client, wire.p + n, wire.n - n, &got);
}

/* In fragments of every size, with a record of data after each whole message. */
static void a_ticket_may_come_in_fragments(void **state)
{
    const char ticket[] = "0400000a00010203040506070809";

    for (size_t size = 1; size <= 14; size++) {
        BEGIN(AES_256);
        struct view message = hex(ticket);

        for (size_t at = 0; at < message.n; at += size) {
            size_t n = message.n - at < size ? message.n - at : size;
            send_record(&ends.server, TLS_TYPE_HANDSHAKE, (struct view){ message.p + at, n },
                        &wire);
        }
        send_text(&ends.server, &wire);
        expect_text(&ends.client, wire.p, wire.n, &got);
    }
}

static void data_between_fragments_end_the_session(void **state)
{
    for (size_t n = 1; n < 8; n++) {
        BEGIN(AES_128);
        struct view message = hex("04000004 01020304");

        send_record(&ends.server, TLS_TYPE_HANDSHAKE, (struct view){ message.p, n }, &wire);
        assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got), SSP_OK);
        wire.n = 0;
        send_text(&ends.server, &wire);
        expect_dead(&ends.client, &wire, TLS1_ALERT_UNEXPECTED_MESSAGE);
    }
}

struct bad {
    const char *message;
    uint8_t type;
    bool to_client;
    uint8_t alert;
};

static void messages_that_have_no_place_end_the_session(void **state)
{
    static const struct bad bads[] = {
        { "", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "0400000101", TLS_TYPE_HANDSHAKE, false, TLS1_ALERT_UNEXPECTED_MESSAGE }, /* a ticket */
        { "04000000", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_DECODE_ERROR },
        { "0d00000101", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "0100000101", TLS_TYPE_HANDSHAKE, false, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "0b00000101", TLS_TYPE_HANDSHAKE, false, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "00000000", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "18000000", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_DECODE_ERROR },
        { "180000020000", TLS_TYPE_HANDSHAKE, false, TLS1_ALERT_DECODE_ERROR },
        { "1800000102", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_ILLEGAL_PARAMETER },
        { "18000001ff", TLS_TYPE_HANDSHAKE, false, TLS1_ALERT_ILLEGAL_PARAMETER },
        { "180000010018", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "18000001001800000100", TLS_TYPE_HANDSHAKE, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "01", TLS_TYPE_CHANGE_CIPHER_SPEC, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "01", 24, true, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "01", 255, false, TLS1_ALERT_UNEXPECTED_MESSAGE },
        { "", TLS_TYPE_ALERT, true, TLS1_ALERT_DECODE_ERROR },
        { "01", TLS_TYPE_ALERT, true, TLS1_ALERT_DECODE_ERROR },
        { "010000", TLS_TYPE_ALERT, true, TLS1_ALERT_DECODE_ERROR },
        { "01000100", TLS_TYPE_ALERT, false, TLS1_ALERT_DECODE_ERROR },
        { "0000", TLS_TYPE_ALERT, false, TLS1_ALERT_ILLEGAL_PARAMETER },
        { "0300", TLS_TYPE_ALERT, false, TLS1_ALERT_ILLEGAL_PARAMETER },
    };

    for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
        BEGIN(AES_128);
        struct tls_side *from = bads[i].to_client ? &ends.server : &ends.client;
        struct tls_side *to = bads[i].to_client ? &ends.client : &ends.server;

        send_record(from, bads[i].type, hex(bads[i].message), &wire);
        expect_dead(to, &wire, bads[i].alert);
    }
}

static void a_fragment_may_not_hide_the_end_of_keys(void **state)
{
    BEGIN(AES_128);
    /* A ticket and a KeyUpdate in one record are fine, a byte after it is not. */
    send_update(&ends.server, "040000010a 1800000100", &wire);
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
    wire.n = 0;
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("1800000100 04"), &wire);
    expect_dead(&ends.client, &wire, TLS1_ALERT_UNEXPECTED_MESSAGE);
}

/* ---- Floods ------------------------------------------------------------------ */

static size_t quiet_records(struct tls_ends *ends, uint8_t type, struct view bytes)
{
    for (size_t i = 0;; i++) {
        struct tls_wire wire = { .n = 0 };
        struct tls_got got;

        assert_true(i < 1000);
        send_record(&ends->server, type, bytes, &wire);
        if (tls_ends_receive(&ends->client, wire.p, wire.n, &got) != SSP_OK)
            return i;
    }
}

static void floods_of_empty_records_end_the_session(void **state)
{
    static const uint16_t suites[] = { AES_128, AES_256, CHACHA, OLD_GCM, OLD_CHACHA };

    for (size_t i = 0; i < 5; i++) {
        BEGIN(suites[i]);
        assert_int_equal(quiet_records(&ends, TLS_TYPE_DATA, (struct view){ 0 }), TLS_QUIET_MAX);
        assert_int_equal(ends.client.core.live.alert, TLS1_ALERT_UNEXPECTED_MESSAGE);
    }
}

static void floods_of_warnings_and_tickets_end_the_session(void **state)
{
    {
        BEGIN(OLD_GCM);
        assert_int_equal(quiet_records(&ends, TLS_TYPE_ALERT, hex("015a")), TLS_QUIET_MAX);
    }
    BEGIN(AES_128);
    assert_int_equal(quiet_records(&ends, TLS_TYPE_HANDSHAKE, hex("040000010a")), TLS_QUIET_MAX);
}

static void data_either_way_begin_the_count_anew(void **state)
{
    BEGIN(AES_128);
    for (int i = 0; i < 3 * TLS_QUIET_MAX; i++) {
        wire.n = 0;
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("040000010a"), &wire);
        assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got), SSP_OK);
        wire.n = 0;
        if (i % 20 == 10)
            send_text(&ends.client, &wire);
    }
}

/* ---- KeyUpdate ----------------------------------------------------------------- */

static void a_key_update_is_followed(void **state)
{
    static const uint16_t suites[] = { AES_128, AES_256, CHACHA };

    for (size_t i = 0; i < 3; i++) {
        BEGIN(suites[i]);
        for (int round = 0; round < 10; round++) {
            wire.n = 0;
            send_update(&ends.client, "1800000100", &wire);
            send_text(&ends.client, &wire);
            expect_text(&ends.server, wire.p, wire.n, &got);
            assert_int_equal(ends.server.core.recv.seq, 1);
            assert_false(ends.server.core.live.update_owed);
        }
    }
}

static void a_key_update_that_asks_is_answered_before_the_next_data(void **state)
{
    BEGIN(AES_128);
    send_update(&ends.client, "1800000101", &wire);
    assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
    assert_true(ends.server.core.live.update_owed);
    wire.n = 0;
    send_text(&ends.server, &wire);
    assert_int_equal(wire.n, TLS_UPDATE_SIZE + 5 + sizeof(text) - 1 + 17);
    assert_int_equal(ends.server.core.send.seq, 1);
    assert_false(ends.server.core.live.update_owed);
    expect_text(&ends.client, wire.p, wire.n, &got);
    assert_int_equal(ends.client.core.recv.seq, 1);
    assert_false(ends.client.core.live.update_owed);
}

static void keys_are_renewed_before_they_have_sealed_too_much(void **state)
{
    static const struct {
        uint16_t suite;
        uint64_t limit;
    } limits[] = {
        { AES_128, UINT64_C(1) << 24 },
        { AES_256, UINT64_C(1) << 24 },
        { CHACHA, UINT64_C(1) << 62 },
    };

    for (size_t i = 0; i < 3; i++) {
        BEGIN(limits[i].suite);
        ends.client.core.send.seq = limits[i].limit - 1;
        ends.server.core.recv.seq = limits[i].limit - 1;
        send_text(&ends.client, &wire);
        expect_text(&ends.server, wire.p, wire.n, &got);
        wire.n = 0;
        send_text(&ends.client, &wire);
        assert_int_equal(ends.client.core.send.seq, 1);
        expect_text(&ends.server, wire.p, wire.n, &got);
        assert_int_equal(ends.server.core.recv.seq, 1);
    }
}

/* ---- Alerts ------------------------------------------------------------------- */

static void close_notify_is_told_again_and_again(void **state)
{
    static const uint16_t suites[] = { AES_128, OLD_GCM, OLD_CHACHA };

    for (size_t i = 0; i < 3; i++) {
        BEGIN(suites[i]);
        send_text(&ends.client, &wire);
        send_record(&ends.client, TLS_TYPE_ALERT, hex("0100"), &wire);
        expect_text(&ends.server, wire.p, wire.n, &got);
        uint8_t *rest = wire.p + (wire.n - got.extra.n);
        size_t n = got.extra.n;
        assert_int_equal(tls_ends_receive(&ends.server, rest, n, &got), SSP_OK);
        assert_int_equal(got.event, TLS_EVENT_CLOSED);
        assert_int_equal(got.text.n, 0);
        /* "Any data received after a closure alert ... MUST be ignored." */
        assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), SSP_OK);
        assert_int_equal(got.event, TLS_EVENT_CLOSED);
        assert_int_equal(got.extra.n, 0);
        /* The other way is still open. */
        wire.n = 0;
        send_text(&ends.server, &wire);
        expect_text(&ends.client, wire.p, wire.n, &got);
    }
}

static void a_fatal_alert_is_told_as_what_it_means(void **state)
{
    static const struct {
        const char *alert;
        enum ssp_err e;
    } alerts[] = {
        { "0214", SSP_ERR_ALTERED },      { "020a", SSP_ERR_ILLEGAL_MESSAGE },
        { "0250", SSP_ERR_INTERNAL },     { "0233", SSP_ERR_DECRYPT_FAILURE },
        { "022d", SSP_ERR_CERT_EXPIRED }, { "0230", SSP_ERR_UNTRUSTED_ROOT },
        { "0231", SSP_ERR_LOGON_DENIED }, { "02ff", SSP_ERR_ILLEGAL_MESSAGE },
    };

    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
        for (unsigned j = 0; j < 2; j++) {
            BEGIN(j == 0 ? AES_128 : OLD_GCM);
            send_record(&ends.client, TLS_TYPE_ALERT, hex(alerts[i].alert), &wire);
            assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got), alerts[i].e);
            assert_true(ends.server.core.live.is_dead);
            assert_int_equal(ends.server.core.live.alert_level, 0); /* nothing is answered */
            assert_int_equal(tls_ends_send(&ends.server, view_text(text), &wire), SSP_ERR_EXPIRED);
        }
    }
}

static void warnings_end_tls_1_3_only(void **state)
{
    {
        BEGIN(AES_128);
        send_record(&ends.client, TLS_TYPE_ALERT, hex("0164"), &wire);
        assert_int_equal(tls_ends_receive(&ends.server, wire.p, wire.n, &got),
                         SSP_ERR_ILLEGAL_MESSAGE);
        assert_true(ends.server.core.live.is_dead);
    }
    for (unsigned i = 0; i < 2; i++) {
        BEGIN(i == 0 ? OLD_GCM : AES_128);
        send_record(&ends.client, TLS_TYPE_ALERT, hex(i == 0 ? "0164" : "015a"), &wire);
        send_text(&ends.client, &wire);
        expect_text(&ends.server, wire.p, wire.n, &got);
    }
}

static void a_new_handshake_is_refused_in_tls_1_2(void **state)
{
    for (unsigned i = 0; i < 2; i++) {
        BEGIN(i == 0 ? OLD_GCM : OLD_CHACHA);
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("00000000"), &wire);
        send_text(&ends.server, &wire);
        assert_int_equal(tls_ends_receive(&ends.client, wire.p, wire.n, &got), SSP_OK);
        assert_int_equal(got.event, TLS_EVENT_RENEGOTIATION);
        assert_int_equal(ends.client.core.live.alert_level, TLS1_ALERT_WARNING);
        assert_int_equal(ends.client.core.live.alert, TLS1_ALERT_NO_RENEGOTIATION);
        uint8_t *rest = wire.p + (wire.n - got.extra.n);
        expect_text(&ends.client, rest, got.extra.n, &got);
    }
}

static void change_cipher_spec_ends_tls_1_2(void **state)
{
    BEGIN(OLD_GCM);
    send_record(&ends.server, TLS_TYPE_CHANGE_CIPHER_SPEC, hex("01"), &wire);
    expect_dead(&ends.client, &wire, TLS1_ALERT_UNEXPECTED_MESSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tickets_are_passed_over),
        TEST(with_nothing_but_tickets_the_data_are_empty),
        TEST(a_ticket_may_come_in_fragments),
        TEST(data_between_fragments_end_the_session),
        TEST(messages_that_have_no_place_end_the_session),
        TEST(a_fragment_may_not_hide_the_end_of_keys),
        TEST(floods_of_empty_records_end_the_session),
        TEST(floods_of_warnings_and_tickets_end_the_session),
        TEST(data_either_way_begin_the_count_anew),
        TEST(a_key_update_is_followed),
        TEST(a_key_update_that_asks_is_answered_before_the_next_data),
        TEST(keys_are_renewed_before_they_have_sealed_too_much),
        TEST(close_notify_is_told_again_and_again),
        TEST(a_fatal_alert_is_told_as_what_it_means),
        TEST(warnings_end_tls_1_3_only),
        TEST(a_new_handshake_is_refused_in_tls_1_2),
        TEST(change_cipher_spec_ends_tls_1_2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
