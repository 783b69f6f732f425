/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secbuf.h"

#include <string.h>

#include "base/heap.h"
#include "base/limits.h"

/* What a caller leaves in a buffer that holds nothing is no concern of ours. */
static bool holds_nothing(const SecBuffer *buffer)
{
    ULONG type = secbuf_type(buffer);

    return type == SECBUFFER_EMPTY || type == SECBUFFER_MISSING;
}

enum ssp_err secbuf_check(const SecBufferDesc *desc)
{
    if (desc == NULL || desc->ulVersion != SECBUFFER_VERSION || desc->cBuffers > LIMIT_BUFFERS)
        return ssp_fail(BAD_ARGUMENT);
    if (desc->cBuffers != 0 && desc->pBuffers == NULL)
        return ssp_fail(BAD_ARGUMENT);
    for (ULONG i = 0; i < desc->cBuffers; i++) {
        const SecBuffer *b = &desc->pBuffers[i];

        if (b->pvBuffer == NULL && b->cbBuffer != 0 && !holds_nothing(b))
            return ssp_fail(BAD_ARGUMENT);
    }
    return SSP_OK;
}

enum ssp_err secbuf_check_optional(const SecBufferDesc *desc)
{
    return desc == NULL ? SSP_OK : secbuf_check(desc);
}

ULONG secbuf_type(const SecBuffer *buffer)
{
    return buffer->BufferType & ~SECBUFFER_ATTRMASK;
}

bool secbuf_is_readonly(const SecBuffer *buffer)
{
    return (buffer->BufferType & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM)) != 0;
}

PSecBuffer secbuf_find(const SecBufferDesc *desc, ULONG type)
{
    for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++)
        if (secbuf_type(&desc->pBuffers[i]) == type)
            return &desc->pBuffers[i];
    return NULL;
}

struct view secbuf_view(const SecBuffer *buffer)
{
    if (buffer == NULL || buffer->pvBuffer == NULL || holds_nothing(buffer))
        return (struct view){ 0 };
    return (struct view){ buffer->pvBuffer, buffer->cbBuffer };
}

static enum ssp_err put_allocated(SecBuffer *buffer, struct view token)
{
    void *p = heap_alloc(token.n);

    if (p == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(p, token.p, token.n);
    buffer->pvBuffer = p;
    buffer->cbBuffer = (ULONG)token.n;
    return SSP_OK;
}

static enum ssp_err put_in_place(SecBuffer *buffer, struct view token)
{
    bool fits = buffer->pvBuffer != NULL && buffer->cbBuffer >= token.n;

    buffer->cbBuffer = (ULONG)token.n;
    if (!fits)
        return ssp_fail(TOO_SMALL);
    memcpy(buffer->pvBuffer, token.p, token.n);
    return SSP_OK;
}

enum ssp_err secbuf_put_token(const SecBufferDesc *desc, bool allocate, struct view token)
{
    PSecBuffer buffer = secbuf_find(desc, SECBUFFER_TOKEN);

    if (buffer == NULL || secbuf_is_readonly(buffer))
        return ssp_fail(BAD_ARGUMENT);
    if (token.n > LIMIT_TOKEN)
        return ssp_fail(TOO_LARGE);
    if (token.n == 0) {
        buffer->cbBuffer = 0;
        return SSP_OK;
    }
    return allocate ? put_allocated(buffer, token) : put_in_place(buffer, token);
}
