/* SPDX-License-Identifier: Apache-2.0 */
/* Who misbehaves on lsad's socket is shown out; a polite client beside him notices nothing. */
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "handoff/ticket.h"
#include "lsad/caller.h"

enum { LIMIT = 8 /* connections of one user, and tickets */, BAD_USER = 61004 };

static void is_shown_out(int fd)
{
    assert_int_equal(caller_answer(fd), 1);
    assert_int_equal(close(fd), 0);
}

static void closes_on_bytes_that_are_no_frame(void **state)
{
    struct cast cast = cast_meet();
    static const char *const rubbish[] = { "x", "LSADLSADLSADLSADLSAD", "" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int fd = caller_greeted();

        assert_true(send(fd, rubbish[i], strlen(rubbish[i]), 0) >= 0);
        is_shown_out(fd);
    }
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.server, &cast.heir, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
}

static void closes_on_calls_in_the_wrong_state(void **state)
{
    struct hello_ask nobody = { 0 };
    struct id_ask id = { 1 };

    (void)state;
    int fd = caller_reach();
    assert_int_equal(caller_ask(fd, RPC_DELETE_CTX, &id, NULL), SSP_OK); /* before the hello */
    is_shown_out(fd);
    fd = caller_greeted();
    assert_int_equal(caller_ask(fd, RPC_HELLO, &nobody, NULL), SSP_OK); /* a second one */
    is_shown_out(fd);
}

static void closes_on_unknown_calls_and_bodies_that_do_not_hold(void **state)
{
    static const unsigned calls[] = { RPC_NONE, RPC_CALLS, 0xffff, RPC_LEG, RPC_OPEN };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        int fd = caller_greeted();

        assert_int_equal(caller_ask(fd, calls[i], NULL, NULL), SSP_OK);
        is_shown_out(fd);
    }
}

static void closes_on_descriptors_that_do_not_belong(void **state)
{
    struct id_ask id = { 1 };
    struct frame_fds fds = { .fd = { 0, 1 }, .n = 2 };

    (void)state;
    int fd = caller_greeted();
    assert_int_equal(caller_ask(fd, RPC_DELETE_CTX, &id, &fds), SSP_OK);
    is_shown_out(fd);
}

static void takes_no_other_file_for_a_token(void **state)
{
    struct nothing nothing = { 0 };
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0); /* reading from it would block */
    struct frame_fds fds = { .fd = { ends[0] }, .n = 1 };
    int fd = caller_greeted();
    assert_int_equal(caller_ask(fd, RPC_QUERY_TOKEN, &nothing, &fds), SSP_OK);
    assert_int_equal(caller_answer(fd), SEC_E_INVALID_TOKEN);
    assert_int_equal(close(fd) | close(ends[0]) | close(ends[1]), 0);
}

static void knows_no_handle_of_another_client(void **state)
{
    struct id_ask guess = { 0 };

    (void)state;
    (void)cast_meet(); /* its contexts have small numbers inside */
    int fd = caller_greeted();
    for (uint64_t id = 0; id < 64; id++) {
        guess.id = id;
        assert_int_equal(caller_ask(fd, RPC_DELETE_CTX, &guess, NULL), SSP_OK);
        assert_int_equal(caller_answer(fd), SEC_E_INVALID_HANDLE);
        assert_int_equal(caller_ask(fd, RPC_FREE_CRED, &guess, NULL), SSP_OK);
        assert_int_equal(caller_answer(fd), SEC_E_INVALID_HANDLE);
    }
    assert_int_equal(close(fd), 0);
}

