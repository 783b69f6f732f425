/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fdio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/wr.h"

void fd_close(int *fd)
{
    int kept_errno = errno;

    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    errno = kept_errno;
}

/* Never 0 to 2, which a program may have closed and will print to. */
int fd_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int steal_fd(int *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

/* A link, or no folder, where a file of ours should be is not a failed system call. */
static enum ssp_err fail_open(void)
{
    return errno == ELOOP || errno == ENOTDIR ? ssp_fail(UNSAFE_FILE) : ssp_fail(IO);
}

/* What a program's umask takes away is given back: others could not enter. */
enum ssp_err dir_make(const char *path, mode_t mode)
{
    if (mkdir(path, S_IRWXU) != 0)
        return errno == EEXIST ? SSP_OK : ssp_fail(IO);
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && fchmod(fd, mode) == 0 ? SSP_OK : ssp_fail(IO);
}

enum ssp_err dir_open_private(int dir_fd, const char *path, int *ret_fd)
{
    struct stat st;

    if (mkdirat(dir_fd, path, S_IRWXU) != 0 && errno != EEXIST)
        return ssp_fail(IO);
    ssp_cleanup(fd_close) int fd =
        openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail_open();
    if (fstat(fd, &st) != 0)
        return ssp_fail(IO);
    if (st.st_uid != geteuid() || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ssp_fail(UNSAFE_FILE);
    *ret_fd = steal_fd(&fd);
    return SSP_OK;
}

enum ssp_err file_open_trusted(int dir_fd, const char *path, enum file_trust trust, int *ret_fd)
{
    static const mode_t refused[] = {
        [FILE_OWNER_ONLY] = S_IRWXG | S_IRWXO,
        [FILE_OWNER_WRITES] = S_IWGRP | S_IWOTH,
    };
    struct stat st;

    /* O_NONBLOCK: a FIFO would let us wait for a writer before we can see what it is. */
    ssp_cleanup(fd_close) int fd =
        openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_open();
    if (fstat(fd, &st) != 0)
        return ssp_fail(IO);
    if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) ||
        (st.st_mode & refused[trust]) != 0)
        return ssp_fail(UNSAFE_FILE);
    *ret_fd = steal_fd(&fd);
    return SSP_OK;
}

/* Whoever had the lock before may have put another file into its place. */
static bool leads_to(const char *path, int fd)
{
    struct stat ours = { 0 };
    struct stat there = { 0 };

    return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static enum ssp_err make_if_missing(const char *path)
{
    ssp_cleanup(fd_close) int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

    return fd < 0 && errno != EEXIST ? ssp_fail(IO) : SSP_OK;
}

enum ssp_err file_lock(const char *path, enum file_trust trust, int *ret_fd)
{
    SSP_TRY(make_if_missing(path));
    /* Ends: another turn comes after a signal, or when somebody has replaced the file. */
    for (;;) {
        ssp_cleanup(fd_close) int fd = -1;

        SSP_TRY(file_open_trusted(AT_FDCWD, path, trust, &fd));
        bool is_held = flock(fd, LOCK_EX) == 0;
        if (!is_held && errno != EINTR)
            return ssp_fail(IO);
        if (is_held && leads_to(path, fd)) {
            *ret_fd = steal_fd(&fd);
            return SSP_OK;
        }
    }
}

struct block {
    uint8_t b[4096];
};

static void block_wipe(struct block *block)
{
    explicit_bzero(block, sizeof(*block));
}

enum ssp_err fd_read_all(int fd, uint8_t **ret, size_t *ret_n)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(LIMIT_FILE);
    ssp_cleanup(block_wipe) struct block block;

    /* Ends: at the end of the file, or when the limit is passed. */
    for (;;) {
        ssize_t n = read(fd, block.b, sizeof(block.b));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ssp_fail(IO);
        if (n == 0)
            break;
        wr_view(&out, (struct view){ block.b, (size_t)n });
        SSP_TRY(out.err);
    }
    return wr_take(&out, ret, ret_n);
}

enum ssp_err fd_write_all(int fd, struct view bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ssp_fail(IO);
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return SSP_OK;
}

/* So that the new name survives a power cut. */
static enum ssp_err sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    ssp_cleanup(ssp_free) char *folder = n == 0 ? strdup(".") : strndup(path, n);

    if (folder == NULL)
        return ssp_fail(NO_MEMORY);
    ssp_cleanup(fd_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) != 0 ? ssp_fail(IO) : SSP_OK;
}

/* The name of a file that is not to stay. */
static void unlink_free(char **name)
{
    int kept_errno = errno;

    if (*name != NULL)
        (void)unlink(*name);
    free(*name);
    errno = kept_errno;
}

static enum ssp_err write_beside(char *name, mode_t mode, struct view bytes)
{
    ssp_cleanup(fd_close) int fd = mkostemp(name, O_CLOEXEC); /* mode 0600 */

    if (fd < 0)
        return ssp_fail(IO);
    SSP_TRY(fd_write_all(fd, bytes));
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return ssp_fail(IO);
    return SSP_OK;
}

enum ssp_err file_replace(const char *path, mode_t mode, struct view bytes)
{
    static const char suffix[] = ".XXXXXX";
    size_t n = strlen(path);
    ssp_cleanup(unlink_free) char *name = malloc(n + sizeof(suffix));

    if (name == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(name, path, n);
    memcpy(name + n, suffix, sizeof(suffix));
    SSP_TRY(write_beside(name, mode, bytes));
    if (rename(name, path) != 0)
        return ssp_fail(IO);
    free(ssp_steal(&name));
    return sync_folder_of(path);
}
