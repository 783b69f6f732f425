/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/ticket.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"

enum {
    NAME_SIZE = 2 * ENVELOPE_ID_SIZE,
    EXPIRES_SIZE = 16,
    KEEPER_SIZE = 8, /* process that keeps it, 0 for none */
    TEXT_SIZE = EXPIRES_SIZE + 1 + KEEPER_SIZE,
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

/* The text is there together with the name, so no half-made ticket can be seen. */
enum ssp_err ticket_create_kept(int dir_fd, const struct ticket_id *id, uint64_t expires,
                                pid_t keeper)
{
    const struct name name = name_of(id);
    char text[TEXT_SIZE + 1];

    (void)snprintf(text, sizeof(text), "%016" PRIx64 ".%08" PRIx32, expires, (uint32_t)keeper);
    return symlinkat(text, dir_fd, name.s) == 0 ? SSP_OK : ssp_fail(IO);
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

static bool is_hex(const char *text, size_t n, char end)
{
    return strspn(text, digits) == n && text[n] == end;
}

static bool read_ticket(int dir_fd, const char *name, struct ticket *ret)
{
    char text[TEXT_SIZE + 2] = { 0 }; /* one more shows a longer one */
    const char *keeper = text + EXPIRES_SIZE + 1;

    if (!is_hex(name, NAME_SIZE, '\0') ||
        readlinkat(dir_fd, name, text, sizeof(text) - 1) != TEXT_SIZE ||
        !is_hex(text, EXPIRES_SIZE, '.') || !is_hex(keeper, KEEPER_SIZE, '\0'))
        return false;
    ret->expires = strtoull(text, NULL, 16);
    ret->keeper = (pid_t)strtoul(keeper, NULL, 16);
    return true;
}

/* A number that was given to another process meanwhile only makes the ticket stay longer. */
static bool is_alive(pid_t keeper)
{
    return keeper > 0 && (kill(keeper, 0) == 0 || errno != ESRCH);
}

/* What is no ticket may be one to another version of this library: it gets as long as any envelope.
 */
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
