/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/conn.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

enum { CALLS_IN_A_ROW = 16 /* of one client, when there is more to do than threads */ };

static const struct timespec moment = { .tv_nsec = 500000 }; /* between calls, not more */

struct conn {
    struct waiting waiting; /* first: in the list of its account */
    struct conns *conns;
    struct conn *prev;
    struct conn *next;
    uv_poll_t poll;
    uv_work_t work;
    int fd;
    struct account *account;
    bool is_charged; /* to the account */
    struct rpc_peer peer;
    struct frame reply;
    size_t waiting_bytes; /* of the reply, charged while nobody reads it */
    enum ssp_err served;  /* the request; then, if it was, the reply is sent */
    enum ssp_err sent;
    bool is_leaving; /* what a thread has to do for it is the goodbye */
    bool is_idle;    /* no thread has to do anything for it */
};

void conns_init(struct conns *conns, uv_loop_t *loop, struct rpc_server *server, unsigned threads,
                void (*one_less)(struct conns *conns))
{
    *conns = (struct conns){
        .loop = loop, .server = server, .may_stay = threads / 2, .one_less = one_less
    };
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

static void conn_free(struct conn **conn)
{
    struct conn *gone = ssp_steal(conn);

    if (gone == NULL)
        return;
    if (gone->is_charged)
        account_refund(accounts_of(gone), gone->account, CHARGE_CONNECTION);
    account_put(accounts_of(gone), &gone->account);
    fd_close(&gone->fd);
    free(gone);
}

/* ---- A reply that waits -----------------------------------------------------------------------
 */

/* What nobody reads is kept, and charged.  OVER_QUOTA. */
static enum ssp_err charge_reply(struct conn *conn)
{
    if (conn->waiting_bytes != 0)
        return SSP_OK;
    SSP_TRY(account_charge_bytes(accounts_of(conn), conn->account, conn->reply.bytes.n, false));
    conn->waiting_bytes = conn->reply.bytes.n;
    return SSP_OK;
}

static void refund_reply(struct conn *conn)
{
    account_refund_bytes(accounts_of(conn), conn->account, conn->waiting_bytes);
    conn->waiting_bytes = 0;
}

/* ---- Work for threads ------------------------------------------------------------------------
 *
 * Whatever may take long, and closing is one of these things: packages clean up, and a client's
 * descriptor may be of a file that its user serves, or of a socket that lingers.  So descriptors
 * are received, and closed, on threads only; also those that lie unread in the connection.
 */

static void answer(uv_work_t *work);
static void answered(uv_work_t *work, int status);
static void leave(uv_work_t *work);
static void gone(uv_work_t *work, int status);

/* False when the user has as many threads at work as it may. */
static bool start(struct conn *conn)
{
    if (account_charge(accounts_of(conn), conn->account, CHARGE_CALL) != SSP_OK)
        return false;
    (void)uv_queue_work(conn->conns->loop, &conn->work, conn->is_leaving ? leave : answer,
                        conn->is_leaving ? gone : answered);
    return true;
}

static void start_or_wait(struct conn *conn)
{
    struct account *account = conn->account;

    conn->is_idle = false;
    atomic_fetch_add(&conn->conns->wanted, 1);
    if (start(conn))
        return;
    conn->waiting.next = NULL;
    *(account->first_waiting != NULL ? &account->last_waiting->next : &account->first_waiting) =
        &conn->waiting;
    account->last_waiting = &conn->waiting;
}

/* What one user's thread leaves is room for that user: for the one who has waited longest. */
static void start_waiting_one(struct account *account)
{
    struct waiting *first = account->first_waiting;

    if (first != NULL && start((struct conn *)first))
        account->first_waiting = first->next;
}

static void done(struct conn *conn)
{
    account_refund(accounts_of(conn), conn->account, CHARGE_CALL);
    start_waiting_one(conn->account);
}

/* ---- Goodbye --------------------------------------------------------------------------------- */

static void leave(uv_work_t *work)
{
    struct conn *conn = work->data;

    atomic_fetch_sub(&conn->conns->wanted, 1);
    fd_close(&conn->fd);
    rpc_session_leave(&conn->peer);
}

static void gone(uv_work_t *work, int status)
{
    struct conn *conn = work->data;
    struct conns *conns = conn->conns;

    (void)status;
    done(conn);
    unlink_it(conn);
    conn_free(&conn);
    conns->one_less(conns);
}

static void closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;

    refund_reply(conn);
    frame_done(&conn->reply);
    conn->is_leaving = true;
    start_or_wait(conn);
}

static void close_conn(struct conn *conn)
{
    conn->is_idle = false;
    uv_close((uv_handle_t *)&conn->poll, closed);
}

/* ---- Answering ------------------------------------------------------------------------------- */

static void read_next(struct conn *conn);

static void reset(struct frame *frame)
{
    frame_done(frame);
    *frame = (struct frame)FRAME_INIT;
}

static void after_sending(struct conn *conn, enum ssp_err e);

static void complain(const struct conn *conn, enum ssp_err why)
{
    rpc_complain(conn->conns->server, &conn->peer.who, "connection closed: %s", ssp_err_text(why));
}

static void writable(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;

    (void)events;
    if (status < 0)
        close_conn(conn);
    else
        after_sending(conn, frame_send(conn->fd, FRAME_NO_WAIT, &conn->reply));
}

static enum ssp_err wait_for_reader(struct conn *conn)
{
    enum ssp_err e = charge_reply(conn);

