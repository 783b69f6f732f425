/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/remote_call.h"

#include "base/handle.h"
#include "base/heap.h"

static struct remote *remote_of(struct lsa_port *port)
{
    return (struct remote *)port;
}

/* ---- One call -------------------------------------------------------------------------------- */

void exchange_done(struct exchange *exchange)
{
    message_wipe(&rpc_shape(exchange->call)->answer, &exchange->answer);
    frame_done(&exchange->frame);
}

SECURITY_STATUS remote_call(struct lsa_port *port, const void *ask, HANDLE token,
                            struct exchange *exchange)
{
    struct frame_fds fds = { .fd = { handle_to_fd(token) }, .n = token != NULL ? 1 : 0 };
    int32_t status = 0;

    if (token != NULL && fds.fd[0] < 0)
        return SEC_E_INVALID_HANDLE;
    struct pool_ask sent = { exchange->call, ask, &fds };
    enum ssp_err e =
        pool_call(&remote_of(port)->pool, &sent, &exchange->frame, &exchange->answer, &status);
    return e == SSP_OK ? status : ssp_err_status(e);
}

struct str16 remote_lend(const char16_t *text)
{
    struct str16 lent = { 0 };

    if (text != NULL)
        lent = (struct str16){ (char16_t *)(uintptr_t)text, str16_len(text) };
    return lent;
}

struct secret remote_lend_bytes(struct view bytes)
{
    return (struct secret){ (uint8_t *)(uintptr_t)bytes.p, bytes.n };
}

enum ssp_err remote_to_heap(const struct secret *bytes, SecBuffer *ret)
{
    void *p = heap_alloc(bytes->n);

    if (p == NULL)
        return ssp_fail(NO_MEMORY);
    if (bytes->n != 0)
        memcpy(p, bytes->p, bytes->n);
    *ret = (SecBuffer){ (ULONG)bytes->n, SECBUFFER_TOKEN, p };
    return SSP_OK;
}

SECURITY_STATUS remote_know_package(struct lsa_port *port, ULONG package)
{
    struct remote *remote = remote_of(port);

    if (package < atomic_load_explicit(&remote->packages.n, memory_order_acquire))
        return SEC_E_OK;
    return ssp_err_status(
        remote_packages_learn(&remote->packages, &remote->pool, (size_t)package + 1));
}
