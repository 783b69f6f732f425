/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/output.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/secbuf.h"
#include "packages/negotiate/leg.h"
#include "packages/negotiate/token.h"

/* [MS-SPNG] 3.1.5.6: "The first fragment includes the ASN.1 header for the message [...] This
 * requires that MaxOutputTokenSize be at least 5 bytes." */
enum { FRAGMENT_MIN = 5 };

struct nego_room nego_room_of(bool accept, uint32_t asked)
{
    uint32_t cut = accept ? ASC_REQ_FRAGMENT_TO_FIT : ISC_REQ_FRAGMENT_TO_FIT;
    bool allocate = (asked & ISC_REQ_ALLOCATE_MEMORY) != 0; /* one bit in both families */

    return (struct nego_room){ allocate, (asked & cut) != 0 };
}

enum ssp_err nego_output_put(const SecBufferDesc *desc, const struct nego_room *room,
                             struct view token, struct nego_output *output, size_t *ret_n)
{
    PSecBuffer buffer = secbuf_find(desc, SECBUFFER_TOKEN);
    struct view piece = token;

    if (buffer == NULL && token.n == 0) {
        *ret_n = 0;
        return SSP_OK;
    }
    if (desc == NULL || buffer == NULL || secbuf_is_readonly(buffer))
        return ssp_fail(BAD_ARGUMENT);
    if (!room->allocate && room->may_cut && buffer->cbBuffer >= FRAGMENT_MIN &&
        buffer->cbBuffer < piece.n)
        piece.n = buffer->cbBuffer;
    const struct nego_output put = { buffer, *buffer, room->allocate && piece.n != 0 };
    SSP_TRY(secbuf_put_token(desc, room->allocate, piece));
    *output = put;
    *ret_n = piece.n;
    return SSP_OK;
}

enum ssp_err nego_output_refuse(const SecBufferDesc *desc, size_t needed)
{
    PSecBuffer buffer = secbuf_find(desc, SECBUFFER_TOKEN);

    if (buffer == NULL || secbuf_is_readonly(buffer))
        return ssp_fail(BAD_ARGUMENT);
    buffer->cbBuffer = (ULONG)needed;
    return ssp_fail(TOO_SMALL);
}

void nego_output_undo(struct nego_output *output)
{
    if (output->buffer == NULL)
        return;
    if (output->is_allocated)
        (void)(heap_free(output->buffer->pvBuffer) == SSP_OK);
    *output->buffer = output->before;
    output->buffer = NULL;
}

void nego_output_keep(struct nego_output *output)
{
    output->buffer = NULL;
}

/* "If TokenLength > length of ReceivedInputToken: Set OutputToken to empty" */
static enum ssp_err assemble(struct nego_half *half, struct view sofar, struct view *ret_whole)
{
    size_t total = 0;

    SSP_TRY(nego_token_total(sofar, &total));
    if (sofar.n > total)
        return ssp_fail(BAD_TOKEN);
    if (sofar.n == total) {
        *ret_whole = sofar;
        return SSP_OK;
    }
    *ret_whole = (struct view){ 0 };
    return half->partial.p == sofar.p ? SSP_OK : nego_secret_set(&half->partial, sofar);
}

enum ssp_err nego_input_add(struct nego_half *half, struct view piece, struct view *ret_whole)
{
    ssp_cleanup(wr_free) struct wr joined = WR_INIT(2 * (size_t)LIMIT_TOKEN);

    if (half->partial.n == 0)
        return assemble(half, piece, ret_whole);
    if (piece.n == 0) /* nothing more has come: it will not */
        return ssp_fail(BAD_TOKEN);
    wr_view(&joined, secret_view(&half->partial));
    wr_view(&joined, piece);
    SSP_TRY(joined.err);
    SSP_TRY(nego_secret_set(&half->partial, (struct view){ joined.p, joined.n }));
    return assemble(half, secret_view(&half->partial), ret_whole);
}
