/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/conn.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

struct conn {
    struct conns *conns;
    struct conn *prev;
    struct conn *next;
    struct conn *next_waiting;
    uv_poll_t poll;
    uv_work_t work;
    int fd;
    struct account *account;
    struct rpc_peer peer;
    struct frame request;
    struct frame reply;
    enum ssp_err served;
    bool is_idle;
};

void conns_init(struct conns *conns, uv_loop_t *loop, struct rpc_server *server,
                void (*one_less)(struct conns *conns))
{
    *conns = (struct conns){ .loop = loop, .server = server, .one_less = one_less };
    conns->end_waiting = &conns->first_waiting;
}

static void link_in(struct conn *conn)
{
    struct conns *conns = conn->conns;

    conn->next = conns->first;
    if (conn->next != NULL)
        conn->next->prev = conn;
    conns->first = conn;
    conns->n++;
}

static void unlink_it(const struct conn *conn)
{
    if (conn->next != NULL)
        conn->next->prev = conn->prev;
    *(conn->prev != NULL ? &conn->prev->next : &conn->conns->first) = conn->next;
    conn->conns->n--;
}

static struct accounts *accounts_of(const struct conn *conn)
{
    return &conn->conns->server->accounts;
}

/* ---- Goodbye: on a thread, since packages clean up ------------------------------------------- */

static void leave(uv_work_t *work)
{
    struct conn *conn = work->data;

    rpc_session_leave(&conn->peer);
}

static void gone(uv_work_t *work, int status)
{
    struct conn *conn = work->data;
    struct conns *conns = conn->conns;

    (void)status;
    unlink_it(conn);
    account_refund(accounts_of(conn), conn->account, CHARGE_CONNECTION);
    account_put(accounts_of(conn), &conn->account);
    free(conn);
    conns->one_less(conns);
}

static void closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;

    fd_close(&conn->fd);
    frame_done(&conn->request);
    frame_done(&conn->reply);
    (void)uv_queue_work(conn->conns->loop, &conn->work, leave, gone);
}

static void close_conn(struct conn *conn)
{
    conn->is_idle = false;
    uv_close((uv_handle_t *)&conn->poll, closed);
}

/* ---- Answering ------------------------------------------------------------------------------- */

static void read_next(struct conn *conn);
static void start_waiting_ones(struct conns *conns);

static void reset(struct frame *frame)
{
    frame_done(frame);
    *frame = (struct frame)FRAME_INIT;
}

static void send_reply(struct conn *conn);

static void writable(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;

    (void)events;
    if (status < 0)
        close_conn(conn);
    else
        send_reply(conn);
}

static void send_reply(struct conn *conn)
{
    enum ssp_err e = frame_send(conn->fd, FRAME_NO_WAIT, &conn->reply);

    if (e == SSP_ERR_WOULD_BLOCK && uv_poll_start(&conn->poll, UV_WRITABLE, writable) == 0)
        return;
    if (e != SSP_OK || conn->conns->draining) {
        close_conn(conn);
        return;
    }
    reset(&conn->request);
    reset(&conn->reply);
    read_next(conn);
}

static void serve(uv_work_t *work)
{
    struct conn *conn = work->data;

    conn->served = rpc_serve(conn->conns->server, &conn->peer, &conn->request, &conn->reply);
}

static void served(uv_work_t *work, int status)
{
    struct conn *conn = work->data;
    struct conns *conns = conn->conns;

    account_refund(accounts_of(conn), conn->account, CHARGE_CALL);
    if (status < 0 || conn->served != SSP_OK)
        close_conn(conn);
    else
        send_reply(conn);
    start_waiting_ones(conns);
}

/* False when the user has as many calls answered as it may. */
static bool start(struct conn *conn)
{
    if (account_charge(accounts_of(conn), conn->account, CHARGE_CALL) != SSP_OK)
        return false;
    (void)uv_queue_work(conn->conns->loop, &conn->work, serve, served);
    return true;
}

static void wait_for_turn(struct conn *conn)
{
    struct conns *conns = conn->conns;

    conn->next_waiting = NULL;
    *conns->end_waiting = conn;
    conns->end_waiting = &conn->next_waiting;
}

