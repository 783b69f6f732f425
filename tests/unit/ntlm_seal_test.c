/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "harness/harness.h"
#include "packages/ntlm/seal.h"

#include <stdio.h>

static struct view v(const char *name)
{
    return vector("ms-nlmp-4.2.txt", name);
}

/* "PREFIX.WHAT" of Glass's sessions */
static struct view w(const char *prefix, const char *what)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "%s.%s", prefix, what);
    return vector("davenport.txt", name);
}

static uint32_t flags_of(struct view le)
{
    struct rd in = rd_of(le);

    return rd_le32(&in);
}

static struct ntlm_session session(uint32_t flags, enum ntlm_side side, struct view exported)
{
    struct key key = key_of(exported);
    struct ntlm_session s;

    ntlm_session_init(&s, flags, side, &key);
    return s;
}

/* One piece that is sealed and signed. */
static struct pkg_piece whole(uint8_t *p, size_t n)
{
    return (struct pkg_piece){ .p = p, .n = n, .seal = true, .sign = true };
}

static struct ntlm_message message(const struct pkg_piece *piece)
{
    return (struct ntlm_message){ .pieces = piece, .n = 1 };
}

static void assert_seals(const char *name, struct view exported)
{
    char text[64];
    uint8_t bytes[18];
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = message(&piece);

    (void)snprintf(text, sizeof(text), "%s.flags", name);
    struct ntlm_session client = session(flags_of(v(text)), NTLM_CLIENT, exported);
    struct ntlm_session server = session(flags_of(v(text)), NTLM_SERVER, exported);
    (void)snprintf(text, sizeof(text), "%s.plaintext", name);
    memcpy(bytes, v(text).p, sizeof(bytes));
    assert_int_equal(ntlm_seal(&client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_unseal(&server, &msg, signature), SSP_OK);
    assert_view_equal(VIEW_OF(bytes), v(text));

    client = session(client.flags, NTLM_CLIENT, exported);
    assert_int_equal(ntlm_seal(&client, &msg, signature), SSP_OK);
    (void)snprintf(text, sizeof(text), "%s.ciphertext", name);
    assert_view_equal(VIEW_OF(bytes), v(text));
    (void)snprintf(text, sizeof(text), "%s.signature", name);
    assert_view_equal(VIEW_OF(signature), v(text));
}

static void seals_as_the_examples_say(void **state)
{
    (void)state;
    assert_seals("v1", v("random_session_key"));
    assert_seals("ess", v("ess.kxkey")); /* no key exchange: the key stays */
    assert_seals("v2", v("random_session_key"));
}

static void reads_what_windows_servers_sent(void **state)
{
    static const char *const names[] = {
        "ntlm1.nt",  "ntlm1.lm", "ntlm1.lm56", "ntlm1.lm40",      "ntlm1.v2",
        "ntlm2.128", "ntlm2.40", "ntlm2.56",   "ntlm2.anonymous",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        static const uint8_t plain[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
        uint8_t bytes[8];
        struct pkg_piece piece = whole(bytes, sizeof(bytes));
        struct ntlm_message msg = message(&piece);
        struct ntlm_session client =
            session(flags_of(w(names[i], "flags")), NTLM_CLIENT, w(names[i], "key"));

        memcpy(bytes, plain, sizeof(bytes));
        assert_int_equal(ntlm_verify(&client, &msg, w(names[i], "signature").p), SSP_OK);
        for (size_t at = 0; at < 48; at += 24) {
            struct view sealed = w(names[i], "sealed");

            memcpy(bytes, sealed.p + at, sizeof(bytes));
            assert_int_equal(ntlm_unseal(&client, &msg, sealed.p + at + 8), SSP_OK);
            assert_view_equal(VIEW_OF(bytes), VIEW_OF(plain));
        }
    }
}

/* Every kind of protection that has keys. */
static const uint32_t kinds[] = {
    0xe2088235, /* extended, 128 bits, key exchange */
    0x22088235, /* extended, 128 bits */
    0x82088235, /* extended, 56 bits */
    0x42088235, /* extended, 40 bits, key exchange */
    0xe2008235, /* plain */
    0xc20082b5, /* plain, LM key, 56 bits */
    0xe2088275, /* datagram, extended */
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct pair {
    struct ntlm_session client;
    struct ntlm_session server;
};

static struct pair pair(uint32_t flags)
{
    struct view key = v("random_session_key");

    return (struct pair){ session(flags, NTLM_CLIENT, key), session(flags, NTLM_SERVER, key) };
}

static void assert_passes(struct ntlm_session *from, struct ntlm_session *to, uint32_t seq)
{
    uint8_t a[] = "header";
    uint8_t b[100] = "body";
    uint8_t c[] = "trailer";
    struct pkg_piece pieces[] = { { a, sizeof(a), false, true },
                                  { b, sizeof(b), true, true },
                                  { c, 0, true, true },
                                  { c, sizeof(c), true, true } };
    struct ntlm_message msg = { pieces, 4, seq };
    uint8_t signature[NTLM_SIGNATURE_SIZE];

    assert_int_equal(ntlm_seal(from, &msg, signature), SSP_OK);
    assert_string_equal(a, "header");
    assert_memory_not_equal(b, "body", 4);
    assert_int_equal(ntlm_unseal(to, &msg, signature), SSP_OK);
    assert_string_equal(b, "body");
    assert_string_equal(c, "trailer");
    msg.seq++;
    assert_int_equal(ntlm_sign(from, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_verify(to, &msg, signature), SSP_OK);
    assert_string_equal(b, "body");
}

static void carries_messages_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct pair p = pair(kinds[i]);

        assert_false(ntlm_session_used(&p.client));
        for (uint32_t turn = 0; turn < 5; turn++) {
            assert_passes(&p.client, &p.server, 4 * turn);
            assert_passes(&p.server, &p.client, 4 * turn + 2);
        }
        assert_true(ntlm_session_used(&p.client));
    }
}

static void assert_same_dir(const struct ntlm_dir *a, const struct ntlm_dir *b)
{
    assert_memory_equal(&a->rc4, &b->rc4, sizeof(a->rc4)); /* bytes only */
    assert_view_equal(VIEW_OF(a->seal_key), VIEW_OF(b->seal_key));
    assert_int_equal(a->seal_key_n, b->seal_key_n);
    assert_int_equal(a->seq, b->seq);
}

static void assert_same_session(const struct ntlm_session *a, const struct ntlm_session *b)
{
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->side, b->side);
    assert_view_equal(VIEW_OF(a->exported), VIEW_OF(b->exported)); /* signing keys follow */
    assert_same_dir(&a->send, &b->send);
    assert_same_dir(&a->recv, &b->recv);
}

/* What a receiver had before it was given something bad. */
struct before {
    struct ntlm_session session;
    uint8_t bytes[32];
};

static void assert_refuses(struct ntlm_session *s, const struct ntlm_message *msg,
                           const uint8_t *signature, enum ssp_err e)
{
    struct before before = { .session = *s };
    enum ssp_err got;

    memcpy(before.bytes, msg->pieces[0].p, sizeof(before.bytes));
    got = ntlm_unseal(s, msg, signature);
    assert_int_equal(got, e);
    assert_same_session(s, &before.session);
    assert_memory_equal(msg->pieces[0].p, before.bytes, sizeof(before.bytes));
    got = ntlm_verify(s, msg, signature);
    assert_int_not_equal(got, SSP_OK);
    assert_same_session(s, &before.session);
}

static void refuses_every_altered_byte_and_stays_usable(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct pair p = pair(kinds[i]);
        uint8_t bytes[32] = "attack at dawn";
        uint8_t signature[NTLM_SIGNATURE_SIZE];
        struct pkg_piece piece = whole(bytes, sizeof(bytes));
        struct ntlm_message msg = message(&piece);

        assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
        for (size_t at = 0; at < sizeof(bytes); at++) {
            bytes[at] ^= 0x10;
            assert_refuses(&p.server, &msg, signature, SSP_ERR_ALTERED);
            bytes[at] ^= 0x10;
        }
        for (size_t at = 0; at < 12; at++) {
            bool pad = !ntlm_is_ess(kinds[i]) && at >= 4 && at < 8;

            signature[at] ^= 0x10;
            if (!pad) /* which peers fill as they like */
                assert_refuses(&p.server, &msg, signature, SSP_ERR_ALTERED);
            signature[at] ^= 0x10;
        }
        for (size_t at = 12; at < sizeof(signature); at++) {
            signature[at] ^= 0x10;
            assert_refuses(&p.server, &msg, signature, SSP_ERR_OUT_OF_SEQUENCE);
            signature[at] ^= 0x10;
        }
        assert_int_equal(ntlm_unseal(&p.server, &msg, signature), SSP_OK);
        assert_string_equal(bytes, "attack at dawn");
    }
}

