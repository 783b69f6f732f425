/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS server that restarts without its clients noticing.
 *
 *     tls-restart PORT     listens on 127.0.0.1; the certificate is that of [schannel "www"]
 *
 * On SIGUSR2 it starts its program anew, which may be another version by then.  The successor has
 * the listening socket from the start.  Once it is ready, every live connection goes over to it,
 * idle or busy, at any byte, and the predecessor ends.  A successor that does not come up costs
 * nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handover.h"

enum {
    PREDECESSOR = 3,    /* where a successor finds its end of the pair */
    LISTENER = 4,       /* and the listening socket */
    STEPS = 64,         /* of one connection before it is another's turn */
    PATIENCE_MS = 5000, /* for handshakes that are not over when the server is to end */
};

/* What else is waited for is told from a connection by these addresses. */
static char is_listener, is_signal, is_predecessor, is_successor;

static struct server {
    char *program; /* how it was started */
    char *port;
    int epoll;
    int listener;
    int signals;
    int predecessor; /* -1: none, or gone */
    int successor;   /* -1: none */
    int is_ending;   /* the successor is there: connections go over */
    CredHandle cred;
    size_t n_conns;
    struct conn *conns[65536]; /* by descriptor */
    unsigned n_passed, n_lost, n_taken;
    uint64_t began, pause_sum, pause_max; /* ns */
} server = { .program = (char[]){ "" }, .predecessor = -1, .successor = -1 };

static void watch(int fd, void *what, uint32_t events, int how)
{
    struct epoll_event event = { .events = events, .data.ptr = what };

    epoll_ctl(server.epoll, how, fd, &event);
}

/* ---- Connections ------------------------------------------------------- */

