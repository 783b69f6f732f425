/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/message.h"

#include "base/secbuf.h"
#include "packages/common/layout.h"

static struct span span_of(const SecBuffer *buffer)
{
    if (buffer == NULL)
        return (struct span){ 0 };
    return (struct span){ buffer->pvBuffer, buffer->cbBuffer };
}

/* ---- Sending ----------------------------------------------------------- */

typedef enum ssp_err send_fn(struct krb_engine *engine, const struct krb_message *msg,
                             uint8_t *ret_token);

static enum ssp_err send(struct krb_engine *engine, const SecBufferDesc *desc, size_t needed,
                         send_fn *protect)
{
    struct pkg_layout layout = { 0 };

    SSP_TRY(pkg_lay_out_to_send(desc, needed, &layout));
    const struct krb_message msg = { layout.pieces, layout.n };
    SSP_TRY(protect(engine, &msg, layout.token->pvBuffer));
    pkg_layout_sent(&layout, needed);
    return SSP_OK;
}

enum ssp_err krb_message_sign(struct krb_engine *engine, ULONG qop, const SecBufferDesc *desc)
{
    if (qop != 0)
        return ssp_fail(BAD_QOP);
    return send(engine, desc, krb_mic_size(engine->session), krb_mic);
}

/* SECQOP_WRAP_OOB_DATA, which leaves the data out of the order of messages, is not supported like
 * any other that is not named here. */
enum ssp_err krb_message_seal(struct krb_engine *engine, ULONG qop, const SecBufferDesc *desc)
{
    if (qop == SECQOP_WRAP_NO_ENCRYPT)
        return send(engine, desc, krb_mic_size(engine->session), krb_wrap);
    if (qop != 0)
        return ssp_fail(BAD_QOP);
    return send(engine, desc, krb_seal_size(engine->session), krb_seal);
}

/* ---- Receiving --------------------------------------------------------- */

enum ssp_err krb_message_verify(struct krb_engine *engine, const SecBufferDesc *desc)
{
    struct pkg_layout layout = { 0 };

    SSP_TRY(pkg_lay_out_parts(desc, &layout));
    const struct krb_message msg = { layout.pieces, layout.n };
    return krb_mic_verify(engine, &msg, secbuf_view(layout.token));
}

static enum ssp_err unseal_parts(struct krb_engine *engine, const struct pkg_layout *layout,
                                 bool *ret_sealed)
{
    const struct krb_wrapped in = {
        .token = span_of(layout->token),
        .msg = { layout->pieces, layout->n },
        .padding = span_of(layout->padding),
    };

    /* They are decrypted as well. */
    if (secbuf_is_readonly(layout->token) ||
        (layout->padding != NULL && secbuf_is_readonly(layout->padding)))
        return ssp_fail(BAD_ARGUMENT);
    return krb_unwrap(engine, &in, ret_sealed);
}

/* The DATA buffer comes to stand for the part of the stream that is data. */
static enum ssp_err unseal_stream(struct krb_engine *engine, const struct pkg_layout *layout,
                                  bool *ret_sealed)
{
    struct span data = { 0 };

    if (layout->token != NULL || layout->n != 1 || secbuf_is_readonly(layout->stream))
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(krb_unwrap_stream(engine, span_of(layout->stream), &data, ret_sealed));
    layout->data->pvBuffer = data.p;
    layout->data->cbBuffer = (ULONG)data.n;
    return SSP_OK;
}

enum ssp_err krb_message_unseal(struct krb_engine *engine, const SecBufferDesc *desc,
                                ULONG *ret_qop)
{
    struct pkg_layout layout = { 0 };
    bool sealed = false;

    SSP_TRY(secbuf_check(desc));
    if (secbuf_find(desc, SECBUFFER_STREAM) != NULL) {
        SSP_TRY(pkg_lay_out(desc, &layout));
        SSP_TRY(unseal_stream(engine, &layout, &sealed));
    } else {
        SSP_TRY(pkg_lay_out_parts(desc, &layout));
        SSP_TRY(unseal_parts(engine, &layout, &sealed));
    }
    *ret_qop = sealed ? 0 : SECQOP_WRAP_NO_ENCRYPT;
    return SSP_OK;
}
