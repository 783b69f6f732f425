/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/tls_ends.h"

#include <schannel.h>
#include <stdlib.h>

static const char text[] = "No plaintext is there before its tag was checked.";

static uint8_t longest[TLS_ENDS_LONGEST];

/* Every suite in turn, both ways. */
static void for_suites(void (*body)(struct tls_side *from, struct tls_side *to))
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };

        tls_ends_begin(&pair, *suite);
        body(&pair.client, &pair.server);
        body(&pair.server, &pair.client);
    }
}

/* ---- Known answers ------------------------------------------------------- */

static void begin_rfc_8448(struct tls_ends *pair)
{
    struct view client = vector("rfc8448.txt", "client.secret");
    struct view server = vector("rfc8448.txt", "server.secret");

    tls_ends_begin(pair, 0x1301);
    memcpy(pair->client.core.send.secret, client.p, client.n);
    memcpy(pair->client.core.recv.secret, server.p, server.n);
    memcpy(pair->server.core.send.secret, server.p, server.n);
    memcpy(pair->server.core.recv.secret, client.p, client.n);
}

static void says(struct tls_side *from, uint8_t type, struct view payload, const char *record)
{
    struct tls_wire wire = { .n = 0 };

    assert_int_equal(tls_ends_record(from, type, payload, &wire), SSP_OK);
    assert_view_equal((struct view){ wire.p, wire.n }, vector("rfc8448.txt", record));
}

static void seals_what_rfc_8448_traces(void **state)
{
    ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };

    (void)state;
    begin_rfc_8448(&pair);
    says(&pair.server, TLS_TYPE_HANDSHAKE, vector("rfc8448.txt", "ticket.payload"),
         "ticket.record");
    says(&pair.client, TLS_TYPE_DATA, vector("rfc8448.txt", "client.payload"), "client.record");
    says(&pair.server, TLS_TYPE_DATA, vector("rfc8448.txt", "server.payload"), "server.record");
    says(&pair.client, TLS_TYPE_ALERT, hex("0100"), "client.alert");
    says(&pair.server, TLS_TYPE_ALERT, hex("0100"), "server.alert");
}

static void hears(struct tls_side *to, const char *record, enum tls_event event,
                  struct view payload)
{
    struct view bytes = vector("rfc8448.txt", record);
    struct tls_got got;
    uint8_t *copy = malloc(bytes.n);

    assert_non_null(copy);
    memcpy(copy, bytes.p, bytes.n);
    assert_int_equal(tls_ends_receive(to, copy, bytes.n, &got), SSP_OK);
    assert_int_equal(got.event, event);
    assert_view_equal(got.text, payload);
    free(copy);
}

static void opens_what_rfc_8448_traces(void **state)
{
    ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };
    struct view data = vector("rfc8448.txt", "client.payload");

    (void)state;
    begin_rfc_8448(&pair);
    hears(&pair.client, "ticket.record", TLS_EVENT_QUIET, (struct view){ 0 });
    hears(&pair.server, "client.record", TLS_EVENT_DATA, data);
    hears(&pair.client, "server.record", TLS_EVENT_DATA, data);
    hears(&pair.server, "client.alert", TLS_EVENT_CLOSED, (struct view){ 0 });
    hears(&pair.client, "server.alert", TLS_EVENT_CLOSED, (struct view){ 0 });
}

/* Made with hashlib, hmac and the AEADs of Python's cryptography from the secrets of
 * harness/tls_ends.c: key block, nonce and additional data by RFC 5246, 5288, 7905. */
static void seals_tls_1_2_as_its_specifications_say(void **state)
{
    static const struct {
        uint16_t suite;
        const char *record;
    } answers[] = {
        { 0xc02f, "gcm128.record" },
        { 0xc030, "gcm256.record" },
        { 0xcca8, "chacha.record" },
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };
        struct tls_wire wire = { .n = 0 };

        tls_ends_begin(&pair, answers[i].suite);
        assert_int_equal(tls_ends_send(&pair.server, view_text(text), &wire), SSP_OK);
        assert_view_equal((struct view){ wire.p, wire.n },
                          vector("tls-records.txt", answers[i].record));
    }
}