static void refuses_a_message_that_came_twice_or_too_early(void **state)
{
    struct pair p = pair(kinds[0]);
    uint8_t bytes[2][32] = { "first", "second" };
    uint8_t signature[2][NTLM_SIGNATURE_SIZE];
    struct pkg_piece pieces[2] = { whole(bytes[0], 32), whole(bytes[1], 32) };
    struct ntlm_message first = message(&pieces[0]);
    struct ntlm_message second = message(&pieces[1]);
    uint8_t kept[32];

    (void)state;
    assert_int_equal(ntlm_seal(&p.client, &first, signature[0]), SSP_OK);
    assert_int_equal(ntlm_seal(&p.client, &second, signature[1]), SSP_OK);
    memcpy(kept, bytes[0], sizeof(kept));
    assert_refuses(&p.server, &second, signature[1], SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(ntlm_unseal(&p.server, &first, signature[0]), SSP_OK);
    memcpy(bytes[0], kept, sizeof(kept));
    assert_refuses(&p.server, &first, signature[0], SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(ntlm_unseal(&p.server, &second, signature[1]), SSP_OK);
}

static void covers_all_pieces_only_with_extended_session_security(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair p = pair(i == 0 ? 0xe2088235 : 0xe2008235);
        uint8_t header[32] = "unsigned header";
        uint8_t body[32] = "body";
        struct pkg_piece pieces[] = { { header, 32, false, false }, { body, 32, true, true } };
        struct ntlm_message msg = { pieces, 2, 0 };
        uint8_t signature[NTLM_SIGNATURE_SIZE];

        assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
        header[0] ^= 1;
        assert_int_equal(ntlm_unseal(&p.server, &msg, signature),
                         i == 0 ? SSP_ERR_ALTERED : SSP_OK);
    }
}

static void takes_datagrams_in_any_order(void **state)
{
    struct pair p = pair(0xe2088275);
    uint8_t bytes[3][32] = { "a", "b", "c" };
    uint8_t signature[3][NTLM_SIGNATURE_SIZE];
    struct pkg_piece pieces[3] = { whole(bytes[0], 32), whole(bytes[1], 32), whole(bytes[2], 32) };
    struct ntlm_message msg[3] = { { &pieces[0], 1, 7 },
                                   { &pieces[1], 1, 8 },
                                   { &pieces[2], 1, 9 } };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ntlm_seal(&p.client, &msg[i], signature[i]), SSP_OK);
    for (size_t i = 3; i > 0; i--)
        assert_int_equal(ntlm_unseal(&p.server, &msg[i - 1], signature[i - 1]), SSP_OK);
    assert_string_equal(bytes[0], "a");
    assert_string_equal(bytes[2], "c");
}

