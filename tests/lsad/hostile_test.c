/* SPDX-License-Identifier: Apache-2.0 */
/* Who misbehaves on lsad's socket is shown out; a polite client beside him notices nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "handoff/cast.h"
#include "rpc/frame.h"
#include "rpc/msg.h"

enum { LIMIT = 8 /* connections of one user */, BAD_USER = 61004 };

static int reach(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", world_path("run.sock"));
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static enum ssp_err ask(int fd, unsigned call, const void *what, const struct frame_fds *fds)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    frame_begin(&frame, FRAME_REQUEST, call, 1);
    if (what != NULL)
        message_encode(&rpc_shape((enum rpc_call)call)->ask, what, &frame.bytes);
    if (fds != NULL)
        frame.fds = *fds;
    enum ssp_err e = frame_send(fd, FRAME_WAIT, &frame);
    frame.fds.n = 0;
    return e;
}

/* The status of the answer; 1 when there is none, since the connection is closed. */
static int32_t answer(int fd)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    if (frame_receive(fd, FRAME_WAIT, &frame) != SSP_OK)
        return 1;
    struct rd in = rd_of(frame.body);
    return (int32_t)rd_le32(&in);
}

static int32_t hello(int fd)
{
    struct hello_ask nobody = { 0 };

    enum ssp_err sent = ask(fd, RPC_HELLO, &nobody, NULL); /* or refused already */
    int32_t status = answer(fd);
    return status == 1 && sent == SSP_OK ? answer(fd) : status;
}

static int greeted(void)
{
    int fd = reach();

    assert_int_equal(hello(fd), SEC_E_OK);
    return fd;
}

static void is_shown_out(int fd)
{
    assert_int_equal(answer(fd), 1);
    assert_int_equal(close(fd), 0);
}

static void closes_on_bytes_that_are_no_frame(void **state)
{
    struct cast cast = cast_meet();
    static const char *const rubbish[] = { "x", "LSADLSADLSADLSADLSAD", "" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int fd = greeted();

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
    int fd = reach();
    assert_int_equal(ask(fd, RPC_DELETE_CTX, &id, NULL), SSP_OK); /* before the hello */
    is_shown_out(fd);
    fd = greeted();
    assert_int_equal(ask(fd, RPC_HELLO, &nobody, NULL), SSP_OK); /* a second one */
    is_shown_out(fd);
}

static void closes_on_unknown_calls_and_bodies_that_do_not_hold(void **state)
{
    static const unsigned calls[] = { RPC_NONE, RPC_CALLS, 0xffff, RPC_LEG, RPC_OPEN };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        int fd = greeted();

        assert_int_equal(ask(fd, calls[i], NULL, NULL), SSP_OK);
        is_shown_out(fd);
    }
}

static void closes_on_descriptors_that_do_not_belong(void **state)
{
    struct id_ask id = { 1 };
    struct frame_fds fds = { .fd = { 0, 1 }, .n = 2 };

    (void)state;
    int fd = greeted();
    assert_int_equal(ask(fd, RPC_DELETE_CTX, &id, &fds), SSP_OK);
    is_shown_out(fd);
}

static void takes_no_other_file_for_a_token(void **state)
{
    struct nothing nothing = { 0 };
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0); /* reading from it would block */
    struct frame_fds fds = { .fd = { ends[0] }, .n = 1 };
    int fd = greeted();
    assert_int_equal(ask(fd, RPC_QUERY_TOKEN, &nothing, &fds), SSP_OK);
    assert_int_equal(answer(fd), SEC_E_INVALID_TOKEN);
    assert_int_equal(close(fd) | close(ends[0]) | close(ends[1]), 0);
}

static void knows_no_handle_of_another_client(void **state)
{
    struct id_ask guess = { 0 };

    (void)state;
    (void)cast_meet(); /* its contexts have small numbers inside */
    int fd = greeted();
    for (uint64_t id = 0; id < 64; id++) {
        guess.id = id;
        assert_int_equal(ask(fd, RPC_DELETE_CTX, &guess, NULL), SSP_OK);
        assert_int_equal(answer(fd), SEC_E_INVALID_HANDLE);
        assert_int_equal(ask(fd, RPC_FREE_CRED, &guess, NULL), SSP_OK);
        assert_int_equal(answer(fd), SEC_E_INVALID_HANDLE);
    }
    assert_int_equal(close(fd), 0);
}

/* Requests in one go, and then the answers: all of them, in their order. */
static void keeps_the_order_of_one_who_floods(void **state)
{
    struct package_ask packages[] = { { 0 }, { 1000 } };

    (void)state;
    int fd = greeted();
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(ask(fd, RPC_PACKAGE, &packages[i % 2], NULL), SSP_OK);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(answer(fd), i % 2 == 0 ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND);
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
        last = hello(fds[i]);
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
    world_configure("run", "[lsad]\nconnections = 8\n");
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
        CASE_IF(geteuid() == 0, ACTOR_TEST(refuses_one_user_what_is_over_the_limit_and_no_other)),
    };

    return cmocka_run_group_tests(tests, begin, world_end);
}
