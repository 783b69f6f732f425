/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/receive.h"

#include <schannel.h>

#include "base/cleanup.h"
#include "packages/schannel/failure.h"

enum { NEW_SESSION_TICKET = 4, KEY_UPDATE = 24, HEAD_SIZE = 4, ALERT_SIZE = 2 };
enum { UPDATE_NOT_REQUESTED, UPDATE_REQUESTED };

/* ---- Handshake messages of TLS 1.3 -------------------------------------- */

static uint32_t body_size(const struct tls_partial *partial)
{
    return (uint32_t)partial->head[1] << 16 | (uint32_t)partial->head[2] << 8 | partial->head[3];
}

/* Nobody asked for anything else: post-handshake authentication was not offered (RFC 8446 4.6.2),
 * and a server's tickets are the only thing that has a place without being asked for. */
static enum ssp_err check_head(struct tls_conn *conn)
{
    const struct tls_partial *partial = &conn->core->live.partial;
    bool is_ticket = conn->core->role == TLS_CLIENT && partial->head[0] == NEW_SESSION_TICKET;

    if (!is_ticket && partial->head[0] != KEY_UPDATE)
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    if (body_size(partial) == 0 || (!is_ticket && body_size(partial) != 1))
        return tls_conn_die(conn, TLS1_ALERT_DECODE_ERROR);
    return SSP_OK;
}

static enum ssp_err update(struct tls_conn *conn, uint8_t request, bool is_last)
{
    ssp_cleanup(tls_next_wipe) struct tls_next next = { 0 };

    /* RFC 8446 5.1: "messages immediately preceding a key change" end where a record does. */
    if (!is_last)
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    if (request > UPDATE_REQUESTED)
        return tls_conn_die(conn, TLS1_ALERT_ILLEGAL_PARAMETER);
    SSP_TRY(tls_next_make(conn, TLS_RECV, &next));
    tls_next_use(conn, TLS_RECV, &next);
    if (request == UPDATE_REQUESTED)
        conn->core->live.update_owed = true;
    return SSP_OK;
}

static enum ssp_err take_head(struct tls_conn *conn, struct rd *in)
{
    struct tls_partial *partial = &conn->core->live.partial;

    while (partial->head_n < HEAD_SIZE && in->left.n != 0)
        partial->head[partial->head_n++] = rd_u8(in);
    if (partial->head_n < HEAD_SIZE)
        return SSP_OK;
    partial->body_left = body_size(partial);
    return check_head(conn);
}

static enum ssp_err take_body(struct tls_conn *conn, struct rd *in)
{
    struct tls_partial *partial = &conn->core->live.partial;
    size_t n = partial->body_left < in->left.n ? partial->body_left : in->left.n;
    struct view part = rd_view(in, n);

    partial->body_left -= (uint32_t)n;
    if (part.p == NULL || partial->body_left != 0)
        return SSP_OK;
    bool is_update = partial->head[0] == KEY_UPDATE;
    *partial = (struct tls_partial){ 0 };
    return is_update ? update(conn, part.p[0], in->left.n == 0) : SSP_OK;
}

static enum ssp_err take_messages(struct tls_conn *conn, struct view bytes)
{
    const struct tls_partial *partial = &conn->core->live.partial;
    struct rd in = rd_of(bytes);

    /* RFC 8446 5.1: "Implementations MUST NOT send zero-length fragments of Handshake types" */
    if (bytes.n == 0)
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    /* Ends: every turn takes a byte, of the head or of the body. */
    while (in.left.n != 0) {
        if (partial->head_n < HEAD_SIZE)
            SSP_TRY(take_head(conn, &in));
        else
            SSP_TRY(take_body(conn, &in));
    }
    return SSP_OK;
}

/* ---- Alerts ------------------------------------------------------------- */

/* RFC 8446 6: "The level ... can safely be ignored"; in 1.2 a warning ends nothing. */
static bool ends_nothing(const struct tls_conn *conn, uint8_t level, uint8_t alert)
{
    if (alert == TLS1_ALERT_USER_CANCELED)
        return true;
    return conn->core->suite->version == TLS_1_2 && level == TLS1_ALERT_WARNING;
}

static enum ssp_err take_alert(struct tls_conn *conn, struct view bytes, enum tls_event *ret_event)
{
    struct rd in = rd_of(bytes);
    uint8_t level = rd_u8(&in);
    uint8_t alert = rd_u8(&in);

