/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of packages that make a stream of their own (TLS): what they say goes out
 * as it is, and what comes in is given to them until they have enough.  What they
 * leave (SECBUFFER_EXTRA), or have too little of, stays with the connection, so it
 * travels when the session does.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/wr.h"
#include "cli/demo/talk.h"

/* Bytes that are there, or, if more are wanted, those and the next ones. */
static enum ssp_err fill(struct talk *talk, bool more)
{
    return more || talk->conn.ahead_n == 0 ? conn_read_ahead(&talk->conn, CONN_AHEAD_MAX) : SSP_OK;
}

static const SecBuffer *find(const SecBufferDesc *desc, ULONG type)
{
    for (ULONG i = 0; i < desc->cBuffers; i++) {
        if (desc->pBuffers[i].BufferType == type)
            return &desc->pBuffers[i];
    }
    return NULL;
}

/* All has been used but what the package has left. */
static void use(struct talk *talk, const SecBufferDesc *desc)
{
    const SecBuffer *extra = find(desc, SECBUFFER_EXTRA);
    size_t left = extra != NULL ? extra->cbBuffer : 0;

    conn_drop(&talk->conn, talk->conn.ahead_n - left);
}

/* ---- The handshake --------------------------------------------------------------------------- */

static enum ssp_err send_token(struct talk *talk, struct view token)
{
    return conn_write(&talk->conn, token);
}

static enum ssp_err receive_token(struct talk *talk, bool more, struct talk_input *ret)
{
    SSP_TRY(fill(talk, more));
    ret->buffers[0] = (SecBuffer){ (ULONG)talk->conn.ahead_n, SECBUFFER_TOKEN, talk->conn.ahead };
    ret->buffers[1] = (SecBuffer){ 0, SECBUFFER_EMPTY, NULL };
    ret->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, ret->buffers };
    return SSP_OK;
}

static void took(struct talk *talk, const struct talk_input *input, SECURITY_STATUS status)
{
    if (status != SEC_E_INCOMPLETE_MESSAGE)
        use(talk, &input->desc);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static SECURITY_STATUS learn_sizes(struct talk *talk)
{
    SECURITY_STATUS status =
        QueryContextAttributesA(&talk->ctx, SECPKG_ATTR_STREAM_SIZES, &talk->stream);

    return status == SEC_E_OK ? status : demo_blame(talk->role, "stream sizes", status);
}

static enum ssp_err write_parts(struct talk *talk, const SecBuffer *parts, size_t n)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_BODY_MAX);

    for (size_t i = 0; i < n; i++)
        wr_view(&out, (struct view){ parts[i].pvBuffer, parts[i].cbBuffer });
    SSP_TRY(out.err);
    return conn_write(&talk->conn, (struct view){ out.p, out.n });
}

static SECURITY_STATUS stream_send(struct talk *talk, bool sealed, const char *text)
{
    uint8_t room[1024];
    const ULONG header = talk->stream.cbHeader;
    const ULONG trailer = talk->stream.cbTrailer;
    const ULONG n = (ULONG)strlen(text);

    (void)sealed; /* nothing goes out that is not */
    if (header > sizeof(room) || trailer > sizeof(room) || header + trailer + n > sizeof(room))
        return demo_blame(talk->role, "message", SEC_E_BUFFER_TOO_SMALL);
    SecBuffer buffers[] = {
        { header, SECBUFFER_STREAM_HEADER, room },
        { n, SECBUFFER_DATA, room + header },
        { trailer, SECBUFFER_STREAM_TRAILER, room + header + n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    memcpy(buffers[1].pvBuffer, text, n);
    SECURITY_STATUS status = EncryptMessage(&talk->ctx, 0, &desc, 0);
    if (status != SEC_E_OK)
        return demo_blame(talk->role, "EncryptMessage", status);
    enum ssp_err e = write_parts(talk, buffers, 3);
    return e == SSP_OK ? SEC_E_OK : demo_blame_err(talk->role, "sending a message", e);
}

/* What DecryptMessage makes of the bytes that are there; a text that is empty is none. */
static SECURITY_STATUS decrypt(struct talk *talk, char ret[TALK_TEXT_MAX])
{
    SecBuffer buffers[] = {
        { (ULONG)talk->conn.ahead_n, SECBUFFER_DATA, talk->conn.ahead },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = DecryptMessage(&talk->ctx, &desc, 0, NULL);
    const SecBuffer *data = find(&desc, SECBUFFER_DATA);

    if (status != SEC_E_OK)
        return status;
    ret[0] = '\0';
    if (data != NULL && data->cbBuffer != 0)
        (void)snprintf(ret, TALK_TEXT_MAX, "%.*s", (int)data->cbBuffer,
                       (const char *)data->pvBuffer);
    use(talk, &desc);
    return SEC_E_OK;
}

static SECURITY_STATUS stream_receive(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX])
{
    char text[TALK_TEXT_MAX] = "";
    SECURITY_STATUS status = SEC_E_OK;

    while (text[0] == '\0') {
        enum ssp_err e = fill(talk, status == SEC_E_INCOMPLETE_MESSAGE);

        if (e != SSP_OK)
            return demo_blame_err(talk->role, "receiving a message", e);
        status = decrypt(talk, text);
        if (status != SEC_E_OK && status != SEC_E_INCOMPLETE_MESSAGE)
            return demo_blame(talk->role, "DecryptMessage", status);
    }
    *ret_sealed = true;
    memcpy(ret, text, sizeof(text));
    return SEC_E_OK;
}

const struct talk_way talk_stream = {
    .is_stream = true,
    .initiate = ISC_REQ_STREAM,
    .accept = ASC_REQ_STREAM | ASC_REQ_MUTUAL_AUTH,
    .send_token = send_token,
    .receive_token = receive_token,
    .took = took,
    .learn_sizes = learn_sizes,
    .send = stream_send,
    .receive = stream_receive,
};
