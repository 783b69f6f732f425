/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/carry.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"

enum { FDS_MAX = 2 };

struct fds { /* owned: ssp_cleanup(fds_close) */
    int fd[FDS_MAX];
    size_t n;
};

/* Room for the descriptors, and for what the receiver's own socket options may put beside them
 * (credentials, a security label, a time stamp). */
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(FDS_MAX * sizeof(int)) + 128];
};

static void fds_close(struct fds *fds)
{
    while (fds->n > 0)
        fd_close(&fds->fd[--fds->n]);
}

static enum ssp_err check_socket(int sock)
{
    int domain = 0;
    int type = 0;
    socklen_t n = sizeof(domain);

    if (getsockopt(sock, SOL_SOCKET, SO_DOMAIN, &domain, &n) != 0 || domain != AF_UNIX)
        return ssp_fail(BAD_ARGUMENT);
    n = sizeof(type);
    if (getsockopt(sock, SOL_SOCKET, SO_TYPE, &type, &n) != 0 || type != SOCK_SEQPACKET)
        return ssp_fail(BAD_ARGUMENT);
    return SSP_OK;
}

/* Lends the parcel's descriptors: the result is not to be closed. */
static struct fds lent_fds(const struct parcel *parcel)
{
    struct fds fds = { 0 };

    if (parcel->token_fd >= 0)
        fds.fd[fds.n++] = parcel->token_fd;
    if (parcel->connection_fd >= 0)
        fds.fd[fds.n++] = parcel->connection_fd;
    return fds;
}

static void put_fds(struct msghdr *msg, union control *control, const struct fds *fds)
{
    size_t n = fds->n * sizeof(int);

    if (n == 0)
        return;
    msg->msg_control = control->bytes;
    msg->msg_controllen = CMSG_SPACE(n);
    struct cmsghdr *c = CMSG_FIRSTHDR(msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n);
    memcpy(CMSG_DATA(c), fds->fd, n);
}

static ssize_t send_once(int sock, const struct msghdr *msg)
{
    ssize_t n = -1;

    do {
        n = sendmsg(sock, msg, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* A message has to fit the send buffer whole; the system doubles the number and caps it. */
static bool raise_buffer(int sock, size_t n)
{
    int size = (int)n;

    return setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0;
}

static enum ssp_err send_failed(void)
{
    switch (errno) {
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ENOTCONN:
        return ssp_fail(INCOMPLETE);
    case EBADF:
        return ssp_fail(BAD_ARGUMENT);
    default:
        return ssp_fail(IO);
    }
}

enum ssp_err carry_send(int sock, const struct parcel *parcel)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(PARCEL_MAX);
    union control control = { 0 };
    const struct fds fds = lent_fds(parcel);

    SSP_TRY(check_socket(sock));
    SSP_TRY(parcel_encode(parcel, &out));
    struct iovec bytes = { out.p, out.n };
    struct msghdr msg = { .msg_iov = &bytes, .msg_iovlen = 1 };
    put_fds(&msg, &control, &fds);

    ssize_t n = send_once(sock, &msg);
    if (n < 0 && errno == EMSGSIZE && raise_buffer(sock, out.n))
        n = send_once(sock, &msg);
    return n < 0 ? send_failed() : SSP_OK;
}

static ssize_t receive_once(int sock, struct msghdr *msg, int flags)
{
    ssize_t n = -1;

    do {
        n = recvmsg(sock, msg, flags | MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* Size of the next message, which stays where it is, without its descriptors. */
static enum ssp_err peek_size(int sock, size_t *ret)
{
    struct msghdr msg = { 0 };
    ssize_t n = receive_once(sock, &msg, MSG_PEEK | MSG_TRUNC);

    if (n < 0)
        return errno == ECONNRESET ? ssp_fail(INCOMPLETE) : ssp_fail(IO);
    *ret = (size_t)n;
    return SSP_OK;
}

/* Takes over what one control message carries; false when there is more than there may be. */
static bool take_rights(struct cmsghdr *c, struct fds *fds)
{
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        int fd = -1;
        memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
        if (fds->n < FDS_MAX) {
            fds->fd[fds->n++] = fd;
        } else {
            fd_close(&fd);
            all = false;
        }
    }
    return all;
}

/* Only a receiver that asked for it by SO_PASSPIDFD gets one; the parcel has no use for it. */
enum { CMSG_PIDFD = 4 }; /* SCM_PIDFD of Linux 6.5 */

static bool take_fds(struct msghdr *msg, struct fds *fds)
{
    bool all = (msg->msg_flags & MSG_CTRUNC) == 0;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        ssp_cleanup(fds_close) struct fds unwanted = { 0 };

        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_RIGHTS && !take_rights(c, fds))
            all = false;
        if (c->cmsg_type == CMSG_PIDFD)
            (void)take_rights(c, &unwanted);
    }
    return all;
}

/* One whole message, room->n bytes at most, and its descriptors. */
static enum ssp_err receive_message(int sock, const struct wr *room, struct fds *fds,
                                    struct view *ret)
{
    union control control = { 0 };
    struct iovec iov = { room->p, room->n };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes) };
    ssize_t n = receive_once(sock, &msg, 0);

    if (n < 0)
        return ssp_fail(IO);
    bool all = take_fds(&msg, fds); /* before any refusal: what came has to be closed */
    if (!all || (msg.msg_flags & MSG_TRUNC) != 0)
        return ssp_fail(BAD_TOKEN);
    *ret = (struct view){ room->p, (size_t)n };
    return SSP_OK;
}

/* An empty message looks like the end of the stream, but only after the end has the peer hung up.
 */
static enum ssp_err nothing_came(int sock)
{
    struct pollfd p = { .fd = sock, .events = POLLRDHUP };

    if (poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP)) != 0)
        return ssp_fail(INCOMPLETE);
    return ssp_fail(BAD_TOKEN);
}

static size_t count_of(unsigned flags)
{
    size_t n = (flags & PARCEL_TOKEN) != 0 ? 1 : 0;

    return (flags & PARCEL_CONNECTION) != 0 ? n + 1 : n;
}

static void give_fds(struct parcel *parcel, unsigned flags, struct fds *fds)
{
    size_t i = 0;

    if ((flags & PARCEL_TOKEN) != 0)
        parcel->token_fd = fds->fd[i++];
    if ((flags & PARCEL_CONNECTION) != 0)
        parcel->connection_fd = fds->fd[i];
    fds->n = 0;
}

enum ssp_err carry_receive(int sock, struct parcel *ret)
{
    ssp_cleanup(wr_free) struct wr room = WR_INIT(PARCEL_MAX);
    ssp_cleanup(fds_close) struct fds fds = { 0 };
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    struct view bytes = { 0 };
    unsigned flags = 0;
    size_t n = 0;

    SSP_TRY(check_socket(sock));
    SSP_TRY(peek_size(sock, &n));
    wr_zero(&room, n < PARCEL_MAX ? n : PARCEL_MAX); /* a longer one is received to be refused */
    SSP_TRY(room.err);
    SSP_TRY(receive_message(sock, &room, &fds, &bytes));
    if (bytes.n == 0)
        return nothing_came(sock);
    SSP_TRY(parcel_decode(bytes, &parcel, &flags));
    if (fds.n != count_of(flags))
        return ssp_fail(BAD_TOKEN);
    give_fds(&parcel, flags, &fds);
    *ret = parcel;
    parcel = (struct parcel)PARCEL_INIT;
    return SSP_OK;
}
