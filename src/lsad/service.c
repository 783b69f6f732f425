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

enum { FIRST_FD = 3, FDS_MAX = 16, MS_PER_S = 1000 };

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

/* Is the name that systemd gave the n-th descriptor that of what was stored? */
static bool is_stored(long long nth)
{
    const char *names = secure_getenv("LISTEN_FDNAMES");
    size_t n = sizeof(SERVICE_STORE_NAME) - 1;

    while (names != NULL && nth-- > 0) {
        names = strchr(names, ':');
        names += names != NULL ? 1 : 0;
    }
    return names != NULL && strcspn(names, ":") == n && strncmp(names, SERVICE_STORE_NAME, n) == 0;
}

/* Where more than one was stored, the last one is the newest. */
static enum ssp_err take_one(long long nth, struct service_fds *fds)
{
    int fd = FIRST_FD + (int)nth;

    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return ssp_fail(BAD_ARGUMENT);
    if (is_stored(nth)) {
        fd_close(&fds->store);
        fds->store = fd;
        return SSP_OK;
    }
    if (fds->socket >= 0 || !is_listening(fd))
        return ssp_fail(BAD_ARGUMENT);
    fds->socket = fd;
    return SSP_OK;
}

enum ssp_err service_take(struct service_fds *ret)
{
    struct service_fds fds = { -1, -1 };
    long long n = number_from("LISTEN_PID") == getpid() ? number_from("LISTEN_FDS") : 0;

    if (n > FDS_MAX)
        return ssp_fail(BAD_ARGUMENT);
    for (long long i = 0; i < n; i++)
        SSP_TRY(take_one(i, &fds));
    *ret = fds;
    return SSP_OK;
}

/* ---- Telling --------------------------------------------------------------------------------- */

bool service_is_managed(void)
{
    const char *path = secure_getenv("NOTIFY_SOCKET");

    return path != NULL && *path != '\0';
}

static bool address_of_manager(struct sockaddr_un *ret, socklen_t *ret_n)
{
    const char *path = secure_getenv("NOTIFY_SOCKET");
    size_t n = path != NULL ? strlen(path) : 0;

    if (n == 0 || n >= sizeof(ret->sun_path))
        return false;
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy(ret->sun_path, path, n);
    if (ret->sun_path[0] == '@') /* an abstract name */
        ret->sun_path[0] = '\0';
    *ret_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    return true;
}

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* passed may be -1. */
static void tell(const char *state, int passed)
{
    struct sockaddr_un address;
    union control control = { .bytes = { 0 } };
    struct iovec text = { (void *)(uintptr_t)state, strlen(state) };
    struct msghdr msg = { .msg_name = &address, .msg_iov = &text, .msg_iovlen = 1 };

    if (!address_of_manager(&address, &msg.msg_namelen))
        return;
    if (passed >= 0) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = sizeof(control.bytes);
        control.align = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                          .cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.align), &passed, sizeof(int));
    }
    ssp_cleanup(fd_close) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
        trace(TRACE_WARNING, "the service manager cannot be told: %s", state);
}

void service_notify(const char *state)
{
    tell(state, -1);
}

void service_store(int fd)
{
    tell("FDSTOREREMOVE=1\nFDNAME=" SERVICE_STORE_NAME, -1);
    tell("FDSTORE=1\nFDNAME=" SERVICE_STORE_NAME, fd);
}

/* Half of what the service manager allows. */
uint64_t service_watchdog_ms(void)
{
    long long pid = number_from("WATCHDOG_PID");
    long long us = number_from("WATCHDOG_USEC");

    return pid == 0 || pid == getpid() ? (uint64_t)us / MS_PER_S / 2 : 0;
}
