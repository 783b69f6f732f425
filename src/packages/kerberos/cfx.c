/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/cfx.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/kerberos/rotate.h"

enum { DCE_FILLER = 16 };

void krb_engine_init(struct krb_engine *engine, struct krb_session *session)
{
    *engine = (struct krb_engine){ .session = session };
}

void krb_engine_wipe(struct krb_engine *engine)
{
    explicit_bzero(engine, sizeof(*engine));
}

static const struct krb_profile *profile_of(const struct krb_session *session)
{
    return krb_profile_of(session->enctype);
}

static size_t filler_of(const struct krb_session *session)
{
    return (session->flags & KRB_DCE) != 0 ? DCE_FILLER : 0;
}

size_t krb_mic_size(const struct krb_session *session)
{
    return KRB_HEADER_SIZE + profile_of(session)->mac_n;
}

size_t krb_seal_size(const struct krb_session *session)
{
    return KRB_HEADER_SIZE + filler_of(session) + KRB_HEADER_SIZE + profile_of(session)->mac_n +
           KRB_CONFOUNDER_SIZE;
}

/* ---- Numbers and flags -------------------------------------------------- */

static uint8_t flags_of(const struct krb_session *session, enum krb_side sender)
{
    return (uint8_t)((sender == KRB_ACCEPTOR ? KRB_SENT_BY_ACCEPTOR : 0) |
                     (session->has_acceptor_subkey ? KRB_ACCEPTOR_SUBKEY : 0));
}

/* What sending refuses, and the header it begins with.  The last number is never used, so that
 * counting on cannot wrap. */
static enum ssp_err begin_send(struct krb_engine *engine, const struct krb_message *msg,
                               uint32_t protection, struct krb_header *ret)
{
    const struct krb_session *session = engine->session;

    if (msg->n > LIMIT_BUFFERS)
        return ssp_fail(BAD_ARGUMENT);
    if ((session->flags & protection) == 0)
        return ssp_fail(UNSUPPORTED);
    if (session->send_seq == UINT64_MAX)
        return ssp_fail(EXPIRED);
    krb_keys_need_send(session, &engine->send);
    *ret =
        (struct krb_header){ .flags = flags_of(session, session->side), .seq = session->send_seq };
    return SSP_OK;
}

/* Unknown flags are passed over (RFC 4121 4.2.2): they are signed like the others. */
static enum ssp_err begin_recv(struct krb_engine *engine, const struct krb_message *msg,
                               const struct krb_header *header)
{
    const struct krb_session *session = engine->session;
    enum krb_side sender = session->side == KRB_ACCEPTOR ? KRB_INITIATOR : KRB_ACCEPTOR;
    uint8_t known = KRB_SENT_BY_ACCEPTOR | KRB_ACCEPTOR_SUBKEY;

    if (msg->n > LIMIT_BUFFERS)
        return ssp_fail(BAD_ARGUMENT);
    if ((header->flags & known) != flags_of(session, sender))
        return ssp_fail(ALTERED);
    krb_keys_need_recv(session, &engine->recv);
    return SSP_OK;
}

/* The last thing that can fail. */
static enum ssp_err take_number(struct krb_session *session, uint64_t seq)
{
    bool in_order = (session->flags & KRB_SEQUENCE) != 0;
    struct krb_window window = { 0 };

    if ((session->flags & (KRB_SEQUENCE | KRB_REPLAY)) == 0)
        return SSP_OK;
    SSP_TRY(krb_window_take(&session->recv, session->recv_first, seq, in_order, &window));
    session->recv = window;
    return SSP_OK;
}

/* ---- Checksums over clear data ------------------------------------------ */