/* ---- There and back ------------------------------------------------------ */

static void arrive(struct tls_side *from, struct tls_side *to)
{
    static uint8_t bytes[TLS_TEXT_MAX];
    static const size_t sizes[] = { 1, 2, 15, 16, 17, 1000, TLS_TEXT_MAX - 1, TLS_TEXT_MAX };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tls_got got;
        size_t n = 0;

        memset(bytes, (int)i + 1, sizes[i]);
        assert_int_equal(tls_ends_send_at(from, (struct view){ bytes, sizes[i] }, longest, &n),
                         SSP_OK);
        assert_int_equal(tls_ends_receive(to, longest, n, &got), SSP_OK);
        assert_int_equal(got.event, TLS_EVENT_DATA);
        assert_view_equal(got.text, (struct view){ bytes, sizes[i] });
        assert_int_equal(got.extra.n, 0);
    }
}

static void texts_of_every_size_arrive(void **state)
{
    (void)state;
    for_suites(arrive);
}

/* ---- Records that are not right ------------------------------------------ */

/* One that is to be refused: with what, and which alert the peer gets. */
static void refused_bytes(struct tls_side *to, struct view wire, enum ssp_err e, uint8_t alert)
{
    uint8_t *bytes = malloc(wire.n); /* exact, so that ASan sees one byte too far */
    struct tls_got got;

    assert_non_null(bytes);
    memcpy(bytes, wire.p, wire.n);
    assert_int_equal(tls_ends_receive(to, bytes, wire.n, &got), e);
    assert_memory_equal(bytes, wire.p, wire.n);
    assert_true(to->core.live.is_dead);
    assert_int_equal(to->core.live.alert_level, TLS1_ALERT_FATAL);
    assert_int_equal(to->core.live.alert, alert);
    assert_int_equal(tls_ends_receive(to, bytes, wire.n, &got), SSP_ERR_EXPIRED);
    assert_memory_equal(bytes, wire.p, wire.n);
    free(bytes);
}

static void refused(struct tls_side *to, const struct tls_wire *wire, enum ssp_err e, uint8_t alert)
{
    refused_bytes(to, (struct view){ wire->p, wire->n }, e, alert);
}

/* Back to life, for the next try. */
static void revive(struct tls_side *end)
{
    end->core.live = (struct tls_live){ 0 };
}

static void cut(struct tls_side *from, struct tls_side *to)
{
    struct tls_wire wire = { .n = 0 };
    struct tls_got got;

    assert_int_equal(tls_ends_send(from, view_text(text), &wire), SSP_OK);
    for (size_t n = 0; n < wire.n; n++) {
        uint8_t *bytes = malloc(n + (n == 0));

        assert_non_null(bytes);
        memcpy(bytes, wire.p, n);
        assert_int_equal(tls_ends_receive(to, bytes, n, &got), SSP_ERR_INCOMPLETE);
        assert_int_equal(got.missing, n < 5 ? 5 - n : wire.n - n);
        assert_memory_equal(bytes, wire.p, n);
        free(bytes);
    }
    assert_int_equal(tls_ends_receive(to, wire.p, wire.n, &got), SSP_OK);
}

static void a_record_that_is_cut_is_waited_for(void **state)
{
    (void)state;
    for_suites(cut);
}

/* Which byte of the header says what; all others only make the tag wrong. */
static uint8_t alert_for(const struct tls_side *to, size_t at)
{
    bool is_1_3 = to->core.suite->version == TLS_1_3;

    if (at == 0)
        return TLS1_ALERT_UNEXPECTED_MESSAGE;
    if (at <= 2 && !is_1_3)
        return TLS1_ALERT_PROTOCOL_VERSION;
    return at == 3 ? TLS1_ALERT_RECORD_OVERFLOW : TLS1_ALERT_BAD_RECORD_MAC;
}

