/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "handoff/carry.h"
#include "harness/harness.h"

struct pair { /* two ends of a socket, and how many descriptors were open before */
    int a;
    int b;
    unsigned open_before;
};

static unsigned open_fds(void)
{
    unsigned n = 0;
    DIR *dir = opendir("/proc/self/fd");

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    assert_int_equal(closedir(dir), 0);
    return n;
}

static int setup(void **state)
{
    static struct pair pair;
    int ends[2];

    pair.open_before = open_fds();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pair.a = ends[0];
    pair.b = ends[1];
    *state = &pair;
    return 0;
}

/* Whatever a case did, no descriptor may be left. */
static int teardown(void **state)
{
    struct pair *pair = *state;

    fd_close(&pair->a);
    fd_close(&pair->b);
    if (open_fds() != pair->open_before)
        return -1;
    return free_guarded(state);
}

static struct secret secret_of(const char *text)
{
    struct secret secret = { 0 };

    assert_int_equal(secret_new((struct view){ (const uint8_t *)text, strlen(text) }, &secret),
                     SSP_OK);
    return secret;
}

static int memfd_of(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static void assert_contents(int fd, const char *text)
{
    char got[32] = { 0 };

    assert_int_equal(pread(fd, got, sizeof(got) - 1, 0), strlen(text));
    assert_string_equal(got, text);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static struct parcel sample(bool token, bool connection)
{
    return (struct parcel){
        .package = "NTLM",
        .blob = secret_of("blob"),
        .unread = secret_of("unread"),
        .token_fd = token ? memfd_of("token") : -1,
        .connection_fd = connection ? memfd_of("connection") : -1,
    };
}

static enum ssp_err receive(int sock)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    enum ssp_err e = carry_receive(sock, &parcel);

    if (e != SSP_OK) { /* outputs are left alone on failure */
        assert_null(parcel.blob.p);
        assert_int_equal(parcel.token_fd, -1);
        assert_int_equal(parcel.connection_fd, -1);
    }
    return e;
}

static void carries_everything_in_one_message(void **state)
{
    struct pair *pair = *state;

    for (int i = 0; i < 4; i++) {
        ssp_cleanup(parcel_wipe) struct parcel sent = sample(i % 2 != 0, i / 2 != 0);
        ssp_cleanup(parcel_wipe) struct parcel got = PARCEL_INIT;

        assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
        assert_int_equal(carry_receive(pair->b, &got), SSP_OK);
        assert_string_equal(got.package, "NTLM");
        assert_view_equal(secret_view(&got.blob), secret_view(&sent.blob));
        assert_view_equal(secret_view(&got.unread), secret_view(&sent.unread));
        assert_int_equal(got.token_fd >= 0, sent.token_fd >= 0);
        assert_int_equal(got.connection_fd >= 0, sent.connection_fd >= 0);
        if (got.token_fd >= 0)
            assert_contents(got.token_fd, "token");
        if (got.connection_fd >= 0)
            assert_contents(got.connection_fd, "connection");
    }
}

static void leaves_the_parcel_to_its_sender(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel sent = sample(true, true);

    assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
    assert_contents(sent.token_fd, "token");
    assert_int_equal(sent.blob.n, 4);
    assert_int_equal(receive(pair->b), SSP_OK);
}

static void keeps_parcels_apart(void **state)
{
    struct pair *pair = *state;

    for (int i = 0; i < 3; i++) {
        ssp_cleanup(parcel_wipe) struct parcel sent = sample(true, false);
        assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(receive(pair->b), SSP_OK);
}

static void carries_the_largest_parcel_through_a_small_buffer(void **state)
{
    static uint8_t bytes[ENVELOPE_MAX];
    struct pair *pair = *state;
    struct parcel sent = PARCEL_INIT;
    ssp_cleanup(parcel_wipe) struct parcel got = PARCEL_INIT;
    int small = 4096;

    memset(bytes, 0xa5, sizeof(bytes));
    memset(sent.package, 'p', ENVELOPE_NAME_MAX);
    sent.blob = (struct secret){ bytes, ENVELOPE_MAX };
    sent.unread = (struct secret){ bytes, LIMIT_UNREAD };
    assert_int_equal(setsockopt(pair->a, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
    assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
    assert_int_equal(carry_receive(pair->b, &got), SSP_OK);
    assert_view_equal(secret_view(&got.blob), VIEW_OF(bytes));
    assert_int_equal(got.unread.n, LIMIT_UNREAD);
}

static void sends_nothing_that_is_over_its_limit_or_not_open(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel parcel = sample(false, false);
    int stale = memfd_of("gone");

    parcel.package[0] = '\0';
    assert_int_equal(carry_send(pair->a, &parcel), SSP_ERR_BAD_ARGUMENT);
    parcel.package[0] = 'N';
    assert_int_equal(close(stale), 0);
    parcel.token_fd = stale;
    enum ssp_err e = carry_send(pair->a, &parcel);
    parcel.token_fd = -1;
    assert_int_equal(e, SSP_ERR_BAD_ARGUMENT);
    ssp_cleanup(parcel_wipe) struct parcel good = sample(false, false);
    assert_int_equal(carry_send(pair->a, &good), SSP_OK); /* the only one that arrives */
    assert_int_equal(receive(pair->b), SSP_OK);
}

static void assert_refused_socket(int fd)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = sample(false, false);

    assert_int_equal(carry_send(fd, &parcel), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(receive(fd), SSP_ERR_BAD_ARGUMENT);
}

static void refuses_other_kinds_of_socket(void **state)
{
    ssp_cleanup(fd_close) int stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ssp_cleanup(fd_close) int datagram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssp_cleanup(fd_close) int inet = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ssp_cleanup(fd_close) int file = memfd_of("no socket");

    (void)state;
    assert_refused_socket(stream);
    assert_refused_socket(datagram);
    assert_refused_socket(inet);
    assert_refused_socket(file);
    assert_refused_socket(-1);
}

static void says_when_the_peer_is_gone(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel parcel = sample(true, false);

    assert_int_equal(carry_send(pair->a, &parcel), SSP_OK);
    fd_close(&pair->a);
    assert_int_equal(receive(pair->b), SSP_OK); /* what was sent before still arrives */
    assert_int_equal(receive(pair->b), SSP_ERR_INCOMPLETE);
    assert_int_equal(carry_send(pair->b, &parcel), SSP_ERR_INCOMPLETE); /* and no SIGPIPE */
}

static void says_eagain_and_consumes_nothing_on_a_non_blocking_socket(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel parcel = sample(true, true);
    unsigned sent = 0;
    enum ssp_err e = SSP_OK;

    assert_int_equal(fcntl(pair->a, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(pair->b, F_SETFL, O_NONBLOCK), 0);
    errno = 0;
    assert_int_equal(receive(pair->b), SSP_ERR_IO);
    assert_int_equal(errno, EAGAIN);
    for (; e == SSP_OK && sent < 100000; sent++)
        e = carry_send(pair->a, &parcel);
    assert_int_equal(e, SSP_ERR_IO);
    assert_int_equal(errno, EAGAIN);
    for (; sent > 1; sent--)
        assert_int_equal(receive(pair->b), SSP_OK);
    assert_int_equal(receive(pair->b), SSP_ERR_IO); /* the one that did not fit never came */
}

/* ---- hostile senders ---- */

static const char bare[] = "53535049 50434c01 0000 0100 01000000 00000000 4e 62";
static const char with_token[] = "53535049 50434c01 0100 0100 01000000 00000000 4e 62";
static const char with_both[] = "53535049 50434c01 0300 0100 01000000 00000000 4e 62";

/* Those bytes with n descriptors, in messages of per_cmsg each. */
static void send_raw(int sock, struct view bytes, size_t n, size_t per_cmsg)
{
    static union {
        struct cmsghdr align;
        char bytes[8192];
    } control;
    uint8_t copy[256];
    struct iovec iov = { copy, bytes.n };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    ssp_cleanup(fd_close) int fd = memfd_of("extra");

    memcpy(copy, bytes.p, bytes.n);
    memset(&control, 0, sizeof(control));
    if (n != 0) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = n / per_cmsg * CMSG_SPACE(per_cmsg * sizeof(int));
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
            c->cmsg_level = SOL_SOCKET;
            c->cmsg_type = SCM_RIGHTS;
            c->cmsg_len = CMSG_LEN(per_cmsg * sizeof(int));
            for (size_t i = 0; i < per_cmsg; i++)
                memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(int));
        }
    }
    assert_int_equal(sendmsg(sock, &msg, MSG_NOSIGNAL), bytes.n);
}

static void takes_no_number_of_descriptors_but_the_announced_one(void **state)
{
    static const char *const announced[] = { bare, with_token, with_both };
    static const size_t right[] = { 0, 1, 2 };
    struct pair *pair = *state;

    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n <= 253; n = n < 8 ? n + 1 : n + 49) {
            send_raw(pair->a, hex(announced[i]), n, n == 0 ? 1 : n);
            assert_int_equal(receive(pair->b), n == right[i] ? SSP_OK : SSP_ERR_BAD_TOKEN);
        }
    }
}