/* RFC 4121 4.2.4: over the data, then the header. */
static void sum(const struct krb_session *session, const struct hmac_key *key,
                const struct krb_message *msg, const uint8_t header[KRB_HEADER_SIZE], uint8_t *ret)
{
    struct view parts[KRB_PARTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < msg->n; i++)
        if (msg->pieces[i].sign)
            parts[n++] = (struct view){ msg->pieces[i].p, msg->pieces[i].n };
    parts[n++] = (struct view){ header, KRB_HEADER_SIZE };
    hmac_keyed(key, parts, n, ret, profile_of(session)->mac_n);
}

enum ssp_err krb_mic(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token)
{
    struct krb_header header;

    SSP_TRY(begin_send(engine, msg, KRB_INTEG, &header));
    krb_mic_encode(&header, ret_token);
    sum(engine->session, &engine->send.mic_sum, msg, ret_token, ret_token + KRB_HEADER_SIZE);
    engine->session->send_seq++;
    return SSP_OK;
}

enum ssp_err krb_mic_verify(struct krb_engine *engine, const struct krb_message *msg,
                            struct view token)
{
    size_t mac_n = profile_of(engine->session)->mac_n;
    struct krb_header header;
    uint8_t expected[KRB_MAC_MAX];

    SSP_TRY(krb_mic_decode_prefix(token, &header));
    if (token.n != KRB_HEADER_SIZE + mac_n)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(begin_recv(engine, msg, &header));
    if ((header.flags & KRB_SEALED) != 0) /* 4.2.2: "It SHALL NOT be set in MIC tokens." */
        return ssp_fail(ALTERED);
    sum(engine->session, &engine->recv.mic_sum, msg, token.p, expected);
    if (!ct_eq((struct view){ expected, mac_n }, (struct view){ token.p + KRB_HEADER_SIZE, mac_n }))
        return ssp_fail(ALTERED);
    return take_number(engine->session, header.seq);
}

/* 4.2.4: "Both the EC field and the RRC field in the token header SHALL be filled with zeroes for
 * the purpose of calculating the checksum." */
static void wrap_sum(const struct krb_session *session, const struct hmac_key *key,
                     const struct krb_message *msg, struct krb_header header, uint8_t *ret)
{
    uint8_t signed_header[KRB_HEADER_SIZE];

    header.ec = 0;
    header.rrc = 0;
    krb_wrap_encode(&header, signed_header);
    sum(session, key, msg, signed_header, ret);
}

enum ssp_err krb_wrap(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token)
{
    uint16_t mac_n = (uint16_t)profile_of(engine->session)->mac_n;
    struct krb_header header;

    SSP_TRY(begin_send(engine, msg, KRB_INTEG, &header));
    wrap_sum(engine->session, &engine->send.wrap_sum, msg, header, ret_token + KRB_HEADER_SIZE);
    header.ec = mac_n;
    header.rrc = mac_n;
    krb_wrap_encode(&header, ret_token);
    engine->session->send_seq++;
    return SSP_OK;
}

/* ---- Encrypted tokens: sending ------------------------------------------ */

enum ssp_err krb_seal(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token)
{
    const struct krb_profile *profile = profile_of(engine->session);
    size_t filler = filler_of(engine->session);
    uint8_t *front = ret_token + KRB_HEADER_SIZE;
    const struct krb_body body = {
        .msg = msg,
        .confounder = front + filler + KRB_HEADER_SIZE + profile->mac_n,
        .trailer = { [1] = { front, filler + KRB_HEADER_SIZE + profile->mac_n } },
        .inner_n = filler + KRB_HEADER_SIZE,
    };
    struct krb_header header;

    SSP_TRY(begin_send(engine, msg, KRB_CONF, &header));
    SSP_TRY(krb_confounder_take(&engine->confounders, body.confounder));
    header.flags |= KRB_SEALED;
    header.ec = (uint16_t)filler;
    memset(front, 0, filler);
    krb_wrap_encode(&header, front + filler);
    krb_body_protect(&body, profile, &engine->send, body.trailer[1].p + body.inner_n);
    header.rrc = (uint16_t)(KRB_HEADER_SIZE + profile->mac_n);
    krb_wrap_encode(&header, ret_token);
    engine->session->send_seq++;
    return SSP_OK;
}

