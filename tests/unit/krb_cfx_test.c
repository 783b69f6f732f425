/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>
#include <stdio.h>

#include "harness/harness.h"
#include "harness/krb_engines.h"
#include "packages/kerberos/rotate.h"

enum {
    ROOM = 512,
    ORDERED = ISC_RET_SEQUENCE_DETECT,
    REPLAY = ISC_RET_REPLAY_DETECT,
    DCE = ISC_RET_USED_DCE_STYLE
};

static const char text[] = "Every good message arrives once.";
static const struct view message = { (const uint8_t *)text, sizeof(text) - 1 };

struct packet { /* one Wrap token: what stands before the data, and the data */
    uint8_t token[KRB_TRAILER_MAX];
    size_t token_n;
    uint8_t data[ROOM];
    size_t data_n;
};

static struct krb_piece piece_of(struct packet *packet)
{
    return (struct krb_piece){ packet->data, packet->data_n, true, true };
}

static enum ssp_err wrap(struct krb_engine *from, struct view data, bool seal, struct packet *ret)
{
    memcpy(ret->data, data.p, data.n);
    ret->data_n = data.n;
    ret->token_n = seal ? krb_seal_size(from->session) : krb_mic_size(from->session);
    const struct krb_piece piece = piece_of(ret);
    return (seal ? krb_seal : krb_wrap)(from, &(struct krb_message){ &piece, 1 }, ret->token);
}

static enum ssp_err unwrap(struct krb_engine *to, struct packet *packet)
{
    const struct krb_piece piece = piece_of(packet);
    const struct krb_wrapped in = { .token = { packet->token, packet->token_n },
                                    .msg = { &piece, 1 } };
    bool sealed = false;

    return krb_unwrap(to, &in, &sealed);
}

static bool same(const struct packet *a, const struct packet *b)
{
    return a->token_n == b->token_n && a->data_n == b->data_n &&
           memcmp(a->token, b->token, a->token_n) == 0 && memcmp(a->data, b->data, a->data_n) == 0;
}

/* It is refused, and nothing has changed: neither the packet nor what `to` expects. */
static void refuse(struct krb_engine *to, struct packet *packet, enum ssp_err as)
{
    struct packet before = *packet;
    struct krb_window window = to->session->recv;

    assert_int_equal(unwrap(to, packet), as);
    assert_true(same(&before, packet));
    assert_true(window.next == to->session->recv.next && window.seen == to->session->recv.seen);
}

static void for_all(uint32_t attributes, void (*check)(struct krb_engines *ends, bool seal))
{
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++)
        for (int seal = 0; seal <= 1; seal++) {
            struct krb_engines ends;

            krb_engines_make(type, attributes, &ends);
            check(&ends, seal != 0);
        }
}

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
        const struct krb_piece piece = { (uint8_t *)(uintptr_t)text, message.n, true, true };
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
static void assert_rotated(struct packet *ours, struct view theirs)
{
    const struct span body[] = { { ours->token + KRB_HEADER_SIZE, ours->token_n - KRB_HEADER_SIZE },
                                 { ours->data, ours->data_n } };
    uint8_t joined[ROOM];

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
        const struct krb_piece piece = { (uint8_t *)(uintptr_t)text, message.n, true, true };
        struct krb_session theirs;
        struct krb_session ours;
        struct krb_engine from;
        struct krb_engine to;
        struct packet packet;
        struct span data;
        uint8_t mic[KRB_MIC_MAX];
        struct view opened = known(type, "sealed");

        mits(type, KRB_ACCEPTOR, &theirs, &to);
        open_known(&to, opened, true, &data);
        mits(type, KRB_INITIATOR, &ours, &from);
        from.confounders.left = 1;
        memcpy(from.confounders.b, opened.p + KRB_HEADER_SIZE, KRB_CONFOUNDER_SIZE);
        assert_int_equal(wrap(&from, message, true, &packet), SSP_OK);
        assert_rotated(&packet, known(type, "sealed"));
        assert_int_equal(wrap(&from, message, false, &packet), SSP_OK);
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
    for (size_t n = 0; n < sizeof(bytes); n++)
        for (enum krb_side side = KRB_INITIATOR; side <= KRB_ACCEPTOR; side++) {
            struct packet packet;

            assert_int_equal(wrap(&ends->ends[side], (struct view){ bytes, n }, seal, &packet),
                             SSP_OK);
            assert_int_equal(unwrap(&ends->ends[!side], &packet), SSP_OK);
            assert_view_equal((struct view){ packet.data, packet.data_n },
                              (struct view){ bytes, n });
        }
}

