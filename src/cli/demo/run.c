/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/cli.h"

/* No demo takes that long: a process that hangs ends itself, and the others see it go. */
enum { SECONDS_MAX = 60 };

/* Everything that is opened before the processes part; each keeps its own and closes the rest. */
struct wires { /* ssp_cleanup(wires_close) */
    int listen_fd;
    int handover[2]; /* front, worker */
    int events[2];   /* narrator, the others */
};

static void wires_close(struct wires *wires)
{
    fd_close(&wires->listen_fd);
    fd_close(&wires->handover[0]);
    fd_close(&wires->handover[1]);
    fd_close(&wires->events[0]);
    fd_close(&wires->events[1]);
}

static enum ssp_err listen_at(const char *path, int *ret_fd)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    ssp_cleanup(fd_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 || listen(fd, 1) != 0)
        return ssp_fail(IO);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}

static enum ssp_err wires_open(const char *path, struct wires *ret)
{
    SSP_TRY(listen_at(path, &ret->listen_fd));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret->handover) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret->events) != 0)
        return ssp_fail(IO);
    return SSP_OK;
}

struct actor {
    const char *name;
    int (*play)(const struct demo_role *role);
};

static const struct actor actors[PROCESSES] = {
    { "client", demo_client },
    { "front", demo_front },
    { "worker", demo_worker },
};

static void keep(int *fd, bool mine)
{
    if (!mine)
        fd_close(fd);
}

/* The process of one actor; never returns. */
_Noreturn static void play(const struct actor *actor, struct demo_role role, struct wires *wires)
{
    bool is_front = actor->play == demo_front;
    bool is_worker = actor->play == demo_worker;

    keep(&wires->listen_fd, is_front);
    keep(&wires->handover[0], is_front);
    keep(&wires->handover[1], is_worker);
    keep(&wires->events[0], false);
    role.name = actor->name;
    role.listen_fd = wires->listen_fd;
    role.handover_fd = is_front ? wires->handover[0] : wires->handover[1];
    role.events_fd = wires->events[1];
    (void)signal(SIGINT, SIG_DFL);
    (void)alarm(SECONDS_MAX);
    exit(actor->play(&role));
}

static enum ssp_err start(const struct actor *actor, const struct demo_role *role,
                          struct wires *wires, pid_t *ret)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        return ssp_fail(IO);
    if (pid == 0)
        play(actor, *role, wires);
    *ret = pid;
    return SSP_OK;
}

static bool exited_well(pid_t pid)
{
    int status = 0;
    pid_t got = 0;

    do {
        got = waitpid(pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    return got == pid && WIFEXITED(status) && WEXITSTATUS(status) == CLI_OK;
}

/* Ends when the last process has closed its end. */
static enum ssp_err listen_to_all(int fd, void (*hear)(void *arg, const struct event *event),
                                  void *arg, struct demo_report *report)
{
    for (;;) {
        struct event event = { 0 };
        enum ssp_err e = event_receive(fd, &event);

        if (e == SSP_ERR_INCOMPLETE)
            return SSP_OK;
        SSP_TRY(e);
        report_note(report, &event);
        hear(arg, &event);
    }
}

/* Starts all; on failure those that run see their peers missing and end. */
static enum ssp_err start_all(const struct demo_role *role, struct wires *wires,
                              pid_t pids[PROCESSES])
{
    for (size_t i = 0; i < PROCESSES; i++)
        SSP_TRY(start(&actors[i], role, wires, &pids[i]));
    return SSP_OK;
}

enum ssp_err demo_run(const struct demo_recipe *recipe, const struct demo_place *place,
                      void (*hear)(void *arg, const struct event *event), void *arg,
                      struct demo_report *ret)
{
    ssp_cleanup(wires_close) struct wires wires = { -1, { -1, -1 }, { -1, -1 } };
    struct demo_report report = { .recipe = recipe };
    pid_t pids[PROCESSES] = { 0 };
    struct demo_role role = { .recipe = recipe,
                              .password = place->password,
                              .socket_path = place->socket };

    SSP_TRY(wires_open(place->socket, &wires));
    enum ssp_err e = start_all(&role, &wires, pids);
    report.client_pid = (uint64_t)pids[0];
    report.front_pid = (uint64_t)pids[1];
    report.worker_pid = (uint64_t)pids[2];
    fd_close(&wires.listen_fd);
    fd_close(&wires.handover[0]);
    fd_close(&wires.handover[1]);
    fd_close(&wires.events[1]);
    if (e == SSP_OK)
        e = listen_to_all(wires.events[0], hear, arg, &report);
    report.all_exited_well = true;
    for (size_t i = 0; i < PROCESSES; i++)
        report.all_exited_well &= pids[i] > 0 && exited_well(pids[i]);
    if (e == SSP_OK)
        *ret = report;
    return e;
}
