/* SPDX-License-Identifier: Apache-2.0 */
/* A process's connections to an lsad that answers late, or never; the test is lsad. */
#include "rpc/pool.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"

enum { SHORT_MS = 20, THREADS = 6, ROOM = 4 /* for those who were not accepted yet */ };

static const uint8_t session_id[RPC_ID_SIZE] = { 7, 1, 7 };

static struct pool pool;
static struct sockaddr_un address;
static int listening;

static int setup(void **state)
{
    address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch("lsad.sock"));
    listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    *state = NULL;
    return bind(listening, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
                   listen(listening, ROOM) == 0 && pool_init(address.sun_path, &pool) == SSP_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    pool_done(&pool);
    (void)close(listening);
    return free_guarded(state);
}

/* ---- As lsad does ---------------------------------------------------------------------------- */

static int accept_one(void)
{
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void hear(int fd, enum rpc_call call, union rpc_ask *ret_ask)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    assert_int_equal(frame_receive(fd, FRAME_WAIT, &frame), SSP_OK);
    assert_int_equal(frame.call, call);
    assert_int_equal(message_decode(&rpc_shape(call)->ask, frame.body, ret_ask), SSP_OK);
}

static struct hello_ask hear_hello(int fd)
{
    union rpc_ask ask = { 0 };

    hear(fd, RPC_HELLO, &ask);
    return ask.hello;
}

static uint64_t hear_call(int fd)
{
    union rpc_ask ask = { 0 };

    hear(fd, RPC_FREE_CRED, &ask);
    return ask.id.id;
}

/* sequence: the how manieth on this connection. */
static void answer(int fd, enum rpc_call call, uint32_t sequence, const void *body)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    frame_begin(&frame, FRAME_REPLY, call, sequence);
    wr_le32(&frame.bytes, SEC_E_OK);
    message_encode(&rpc_shape(call)->answer, body, &frame.bytes);
    assert_int_equal(frame_send(fd, FRAME_WAIT, &frame), SSP_OK);
}

static void answer_hello(int fd)
{
    struct hello_answer its = { { 0 } };

    memcpy(its.id, session_id, sizeof(its.id));
    answer(fd, RPC_HELLO, 1, &its);
}

static void answer_call(int fd, uint32_t sequence)
{
    answer(fd, RPC_FREE_CRED, sequence, &(struct nothing){ 0 });
}

/* ---- As the library does --------------------------------------------------------------------- */

struct caller {
    pthread_t thread;
    atomic_bool is_done;
    enum ssp_err e;
};

static enum ssp_err call(void)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    const struct id_ask body = { 42 };
    const struct pool_ask ask = { RPC_FREE_CRED, &body, NULL };
    struct nothing its = { 0 };
    int32_t status = 0;

    return pool_call(&pool, &ask, &frame, &its, &status);
}

static void *run(void *arg)
{
    struct caller *caller = arg;

    caller->e = call();
    atomic_store(&caller->is_done, true);
    return NULL;
}

static void begin(struct caller *caller)
{
    assert_int_equal(pthread_create(&caller->thread, NULL, run, caller), 0);
}

static enum ssp_err end(struct caller *caller)
{
    assert_int_equal(pthread_join(caller->thread, NULL), 0);
    return caller->e;
}

/* ---- An lsad that does not answer ------------------------------------------------------------ */

static void gives_up_on_an_lsad_that_does_not_answer_the_hello(void **state)
{
    (void)state;
    pool.patience_ms = SHORT_MS;
    assert_int_equal(pool_reach(&pool), SSP_ERR_NO_AUTHORITY);
    int fd = accept_one();
    (void)hear_hello(fd);
    assert_int_equal(close(fd), 0);
    assert_null(pool.first);
}

static int queue_up(void)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    assert_int_equal(close(fd), 0);
    return -1;
}

static void gives_up_on_an_lsad_that_accepts_nobody(void **state)
{
    int waiting[ROOM + 2];
    size_t n = 0;

    (void)state;
    while (n < ROOM + 2 && (waiting[n] = queue_up()) >= 0)
        n++;
    assert_in_range(n, 1, ROOM + 1);
    pool.patience_ms = SHORT_MS;
    assert_int_equal(pool_reach(&pool), SSP_ERR_NO_AUTHORITY);
    while (n > 0)
        assert_int_equal(close(waiting[--n]), 0);
}

static enum ssp_err ask_something(void *arg, struct connection *connection)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct nothing its = { 0 };
    int32_t status = 0;

    *(bool *)arg = true;
    return connection_call(connection, RPC_FREE_CRED, &(struct id_ask){ 1 }, &frame, &its, &status);
}

static void gives_up_on_an_lsad_that_does_not_answer_the_judge(void **state)
{
    struct caller caller = { .is_done = false };
    bool is_judged = false;

    (void)state;
    pool.judge = ask_something;
    pool.judge_arg = &is_judged;
    pool.patience_ms = 10 * SHORT_MS;
    begin(&caller);
    int fd = accept_one();
    (void)hear_hello(fd);
    answer_hello(fd);
    assert_int_equal(end(&caller), SSP_ERR_NO_AUTHORITY);
    assert_true(is_judged);
    assert_int_equal(close(fd), 0);
}

