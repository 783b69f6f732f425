/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a service manager listens on: an abstract name that the system chooses. */
static int notify_socket(char *ret_name, size_t n)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t size = sizeof(sa_family_t);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) != 0)
        return -1;
    size = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -1;
    (void)snprintf(ret_name, n, "@%.*s", (int)(size - sizeof(sa_family_t) - 1),
                   address.sun_path + 1);
    return fd;
}

static _Noreturn void become(const char *config, const char *sock, const char *notify,
                             bool logs_here)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): the child has one thread */
    const char *program = getenv("LSAD");
    const char *asan = getenv("ASAN_OPTIONS");
    char options[512];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (program == NULL || setenv("NOTIFY_SOCKET", notify, 1) != 0)
        _exit(1);
    /* Its leaks are looked for by tracing it, which it does not permit. */
    (void)snprintf(options, sizeof(options), "%s:detect_leaks=0", asan == NULL ? "" : asan);
    (void)setenv("ASAN_OPTIONS", options, 1);
    /* NOLINTEND(concurrency-mt-unsafe) */
    (void)execl(program, "lsad", "--config", config, "--socket", sock,
                logs_here ? "--foreground" : NULL, (char *)NULL);
    _exit(1);
}

/* A process that ends before it is ready closes nothing of ours, so it is looked for, too. */
static bool is_ready(int fd, pid_t pid)
{
    struct timeval second = { .tv_sec = 1 };
    char state[64] = "";

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    while (strncmp(state, "READY=1", 7) != 0)
        if (recv(fd, state, sizeof(state) - 1, 0) <= 0 && waitpid(pid, NULL, WNOHANG) == pid)
            return false;
    return true;
}

static pid_t start(const char *config, const char *sock, bool logs_here)
{
    char name[128] = "";
    int fd = notify_socket(name, sizeof(name));
    pid_t pid = fd < 0 ? -1 : fork();

    if (pid == 0)
        become(config, sock, name, logs_here);
    bool ready = pid > 0 && is_ready(fd, pid);
    (void)close(fd);
    return ready ? pid : 0;
}

pid_t daemon_start(const char *config, const char *sock)
{
    return start(config, sock, true);
}

pid_t daemon_start_as_service(const char *config, const char *sock)
{
    return start(config, sock, false);
}

bool daemon_stop(pid_t pid)
{
    int status = 0;

    return kill(pid, SIGTERM) == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
