/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>
#include <stdio.h>

#include "harness/harness.h"
#include "harness/krb_packets.h"
#include "packages/kerberos/rotate.h"

enum {
    ORDERED = ISC_RET_SEQUENCE_DETECT,
    REPLAY = ISC_RET_REPLAY_DETECT,
    DCE = ISC_RET_USED_DCE_STYLE
};

static const char text[] = "Every good message arrives once.";
static const struct view message = { (const uint8_t *)text, sizeof(text) - 1 };

/* ---- Known answers ------------------------------------------------------ */

static struct view known(int32_t type, const char *what)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%d.%s", type, what);
    return vector("rfc4121-mit.txt", name);
}

/* A side of the session that MIT's tokens are from. */
static void mits(int32_t type, enum krb_side side, struct krb_session *session,
                 struct krb_engine *engine)
{
    struct view number = known(type, "seq");
    struct rd in = rd_of(number);
    struct krb_agreed agreed = {
        .side = side,
        .enctype = type,
        .attributes = side == KRB_INITIATOR ? ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY
                                            : ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY,
        .has_acceptor_subkey = true,
        .key = key_of(known(type, "key")),
    };

    agreed.attributes |= ORDERED;
    agreed.send_seq = rd_be(&in, 8);
    agreed.recv_seq = agreed.send_seq;
    assert_int_equal(krb_session_init(&agreed, session), SSP_OK);
    krb_engine_init(engine, session);
}

static void open_known(struct krb_engine *engine, struct view token, bool seal, struct span *ret)
{
    struct span stream = { (uint8_t *)(uintptr_t)token.p, token.n };
    bool sealed = !seal;

    assert_int_equal(krb_unwrap_stream(engine, stream, ret, &sealed), SSP_OK);
    assert_int_equal(sealed, seal);
    assert_view_equal((struct view){ ret->p, ret->n }, message);
}

static void opens_what_mit_made(void **state)
{
    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        const struct pkg_piece piece = { (uint8_t *)(uintptr_t)text, message.n, true, true };
        struct krb_session session;
        struct krb_engine engine;
        struct span data;

        mits(type, KRB_ACCEPTOR, &session, &engine);
        open_known(&engine, known(type, "sealed"), true, &data);
        open_known(&engine, known(type, "signed"), false, &data);
        assert_int_equal(
            krb_mic_verify(&engine, &(struct krb_message){ &piece, 1 }, known(type, "mic")),
            SSP_OK);
    }
}

/* Ours is rotated, so that the data stays where it is; MIT's is not. */
static void assert_rotated(struct krb_packet *ours, struct view theirs)
{
    const struct span body[] = { { ours->token + KRB_HEADER_SIZE, ours->token_n - KRB_HEADER_SIZE },
                                 { ours->data, ours->data_n } };
    uint8_t joined[KRB_PACKET_ROOM];

    krb_rotate_left(body, 2, ours->token[7]);
    memset(ours->token + 6, 0, 2);
    memcpy(joined, ours->token, ours->token_n);
    memcpy(joined + ours->token_n, ours->data, ours->data_n);
    assert_view_equal((struct view){ joined, ours->token_n + ours->data_n }, theirs);
}

static void makes_what_mit_made_from_the_same_random_block(void **state)
{
    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        const struct pkg_piece piece = { (uint8_t *)(uintptr_t)text, message.n, true, true };
        struct krb_session theirs;
        struct krb_session ours;
        struct krb_engine from;
        struct krb_engine to;
        struct krb_packet packet;
        struct span data;
        uint8_t mic[KRB_MIC_MAX];
        struct view opened = known(type, "sealed");

        mits(type, KRB_ACCEPTOR, &theirs, &to);
        open_known(&to, opened, true, &data);
        mits(type, KRB_INITIATOR, &ours, &from);
        from.confounders.left = 1;
        memcpy(from.confounders.b, opened.p + KRB_HEADER_SIZE, KRB_CONFOUNDER_SIZE);
        assert_int_equal(krb_packet_wrap(&from, message, true, &packet), SSP_OK);
        assert_rotated(&packet, known(type, "sealed"));
        assert_int_equal(krb_packet_wrap(&from, message, false, &packet), SSP_OK);
        assert_rotated(&packet, known(type, "signed"));
        assert_int_equal(krb_mic(&from, &(struct krb_message){ &piece, 1 }, mic), SSP_OK);
        assert_view_equal((struct view){ mic, krb_mic_size(&ours) }, known(type, "mic"));
    }
}

