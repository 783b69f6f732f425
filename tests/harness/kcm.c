/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/kcm.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/demo/child.h"

enum { PATH_SIZE = 512 };

static pid_t daemon_pid;

/* Setups run outside of any case, where cmocka has nowhere to jump to. */
static void need(bool fine, const char *what)
{
    if (fine)
        return;
    (void)fprintf(stderr, "# the KCM of the test: %s failed\n", what);
    abort();
}

static void write_config(const char *where, const char *path)
{
    char text[1024];
    int n = snprintf(text, sizeof(text),
                     "[libdefaults]\n kcm_socket = %s/" KCM_SOCKET "\n"
                     "[logging]\n kcm = 0/FILE:%s/log\n",
                     where, where);

    need(n > 0 && n < (int)sizeof(text), "naming its socket");
    need(file_replace(path, 0644, (struct view){ (const uint8_t *)text, (size_t)n }) == SSP_OK,
         "writing its configuration");
}

/* Behind the realm's own. */
static void publish(const char *path)
{
    char names[2 * PATH_SIZE];
    /* NOLINTBEGIN(concurrency-mt-unsafe): no threads yet */
    const char *before = getenv("KRB5_CONFIG");

    (void)snprintf(names, sizeof(names), "%s%s%s", before != NULL ? before : "",
                   before != NULL ? ":" : "", path);
    need(setenv("KRB5_CONFIG", names, 1) == 0, "naming its configuration");
    /* NOLINTEND(concurrency-mt-unsafe) */
}

static void run(const char *where, const char *config)
{
    char env[PATH_SIZE];
    char kcm[PATH_SIZE];
    char place[PATH_SIZE];
    char preload[PATH_SIZE];
    char log[PATH_SIZE];
    const char *library = getenv("KCM_PRELOAD"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    const char *const argv[] = { "env", preload, place, kcm, "-c", config, NULL };
    const struct child_spec spec = { env, argv, NULL, log };

    need(library != NULL && child_find("env", env, sizeof(env)), "looking for env");
    need(child_find("kcm", kcm, sizeof(kcm)), "looking for kcm (Debian has it in heimdal-kcm)");
    (void)snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", library);
    (void)snprintf(place, sizeof(place), "KCM_PLACE=%s", where);
    (void)snprintf(log, sizeof(log), "%s/log", where);
    need(child_start(&spec, &daemon_pid) == SSP_OK, "starting it");
}

/* A byte comes through the pipe once it listens. */
static void await(int ready)
{
    ssp_cleanup(fd_close) int end = (int)syscall(SYS_pidfd_open, daemon_pid, 0);
    struct pollfd fds[] = { { .fd = ready, .events = POLLIN }, { .fd = end, .events = POLLIN } };

    need(end >= 0 && poll(fds, 2, -1) > 0, "waiting for it");
    need((fds[0].revents & POLLIN) != 0, "serving");
}

void kcm_start(const char *where)
{
    char config[PATH_SIZE];
    char pipe[PATH_SIZE];

    (void)snprintf(config, sizeof(config), "%s/kcm.conf", where);
    (void)snprintf(pipe, sizeof(pipe), "%s/ready", where);
    need(mkfifo(pipe, 0600) == 0, "making a pipe");
    ssp_cleanup(fd_close) int ready = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    need(ready >= 0, "opening a pipe");
    write_config(where, config);
    run(where, config);
    await(ready);
    publish(config);
}

void kcm_stop(void)
{
    child_stop(&daemon_pid);
}