    if (e == SSP_OK && uv_poll_start(&conn->poll, UV_WRITABLE, writable) != 0)
        e = ssp_fail(IO);
    if (e != SSP_OK)
        complain(conn, e);
    return e;
}

/* A client that does not read keeps nobody waiting, not even who wants lsad to end. */
static void after_sending(struct conn *conn, enum ssp_err e)
{
    conn->is_idle = true;
    if (e == SSP_ERR_WOULD_BLOCK && !conn->conns->draining && wait_for_reader(conn) == SSP_OK)
        return;
    if (e != SSP_OK || conn->conns->draining) {
        close_conn(conn);
        return;
    }
    refund_reply(conn);
    reset(&conn->reply);
    read_next(conn);
}

static enum ssp_err receive(const struct conn *conn, struct frame *request)
{
    enum ssp_err e = frame_receive(conn->fd, FRAME_NO_WAIT, request);

    if (e != SSP_OK && e != SSP_ERR_INCOMPLETE && e != SSP_ERR_WOULD_BLOCK)
        complain(conn, e);
    return e;
}

static enum ssp_err serve(struct conn *conn)
{
    ssp_cleanup(frame_done) struct frame request = FRAME_INIT;

    SSP_TRY(receive(conn, &request));
    return rpc_serve(conn->conns->server, &conn->peer, &request, &conn->reply);
}

/* Sends the reply at once: the client need not wait for the loop.  Then nothing that came with the
 * request is here any more.  True when it is out. */
static bool answer_one(struct conn *conn)
{
    conn->served = serve(conn);
    if (conn->served != SSP_OK)
        return false;
    conn->sent = frame_send(conn->fd, FRAME_NO_WAIT, &conn->reply);
    return conn->sent == SSP_OK;
}

/* Whether the client has something for the same thread: it need not be found by the loop first.  A
 * thread that others want does not wait. */
static bool another_comes(const struct conn *conn)
{
    struct conns *conns = conn->conns;
    struct pollfd next = { .fd = conn->fd, .events = POLLIN };
    bool comes = false;

    if (atomic_load(&conns->wanted) != 0)
        return false;
    if (atomic_fetch_add(&conns->staying, 1) < conns->may_stay)
        comes = ppoll(&next, 1, &moment, NULL) == 1;
    atomic_fetch_sub(&conns->staying, 1);
    return comes;
}

static void answer(uv_work_t *work)
{
    struct conn *conn = work->data;

    atomic_fetch_sub(&conn->conns->wanted, 1);
    for (int left = CALLS_IN_A_ROW; answer_one(conn) && --left > 0; reset(&conn->reply))
        if (!another_comes(conn))
            return;
}

static void answered(uv_work_t *work, int status)
{
    struct conn *conn = work->data;

    (void)status; /* nobody cancels work */
    if (conn->served == SSP_OK)
        after_sending(conn, conn->sent);
    else if (conn->served == SSP_ERR_WOULD_BLOCK && !conn->conns->draining)
        read_next(conn);
    else
        close_conn(conn);
    done(conn);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void readable(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;

    (void)events;
    if (status < 0) {
        close_conn(conn);
        return;
    }
    (void)uv_poll_stop(&conn->poll);
    start_or_wait(conn);
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
    *ret = (struct client_id){ cred.uid, cred.pid };
    return true;
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

/* Takes fd over. */
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
    conn->reply = (struct frame)FRAME_INIT;
    if (!ask_who(fd, &conn->peer.who))
        return ssp_fail(IO);
    SSP_TRY(account_get(accounts_of(conn), conn->peer.who.uid, &conn->account));
    *ret = ssp_steal(&conn);
    return SSP_OK;
}

static enum ssp_err charge(struct conn *conn)
{
    SSP_TRY(account_charge(accounts_of(conn), conn->account, CHARGE_CONNECTION));
    conn->is_charged = true;
    return SSP_OK;
}

/* What was sent already may have come with descriptors: closing is work for a thread then, even if
 * the user's threads are all busy.  How many descriptors a user may have on the way, the kernel
 * limits. */
static void turn_away(struct conn *conn)
{
    say_no(conn->fd);
    if (frame_drop_unread(conn->fd)) {
        conn_free(&conn);
        return;
    }
    link_in(conn);
    conn->is_leaving = true;
    start_or_wait(conn);
}

static enum ssp_err watch(struct conn *conn)
{
    if (uv_poll_init(conn->conns->loop, &conn->poll, conn->fd) != 0)
        return ssp_fail(IO);
    link_in(conn);
    read_next(conn);
    return SSP_OK;
}

void conns_add(struct conns *conns, int fd)
{
    struct conn *conn = NULL;
    enum ssp_err e = conn_new(conns, fd, &conn);

    if (e == SSP_OK)
        e = charge(conn);
    if (e == SSP_OK)
        e = watch(conn);
    if (e == SSP_OK)
        return;
    if (conn != NULL)
        rpc_complain(conns->server, &conn->peer.who, "connection refused: %s", ssp_err_text(e));
    else
        trace(TRACE_WARNING, "a connection is refused: %s", ssp_err_text(e));
    if (conn != NULL && e == SSP_ERR_OVER_QUOTA)
        turn_away(conn);
    else
        conn_free(&conn);
}

void conns_drain(struct conns *conns)
{
    conns->draining = true;
    for (struct conn *conn = conns->first; conn != NULL; conn = conn->next)
        if (conn->is_idle)
            close_conn(conn);
}