/* ---- Round trips -------------------------------------------------------- */

static void check_round_trips(struct krb_engines *ends, bool seal)
{
    uint8_t bytes[200];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    for (size_t n = 0; n < sizeof(bytes); n++) {
        for (enum krb_side side = KRB_INITIATOR; side <= KRB_ACCEPTOR; side++) {
            struct krb_packet packet;

            assert_int_equal(
                krb_packet_wrap(&ends->ends[side], (struct view){ bytes, n }, seal, &packet),
                SSP_OK);
            assert_int_equal(krb_packet_open(&ends->ends[!side], &packet), SSP_OK);
            assert_view_equal((struct view){ packet.data, packet.data_n },
                              (struct view){ bytes, n });
        }
    }
}

static void opens_what_it_seals(void **state)
{
    (void)state;
    krb_engines_all(ORDERED, check_round_trips);
    krb_engines_all(ORDERED | DCE, check_round_trips);
}

static void the_sizes_are_those_that_applications_allocate(void **state)
{
    static const struct {
        int32_t type;
        size_t mic;
        size_t seal;
    } cases[] = { { KRB_AES128_SHA1, 28, 60 },
                  { KRB_AES256_SHA1, 28, 60 },
                  { KRB_AES128_SHA2, 32, 64 },
                  { KRB_AES256_SHA2, 40, 72 } };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct krb_engines ends;

        krb_engines_make(cases[i].type, 0, &ends);
        assert_int_equal(krb_mic_size(&ends.sessions[0]), cases[i].mic);
        assert_int_equal(krb_seal_size(&ends.sessions[0]), cases[i].seal);
        krb_engines_make(cases[i].type, DCE, &ends);
        assert_int_equal(krb_mic_size(&ends.sessions[0]), cases[i].mic);
        assert_int_equal(krb_seal_size(&ends.sessions[0]), cases[i].seal + 16);
        assert_in_range(krb_seal_size(&ends.sessions[0]), 0, KRB_TRAILER_MAX);
    }
}

/* No two of the same message are alike, and the text is in neither. */
static void hides_what_it_seals(void **state)
{
    struct krb_engines ends;
    struct krb_packet one;
    struct krb_packet two;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    for (size_t i = 0; i < 2 * KRB_CONFOUNDERS; i++) {
        assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &one), SSP_OK);
        assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &two), SSP_OK);
        assert_memory_not_equal(one.data, text, one.data_n);
        assert_memory_not_equal(one.data, two.data, one.data_n);
    }
}

/* ---- Rotation ----------------------------------------------------------- */

static size_t join(const struct krb_packet *packet, uint8_t *ret)
{
    memcpy(ret, packet->token, packet->token_n);
    memcpy(ret + packet->token_n, packet->data, packet->data_n);
    return packet->token_n + packet->data_n;
}

/* A peer that rotates by another number of bytes, which may be longer than the token. */
static void rotate_again(uint8_t *token, size_t n, size_t from, size_t rrc)
{
    struct span body = { token + KRB_HEADER_SIZE, n - KRB_HEADER_SIZE };
    size_t turn = (from % body.n + body.n - rrc % body.n) % body.n;

    krb_rotate_left(&body, 1, turn);
    token[6] = (uint8_t)(rrc >> 8);
    token[7] = (uint8_t)rrc;
}

static void open_rotated(struct krb_engines *ends, bool seal, size_t rrc)
{
    bool dce = (ends->sessions[0].flags & KRB_DCE) != 0 && seal;
    uint8_t token[KRB_PACKET_ROOM];
    struct krb_packet packet;
    struct span data = { 0 };
    bool sealed = false;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    size_t n = join(&packet, token);
    size_t extra = dce ? 16 : 0;
    rotate_again(token, n, packet.token[7] + extra, rrc + (rrc == 0 ? 0 : extra));
    token[6] = (uint8_t)(rrc >> 8);
    token[7] = (uint8_t)rrc;
    struct view heap = guarded((struct view){ token, n });
    struct span stream = { (uint8_t *)(uintptr_t)heap.p, heap.n };
    assert_int_equal(krb_unwrap_stream(&ends->ends[1], stream, &data, &sealed), SSP_OK);
    assert_view_equal((struct view){ data.p, data.n }, message);
}

static void check_rotations(struct krb_engines *ends, bool seal)
{
    for (size_t rrc = 0; rrc < 150; rrc++)
        open_rotated(ends, seal, rrc);
    open_rotated(ends, seal, 0xffff);
    open_rotated(ends, seal, 0x1234);
}

