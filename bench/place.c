/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "timing.h"

/* NTOWFv1 of PLACE_PASSWORD, [MS-NLMP] 4.2.2.1.2. */
#define PLACE_HASH "a4f49c406510bdcab6824ee7c30fd852"

enum { PATH_SIZE = 160, DIR_SIZE = 128, TEXT_SIZE = 512 };

static char dir[DIR_SIZE];

static bool try_folder(const char *parent)
{
    if (parent == NULL || *parent != '/')
        return false;
    int n = snprintf(dir, sizeof(dir), "%s/opensspi-bench-XXXXXX", parent);
    if (n < (int)sizeof(dir) && mkdtemp(dir) != NULL)
        return true;
    dir[0] = '\0';
    return false;
}

static void write_file(const char *name, const char *variable, const char *text)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    need(fd >= 0 && dprintf(fd, "%s", text) > 0 && close(fd) == 0, "writing to a folder in memory");
    if (variable != NULL)
        need(setenv(variable, path, 1) == 0, "the environment"); // NOLINT(concurrency-mt-unsafe)
}

void place_make(void)
{
    char conf[TEXT_SIZE];

    need(try_folder(secure_getenv("XDG_RUNTIME_DIR")) || try_folder("/dev/shm") ||
             try_folder("/tmp"),
         "making a temporary folder");
    (void)snprintf(conf, sizeof(conf),
                   "[lsa]\nruntime = %s/run\n[ntlm]\naccounts = %s/sam\n"
                   "netbios_name = SERVER\n",
                   dir, dir);
    write_file("conf", "OPENSSPI_CONFIG", conf);
    write_file("sam", NULL, PLACE_USER ":" PLACE_DOMAIN ":" PLACE_HASH "\n");
    write_file("gss", "NTLM_USER_FILE", PLACE_DOMAIN ":" PLACE_USER ":" PLACE_PASSWORD "\n");
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

void place_remove(void)
{
    if (dir[0] != '\0')
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        (void)nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    dir[0] = '\0';
}
