/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/ticket.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"

enum {
    NAME_SIZE = 2 * ENVELOPE_ID_SIZE,
    TICKET_SIZE = 12, /* expiry (8), process that keeps it (4), 0 for none */
};

static const char digits[] = "0123456789abcdef";

struct name {
    char s[NAME_SIZE + 1];
};

static struct name name_of(const struct ticket_id *id)
{
    struct name name = { 0 };

    for (size_t i = 0; i < sizeof(id->b); i++) {
        name.s[2 * i] = digits[id->b[i] >> 4];
        name.s[2 * i + 1] = digits[id->b[i] & 15];
    }
    return name;
}

static enum ssp_err write_ticket(int fd, uint64_t expires, pid_t keeper)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TICKET_SIZE);

    wr_le64(&out, expires);
    wr_le32(&out, (size_t)keeper);
    SSP_TRY(out.err);
    return fd_write_all(fd, (struct view){ out.p, out.n });
}

enum ssp_err ticket_create_kept(int dir_fd, const struct ticket_id *id, uint64_t expires,
                                pid_t keeper)
{
    const struct name name = name_of(id);
    ssp_cleanup(fd_close) int fd =
        openat(dir_fd, name.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return ssp_fail(IO);
    enum ssp_err e = write_ticket(fd, expires, keeper);
    if (e != SSP_OK)
        (void)unlinkat(dir_fd, name.s, 0);
    return e;
}

enum ssp_err ticket_create(int dir_fd, const struct ticket_id *id, uint64_t expires)
{
    return ticket_create_kept(dir_fd, id, expires, 0);
}

enum ssp_err ticket_claim(int dir_fd, const struct ticket_id *id)
{
    const struct name name = name_of(id);

    if (unlinkat(dir_fd, name.s, 0) == 0)
        return SSP_OK;
    return errno == ENOENT ? ssp_fail(EXPIRED) : ssp_fail(IO);
}

/* The contents of a whole ticket. */
struct ticket {
    uint64_t expires;
    pid_t keeper;
};

static bool read_ticket(int dir_fd, const char *name, struct ticket *ret)
{
    uint8_t bytes[TICKET_SIZE + 1];
    ssp_cleanup(fd_close) int fd =
        openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

    if (n != TICKET_SIZE || strspn(name, digits) != NAME_SIZE || name[NAME_SIZE] != '\0')
        return false;
    struct rd in = rd_of((struct view){ bytes, TICKET_SIZE });
    ret->expires = rd_le64(&in);
    ret->keeper = (pid_t)rd_le32(&in);
    return true;
}

/* A number that was given to another process meanwhile only makes the ticket stay longer. */
static bool is_alive(pid_t keeper)
{
    return keeper > 0 && (kill(keeper, 0) == 0 || errno != ESRCH);
}

/* A ticket that is just being written is not whole yet: give it as long as any envelope lives. */
static bool is_old(int dir_fd, const char *name)
{
    struct stat st = { 0 };

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           time(NULL) - st.st_mtim.tv_sec > LIMIT_EXPORT_LIFETIME_MS / 1000;
}

static bool is_waste(int dir_fd, const char *name, uint64_t now)
{
    struct ticket ticket = { 0 };

    if (!read_ticket(dir_fd, name, &ticket))
        return is_old(dir_fd, name);
    return ticket.expires < now && !is_alive(ticket.keeper);
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        (void)closedir(*dir);
}

/* A stream of its own: the offset of dir_fd is shared with every copy of it. */
static DIR *open_stream(int dir_fd)
{
    ssp_cleanup(fd_close) int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (dir != NULL)
        fd = -1;
    return dir;
}

/* Removes what is waste at that time; everything when all is set. */
static void clean(int dir_fd, bool all, uint64_t now, size_t max)
{
    ssp_cleanup(close_dir) DIR *dir = open_stream(dir_fd);

    for (size_t i = 0; dir != NULL && i < max; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream */
        const struct dirent *entry = readdir(dir);

        if (entry == NULL)
            return;
        if (all || is_waste(dir_fd, entry->d_name, now))
            (void)unlinkat(dir_fd, entry->d_name, 0); /* which leaves folders alone */
    }
}

void ticket_sweep(int dir_fd, uint64_t now, size_t max)
{
    clean(dir_fd, false, now, max);
}

void ticket_purge(int dir_fd)
{
    clean(dir_fd, true, 0, SIZE_MAX);
}
