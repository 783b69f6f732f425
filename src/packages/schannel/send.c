/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/send.h"

#include <schannel.h>

#include "base/cleanup.h"

enum { KEY_UPDATE = 24, KEY_UPDATE_SIZE = 5, ALERT_SIZE = 2 };

/* RFC 8446 5.5: a key of AES-GCM seals 2^24.5 records at most.  One of ChaCha20-Poly1305 would run
 * out of numbers first; it is renewed long before. */
static const uint64_t records_of_key[] = {
    [TLS_AES_128_GCM] = UINT64_C(1) << 24,
    [TLS_AES_256_GCM] = UINT64_C(1) << 24,
    [TLS_CHACHA20_POLY1305] = UINT64_C(1) << 62,
};

/* Looks whether one is owed, and owes one when the key has sealed enough. */
static bool is_update_due(struct tls_conn *conn)
{
    const struct tls_core *core = conn->core;

    if (core->suite->version != TLS_1_3)
        return false;
    if (core->send.seq >= records_of_key[core->suite->cipher])
        conn->core->live.update_owed = true;
    return core->live.update_owed;
}

size_t tls_trailer_size(const struct tls_suite *suite)
{
    return tls_tail_size(suite) + (suite->version == TLS_1_3 ? TLS_UPDATE_SIZE : 0);
}

/* Its record under the key of now; the next one is used from here on. */
static enum ssp_err seal_update(struct tls_conn *conn, uint8_t dst[TLS_UPDATE_SIZE])
{
    ssp_cleanup(tls_next_wipe) struct tls_next next = { 0 };
    struct tls_live *live = &conn->core->live;
    uint8_t *text = dst + TLS_PLAIN_HEADER_SIZE;
    const uint8_t message[KEY_UPDATE_SIZE] = { KEY_UPDATE, 0, 0, 1, live->update_wanted ? 1 : 0 };
    const struct tls_place place = { dst, text, sizeof(message), text + sizeof(message) };

    SSP_TRY(tls_next_make(conn, TLS_SEND, &next));
    memcpy(text, message, sizeof(message));
    live->update_owed = false; /* before the record: who asks from now on gets another */
    enum ssp_err e = tls_record_seal(conn, TLS_TYPE_HANDSHAKE, &place);
    if (e != SSP_OK) {
        live->update_owed = true;
        return e;
    }
    live->update_wanted = false;
    tls_next_use(conn, TLS_SEND, &next);
    return SSP_OK;
}

/* ---- Data --------------------------------------------------------------- */

/* The bytes that go out, in the three pieces in which they were made. */
struct stream {
    uint8_t front[TLS_UPDATE_SIZE + TLS_PLAIN_HEADER_SIZE];
    struct view text;
    uint8_t tail[TLS_TAIL_MAX];
};

static uint8_t byte_at(const struct stream *stream, size_t at)
{
    if (at < sizeof(stream->front))
        return stream->front[at];
    at -= sizeof(stream->front);
    return at < stream->text.n ? stream->text.p[at] : stream->tail[at - stream->text.n];
}

/* Over header, text and tail; from the end, since the text is one of the pieces. */
static void lay_out(const struct stream *stream, const struct tls_place *place)
{
    size_t behind = TLS_PLAIN_HEADER_SIZE + place->n;
    size_t spill = place->n < TLS_UPDATE_SIZE ? place->n : TLS_UPDATE_SIZE;

    for (size_t i = 0; i < TLS_UPDATE_SIZE + TLS_TAIL_MAX; i++)
        place->tail[i] = byte_at(stream, behind + i);
    if (place->n > TLS_UPDATE_SIZE)
        memmove(place->text + TLS_UPDATE_SIZE, place->text, place->n - TLS_UPDATE_SIZE);
    if (spill != 0)
        memcpy(place->text, stream->front + TLS_PLAIN_HEADER_SIZE, spill);
    memcpy(place->header, stream->front, TLS_PLAIN_HEADER_SIZE);
}

/* Once the update is sealed the data follow under a key that is there already; should that fail
 * nevertheless, the peer will not understand what comes later. */
static enum ssp_err send_updated(struct tls_conn *conn, const struct tls_place *place)
{
    struct stream stream = { .text = { place->text, place->n } };
    const struct tls_place apart = { stream.front + TLS_UPDATE_SIZE, place->text, place->n,
                                     stream.tail };

    SSP_TRY(seal_update(conn, stream.front));
    enum ssp_err e = tls_record_seal(conn, TLS_TYPE_DATA, &apart);
    if (e != SSP_OK) {
        conn->core->live.is_dead = true;
        return e;
    }
    lay_out(&stream, place);
    return SSP_OK;
}

enum ssp_err tls_send_data(struct tls_conn *conn, const struct tls_place *place, size_t *ret_tail_n)
{
    const struct tls_live *live = &conn->core->live;
    bool is_due = is_update_due(conn);

    if (live->is_dead || live->close_sent)
        return ssp_fail(EXPIRED);
    if (place->n > TLS_TEXT_MAX)
        return ssp_fail(CANNOT_ENCRYPT);
    if (is_due)
        SSP_TRY(send_updated(conn, place));
    else
        SSP_TRY(tls_record_seal(conn, TLS_TYPE_DATA, place));
    if (place->n != 0 && conn->quiet != 0)
        conn->quiet = 0;
    *ret_tail_n = tls_tail_size(conn->core->suite) + (is_due ? TLS_UPDATE_SIZE : 0);
    return SSP_OK;
}

/* ---- What is said besides ----------------------------------------------- */

/* A dead session has one thing left to say; a closed one nothing but that it dies. */
static bool may_update(struct tls_conn *conn)
{
    const struct tls_live *live = &conn->core->live;

    return is_update_due(conn) && !live->is_dead && !live->close_sent;
}

static bool has_alert(const struct tls_conn *conn)
{
    const struct tls_live *live = &conn->core->live;

    return live->alert_level != 0 && !live->close_sent;
}

size_t tls_say_size(struct tls_conn *conn)
{
    const struct tls_suite *suite = conn->core->suite;
    size_t alert_n = tls_header_size(suite) + ALERT_SIZE + tls_tail_size(suite);

    return (may_update(conn) ? TLS_UPDATE_SIZE : 0) + (has_alert(conn) ? alert_n : 0);
}

static void alert_said(struct tls_live *live)
{
    if (live->alert_level == TLS1_ALERT_FATAL)
        live->is_dead = true;
    if (live->alert == TLS1_ALERT_CLOSE_NOTIFY || live->alert_level == TLS1_ALERT_FATAL)
        live->close_sent = true;
    live->alert_level = 0;
    live->alert = 0;
}

static enum ssp_err seal_alert(struct tls_conn *conn, uint8_t *dst)
{
    struct tls_live *live = &conn->core->live;
    uint8_t *text = dst + tls_header_size(conn->core->suite);
    const struct tls_place place = { dst, text, ALERT_SIZE, text + ALERT_SIZE };

    text[0] = live->alert_level;
    text[1] = live->alert;
    SSP_TRY(tls_record_seal(conn, TLS_TYPE_ALERT, &place));
    alert_said(live);
    return SSP_OK;
}

enum ssp_err tls_say(struct tls_conn *conn, uint8_t *dst)
{
    bool is_due = may_update(conn);

    if (is_due)
        SSP_TRY(seal_update(conn, dst));
    if (has_alert(conn))
        return seal_alert(conn, dst + (is_due ? TLS_UPDATE_SIZE : 0));
    return SSP_OK;
}