/* In the order in which they came; those whose user still has no room stay. */
static void start_waiting_ones(struct conns *conns)
{
    struct conn **at = &conns->first_waiting;

    while (*at != NULL) {
        struct conn *conn = *at;
        struct conn *next = conn->next_waiting;

        if (start(conn))
            *at = next;
        else
            at = &conn->next_waiting;
    }
    conns->end_waiting = at;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void refuse(const struct conn *conn, enum ssp_err e)
{
    if (e != SSP_ERR_INCOMPLETE)
        trace(TRACE_WARNING, "uid %u, pid %d: connection closed: %s", (unsigned)conn->peer.who.uid,
              (int)conn->peer.who.pid, ssp_err_text(e));
}

static void readable(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;
    enum ssp_err e = SSP_ERR_INCOMPLETE;

    (void)events;
    if (status >= 0)
        e = frame_receive(conn->fd, FRAME_NO_WAIT, &conn->request);
    if (e == SSP_ERR_WOULD_BLOCK)
        return;
    if (e != SSP_OK) {
        refuse(conn, e);
        close_conn(conn);
        return;
    }
    (void)uv_poll_stop(&conn->poll);
    conn->is_idle = false;
    if (!start(conn))
        wait_for_turn(conn);
}

static void read_next(struct conn *conn)
{
    conn->is_idle = true;
    if (uv_poll_start(&conn->poll, UV_READABLE, readable) != 0)
        close_conn(conn);
}

/* ---- Hello ----------------------------------------------------------------------------------- */

static bool ask_who(int fd, struct client_id *ret)
{
    struct ucred cred = { 0 };
    socklen_t n = sizeof(cred);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0 || n != sizeof(cred))
        return false;
    *ret = (struct client_id){ cred.uid, cred.gid, cred.pid, cred.pid };
    return true;
}

static enum ssp_err charge(struct conn *conn)
{
    SSP_TRY(account_get(accounts_of(conn), conn->peer.who.uid, &conn->account));
    enum ssp_err e = account_charge(accounts_of(conn), conn->account, CHARGE_CONNECTION);
    if (e != SSP_OK)
        account_put(accounts_of(conn), &conn->account);
    return e;
}

/* The answer to the hello that is about to come. */
static void say_no(int fd)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct hello_answer nobody = { 0 };

    frame_begin(&frame, FRAME_REPLY, RPC_HELLO, 1);
    wr_le32(&frame.bytes, (uint32_t)SEC_E_INSUFFICIENT_MEMORY);
    message_encode(&rpc_shape(RPC_HELLO)->answer, &nobody, &frame.bytes);
    if (frame_send(fd, FRAME_NO_WAIT, &frame) != SSP_OK)
        trace(TRACE_DEBUG, "a client that is refused does not listen");
}

static void conn_free(struct conn **conn)
{
    struct conn *unborn = ssp_steal(conn);

    if (unborn == NULL)
        return;
    fd_close(&unborn->fd);
    free(unborn);
}

static enum ssp_err conn_new(struct conns *conns, int fd, struct conn **ret)
{
    ssp_cleanup(conn_free) struct conn *conn = calloc(1, sizeof(*conn));

    if (conn == NULL) {
        fd_close(&fd);
        return ssp_fail(NO_MEMORY);
    }
    conn->conns = conns;
    conn->fd = fd;
    conn->poll.data = conn;
    conn->work.data = conn;
    conn->request = (struct frame)FRAME_INIT;
    conn->reply = (struct frame)FRAME_INIT;
    if (!ask_who(fd, &conn->peer.who))
        return ssp_fail(IO);
    enum ssp_err e = charge(conn);
    if (e == SSP_ERR_OVER_QUOTA)
        say_no(fd);
    SSP_TRY(e);
    *ret = ssp_steal(&conn);
    return SSP_OK;
}

void conns_add(struct conns *conns, int fd)
{
    struct conn *conn = NULL;
    enum ssp_err e = conn_new(conns, fd, &conn);

    if (conn == NULL) {
        trace(TRACE_WARNING, "a connection is refused: %s", ssp_err_text(e));
        return;
    }
    link_in(conn);
    if (uv_poll_init(conns->loop, &conn->poll, conn->fd) != 0)
        abort(); /* only for what is no socket, or without memory for the loop itself */
    read_next(conn);
}

void conns_drain(struct conns *conns)
{
    conns->draining = true;
    for (struct conn *conn = conns->first; conn != NULL; conn = conn->next)
        if (conn->is_idle)
            close_conn(conn);
}