static void sees_through_descriptors_in_many_messages(void **state)
{
    struct pair *pair = *state;

    send_raw(pair->a, hex(with_both), 2, 1); /* the kernel makes one of them: this is right */
    assert_int_equal(receive(pair->b), SSP_OK);
    send_raw(pair->a, hex(with_both), 3, 1);
    assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
    send_raw(pair->a, hex(with_both), 200, 1);
    assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
}

static void closes_what_came_with_a_malformed_parcel(void **state)
{
    struct pair *pair = *state;
    const struct view whole = hex(with_both);

    for (size_t n = 1; n < whole.n; n++) {
        send_raw(pair->a, (struct view){ whole.p, n }, 2, 2);
        assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
    }
    send_raw(pair->a, whole, 2, 2); /* what was refused was consumed */
    assert_int_equal(receive(pair->b), SSP_OK);
}

static void tells_an_empty_message_from_the_end(void **state)
{
    struct pair *pair = *state;

    send_raw(pair->a, (struct view){ (const uint8_t *)"", 0 }, 0, 1);
    assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
    send_raw(pair->a, (struct view){ (const uint8_t *)"", 0 }, 2, 2);
    assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
    send_raw(pair->a, hex(bare), 0, 1);
    assert_int_equal(receive(pair->b), SSP_OK);
    fd_close(&pair->a);
    assert_int_equal(receive(pair->b), SSP_ERR_INCOMPLETE);
}

