/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/tickets.h"

#include <schannel.h>

#include "harness/tls_talk.h"

/* RFC 8446 4.6.1: lifetime, age_add, nonce, ticket, extensions */
#define TICKET "04000011 00000e10 00000001 0101 0003 aabbcc 0000"
#define TICKET_AND_HALF "04000011 00000e10 00000001 0101 0003 aabbcc 0000 04000011 00"

static void is_whole(const struct tls_ends *ends, const struct tls_wire *wire, size_t n)
{
    struct view rest = guarded((struct view){ wire->p, wire->n });
    struct tls_core before = ends->client.core;

    assert_int_equal(tls_tickets_whole(&ends->client.core, rest), n);
    assert_memory_equal(&before, &ends->client.core, sizeof(before));
    assert_memory_equal(rest.p, wire->p, wire->n);
}

static void records_of_whole_tickets_are_taken(void **state)
{
    BEGIN(AES_256);
    is_whole(&ends, &wire, 0);
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
    is_whole(&ends, &wire, wire.n);
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET TICKET), &wire);
    is_whole(&ends, &wire, wire.n);
}

/* GnuTLS looked for the rest of it for ever. */
static void half_a_message_is_not(void **state)
{
    static const char *const halves[] = { "04", "040000", "04000011 00000e10", "0004001700",
                                          TICKET_AND_HALF };

    for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
        BEGIN(CHACHA);
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
        size_t first = wire.n;
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(halves[i]), &wire);
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
        is_whole(&ends, &wire, first);
    }
}

static void what_is_no_ticket_is_not(void **state)
{
    static const struct {
        uint8_t type;
        const char *bytes;
    } rows[] = {
        { TLS_TYPE_HANDSHAKE, "18000001 00" }, /* key_update */
        { TLS_TYPE_HANDSHAKE, "00000000" },    /* hello_request */
        { TLS_TYPE_HANDSHAKE, "" },
        { TLS_TYPE_DATA, TICKET },
        { TLS_TYPE_DATA, "" },
        { TLS_TYPE_ALERT, "0100" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        BEGIN(AES_128);
        send_record(&ends.server, rows[i].type, hex(rows[i].bytes), &wire);
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
        is_whole(&ends, &wire, 0);
    }
}

static void altered_and_torn_records_are_not(void **state)
{
    BEGIN(AES_128);
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
    size_t whole = wire.n;
    for (wire.n = 0; wire.n < whole; wire.n++)
        is_whole(&ends, &wire, 0);
    wire.n = whole;
    wire.p[whole - 1] ^= 1;
    is_whole(&ends, &wire, 0);
}

static void without_memory_there_are_none(void **state)
{
    BEGIN(AES_128);
    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex(TICKET), &wire);
    for (size_t nth = 0; nth < 2; nth++) {
        fault_malloc_at(nth);
        size_t n = tls_tickets_whole(&ends.client.core, (struct view){ wire.p, wire.n });
        bool came = fault_came();
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(n, came ? 0 : wire.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_of_whole_tickets_are_taken), TEST(half_a_message_is_not),
        TEST(what_is_no_ticket_is_not),           TEST(altered_and_torn_records_are_not),
        TEST(without_memory_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
