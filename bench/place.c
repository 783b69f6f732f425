/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/demo/certs.h"
#include "harness/daemon.h"

#include "timing.h"

/* NTOWFv1 of PLACE_PASSWORD, [MS-NLMP] 4.2.2.1.2. */
#define PLACE_HASH "a4f49c406510bdcab6824ee7c30fd852"

enum { PATH_SIZE = 160, DIR_SIZE = 128, TEXT_SIZE = 2048 };

static char dir[DIR_SIZE];
static pid_t lsad;

/* In the folder; good until the next call. */
static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

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
    const char *path = path_of(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    need(fd >= 0 && dprintf(fd, "%s", text) > 0 && close(fd) == 0, "writing to a folder in memory");
    if (variable != NULL)
        need(setenv(variable, path, 1) == 0, "the environment"); // NOLINT(concurrency-mt-unsafe)
}

/* As many contexts as are measured; else what is usual. */
static void write_conf(const char *name, const char *variable, const char *mode)
{
    char conf[TEXT_SIZE];

    (void)snprintf(conf, sizeof(conf),
                   "[lsa]\nmode = %s\nsocket = %s/socket\nruntime = %s/run-%s\n"
                   "[lsad]\ncontexts = 200000\n"
                   "[ntlm]\naccounts = %s/sam\nnetbios_name = SERVER\n"
                   "[schannel]\nca = %s/ca.pem\ntickets = no\n"
                   "[schannel \"" PLACE_SITE "\"]\ntickets = no\n"
                   "certificate = %s/server.pem\nkey = %s/server.key\n",
                   mode, dir, dir, mode, dir, dir, dir, dir);
    write_file(name, variable, conf);
}

void place_make(void)
{

    need(try_folder(secure_getenv("XDG_RUNTIME_DIR")) || try_folder("/dev/shm") ||
             try_folder("/tmp"),
         "making a temporary folder");
    const struct certs_plan plan = { .folder = dir, .host = "localhost", .user = PLACE_USER };
    need(certs_make(&plan) == SSP_OK, "making certificates");
    write_conf("conf", "OPENSSPI_CONFIG", "embedded");
    write_conf("conf-lsad", NULL, "lsad");
    write_file("sam", NULL, PLACE_USER ":" PLACE_DOMAIN ":" PLACE_HASH "\n");
    write_file("gss", "NTLM_USER_FILE", PLACE_DOMAIN ":" PLACE_USER ":" PLACE_PASSWORD "\n");
}

const char *place_folder(const char *name)
{
    const char *path = path_of(name);

    need(mkdir(path, 0700) == 0, "making a folder");
    return path;
}

struct place_certs place_certs(void)
{
    static char paths[3][PATH_SIZE];
    static const char *const names[] = { "ca.pem", "server.pem", "server.key" };

    for (size_t i = 0; i < 3; i++)
        (void)snprintf(paths[i], PATH_SIZE, "%s", path_of(names[i]));
    return (struct place_certs){ paths[0], paths[1], paths[2] };
}

void place_start_lsad(void)
{
    char conf[PATH_SIZE];

    (void)snprintf(conf, sizeof(conf), "%s", path_of("conf-lsad"));
    need(setenv("LSAD", LSAD, 1) == 0, "the environment"); // NOLINT(concurrency-mt-unsafe)
    lsad = daemon_start_as_service(conf, path_of("socket"));
    need(lsad > 0, "lsad");
}

void place_use_lsad(void)
{
    need(setenv("OPENSSPI_CONFIG", path_of("conf-lsad"), 1) == 0, // NOLINT(concurrency-mt-unsafe)
         "the environment");
}

pid_t place_lsad(void)
{
    return lsad;
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
    if (lsad > 0)
        (void)daemon_stop(lsad);
    lsad = 0;
    if (dir[0] != '\0')
        // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
        (void)nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    dir[0] = '\0';
}
