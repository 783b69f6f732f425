/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

enum { FIRST_FD = 3, MS_PER_S = 1000 };

/* Only main() reads the environment, before there are threads, and nobody writes to it. */
static long long number_from(const char *name)
{
    const char *text = secure_getenv(name);
    char *end = NULL;

    if (text == NULL || *text == '\0')
        return 0;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' && n > 0 ? n : 0;
}

static bool is_listening(int fd)
{
    int type = 0;
    int domain = 0;
    int listens = 0;
    socklen_t n = sizeof(int);

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_SEQPACKET &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 && listens != 0;
}

enum ssp_err service_socket(int *ret_fd)
{
    if (number_from("LISTEN_PID") != getpid() || number_from("LISTEN_FDS") == 0) {
        *ret_fd = -1;
        return SSP_OK;
    }
    if (number_from("LISTEN_FDS") != 1 || !is_listening(FIRST_FD) ||
        fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0)
        return ssp_fail(BAD_ARGUMENT);
    *ret_fd = FIRST_FD;
    return SSP_OK;
}

void service_notify(const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = secure_getenv("NOTIFY_SOCKET");
    size_t n = path != NULL ? strlen(path) : 0;

    if (n == 0 || n >= sizeof(address.sun_path))
        return;
    ssp_cleanup(fd_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, path, n);
    if (address.sun_path[0] == '@') /* an abstract name */
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    if (fd < 0 ||
        sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, size) < 0)
        trace(TRACE_WARNING, "the service manager cannot be told: %s", state);
}

/* Half of what the service manager allows. */
uint64_t service_watchdog_ms(void)
{
    long long pid = number_from("WATCHDOG_PID");
    long long us = number_from("WATCHDOG_USEC");

    return pid == 0 || pid == getpid() ? (uint64_t)us / MS_PER_S / 2 : 0;
}