/* Requests in one go, and then the answers: all of them, in their order. */
static void keeps_the_order_of_one_who_floods(void **state)
{
    struct package_ask packages[] = { { 0 }, { 1000 } };

    (void)state;
    int fd = caller_greeted();
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(caller_ask(fd, RPC_PACKAGE, &packages[i % 2], NULL), SSP_OK);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(caller_answer(fd), i % 2 == 0 ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(close(fd), 0);
}

static void pause_lsad(void)
{
    assert_int_equal(kill(world_lsad_pid(), SIGSTOP), 0);
    assert_int_equal(waitpid(world_lsad_pid(), NULL, WUNTRACED), world_lsad_pid());
}

/* Asks with a lingering connection, whose last owner lsad is when it reads that. */
static int leave_lingering(unsigned call, int *ret_other_end)
{
    struct frame_fds fds = { .fd = { caller_lingering(ret_other_end) }, .n = 1 };
    struct id_ask id = { 1 };
    int fd = caller_greeted();

    pause_lsad();
    assert_int_equal(caller_ask(fd, call, &id, &fds), SSP_OK);
    assert_int_equal(close(fds.fd[0]), 0);
    assert_int_equal(kill(world_lsad_pid(), SIGCONT), 0);
    return fd;
}

/* In a frame with descriptors that do not belong, and in one that does not hold. */
static void waits_for_no_descriptor_that_is_slow_to_close(void **state)
{
    int other_end[2];
    int fd[2];

    (void)state;
    fd[0] = leave_lingering(RPC_DELETE_CTX, &other_end[0]);
    fd[1] = leave_lingering(RPC_QUERY_TOKEN, &other_end[1]);
    struct cast cast = cast_meet(); /* lsad serves others meanwhile */
    cast_talk(&cast.client, &cast.server);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(close(other_end[i]) | close(fd[i]), 0);
}

/* How many short messages a connection holds that nobody reads. */
static size_t room_of_connection(void)
{
    int ends[2];
    size_t n = 0;

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    while (send(ends[0], "short", 5, MSG_DONTWAIT) == 5)
        n++;
    assert_int_equal(close(ends[0]) | close(ends[1]), 0);
    return n;
}

static size_t unread_bytes(int fd)
{
    int n = 0;

    assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
    return (size_t)n;
}

/* More is asked than there is room for answers, so lsad cannot get rid of one. */
static void ends_without_those_who_do_not_read(void **state)
{
    size_t n = room_of_connection();
    struct id_ask none = { 0 };

    (void)state;
    int fd = caller_greeted();
    for (size_t i = 0; i < n + n / 2; i++)
        assert_int_equal(caller_ask(fd, RPC_DELETE_CTX, &none, NULL), SSP_OK);
    while (unread_bytes(fd) < (n - 2) * (FRAME_HEADER_SIZE + sizeof(int32_t)))
        assert_int_equal(close(caller_greeted()), 0);
    assert_true(world_stop_lsad());
    world_start_lsad();
    assert_int_equal(close(fd), 0);
}

/* They would be charged to the cases to come. */
static void forget_tickets(void)
{
    int tickets = open(world_path("run/tickets"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    world_kill_lsad();
    assert_true(tickets >= 0);
    ticket_purge(tickets);
    assert_int_equal(close(tickets), 0);
    world_start_lsad();
}

/* Exports that nobody imports: each leaves an entry in a folder. */
static void keeps_no_more_tickets_than_one_user_may_have(void **state)
{
    struct seal_ask seal = { .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD, .lifetime_ms = 300000 };

    (void)state;
    forget_tickets();
    int fd = caller_greeted();
    for (size_t i = 0; i < LIMIT; i++) {
        assert_int_equal(caller_ask(fd, RPC_SEAL, &seal, NULL), SSP_OK);
        assert_int_equal(caller_answer(fd), SEC_E_OK);
    }
    assert_int_equal(caller_ask(fd, RPC_SEAL, &seal, NULL), SSP_OK);
    assert_int_equal(caller_answer(fd), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(close(fd), 0);
    world_kill_lsad(); /* a new one knows whose they are */
    world_start_lsad();
    fd = caller_greeted();
    assert_int_equal(caller_ask(fd, RPC_SEAL, &seal, NULL), SSP_OK);
    assert_int_equal(caller_answer(fd), SEC_E_INSUFFICIENT_MEMORY);
    assert_int_equal(close(fd), 0);
    forget_tickets();
}

/* ---- Many who never pause -------------------------------------------------------------------- */

static const struct claim_ask nobodys = { .ticket = { 1 } };

struct busy {
    pthread_t thread;
    int fd;
    atomic_bool *stop;
    bool was_answered; /* each time */
};

/* The next call is there before the last one is answered. */
static void *call_again_and_again(void *arg)
{
    struct busy *busy = arg;

    busy->was_answered = caller_ask(busy->fd, RPC_CLAIM, &nobodys, NULL) == SSP_OK;
    while (busy->was_answered && !atomic_load(busy->stop))
        busy->was_answered = caller_ask(busy->fd, RPC_CLAIM, &nobodys, NULL) == SSP_OK &&
                             caller_answer(busy->fd) == SEC_E_CONTEXT_EXPIRED;
    busy->was_answered = busy->was_answered && caller_answer(busy->fd) == SEC_E_CONTEXT_EXPIRED;
    return NULL;
}

/* As many as one user's calls are answered at a time: a thread that stayed with each for ever would
 * leave none to the last one. */
static void gives_a_turn_to_one_beside_many_who_never_pause(void **state)
{
    enum { MANY = 4, CALLS = 20 };
    struct busy busy[MANY];
    atomic_bool stop = false;

    (void)state;
    int fd = caller_greeted();
    for (size_t i = 0; i < MANY; i++) {
        busy[i] = (struct busy){ .fd = caller_greeted(), .stop = &stop };
        assert_int_equal(pthread_create(&busy[i].thread, NULL, call_again_and_again, &busy[i]), 0);
    }
    for (size_t i = 0; i < CALLS; i++) {
        assert_int_equal(caller_ask(fd, RPC_CLAIM, &nobodys, NULL), SSP_OK);
        assert_int_equal(caller_answer(fd), SEC_E_CONTEXT_EXPIRED);
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(pthread_join(busy[i].thread, NULL), 0);
        assert_true(busy[i].was_answered);
        assert_int_equal(close(busy[i].fd), 0);
    }
    assert_int_equal(close(fd), 0);
}

/* ---- Another user, who wants too much -------------------------------------------------------- */

/* In an actor; arg: which.  SEC_E_OK when lsad refused what is over the limit, and nothing else. */
static SECURITY_STATUS want_too_much(struct party *party, struct job *job)
{
    int fds[LIMIT + 1];
    int32_t last = 1;

    (void)party;
    (void)job;
    if (setgid(BAD_USER) != 0 || setuid(BAD_USER) != 0)
        return SEC_E_INTERNAL_ERROR;
    for (size_t i = 0; i <= LIMIT; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        fds[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", world_path("run.sock"));
        if (connect(fds[i], (const struct sockaddr *)&address, sizeof(address)) != 0)
            return SEC_E_INTERNAL_ERROR;
        last = caller_hello(fds[i]);
        if (i < LIMIT && last != SEC_E_OK)
            return SEC_E_INTERNAL_ERROR;
    }
    return last; /* the others stay open, as long as the actor lives */
}

static void refuses_one_user_what_is_over_the_limit_and_no_other(void **state)
{
    struct actor greedy = actor_start(&scene_ntlm, true);

    (void)state;
    world_open();
    assert_int_equal(actor_does(&greedy, want_too_much, 0), SEC_E_INSUFFICIENT_MEMORY);
    struct cast cast = cast_meet();
    cast_talk(&cast.client, &cast.server);
}

static int begin(void **state)
{
    int status = world_begin(state);

    world_kill_lsad();
    world_configure("run", "[lsad]\nconnections = 8\ntickets = 8\n");
    world_start_lsad();
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(closes_on_bytes_that_are_no_frame),
        ACTOR_TEST(closes_on_calls_in_the_wrong_state),
        ACTOR_TEST(closes_on_unknown_calls_and_bodies_that_do_not_hold),
        ACTOR_TEST(closes_on_descriptors_that_do_not_belong),
        ACTOR_TEST(takes_no_other_file_for_a_token),
        ACTOR_TEST(knows_no_handle_of_another_client),
        ACTOR_TEST(keeps_the_order_of_one_who_floods),
        ACTOR_TEST(gives_a_turn_to_one_beside_many_who_never_pause),
        ACTOR_TEST(waits_for_no_descriptor_that_is_slow_to_close),
        ACTOR_TEST(keeps_no_more_tickets_than_one_user_may_have),
        ACTOR_TEST(ends_without_those_who_do_not_read),
        CASE_IF(geteuid() == 0, ACTOR_TEST(refuses_one_user_what_is_over_the_limit_and_no_other)),
    };

    return cmocka_run_group_tests(tests, begin, world_end);
}
