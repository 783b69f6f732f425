/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

enum {
    BACKLOG = 1024,
    FOLDER_MODE = 0755,
    NOT_EXECUTED = S_IXUSR | S_IXGRP | S_IXOTH, /* else everybody may reach it */
};

static enum ssp_err address_of(const char *path, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (*path != '/' || strlen(path) >= sizeof(ret->sun_path))
        return ssp_fail(BAD_CONFIG);
    memcpy(ret->sun_path, path, strlen(path));
    return SSP_OK;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool somebody_answers(const struct sockaddr_un *address)
{
    ssp_cleanup(fd_close) int fd = new_socket();

    return fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
                       errno == EAGAIN);
}

/* With its mode from the start: a chmod() later would follow whatever the name leads to by then. */
static bool bind_to(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(NOT_EXECUTED);
    bool is_bound = bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
    int kept_errno = errno;

    (void)umask(before);
    errno = kept_errno;
    return is_bound;
}

static enum ssp_err bind_or_replace(int fd, const struct sockaddr_un *address)
{
    struct stat st = { 0 };

    if (bind_to(fd, address))
        return SSP_OK;
    if (errno != EADDRINUSE)
        return ssp_fail(IO);
    if (somebody_answers(address))
        return ssp_fail(BUSY);
    if (lstat(address->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode) ||
        unlink(address->sun_path) != 0 || !bind_to(fd, address))
        return ssp_fail(IO);
    return SSP_OK;
}

/* Who may put another socket in the place of lsad's hears its clients' passwords.  With the sticky
 * bit, others add names and take none away. */
static bool is_trusted(const struct stat *folder)
{
    bool others_write = (folder->st_mode & (S_IWGRP | S_IWOTH)) != 0;

    return (folder->st_uid == geteuid() || folder->st_uid == 0) &&
           (!others_write || (folder->st_mode & S_ISVTX) != 0);
}

static enum ssp_err check_folder(const char *path)
{
    ssp_cleanup(ssp_free) char *folder = strdup(path);
    struct stat st = { 0 };

    if (folder == NULL)
        return ssp_fail(NO_MEMORY);
    strrchr(folder, '/')[1] = '\0';
    SSP_TRY(dir_make(folder, FOLDER_MODE));
    if (stat(folder, &st) != 0)
        return ssp_fail(IO);
    if (is_trusted(&st))
        return SSP_OK;
    trace(TRACE_ERROR, "the socket's folder %s: others may write to it", folder);
    return ssp_fail(UNSAFE_FILE);
}

enum ssp_err listener_open(const char *path, int *ret_fd)
{
    ssp_cleanup(fd_close) int fd = new_socket();
    struct sockaddr_un address = { 0 };

    if (fd < 0)
        return ssp_fail(IO);
    SSP_TRY(address_of(path, &address));
    SSP_TRY(check_folder(path));
    SSP_TRY(bind_or_replace(fd, &address));
    if (listen(fd, BACKLOG) != 0)
        return ssp_fail(IO);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}