/* It gets its turn at once: what it may have read already, nobody will tell it to read again. */
static void add(struct conn *conn)
{
    server.conns[conn->session.fd] = conn;
    server.n_conns++;
    watch(conn->session.fd, conn, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
}

static void forget(struct conn *conn)
{
    server.conns[conn->session.fd] = NULL;
    server.n_conns--;
    session_close(&conn->session);
    free(conn);
}

/* Before the handshake is over, and after the last word, there is no session to pass on. */
static int may_go(const struct conn *conn)
{
    return conn->session.is_up && !conn->session.is_over;
}

static void pass(struct conn *conn)
{
    watch(conn->session.fd, NULL, 0, EPOLL_CTL_DEL); /* the socket itself lives on */
    if (hand_over(server.successor, conn))
        server.n_passed++;
    else
        server.n_lost++;
    conn->session.has_tls = 0;
    forget(conn);
}

static enum outcome step(struct conn *conn)
{
    struct session *session = &conn->session;
    enum outcome outcome = session_flush(session);

    if (outcome == DONE && session->is_up)
        outcome = talk_on(&conn->talk, session);
    else if (outcome == DONE)
        outcome = WAIT;
    return outcome == WAIT && session->n_out == 0 ? session_read(session, &server.cred) : outcome;
}

static void serve(struct conn *conn)
{
    enum outcome outcome = DONE;

    for (int i = 0; i < STEPS && outcome == DONE; i++)
        outcome = step(conn);
    if (outcome == GONE) {
        forget(conn);
        return;
    }
    if (server.is_ending && may_go(conn)) {
        pass(conn);
        return;
    }
    uint32_t events = outcome == DONE           ? EPOLLIN | EPOLLOUT
                      : conn->session.n_out > 0 ? EPOLLOUT
                                                : EPOLLIN;
    watch(conn->session.fd, conn, events, EPOLL_CTL_MOD);
}

static void accept_one(void)
{
    int fd = accept4(server.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct conn *conn = fd < 0 ? NULL : calloc(1, sizeof(*conn));

    if (conn == NULL || (size_t)fd >= sizeof(server.conns) / sizeof(server.conns[0])) {
        free(conn);
        if (fd >= 0)
            close(fd);
        return;
    }
    conn->session.fd = fd;
    add(conn);
}

/* ---- The successor ------------------------------------------------------ */

/* Nothing but its end of the pair and the listener is left open for it. */
static void start_successor(void)
{
    char *argv[] = { server.program, server.port, (char[]){ "successor" }, NULL };
    int pair[2];

    if (server.successor >= 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return;
    if (fork() == 0) {
        int end = fcntl(pair[1], F_DUPFD_CLOEXEC, LISTENER + 1);
        int listener = fcntl(server.listener, F_DUPFD_CLOEXEC, LISTENER + 1);

        dup2(end, PREDECESSOR); /* copies stay open across exec */
        dup2(listener, LISTENER);
        execv(server.program, argv);
        _exit(127);
    }
    close(pair[1]);
    server.successor = pair[0];
    watch(server.successor, &is_successor, EPOLLIN, EPOLL_CTL_ADD);
}

/* It is ready, and says so with a byte; or it has come to nothing, and all goes on as before. */
static void hear_successor(void)
{
    char ready;

    if (recv(server.successor, &ready, 1, 0) != 1) {
        fprintf(stderr, "tls-restart %d: the successor did not come up\n", getpid());
        close(server.successor);
        server.successor = -1;
        return;
    }
    watch(server.successor, NULL, 0, EPOLL_CTL_DEL);
    watch(server.listener, NULL, 0, EPOLL_CTL_DEL);
    server.is_ending = 1;
    server.began = now_ns();
    for (size_t i = 0; i < sizeof(server.conns) / sizeof(server.conns[0]); i++)
        if (server.conns[i] != NULL && may_go(server.conns[i]))
            pass(server.conns[i]);
}

static void report_passed(void)
{
    double us = (double)(now_ns() - server.began) / 1e3;
    unsigned n = server.n_passed;

    fprintf(stderr, "tls-restart %d: passed %u connections in %.1f ms, %.0f us each, lost %u\n",
            getpid(), n, us / 1e3, n == 0 ? 0.0 : us / n, server.n_lost);
}

/* ---- The predecessor ---------------------------------------------------- */

static void report_taken(void)
{
    unsigned n = server.n_taken;

    fprintf(stderr,
            "tls-restart %d: took %u connections, pause %.0f us on average, %.1f ms at most\n",
            getpid(), n, n == 0 ? 0.0 : (double)server.pause_sum / n / 1e3,
            (double)server.pause_max / 1e6);
}

/* All that are there: each of them waits, and those that are here already can wait a little. */
static void hear_predecessor(void)
{
    struct conn *conn = NULL;
    uint64_t ns = 0;

    while ((conn = take_over(server.predecessor, &ns)) != NULL) {
        server.n_taken++;
        server.pause_sum += ns;
        server.pause_max = ns > server.pause_max ? ns : server.pause_max;
        add(conn);
    }
    if (errno == EAGAIN)
        return;
    close(server.predecessor);
    server.predecessor = -1;
    report_taken();
}

/* ---- The loop ----------------------------------------------------------- */

static void hear_signal(void)
{
    struct signalfd_siginfo info;

    if (read(server.signals, &info, sizeof(info)) == sizeof(info) && server.predecessor < 0)
        start_successor();
}

static void dispatch(void *what)
{
    if (what == &is_listener)
        accept_one();
    else if (what == &is_signal)
        hear_signal();
    else if (what == &is_successor)
        hear_successor();
    else if (what == &is_predecessor)
        hear_predecessor();
    else
        serve(what);
}

/* One event at a time, so that none is about a connection that another has ended. */
static void run(void)
{
    struct epoll_event event;

    while (!server.is_ending || server.n_conns > 0) {
        int n = epoll_wait(server.epoll, &event, 1, server.is_ending ? PATIENCE_MS : -1);

        if (n > 0)
            dispatch(event.data.ptr);
        else if (n == 0)
            break;
    }
    report_passed();
}

/* ---- Start --------------------------------------------------------------- */

static int listen_on(const char *port)
{
    char *end = NULL;
    unsigned long number = strtoul(port, &end, 10);
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)number),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(name);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    errno = EINVAL;
    if (*port == '\0' || *end != '\0' || number > UINT16_MAX)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (bind(fd, (struct sockaddr *)&name, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0)
        return -1;
    fprintf(stderr, "tls-restart %d: listening on port %u\n", getpid(), ntohs(name.sin_port));
    return fd;
}

static int open_signals(void)
{
    sigset_t mask;

    signal(SIGCHLD, SIG_IGN);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    return signalfd(-1, &mask, SFD_CLOEXEC);
}

/* The private key is the LSA's: with lsad this process never sees it. */
static SECURITY_STATUS acquire(void)
{
    return AcquireCredentialsHandleA((char[]){ "www" }, (char[]){ "Schannel" }, SECPKG_CRED_INBOUND,
                                     NULL, NULL, NULL, NULL, &server.cred, NULL);
}

static void follow_predecessor(void)
{
    server.predecessor = PREDECESSOR;
    fcntl(PREDECESSOR, F_SETFD, FD_CLOEXEC);
    fcntl(PREDECESSOR, F_SETFL, O_NONBLOCK);
    fcntl(LISTENER, F_SETFD, FD_CLOEXEC);
    send(PREDECESSOR, "", 1, 0); /* ready */
    watch(PREDECESSOR, &is_predecessor, EPOLLIN, EPOLL_CTL_ADD);
}

int main(int argc, char *argv[])
{
    int is_next = argc == 3 && strcmp(argv[2], "successor") == 0;

    if (argc != 2 && !is_next) {
        fprintf(stderr, "usage: tls-restart PORT\n");
        return 2;
    }
    server.program = argv[0];
    server.port = argv[1];
    server.signals = open_signals();
    server.listener = is_next ? LISTENER : listen_on(argv[1]);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    SECURITY_STATUS status = acquire();
    if (server.listener < 0 || server.epoll < 0 || status != SEC_E_OK) {
        fprintf(stderr, "tls-restart: %s, 0x%08x\n", strerror(errno), (unsigned)status);
        return 1;
    }
    watch(server.listener, &is_listener, EPOLLIN, EPOLL_CTL_ADD);
    watch(server.signals, &is_signal, EPOLLIN, EPOLL_CTL_ADD);
    if (is_next)
        follow_predecessor();
    run();
    return 0;
}