/* ---- Encrypted tokens: receiving ---------------------------------------- */

/* The header that was encrypted is the one in clear, its RRC left out (RFC 4121 4.2.4). */
static bool header_fits(const struct krb_header *header, const struct krb_body *body)
{
    struct krb_header in_clear = *header;
    uint8_t expected[KRB_HEADER_SIZE];
    uint8_t got[KRB_HEADER_SIZE];

    in_clear.rrc = 0;
    krb_wrap_encode(&in_clear, expected);
    krb_body_copy_trailer(body, header->ec, sizeof(got), got);
    return ct_eq(VIEW_OF(expected), VIEW_OF(got));
}

static enum ssp_err check_clear(struct krb_engine *engine, const struct krb_header *header,
                                const struct krb_body *body)
{
    const struct krb_profile *profile = profile_of(engine->session);

    if (!profile->mac_of_cipher && !krb_body_mac_fits(body, profile, &engine->recv))
        return ssp_fail(ALTERED);
    if (!header_fits(header, body))
        return ssp_fail(ALTERED);
    return take_number(engine->session, header->seq);
}

/* Gives nothing away: what does not do is ciphertext again. */
static enum ssp_err unprotect(struct krb_engine *engine, const struct krb_header *header,
                              const struct krb_body *body)
{
    const struct krb_profile *profile = profile_of(engine->session);
    ssp_cleanup(aes_key_wipe) struct aes_key back;

    if (profile->mac_of_cipher && !krb_body_mac_fits(body, profile, &engine->recv))
        return ssp_fail(ALTERED);
    krb_body_decrypt(body, &engine->recv.seal);
    enum ssp_err e = check_clear(engine, header, body);
    if (e != SSP_OK) {
        krb_keys_reseal(engine->session, &back);
        krb_body_encrypt(body, &back);
    }
    return e;
}

/* ---- Tokens of any rotation --------------------------------------------- */

static void turn(const struct krb_wrapped *in, size_t front, size_t turned, struct krb_ring *ring)
{
    krb_ring_add(ring,
                 (struct span){ in->token.p + KRB_HEADER_SIZE, in->token.n - KRB_HEADER_SIZE });
    for (size_t i = 0; i < in->msg.n; i++)
        if (in->msg.pieces[i].seal)
            krb_ring_add(ring, (struct span){ in->msg.pieces[i].p, in->msg.pieces[i].n });
    krb_ring_add(ring, in->padding);
    krb_ring_turn(ring, front, turned);
}

/* How far the body was rotated: in DCE style the filler came along, uncounted ([MS-KILE]
 * 3.4.5.4.1), if anything did. */
static size_t rotation_of(const struct krb_session *session, const struct krb_header *header)
{
    bool sealed = (header->flags & KRB_SEALED) != 0;

    if (header->rrc != 0 && sealed && filler_of(session) != 0)
        return (size_t)header->rrc + header->ec;
    return header->rrc;
}

static enum ssp_err open_sealed(struct krb_engine *engine, const struct krb_wrapped *in,
                                const struct krb_header *header)
{
    size_t mac_n = profile_of(engine->session)->mac_n;
    size_t fixed = KRB_HEADER_SIZE + KRB_CONFOUNDER_SIZE;
    size_t inner = (size_t)header->ec + KRB_HEADER_SIZE;
    struct krb_ring ring = { 0 };

    if (in->token.n < fixed || in->token.n - fixed + in->padding.n != inner + mac_n)
        return ssp_fail(BAD_TOKEN);
    size_t front = in->token.n - fixed;
    const struct krb_body body = {
        .msg = &in->msg,
        .confounder = in->token.p + KRB_HEADER_SIZE + front,
        .trailer = { in->padding, { in->token.p + KRB_HEADER_SIZE, front } },
        .inner_n = inner,
    };
    turn(in, front, rotation_of(engine->session, header), &ring);
    enum ssp_err e = unprotect(engine, header, &body);
    if (e != SSP_OK)
        krb_ring_undo(&ring);
    return e;
}

