/* SPDX-License-Identifier: Apache-2.0 */
/* Frames over a socket: what is one, and what is not. */
#include "rpc/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"

static const char known[] = "4c534144 0100 0100 0900 0000 07000000 03000000 010203";

static int ends[2];

static int setup(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int teardown(void **state)
{
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= 0)
            (void)close(ends[i]);
    return free_guarded(state);
}

static enum ssp_err receive(struct frame *frame)
{
    return frame_receive(ends[1], FRAME_NO_WAIT, frame);
}

static void send_bytes(struct view bytes)
{
    assert_int_equal(send(ends[0], bytes.p, bytes.n, 0), (ssize_t)bytes.n);
}

static enum ssp_err received(struct view bytes)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    send_bytes(bytes);
    return receive(&frame);
}

static void sends_the_known_frame(void **state)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    uint8_t got[64];

    (void)state;
    frame_begin(&frame, FRAME_REQUEST, 9, 7);
    wr_view(&frame.bytes, hex("010203"));
    assert_int_equal(frame_send(ends[0], FRAME_WAIT, &frame), SSP_OK);
    ssize_t n = recv(ends[1], got, sizeof(got), 0);
    assert_true(n > 0);
    assert_view_equal((struct view){ got, (size_t)n }, hex(known));
}

static void receives_the_known_frame(void **state)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    (void)state;
    send_bytes(hex(known));
    assert_int_equal(receive(&frame), SSP_OK);
    assert_int_equal(frame.kind, FRAME_REQUEST);
    assert_int_equal(frame.call, 9);
    assert_int_equal(frame.sequence, 7);
    assert_view_equal(frame.body, hex("010203"));
    assert_int_equal(frame.fds.n, 0);
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    const struct view whole = hex(known);
    uint8_t longer[64] = { 0 };

    (void)state;
    for (size_t n = 1; n < whole.n; n++)
        assert_int_equal(received((struct view){ whole.p, n }), SSP_ERR_BAD_FRAME);
    memcpy(longer, whole.p, whole.n);
    assert_int_equal(received((struct view){ longer, whole.n + 1 }), SSP_ERR_BAD_FRAME);
}

static void refuses_what_breaks_one_rule(void **state)
{
    static const char *const broken[] = {
        "4c534145 0100 0100 0900 0000 07000000 00000000", /* magic */
        "4c534144 0200 0100 0900 0000 07000000 00000000", /* version */
        "4c534144 0100 0300 0900 0000 07000000 00000000", /* neither request nor reply */
        "4c534144 0100 0100 0900 0100 07000000 00000000", /* a descriptor that did not come */
        "4c534144 0100 0100 0900 0000 07000000 ffffffff", /* a length that is not there */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(received(hex(broken[i])), SSP_ERR_BAD_FRAME);
}

static void refuses_more_than_a_frame_may_have(void **state)
{
    static uint8_t much[FRAME_HEADER_SIZE + FRAME_BODY_MAX + 1];
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    (void)state;
    assert_int_equal(received(VIEW_OF(much)), SSP_ERR_BAD_FRAME);
    frame_begin(&frame, FRAME_REQUEST, 9, 7);
    wr_zero(&frame.bytes, FRAME_BODY_MAX + 1);
    assert_int_equal(frame_send(ends[0], FRAME_WAIT, &frame), SSP_ERR_TOO_LARGE);
}

static void carries_the_largest_frame(void **state)
{
    ssp_cleanup(frame_done) struct frame sent = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame got = FRAME_INIT;

    (void)state;
    frame_begin(&sent, FRAME_REPLY, 9, 7);
    wr_zero(&sent.bytes, FRAME_BODY_MAX);
    assert_int_equal(frame_send(ends[0], FRAME_NO_WAIT, &sent), SSP_OK);
    assert_int_equal(receive(&got), SSP_OK);
    assert_int_equal(got.body.n, FRAME_BODY_MAX);
}

/* How many descriptors this process has open. */
static int count_fds(void)
{
    int n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return n;
}

static void carries_descriptors_that_close_with_the_frame(void **state)
{
    int before = count_fds();

    (void)state;
    {
        ssp_cleanup(frame_done) struct frame sent = FRAME_INIT;
        ssp_cleanup(frame_done) struct frame got = FRAME_INIT;

        frame_begin(&sent, FRAME_REPLY, 9, 7);
        sent.fds = (struct frame_fds){ .fd = { dup(0), dup(1) }, .n = 2 };
        assert_int_equal(frame_send(ends[0], FRAME_NO_WAIT, &sent), SSP_OK);
        assert_int_equal(receive(&got), SSP_OK);
        assert_int_equal(got.fds.n, 2);
        assert_int_equal(fcntl(got.fds.fd[1], F_GETFD), FD_CLOEXEC);
    }
    assert_int_equal(count_fds(), before);
}

static void send_with_fds(struct view bytes, size_t n)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(3 * sizeof(int))];
    } control = { .room = { 0 } };
    struct iovec iov = { (void *)(uintptr_t)bytes.p, bytes.n };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room };
    const int fds[3] = { 0, 1, 2 };

    msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
    control.header = (struct cmsghdr){ CMSG_LEN(n * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.header), fds, n * sizeof(int));
    assert_int_equal(sendmsg(ends[0], &msg, 0), (ssize_t)bytes.n);
}

