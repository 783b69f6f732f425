/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/control.h"

#include <opensspi.h>
#include <schannel.h>

#include "base/cleanup.h"
#include "base/secbuf.h"
#include "packages/schannel/send.h"

/* ---- Control tokens ----------------------------------------------------- */

static enum ssp_err plan_alert(struct tls_conn *conn, uint32_t level, uint32_t alert)
{
    struct tls_live *live = &conn->core->live;

    if ((level != TLS1_ALERT_WARNING && level != TLS1_ALERT_FATAL) || alert > UINT8_MAX)
        return ssp_fail(BAD_TOKEN);
    if (live->is_dead || live->close_sent)
        return ssp_fail(EXPIRED);
    live->alert_level = (uint8_t)level;
    live->alert = (uint8_t)alert;
    return SSP_OK;
}

static enum ssp_err apply_shutdown(struct tls_conn *conn, struct rd *in)
{
    SSP_TRY(rd_end(in));
    return plan_alert(conn, TLS1_ALERT_WARNING, TLS1_ALERT_CLOSE_NOTIFY);
}

static enum ssp_err apply_alert(struct tls_conn *conn, struct rd *in)
{
    uint32_t level = rd_le32(in);
    uint32_t alert = rd_le32(in);

    SSP_TRY(rd_end(in));
    return plan_alert(conn, level, alert);
}

static enum ssp_err apply_update(struct tls_conn *conn, struct rd *in)
{
    struct tls_live *live = &conn->core->live;
    uint32_t flags = rd_le32(in);

    SSP_TRY(rd_end(in));
    if ((flags & ~(uint32_t)OPENSSPI_TLS_KEY_UPDATE_BOTH) != 0)
        return ssp_fail(BAD_TOKEN);
    if (conn->core->suite->version != TLS_1_3)
        return ssp_fail(UNSUPPORTED);
    if (live->is_dead || live->close_sent)
        return ssp_fail(EXPIRED);
    live->update_wanted = live->update_wanted || (flags & OPENSSPI_TLS_KEY_UPDATE_BOTH) != 0;
    live->update_owed = true;
    return SSP_OK;
}

static enum ssp_err apply_none(struct tls_conn *conn, struct rd *in)
{
    (void)conn;
    (void)in;
    return ssp_fail(UNSUPPORTED);
}

static const struct {
    uint32_t type;
    enum ssp_err (*apply)(struct tls_conn *conn, struct rd *in);
} controls[] = {
    { SCHANNEL_RENEGOTIATE, apply_none },      { SCHANNEL_SHUTDOWN, apply_shutdown },
    { SCHANNEL_ALERT, apply_alert },           { SCHANNEL_SESSION, apply_none },
    { OPENSSPI_TLS_KEY_UPDATE, apply_update },
};

enum ssp_err tls_control_apply(struct tls_conn *conn, const SecBufferDesc *input)
{
    SSP_TRY(secbuf_check(input));
    struct rd in = rd_of(secbuf_view(secbuf_find(input, SECBUFFER_TOKEN)));
    uint32_t type = rd_le32(&in);

    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
        if (controls[i].type == type)
            return controls[i].apply(conn, &in);
    return ssp_fail(BAD_TOKEN);
}

/* ---- What the peer said -------------------------------------------------- */

static void mark(const SecBufferDesc *input, ULONG type, size_t n)
{
    PSecBuffer empty = secbuf_find(input, SECBUFFER_EMPTY);

    if (empty != NULL)
        *empty = (SecBuffer){ (ULONG)n, type, NULL };
}

/* Up to a record with data, or one that changes what the call answers. */
static enum ssp_err hear_records(struct tls_conn *conn, const SecBuffer *token, size_t *ret_used,
                                 size_t *ret_missing, enum tls_event *ret_event)
{
    uint8_t *bytes = token->pvBuffer;

    /* Ends: every turn takes a record. */
    while (*ret_used < token->cbBuffer && *ret_event == TLS_EVENT_QUIET) {
        struct tls_received received;

        SSP_TRY(tls_receive_quiet(conn, bytes + *ret_used, token->cbBuffer - *ret_used, &received,
                                  ret_missing));
        *ret_event = received.event;
        if (received.event != TLS_EVENT_DATA)
            *ret_used += received.record.whole_n;
    }
    return SSP_OK;
}

/* Records that were heard cannot be heard again: what stops the next one leaves it over. */
static bool is_left_over(enum ssp_err e, size_t used)
{
    return used != 0 && (e == SSP_ERR_INCOMPLETE || e == SSP_ERR_NO_MEMORY);
}

static bool has_several(const SecBuffer *token)
{
    struct rd in = rd_of(secbuf_view(token));

    (void)rd_view(&in, TLS_PLAIN_HEADER_SIZE - sizeof(uint16_t));
    size_t n = rd_be16(&in);
    return rd_ok(&in) && in.left.n > n;
}