/* The time is for the hello: a KDC may be slow. */
static void waits_for_an_answer_as_long_as_it_takes(void **state)
{
    struct caller caller = { .is_done = false };

    (void)state;
    begin(&caller);
    int fd = accept_one();
    (void)hear_hello(fd);
    answer_hello(fd);
    (void)hear_call(fd);
    assert_int_equal(pool.first->until, 0);
    answer_call(fd, 2);
    assert_int_equal(end(&caller), SSP_OK);
    assert_int_equal(close(fd), 0);
}

/* ---- Who else is held up --------------------------------------------------------------------- */

static bool is_alive(void *arg)
{
    (void)arg;
    return true;
}

static void a_fork_does_not_wait_for_the_hello(void **state)
{
    struct caller caller = { .is_done = false };

    (void)state;
    begin(&caller);
    int fd = accept_one();
    (void)hear_hello(fd);
    assert_true(child_says(is_alive, NULL));
    assert_false(atomic_load(&caller.is_done));
    assert_int_equal(close(fd), 0);
    assert_int_equal(end(&caller), SSP_ERR_NO_AUTHORITY);
}

static void others_use_what_is_idle_while_one_waits_for_the_hello(void **state)
{
    struct caller callers[3] = { { .is_done = false } };

    (void)state;
    begin(&callers[0]);
    int first = accept_one();
    (void)hear_hello(first);
    answer_hello(first);
    (void)hear_call(first);
    begin(&callers[1]); /* the first is busy */
    int silent = accept_one();
    (void)hear_hello(silent);
    begin(&callers[2]);
    answer_call(first, 2);
    (void)hear_call(first);
    answer_call(first, 3);
    assert_int_equal(end(&callers[0]), SSP_OK);
    assert_int_equal(end(&callers[2]), SSP_OK);
    assert_false(atomic_load(&callers[1].is_done));
    assert_int_equal(close(silent), 0);
    assert_int_equal(end(&callers[1]), SSP_ERR_NO_AUTHORITY);
    assert_int_equal(close(first), 0);
}

static void threads_that_wait_give_up_in_time_as_well(void **state)
{
    struct caller callers[THREADS] = { { .is_done = false } };

    (void)state;
    pool.patience_ms = SHORT_MS;
    for (size_t i = 0; i < THREADS; i++)
        begin(&callers[i]);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(end(&callers[i]), SSP_ERR_NO_AUTHORITY);
    assert_null(pool.first);
}

static void has_one_session_however_many_threads_begin(void **state)
{
    struct caller callers[THREADS] = { { .is_done = false } };
    const struct hello_ask nobody = { 0 };
    int fds[THREADS];

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        begin(&callers[i]);
    for (size_t i = 0; i < THREADS; i++) {
        fds[i] = accept_one();
        const struct hello_ask hello = hear_hello(fds[i]);
        assert_memory_equal(hello.id, i == 0 ? nobody.id : session_id, sizeof(hello.id));
        assert_false(hello.is_child);
        answer_hello(fds[i]);
        (void)hear_call(fds[i]);
    }
    for (size_t i = 0; i < THREADS; i++)
        answer_call(fds[i], 2);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(end(&callers[i]), SSP_OK);
        assert_int_equal(close(fds[i]), 0);
    }
}

/* ---- A child --------------------------------------------------------------------------------- */

/* Of its own process only. */
static enum ssp_err reach_alone(void)
{
    enum ssp_err e = pool_reach(&pool);

    if (e != SSP_OK)
        return e;
    return pool.first != NULL && pool.first->next == NULL && pool.first->epoch == fork_epoch()
               ? SSP_OK
               : SSP_ERR_INTERNAL;
}

static void a_child_makes_its_own_while_its_parent_waits(void **state)
{
    struct caller callers[2] = { { .is_done = false } };
    int status = -1;

    (void)state;
    begin(&callers[0]);
    int silent = accept_one();
    (void)hear_hello(silent);
    begin(&callers[1]); /* waits, at some time, for the first */
    pid_t child = fork();
    if (child == 0)
        _exit((int)reach_alone());
    int its = accept_one();
    assert_false(hear_hello(its).is_child); /* of a process without a session */
    answer_hello(its);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), SSP_OK);
    assert_false(atomic_load(&callers[0].is_done));
    assert_int_equal(close(silent) | close(its), 0);
    assert_int_equal(end(&callers[0]), SSP_ERR_NO_AUTHORITY);
    silent = accept_one();
    assert_int_equal(close(silent), 0);
    assert_int_equal(end(&callers[1]), SSP_ERR_NO_AUTHORITY);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(gives_up_on_an_lsad_that_does_not_answer_the_hello),
        CASE(gives_up_on_an_lsad_that_accepts_nobody),
        CASE(gives_up_on_an_lsad_that_does_not_answer_the_judge),
        CASE(waits_for_an_answer_as_long_as_it_takes),
        CASE(a_fork_does_not_wait_for_the_hello),
        CASE(others_use_what_is_idle_while_one_waits_for_the_hello),
        CASE(threads_that_wait_give_up_in_time_as_well),
        CASE(has_one_session_however_many_threads_begin),
        CASE(a_child_makes_its_own_while_its_parent_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