static void alter(struct tls_side *from, struct tls_side *to)
{
    struct tls_wire wire = { .n = 0 };
    struct tls_got got;

    assert_int_equal(tls_ends_send(from, view_text(text), &wire), SSP_OK);
    for (size_t at = 0; at < wire.n; at++) {
        struct tls_wire bad = wire;
        uint8_t alert = alert_for(to, at);

        if (at == 4) /* a shorter record, and something behind it */
            bad.p[at]--;
        else
            bad.p[at] ^= 0x80;
        refused(to, &bad,
                alert == TLS1_ALERT_BAD_RECORD_MAC ? SSP_ERR_ALTERED : SSP_ERR_ILLEGAL_MESSAGE,
                alert);
        revive(to);
    }
    assert_int_equal(tls_ends_receive(to, wire.p, wire.n, &got), SSP_OK);
}

static void a_record_that_was_altered_ends_the_session(void **state)
{
    (void)state;
    for_suites(alter);
}

static void reorder(struct tls_side *from, struct tls_side *to)
{
    struct tls_wire first = { .n = 0 };
    struct tls_wire second = { .n = 0 };
    struct tls_got got;

    assert_int_equal(tls_ends_send(from, view_text(text), &first), SSP_OK);
    assert_int_equal(tls_ends_send(from, view_text(text), &second), SSP_OK);
    refused(to, &second, SSP_ERR_ALTERED, TLS1_ALERT_BAD_RECORD_MAC);
    revive(to);
    struct tls_wire again = first;
    assert_int_equal(tls_ends_receive(to, first.p, first.n, &got), SSP_OK);
    refused(to, &again, SSP_ERR_ALTERED, TLS1_ALERT_BAD_RECORD_MAC);
    revive(to);
    assert_int_equal(tls_ends_receive(to, second.p, second.n, &got), SSP_OK);
}

static void records_out_of_order_or_again_end_the_session(void **state)
{
    (void)state;
    for_suites(reorder);
}

/* What was said to one is not what he can say himself. */
static void reflect(struct tls_side *from, struct tls_side *to)
{
    struct tls_wire wire = { .n = 0 };
    struct tls_got got;

    assert_int_equal(tls_ends_send(from, view_text(text), &wire), SSP_OK);
    uint64_t seq = from->core.recv.seq;
    from->core.recv.seq = from->core.send.seq - 1;
    refused(from, &wire, SSP_ERR_ALTERED, TLS1_ALERT_BAD_RECORD_MAC);
    revive(from);
    from->core.recv.seq = seq;
    assert_int_equal(tls_ends_receive(to, wire.p, wire.n, &got), SSP_OK);
}

static void a_record_sent_back_ends_the_session(void **state)
{
    (void)state;
    for_suites(reflect);
}

static void plain_record(struct tls_wire *wire, uint8_t type, size_t n)
{
    *wire = (struct tls_wire){ .p = { type, 3, 3, (uint8_t)(n >> 8), (uint8_t)n }, .n = 5 + n };
}

static void in_clear(struct tls_side *from, struct tls_side *to)
{
    bool is_1_3 = to->core.suite->version == TLS_1_3;
    struct tls_wire wire;

    (void)from;
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        bool may_be = type == TLS_TYPE_DATA || (!is_1_3 && type >= TLS_TYPE_ALERT && type <= 23);

        plain_record(&wire, (uint8_t)type, 2);
        refused(to, &wire, may_be ? SSP_ERR_ALTERED : SSP_ERR_ILLEGAL_MESSAGE,
                may_be ? TLS1_ALERT_BAD_RECORD_MAC : TLS1_ALERT_UNEXPECTED_MESSAGE);
        revive(to);
    }
    for (size_t n = 0; n < 64; n++) {
        plain_record(&wire, TLS_TYPE_DATA, n);
        refused(to, &wire, SSP_ERR_ALTERED, TLS1_ALERT_BAD_RECORD_MAC);
        revive(to);
    }
}

