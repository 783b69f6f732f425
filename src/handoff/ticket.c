/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/ticket.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdalign.h>
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
    NUMBER_SIZE = 8, /* of the process that keeps it, 0 for none, and of the user */
    KEEPER_AT = EXPIRES_SIZE + 1,
    UID_AT = KEEPER_AT + NUMBER_SIZE + 1,
    TEXT_SIZE = UID_AT + NUMBER_SIZE,
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
static enum ssp_err make(int dir_fd, const char *name, const struct ticket *ticket)
{
    char text[TEXT_SIZE + 1];

    (void)snprintf(text, sizeof(text), "%016" PRIx64 ".%08" PRIx32 ".%08" PRIx32, ticket->expires,
                   (uint32_t)ticket->keeper, (uint32_t)ticket->uid);
    return symlinkat(text, dir_fd, name) == 0 ? SSP_OK : ssp_fail(IO);
}

enum ssp_err ticket_create(int dir_fd, const struct ticket_id *id, const struct ticket *ticket)
{
    const struct name name = name_of(id);

    return make(dir_fd, name.s, ticket);
}

enum ssp_err ticket_claim(int dir_fd, const struct ticket_id *id)
{
    const struct name name = name_of(id);

    if (unlinkat(dir_fd, name.s, 0) == 0)
        return SSP_OK;
    return errno == ENOENT ? ssp_fail(EXPIRED) : ssp_fail(IO);
}

static bool is_hex(const char *text, size_t n, char end)
{
    return strspn(text, digits) == n && text[n] == end;
}

static bool read_ticket(int dir_fd, const char *name, struct ticket *ret)
{
    char text[TEXT_SIZE + 2] = { 0 }; /* one more shows a longer one */

    if (!is_hex(name, NAME_SIZE, '\0') ||
        readlinkat(dir_fd, name, text, sizeof(text) - 1) != TEXT_SIZE ||
        !is_hex(text, EXPIRES_SIZE, '.') || !is_hex(text + KEEPER_AT, NUMBER_SIZE, '.') ||
        !is_hex(text + UID_AT, NUMBER_SIZE, '\0'))
        return false;
    ret->expires = strtoull(text, NULL, 16);
    ret->keeper = (pid_t)strtoul(text + KEEPER_AT, NULL, 16);
    ret->uid = (uid_t)strtoul(text + UID_AT, NULL, 16);
    return true;
}

static bool is_keeper(const struct ticket *ticket, const struct ticket_keeper *who)
{
    return who->pid > 0 && ticket->keeper == who->pid && ticket->uid == who->uid;
}

enum ssp_err ticket_take_back(int dir_fd, const struct ticket_id *id,
                              const struct ticket_keeper *keeper)
{
    const struct name name = name_of(id);
    struct ticket ticket = { 0 };

    if (!read_ticket(dir_fd, name.s, &ticket) || !is_keeper(&ticket, keeper))
        return ssp_fail(EXPIRED);
    return ticket_claim(dir_fd, id);
}

/* Under another name first, and then in its place: an exchange fails when a claim was faster, where
 * a rename would bring the ticket back. */
enum ssp_err ticket_release(int dir_fd, const struct ticket_id *id,
                            const struct ticket_keeper *keeper)
{
    const struct name name = name_of(id);
    struct ticket ticket = { 0 };
    char other[NAME_SIZE + 2];

    if (!read_ticket(dir_fd, name.s, &ticket) || !is_keeper(&ticket, keeper))
        return ssp_fail(EXPIRED);
    ticket.keeper = 0;
    (void)snprintf(other, sizeof(other), "%s~", name.s); /* no ticket's name */
    SSP_TRY(make(dir_fd, other, &ticket));
    int failed = renameat2(dir_fd, other, dir_fd, name.s, RENAME_EXCHANGE) == 0 ? 0 : errno;
    (void)unlinkat(dir_fd, other, 0);
    if (failed == ENOENT)
        return ssp_fail(EXPIRED);
    return failed == 0 ? SSP_OK : ssp_fail(IO);
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

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    if (!read_ticket(dir_fd, name, &ticket))
        return is_old(dir_fd, name);
    return ticket.expires < now && !is_alive(ticket.keeper);
}

static void sweep_one(int dir_fd, const char *name, uint64_t now)
{
    if (is_waste(dir_fd, name, now))
        (void)unlinkat(dir_fd, name, 0); /* which leaves folders alone */
}

/* Some entries, from where dir_fd stands; how many, 0 at the end of the folder. */
static size_t sweep_some(int dir_fd, uint64_t now)
{
    alignas(struct dirent64) uint8_t bytes[512] = { 0 };
    ssize_t n = getdents64(dir_fd, bytes, sizeof(bytes));
    size_t seen = 0;

    for (ssize_t at = 0; at < n; seen++) {
        const struct dirent64 *entry = (const void *)(bytes + at);

        sweep_one(dir_fd, entry->d_name, now);
        at += entry->d_reclen;
    }
    return seen;
}

/* Ends: each turn sees something, or is the second to find the end. */
void ticket_sweep(int dir_fd, uint64_t now, size_t max)
{
    unsigned ends = 0;

    for (size_t seen = 0; seen < max && ends < 2;) {
        size_t n = sweep_some(dir_fd, now);

        if (n == 0 && (++ends == 2 || lseek(dir_fd, 0, SEEK_SET) != 0))
            return;
        seen += n;
    }
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        (void)closedir(*dir);
}

/* A stream of its own, from the start. */
static DIR *open_stream(int dir_fd)
{
    ssp_cleanup(fd_close) int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (dir != NULL)
        fd = -1;
    return dir;
}

static struct ticket_id id_of(const char *name)
{
    struct ticket_id id = { { 0 } };

    for (size_t i = 0; i < NAME_SIZE; i++) {
        const char *digit = strchr(digits, name[i]);

        id.b[i / 2] = (uint8_t)(id.b[i / 2] << 4 | (digit - digits));
    }
    return id;
}

void ticket_each(int dir_fd,
                 void (*visit)(void *arg, const struct ticket_id *id, const struct ticket *ticket),
                 void *arg)
{
    ssp_cleanup(close_dir) DIR *dir = open_stream(dir_fd);
    struct ticket ticket = { 0 };

    if (dir == NULL)
        return;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream */
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (!read_ticket(dir_fd, entry->d_name, &ticket))
            continue;
        const struct ticket_id id = id_of(entry->d_name);

        visit(arg, &id, &ticket);
    }
}

void ticket_purge(int dir_fd)
{
    ssp_cleanup(close_dir) DIR *dir = open_stream(dir_fd);

    if (dir == NULL)
        return;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream */
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        (void)unlinkat(dir_fd, entry->d_name, 0); /* which leaves folders alone */
}
