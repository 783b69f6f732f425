/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into Heimdal's KCM, which takes no word about where its socket and its pid file are:
 * what it would have in /var/run is in the folder that KCM_PLACE names, and there is no pid file.
 * Once it listens, it writes a byte into the pipe "ready" of that folder.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

void rk_pidfile(const char *name); /* of Heimdal's libroken */

void rk_pidfile(const char *name)
{
    (void)name;
}

struct place {
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static const char *place_of(const char *path, struct place *place)
{
    static const char usual[] = "/var/run/";
    const char *folder = secure_getenv("KCM_PLACE");

    if (folder == NULL || strncmp(path, usual, sizeof(usual) - 1) != 0)
        return path;
    (void)snprintf(place->path, sizeof(place->path), "%s/%s", folder, path + sizeof(usual) - 1);
    return place->path;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved */
int bind(int fd, const struct sockaddr *address, socklen_t n)
{
    struct sockaddr_un here = { .sun_family = AF_UNIX };
    struct place place;

    if (address->sa_family != AF_UNIX)
        return (int)syscall(SYS_bind, fd, address, n);
    const struct sockaddr_un *there = (const struct sockaddr_un *)(const void *)address;
    (void)snprintf(here.sun_path, sizeof(here.sun_path), "%s", place_of(there->sun_path, &place));
    return (int)syscall(SYS_bind, fd, &here, sizeof(here));
}

int listen(int fd, int n)
{
    struct place place;
    int ret = (int)syscall(SYS_listen, fd, n);

    if (ret != 0)
        return ret;
    int ready = open(place_of("/var/run/ready", &place), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (ready >= 0 && write(ready, "", 1) == 1)
        (void)close(ready);
    return ret;
}

int chmod(const char *path, mode_t mode)
{
    struct place place;

    return fchmodat(AT_FDCWD, place_of(path, &place), mode, 0);
}

int unlink(const char *path)
{
    struct place place;

    return unlinkat(AT_FDCWD, place_of(path, &place), 0);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
