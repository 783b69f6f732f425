/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/output.h"

#include "base/heap.h"
#include "base/secbuf.h"

static ULONG count(const struct output *output)
{
    return output->desc != NULL ? output->desc->cBuffers : 0;
}

ULONG output_error_flag(bool accept)
{
    return accept ? ASC_REQ_EXTENDED_ERROR : ISC_REQ_EXTENDED_ERROR;
}

void output_remember(const SecBufferDesc *desc, bool accept, ULONG requirements, struct output *ret)
{
    ret->desc = desc;
    ret->error_flag = output_error_flag(accept);
    ret->is_asked = (requirements & ret->error_flag) != 0;
    for (ULONG i = 0; i < count(ret); i++) {
        ret->sizes[i] = desc->pBuffers[i].cbBuffer;
        ret->places[i] = desc->pBuffers[i].pvBuffer;
    }
}

bool output_fits(const struct output *output)
{
    for (ULONG i = 0; i < count(output); i++) {
        const SecBuffer *buffer = &output->desc->pBuffers[i];
        bool is_made = buffer->pvBuffer != output->places[i];

        if (buffer->pvBuffer != NULL &&
            buffer->cbBuffer > (is_made ? LIMIT_TOKEN : output->sizes[i]))
            return false;
    }
    return true;
}

static bool take_back_places(const struct output *output)
{
    bool fine = true;

    for (ULONG i = 0; i < count(output); i++) {
        SecBuffer *buffer = &output->desc->pBuffers[i];

        if (buffer->pvBuffer != output->places[i])
            fine = heap_free(buffer->pvBuffer) == SSP_OK && fine;
        buffer->pvBuffer = output->places[i];
    }
    return fine;
}

bool output_take_back(const struct output *output)
{
    bool fine = take_back_places(output);

    for (ULONG i = 0; i < count(output); i++)
        output->desc->pBuffers[i].cbBuffer = output->sizes[i];
    return fine;
}

static bool has_token(const struct output *output)
{
    const SecBuffer *token = secbuf_find(output->desc, SECBUFFER_TOKEN);

    if (token == NULL || token->pvBuffer == NULL || token->cbBuffer == 0 || !output_fits(output))
        return false;
    ULONG i = (ULONG)(token - output->desc->pBuffers);
    return token->pvBuffer != output->places[i] || token->cbBuffer != output->sizes[i];
}

ULONG output_after_failure(const struct output *output, SECURITY_STATUS status, ULONG attributes)
{
    ULONG flag = output->error_flag;
    bool is_final = status != SEC_E_BUFFER_TOO_SMALL && status != SEC_E_INCOMPLETE_MESSAGE;

    if (output->is_asked && is_final && has_token(output))
        return attributes | flag;
    if (status == SEC_E_BUFFER_TOO_SMALL)
        (void)take_back_places(output);
    else
        (void)output_take_back(output);
    return 0;
}