static void plaintext_ends_the_session(void **state)
{
    (void)state;
    for_suites(in_clear);
}

static void too_long(struct tls_side *from, struct tls_side *to)
{
    size_t max = TLS_TEXT_MAX + (to->core.suite->version == TLS_1_3 ? 256 : 2048);
    struct tls_wire wire;
    struct tls_got got;

    (void)from;
    plain_record(&wire, TLS_TYPE_DATA, max + 1);
    wire.n = 5; /* the header says enough */
    refused(to, &wire, SSP_ERR_ILLEGAL_MESSAGE, TLS1_ALERT_RECORD_OVERFLOW);
    revive(to);
    plain_record(&wire, TLS_TYPE_DATA, max);
    wire.n = 5;
    assert_int_equal(tls_ends_receive(to, wire.p, wire.n, &got), SSP_ERR_INCOMPLETE);
    assert_int_equal(got.missing, max);
}

static void a_record_that_says_it_is_too_long_is_not_waited_for(void **state)
{
    (void)state;
    for_suites(too_long);
}

static void sealed_too_long(struct tls_side *from, struct tls_side *to)
{
    static const uint8_t bytes[TLS_TEXT_MAX + 1];
    size_t n = 0;

    assert_int_equal(tls_ends_record_at(from, TLS_TYPE_DATA, VIEW_OF(bytes), longest, &n), SSP_OK);
    refused_bytes(to, (struct view){ longest, n }, SSP_ERR_ILLEGAL_MESSAGE,
                  TLS1_ALERT_RECORD_OVERFLOW);
    revive(to);
    to->core.recv.seq++;
}

static void a_text_that_is_too_long_ends_the_session(void **state)
{
    (void)state;
    for_suites(sealed_too_long);
}

/* ---- Numbers --------------------------------------------------------------- */

static void at_the_end(struct tls_side *from, struct tls_side *to)
{
    struct tls_wire wire = { .n = 0 };

    from->core.send.seq = UINT64_MAX;
    if (from->core.suite->version == TLS_1_2)
        assert_int_equal(tls_ends_send(from, view_text(text), &wire), SSP_ERR_OUT_OF_SEQUENCE);
    from->core.send.seq = UINT64_MAX - 1;
    to->core.recv.seq = UINT64_MAX;
    assert_int_equal(tls_ends_record(from, TLS_TYPE_DATA, view_text(text), &wire), SSP_OK);
    assert_int_equal(tls_ends_record(from, TLS_TYPE_DATA, view_text(text), &wire),
                     SSP_ERR_OUT_OF_SEQUENCE);
    refused(to, &wire, SSP_ERR_INTERNAL, TLS1_ALERT_INTERNAL_ERROR);
    revive(to);
}

static void numbers_of_records_do_not_wrap(void **state)
{
    (void)state;
    for_suites(at_the_end);
}

/* ---- Padding ---------------------------------------------------------------- */

static void padding_of(struct tls_ends *pair, struct view what, size_t padding)
{
    struct tls_got got;
    size_t n = 0;

    assert_int_equal(tls_ends_padded_at(&pair->client, what, padding, longest, &n), SSP_OK);
    assert_int_equal(tls_ends_receive(&pair->server, longest, n, &got), SSP_OK);
    assert_view_equal(got.text, what);
}

static void padding_is_taken_off(void **state)
{
    ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };

    (void)state;
    tls_ends_begin(&pair, 0x1301);
    for (size_t n = 0; n <= 64; n++)
        padding_of(&pair, view_text(text), n);
    padding_of(&pair, view_text("x"), TLS_TEXT_MAX - 1); /* as much as there can be */
}