    /* RFC 8446 5.1: "a record with an Alert type MUST contain exactly one message" */
    if (rd_end(&in) != SSP_OK)
        return tls_conn_die(conn, TLS1_ALERT_DECODE_ERROR);
    if (level != TLS1_ALERT_WARNING && level != TLS1_ALERT_FATAL)
        return tls_conn_die(conn, TLS1_ALERT_ILLEGAL_PARAMETER);
    if (alert == TLS1_ALERT_CLOSE_NOTIFY) {
        conn->core->live.close_received = true;
        *ret_event = TLS_EVENT_CLOSED;
        return SSP_OK;
    }
    if (ends_nothing(conn, level, alert))
        return SSP_OK;
    conn->core->live.is_dead = true; /* and nothing is to be sent */
    return tls_failure_of_alert(alert);
}

/* ---- Records ------------------------------------------------------------ */

/* RFC 5246 7.2.2: no_renegotiation, "the client should respond with this alert". */
static void refuse_renegotiation(struct tls_conn *conn, enum tls_event *ret_event)
{
    struct tls_live *live = &conn->core->live;

    if (live->alert_level == 0) { /* nothing that the application wants to say is lost for it */
        live->alert_level = TLS1_ALERT_WARNING;
        live->alert = TLS1_ALERT_NO_RENEGOTIATION;
    }
    *ret_event = TLS_EVENT_RENEGOTIATION;
}

static enum ssp_err take_quiet(struct tls_conn *conn, struct tls_received *received)
{
    const struct view text = { received->record.text, received->record.n };

    if (++conn->quiet > TLS_QUIET_MAX)
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    switch (received->record.type) {
    case TLS_TYPE_DATA: /* empty */
        return SSP_OK;
    case TLS_TYPE_ALERT:
        return take_alert(conn, text, &received->event);
    case TLS_TYPE_HANDSHAKE:
        if (conn->core->suite->version == TLS_1_3)
            return take_messages(conn, text);
        refuse_renegotiation(conn, &received->event);
        return SSP_OK;
    default: /* RFC 8446 5: an unexpected record type, encrypted change_cipher_spec among them */
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    }
}

/* RFC 8446 5.1: between the fragments of a handshake message "there MUST NOT be any other
 * records". */
static bool is_interleaved(const struct tls_conn *conn, const struct tls_opened *record)
{
    return conn->core->live.partial.head_n != 0 && record->type != TLS_TYPE_HANDSHAKE;
}

static bool is_data(const struct tls_opened *record)
{
    return record->type == TLS_TYPE_DATA && record->n != 0;
}

static enum ssp_err take(struct tls_conn *conn, struct tls_received *received)
{
    if (is_interleaved(conn, &received->record))
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    if (!is_data(&received->record))
        return take_quiet(conn, received);
    conn->quiet = 0;
    received->event = TLS_EVENT_DATA;
    return SSP_OK;
}

/* A failure takes the record back, so that the caller's bytes and, unless the session has died of
 * it, the session are as they were. */
static enum ssp_err take_or_undo(struct tls_conn *conn, struct tls_received *received)
{
    const struct tls_partial before = conn->core->live.partial;
    enum ssp_err e = take(conn, received);

    if (e == SSP_OK)
        return SSP_OK;
    conn->core->live.partial = before;
    SSP_TRY(tls_record_unopen(conn, &received->record));
    return e;
}

static enum ssp_err open_one(struct tls_conn *conn, uint8_t *bytes, size_t n,
                             struct tls_received *ret, size_t *ret_missing)
{
    const struct tls_live *live = &conn->core->live;

    *ret = (struct tls_received){ .event = TLS_EVENT_QUIET };
    if (live->is_dead)
        return ssp_fail(EXPIRED);
    return tls_record_open(conn, bytes, n, &ret->record, ret_missing);
}

/* RFC 8446 6.1: "Any data received after a closure alert has been received MUST be ignored." */
static bool is_over(const struct tls_conn *conn, size_t n, struct tls_received *ret)
{
    if (conn->core->live.is_dead || !conn->core->live.close_received)
        return false;
    *ret = (struct tls_received){ .event = TLS_EVENT_CLOSED, .record.whole_n = n };
    return true;
}

enum ssp_err tls_receive(struct tls_conn *conn, uint8_t *bytes, size_t n, struct tls_received *ret,
                         size_t *ret_missing)
{
    if (is_over(conn, n, ret))
        return SSP_OK;
    SSP_TRY(open_one(conn, bytes, n, ret, ret_missing));
    return take_or_undo(conn, ret);
}

enum ssp_err tls_receive_quiet(struct tls_conn *conn, uint8_t *bytes, size_t n,
                               struct tls_received *ret, size_t *ret_missing)
{
    if (is_over(conn, n, ret))
        return SSP_OK;
    SSP_TRY(open_one(conn, bytes, n, ret, ret_missing));
    if (!is_data(&ret->record) || is_interleaved(conn, &ret->record))
        return take_or_undo(conn, ret);
    ret->event = TLS_EVENT_DATA;
    return tls_record_unopen(conn, &ret->record);
}
