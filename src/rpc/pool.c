/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/secret.h"
#include "lsa/impersonate.h"

_Static_assert(POOL_PATH == sizeof(((struct sockaddr_un *)NULL)->sun_path), "sun_path");

enum ssp_err pool_init(const char *path, struct pool *pool)
{
    uint64_t epoch = fork_epoch();

    *pool = (struct pool){ .patience_ms = POOL_PATIENCE_MS, .epoch = epoch, .making_epoch = epoch };
    if (strlen(path) >= sizeof(pool->path))
        return ssp_fail(BAD_CONFIG);
    memcpy(pool->path, path, strlen(path));
    SSP_TRY(fork_lock_init(&pool->lock));
    pool->change = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    return SSP_OK;
}

/* Under the lock.  A child has none of its parent's threads: none that makes a connection, and none
 * that waits. */
static void forget_threads_of_parent(struct pool *pool)
{
    if (pool->making_epoch == fork_epoch())
        return;
    pool->making_epoch = fork_epoch();
    pool->is_making = false;
    pool->change = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}

void pool_done(struct pool *pool)
{
    while (pool->first != NULL) {
        struct connection *gone = pool->first;

        pool->first = gone->next;
        connection_free(&gone);
    }
    forget_threads_of_parent(pool);
    (void)pthread_cond_destroy(&pool->change);
    fork_lock_destroy(&pool->lock);
    explicit_bzero(pool->id, sizeof(pool->id));
}

/* ---- The hello ------------------------------------------------------------------------------- */

/* Another session than before may be of another lsad.  Until that one is found good, its session is
 * not this process's: the next connection asks again. */
static enum ssp_err judge_session(const struct pool *pool, struct connection *connection,
                                  const struct hello_answer *answer)
{
    bool is_same = pool->has_session && ct_eq(VIEW_OF(pool->id), VIEW_OF(answer->id));

    if (is_same || pool->judge == NULL)
        return SSP_OK;
    enum ssp_err e = pool->judge(pool->judge_arg, connection);
    return e == SSP_ERR_INCOMPLETE ? ssp_fail(NO_AUTHORITY) : e;
}

/* By the thread that makes it, for whom the session stays as it is.  lsad says so at once, unasked,
 * when this user has too many connections. */
static enum ssp_err say_hello(const struct pool *pool, struct connection *connection,
                              struct hello_answer *ret)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct hello_ask ask = { .is_child = pool->has_session && pool->epoch != fork_epoch() };
    struct hello_answer answer = { 0 };
    int32_t status = 0;

    memcpy(ask.id, pool->id, sizeof(ask.id));
    enum ssp_err e = connection_send(connection, RPC_HELLO, &ask, NULL);
    if (e != SSP_OK && e != SSP_ERR_INCOMPLETE)
        return e;
    e = connection_receive(connection, RPC_HELLO, &frame, &answer, &status);
    if (e == SSP_ERR_INCOMPLETE) /* the reset comes before what was said, once */
        e = connection_receive(connection, RPC_HELLO, &frame, &answer, &status);
    if (e == SSP_ERR_INCOMPLETE)
        return ssp_fail(NO_AUTHORITY);
    SSP_TRY(e);
    if (status < 0)
        return ssp_fail(OVER_QUOTA);
    SSP_TRY(judge_session(pool, connection, &answer));
    *ret = answer;
    return SSP_OK;
}

/* ---- Under the lock -------------------------------------------------------------------------- */

static void take_off(struct pool *pool, const struct connection *connection)
{
    struct connection **at = &pool->first;

    while (*at != connection)
        at = &(*at)->next;
    *at = connection->next;
}

/* A child's connections are its parent's, and so is one that the parent was just making: they stay
 * open here until lsad knows the child, so that the parent's credentials are there still when the
 * parent is not. */
static void leave_parent(struct pool *pool)
{
    struct connection **at = &pool->first;

    while (*at != NULL) {
        struct connection *gone = *at;

        if (gone->epoch == fork_epoch()) {
            at = &gone->next;
            continue;
        }
        *at = gone->next;
        connection_free(&gone);
    }
}

