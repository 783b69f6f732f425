/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/pool.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "lsa/impersonate.h"

_Static_assert(POOL_PATH == sizeof(((struct sockaddr_un *)NULL)->sun_path), "sun_path");

enum ssp_err pool_init(const char *path, struct pool *pool)
{
    *pool = (struct pool){ .epoch = fork_epoch() };
    if (strlen(path) >= sizeof(pool->path))
        return ssp_fail(BAD_CONFIG);
    memcpy(pool->path, path, strlen(path));
    return fork_lock_init(&pool->lock);
}

static void connection_free(struct connection **connection)
{
    struct connection *gone = ssp_steal(connection);

    if (gone == NULL)
        return;
    fd_close(&gone->fd);
    free(gone);
}

void pool_done(struct pool *pool)
{
    while (pool->first != NULL) {
        struct connection *gone = pool->first;

        pool->first = gone->next;
        connection_free(&gone);
    }
    fork_lock_destroy(&pool->lock);
    explicit_bzero(pool->id, sizeof(pool->id));
}

/* ---- One exchange on one connection ---------------------------------------------------------- */

static enum ssp_err send_ask(struct connection *connection, enum rpc_call call, const void *ask,
                             const struct frame_fds *fds)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    frame_begin(&frame, FRAME_REQUEST, call, ++connection->sequence);
    message_encode(&rpc_shape(call)->ask, ask, &frame.bytes);
    if (fds != NULL)
        frame.fds = *fds;
    enum ssp_err e = frame_send(connection->fd, FRAME_WAIT, &frame);
    frame.fds.n = 0; /* lent */
    return e;
}

static enum ssp_err receive_answer(const struct connection *connection, enum rpc_call call,
                                   struct frame *frame, void *ret_answer, int32_t *ret_status)
{
    SSP_TRY(frame_receive(connection->fd, FRAME_WAIT, frame));
    if (frame->kind != FRAME_REPLY || frame->call != call ||
        frame->sequence != connection->sequence)
        return ssp_fail(BAD_FRAME);
    struct rd in = rd_of(frame->body);
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
    SSP_TRY(send_ask(connection, call, ask, NULL));
    return receive_answer(connection, call, ret_frame, ret_answer, ret_status);
}

/* ---- Under the lock -------------------------------------------------------------------------- */

static enum ssp_err connect_to(const char *path, int *ret)
{
    ssp_cleanup(fd_close) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (fd < 0)
        return ssp_fail(IO);
    memcpy(address.sun_path, path, strlen(path));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        return ssp_fail(NO_AUTHORITY);
    *ret = fd;
    fd = -1;
    return SSP_OK;
}

/* Another session than before may be of another lsad.  Until that one is found good, its session is
 * not this process's: the next connection asks again. */
static enum ssp_err take_session(struct pool *pool, struct connection *connection,
                                 const uint8_t *id)
{
    bool is_same = pool->has_session && ct_eq(VIEW_OF(pool->id), (struct view){ id, RPC_ID_SIZE });

    if (!is_same && pool->judge != NULL) {
        enum ssp_err e = pool->judge(pool->judge_arg, connection);

        if (e != SSP_OK)
            return e == SSP_ERR_INCOMPLETE ? ssp_fail(NO_AUTHORITY) : e;
    }
    memcpy(pool->id, id, sizeof(pool->id));
    pool->has_session = true;
    return SSP_OK;
}

/* lsad says so at once, unasked, when this user has too many connections. */
static enum ssp_err say_hello(struct pool *pool, struct connection *connection)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct hello_ask ask = { .is_child = pool->has_session && pool->epoch != fork_epoch() };
    struct hello_answer answer = { 0 };
    int32_t status = 0;

    memcpy(ask.id, pool->id, sizeof(ask.id));
    enum ssp_err e = send_ask(connection, RPC_HELLO, &ask, NULL);
    if (e != SSP_OK && e != SSP_ERR_INCOMPLETE)
        return e;
    e = receive_answer(connection, RPC_HELLO, &frame, &answer, &status);
    if (e == SSP_ERR_INCOMPLETE) /* the reset comes before what was said, once */
        e = receive_answer(connection, RPC_HELLO, &frame, &answer, &status);
    if (e == SSP_ERR_INCOMPLETE)
        return ssp_fail(NO_AUTHORITY);
    SSP_TRY(e);
    if (status < 0)
        return ssp_fail(OVER_QUOTA);
    return take_session(pool, connection, answer.id);
}

