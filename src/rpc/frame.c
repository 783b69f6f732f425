/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/frame.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"

static const uint8_t magic[4] = { 'L', 'S', 'A', 'D' };

/* Room for the descriptors, and for what the receiver's own socket options may put beside them. */
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(FRAME_FDS * sizeof(int)) + 128];
};

void frame_fds_close(struct frame_fds *fds)
{
    while (fds->n > 0)
        fd_close(&fds->fd[--fds->n]);
}

void frame_done(struct frame *frame)
{
    frame_fds_close(&frame->fds);
    wr_free(&frame->bytes);
    frame->body = (struct view){ 0 };
}

/* ---- Sending ------------------------------------------------------------------------------- */

static void put_header(const struct frame *frame, size_t body_n, struct wr *out)
{
    wr_view(out, VIEW_OF(magic));
    wr_le16(out, FRAME_VERSION);
    wr_le16(out, frame->kind);
    wr_le16(out, frame->call);
    wr_le16(out, frame->fds.n);
    wr_le32(out, frame->sequence);
    wr_le32(out, body_n);
}

void frame_begin(struct frame *frame, enum frame_kind kind, unsigned call, uint32_t sequence)
{
    frame->kind = (uint16_t)kind;
    frame->call = (uint16_t)call;
    frame->sequence = sequence;
    wr_zero(&frame->bytes, FRAME_HEADER_SIZE); /* its numbers are known when all is there */
}

enum ssp_err frame_finish(struct frame *frame)
{
    ssp_cleanup(wr_free) struct wr header = WR_INIT(FRAME_HEADER_SIZE);

    SSP_TRY(frame->bytes.err);
    if (frame->bytes.n > FRAME_HEADER_SIZE + FRAME_BODY_MAX)
        return ssp_fail(TOO_LARGE);
    put_header(frame, frame->bytes.n - FRAME_HEADER_SIZE, &header);
    SSP_TRY(header.err);
    memcpy(frame->bytes.p, header.p, header.n);
    return SSP_OK;
}

static void put_fds(struct msghdr *msg, union control *control, const struct frame_fds *fds)
{
    size_t n = fds->n * sizeof(int);

    if (n == 0)
        return;
    msg->msg_control = control->bytes;
    msg->msg_controllen = CMSG_SPACE(n);
    control->align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n),
                                       .cmsg_level = SOL_SOCKET,
                                       .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(&control->align), fds->fd, n);
}

static enum ssp_err failed(void)
{
    switch (errno) {
    case EAGAIN:
        return ssp_fail(WOULD_BLOCK);
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED:
    case ENOTCONN:
        return ssp_fail(INCOMPLETE);
    case ENOMEM:
    case ENOBUFS:
        return ssp_fail(NO_MEMORY);
    default:
        return ssp_fail(IO);
    }
}

static int flags_of(enum frame_wait wait)
{
    return MSG_NOSIGNAL | MSG_CMSG_CLOEXEC | (wait == FRAME_NO_WAIT ? MSG_DONTWAIT : 0);
}

enum ssp_err frame_send(int sock, enum frame_wait wait, struct frame *frame)
{
    union control control = { 0 };
    struct iovec bytes = { 0 };
    struct msghdr msg = { .msg_iov = &bytes, .msg_iovlen = 1 };
    ssize_t n = -1;

    SSP_TRY(frame_finish(frame));
    bytes = (struct iovec){ frame->bytes.p, frame->bytes.n };
    put_fds(&msg, &control, &frame->fds);
    do {
        n = sendmsg(sock, &msg, flags_of(wait));
    } while (n < 0 && errno == EINTR);
    return n < 0 ? failed() : SSP_OK;
}

/* ---- Receiving ----------------------------------------------------------------------------- */