static void take_session(struct pool *pool, const struct hello_answer *answer)
{
    memcpy(pool->id, answer->id, sizeof(pool->id));
    pool->has_session = true;
    if (pool->epoch != fork_epoch())
        leave_parent(pool);
    pool->epoch = fork_epoch();
}

static struct connection *find_idle(const struct pool *pool)
{
    struct connection *connection = pool->first;
    uid_t uid = geteuid();

    while (connection != NULL &&
           (connection->is_busy || connection->uid != uid || connection->epoch != fork_epoch()))
        connection = connection->next;
    return connection;
}

static size_t count_idle(const struct pool *pool)
{
    size_t n = 0;

    for (const struct connection *c = pool->first; c != NULL; c = c->next)
        n += c->is_busy ? 0 : 1;
    return n;
}

/* ---- Borrowing one --------------------------------------------------------------------------- */

/* Under the lock, which others have meanwhile. */
static enum ssp_err wait_for_change(struct pool *pool, uint64_t until)
{
    const struct timespec end = timespec_from_ns(until);

    int e = pthread_cond_clockwait(&pool->change, &pool->lock.mutex, CLOCK_MONOTONIC, &end);

    return e == ETIMEDOUT ? ssp_fail(NO_AUTHORITY) : SSP_OK;
}

/* Under the lock.  It is on the list already: a child closes it with its parent's others. */
static enum ssp_err begin_to_make(struct pool *pool, uint64_t until, struct connection **ret)
{
    struct connection *connection = NULL;

    SSP_TRY(connection_new(until, &connection));
    connection->is_busy = true;
    connection->next = pool->first;
    pool->first = connection;
    pool->is_making = true;
    *ret = connection;
    return SSP_OK;
}

/* One that is idle, or a fresh one that is not connected. */
static enum ssp_err find_or_begin(struct pool *pool, uint64_t until, struct connection **ret)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&pool->lock);
    struct connection *idle = NULL;

    forget_threads_of_parent(pool);
    for (idle = find_idle(pool); idle == NULL && pool->is_making; idle = find_idle(pool))
        SSP_TRY(wait_for_change(pool, until));
    if (idle == NULL)
        return begin_to_make(pool, until, ret);
    idle->is_busy = true;
    idle->is_fresh = false;
    *ret = idle;
    return SSP_OK;
}

static void end_of_making(struct pool *pool, struct connection *connection,
                          const struct hello_answer *answer)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&pool->lock);

    pool->is_making = false;
    (void)pthread_cond_broadcast(&pool->change);
    if (answer != NULL) {
        connection->until = 0;
        take_session(pool, answer);
        return;
    }
    take_off(pool, connection);
    connection_free(&connection);
}

/* Without the lock. */
static enum ssp_err make(struct pool *pool, struct connection *connection)
{
    struct hello_answer answer = { 0 };
    enum ssp_err e = connection_open(connection, pool->path);

    if (e == SSP_OK)
        e = say_hello(pool, connection, &answer);
    end_of_making(pool, connection, e == SSP_OK ? &answer : NULL);
    return e;
}

static enum ssp_err borrow(struct pool *pool, struct connection **ret)
{
    uint64_t until = monotonic_now() + pool->patience_ms * NS_PER_MS;
    struct connection *connection = NULL;

    SSP_TRY(find_or_begin(pool, until, &connection));
    if (connection->is_fresh)
        SSP_TRY(make(pool, connection));
    *ret = connection;
    return SSP_OK;
}

/* One that fails, that is one too many, or of a user that the process is not any more, goes; the
 * last one stays, since what lsad keeps goes with it. */
static void give_back(struct pool *pool, struct connection *connection, bool works)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&pool->lock);

    connection->is_busy = false;
    (void)pthread_cond_broadcast(&pool->change);
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
    enum ssp_err sent = connection_send(connection, ask->call, ask->body, ask->fds);
    enum ssp_err e = sent == SSP_OK
                         ? connection_receive(connection, ask->call, frame, ret_answer, ret_status)
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
