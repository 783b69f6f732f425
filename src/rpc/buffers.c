/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/buffers.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "base/trace.h"
#include "rpc/frame.h"

static void free_memory(void *memory)
{
    if (heap_free(memory) != SSP_OK)
        trace(TRACE_WARNING, "a buffer is not from the heap");
}

void buffers_done(struct buffers *buffers)
{
    for (uint32_t i = 0; i < buffers->n; i++)
        free_memory(ssp_steal(&buffers->list[i].memory));
    buffers->n = 0;
}

static bool has_bytes(const struct buffer *buffer)
{
    return buffer->how == BUFFER_BYTES || buffer->how == BUFFER_MADE;
}

/* ---- On the wire --------------------------------------------------------------------------- */

void buffers_encode(const struct buffers *buffers, struct wr *out)
{
    wr_u8(out, buffers->is_there ? 1 : 0);
    wr_le32(out, buffers->n);
    for (uint32_t i = 0; i < buffers->n; i++) {
        const struct buffer *buffer = &buffers->list[i];

        wr_le32(out, buffer->type);
        wr_le32(out, buffer->size);
        wr_u8(out, buffer->how);
        if (has_bytes(buffer))
            wr_view(out, (struct view){ buffer->bytes, buffer->size });
    }
}

/* The size of what is not there is only a number. */
static enum ssp_err decode_one(struct rd *in, size_t *left, struct buffer *buffer)
{
    buffer->type = rd_le32(in);
    buffer->size = rd_le32(in);
    buffer->how = rd_u8(in);
    if (!rd_ok(in) || buffer->how >= BUFFER_HOWS)
        return ssp_fail(BAD_FRAME);
    if (buffer->how == BUFFER_NONE)
        return SSP_OK;
    if (buffer->size > LIMIT_TOKEN || buffer->size > *left)
        return ssp_fail(BAD_FRAME);
    *left -= buffer->size;

    struct view bytes = rd_view(in, has_bytes(buffer) ? buffer->size : 0);
    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);
    buffer->memory = heap_alloc(buffer->size);
    if (buffer->memory == NULL)
        return ssp_fail(NO_MEMORY);
    if (bytes.n != 0)
        memcpy(buffer->memory, bytes.p, bytes.n);
    buffer->bytes = buffer->memory;
    return SSP_OK;
}

enum ssp_err buffers_decode(struct rd *in, struct buffers *ret)
{
    ssp_cleanup(buffers_done) struct buffers buffers = { 0 };
    size_t left = FRAME_BODY_MAX;
    uint8_t is_there = rd_u8(in);
    uint32_t n = rd_le32(in);

    if (!rd_ok(in) || is_there > 1 || n > LIMIT_BUFFERS || (is_there == 0 && n != 0))
        return ssp_fail(BAD_FRAME);
    buffers.is_there = is_there != 0;
    for (; buffers.n < n; buffers.n++)
        SSP_TRY(decode_one(in, &left, &buffers.list[buffers.n]));
    *ret = buffers;
    buffers.n = 0;
    return SSP_OK;
}

/* ---- At the client ------------------------------------------------------------------------- */

static enum ssp_err take(const SecBufferDesc *desc, struct buffers *ret)
{
    *ret = (struct buffers){ .is_there = desc != NULL };
    if (desc == NULL)
        return SSP_OK;
    SSP_TRY(secbuf_check(desc));
    ret->n = desc->cBuffers;
    for (uint32_t i = 0; i < ret->n; i++)
        ret->list[i] = (struct buffer){ .type = desc->pBuffers[i].BufferType,
                                        .size = desc->pBuffers[i].cbBuffer };
    return SSP_OK;
}

enum ssp_err buffers_of_input(const SecBufferDesc *desc, struct buffers *ret)
{
    SSP_TRY(take(desc, ret));
    for (uint32_t i = 0; i < ret->n; i++) {
        struct view bytes = secbuf_view(&desc->pBuffers[i]);

        if (bytes.p == NULL)
            continue;
        if (bytes.n > LIMIT_TOKEN)
            return ssp_fail(BAD_TOKEN);
        ret->list[i].how = BUFFER_BYTES;
        ret->list[i].bytes = bytes.p;
    }
    return SSP_OK;
}

