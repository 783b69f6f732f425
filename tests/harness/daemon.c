/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
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

enum { PASSED_FD = 3 };

/* dup2() onto itself would leave it to be closed by exec; so copies first, beyond the place of any.
 */
static bool pass_all(const struct daemon_setup *setup)
{
    int fds[2] = { setup->listen_fd, setup->stored_fd != NULL ? *setup->stored_fd : -1 };
    const char *names[2] = { "lsad.socket", "lsad-seal" };
    char all_names[64] = "";
    char number[2] = "0";
    int next = PASSED_FD;

    for (size_t i = 0; i < 2; i++)
        fds[i] = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD_CLOEXEC, PASSED_FD + 2) : -1;
    for (size_t i = 0; i < 2; i++) {
        if (fds[i] < 0)
            continue;
        if (dup2(fds[i], next++) < 0)
            return false;
        (void)snprintf(all_names + strlen(all_names), sizeof(all_names) - strlen(all_names), "%s%s",
                       *all_names != '\0' ? ":" : "", names[i]);
    }
    number[0] = (char)('0' + (next - PASSED_FD));
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the child has one thread */
    return setenv("LISTEN_FDS", number, 1) == 0 && setenv("LISTEN_FDNAMES", all_names, 1) == 0;
}

/* In the child.  Descriptors that are to stay are none of those that are passed. */
static bool set_up(const struct daemon_setup *setup)
{
    char pid[16];

    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    /* NOLINTBEGIN(concurrency-mt-unsafe): the child has one thread */
    for (const char *const *more = setup->more; more != NULL && *more != NULL; more++)
        if (putenv((char *)(uintptr_t)*more) != 0)
            return false;
    if (setup->log_fd >= 0 && dup2(setup->log_fd, STDERR_FILENO) < 0)
        return false;
    return pass_all(setup) && setenv("LISTEN_PID", pid, 0) == 0;
    /* NOLINTEND(concurrency-mt-unsafe) */
}

static _Noreturn void become(const char *config, const char *sock, const char *notify,
                             const struct daemon_setup *setup)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): the child has one thread */
    const char *program = getenv("LSAD");
    const char *asan = getenv("ASAN_OPTIONS");
    char options[512];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (program == NULL || setenv("NOTIFY_SOCKET", notify, 1) != 0 || !set_up(setup))
        _exit(1);
    /* Its leaks are looked for by tracing it, which it does not permit. */
    (void)snprintf(options, sizeof(options), "%s:detect_leaks=0", asan == NULL ? "" : asan);
    (void)setenv("ASAN_OPTIONS", options, 1);
    /* NOLINTEND(concurrency-mt-unsafe) */
    (void)execl(program, "lsad", "--config", config, "--socket", sock,
                setup->is_service ? NULL : "--foreground", (char *)NULL);
    _exit(1);
}

struct daemon daemon_run_with(const char *config, const char *sock,
                              const struct daemon_setup *setup)
{
    char name[128] = "";
    struct daemon daemon = { .notify = notify_socket(name, sizeof(name)), .stored = -1 };

    daemon.pid = daemon.notify < 0 ? -1 : fork();
    if (daemon.pid == 0)
        become(config, sock, name, setup);
    if (daemon.pid < 0)
        abort();
    return daemon;
}

/* It stays there for waitpid(). */
static bool has_ended(pid_t pid)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

struct word {
    char text[64];
    int fd; /* -1: none */
};

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static bool hear(int sock, int flags, struct word *ret)
{
    struct iovec text = { ret->text, sizeof(ret->text) - 1 };
    union control control = { .bytes = { 0 } };
    struct msghdr msg = { .msg_iov = &text,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes) };
    ssize_t n = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);

    ret->fd = -1;
    if (n < 0)
        return false;
    ret->text[n] = '\0';
    if (CMSG_FIRSTHDR(&msg) != NULL)
        memcpy(&ret->fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
    return true;
}

/* As a service manager does. */
static bool keep(struct daemon *daemon, const struct word *word)
{
    if (strncmp(word->text, "FDSTORE", 7) != 0 || strstr(word->text, "\nFDNAME=lsad-seal") == NULL)
        return false;
    if (daemon->stored >= 0)
        (void)close(daemon->stored);
    daemon->stored = word->fd;
    return true;
}

/* A process that ends closes nothing of ours, so it is looked for, too. */
bool daemon_tells(struct daemon *daemon, const char *state)
{
    struct timeval second = { .tv_sec = 1 };
    struct word word = { .fd = -1 };

    (void)setsockopt(daemon->notify, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    for (;;) {
        bool is_last = has_ended(daemon->pid);

        if (hear(daemon->notify, is_last ? MSG_DONTWAIT : 0, &word)) {
            if (keep(daemon, &word))
                continue;
            return strcmp(word.text, state) == 0;
        }
        if (is_last)
            return false;
    }
}

int daemon_end(struct daemon *daemon)
{
    int status = 0;

    (void)close(daemon->notify);
    if (waitpid(daemon->pid, &status, 0) != daemon->pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t start(const char *config, const char *sock, bool is_service)
{
    const struct daemon_setup setup = { .is_service = is_service, .log_fd = -1, .listen_fd = -1 };
    struct daemon daemon = daemon_run_with(config, sock, &setup);

    if (!daemon_tells(&daemon, "READY=1")) {
        (void)kill(daemon.pid, SIGKILL);
        (void)daemon_end(&daemon);
        return 0;
    }
    (void)close(daemon.notify);
    if (daemon.stored >= 0)
        (void)close(daemon.stored);
    return daemon.pid;
}

pid_t daemon_start(const char *config, const char *sock)
{
    return start(config, sock, false);
}

pid_t daemon_start_as_service(const char *config, const char *sock)
{
    return start(config, sock, true);
}

bool daemon_stop(pid_t pid)
{
    int status = 0;

    return kill(pid, SIGTERM) == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}
