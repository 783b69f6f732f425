/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "harness/tls_talk.h"

/* Offsets of docs/formats/packed-schannel.md. */
enum {
    AT_SUITE = 4,
    AT_ROLE = 6,
    AT_BITS = 7,
    AT_START = 19,
    AT_EXPIRY = 27,
    AT_LOGON_ID = 35,
    AT_TOKEN = 43,
    AT_ALERT_LEVEL = 67,
    AT_ALERT = 68,
    AT_HEAD_N = 69,
    AT_HEAD = 70,
    AT_BODY_LEFT = 74,
};

struct sample { /* ssp_cleanup(sample_wipe) */
    struct tls_core core;
    struct tls_names names;
};

static void sample_wipe(struct sample *s)
{
    tls_core_wipe(&s->core);
    tls_names_wipe(&s->names);
}

static struct secret bytes_of(const char *hex_text)
{
    struct secret secret = { 0 };

    assert_int_equal(secret_new(hex(hex_text), &secret), SSP_OK);
    return secret;
}

static struct secret text_of(const char *s)
{
    struct secret secret = { 0 };

    assert_int_equal(secret_new(view_text(s), &secret), SSP_OK);
    return secret;
}

/* As tests/vectors/packed/make-schannel has it. */
static struct sample server(void)
{
    struct sample s = {
        .core = tls_ends_core(AES_256, TLS_SERVER),
        .names = {
            .host = text_of("www.example.com"),
            .alpn = text_of("h2"),
            .chain = bytes_of("0000050102030405 000003090a0b"),
            .own_cert = bytes_of("30313233343536"),
        },
    };

    assert_int_equal(str16_from_utf8(view_text("alice"), &s.names.peer), SSP_OK);
    s.core.start = INT64_C(0x01db000000000000);
    s.core.logon_id = 0x3e7;
    s.core.is_identify = true;
    s.core.send.seq = 5;
    s.core.recv.seq = UINT64_C(0x0102030405060708);
    s.core.live.is_used = true;
    s.core.live.update_owed = true;
    s.core.live.update_wanted = true;
    s.core.live.partial = (struct tls_partial){ { 24, 0, 0, 1 }, 4, 1 };
    return s;
}

static struct sample client(void)
{
    struct sample s = { .core = tls_ends_core(OLD_GCM, TLS_CLIENT) };

    s.core.start = INT64_C(0x01db000000000000);
    s.core.is_resumed = true;
    s.core.signature = 0;
    s.core.session_id_n = 4;
    memcpy(s.core.session_id, "\x70\x71\x72\x73", 4);
    s.core.live.alert_level = 1;
    s.core.live.alert = 100;
    return s;
}

/* The packed form, as guarded() makes it. */
static struct view packed_of(const struct sample *s)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);

    tls_pack(&s->core, &s->names, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static enum ssp_err unpack(struct view packed, struct sample *ret)
{
    return tls_unpack(packed, &ret->core, &ret->names);
}

static void refused(struct view packed)
{
    struct sample got = { .core.token = 77 };

    assert_int_equal(unpack(packed, &got), SSP_ERR_BAD_PACKED);
    assert_true(got.core.token == 77 && got.core.suite == NULL && got.names.chain.p == NULL);
}

static void comes_back(const struct sample *s)
{
    ssp_cleanup(sample_wipe) struct sample got = { 0 };
    struct view packed = packed_of(s);

    assert_int_equal(unpack(packed, &got), SSP_OK);
    assert_view_equal(packed_of(&got), packed);
}

static void matches_the_golden_files(void **state)
{
    ssp_cleanup(sample_wipe) struct sample a = server();
    ssp_cleanup(sample_wipe) struct sample b = client();

    (void)state;
    assert_view_equal(packed_of(&a), vector_file("packed/v1/schannel-server.bin"));
    assert_view_equal(packed_of(&b), vector_file("packed/v1/schannel-client.bin"));
    comes_back(&a);
    comes_back(&b);
}

static void unpacks_what_was_packed(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = server();
    ssp_cleanup(sample_wipe) struct sample got = { 0 };

    (void)state;
    assert_int_equal(unpack(packed_of(&s), &got), SSP_OK);
    assert_ptr_equal(got.core.suite, s.core.suite);
    assert_int_equal(got.core.role, TLS_SERVER);
    assert_memory_equal(got.core.send.secret, s.core.send.secret, 48);
    assert_memory_equal(got.core.recv.secret, s.core.recv.secret, 48);
    assert_memory_equal(got.core.exporter, s.core.exporter, 48);
    assert_true(got.core.send.seq == 5 && got.core.recv.seq == s.core.recv.seq);
    assert_true(got.core.live.is_used && got.core.live.update_owed && got.core.live.update_wanted);
    assert_false(got.core.live.is_dead || got.core.live.close_sent || got.core.live.close_received);
    assert_memory_equal(&got.core.live.partial, &s.core.live.partial, 5);
    assert_int_equal(got.core.live.partial.body_left, 1);
    assert_view_equal(secret_view(&got.names.chain), secret_view(&s.names.chain));
    assert_view_equal(secret_view(&got.names.own_cert), secret_view(&s.names.own_cert));
    assert_view_equal(secret_view(&got.names.host), view_text("www.example.com"));
    assert_view_equal(secret_view(&got.names.alpn), view_text("h2"));
    assert_int_equal(got.names.peer.n, 5);
}

static void every_suite_and_role_is_small_without_names(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        struct sample a = { .core = tls_ends_core(*suite, TLS_CLIENT) };
        struct sample b = { .core = tls_ends_core(*suite, TLS_SERVER) };
        bool is_1_3 = a.core.suite->version == TLS_1_3;
        size_t size = !is_1_3 ? 236 : a.core.suite->is_sha384 ? 255 : 207;

        comes_back(&a);
        comes_back(&b);
        assert_int_equal(packed_of(&a).n, size);
        assert_int_equal(packed_of(&b).n, size);
    }
}

