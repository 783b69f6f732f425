/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/message.h"

#include "base/limits.h"
#include "base/secbuf.h"

struct layout { /* of one call's buffers; borrowed */
    PSecBuffer token;
    PSecBuffer stream;
    PSecBuffer data; /* the first one */
    struct ntlm_piece pieces[LIMIT_BUFFERS];
    size_t n;
};

static enum ssp_err take_one(PSecBuffer *slot, PSecBuffer buffer)
{
    if (*slot != NULL)
        return ssp_fail(BAD_ARGUMENT);
    *slot = buffer;
    return SSP_OK;
}

static void take_data(struct layout *layout, PSecBuffer buffer)
{
    ULONG attributes = buffer->BufferType & SECBUFFER_ATTRMASK;

    if (layout->data == NULL)
        layout->data = buffer;
    layout->pieces[layout->n++] = (struct ntlm_piece){
        .p = buffer->pvBuffer,
        .n = buffer->cbBuffer,
        .seal = !secbuf_is_readonly(buffer),
        .sign = (attributes & SECBUFFER_READONLY) == 0,
    };
}

static enum ssp_err take_buffer(struct layout *layout, PSecBuffer buffer)
{
    switch (secbuf_type(buffer)) {
    case SECBUFFER_TOKEN:
        return take_one(&layout->token, buffer);
    case SECBUFFER_STREAM:
        return take_one(&layout->stream, buffer);
    case SECBUFFER_DATA:
        take_data(layout, buffer);
        return SSP_OK;
    case SECBUFFER_PADDING:
    case SECBUFFER_EMPTY:
        return SSP_OK;
    default:
        return ssp_fail(BAD_ARGUMENT);
    }
}

static enum ssp_err lay_out(const SecBufferDesc *desc, struct layout *ret)
{
    SSP_TRY(secbuf_check(desc));
    for (ULONG i = 0; i < desc->cBuffers; i++)
        SSP_TRY(take_buffer(ret, &desc->pBuffers[i]));
    return ret->data != NULL ? SSP_OK : ssp_fail(BAD_TOKEN);
}

/* ---- Sending ----------------------------------------------------------- */

static enum ssp_err lay_out_send(const SecBufferDesc *desc, struct layout *ret)
{
    SSP_TRY(lay_out(desc, ret));
    if (ret->stream != NULL)
        return ssp_fail(BAD_ARGUMENT);
    if (ret->token == NULL)
        return ssp_fail(BAD_TOKEN);
    if (secbuf_is_readonly(ret->token))
        return ssp_fail(BAD_ARGUMENT);
    if (ret->token->cbBuffer >= NTLM_SIGNATURE_SIZE)
        return SSP_OK;
    ret->token->cbBuffer = NTLM_SIGNATURE_SIZE;
    return ssp_fail(TOO_SMALL);
}

static void put_signature(const SecBufferDesc *desc, PSecBuffer token,
                          const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    PSecBuffer padding = secbuf_find(desc, SECBUFFER_PADDING);

    memcpy(token->pvBuffer, signature, NTLM_SIGNATURE_SIZE);
    token->cbBuffer = NTLM_SIGNATURE_SIZE;
    if (padding != NULL)
        padding->cbBuffer = 0;
}

typedef enum ssp_err send_fn(struct ntlm_session *session, const struct ntlm_message *msg,
                             uint8_t ret_signature[NTLM_SIGNATURE_SIZE]);

static enum ssp_err send(struct ntlm_session *session, const SecBufferDesc *desc, uint32_t seq,
                         send_fn *protect)
{
    struct layout layout = { 0 };
    uint8_t signature[NTLM_SIGNATURE_SIZE];

    SSP_TRY(lay_out_send(desc, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    SSP_TRY(protect(session, &msg, signature));
    put_signature(desc, layout.token, signature);
    return SSP_OK;
}

enum ssp_err ntlm_message_sign(struct ntlm_session *session, ULONG qop, const SecBufferDesc *desc,
                               uint32_t seq)
{
    return qop == 0 ? send(session, desc, seq, ntlm_sign) : ssp_fail(BAD_QOP);
}

enum ssp_err ntlm_message_seal(struct ntlm_session *session, ULONG qop, const SecBufferDesc *desc,
                               uint32_t seq)
{
    if (qop == SECQOP_WRAP_NO_ENCRYPT)
        return send(session, desc, seq, ntlm_sign);
    return qop == 0 ? send(session, desc, seq, ntlm_seal) : ssp_fail(BAD_QOP);
}

/* ---- Receiving --------------------------------------------------------- */

static enum ssp_err lay_out_receive(const SecBufferDesc *desc, struct layout *ret)
{
    SSP_TRY(lay_out(desc, ret));
    if (ret->stream != NULL)
        return ssp_fail(BAD_ARGUMENT);
    if (ret->token == NULL || ret->token->cbBuffer != NTLM_SIGNATURE_SIZE)
        return ssp_fail(BAD_TOKEN);
    return SSP_OK;
}

enum ssp_err ntlm_message_verify(struct ntlm_session *session, const SecBufferDesc *desc,
                                 uint32_t seq)
{
    struct layout layout = { 0 };

    SSP_TRY(lay_out_receive(desc, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    return ntlm_verify(session, &msg, layout.token->pvBuffer);
}

/* Signature and data in one buffer: the DATA buffer comes to stand for the latter part. */
static enum ssp_err unseal_stream(struct ntlm_session *session, const struct layout *layout,
                                  uint32_t seq)
{
    PSecBuffer stream = layout->stream;

    if (stream == NULL || layout->token != NULL || layout->n != 1 || secbuf_is_readonly(stream))
        return ssp_fail(BAD_ARGUMENT);
    if (stream->cbBuffer < NTLM_SIGNATURE_SIZE)
        return ssp_fail(BAD_TOKEN);

    uint8_t *signature = stream->pvBuffer;
    const struct ntlm_piece piece = { signature + NTLM_SIGNATURE_SIZE,
                                      stream->cbBuffer - NTLM_SIGNATURE_SIZE, true, true };
    const struct ntlm_message msg = { &piece, 1, seq };
    SSP_TRY(ntlm_unseal(session, &msg, signature));
    layout->data->pvBuffer = piece.p;
    layout->data->cbBuffer = (ULONG)piece.n;
    return SSP_OK;
}

static bool has_stream(const SecBufferDesc *desc)
{
    return secbuf_find(desc, SECBUFFER_STREAM) != NULL;
}

enum ssp_err ntlm_message_unseal(struct ntlm_session *session, const SecBufferDesc *desc,
                                 uint32_t seq)
{
    struct layout layout = { 0 };

    SSP_TRY(secbuf_check(desc));
    if (has_stream(desc)) {
        SSP_TRY(lay_out(desc, &layout));
        return unseal_stream(session, &layout, seq);
    }
    SSP_TRY(lay_out_receive(desc, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    return ntlm_unseal(session, &msg, layout.token->pvBuffer);
}
