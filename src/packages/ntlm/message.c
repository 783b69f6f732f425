/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/message.h"

#include "base/secbuf.h"
#include "packages/common/layout.h"

/* ---- Sending ----------------------------------------------------------- */

typedef enum ssp_err send_fn(struct ntlm_session *session, const struct ntlm_message *msg,
                             uint8_t ret_signature[NTLM_SIGNATURE_SIZE]);

static enum ssp_err send(struct ntlm_session *session, const SecBufferDesc *desc, uint32_t seq,
                         send_fn *protect)
{
    struct pkg_layout layout = { 0 };
    uint8_t signature[NTLM_SIGNATURE_SIZE];

    SSP_TRY(pkg_lay_out_to_send(desc, NTLM_SIGNATURE_SIZE, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    SSP_TRY(protect(session, &msg, signature));
    memcpy(layout.token->pvBuffer, signature, sizeof(signature));
    pkg_layout_sent(&layout, sizeof(signature));
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

static enum ssp_err received(const SecBufferDesc *desc, struct pkg_layout *ret)
{
    SSP_TRY(pkg_lay_out_parts(desc, ret));
    return ret->token->cbBuffer == NTLM_SIGNATURE_SIZE ? SSP_OK : ssp_fail(BAD_TOKEN);
}

enum ssp_err ntlm_message_verify(struct ntlm_session *session, const SecBufferDesc *desc,
                                 uint32_t seq)
{
    struct pkg_layout layout = { 0 };

    SSP_TRY(received(desc, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    return ntlm_verify(session, &msg, layout.token->pvBuffer);
}

/* Signature and data in one buffer: the DATA buffer comes to stand for the latter part. */
static enum ssp_err unseal_stream(struct ntlm_session *session, const struct pkg_layout *layout,
                                  uint32_t seq)
{
    PSecBuffer stream = layout->stream;

    if (stream == NULL || layout->token != NULL || layout->n != 1 || secbuf_is_readonly(stream))
        return ssp_fail(BAD_ARGUMENT);
    if (stream->cbBuffer < NTLM_SIGNATURE_SIZE)
        return ssp_fail(BAD_TOKEN);

    uint8_t *signature = stream->pvBuffer;
    const struct pkg_piece piece = { signature + NTLM_SIGNATURE_SIZE,
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
    struct pkg_layout layout = { 0 };

    SSP_TRY(secbuf_check(desc));
    if (has_stream(desc)) {
        SSP_TRY(pkg_lay_out(desc, &layout));
        return unseal_stream(session, &layout, seq);
    }
    SSP_TRY(received(desc, &layout));
    const struct ntlm_message msg = { layout.pieces, layout.n, seq };
    return ntlm_unseal(session, &msg, layout.token->pvBuffer);
}
