/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/secret.h"
#include "base/trace.h"

#define NS_PER_US UINT64_C(1000)

enum ssp_err connection_new(uint64_t until, struct connection **ret)
{
    ssp_cleanup(connection_free) struct connection *connection = malloc(sizeof(*connection));

    if (connection == NULL)
        return ssp_fail(NO_MEMORY);
    *connection = (struct connection){
        .fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0),
        .uid = geteuid(),
        .epoch = fork_epoch(),
        .is_fresh = true,
        .until = until,
    };
    if (connection->fd < 0)
        return ssp_fail(IO);
    *ret = ssp_steal(&connection);
    return SSP_OK;
}

void connection_free(struct connection **connection)
{
    struct connection *gone = ssp_steal(connection);

    if (gone == NULL)
        return;
    fd_close(&gone->fd);
    free(gone);
}

static enum ssp_err too_late(void)
{
    trace(TRACE_WARNING, "lsad is there and does not answer");
    return ssp_fail(NO_AUTHORITY);
}

static uint64_t ns_left(const struct connection *connection)
{
    uint64_t now = monotonic_now();

    return now < connection->until ? connection->until - now : 0;
}

/* ---- Connecting ------------------------------------------------------------------------------ */

/* For connect(), which poll() does not wait for; zero would mean for ever. */
static bool limit_connect(const struct connection *connection)
{
    uint64_t us = ns_left(connection) / NS_PER_US;
    struct timeval left = { .tv_sec = (time_t)(us / 1000000),
                            .tv_usec = (suseconds_t)(us % 1000000) };

    return us != 0 && setsockopt(connection->fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)) == 0;
}

enum ssp_err connection_open(struct connection *connection, const char *path)
{
    const struct timeval no_limit = { 0 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int r = -1;

    memcpy(address.sun_path, path, strlen(path));
    do {
        if (!limit_connect(connection))
            return too_late();
        r = connect(connection->fd, (const struct sockaddr *)&address, sizeof(address));
    } while (r != 0 && errno == EINTR);
    if (r != 0)
        return errno == EAGAIN ? too_late() : ssp_fail(NO_AUTHORITY);
    r = setsockopt(connection->fd, SOL_SOCKET, SO_SNDTIMEO, &no_limit, sizeof(no_limit));
    return r == 0 ? SSP_OK : ssp_fail(IO);
}

/* ---- One exchange ---------------------------------------------------------------------------- */

static enum frame_wait wait_of(const struct connection *connection)
{
    return connection->until == 0 ? FRAME_WAIT : FRAME_NO_WAIT;
}

enum ssp_err connection_send(struct connection *connection, enum rpc_call call, const void *ask,
                             const struct frame_fds *fds)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    frame_begin(&frame, FRAME_REQUEST, call, ++connection->sequence);
    message_encode(&rpc_shape(call)->ask, ask, &frame.bytes);
    if (fds != NULL)
        frame.fds = *fds;
    enum ssp_err e = frame_send(connection->fd, wait_of(connection), &frame);
    frame.fds.n = 0; /* lent */
    return e == SSP_ERR_WOULD_BLOCK ? too_late() : e;
}

/* Ends: each turn that a signal interrupts has less time left. */
static enum ssp_err wait_for_answer(const struct connection *connection)
{
    struct pollfd answer = { .fd = connection->fd, .events = POLLIN };
    int n = -1;

    if (connection->until == 0)
        return SSP_OK;
    do {
        const struct timespec left = timespec_from_ns(ns_left(connection));

        n = ppoll(&answer, 1, &left, NULL);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return ssp_fail(IO);
    return n == 0 ? too_late() : SSP_OK;
}

enum ssp_err connection_receive(const struct connection *connection, enum rpc_call call,
                                struct frame *ret_frame, void *ret_answer, int32_t *ret_status)
{
    SSP_TRY(wait_for_answer(connection));
    SSP_TRY(frame_receive(connection->fd, wait_of(connection), ret_frame));
    if (ret_frame->kind != FRAME_REPLY || ret_frame->call != call ||
        ret_frame->sequence != connection->sequence)
        return ssp_fail(BAD_FRAME);
    struct rd in = rd_of(ret_frame->body);
    int32_t status = (int32_t)rd_le32(&in);
    if (!rd_ok(&in))
        return ssp_fail(BAD_FRAME);
    SSP_TRY(message_decode(&rpc_shape(call)->answer, in.left, ret_answer));
    *ret_status = status;
    return SSP_OK;
}

enum ssp_err connection_call(struct connection *connection, enum rpc_call call, const void *ask,
                             struct frame *ret_frame, void *ret_answer, int32_t *ret_status)
{
    SSP_TRY(connection_send(connection, call, ask, NULL));
    return connection_receive(connection, call, ret_frame, ret_answer, ret_status);
}