static void closes_descriptors_that_nobody_announced(void **state)
{
    int before = count_fds();

    (void)state;
    for (size_t n = 1; n <= 3; n++) {
        ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

        send_with_fds(hex(known), n);
        assert_int_equal(receive(&frame), SSP_ERR_BAD_FRAME);
    }
    assert_int_equal(count_fds(), before);
}

static void says_when_the_peer_has_gone(void **state)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    (void)state;
    assert_int_equal(receive(&frame), SSP_ERR_WOULD_BLOCK);
    assert_int_equal(close(ends[0]), 0);
    ends[0] = -1;
    assert_int_equal(receive(&frame), SSP_ERR_INCOMPLETE);
    frame_begin(&frame, FRAME_REQUEST, 9, 7);
    assert_int_equal(frame_send(ends[1], FRAME_WAIT, &frame), SSP_ERR_INCOMPLETE);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

static void send_with_fd(const char *bytes, int fd)
{
    struct iovec iov = { (void *)(uintptr_t)bytes, strlen(bytes) };
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    const struct msghdr msg = { .msg_iov = &iov,
                                .msg_iovlen = 1,
                                .msg_control = control.bytes,
                                .msg_controllen = sizeof(control.bytes) };

    control.align = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(&control.align), &fd, sizeof(int));
    assert_int_equal(sendmsg(ends[0], &msg, 0), (ssize_t)iov.iov_len);
}

static void drops_what_nobody_will_read(void **state)
{
    (void)state;
    assert_true(frame_drop_unread(ends[1])); /* nothing */
    assert_int_equal(close(ends[0]) | close(ends[1]), 0);
    assert_int_equal(setup(state), 0);
    send_bytes(hex(known));
    send_bytes((struct view){ NULL, 0 });
    send_bytes(hex("00"));
    assert_true(frame_drop_unread(ends[1]));
    assert_int_equal(send(ends[0], "", 1, MSG_NOSIGNAL), -1); /* nor can more come */
    assert_int_equal(errno, EPIPE);
}

static void drops_what_comes_before_descriptors_and_tells_of_them(void **state)
{
    static const char *const texts[] = { "bytes", "" };

    for (size_t i = 0; i < 2; i++) {
        for (size_t closed = 0; closed < 2; closed++) {
            int before = count_fds();
            send_bytes(hex(known));
            send_bytes((struct view){ NULL, 0 });
            send_with_fd(texts[i], 0);
            if (closed == 1)
                assert_int_equal(shutdown(ends[0], SHUT_RDWR), 0);
            assert_false(frame_drop_unread(ends[1]));
            assert_int_equal(count_fds(), before);
            assert_int_equal(close(ends[0]) | close(ends[1]), 0);
            assert_int_equal(setup(state), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(sends_the_known_frame),
        CASE(receives_the_known_frame),
        CASE(refuses_every_truncation_and_bytes_behind_it),
        CASE(refuses_what_breaks_one_rule),
        CASE(refuses_more_than_a_frame_may_have),
        CASE(carries_the_largest_frame),
        CASE(carries_descriptors_that_close_with_the_frame),
        CASE(closes_descriptors_that_nobody_announced),
        CASE(says_when_the_peer_has_gone),
        CASE(drops_what_nobody_will_read),
        CASE(drops_what_comes_before_descriptors_and_tells_of_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