static void every_prefix_and_a_trailing_byte_are_refused(void **state)
{
    ssp_cleanup(sample_wipe) struct sample a = server();
    ssp_cleanup(sample_wipe) struct sample b = client();

    (void)state;
    each_cut(packed_of(&a), refused);
    each_cut(packed_of(&b), refused);
}

/* The packed form with one byte changed. */
static struct view with(const struct sample *s, size_t at, uint8_t value)
{
    return patched(packed_of(s), (struct patch){ at, value });
}

static void what_no_version_1_has_is_refused(void **state)
{
    ssp_cleanup(sample_wipe) struct sample a = server();
    ssp_cleanup(sample_wipe) struct sample b = client();

    (void)state;
    for (size_t at = 0; at < 4; at++)
        refused(with(&a, at, 2));
    refused(with(&a, AT_SUITE, 0x04)); /* TLS_AES_128_CCM_SHA256 */
    refused(with(&a, AT_SUITE + 1, 0));
    refused(with(&a, AT_ROLE, 2));
    refused(with(&a, AT_BITS + 1, 2));
    refused(with(&a, AT_START + 7, 0x80));
    refused(with(&a, AT_EXPIRY + 7, 0x80));
    refused(with(&a, AT_ALERT, 1)); /* without a level */
    refused(with(&a, AT_ALERT_LEVEL, 3));
    refused(with(&b, AT_ALERT_LEVEL, 0));
}

static void what_contradicts_itself_is_refused(void **state)
{
    ssp_cleanup(sample_wipe) struct sample a = server();
    ssp_cleanup(sample_wipe) struct sample b = client();

    (void)state;
    refused(with(&a, AT_BITS, 0x3a | 4));     /* tls-unique in 1.3 */
    refused(with(&a, AT_BITS, 0x3a & ~0x10)); /* asks for keys, and owes none */
    refused(with(&b, AT_BITS, 5 | 0x10));     /* new keys in 1.2 */
    refused(with(&b, AT_BITS, 5 | 2));        /* a client with a token to identify */
    refused(with(&b, AT_LOGON_ID, 1));
    refused(with(&b, AT_TOKEN, 1));
    refused(with(&a, AT_HEAD_N, 5));
    refused(with(&a, AT_HEAD_N, 3)); /* bytes that have not arrived, and a body before its head */
    refused(with(&a, AT_BODY_LEFT, 0));
    refused(with(&a, AT_BODY_LEFT, 2)); /* more than the message has */
    a.core.live.partial = (struct tls_partial){ { 4, 0, 0, 0 }, 3, 0 };
    comes_back(&a);
    refused(with(&a, AT_HEAD + 3, 9));
    b.core.live.partial = (struct tls_partial){ { 4, 0, 0, 9 }, 4, 9 };
    refused(packed_of(&b)); /* half a message in 1.2 */
}

static void a_torn_chain_is_refused(void **state)
{
    static const char *const chains[] = { "000005010203", "0000", "000000", "0000010a00000201" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ssp_cleanup(sample_wipe) struct sample s = server();

        secret_wipe(&s.names.chain);
        s.names.chain = bytes_of(chains[i]);
        refused(packed_of(&s));
    }
}

static void ill_formed_text_is_refused(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = server();

    (void)state;
    s.names.peer.p[1] = 0xd800;
    refused(packed_of(&s));
}

static void is_dead(struct tls_live *live)
{
    live->is_dead = true;
}

static void is_closed(struct tls_live *live)
{
    live->close_sent = true;
    live->close_received = true;
}

static void must_say_why(struct tls_live *live)
{
    live->alert_level = 2;
    live->alert = 20;
}

static void has_begun(struct tls_live *live)
{
    live->partial = (struct tls_partial){ { 4 }, 1, 0 };
}

static void every_moment_travels(void **state)
{
    static void (*const moments[])(struct tls_live * live) = { is_dead, is_closed, must_say_why,
                                                               has_begun };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct sample s = { .core = tls_ends_core(CHACHA, TLS_CLIENT) };

        moments[i](&s.core.live);
        comes_back(&s);
    }
}

