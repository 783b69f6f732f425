/* SPDX-License-Identifier: Apache-2.0 */
/* The way of packages that protect messages one by one: everything is a frame. */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/wr.h"
#include "cli/demo/talk.h"

/* ---- The handshake --------------------------------------------------------------------------- */

static enum ssp_err send_token(struct talk *talk, struct view token)
{
    return conn_send(&talk->conn, FRAME_TOKEN, token);
}

/* A frame is whole, so a leg that wants more of it wants what the peer did not send. */
static enum ssp_err receive_token(struct talk *talk, bool more, struct talk_input *ret)
{
    struct frame *frame = &talk->frame;

    if (more)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(conn_receive(&talk->conn, frame));
    if (frame->kind != FRAME_TOKEN)
        return ssp_fail(BAD_TOKEN);
    ret->buffers[0] = (SecBuffer){ (ULONG)frame->n, SECBUFFER_TOKEN, frame->body };
    ret->desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, ret->buffers };
    return SSP_OK;
}

static void took(struct talk *talk, const struct talk_input *input, SECURITY_STATUS status)
{
    (void)talk;
    (void)input;
    (void)status;
}

/* ---- Messages -------------------------------------------------------------------------------- */

static SECURITY_STATUS learn_sizes(struct talk *talk)
{
    SECURITY_STATUS status = QueryContextAttributesA(&talk->ctx, SECPKG_ATTR_SIZES, &talk->sizes);

    return status == SEC_E_OK ? status : demo_blame(talk->role, "sizes", status);
}

/* Room for the token, then the text, in one block; the buffers point into it. */
struct message {
    uint8_t bytes[FRAME_BODY_MAX];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static void message_lay_out(struct message *m, size_t token_n, size_t data_n)
{
    m->buffers[0] = (SecBuffer){ (ULONG)token_n, SECBUFFER_TOKEN, m->bytes };
    m->buffers[1] = (SecBuffer){ (ULONG)data_n, SECBUFFER_DATA, m->bytes + token_n };
    m->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, m->buffers };
}

static enum ssp_err send_message(struct talk *talk, bool sealed, const struct message *m)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_BODY_MAX);

    wr_le16(&out, m->buffers[0].cbBuffer);
    wr_view(&out, (struct view){ m->buffers[0].pvBuffer, m->buffers[0].cbBuffer });
    wr_view(&out, (struct view){ m->buffers[1].pvBuffer, m->buffers[1].cbBuffer });
    SSP_TRY(out.err);
    return conn_send(&talk->conn, sealed ? FRAME_SEALED : FRAME_SIGNED,
                     (struct view){ out.p, out.n });
}

static SECURITY_STATUS packet_send(struct talk *talk, bool sealed, const char *text)
{
    struct message m;
    size_t token_n = sealed ? talk->sizes.cbSecurityTrailer : talk->sizes.cbMaxSignature;
    size_t n = strlen(text);

    if (token_n + n > sizeof(m.bytes))
        return demo_blame(talk->role, "message", SEC_E_BUFFER_TOO_SMALL);
    message_lay_out(&m, token_n, n);
    memcpy(m.buffers[1].pvBuffer, text, n);
    SECURITY_STATUS status = sealed ? EncryptMessage(&talk->ctx, 0, &m.desc, 0)
                                    : MakeSignature(&talk->ctx, 0, &m.desc, 0);
    if (status != SEC_E_OK)
        return demo_blame(talk->role, sealed ? "EncryptMessage" : "MakeSignature", status);
    enum ssp_err e = send_message(talk, sealed, &m);
    return e == SSP_OK ? SEC_E_OK : demo_blame_err(talk->role, "sending a message", e);
}

static enum ssp_err receive_message(struct talk *talk, bool *ret_sealed, struct message *ret)
{
    struct frame *frame = &talk->frame;

    SSP_TRY(conn_receive(&talk->conn, frame));
    if (frame->kind == FRAME_TOKEN)
        return ssp_fail(BAD_TOKEN);
    struct rd in = rd_of((struct view){ frame->body, frame->n });
    struct view token = rd_view(&in, rd_le16(&in));
    struct view data = in.left;
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    message_lay_out(ret, token.n, data.n);
    memcpy(ret->buffers[0].pvBuffer, token.p, token.n);
    memcpy(ret->buffers[1].pvBuffer, data.p, data.n);
    *ret_sealed = frame->kind == FRAME_SEALED;
    return SSP_OK;
}

static SECURITY_STATUS packet_receive(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX])
{
    struct message m;
    enum ssp_err e = receive_message(talk, ret_sealed, &m);

    if (e != SSP_OK)
        return demo_blame_err(talk->role, "receiving a message", e);
    SECURITY_STATUS status = *ret_sealed ? DecryptMessage(&talk->ctx, &m.desc, 0, NULL)
                                         : VerifySignature(&talk->ctx, &m.desc, 0, NULL);
    if (status != SEC_E_OK)
        return demo_blame(talk->role, *ret_sealed ? "DecryptMessage" : "VerifySignature", status);
    (void)snprintf(ret, TALK_TEXT_MAX, "%.*s", (int)m.buffers[1].cbBuffer,
                   (const char *)m.buffers[1].pvBuffer);
    return SEC_E_OK;
}

const struct talk_way talk_packets = {
    .initiate = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT,
    .accept = ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT,
    .send_token = send_token,
    .receive_token = receive_token,
    .took = took,
    .learn_sizes = learn_sizes,
    .send = packet_send,
    .receive = packet_receive,
};
