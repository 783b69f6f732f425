/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/runtime_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/secret.h"
#include "base/trace.h"

static const char tickets[] = "tickets";

struct path {
    char s[PATH_MAX];
};

static bool fits(int n)
{
    return n >= 0 && n < PATH_MAX;
}

/* Beside lsad's socket, so the folder around it is everybody's to enter. */
static bool root_path(struct path *ret)
{
    return dir_make("/run/opensspi", 0755) == SSP_OK &&
           fits(snprintf(ret->s, sizeof(ret->s), "/run/opensspi/root"));
}

/* Where the folder is when nobody says so. */
static bool default_path(struct path *ret)
{
    const char *xdg = NULL;

    if (geteuid() == 0)
        return root_path(ret);
    xdg = secure_getenv("XDG_RUNTIME_DIR");
    if (xdg != NULL && xdg[0] == '/')
        return fits(snprintf(ret->s, sizeof(ret->s), "%s/opensspi", xdg));
    return fits(snprintf(ret->s, sizeof(ret->s), "/tmp/opensspi-%u", (unsigned)geteuid()));
}

static enum ssp_err path_of(const char *configured, struct path *ret)
{
    if (configured == NULL || configured[0] == '\0')
        return default_path(ret) ? SSP_OK : ssp_fail(IO);
    if (configured[0] != '/' || !fits(snprintf(ret->s, sizeof(ret->s), "%s", configured))) {
        trace(TRACE_ERROR, "runtime folder %s: not an absolute path", configured);
        return ssp_fail(BAD_CONFIG);
    }
    return SSP_OK;
}

void runtime_dir_close(struct runtime_dir *dir)
{
    fd_close(&dir->tickets_fd);
    fd_close(&dir->fd);
    arena_free(ssp_steal(&dir->path));
}

/* No secret, but whoever has it lives in the arena until the process ends, where LeakSanitizer does
 * not look for pointers to the heap.  NULL: no memory. */
static char *arena_copy(const char *path)
{
    size_t n = strlen(path) + 1;
    char *copy = arena_alloc(ARENA_CREDENTIALS, n);

    return copy == NULL ? NULL : memcpy(copy, path, n);
}

static enum ssp_err open_folder(int dir_fd, const char *path, int *ret_fd, struct folder_id *ret_id)
{
    struct stat st = { 0 };

    SSP_TRY(dir_open_private(dir_fd, path, ret_fd));
    if (fstat(*ret_fd, &st) != 0)
        return ssp_fail(IO);
    *ret_id = (struct folder_id){ st.st_dev, st.st_ino };
    return SSP_OK;
}

enum ssp_err runtime_dir_open(const char *configured, struct runtime_dir *ret)
{
    ssp_cleanup(runtime_dir_close) struct runtime_dir dir = RUNTIME_DIR_INIT;
    struct path path = { 0 };

    SSP_TRY(path_of(configured, &path));
    dir.path = arena_copy(path.s);
    if (dir.path == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = open_folder(AT_FDCWD, path.s, &dir.fd, &dir.id);
    if (e == SSP_OK)
        e = open_folder(dir.fd, tickets, &dir.tickets_fd, &dir.tickets_id);
    if (e != SSP_OK) {
        trace(TRACE_ERROR, "runtime folder %s: %s", path.s, ssp_err_text(e));
        return e;
    }
    *ret = dir;
    dir = (struct runtime_dir)RUNTIME_DIR_INIT;
    return SSP_OK;
}

static bool is_removed(int fd)
{
    struct stat st = { 0 };

    return fstat(fd, &st) != 0 || st.st_nlink == 0;
}

/* On the way of every passage: one system call as a rule. */
static bool leads_to(int dir_fd, const char *path, int fd, const struct folder_id *id)
{
    struct stat there = { 0 };

    if (fstatat(dir_fd, path, &there, AT_SYMLINK_NOFOLLOW) != 0)
        return !is_removed(fd);
    return there.st_dev == id->dev && there.st_ino == id->ino;
}

bool runtime_dir_is_there(const struct runtime_dir *dir)
{
    return leads_to(AT_FDCWD, dir->path, dir->fd, &dir->id) &&
           leads_to(dir->fd, tickets, dir->tickets_fd, &dir->tickets_id);
}