static void too_much_is_not_packed(void **state)
{
    struct sample s = { .core = tls_ends_core(AES_128, TLS_SERVER) };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);
        ssp_cleanup(ssp_free) uint8_t *bytes = calloc(1, TLS_CHAIN_MAX + 1);
        struct secret *fields[] = { &s.names.host, &s.names.alpn, &s.names.chain,
                                    &s.names.own_cert };
        const size_t sizes[] = { TLS_HOST_MAX + 1, TLS_ALPN_MAX + 1, TLS_CHAIN_MAX + 1,
                                 TLS_CERT_MAX + 1 };

        assert_non_null(bytes);
        s.names = (struct tls_names){ 0 };
        *fields[i] = (struct secret){ bytes, sizes[i] };
        tls_pack(&s.core, &s.names, &out);
        assert_int_equal(out.err, SSP_ERR_TOO_LARGE);
    }
}

static void no_allocation_may_fail_unnoticed(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = server();
    struct view packed = packed_of(&s);

    (void)state;
    for (size_t n = 0;; n++) {
        ssp_cleanup(sample_wipe) struct sample got = { 0 };

        fault_malloc_at(n);
        enum ssp_err e = unpack(packed, &got);
        fault_malloc_at(SIZE_MAX);
        if (e == SSP_OK) {
            assert_true(n >= 5); /* a name, a host, a protocol, certificates */
            return;
        }
        assert_int_equal(e, SSP_ERR_NO_MEMORY);
        assert_null(got.core.suite);
    }
}

static void no_secret_is_freed_unwiped(void **state)
{
    ssp_cleanup(sample_wipe) struct sample s = server();
    struct view packed = packed_of(&s);
    struct view secret = { s.core.send.secret, 48 };

    (void)state;
    {
        ssp_cleanup(sample_wipe) struct sample got = { 0 };
        ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);

        watch_frees_for(secret);
        assert_int_equal(unpack(packed, &got), SSP_OK);
        tls_pack(&got.core, &got.names, &out);
    }
    assert_int_equal(frees_unwiped(), 0);
    watch_frees_for((struct view){ 0 });
}

/* A running stream goes on, both ways, whatever the other side does meanwhile. */
static void move(struct tls_side *side)
{
    struct sample s = { .core = side->core };
    ssp_cleanup(sample_wipe) struct sample got = { 0 };

    tls_conn_close(&side->conn);
    assert_int_equal(unpack(packed_of(&s), &got), SSP_OK);
    tls_core_wipe(&side->core);
    side->core = got.core;
    side->conn = (struct tls_conn){ .core = &side->core };
}

static void a_running_stream_goes_on(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        for (int hop = 0; hop < 20; hop++) {
            wire.n = 0;
            send_text(&ends.client, &wire);
            move(&ends.client);
            send_text(&ends.client, &wire);
            expect_text(&ends.server, wire.p, wire.n, &got);
            move(&ends.server);
            expect_text(&ends.server, wire.p + (wire.n - got.extra.n), got.extra.n, &got);
            wire.n = 0;
            ends.server.core.live.update_owed =
                hop % 3 == 2 && ends.server.core.suite->version == TLS_1_3;
            move(&ends.server);
            send_text(&ends.server, &wire);
            move(&ends.client);
            expect_text(&ends.client, wire.p, wire.n, &got);
        }
    }
}

static void half_a_message_goes_on(void **state)
{
    BEGIN(AES_128);
    struct view message = hex("0400000a00010203040506070809 1800000101");
    uint8_t *at = wire.p;

    for (size_t i = 0; i < message.n; i++) {
        send_record(&ends.server, TLS_TYPE_HANDSHAKE, (struct view){ message.p + i, 1 }, &wire);
        assert_int_equal(tls_ends_receive(&ends.client, at, (size_t)(wire.p + wire.n - at), &got),
                         SSP_OK);
        at = wire.p + wire.n;
        move(&ends.client);
    }
    assert_true(ends.client.core.live.update_owed);
    next_keys(&ends.server);
    wire.n = 0;
    send_text(&ends.server, &wire);
    expect_text(&ends.client, wire.p, wire.n, &got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(matches_the_golden_files),
        TEST(unpacks_what_was_packed),
        TEST(every_suite_and_role_is_small_without_names),
        TEST(every_prefix_and_a_trailing_byte_are_refused),
        TEST(what_no_version_1_has_is_refused),
        TEST(what_contradicts_itself_is_refused),
        TEST(a_torn_chain_is_refused),
        TEST(ill_formed_text_is_refused),
        TEST(every_moment_travels),
        TEST(too_much_is_not_packed),
        TEST(no_allocation_may_fail_unnoticed),
        TEST(no_secret_is_freed_unwiped),
        TEST(a_running_stream_goes_on),
        TEST(half_a_message_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
