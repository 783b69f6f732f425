/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/lsad.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/demo/child.h"

enum { NAME_MAX_OF_SOCKET = sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1 };

/* Seen from the folder of this command: where it is built, and where it is installed. */
static const char *const places[] = { "../lsad/lsad", "../sbin/lsad" };

/* NO_AUTHORITY, IO. */
static enum ssp_err find(char *ret, size_t size)
{
    char own[PATH_MAX] = "";

    if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
        return ssp_fail(IO);
    char *name = strrchr(own, '/');
    for (size_t i = 0; name != NULL && i < sizeof(places) / sizeof(places[0]); i++) {
        int n = snprintf(ret, size, "%.*s/%s", (int)(name - own), own, places[i]);
        if (n < (int)size && access(ret, X_OK) == 0)
            return SSP_OK;
    }
    return ssp_fail(NO_AUTHORITY);
}

/* What a service manager listens on (sd_notify(3)): an abstract name that the system chooses. */
static enum ssp_err notify_socket(char name[NAME_MAX_OF_SOCKET], int *ret_fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t size = sizeof(sa_family_t);
    ssp_cleanup(fd_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) != 0)
        return ssp_fail(IO);
    size = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return ssp_fail(IO);
    (void)snprintf(name, NAME_MAX_OF_SOCKET, "@%.*s", (int)(size - sizeof(sa_family_t) - 1),
                   address.sun_path + 1);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}

/* One that ends before it listens closes nothing of ours, so it is looked for, too. */
static bool is_ready(int fd, pid_t pid)
{
    struct timeval second = { .tv_sec = 1 };
    char state[64] = "";

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    while (strncmp(state, "READY=1", 7) != 0) {
        if (recv(fd, state, sizeof(state) - 1, 0) <= 0 && child_has_ended(pid))
            return false;
    }
    return true;
}

enum ssp_err lsad_start(const char *config, const char *log, pid_t *ret)
{
    char program[PATH_MAX];
    char name[NAME_MAX_OF_SOCKET];
    char variable[sizeof("NOTIFY_SOCKET=") + NAME_MAX_OF_SOCKET];
    const char *argv[] = { "lsad", "--foreground", "--config", config, NULL };
    const char *variables[] = { variable, NULL };
    ssp_cleanup(fd_close) int fd = -1;
    pid_t pid = 0;

    SSP_TRY(find(program, sizeof(program)));
    SSP_TRY(notify_socket(name, &fd));
    (void)snprintf(variable, sizeof(variable), "NOTIFY_SOCKET=%s", name);
    const struct child_spec spec = { program, argv, variables, log };
    SSP_TRY(child_start(&spec, &pid));
    if (!is_ready(fd, pid))
        return ssp_fail(IO);
    *ret = pid;
    return SSP_OK;
}
