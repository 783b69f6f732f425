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
    output_remember(turn->out, turn->accept, turn->requirements, &turn->before);
    turn->had_extra = secbuf_find(turn->in, SECBUFFER_EXTRA) != NULL;
    turn->n_given = (ULONG)secbuf_view(secbuf_find(turn->in, SECBUFFER_TOKEN)).n;
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

static bool leaves_too_much(const struct turn *turn)
{
    const SecBuffer *extra = secbuf_find(turn->in, SECBUFFER_EXTRA);

    return !turn->had_extra && extra != NULL && extra->cbBuffer > turn->n_given;
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
    if (!output_fits(&turn->before))
        return "wrote more than its output buffer holds";
    if (leaves_too_much(turn))
        return "leaves more bytes than it was given";
    return NULL;
}

void turn_undo(struct turn *turn)
{
    if (turn->mapped && heap_free(turn->data.pvBuffer) != SSP_OK)
        trace(TRACE_WARNING, "package %s: context data is not from the LSA's heap",
              turn->package->name8);
    turn->data = (SecBuffer){ 0 };
    turn->mapped = FALSE;
    turn->attributes = 0;
    if (!output_take_back(&turn->before))
        trace(TRACE_WARNING, "package %s: output is not from the LSA's heap", turn->package->name8);
}

SECURITY_STATUS turn_run(struct turn *turn)
{
    enum ssp_err e = prepare(turn);
    if (e != SSP_OK)
        return ssp_err_status(e);

    NTSTATUS answer = turn->accept ? call_accept(turn) : call_init(turn);
    SECURITY_STATUS status = status_from_nt(answer, STATUS_OF_TOKEN);
    if (status < 0) {
        turn->attributes = output_after_failure(&turn->before, status, turn->attributes);
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