static ssize_t receive_once(int sock, struct msghdr *msg, int flags)
{
    ssize_t n = -1;

    do {
        n = recvmsg(sock, msg, flags);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* The size of the next message, which stays where it is. */
static enum ssp_err peek_size(int sock, enum frame_wait wait, size_t *ret)
{
    struct msghdr msg = { 0 };
    ssize_t n = receive_once(sock, &msg, flags_of(wait) | MSG_PEEK | MSG_TRUNC);

    if (n < 0)
        return failed();
    if (n == 0)
        return ssp_fail(INCOMPLETE); /* the end, or an empty message, which nobody of ours sends */
    *ret = (size_t)n;
    return SSP_OK;
}

/* Takes over what one control message carries; false when there is more than there may be. */
static bool take_rights(struct cmsghdr *c, struct frame_fds *fds)
{
    size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        int fd = -1;

        memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
        if (fds->n < FRAME_FDS) {
            fds->fd[fds->n++] = fd;
        } else {
            fd_close(&fd);
            all = false;
        }
    }
    return all;
}

static bool take_fds(struct msghdr *msg, struct frame_fds *fds)
{
    bool all = (msg->msg_flags & MSG_CTRUNC) == 0;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && !take_rights(c, fds))
            all = false;
    return all;
}

static enum ssp_err receive_message(int sock, enum frame_wait wait, struct frame *frame)
{
    union control control = { 0 };
    struct iovec iov = { frame->bytes.p, frame->bytes.n };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes) };
    ssize_t n = receive_once(sock, &msg, flags_of(wait));

    if (n < 0)
        return failed();
    bool all = take_fds(&msg, &frame->fds); /* before any refusal: what came has to be closed */
    if (!all || (msg.msg_flags & MSG_TRUNC) != 0 || (size_t)n != frame->bytes.n)
        return ssp_fail(BAD_FRAME);
    return SSP_OK;
}

enum ssp_err frame_parse(struct frame *frame)
{
    struct rd in = rd_of((struct view){ frame->bytes.p, frame->bytes.n });
    uint8_t theirs[sizeof(magic)] = { 0 };

    rd_copy(&in, theirs, sizeof(theirs));
    uint16_t version = rd_le16(&in);
    frame->kind = rd_le16(&in);
    frame->call = rd_le16(&in);
    uint16_t n_fds = rd_le16(&in);
    frame->sequence = rd_le32(&in);
    frame->body = rd_view(&in, rd_le32(&in));
    if (rd_end(&in) != SSP_OK || !ct_eq(VIEW_OF(theirs), VIEW_OF(magic)) ||
        version != FRAME_VERSION)
        return ssp_fail(BAD_FRAME);
    if ((frame->kind != FRAME_REQUEST && frame->kind != FRAME_REPLY) || n_fds != frame->fds.n)
        return ssp_fail(BAD_FRAME);
    return SSP_OK;
}

enum ssp_err frame_receive(int sock, enum frame_wait wait, struct frame *frame)
{
    size_t n = 0;

    SSP_TRY(peek_size(sock, wait, &n));
    if (n > FRAME_HEADER_SIZE + FRAME_BODY_MAX)
        return ssp_fail(BAD_FRAME);
    wr_zero(&frame->bytes, n);
    SSP_TRY(frame->bytes.err);
    SSP_TRY(receive_message(sock, wait, frame));
    return frame_parse(frame);
}

/* ---- Closing ------------------------------------------------------------------------------- */

enum unread { UNREAD_NONE, UNREAD_BYTES, UNREAD_FDS };

/* Looks, and takes nothing: a look at descriptors that is not given room for them opens none.  The
 * kernel tells with each message who sent it (SO_PASSCRED), so an empty one is not taken for the
 * end. */
static enum unread look_at_unread(int sock)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control = { 0 };
    struct msghdr msg = { .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };

    if (receive_once(sock, &msg, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC) < 0)
        return UNREAD_NONE;
    if ((msg.msg_flags & MSG_CTRUNC) != 0)
        return UNREAD_FDS;
    return CMSG_FIRSTHDR(&msg) != NULL ? UNREAD_BYTES : UNREAD_NONE;
}

bool frame_drop_unread(int sock)
{
    const int yes = 1;
    enum unread unread = UNREAD_FDS;

    if (shutdown(sock, SHUT_RD) != 0 ||
        setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) != 0)
        return false;
    while ((unread = look_at_unread(sock)) == UNREAD_BYTES)
        (void)recv(sock, NULL, 0, MSG_DONTWAIT);
    return unread == UNREAD_NONE;
}
