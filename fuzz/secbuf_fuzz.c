/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds a buffer array from the input: version, count, then type, size, and
 * whether there is memory, for each.  What the check lets pass can be walked
 * and written to without a byte out of place.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MANY = LIMIT_BUFFERS + 8 };

static void must(bool good)
{
    if (!good)
        abort();
}

/* Of exactly that size but for nothing, which is a byte. */
static void *make_memory(size_t n)
{
    void *p = calloc(1, n == 0 ? 1 : n);

    must(p != NULL);
    return p;
}

/* Each buffer's memory is as long as it says, so that ASan sees one byte too many. */
static void build(struct rd *in, SecBuffer *buffers, ULONG n)
{
    for (ULONG i = 0; i < n; i++) {
        uint8_t flags = rd_u8(in);

        buffers[i].BufferType = (ULONG)(flags & 0xf0) << 24 | rd_u8(in) % 32;
        buffers[i].cbBuffer = rd_u8(in);
        buffers[i].pvBuffer = (flags & 1) != 0 ? make_memory(buffers[i].cbBuffer) : NULL;
    }
}

static void walk(const SecBufferDesc *desc)
{
    volatile uint8_t sum = 0;

    for (ULONG i = 0; i < desc->cBuffers; i++) {
        struct view v = secbuf_view(&desc->pBuffers[i]);

        for (size_t at = 0; at < v.n; at++)
            sum = (uint8_t)(sum + v.p[at]);
        must(secbuf_find(desc, secbuf_type(&desc->pBuffers[i])) <= &desc->pBuffers[i]);
    }
}

static void put(const SecBufferDesc *desc, bool allocate, struct view token)
{
    SecBuffer *buffer = secbuf_find(desc, SECBUFFER_TOKEN);
    SecBuffer before = buffer == NULL ? (SecBuffer){ 0 } : *buffer;
    enum ssp_err e = secbuf_put_token(desc, allocate, token);

    if (e == SSP_OK) {
        struct view put = secbuf_view(buffer);

        must(put.n == token.n && (put.n == 0 || memcmp(put.p, token.p, token.n) == 0));
    }
    if (buffer == NULL) {
        must(e == SSP_ERR_BAD_ARGUMENT);
        return;
    }
    must(e != SSP_ERR_TOO_SMALL || (before.cbBuffer < token.n && buffer->cbBuffer == token.n));
    if (buffer->pvBuffer != before.pvBuffer)
        must(heap_free(buffer->pvBuffer) == SSP_OK);
    *buffer = before;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SecBuffer buffers[MANY] = { 0 };
    void *memory[MANY];
    struct rd in = rd_of((struct view){ data, size });
    SecBufferDesc desc = { .ulVersion = rd_u8(&in), .cBuffers = rd_u8(&in) % MANY };

    desc.pBuffers = rd_u8(&in) == 0xff ? NULL : buffers;
    build(&in, buffers, desc.cBuffers);
    for (size_t i = 0; i < MANY; i++)
        memory[i] = buffers[i].pvBuffer;
    if (secbuf_check(&desc) == SSP_OK) {
        must(desc.cBuffers <= LIMIT_BUFFERS && desc.ulVersion == SECBUFFER_VERSION);
        walk(&desc);
        put(&desc, false, in.left);
        put(&desc, true, in.left);
    }
    for (size_t i = 0; i < MANY; i++)
        free(memory[i]);
    return 0;
}