/* A child's connections are its parent's: they stay open here until lsad knows the child, so that
 * the parent's credentials are there still when the parent is not. */
static void leave_parent(struct pool *pool, struct connection *first)
{
    if (pool->epoch == fork_epoch())
        return;
    pool->epoch = fork_epoch();
    while (first != NULL) {
        struct connection *gone = first;

        first = gone->next;
        connection_free(&gone);
    }
    pool->first = NULL;
}

static enum ssp_err connection_new(struct pool *pool, struct connection **ret)
{
    ssp_cleanup(connection_free) struct connection *connection = malloc(sizeof(*connection));

    if (connection == NULL)
        return ssp_fail(NO_MEMORY);
    *connection =
        (struct connection){ .fd = -1, .uid = geteuid(), .is_fresh = true, .is_busy = true };
    SSP_TRY(connect_to(pool->path, &connection->fd));
    SSP_TRY(say_hello(pool, connection));
    leave_parent(pool, pool->first);
    connection->next = pool->first;
    pool->first = connection;
    *ret = ssp_steal(&connection);
    return SSP_OK;
}

static struct connection *find_idle(const struct pool *pool)
{
    struct connection *connection = pool->first;
    uid_t uid = geteuid();

    if (pool->epoch != fork_epoch())
        return NULL;
    while (connection != NULL && (connection->is_busy || connection->uid != uid))
        connection = connection->next;
    return connection;
}

static void take_off(struct pool *pool, const struct connection *connection)
{
    struct connection **at = &pool->first;

    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
}

static size_t count_idle(const struct pool *pool)
{
    size_t n = 0;

    for (const struct connection *c = pool->first; c != NULL; c = c->next)
        n += c->is_busy ? 0 : 1;
    return n;
}

/* ---- Borrowing one --------------------------------------------------------------------------- */

static enum ssp_err borrow(struct pool *pool, struct connection **ret)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&pool->lock);
    struct connection *idle = find_idle(pool);

    if (idle == NULL)
        return connection_new(pool, ret);
    idle->is_busy = true;
    idle->is_fresh = false;
    *ret = idle;
    return SSP_OK;
}

/* One that fails, that is one too many, or of a user that the process is not any more, goes; the
 * last one stays, since what lsad keeps goes with it. */
static void give_back(struct pool *pool, struct connection *connection, bool works)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&pool->lock);

    connection->is_busy = false;
    if (works && count_idle(pool) <= POOL_IDLE)
        return;
    take_off(pool, connection);
    connection_free(&connection);
}

enum ssp_err pool_reach(struct pool *pool)
{
    ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
    struct connection *connection = NULL;

    SSP_TRY(borrow(pool, &connection));
    give_back(pool, connection, true);
    return SSP_OK;
}

/* INCOMPLETE when a connection that had been idle was over before the call reached it. */
static enum ssp_err try_call(struct pool *pool, const struct pool_ask *ask, struct frame *frame,
                             void *ret_answer, int32_t *ret_status)
{
    struct connection *connection = NULL;

    SSP_TRY(borrow(pool, &connection));
    bool is_fresh = connection->is_fresh;
    enum ssp_err sent = send_ask(connection, ask->call, ask->body, ask->fds);
    enum ssp_err e = sent == SSP_OK
                         ? receive_answer(connection, ask->call, frame, ret_answer, ret_status)
                         : sent;
    give_back(pool, connection, e == SSP_OK || sent == SSP_ERR_TOO_LARGE);
    if (e == SSP_ERR_INCOMPLETE && (is_fresh || sent == SSP_OK))
        return ssp_fail(NO_AUTHORITY);
    return e;
}

/* Every connection that was idle when lsad ended is over: each is tried, and goes, before a fresh
 * one is made.  So this ends. */
enum ssp_err pool_call(struct pool *pool, const struct pool_ask *ask, struct frame *ret_frame,
                       void *ret_answer, int32_t *ret_status)
{
    ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
    enum ssp_err e = SSP_OK;

    do {
        e = try_call(pool, ask, ret_frame, ret_answer, ret_status);
    } while (e == SSP_ERR_INCOMPLETE);
    return e;
}