static void opens_what_it_seals(void **state)
{
    (void)state;
    for_all(ORDERED, check_round_trips);
    for_all(ORDERED | DCE, check_round_trips);
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
    struct packet one;
    struct packet two;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    for (size_t i = 0; i < 2 * KRB_CONFOUNDERS; i++) {
        assert_int_equal(wrap(&ends.ends[0], message, true, &one), SSP_OK);
        assert_int_equal(wrap(&ends.ends[0], message, true, &two), SSP_OK);
        assert_memory_not_equal(one.data, text, one.data_n);
        assert_memory_not_equal(one.data, two.data, one.data_n);
    }
}

/* ---- Rotation ----------------------------------------------------------- */

static size_t join(const struct packet *packet, uint8_t *ret)
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
    uint8_t token[ROOM];
    struct packet packet;
    struct span data = { 0 };
    bool sealed = false;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
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
    for_all(ORDERED, check_rotations);
    for_all(ORDERED | DCE, check_rotations);
}

/* In separate buffers too, if only the token is as long as what stands before the data. */
static void check_rotated_parts(struct krb_engines *ends, bool seal)
{
    for (size_t rrc = 0; rrc < 120; rrc += 7) {
        uint8_t token[ROOM];
        struct packet packet;

        assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
        size_t n = join(&packet, token);
        rotate_again(token, n, packet.token[7], rrc);
        memcpy(packet.token, token, packet.token_n);
        memcpy(packet.data, token + packet.token_n, packet.data_n);
        assert_int_equal(unwrap(&ends->ends[1], &packet), SSP_OK);
        assert_view_equal((struct view){ packet.data, packet.data_n }, message);
        packet.data[0] ^= 1;
    }
}

static void opens_parts_rotated_by_any_number(void **state)
{
    (void)state;
    for_all(ORDERED, check_rotated_parts);
}

static void check_altered_rotation(struct krb_engines *ends, bool seal)
{
    uint8_t token[ROOM];
    struct packet packet;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    size_t n = join(&packet, token);
    rotate_again(token, n, packet.token[7], 5);
    memcpy(packet.token, token, packet.token_n);
    memcpy(packet.data, token + packet.token_n, packet.data_n);
    packet.data[3] ^= 1;
    refuse(&ends->ends[1], &packet, SSP_ERR_ALTERED);
    packet.data[3] ^= 1;
    assert_int_equal(unwrap(&ends->ends[1], &packet), SSP_OK);
}

static void a_refused_token_lies_as_it_was_rotated(void **state)
{
    (void)state;
    for_all(ORDERED, check_altered_rotation);
}

/* ---- Several pieces ----------------------------------------------------- */

