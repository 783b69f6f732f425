/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SecBufferDesc on its way to lsad and back.
 *
 * Towards lsad go the types, the sizes and, of input, the bytes; lsad makes memory
 * of the same sizes.  Back come types and sizes as the package left them, and the
 * bytes it wrote: in place, or in memory that it allocated.  Layout:
 * docs/formats/rpc.md.
 */
#ifndef SSP_RPC_BUFFERS_H
#define SSP_RPC_BUFFERS_H

#include <sspi.h>

#include "base/limits.h"
#include "base/wr.h"

/* How the memory of a buffer is to be understood. */
enum buffer_how {
    BUFFER_NONE,  /* there is none, or nothing was written to it */
    BUFFER_ROOM,  /* memory of that size, of no matter what content */
    BUFFER_BYTES, /* the bytes follow; as an answer, they were written in place */
    BUFFER_MADE,  /* an answer: the bytes follow, in memory that the package allocated */
    BUFFER_HOWS,
};

struct buffer {
    ULONG type;
    ULONG size;
    uint8_t how;       /* enum buffer_how */
    const void *bytes; /* size of them for BYTES and MADE: lent to be encoded */
    void *memory;      /* decoded: of size bytes, from the one heap; else NULL */
};

struct buffers {   /* ssp_cleanup(buffers_done) */
    bool is_there; /* a NULL SecBufferDesc is another thing than an empty one */
    uint32_t n;
    struct buffer list[LIMIT_BUFFERS];
};

void buffers_done(struct buffers *buffers);

void buffers_encode(const struct buffers *buffers, struct wr *out);

/* Makes the memory.  BAD_FRAME for what buffers_encode() does not write, buffers of more than
 * LIMIT_TOKEN bytes, or of more than FRAME_BODY_MAX together; NO_MEMORY. */
enum ssp_err buffers_decode(struct rd *in, struct buffers *ret);

/* The caller's buffers, to be sent: lent.  Of output only the room goes, no more of it than a
 * package may fill.  BAD_ARGUMENT as secbuf_check(), or BAD_TOKEN for input that is too large. */
enum ssp_err buffers_of_input(const SecBufferDesc *desc, struct buffers *ret);
enum ssp_err buffers_of_output(const SecBufferDesc *desc, struct buffers *ret);

/* What a package is to be called with, over decoded buffers; NULL when there is none.  list has
 * room for LIMIT_BUFFERS. */
PSecBufferDesc buffers_lend(struct buffers *buffers, SecBufferDesc *desc, SecBuffer *list);

/* What the package made of input: its types and sizes.  Of output also the bytes, unless the call
 * failed: lent by desc, but for what the package allocated, which goes with *ret. */
void buffers_answer_input(const SecBufferDesc *desc, struct buffers *ret);
void buffers_answer_output(const struct buffers *asked, const SecBufferDesc *desc, bool failed,
                           struct buffers *ret);

/* The answer to what was asked, put into the caller's buffers.  BAD_FRAME when it does not fit;
 * then nothing was put anywhere. */
enum ssp_err buffers_apply(struct buffers *answer, const struct buffers *asked,
                           const SecBufferDesc *desc);

#endif
