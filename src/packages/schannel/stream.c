/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/stream.h"

#include "base/secbuf.h"

/* ---- Sending ----------------------------------------------------------- */

struct sending { /* one call's buffers; borrowed */
    PSecBuffer header;
    PSecBuffer data;
    PSecBuffer trailer;
};

static enum ssp_err find_sending(const SecBufferDesc *desc, struct sending *ret)
{
    SSP_TRY(secbuf_check(desc));
    *ret = (struct sending){
        secbuf_find(desc, SECBUFFER_STREAM_HEADER),
        secbuf_find(desc, SECBUFFER_DATA),
        secbuf_find(desc, SECBUFFER_STREAM_TRAILER),
    };
    if (ret->header == NULL || ret->data == NULL || ret->trailer == NULL)
        return ssp_fail(BAD_TOKEN);
    if (secbuf_is_readonly(ret->header) || secbuf_is_readonly(ret->data) ||
        secbuf_is_readonly(ret->trailer))
        return ssp_fail(BAD_ARGUMENT);
    return SSP_OK;
}

static enum ssp_err check_room(const struct tls_suite *suite, const struct sending *sending)
{
    size_t header_n = tls_header_size(suite);
    size_t trailer_n = tls_trailer_size(suite);

    if (sending->data->cbBuffer > TLS_TEXT_MAX)
        return ssp_fail(CANNOT_ENCRYPT);
    if (sending->header->cbBuffer >= header_n && sending->trailer->cbBuffer >= trailer_n)
        return SSP_OK;
    sending->header->cbBuffer = (ULONG)header_n;
    sending->trailer->cbBuffer = (ULONG)trailer_n;
    return ssp_fail(TOO_SMALL);
}

enum ssp_err tls_stream_seal(struct tls_conn *conn, ULONG qop, const SecBufferDesc *desc)
{
    const struct tls_suite *suite = conn->core->suite;
    struct sending sending;
    size_t tail_n = 0;

    if (qop != 0)
        return ssp_fail(BAD_QOP);
    SSP_TRY(find_sending(desc, &sending));
    SSP_TRY(check_room(suite, &sending));
    /* An empty text may be nowhere. */
    const struct tls_place place = {
        .header = sending.header->pvBuffer,
        .text = sending.data->cbBuffer != 0 ? sending.data->pvBuffer : sending.trailer->pvBuffer,
        .n = sending.data->cbBuffer,
        .tail = sending.trailer->pvBuffer,
    };
    SSP_TRY(tls_send_data(conn, &place, &tail_n));
    sending.header->cbBuffer = (ULONG)tls_header_size(suite);
    sending.trailer->cbBuffer = (ULONG)tail_n;
    return SSP_OK;
}

/* ---- Receiving --------------------------------------------------------- */

enum { EMPTY_NEEDED = 3 }; /* beside DATA: DATA, STREAM_TRAILER, EXTRA */

struct receiving { /* one call's buffers; borrowed */
    PSecBuffer data;
    PSecBuffer empty[EMPTY_NEEDED];
    size_t n_empty;
};

/* MISSING is what the call before this one may have left. */
static bool is_empty(const SecBuffer *buffer)
{
    ULONG type = secbuf_type(buffer);

    return type == SECBUFFER_EMPTY || type == SECBUFFER_MISSING;
}

static enum ssp_err find_receiving(const SecBufferDesc *desc, struct receiving *ret)
{
    SSP_TRY(secbuf_check(desc));
    *ret = (struct receiving){ .data = secbuf_find(desc, SECBUFFER_DATA) };
    for (ULONG i = 0; i < desc->cBuffers && ret->n_empty < EMPTY_NEEDED; i++)
        if (is_empty(&desc->pBuffers[i]))
            ret->empty[ret->n_empty++] = &desc->pBuffers[i];
    if (ret->data == NULL || ret->n_empty < EMPTY_NEEDED)
        return ssp_fail(BAD_TOKEN);
    return secbuf_is_readonly(ret->data) ? ssp_fail(BAD_ARGUMENT) : SSP_OK;
}

static void set(PSecBuffer buffer, ULONG type, uint8_t *p, size_t n)
{
    *buffer = (SecBuffer){ (ULONG)n, type, p };
}

static enum ssp_err still_missing(const struct receiving *receiving, size_t n)
{
    set(receiving->empty[0], SECBUFFER_MISSING, NULL, n);
    return ssp_fail(INCOMPLETE);
}

/* Where the text stands in the caller's bytes; all three are empty when there was none. */
static void answer(const struct receiving *receiving, size_t before, size_t used,
                   const struct tls_received *last)
{
    uint8_t *bytes = receiving->data->pvBuffer;
    size_t extra_n = receiving->data->cbBuffer - used;
    bool is_data = last->event == TLS_EVENT_DATA;
    uint8_t *text = is_data ? last->record.text : bytes;
    size_t text_n = is_data ? last->record.n : 0;
    size_t header_n = is_data ? (size_t)(text - bytes) - before : 0;
    size_t trailer_n = is_data ? last->record.whole_n - header_n - text_n : 0;

    set(receiving->data, SECBUFFER_STREAM_HEADER, is_data ? text - header_n : bytes, header_n);
    set(receiving->empty[0], SECBUFFER_DATA, text, text_n);
    set(receiving->empty[1], SECBUFFER_STREAM_TRAILER, is_data ? text + text_n : bytes, trailer_n);
    if (extra_n != 0)
        set(receiving->empty[2], SECBUFFER_EXTRA, bytes + used, extra_n);
    else
        set(receiving->empty[2], SECBUFFER_EMPTY, NULL, 0);
}

/* One record after the other until one is for the application.  One that is not whole yet, or not
 * to be taken now, is no concern of this call when others were taken: it is left over as EXTRA. */
static enum ssp_err receive_all(struct tls_conn *conn, PSecBuffer data, size_t *ret_before,
                                struct tls_received *ret_last, size_t *ret_missing)
{
    uint8_t *p = data->pvBuffer;
    size_t n = data->cbBuffer;
    size_t used = 0;

    do {
        struct tls_received received;
        enum ssp_err e =
            tls_receive(conn, used == 0 ? p : p + used, n - used, &received, ret_missing);

        if (e != SSP_OK)
            return used != 0 && (e == SSP_ERR_INCOMPLETE || e == SSP_ERR_NO_MEMORY) ? SSP_OK : e;
        *ret_before = used;
        *ret_last = received;
        used += received.record.whole_n;
    } while (ret_last->event == TLS_EVENT_QUIET && used < n);
    return SSP_OK;
}

enum ssp_err tls_stream_open(struct tls_conn *conn, const SecBufferDesc *desc,
                             enum tls_event *ret_event)
{
    struct receiving receiving;
    struct tls_received last = { .event = TLS_EVENT_QUIET };
    size_t before = 0;
    size_t missing = 0;

    SSP_TRY(find_receiving(desc, &receiving));
    enum ssp_err e = receive_all(conn, receiving.data, &before, &last, &missing);
    if (e == SSP_ERR_INCOMPLETE)
        return still_missing(&receiving, missing);
    SSP_TRY(e);
    answer(&receiving, before, before + last.record.whole_n, &last);
    *ret_event = last.event;
    return SSP_OK;
}