static void opens_streams_rotated_by_any_number(void **state)
{
    (void)state;
    krb_engines_all(ORDERED, check_rotations);
    krb_engines_all(ORDERED | DCE, check_rotations);
}

/* In separate buffers too, if only the token is as long as what stands before the data. */
static void check_rotated_parts(struct krb_engines *ends, bool seal)
{
    for (size_t rrc = 0; rrc < 120; rrc += 7) {
        uint8_t token[KRB_PACKET_ROOM];
        struct krb_packet packet;

        assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
        size_t n = join(&packet, token);
        rotate_again(token, n, packet.token[7], rrc);
        memcpy(packet.token, token, packet.token_n);
        memcpy(packet.data, token + packet.token_n, packet.data_n);
        assert_int_equal(krb_packet_open(&ends->ends[1], &packet), SSP_OK);
        assert_view_equal((struct view){ packet.data, packet.data_n }, message);
        packet.data[0] ^= 1;
    }
}

static void opens_parts_rotated_by_any_number(void **state)
{
    (void)state;
    krb_engines_all(ORDERED, check_rotated_parts);
}

static void check_altered_rotation(struct krb_engines *ends, bool seal)
{
    uint8_t token[KRB_PACKET_ROOM];
    struct krb_packet packet;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    size_t n = join(&packet, token);
    rotate_again(token, n, packet.token[7], 5);
    memcpy(packet.token, token, packet.token_n);
    memcpy(packet.data, token + packet.token_n, packet.data_n);
    packet.data[3] ^= 1;
    krb_packet_refuse(&ends->ends[1], &packet, SSP_ERR_ALTERED);
    packet.data[3] ^= 1;
    assert_int_equal(krb_packet_open(&ends->ends[1], &packet), SSP_OK);
}

static void a_refused_token_lies_as_it_was_rotated(void **state)
{
    (void)state;
    krb_engines_all(ORDERED, check_altered_rotation);
}

/* ---- Several pieces ----------------------------------------------------- */

static void check_pieces(struct krb_engines *ends, bool seal)
{
    uint8_t head[] = "signed";
    uint8_t aside[] = "neither";
    uint8_t one[] = "abcdefg";
    uint8_t two[] = "hijklmnopqrstuvwxyz0123456789";
    const struct pkg_piece pieces[] = { { head, sizeof(head), false, true },
                                        { one, sizeof(one), true, true },
                                        { aside, sizeof(aside), false, false },
                                        { two, sizeof(two), true, true },
                                        { NULL, 0, true, true } };
    const struct krb_message msg = { pieces, 5 };
    uint8_t token[KRB_TRAILER_MAX];
    size_t n = seal ? krb_seal_size(&ends->sessions[0]) : krb_mic_size(&ends->sessions[0]);
    const struct krb_wrapped in = { .token = { token, n }, .msg = msg };
    bool sealed = !seal;

    assert_int_equal((seal ? krb_seal : krb_wrap)(&ends->ends[0], &msg, token), SSP_OK);
    assert_string_equal(head, "signed");
    assert_string_equal(aside, "neither");
    head[0] ^= 1;
    assert_int_equal(krb_unwrap(&ends->ends[1], &in, &sealed), SSP_ERR_ALTERED);
    head[0] ^= 1;
    aside[0] ^= 1;
    assert_int_equal(krb_unwrap(&ends->ends[1], &in, &sealed), SSP_OK);
    assert_int_equal(sealed, seal);
    assert_string_equal(one, "abcdefg");
    assert_string_equal(two, "hijklmnopqrstuvwxyz0123456789");
}

static void pieces_are_sealed_signed_or_left_alone(void **state)
{
    (void)state;
    krb_engines_all(ORDERED, check_pieces);
    krb_engines_all(ORDERED | DCE, check_pieces);
}

