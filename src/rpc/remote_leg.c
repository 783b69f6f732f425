/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/remote_call.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/heap.h"

/* Descriptors that are kept free for handles: packages tell the client a handle's value before the
 * handle is there. */
struct slots { /* ssp_cleanup(slots_close) */
    int fd[RPC_SLOTS];
};

static void slots_close(struct slots *slots)
{
    for (size_t i = 0; i < RPC_SLOTS; i++)
        fd_close(&slots->fd[i]);
}

static enum ssp_err slots_open(struct slots *slots)
{
    for (size_t i = 0; i < RPC_SLOTS; i++) {
        slots->fd[i] = eventfd(0, EFD_CLOEXEC);
        if (slots->fd[i] < 0)
            return ssp_fail(NO_MEMORY);
    }
    return SSP_OK;
}

/* What came takes the places that were kept for it, and is the package's from then on. */
static void slots_fill(struct slots *slots, const struct frame_fds *came)
{
    for (size_t i = 0; i < came->n && i < RPC_SLOTS; i++)
        if (dup3(came->fd[i], slots->fd[i], O_CLOEXEC) >= 0)
            slots->fd[i] = -1;
}

static SECURITY_STATUS take_leg(struct lsa_port *port, const struct lsa_leg *leg,
                                const struct leg_ask *ask, struct leg_answer *answer,
                                struct lsa_leg_result *ret)
{
    struct lsa_leg_result result = {
        .ctx = answer->ctx,
        .package = answer->package,
        .package_handle = answer->package_handle,
        .attributes = answer->attributes,
        .expiry = { .QuadPart = (int64_t)answer->expiry },
        .mapped = answer->mapped,
    };

    SECURITY_STATUS status = remote_know_package(port, result.package);
    if (status < 0)
        return status;
    enum ssp_err e = result.mapped ? remote_to_heap(&answer->packed, &result.packed) : SSP_OK;
    if (e == SSP_OK)
        e = buffers_apply(&answer->in, &ask->in, leg->in);
    if (e == SSP_OK)
        e = buffers_apply(&answer->out, &ask->out, leg->out);
    if (e == SSP_OK)
        *ret = result;
    else if (heap_free(result.packed.pvBuffer) != SSP_OK)
        return SEC_E_INTERNAL_ERROR;
    return ssp_err_status(e);
}

static enum ssp_err leg_to_ask(const struct lsa_leg *leg, const struct slots *slots,
                               struct leg_ask *ret)
{
    *ret = (struct leg_ask){
        .accept = leg->accept,
        .cred = leg->cred,
        .ctx = leg->ctx,
        .target = remote_lend(leg->target),
        .requirements = leg->requirements,
        .data_rep = leg->data_rep,
        .slot = { (uint32_t)slots->fd[0], (uint32_t)slots->fd[1] },
    };
    SSP_TRY(buffers_of_input(leg->in, &ret->in));
    return buffers_of_output(leg->out, &ret->out);
}

SECURITY_STATUS remote_delete_ctx(struct lsa_port *port, uint64_t ctx)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(DELETE_CTX);

    return remote_call(port, &(struct id_ask){ ctx }, NULL, &exchange);
}

static SECURITY_STATUS finish_leg(struct lsa_port *port, const struct lsa_leg *leg,
                                  const struct leg_ask *ask, struct exchange *exchange,
                                  struct slots *slots, struct lsa_leg_result *ret)
{
    struct leg_answer *answer = &exchange->answer.leg;
    SECURITY_STATUS status = take_leg(port, leg, ask, answer, ret);

    if (status >= 0)
        slots_fill(slots, &exchange->frame.fds);
    else if (leg->ctx == 0 && answer->ctx != 0) /* the application will never hear of it */
        (void)remote_delete_ctx(port, answer->ctx);
    return status;
}

/* A package may have said how much room it needs, how many bytes are missing, or what the peer is
 * to hear; no answer at all says nothing. */
static enum ssp_err take_failure(const struct lsa_leg *leg, const struct leg_ask *ask,
                                 struct leg_answer *answer, struct lsa_leg_result *ret)
{
    if (answer->in.is_there)
        SSP_TRY(buffers_apply(&answer->in, &ask->in, leg->in));
    if (answer->out.is_there)
        SSP_TRY(buffers_apply(&answer->out, &ask->out, leg->out));
    ret->attributes = answer->attributes;
    return SSP_OK;
}

SECURITY_STATUS remote_leg(struct lsa_port *port, const struct lsa_leg *what,
                           struct lsa_leg_result *ret)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE(LEG);
    ssp_cleanup(slots_close) struct slots slots = { { -1, -1 } };
    struct leg_ask ask;

    enum ssp_err e = slots_open(&slots);
    if (e == SSP_OK)
        e = leg_to_ask(what, &slots, &ask);
    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = remote_call(port, &ask, NULL, &exchange);
    if (status >= 0) {
        SECURITY_STATUS taken = finish_leg(port, what, &ask, &exchange, &slots, ret);
        return taken < 0 ? taken : status;
    }
    e = take_failure(what, &ask, &exchange.answer.leg, ret);
    return e == SSP_OK ? status : ssp_err_status(e);
}