static void nothing_but_padding_ends_the_session(void **state)
{
    ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };
    struct tls_wire wire = { .n = 0 };

    (void)state;
    tls_ends_begin(&pair, 0x1302);
    assert_int_equal(tls_ends_record(&pair.client, 0, hex("0000000000"), &wire), SSP_OK);
    refused(&pair.server, &wire, SSP_ERR_ILLEGAL_MESSAGE, TLS1_ALERT_UNEXPECTED_MESSAGE);
}

static void padding_over_the_limit_ends_the_session(void **state)
{
    ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };
    size_t n = 0;

    (void)state;
    tls_ends_begin(&pair, 0x1303);
    assert_int_equal(tls_ends_padded_at(&pair.client, view_text("x"), TLS_TEXT_MAX, longest, &n),
                     SSP_OK);
    refused_bytes(&pair.server, (struct view){ longest, n }, SSP_ERR_ILLEGAL_MESSAGE,
                  TLS1_ALERT_RECORD_OVERFLOW);
}

/* ---- Keys --------------------------------------------------------------------- */

static void both_ways_have_keys_of_their_own(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        const struct tls_core client = tls_ends_core(*suite, TLS_CLIENT);
        const struct tls_core server = tls_ends_core(*suite, TLS_SERVER);
        struct tls_write_key keys[4] = { 0 };

        tls_write_key(&client, TLS_SEND, &keys[0]);
        tls_write_key(&server, TLS_RECV, &keys[1]);
        tls_write_key(&client, TLS_RECV, &keys[2]);
        tls_write_key(&server, TLS_SEND, &keys[3]);
        assert_view_equal(key_view(&keys[0].key), key_view(&keys[1].key));
        assert_view_equal(key_view(&keys[2].key), key_view(&keys[3].key));
        assert_memory_equal(keys[0].iv, keys[1].iv, TLS_IV_SIZE);
        assert_memory_equal(keys[2].iv, keys[3].iv, TLS_IV_SIZE);
        assert_memory_not_equal(keys[0].key.b, keys[2].key.b, keys[0].key.n);
        assert_memory_not_equal(keys[0].iv, keys[2].iv, TLS_IV_SIZE);
    }
}

static void taking_a_record_back_leaves_everything_as_it_was(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        ssp_cleanup(tls_ends_end) struct tls_ends pair = { 0 };
        struct tls_wire wire = { .n = 0 };
        struct tls_opened opened;
        struct tls_got got;
        size_t missing = 0;

        tls_ends_begin(&pair, *suite);
        assert_int_equal(tls_ends_send(&pair.client, view_text(text), &wire), SSP_OK);
        const struct tls_wire before = wire;
        assert_int_equal(tls_record_open(&pair.server.conn, wire.p, wire.n, &opened, &missing),
                         SSP_OK);
        assert_int_equal(tls_record_unopen(&pair.server.conn, &opened), SSP_OK);
        assert_memory_equal(wire.p, before.p, wire.n);
        assert_int_equal(tls_ends_receive(&pair.server, wire.p, wire.n, &got), SSP_OK);
        assert_view_equal(got.text, view_text(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_what_rfc_8448_traces),
        TEST(opens_what_rfc_8448_traces),
        TEST(seals_tls_1_2_as_its_specifications_say),
        TEST(texts_of_every_size_arrive),
        TEST(a_record_that_is_cut_is_waited_for),
        TEST(a_record_that_was_altered_ends_the_session),
        TEST(records_out_of_order_or_again_end_the_session),
        TEST(a_record_sent_back_ends_the_session),
        TEST(plaintext_ends_the_session),
        TEST(a_record_that_says_it_is_too_long_is_not_waited_for),
        TEST(a_text_that_is_too_long_ends_the_session),
        TEST(numbers_of_records_do_not_wrap),
        TEST(padding_is_taken_off),
        TEST(nothing_but_padding_ends_the_session),
        TEST(padding_over_the_limit_ends_the_session),
        TEST(both_ways_have_keys_of_their_own),
        TEST(taking_a_record_back_leaves_everything_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