static void refuses_a_message_longer_than_any_parcel(void **state)
{
    static uint8_t large[PARCEL_MAX + 1];
    struct pair *pair = *state;
    int size = 2 * PARCEL_MAX;

    assert_int_equal(setsockopt(pair->a, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
    assert_int_equal(send(pair->a, large, sizeof(large), MSG_NOSIGNAL), sizeof(large));
    assert_int_equal(receive(pair->b), SSP_ERR_BAD_TOKEN);
    send_raw(pair->a, hex(bare), 0, 1);
    assert_int_equal(receive(pair->b), SSP_OK);
}

/* A receiver that asked for the peer's credentials gets them beside the descriptors. */
static void works_with_passed_credentials(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel sent = sample(true, true);
    int on = 1;

    assert_int_equal(setsockopt(pair->b, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
    assert_int_equal(setsockopt(pair->b, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on)), 0);
    assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
    assert_int_equal(receive(pair->b), SSP_OK);
}

static void closes_every_descriptor_when_memory_runs_out(void **state)
{
    struct pair *pair = *state;
    ssp_cleanup(parcel_wipe) struct parcel sent = sample(true, true);
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        fault_malloc_at(nth);
        e = carry_send(pair->a, &sent);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    e = SSP_ERR_NO_MEMORY;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        assert_int_equal(carry_send(pair->a, &sent), SSP_OK);
        fault_malloc_at(nth);
        e = receive(pair->b);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(carries_everything_in_one_message),
        CASE(leaves_the_parcel_to_its_sender),
        CASE(keeps_parcels_apart),
        CASE(carries_the_largest_parcel_through_a_small_buffer),
        CASE(sends_nothing_that_is_over_its_limit_or_not_open),
        CASE(refuses_other_kinds_of_socket),
        CASE(says_when_the_peer_is_gone),
        CASE(says_eagain_and_consumes_nothing_on_a_non_blocking_socket),
        CASE(takes_no_number_of_descriptors_but_the_announced_one),
        CASE(sees_through_descriptors_in_many_messages),
        CASE(closes_what_came_with_a_malformed_parcel),
        CASE(tells_an_empty_message_from_the_end),
        CASE(refuses_a_message_longer_than_any_parcel),
        CASE(works_with_passed_credentials),
        CASE(closes_every_descriptor_when_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
