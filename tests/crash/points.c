/* SPDX-License-Identifier: Apache-2.0 */
#include "crash/points.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char variable[] = "TEST_POINTS";
static struct points *page;

/* The first process makes the page; those that it starts find it. */
static int page_fd(void)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): nothing else runs yet */
    const char *number = getenv(variable);
    char text[16];

    if (number != NULL)
        return (int)strtol(number, NULL, 10);
    int fd = memfd_create(variable, 0); /* exec() leaves it open */
    (void)snprintf(text, sizeof(text), "%d", fd);
    if (fd < 0 || ftruncate(fd, sizeof(*page)) != 0 || setenv(variable, text, 1) != 0)
        return -1;
    /* NOLINTEND(concurrency-mt-unsafe) */
    return fd;
}

__attribute__((constructor)) static void map_page(void)
{
    void *p = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, page_fd(), 0);

    page = p == MAP_FAILED ? NULL : p;
}

struct points *points_page(void)
{
    return page;
}

void points_set(const char *call, unsigned n)
{
    (void)snprintf(page->call, sizeof(page->call), "%s", call);
    page->where[0] = '\0';
    atomic_store(&page->left, n);
}

void points_begin(pid_t victim)
{
    atomic_store(&page->victim, victim);
}

bool points_end(void)
{
    return atomic_exchange(&page->victim, 0) < 0;
}

/* Asked once a call: one that had begun before its process became the victim has no point behind
 * it, either. */
static bool counts(const char *call)
{
    return page != NULL && atomic_load(&page->victim) == getpid() &&
           (page->call[0] == '\0' || strcmp(page->call, call) == 0);
}

/* Of several threads at the last point, one writes what it was. */
static void pass(const char *when, const char *call)
{
    int self = getpid();

    if (atomic_load(&page->victim) != self || atomic_fetch_sub(&page->left, 1) != 0 ||
        !atomic_compare_exchange_strong(&page->victim, &self, -self))
        return;
    (void)snprintf(page->where, sizeof(page->where), "%s %s", when, call);
    (void)raise(SIGKILL);
}

/* The system call, between its points. */
#define PASS(call, ...)                      \
    ({                                       \
        bool counts_ = counts(call);         \
        if (counts_)                         \
            pass("before", call);            \
        long result_ = syscall(__VA_ARGS__); \
        if (counts_)                         \
            pass("after", call);             \
        result_;                             \
    })

/* ---- The calls --------------------------------------------------------- */

#define POINT(type, name, params, ...)         \
    type name params;                          \
    type name params                           \
    {                                          \
        return (type)PASS(#name, __VA_ARGS__); \
    }

/* NOLINTNEXTLINE(readability-non-const-parameter): va_arg() changes it */
static mode_t mode_after(int flags, va_list rest)
{
    return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    return (int)PASS("openat", SYS_openat, dir, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list rest;

    va_start(rest, flags);
    mode_t mode = mode_after(flags, rest);
    va_end(rest);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list rest;

    va_start(rest, flags);
    mode_t mode = mode_after(flags, rest);
    va_end(rest);
    return open_at(dir, path, flags, mode);
}

/* clang-format off */
POINT(int, symlinkat, (const char *to, int dir, const char *path), SYS_symlinkat, to, dir, path)
POINT(int, unlinkat, (int dir, const char *path, int flags), SYS_unlinkat, dir, path, flags)
POINT(int, unlink, (const char *path), SYS_unlinkat, AT_FDCWD, path, 0)
POINT(int, linkat, (int a, const char *from, int b, const char *to, int flags),
      SYS_linkat, a, from, b, to, flags)
POINT(int, renameat, (int a, const char *from, int b, const char *to),
      SYS_renameat, a, from, b, to)
POINT(int, rename, (const char *from, const char *to),
      SYS_renameat, AT_FDCWD, from, AT_FDCWD, to)
POINT(int, mkdirat, (int dir, const char *path, mode_t mode), SYS_mkdirat, dir, path, mode)
POINT(int, ftruncate, (int fd, off_t n), SYS_ftruncate, fd, n)
POINT(int, fsync, (int fd), SYS_fsync, fd)
POINT(int, fchmod, (int fd, mode_t mode), SYS_fchmod, fd, mode)
POINT(int, flock, (int fd, int how), SYS_flock, fd, how)
POINT(int, memfd_create, (const char *name, unsigned flags), SYS_memfd_create, name, flags)
POINT(ssize_t, read, (int fd, void *p, size_t n), SYS_read, fd, p, n)
POINT(ssize_t, write, (int fd, const void *p, size_t n), SYS_write, fd, p, n)
POINT(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags), SYS_sendmsg, fd, msg, flags)
POINT(ssize_t, recvmsg, (int fd, struct msghdr *msg, int flags), SYS_recvmsg, fd, msg, flags)
POINT(int, connect, (int fd, const struct sockaddr *name, socklen_t n), SYS_connect, fd, name, n)
POINT(int, accept4, (int fd, struct sockaddr *name, socklen_t *n, int flags),
      SYS_accept4, fd, name, n, flags)
POINT(int, dup3, (int from, int to, int flags), SYS_dup3, from, to, flags)
POINT(int, close, (int fd), SYS_close, fd)
/* clang-format on */
