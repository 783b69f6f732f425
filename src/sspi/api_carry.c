/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a context with all that belongs to it (opensspi.h), over handoff/carry.h. */
#include <opensspi.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "handoff/carry.h"

static void wipe_secrets(struct parcel *parcel) /* the descriptors are lent */
{
    secret_wipe(&parcel->blob);
    secret_wipe(&parcel->unread);
}

static enum ssp_err check(const OPENSSPI_PARCEL *from)
{
    if (memchr(from->package, 0, sizeof(from->package)) == NULL || from->package[0] == 0)
        return ssp_fail(BAD_ARGUMENT);
    if (from->context.pvBuffer == NULL || from->context.cbBuffer == 0)
        return ssp_fail(BAD_ARGUMENT);
    if (from->unread_size > OPENSSPI_UNREAD_MAX || (from->unread == NULL && from->unread_size != 0))
        return ssp_fail(BAD_ARGUMENT);
    if (from->token != NULL && handle_to_fd(from->token) < 0)
        return ssp_fail(BAD_ARGUMENT);
    return SSP_OK;
}

static enum ssp_err send_parcel(int sock, const OPENSSPI_PARCEL *from)
{
    ssp_cleanup(wipe_secrets) struct parcel parcel = PARCEL_INIT;
    struct view unread = { from->unread, from->unread_size };

    SSP_TRY(check(from));
    memcpy(parcel.package, from->package, strlen(from->package) + 1);
    SSP_TRY(secret_new(secbuf_view(&from->context), &parcel.blob));
    SSP_TRY(secret_new(unread, &parcel.unread));
    parcel.token_fd = handle_to_fd(from->token);
    parcel.connection_fd = from->connection;
    return carry_send(sock, &parcel);
}

SECURITY_STATUS opensspi_send_context(int sock, const OPENSSPI_PARCEL *parcel)
{
    if (parcel == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(send_parcel(sock, parcel));
}

static enum ssp_err to_heap(struct view bytes, void **ret)
{
    void *block = NULL;

    if (bytes.n == 0) {
        *ret = NULL;
        return SSP_OK;
    }
    block = heap_alloc(bytes.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, bytes.p, bytes.n);
    *ret = block;
    return SSP_OK;
}

static HANDLE take_fd(int *fd)
{
    HANDLE handle = handle_of_fd(*fd);

    *fd = -1;
    return handle;
}

/* Descriptors change hands last, when nothing can fail any more. */
static enum ssp_err receive_parcel(int sock, OPENSSPI_PARCEL *ret)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    ssp_cleanup(opensspi_free_parcel) OPENSSPI_PARCEL got = { .connection = -1 };

    SSP_TRY(carry_receive(sock, &parcel));
    if (strlen(parcel.package) >= sizeof(got.package))
        return ssp_fail(BAD_TOKEN);
    memcpy(got.package, parcel.package, strlen(parcel.package) + 1);
    SSP_TRY(to_heap(secret_view(&parcel.blob), &got.context.pvBuffer));
    SSP_TRY(to_heap(secret_view(&parcel.unread), &got.unread));
    got.context.cbBuffer = (ULONG)parcel.blob.n;
    got.context.BufferType = SECBUFFER_TOKEN;
    got.unread_size = parcel.unread.n;
    got.token = take_fd(&parcel.token_fd);
    got.connection = parcel.connection_fd;
    parcel.connection_fd = -1;
    *ret = got;
    got = (OPENSSPI_PARCEL){ .connection = -1 };
    return SSP_OK;
}

SECURITY_STATUS opensspi_receive_context(int sock, OPENSSPI_PARCEL *ret_parcel)
{
    if (ret_parcel == NULL)
        return SEC_E_INVALID_PARAMETER;
    return ssp_err_status(receive_parcel(sock, ret_parcel));
}

/* One without a package is empty: in a parcel of zeroes the connection would be descriptor 0. */
void opensspi_free_parcel(OPENSSPI_PARCEL *parcel)
{
    if (parcel == NULL || parcel->package[0] == 0)
        return;
    (void)(heap_free(parcel->context.pvBuffer) == SSP_OK);
    (void)(heap_free(parcel->unread) == SSP_OK);
    handle_close(&parcel->token);
    fd_close(&parcel->connection);
    *parcel = (OPENSSPI_PARCEL){ .connection = -1 };
}