static void check_pieces(struct krb_engines *ends, bool seal)
{
    uint8_t head[] = "signed";
    uint8_t aside[] = "neither";
    uint8_t one[] = "abcdefg";
    uint8_t two[] = "hijklmnopqrstuvwxyz0123456789";
    const struct krb_piece pieces[] = { { head, sizeof(head), false, true },
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
    for_all(ORDERED, check_pieces);
    for_all(ORDERED | DCE, check_pieces);
}

static void refuses_more_pieces_than_a_call_can_have(void **state)
{
    static struct krb_piece pieces[65];
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

static void flip_each_byte(struct krb_engine *to, struct packet *packet)
{
    for (size_t i = 0; i < packet->token_n + packet->data_n; i++) {
        struct packet altered = *packet;
        uint8_t *byte =
            i < packet->token_n ? &altered.token[i] : &altered.data[i - packet->token_n];
        struct krb_window window = to->session->recv;

        *byte ^= 0x10;
        struct packet before = altered;
        enum ssp_err e = unwrap(to, &altered);
        assert_true(e == SSP_ERR_ALTERED || e == SSP_ERR_BAD_TOKEN);
        assert_true(same(&before, &altered));
        assert_true(window.next == to->session->recv.next);
    }
}

static void check_alterations(struct krb_engines *ends, bool seal)
{
    struct packet packet;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    flip_each_byte(&ends->ends[1], &packet);
    assert_int_equal(unwrap(&ends->ends[1], &packet), SSP_OK);
}

static void refuses_every_altered_byte_and_leaves_all_as_it_was(void **state)
{
    (void)state;
    for_all(REPLAY, check_alterations);
    for_all(REPLAY | DCE, check_alterations);
}

static void check_truncations(struct krb_engines *ends, bool seal)
{
    uint8_t token[ROOM];
    struct packet packet;
    struct span data = { 0 };
    bool sealed = false;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
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
    for_all(REPLAY, check_truncations);
}

static void refuses_parts_of_other_sizes_than_the_header_says(void **state)
{
    struct krb_engines ends;
    struct packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    for (int seal = 0; seal <= 1; seal++) {
        assert_int_equal(wrap(&ends.ends[0], message, seal != 0, &packet), SSP_OK);
        packet.token_n--;
        refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
        packet.token_n += 2;
        refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
        packet.token_n = KRB_HEADER_SIZE;
        refuse(&ends.ends[1], &packet, SSP_ERR_BAD_TOKEN);
    }
}

/* A filler of any length, as a peer with another cipher's habits may send: ours has none to make it
 * with, so it is made here. */
static void opens_a_message_with_filler(void **state)
{
    struct krb_engines ends;
    struct packet packet;
    struct span data = { 0 };
    bool sealed = false;
    uint8_t token[ROOM];

    (void)state;
    krb_engines_make(KRB_AES128_SHA2, DCE, &ends); /* the sender's: 16 bytes */
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    ends.sessions[1].flags &= ~(uint32_t)KRB_DCE; /* the receiver does not expect any */
    size_t n = join(&packet, token);
    rotate_again(token, n, 0, 0);
    struct span body = { token + KRB_HEADER_SIZE, n - KRB_HEADER_SIZE };
    krb_rotate_left(&body, 1, 16 + 16 + 16);
    assert_int_equal(krb_unwrap_stream(&ends.ends[1], (struct span){ token, n }, &data, &sealed),
                     SSP_OK);
    assert_view_equal((struct view){ data.p, data.n }, message);
}

/* ---- Direction, keys, numbers ------------------------------------------- */

static void check_reflection(struct krb_engines *ends, bool seal)
{
    struct packet packet;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    refuse(&ends->ends[0], &packet, SSP_ERR_ALTERED);
    packet.token[2] ^= KRB_SENT_BY_ACCEPTOR; /* and it is not the flag alone */
    refuse(&ends->ends[0], &packet, SSP_ERR_ALTERED);
}

static void refuses_its_own_messages(void **state)
{
    (void)state;
    for_all(0, check_reflection);
}

static void refuses_messages_under_another_subkey(void **state)
{
    struct krb_engines ends;
    struct packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].has_acceptor_subkey = false;
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    refuse(&ends.ends[1], &packet, SSP_ERR_ALTERED);
}

static void check_replay(struct krb_engines *ends, bool seal)
{
    struct packet packet;

    assert_int_equal(wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    struct packet again = packet;
    assert_int_equal(unwrap(&ends->ends[1], &packet), SSP_OK);
    refuse(&ends->ends[1], &again, SSP_ERR_OUT_OF_SEQUENCE);
}

static void refuses_a_message_that_comes_again(void **state)
{
    (void)state;
    for_all(REPLAY, check_replay);
    for_all(ORDERED, check_replay);
    for_all(REPLAY | ORDERED | DCE, check_replay);
}

static void takes_messages_as_they_come_if_so_agreed(void **state)
{
    struct krb_engines ends;
    struct packet packets[3];

    (void)state;
    for (uint32_t attributes = 0; attributes <= REPLAY; attributes += REPLAY) {
        krb_engines_make(KRB_AES128_SHA1, attributes, &ends);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(wrap(&ends.ends[1], message, true, &packets[i]), SSP_OK);
        struct packet again = packets[2];
        for (size_t i = 3; i-- > 0;)
            assert_int_equal(unwrap(&ends.ends[0], &packets[i]), SSP_OK);
        assert_int_equal(unwrap(&ends.ends[0], &again),
                         attributes == 0 ? SSP_OK : SSP_ERR_OUT_OF_SEQUENCE);
    }
}

static void a_gap_is_refused_in_order_and_filled(void **state)
{
    struct krb_engines ends;
    struct packet first;
    struct packet second;

    (void)state;
    krb_engines_make(KRB_AES256_SHA2, ORDERED, &ends);
    assert_int_equal(wrap(&ends.ends[0], message, true, &first), SSP_OK);
    assert_int_equal(wrap(&ends.ends[0], message, true, &second), SSP_OK);
    refuse(&ends.ends[1], &second, SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(unwrap(&ends.ends[1], &first), SSP_OK);
    assert_int_equal(unwrap(&ends.ends[1], &second), SSP_OK);
}

static void the_last_number_is_never_sent(void **state)
{
    struct krb_engines ends;
    struct packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].send_seq = UINT64_MAX - 1;
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    assert_int_equal(unwrap(&ends.ends[1], &packet), SSP_OK);
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_ERR_EXPIRED);
    assert_int_equal(wrap(&ends.ends[0], message, false, &packet), SSP_ERR_EXPIRED);
}

static void does_not_protect_what_was_not_agreed(void **state)
{
    struct krb_engines ends;
    struct packet packet;
    uint8_t mic[KRB_MIC_MAX];

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].flags = KRB_INTEG;
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_ERR_UNSUPPORTED);
    assert_int_equal(wrap(&ends.ends[0], message, false, &packet), SSP_OK);
    ends.sessions[0].flags = 0;
    assert_int_equal(wrap(&ends.ends[0], message, false, &packet), SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_mic(&ends.ends[0], &(struct krb_message){ 0 }, mic), SSP_ERR_UNSUPPORTED);
}