static void never_sends_two_datagrams_of_one_number(void **state)
{
    struct pair p = pair(0xe2088275);
    uint8_t bytes[32] = "a";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = { &piece, 1, 7 };

    (void)state;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(ntlm_sign(&p.client, &msg, signature), SSP_ERR_OUT_OF_SEQUENCE);
    msg.seq = 6;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_OUT_OF_SEQUENCE);
    msg.seq = UINT32_MAX;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_EXPIRED);
    msg.seq = 8;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
}

static void signs_datagrams_without_extended_session_security_but_seals_none(void **state)
{
    struct pair p = pair(0xe2008275);
    uint8_t bytes[32] = "a";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = { &piece, 1, 3 };

    (void)state; /* [MS-NLMP] 3.4.3 */
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_UNSUPPORTED);
    assert_int_equal(ntlm_unseal(&p.server, &msg, signature), SSP_ERR_UNSUPPORTED);
    assert_int_equal(ntlm_sign(&p.client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_verify(&p.server, &msg, signature), SSP_OK);
    bytes[0] ^= 1;
    assert_int_equal(ntlm_verify(&p.server, &msg, signature), SSP_ERR_ALTERED);
}

static void stops_before_sequence_numbers_wrap(void **state)
{
    struct pair p = pair(kinds[0]);
    uint8_t bytes[32] = "a";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = message(&piece);

    (void)state;
    p.client.send.seq = UINT32_MAX - 1;
    p.server.recv.seq = UINT32_MAX - 1;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_unseal(&p.server, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_EXPIRED);
    assert_refuses(&p.server, &msg, signature, SSP_ERR_EXPIRED);
}

