/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/layout.h"

#include "base/secbuf.h"

static enum ssp_err take_one(PSecBuffer *slot, PSecBuffer buffer)
{
    if (*slot != NULL)
        return ssp_fail(BAD_ARGUMENT);
    *slot = buffer;
    return SSP_OK;
}

static void take_data(struct pkg_layout *layout, PSecBuffer buffer)
{
    ULONG attributes = buffer->BufferType & SECBUFFER_ATTRMASK;

    if (layout->data == NULL)
        layout->data = buffer;
    layout->pieces[layout->n++] = (struct pkg_piece){
        .p = buffer->pvBuffer,
        .n = buffer->cbBuffer,
        .seal = !secbuf_is_readonly(buffer),
        .sign = (attributes & SECBUFFER_READONLY) == 0,
    };
}

static enum ssp_err take_buffer(struct pkg_layout *layout, PSecBuffer buffer)
{
    switch (secbuf_type(buffer)) {
    case SECBUFFER_TOKEN:
        return take_one(&layout->token, buffer);
    case SECBUFFER_STREAM:
        return take_one(&layout->stream, buffer);
    case SECBUFFER_PADDING:
        return take_one(&layout->padding, buffer);
    case SECBUFFER_DATA:
        take_data(layout, buffer);
        return SSP_OK;
    case SECBUFFER_EMPTY:
        return SSP_OK;
    default:
        return ssp_fail(BAD_ARGUMENT);
    }
}

enum ssp_err pkg_lay_out(const SecBufferDesc *desc, struct pkg_layout *ret)
{
    SSP_TRY(secbuf_check(desc));
    for (ULONG i = 0; i < desc->cBuffers; i++)
        SSP_TRY(take_buffer(ret, &desc->pBuffers[i]));
    return ret->data != NULL ? SSP_OK : ssp_fail(BAD_TOKEN);
}

enum ssp_err pkg_lay_out_parts(const SecBufferDesc *desc, struct pkg_layout *ret)
{
    SSP_TRY(pkg_lay_out(desc, ret));
    if (ret->stream != NULL)
        return ssp_fail(BAD_ARGUMENT);
    return ret->token != NULL ? SSP_OK : ssp_fail(BAD_TOKEN);
}

enum ssp_err pkg_lay_out_to_send(const SecBufferDesc *desc, size_t needed, struct pkg_layout *ret)
{
    SSP_TRY(pkg_lay_out_parts(desc, ret));
    if (secbuf_is_readonly(ret->token))
        return ssp_fail(BAD_ARGUMENT);
    if (ret->token->cbBuffer >= needed)
        return SSP_OK;
    ret->token->cbBuffer = (ULONG)needed;
    return ssp_fail(TOO_SMALL);
}

void pkg_layout_sent(const struct pkg_layout *layout, size_t n)
{
    layout->token->cbBuffer = (ULONG)n;
    if (layout->padding != NULL)
        layout->padding->cbBuffer = 0;
}