/* ---- MICs --------------------------------------------------------------- */

static void assert_mic_holds(struct krb_engines *ends, enum krb_side from)
{
    struct krb_engine *to = &ends->ends[!from];
    uint8_t data[] = "to be signed";
    const struct krb_piece piece = { data, sizeof(data), true, true };
    const struct krb_message msg = { &piece, 1 };
    size_t n = krb_mic_size(&ends->sessions[0]);
    uint8_t mic[KRB_MIC_MAX];

    assert_int_equal(krb_mic(&ends->ends[from], &msg, mic), SSP_OK);
    for (size_t i = 0; i < n; i++) {
        mic[i] ^= 4;
        enum ssp_err e = krb_mic_verify(to, &msg, guarded((struct view){ mic, n }));
        assert_true(e == SSP_ERR_ALTERED || e == SSP_ERR_BAD_TOKEN);
        mic[i] ^= 4;
        assert_int_equal(krb_mic_verify(to, &msg, guarded((struct view){ mic, i })),
                         SSP_ERR_BAD_TOKEN);
    }
    data[2] ^= 1;
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_ERR_ALTERED);
    data[2] ^= 1;
    assert_int_equal(krb_mic_verify(&ends->ends[from], &msg, (struct view){ mic, n }),
                     SSP_ERR_ALTERED);
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_OK);
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_ERR_OUT_OF_SEQUENCE);
}

static void mics_hold_for_their_data_only_and_once(void **state)
{
    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        struct krb_engines ends;

        krb_engines_make(type, ORDERED, &ends);
        assert_mic_holds(&ends, KRB_INITIATOR);
        assert_mic_holds(&ends, KRB_ACCEPTOR);
    }
}

static void mics_and_messages_are_one_sequence(void **state)
{
    const struct krb_message nothing = { 0 };
    struct krb_engines ends;
    struct packet packet;
    uint8_t mic[KRB_MIC_MAX];

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, ORDERED, &ends);
    assert_int_equal(wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    assert_int_equal(krb_mic(&ends.ends[0], &nothing, mic), SSP_OK);
    const struct view token = { mic, krb_mic_size(&ends.sessions[0]) };
    assert_int_equal(krb_mic_verify(&ends.ends[1], &nothing, token), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(unwrap(&ends.ends[1], &packet), SSP_OK);
    assert_int_equal(krb_mic_verify(&ends.ends[1], &nothing, token), SSP_OK);
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
        TEST(refuses_its_own_messages),
        TEST(refuses_messages_under_another_subkey),
        TEST(refuses_a_message_that_comes_again),
        TEST(takes_messages_as_they_come_if_so_agreed),
        TEST(a_gap_is_refused_in_order_and_filled),
        TEST(the_last_number_is_never_sent),
        TEST(does_not_protect_what_was_not_agreed),
        TEST(mics_hold_for_their_data_only_and_once),
        TEST(mics_and_messages_are_one_sequence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
