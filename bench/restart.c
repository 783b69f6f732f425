/* SPDX-License-Identifier: Apache-2.0 */
/*
 * examples/tls-restart, restarted under many idle connections: how long each of them has no server.
 * It measures that itself; the clients are OpenSSL's, and each is asked before and after.
 */
#include "parts.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 1000, LINE_MAX_SIZE = 256 };

static struct {
    pid_t pid; /* of the process that it is by now; 0: none */
    FILE *says;
    unsigned port;
    SSL_CTX *ctx;
    SSL *clients[CONNECTIONS];
} restart;

static void stop(void)
{
    if (restart.pid > 0)
        (void)kill(restart.pid, SIGTERM);
    restart.pid = 0;
}

static void start(void)
{
    char line[LINE_MAX_SIZE];
    int ends[2] = { -1, -1 };
    int pid = 0;

    need(pipe2(ends, O_CLOEXEC) == 0, "a pipe");
    restart.pid = fork();
    need(restart.pid >= 0 && atexit(stop) == 0, "fork");
    if (restart.pid == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)execl(TLS_RESTART, TLS_RESTART, "0", NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    restart.says = fdopen(ends[0], "re");
    need(restart.says != NULL && fgets(line, sizeof(line), restart.says) != NULL &&
             // NOLINTNEXTLINE(cert-err34-c): a program of ours says it
             sscanf(line, "tls-restart %d: listening on port %u", &pid, &restart.port) == 2,
         "examples/tls-restart");
}

static int reach(void)
{
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)restart.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    need(fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0, "connect");
    return fd;
}

static void talk(SSL *client)
{
    char answer[5];

    need(SSL_write(client, "hello", 5) == 5 && SSL_read(client, answer, 5) == 5 &&
             memcmp(answer, "hello", 5) == 0,
         "a client of tls-restart");
}

static void meet(void)
{
    restart.ctx = SSL_CTX_new(TLS_client_method());
    need(restart.ctx != NULL, "OpenSSL");
    for (int i = 0; i < CONNECTIONS; i++) {
        restart.clients[i] = SSL_new(restart.ctx);
        need(restart.clients[i] != NULL && SSL_set_fd(restart.clients[i], reach()) == 1 &&
                 SSL_connect(restart.clients[i]) == 1,
             "a handshake of OpenSSL");
        talk(restart.clients[i]);
    }
}

static void part_from(void)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        (void)close(SSL_get_fd(restart.clients[i]));
        SSL_free(restart.clients[i]);
    }
    SSL_CTX_free(restart.ctx);
    stop();
    (void)fclose(restart.says);
}

struct costs {
    double average_us;
    double longest_ms;
    double each_us;
};

/* Both say it, the one that was passed on and the one that took over, in either order. */
static struct costs restart_once(void)
{
    struct costs costs = { 0 };
    char line[LINE_MAX_SIZE];
    unsigned n = 0;
    int pid = 0;
    int lines = 0;

    need(kill(restart.pid, SIGUSR2) == 0, "a signal");
    // NOLINTBEGIN(cert-err34-c): a program of ours says it
    for (; lines < 2 && fgets(line, sizeof(line), restart.says) != NULL; lines++) {
        if (sscanf(line, "tls-restart %d: took %u connections, pause %lf us on average, %lf ms",
                   &pid, &n, &costs.average_us, &costs.longest_ms) == 4)
            restart.pid = pid;
        else
            (void)sscanf(line, "tls-restart %*d: passed %u connections in %*f ms, %lf us each", &n,
                         &costs.each_us);
        need(n == CONNECTIONS, "passing all connections on");
    }
    // NOLINTEND(cert-err34-c)
    need(costs.average_us > 0 && costs.each_us > 0, "a restart");
    return costs;
}

void part_restart(const struct report *report)
{
    start();
    meet();
    struct costs costs = restart_once();
    for (int i = 0; i < CONNECTIONS; i++)
        talk(restart.clients[i]);
    part_from();
    const struct row rows[] = {
        { .name = "tls-restart, 1000 connections: average pause",
          .unit = "us",
          .ours = costs.average_us },
        { .name = "the longest", .unit = "us", .ours = costs.longest_ms * 1e3 },
        { .name = "all of it, for each connection", .unit = "us", .ours = costs.each_us },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        report_row(report, &rows[i]);
}
