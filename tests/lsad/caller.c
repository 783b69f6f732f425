/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/caller.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/world.h"

int caller_reach(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", world_path("run.sock"));
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

enum ssp_err caller_ask(int fd, unsigned call, const void *what, const struct frame_fds *fds)
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

int32_t caller_answer(int fd)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    if (frame_receive(fd, FRAME_WAIT, &frame) != SSP_OK)
        return 1;
    struct rd in = rd_of(frame.body);
    return (int32_t)rd_le32(&in);
}

int32_t caller_take(int fd, enum rpc_call call, union rpc_answer *ret)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;

    if (frame_receive(fd, FRAME_WAIT, &frame) != SSP_OK)
        return 1;
    struct rd in = rd_of(frame.body);
    int32_t status = (int32_t)rd_le32(&in);
    if (status >= 0 && message_decode(&rpc_shape(call)->answer, in.left, ret) != SSP_OK)
        return 1;
    return status;
}

struct caller_counts caller_count(int fd, uid_t uid)
{
    const struct status_ask ask = { .from = uid };
    struct caller_counts counts = { { 0 } };
    union rpc_answer answer = { 0 };

    assert_int_equal(caller_ask(fd, RPC_STATUS, &ask, NULL), SSP_OK);
    assert_int_equal(caller_take(fd, RPC_STATUS, &answer), SEC_E_OK);
    assert_true(answer.status.accounts.n > CHARGES);
    assert_int_equal(answer.status.accounts.p[0], uid);
    memcpy(counts.n, answer.status.accounts.p + 1, sizeof(counts.n));
    message_wipe(&rpc_shape(RPC_STATUS)->answer, &answer);
    return counts;
}

int32_t caller_hello(int fd)
{
    struct hello_ask nobody = { 0 };

    enum ssp_err sent = caller_ask(fd, RPC_HELLO, &nobody, NULL); /* or refused already */
    int32_t status = caller_answer(fd);
    return status == 1 && sent == SSP_OK ? caller_answer(fd) : status;
}

int caller_greeted(void)
{
    int fd = caller_reach();

    assert_int_equal(caller_hello(fd), SEC_E_OK);
    return fd;
}

int caller_lingering(int *ret_other_end)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct linger minutes = { .l_onoff = 1, .l_linger = 600 };
    socklen_t n = sizeof(address);
    static const char much[65536];
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &n), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    *ret_other_end = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(*ret_other_end >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &minutes, sizeof(minutes)), 0);
    while (send(fd, much, sizeof(much), MSG_DONTWAIT) > 0)
        continue; /* ends: nobody reads */
    assert_int_equal(close(listening), 0);
    return fd;
}