static void signs_with_a_constant_when_only_that_was_agreed(void **state)
{
    struct pair p = pair(NTLMSSP_NEGOTIATE_ALWAYS_SIGN);
    uint8_t bytes[32] = "a";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = message(&piece);

    (void)state; /* [MS-NLMP] 3.4.4.3 */
    assert_int_equal(ntlm_sign(&p.client, &msg, signature), SSP_OK);
    assert_view_equal(VIEW_OF(signature), hex("01000000000000000000000000000000"));
    assert_int_equal(ntlm_verify(&p.server, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_UNSUPPORTED);
    signature[15] = 1;
    assert_int_equal(ntlm_verify(&p.server, &msg, signature), SSP_ERR_ALTERED);
    assert_false(ntlm_session_used(&p.client));
}

static void refuses_what_was_not_agreed(void **state)
{
    struct pair none = pair(NTLMSSP_NEGOTIATE_NTLM);
    struct pair signing = pair(0xe2088215);
    uint8_t bytes[32] = "a";
    uint8_t signature[NTLM_SIGNATURE_SIZE] = { 1 };
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = message(&piece);

    (void)state;
    assert_int_equal(ntlm_sign(&none.client, &msg, signature), SSP_ERR_UNSUPPORTED);
    assert_refuses(&none.server, &msg, signature, SSP_ERR_UNSUPPORTED);
    assert_int_equal(ntlm_seal(&signing.client, &msg, signature), SSP_ERR_UNSUPPORTED);
    assert_string_equal(bytes, "a");
    assert_int_equal(ntlm_sign(&signing.client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_unseal(&signing.server, &msg, signature), SSP_ERR_UNSUPPORTED);
    assert_int_equal(ntlm_verify(&signing.server, &msg, signature), SSP_OK);
}

static void signs_what_was_agreed_to_be_sealed(void **state)
{
    struct pair p = pair(0xe2088225); /* "confidentiality … also implies message integrity" */
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    uint8_t bytes[32] = "a";
    struct pkg_piece piece = whole(bytes, sizeof(bytes));
    struct ntlm_message msg = message(&piece);

    (void)state;
    assert_int_equal(ntlm_sign(&p.client, &msg, signature), SSP_OK);
    bytes[0] ^= 1;
    assert_refuses(&p.server, &msg, signature, SSP_ERR_ALTERED);
}

static void refuses_more_pieces_than_a_message_may_have(void **state)
{
    struct pair p = pair(kinds[0]);
    struct pkg_piece pieces[LIMIT_BUFFERS + 1] = { 0 };
    struct ntlm_message msg = { pieces, LIMIT_BUFFERS + 1, 0 };
    uint8_t signature[NTLM_SIGNATURE_SIZE];

    (void)state;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_ERR_BAD_ARGUMENT);
    msg.n = LIMIT_BUFFERS;
    assert_int_equal(ntlm_seal(&p.client, &msg, signature), SSP_OK);
    assert_int_equal(ntlm_unseal(&p.server, &msg, signature), SSP_OK);
}

static void wipes_a_session(void **state)
{
    static const struct ntlm_session zero;
    struct pair p = pair(kinds[0]);

    (void)state;
    ntlm_session_wipe(&p.client);
    assert_memory_equal(&p.client, &zero, sizeof(zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_as_the_examples_say),
        TEST(reads_what_windows_servers_sent),
        TEST(carries_messages_both_ways),
        TEST(refuses_every_altered_byte_and_stays_usable),
        TEST(refuses_a_message_that_came_twice_or_too_early),
        TEST(covers_all_pieces_only_with_extended_session_security),
        TEST(takes_datagrams_in_any_order),
        TEST(never_sends_two_datagrams_of_one_number),
        TEST(signs_datagrams_without_extended_session_security_but_seals_none),
        TEST(stops_before_sequence_numbers_wrap),
        TEST(signs_with_a_constant_when_only_that_was_agreed),
        TEST(refuses_what_was_not_agreed),
        TEST(signs_what_was_agreed_to_be_sealed),
        TEST(refuses_more_pieces_than_a_message_may_have),
        TEST(wipes_a_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
