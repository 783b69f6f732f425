/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/run.h"

#include <errno.h>
#include <grp.h>
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
    int half[2];     /* greeter, front; -1: no greeter */
    int handover[2]; /* front, worker */
    int events[2];   /* narrator, the others */
};

#define WIRES_INIT                  \
    {                               \
        -1, { -1, -1 }, { -1, -1 }, \
        {                           \
            -1, -1                  \
        }                           \
    }

static void wires_close(struct wires *wires)
{
    fd_close(&wires->listen_fd);
    fd_close(&wires->half[0]);
    fd_close(&wires->half[1]);
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

static enum ssp_err wires_open(const struct demo_place *place, struct wires *ret)
{
    SSP_TRY(listen_at(place->socket, &ret->listen_fd));
    SSP_TRY(place_open_to_others(place));
    if (place->lsa == DEMO_LSAD &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret->half) != 0)
        return ssp_fail(IO);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret->handover) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret->events) != 0)
        return ssp_fail(IO);
    return SSP_OK;
}

enum { CLIENT, FRONT, WORKER, GREETER, ACTORS };

struct actor {
    const char *name;
    int (*play)(const struct demo_role *role);
};

static const struct actor actors[ACTORS] = {
    [CLIENT] = { "client", demo_client },
    [FRONT] = { "front", demo_front },
    [WORKER] = { "worker", demo_worker },
    [GREETER] = { "greeter", demo_greeter },
};

static bool is_needed(size_t actor, bool has_greeter)
{
    return actor != GREETER || has_greeter;
}

/* Nor is root's home, in which a configuration might be, for others to look into. */
static bool give_up_root(void)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the process has one thread yet
    return setenv("HOME", "/nonexistent", 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
           setgroups(0, NULL) == 0 && setgid(PLACE_NOBODY) == 0 && setuid(PLACE_NOBODY) == 0;
}

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
    bool is_greeter = actor->play == demo_greeter;

    keep(&wires->listen_fd, is_greeter || (is_front && wires->half[0] < 0));
    keep(&wires->half[0], is_greeter);
    keep(&wires->half[1], is_front);
    keep(&wires->handover[0], is_front);
    keep(&wires->handover[1], is_worker);
    keep(&wires->events[0], false);
    role.name = actor->name;
    role.listen_fd = wires->listen_fd;
    role.half_fd = is_greeter ? wires->half[0] : wires->half[1];
    role.handover_fd = is_front ? wires->handover[0] : wires->handover[1];
    role.events_fd = wires->events[1];
    (void)signal(SIGINT, SIG_DFL);
    (void)alarm(SECONDS_MAX);
    if (role.gives_up_root && !give_up_root()) {
        (void)demo_blame_err(&role, "giving up root's rights", SSP_ERR_IO);
        exit(CLI_FAILED);
    }
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
static enum ssp_err start_all(const struct demo_role *role, struct wires *wires, pid_t pids[ACTORS])
{
    bool has_greeter = wires->half[0] >= 0;

    for (size_t i = 0; i < ACTORS; i++) {
        if (is_needed(i, has_greeter))
            SSP_TRY(start(&actors[i], role, wires, &pids[i]));
    }
    return SSP_OK;
}

static bool all_exited_well(const pid_t pids[ACTORS], bool has_greeter)
{
    bool well = true;

    for (size_t i = 0; i < ACTORS; i++) {
        if (pids[i] > 0)
            well &= exited_well(pids[i]);
        else
            well &= !is_needed(i, has_greeter);
    }
    return well;
}

static struct demo_report report_of(const struct demo_recipe *recipe,
                                    const struct demo_place *place, const pid_t pids[ACTORS])
{
    return (struct demo_report){
        .recipe = recipe,
        .lsa = place->lsa,
        .gives_up_root = place->gives_up_root,
        .client_pid = (uint64_t)pids[CLIENT],
        .greeter_pid = (uint64_t)pids[GREETER],
        .front_pid = (uint64_t)pids[FRONT],
        .worker_pid = (uint64_t)pids[WORKER],
        .lsad_pid = (uint64_t)place->lsad_pid,
        .kdc_pid = (uint64_t)place->realm.pid,
    };
}

enum ssp_err demo_run(const struct demo_recipe *recipe, const struct demo_place *place,
                      void (*hear)(void *arg, const struct event *event), void *arg,
                      struct demo_report *ret)
{
    ssp_cleanup(wires_close) struct wires wires = WIRES_INIT;
    pid_t pids[ACTORS] = { 0 };
    struct demo_role role = { .recipe = recipe,
                              .password = place->password,
                              .socket_path = place->socket,
                              .secret = place->secret,
                              .gives_up_root = place->gives_up_root,
                              .is_greeted = place->lsa == DEMO_LSAD };

    SSP_TRY(wires_open(place, &wires));
    enum ssp_err e = start_all(&role, &wires, pids);
    struct demo_report report = report_of(recipe, place, pids);
    int events = wires.events[0];
    bool has_greeter = wires.half[0] >= 0;
    wires.events[0] = -1;
    wires_close(&wires);
    if (e == SSP_OK)
        e = listen_to_all(events, hear, arg, &report);
    fd_close(&events);
    report.all_exited_well = all_exited_well(pids, has_greeter);
    if (e == SSP_OK)
        *ret = report;
    return e;
}
