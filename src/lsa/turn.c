/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/turn.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "base/trace.h"
#include "lsa/inner.h"
#include "lsa/status.h"

enum { TOP_BIT = 63 /* of the handles that ImportContext gives */ };

static enum ssp_err prepare(struct turn *turn)
{
    SSP_TRY(secbuf_check_optional(turn->in));
    SSP_TRY(secbuf_check_optional(turn->out));
    turn->n_out = turn->out != NULL ? turn->out->cBuffers : 0;
    for (ULONG i = 0; i < turn->n_out; i++) {
        turn->sizes[i] = turn->out->pBuffers[i].cbBuffer;
        turn->places[i] = turn->out->pBuffers[i].pvBuffer;
    }
    turn->expiry.QuadPart = FILETIME_NEVER;
    return SSP_OK;
}

static NTSTATUS call_accept(struct turn *turn)
{
    SpAcceptLsaModeContextFn *accept = turn->package->lsa.AcceptLsaModeContext;

    if (accept == NULL)
        return STATUS_NOT_SUPPORTED;
    return accept(turn->cred, turn->ctx, turn->in, turn->requirements, turn->data_rep,
                  &turn->handle, turn->out, &turn->attributes, &turn->expiry, &turn->mapped,
                  &turn->data);
}

static NTSTATUS call_init(struct turn *turn)
{
    SpInitLsaModeContextFn *init = turn->package->lsa.InitLsaModeContext;

    if (init == NULL)
        return STATUS_NOT_SUPPORTED;
    return init(turn->cred, turn->ctx, turn->target, turn->requirements, turn->data_rep, turn->in,
                &turn->handle, turn->out, &turn->attributes, &turn->expiry, &turn->mapped,
                &turn->data);
}

/* A package that wrote more than there was room for has done its harm; at least nobody reads on. */
static bool output_fits(const struct turn *turn)
{
    for (ULONG i = 0; i < turn->n_out; i++) {
        const SecBuffer *buffer = &turn->out->pBuffers[i];

        if (turn->places[i] != NULL && buffer->pvBuffer == turn->places[i] &&
            buffer->cbBuffer > turn->sizes[i])
            return false;
    }
    return true;
}

static const char *what_is_wrong(const struct turn *turn)
{
    if (turn->handle == 0 && turn->ctx == 0)
        return "gave a context without a handle";
    if (turn->handle >> TOP_BIT != 0)
        return "gave a handle that is kept for imported contexts";
    if (turn->mapped && (turn->data.pvBuffer == NULL || turn->data.cbBuffer == 0))
        return "maps a context without its data";
    if (turn->mapped && turn->data.cbBuffer > LIMIT_PACKED - INNER_SIZE)
        return "maps a context that is too large";
    if (!output_fits(turn))
        return "wrote more than its output buffer holds";
    return NULL;
}

/* Nobody looks for a token that was allocated for a leg that failed. */
static void take_back_output(const struct turn *turn)
{
    for (ULONG i = 0; i < turn->n_out; i++) {
        SecBuffer *buffer = &turn->out->pBuffers[i];

        if (buffer->pvBuffer != turn->places[i] && heap_free(buffer->pvBuffer) != SSP_OK)
            trace(TRACE_WARNING, "package %s: output is not from the LSA's heap",
                  turn->package->name8);
        buffer->pvBuffer = turn->places[i];
        buffer->cbBuffer = turn->sizes[i];
    }
}

void turn_undo(struct turn *turn)
{
    if (turn->mapped && heap_free(turn->data.pvBuffer) != SSP_OK)
        trace(TRACE_WARNING, "package %s: context data is not from the LSA's heap",
              turn->package->name8);
    turn->data = (SecBuffer){ 0 };
    turn->mapped = FALSE;
    take_back_output(turn);
}

SECURITY_STATUS turn_run(struct turn *turn)
{
    enum ssp_err e = prepare(turn);
    if (e != SSP_OK)
        return ssp_err_status(e);

    NTSTATUS answer = turn->accept ? call_accept(turn) : call_init(turn);
    SECURITY_STATUS status = status_from_nt(answer, STATUS_OF_TOKEN);
    if (status < 0) {
        turn->handle = 0;
        return status;
    }

    const char *wrong = what_is_wrong(turn);
    if (wrong == NULL)
        return status;
    trace(TRACE_ERROR, "package %s: %s", turn->package->name8, wrong);
    turn_undo(turn);
    return SEC_E_INTERNAL_ERROR;
}
