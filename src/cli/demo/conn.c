/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/conn.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/wr.h"

enum { FRAME_HEADER = 5 };

void conn_close(struct conn *conn)
{
    fd_close(&conn->fd);
}

static enum ssp_err send_all(int fd, struct view bytes)
{
    while (bytes.n != 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ssp_fail(IO);
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return SSP_OK;
}

static enum ssp_err receive_some(int fd, uint8_t *p, size_t n, size_t *ret_n)
{
    ssize_t got = 0;

    do {
        got = recv(fd, p, n, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return ssp_fail(IO);
    if (got == 0)
        return ssp_fail(INCOMPLETE);
    *ret_n = (size_t)got;
    return SSP_OK;
}

void conn_drop(struct conn *conn, size_t n)
{
    memmove(conn->ahead, conn->ahead + n, conn->ahead_n - n);
    conn->ahead_n -= n;
}

enum ssp_err conn_write(struct conn *conn, struct view bytes)
{
    return send_all(conn->fd, bytes);
}

/* What was read ahead comes first. */
static enum ssp_err receive_all(struct conn *conn, uint8_t *p, size_t n)
{
    size_t have = n < conn->ahead_n ? n : conn->ahead_n;

    memcpy(p, conn->ahead, have);
    conn_drop(conn, have);
    while (have < n) {
        size_t got = 0;
        SSP_TRY(receive_some(conn->fd, p + have, n - have, &got));
        have += got;
    }
    return SSP_OK;
}

enum ssp_err conn_send(struct conn *conn, enum frame_kind kind, struct view body)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FRAME_HEADER + FRAME_BODY_MAX);

    wr_u8(&out, kind);
    wr_le32(&out, body.n);
    wr_view(&out, body);
    SSP_TRY(out.err);
    return send_all(conn->fd, (struct view){ out.p, out.n });
}

enum ssp_err conn_receive(struct conn *conn, struct frame *ret)
{
    uint8_t header[FRAME_HEADER];

    SSP_TRY(receive_all(conn, header, sizeof(header)));
    struct rd in = rd_of(VIEW_OF(header));
    uint8_t kind = rd_u8(&in);
    uint32_t n = rd_le32(&in);
    if (kind < FRAME_TOKEN || kind > FRAME_SEALED || n > FRAME_BODY_MAX)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(receive_all(conn, ret->body, n));
    ret->kind = (enum frame_kind)kind;
    ret->n = n;
    return SSP_OK;
}

enum ssp_err conn_read_ahead(struct conn *conn, size_t n)
{
    size_t room = CONN_AHEAD_MAX - conn->ahead_n;
    size_t got = 0;

    if (room == 0)
        return ssp_fail(TOO_LARGE);
    SSP_TRY(receive_some(conn->fd, conn->ahead + conn->ahead_n, n < room ? n : room, &got));
    conn->ahead_n += got;
    return SSP_OK;
}