enum ssp_err buffers_of_output(const SecBufferDesc *desc, struct buffers *ret)
{
    SSP_TRY(take(desc, ret));
    for (uint32_t i = 0; i < ret->n; i++) {
        if (secbuf_view(&desc->pBuffers[i]).p == NULL)
            continue;
        ret->list[i].how = BUFFER_ROOM;
        if (ret->list[i].size > LIMIT_TOKEN)
            ret->list[i].size = LIMIT_TOKEN;
    }
    return SSP_OK;
}

/* Nothing is put anywhere before all of it is known to fit. */
static enum ssp_err check_fit(const struct buffers *answer, const SecBufferDesc *desc)
{
    uint32_t n = desc != NULL ? desc->cBuffers : 0;

    if (answer->n != n)
        return ssp_fail(BAD_FRAME);
    for (uint32_t i = 0; i < n; i++) {
        const SecBuffer *to = &desc->pBuffers[i];

        if (answer->list[i].how == BUFFER_BYTES &&
            (to->pvBuffer == NULL || answer->list[i].size > to->cbBuffer))
            return ssp_fail(BAD_FRAME);
    }
    return SSP_OK;
}

/* A size that was cut on its way, and is as it was sent, stays what the caller had. */
static void put(struct buffer *got, const struct buffer *asked, SecBuffer *to)
{
    if (got->how == BUFFER_BYTES && got->size != 0)
        memcpy(to->pvBuffer, got->memory, got->size);
    if (got->how == BUFFER_MADE)
        to->pvBuffer = ssp_steal(&got->memory);
    if (got->how != BUFFER_NONE || got->size != asked->size)
        to->cbBuffer = got->size;
    to->BufferType = got->type;
}

enum ssp_err buffers_apply(struct buffers *answer, const struct buffers *asked,
                           const SecBufferDesc *desc)
{
    SSP_TRY(check_fit(answer, desc));
    for (uint32_t i = 0; i < answer->n; i++)
        put(&answer->list[i], &asked->list[i], &desc->pBuffers[i]);
    return SSP_OK;
}

/* ---- At lsad ------------------------------------------------------------------------------- */

PSecBufferDesc buffers_lend(struct buffers *buffers, SecBufferDesc *desc, SecBuffer *list)
{
    if (!buffers->is_there)
        return NULL;
    for (uint32_t i = 0; i < buffers->n; i++)
        list[i] =
            (SecBuffer){ buffers->list[i].size, buffers->list[i].type, buffers->list[i].memory };
    *desc = (SecBufferDesc){ SECBUFFER_VERSION, buffers->n, list };
    return desc;
}

void buffers_answer_input(const SecBufferDesc *desc, struct buffers *ret)
{
    *ret = (struct buffers){ .is_there = desc != NULL };
    if (desc == NULL)
        return;
    ret->n = desc->cBuffers;
    for (uint32_t i = 0; i < ret->n; i++)
        ret->list[i] = (struct buffer){ .type = desc->pBuffers[i].BufferType,
                                        .size = desc->pBuffers[i].cbBuffer };
}

static struct buffer answer_of(const struct buffer *asked, const SecBuffer *left, bool failed)
{
    struct buffer answer = { .type = left->BufferType, .size = left->cbBuffer };
    bool is_made = left->pvBuffer != asked->memory;

    if (is_made)
        answer.memory = left->pvBuffer;
    if (failed || left->pvBuffer == NULL || left->cbBuffer > LIMIT_TOKEN)
        return answer;
    answer.bytes = left->pvBuffer;
    if (is_made)
        answer.how = BUFFER_MADE;
    else if (left->cbBuffer <= asked->size && !secbuf_is_readonly(left))
        answer.how = BUFFER_BYTES;
    return answer;
}

void buffers_answer_output(const struct buffers *asked, const SecBufferDesc *desc, bool failed,
                           struct buffers *ret)
{
    buffers_answer_input(desc, ret);
    for (uint32_t i = 0; i < ret->n; i++)
        ret->list[i] = answer_of(&asked->list[i], &desc->pBuffers[i], failed);
}
