/* SPDX-License-Identifier: Apache-2.0 */
#include "crash/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/world.h"

/* ---- Keys -------------------------------------------------------------- */

enum { FILE_MAX = 1 << 24 /* bytes that are looked at */ };

static struct view wanted; /* nftw() has no place for it */
static time_t since;

/* Chunks overlap, so that nothing is cut in two.  Not by mmap(): somebody may cut the file short.
 */
static bool file_holds(const char *path)
{
    static uint8_t chunk[1 << 16];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    off_t at = 0;
    bool found = false;

    for (ssize_t n = 1; fd >= 0 && n > 0 && !found && at < FILE_MAX;) {
        n = pread(fd, chunk, sizeof(chunk), at);
        found = n > 0 && memmem(chunk, (size_t)n, wanted.p, wanted.n) != NULL;
        at += (off_t)(sizeof(chunk) - wanted.n);
    }
    if (fd >= 0)
        (void)close(fd);
    return found;
}

static bool link_holds(const char *path)
{
    char text[4096];
    ssize_t n = readlink(path, text, sizeof(text));

    return n > 0 && memmem(text, (size_t)n, wanted.p, wanted.n) != NULL;
}

static int look_at(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)walk;
    if (type == FTW_SL)
        return link_holds(path) ? 1 : 0;
    if (type != FTW_F || !S_ISREG(st->st_mode) || st->st_mtim.tv_sec < since)
        return 0;
    return file_holds(path) ? 1 : 0;
}

static bool tree_holds(const char *path)
{
    return nftw(path, look_at, 8, FTW_PHYS) == 1;
}

static bool folder_holds(const char *folder)
{
    DIR *dir = opendir(folder);
    bool found = false;

    assert_non_null(dir);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream */
    for (const struct dirent *e = readdir(dir); e != NULL && !found; e = readdir(dir)) {
        struct stat st = { 0 };
        char path[512];

        (void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        found =
            lstat(path, &st) == 0 && S_ISREG(st.st_mode) && look_at(path, &st, FTW_F, NULL) != 0;
    }
    assert_int_equal(closedir(dir), 0);
    return found;
}

bool files_hold(struct view bytes)
{
    struct stat world = { 0 };

    assert_int_equal(stat(world_path("sam"), &world), 0); /* made when the test began */
    wanted = bytes;
    since = world.st_mtim.tv_sec;
    return tree_holds(world_path("")) || tree_holds("/dev/shm") || folder_holds("/tmp");
}

/* ---- Tickets, as docs/formats/runtime-folder.md has them --------------- */

enum { EXPIRES = 16, TICKET = 34 /* characters */ };

static void age(const char *path)
{
    char text[TICKET + 1] = "";

    assert_int_equal(readlink(path, text, TICKET), TICKET);
    memset(text, '0', EXPIRES);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(text, path), 0);
}

/* Their names first: what is done to one changes the folder. */
static size_t each_ticket(void (*act)(const char *path))
{
    struct {
        char path[512];
    } tickets[16];
    const char *folder = world_path("run/tickets");
    DIR *dir = opendir(folder);
    size_t n = 0;

    assert_non_null(dir);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream */
    for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        assert_true(n < sizeof(tickets) / sizeof(tickets[0]));
        int size = snprintf(tickets[n++].path, sizeof(tickets[0].path), "%s/%s", folder, e->d_name);
        assert_in_range(size, 1, sizeof(tickets[0].path) - 1);
    }
    assert_int_equal(closedir(dir), 0);
    for (size_t i = 0; i < n; i++)
        act(tickets[i].path);
    return n;
}

static void leave(const char *path)
{
    (void)path;
}

size_t files_tickets(void)
{
    return each_ticket(leave);
}

void files_age_tickets(void)
{
    (void)each_ticket(age);
}