static void refuses_more_pieces_than_a_call_can_have(void **state)
{
    static struct pkg_piece pieces[65];
    const struct krb_message msg = { pieces, 65 };
    uint8_t token[KRB_TRAILER_MAX];
    struct krb_engines ends;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    assert_int_equal(krb_seal(&ends.ends[0], &msg, token), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(krb_mic(&ends.ends[0], &msg, token), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(krb_seal(&ends.ends[0], &(struct krb_message){ pieces, 64 }, token), SSP_OK);
}

/* ---- Altered ------------------------------------------------------------ */

static void flip_each_byte(struct krb_engine *to, struct krb_packet *packet)
{
    for (size_t i = 0; i < packet->token_n + packet->data_n; i++) {
        struct krb_packet altered = *packet;
        uint8_t *byte =
            i < packet->token_n ? &altered.token[i] : &altered.data[i - packet->token_n];
        struct krb_window window = to->session->recv;

        *byte ^= 0x10;
        struct krb_packet before = altered;
        enum ssp_err e = krb_packet_open(to, &altered);
        assert_true(e == SSP_ERR_ALTERED || e == SSP_ERR_BAD_TOKEN);
        assert_true(krb_packet_same(&before, &altered));
        assert_true(window.next == to->session->recv.next);
    }
}

static void check_alterations(struct krb_engines *ends, bool seal)
{
    struct krb_packet packet;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    flip_each_byte(&ends->ends[1], &packet);
    assert_int_equal(krb_packet_open(&ends->ends[1], &packet), SSP_OK);
}

static void refuses_every_altered_byte_and_leaves_all_as_it_was(void **state)
{
    (void)state;
    krb_engines_all(REPLAY, check_alterations);
    krb_engines_all(REPLAY | DCE, check_alterations);
}

static void check_truncations(struct krb_engines *ends, bool seal)
{
    uint8_t token[KRB_PACKET_ROOM];
    struct krb_packet packet;
    struct span data = { 0 };
    bool sealed = false;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    size_t n = join(&packet, token);
    for (size_t cut = 0; cut < n; cut++) {
        struct view heap = guarded((struct view){ token, cut });
        enum ssp_err e = krb_unwrap_stream(
            &ends->ends[1], (struct span){ (uint8_t *)(uintptr_t)heap.p, cut }, &data, &sealed);

        assert_true(e == SSP_ERR_BAD_TOKEN || e == SSP_ERR_ALTERED);
        assert_view_equal(heap, (struct view){ token, cut });
    }
    token[n] = 0;
    assert_int_equal(
        krb_unwrap_stream(&ends->ends[1], (struct span){ token, n + 1 }, &data, &sealed),
        SSP_ERR_ALTERED);
}

static void refuses_every_truncation_and_a_byte_too_many(void **state)
{
    (void)state;
    krb_engines_all(REPLAY, check_truncations);
}

static void refuses_parts_of_other_sizes_than_the_header_says(void **state)
{
    struct krb_engines ends;
    struct krb_packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    for (int seal = 0; seal <= 1; seal++) {
        assert_int_equal(krb_packet_wrap(&ends.ends[0], message, seal != 0, &packet), SSP_OK);
        packet.token_n--;
        krb_packet_refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
        packet.token_n += 2;
        krb_packet_refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
        packet.token_n = KRB_HEADER_SIZE;
        krb_packet_refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
    }
}

/* A filler of any length, as a peer with another cipher's habits may send: ours has none to make it
 * with, so it is made here. */
static void opens_a_message_with_filler(void **state)
{
    struct krb_engines ends;
    struct krb_packet packet;
    struct span data = { 0 };
    bool sealed = false;
    uint8_t token[KRB_PACKET_ROOM];

    (void)state;
    krb_engines_make(KRB_AES128_SHA2, DCE, &ends); /* the sender's: 16 bytes */
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    ends.sessions[1].flags &= ~(uint32_t)KRB_DCE; /* the receiver does not expect any */
    size_t n = join(&packet, token);
    rotate_again(token, n, 0, 0);
    struct span body = { token + KRB_HEADER_SIZE, n - KRB_HEADER_SIZE };
    krb_rotate_left(&body, 1, 16 + 16 + 16);
    assert_int_equal(krb_unwrap_stream(&ends.ends[1], (struct span){ token, n }, &data, &sealed),
                     SSP_OK);
    assert_view_equal((struct view){ data.p, data.n }, message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_what_mit_made),
        TEST(makes_what_mit_made_from_the_same_random_block),
        TEST(opens_what_it_seals),
        TEST(the_sizes_are_those_that_applications_allocate),
        TEST(hides_what_it_seals),
        TEST(opens_streams_rotated_by_any_number),
        TEST(opens_parts_rotated_by_any_number),
        TEST(a_refused_token_lies_as_it_was_rotated),
        TEST(pieces_are_sealed_signed_or_left_alone),
        TEST(refuses_more_pieces_than_a_call_can_have),
        TEST(refuses_every_altered_byte_and_leaves_all_as_it_was),
        TEST(refuses_every_truncation_and_a_byte_too_many),
        TEST(refuses_parts_of_other_sizes_than_the_header_says),
        TEST(opens_a_message_with_filler),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