/* Bytes that nobody can be told of would be lost, so without a place for that one record is heard,
 * which is none of data. */
static enum ssp_err hear(struct tls_conn *conn, const SecBufferDesc *input,
                         enum tls_event *ret_event)
{
    const SecBuffer *token = secbuf_find(input, SECBUFFER_TOKEN);
    bool can_tell = secbuf_find(input, SECBUFFER_EMPTY) != NULL;
    size_t used = 0;
    size_t missing = 0;

    if (secbuf_is_readonly(token) || (!can_tell && has_several(token)))
        return ssp_fail(BAD_ARGUMENT);
    enum ssp_err e = hear_records(conn, token, &used, &missing, ret_event);
    if (e == SSP_ERR_INCOMPLETE && used == 0)
        mark(input, SECBUFFER_MISSING, missing);
    if (e != SSP_OK && !is_left_over(e, used))
        return e;
    if (used < token->cbBuffer && !can_tell)
        return ssp_fail(BAD_ARGUMENT);
    if (used < token->cbBuffer)
        mark(input, SECBUFFER_EXTRA, token->cbBuffer - used);
    return SSP_OK;
}

/* ---- What is to be said --------------------------------------------------- */

/* The caller's memory, or a block for it; nothing has changed when this fails. */
static enum ssp_err find_room(const struct tls_turn *turn, size_t n, struct block *block)
{
    PSecBuffer token = secbuf_find(turn->output, SECBUFFER_TOKEN);

    if (n == 0)
        return SSP_OK;
    if (token == NULL || secbuf_is_readonly(token))
        return ssp_fail(BAD_ARGUMENT);
    if (turn->heap != NULL)
        return block_new(n, block);
    if (token->pvBuffer != NULL && token->cbBuffer >= n)
        return SSP_OK;
    token->cbBuffer = (ULONG)n;
    return ssp_fail(TOO_SMALL);
}

static void say_nothing(const struct tls_turn *turn)
{
    PSecBuffer token = secbuf_find(turn->output, SECBUFFER_TOKEN);

    if (token != NULL && !secbuf_is_readonly(token))
        token->cbBuffer = 0;
}

/* Into the room that was found. */
static enum ssp_err say(struct tls_conn *conn, const struct tls_turn *turn, struct block *block)
{
    PSecBuffer token = secbuf_find(turn->output, SECBUFFER_TOKEN);
    size_t n = tls_say_size(conn);

    if (n == 0) {
        say_nothing(turn);
        return SSP_OK;
    }
    SSP_TRY(tls_say(conn, block->p != NULL ? block->p : token->pvBuffer));
    if (block->p != NULL)
        token->pvBuffer = ssp_steal(&block->p);
    token->cbBuffer = (ULONG)n;
    return SSP_OK;
}

/* A session that has failed may still owe an alert, which is then all that it has to say. */
static enum ssp_err check_alive(struct tls_conn *conn)
{
    if (conn->core->live.is_dead && tls_say_size(conn) == 0)
        return ssp_fail(EXPIRED);
    return SSP_OK;
}

/* What went wrong is told to the peer as well, where the application sends that. */
static void tell_why(struct tls_conn *conn, const struct tls_turn *turn, struct block *block,
                     struct tls_turned *ret)
{
    bool has_alert = turn->tells_errors && conn->core->live.is_dead && tls_say_size(conn) != 0;

    ret->has_alert = has_alert && say(conn, turn, block) == SSP_OK;
}

/* What cannot be said for want of memory stays owed: the same input does not come twice. */
static enum ssp_err hear_and_say(struct tls_conn *conn, const struct tls_turn *turn,
                                 struct block *block, struct tls_turned *ret)
{
    enum ssp_err e = hear(conn, turn->input, &ret->event);

    if (e != SSP_OK) {
        tell_why(conn, turn, block, ret);
        return e;
    }
    if (say(conn, turn, block) != SSP_OK)
        say_nothing(turn);
    return SSP_OK;
}

static bool has_input(const struct tls_turn *turn)
{
    const SecBuffer *token = secbuf_find(turn->input, SECBUFFER_TOKEN);

    return token != NULL && token->cbBuffer != 0;
}

enum ssp_err tls_control_turn(struct tls_conn *conn, const struct tls_turn *turn,
                              struct tls_turned *ret)
{
    ssp_cleanup(block_free) struct block block = { .heap = turn->heap };

    *ret = (struct tls_turned){ .event = TLS_EVENT_QUIET };
    SSP_TRY(secbuf_check_optional(turn->input));
    SSP_TRY(secbuf_check_optional(turn->output));
    SSP_TRY(check_alive(conn));
    /* What is heard may have to be answered, so the room is looked for before. */
    bool hears = !conn->core->live.is_dead && has_input(turn);
    SSP_TRY(find_room(turn, hears ? TLS_SAY_MAX : tls_say_size(conn), &block));
    return hears ? hear_and_say(conn, turn, &block, ret) : say(conn, turn, &block);
}