static bool sum_fits(struct krb_engine *engine, const struct krb_wrapped *in,
                     const struct krb_header *header)
{
    const struct krb_body body = {
        .trailer = { in->padding,
                     { in->token.p + KRB_HEADER_SIZE, in->token.n - KRB_HEADER_SIZE } },
    };
    size_t mac_n = profile_of(engine->session)->mac_n;
    uint8_t expected[KRB_MAC_MAX];
    uint8_t got[KRB_MAC_MAX];

    wrap_sum(engine->session, &engine->recv.wrap_sum, &in->msg, *header, expected);
    krb_body_copy_trailer(&body, 0, mac_n, got);
    return ct_eq((struct view){ expected, mac_n }, (struct view){ got, mac_n });
}

static enum ssp_err open_signed(struct krb_engine *engine, const struct krb_wrapped *in,
                                const struct krb_header *header)
{
    size_t mac_n = profile_of(engine->session)->mac_n;
    size_t front = in->token.n - KRB_HEADER_SIZE;
    struct krb_ring ring = { 0 };

    if (header->ec != mac_n || front + in->padding.n != mac_n)
        return ssp_fail(BAD_TOKEN);
    turn(in, front, rotation_of(engine->session, header), &ring);
    enum ssp_err e = sum_fits(engine, in, header) ? take_number(engine->session, header->seq)
                                                  : ssp_fail(ALTERED);
    if (e != SSP_OK)
        krb_ring_undo(&ring);
    return e;
}

enum ssp_err krb_unwrap(struct krb_engine *engine, const struct krb_wrapped *in, bool *ret_sealed)
{
    struct krb_header header;

    SSP_TRY(krb_wrap_decode_prefix((struct view){ in->token.p, in->token.n }, &header));
    SSP_TRY(begin_recv(engine, &in->msg, &header));
    bool sealed = (header.flags & KRB_SEALED) != 0;
    SSP_TRY(sealed ? open_sealed(engine, in, &header) : open_signed(engine, in, &header));
    *ret_sealed = sealed;
    return SSP_OK;
}

/* What rotation brought to the front stays there, if it is of the trailer only: so the data does
 * not have to be moved. */
enum ssp_err krb_unwrap_stream(struct krb_engine *engine, struct span stream, struct span *ret_data,
                               bool *ret_sealed)
{
    size_t mac_n = profile_of(engine->session)->mac_n;
    struct krb_header header;

    SSP_TRY(krb_wrap_decode_prefix((struct view){ stream.p, stream.n }, &header));
    bool sealed = (header.flags & KRB_SEALED) != 0;
    size_t confounder = sealed ? KRB_CONFOUNDER_SIZE : 0;
    size_t trailer = sealed ? (size_t)header.ec + KRB_HEADER_SIZE + mac_n : mac_n;
    size_t rest = stream.n - KRB_HEADER_SIZE;

    if (rest < confounder + trailer)
        return ssp_fail(BAD_TOKEN);
    size_t turned = rotation_of(engine->session, &header) % rest;
    size_t front = turned <= trailer ? turned : 0;
    size_t token_n = KRB_HEADER_SIZE + front + confounder;
    size_t data_n = rest - confounder - trailer;
    const struct pkg_piece data = { stream.p + token_n, data_n, true, true };
    const struct krb_wrapped in = {
        .token = { stream.p, token_n },
        .msg = { &data, 1 },
        .padding = { stream.p + token_n + data_n, trailer - front },
    };
    SSP_TRY(krb_unwrap(engine, &in, ret_sealed));
    *ret_data = (struct span){ data.p, data.n };
    return SSP_OK;
}
