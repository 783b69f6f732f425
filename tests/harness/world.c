/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/world.h"

#include "harness/daemon.h"
#include "harness/kdc.h"
#include "harness/tls_ca.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* NTOWFv1 of WORLD_PASSWORD and KDC_PASSWORD, [MS-NLMP] 4.2.2.1.2. */
#define HASH "a4f49c406510bdcab6824ee7c30fd852"

#define FAR_HASH "31c534ba9ca181f848af8e6e03cc0ff4" /* of WORLD_FAR_PASSWORD */

static char dir[64];

static struct {
    char runtime[32];
    pid_t pid;
} daemons[4];
static size_t n_daemons;

/* Setups run outside of any case, where cmocka has nowhere to jump to. */
static void need(bool fine)
{
    if (!fine)
        abort();
}

const char *world_path(const char *name)
{
    static char paths[4][256];
    static size_t turn;
    char *path = paths[turn++ % 4];

    (void)snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void write_file(const char *name, const char *format, ...)
{
    FILE *file = fopen(world_path(name), "we");
    va_list args;

    need(file != NULL && fchmod(fileno(file), 0600) == 0);
    va_start(args, format);
    need(vfprintf(file, format, args) > 0);
    va_end(args);
    need(fclose(file) == 0);
}

/* Packages are loaded from a folder that only their owner may write to. */
static void copy_mock_package(void)
{
    const char *from = getenv("MOCK_PACKAGE");
    struct stat st = { 0 };

    need(mkdir(world_path("packages"), 0700) == 0);
    if (from == NULL)
        return;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(world_path("packages/mock.so"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    need(in >= 0 && out >= 0 && fstat(in, &st) == 0);
    need(sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size);
    need(close(in) == 0 && close(out) == 0);
}

bool world_has_lsad(void)
{
    return getenv("LSAD") != NULL; // NOLINT(concurrency-mt-unsafe): nobody changes it
}

static void socket_of(const char *runtime, char *ret, size_t n)
{
    (void)snprintf(ret, n, "%s/%s.sock", dir, runtime);
}

/* One for each runtime folder, from when that is first configured. */
static void have_lsad(const char *runtime)
{
    size_t i = 0;
    char sock[300];

    while (i < n_daemons && strcmp(daemons[i].runtime, runtime) != 0)
        i++;
    if (i < n_daemons)
        return;
    need(n_daemons < sizeof(daemons) / sizeof(daemons[0]));
    (void)snprintf(daemons[i].runtime, sizeof(daemons[i].runtime), "%s", runtime);
    socket_of(runtime, sock, sizeof(sock));
    daemons[i].pid = daemon_start(world_path("conf"), sock);
    need(daemons[i].pid != 0);
    n_daemons++;
}

void world_kill_lsad(void)
{
    need(kill(daemons[0].pid, SIGKILL) == 0);
    need(waitpid(daemons[0].pid, NULL, 0) == daemons[0].pid);
}

bool world_stop_lsad(void)
{
    return daemon_stop(daemons[0].pid);
}

pid_t world_lsad_pid(void)
{
    return daemons[0].pid;
}

void world_start_lsad(void)
{
    char sock[300];

    socket_of(daemons[0].runtime, sock, sizeof(sock));
    daemons[0].pid = daemon_start(world_path("conf"), sock);
    need(daemons[0].pid != 0);
}

void world_open(void)
{
    need(chmod(world_path(""), 0711) == 0);
    need(chmod(world_path("conf"), 0644) == 0);
    need(chmod(world_path("packages"), 0755) == 0);
    need(!world_has_realm() || chmod(world_path("realm"), 0711) == 0);
}

bool world_has_realm(void)
{
    return getenv("WORLD_REALM") != NULL; // NOLINT(concurrency-mt-unsafe): nobody sets it
}

bool world_has_tls(void)
{
    return getenv("WORLD_TLS") != NULL; // NOLINT(concurrency-mt-unsafe): nobody sets it
}

#define OF_SERVER                                                                   \
    "ca = %s/ca.pem\ncertificate = %s/server.pem\nclient_certificates = required\n" \
    "client_domain = " WORLD_DOMAIN "\n"

/* Paths are in the folder; without certificates there are no sections. */
static const char *tls_sections(void)
{
    static char text[1024];

    if (world_has_tls()) {
        (void)snprintf(text, sizeof(text),
                       "[schannel]\nca = %s/ca.pem\n"
                       "[schannel \"" WORLD_USER "\"]\nca = %s/ca.pem\ncertificate = %s/user.pem\n"
                       "[schannel \"" WORLD_TLS_SERVER "\"]\n" OF_SERVER
                       "[schannel \"" WORLD_TLS_CHACHA
                       "\"]\nciphers = chacha20-poly1305\n" OF_SERVER,
                       dir, dir, dir, dir, dir, dir, dir);
    }
    return text;
}

static void configure(const char *runtime, const char *accounts, const char *more)
{
    write_file("conf",
               "[lsa]\nmode = %s\nsocket = %s/%s.sock\nruntime = %s/%s\npackages = %s/packages\n"
               "%s[kerberos]\nallow = %s\n[ntlm]\naccounts = %s\nnetbios_name = SERVER\n"
               "target_aliases = " KDC_HOST "\n%s\n",
               world_has_lsad() ? "lsad" : "embedded", dir, runtime, dir, runtime, dir,
               tls_sections(), world_has_realm() ? "yes" : "no", accounts, more);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no threads yet
    need(setenv("OPENSSPI_CONFIG", world_path("conf"), 1) == 0);
    if (world_has_lsad())
        have_lsad(runtime);
}

void world_configure(const char *runtime, const char *more)
{
    configure(runtime, world_path("sam"), more);
}

void world_join_domain(void)
{
    configure("domain", "winbind", "");
}

/* Before anything else is started: it is all in the environment. */
static void begin_realm(void)
{
    const char *folder = world_path("realm");

    if (!world_has_realm())
        return;
    need(mkdir(folder, 0700) == 0);
    kdc_start(folder);
    need(kdc_login(KDC_USER, "-f"));
}

static void issue(struct ca *ca, const char *name, const struct ca_wish *wish)
{
    struct ca_pair pair = ca_issue(ca, wish);

    ca_write_both(&pair, world_path(name));
    ca_pair_done(&pair);
}

static void begin_tls(void)
{
    static const struct ca_wish server = { .common_name = WORLD_TLS_HOST };
    static const struct ca_wish user = { .common_name = WORLD_USER, .host = "", .is_client = true };
    struct ca ca;

    if (!world_has_tls())
        return;
    ca_init(&ca);
    ca_write_root(&ca, world_path("ca.pem"));
    issue(&ca, "server.pem", &server);
    issue(&ca, "user.pem", &user);
    ca_done(&ca);
}

int world_begin(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof(dir), "/tmp/opensspi-world-XXXXXX");
    need(mkdtemp(dir) != NULL);
    begin_realm();
    begin_tls();
    copy_mock_package();
    write_file("sam", "%s:%s:%s\n%s:%s:%s\n%s:%s:%s\n%s:%s:%s\n", WORLD_USER, WORLD_DOMAIN, HASH,
               WORLD_OTHER, WORLD_DOMAIN, HASH, WORLD_FAR_USER, WORLD_FAR_DOMAIN, FAR_HASH,
               KDC_USER, KDC_REALM, HASH);
    world_configure("run", "");
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static bool end_daemons(void)
{
    bool fine = true;

    while (n_daemons > 0)
        fine = daemon_stop(daemons[--n_daemons].pid) && fine;
    return fine;
}

int world_end(void **state)
{
    (void)state;
    bool fine = end_daemons();

    kdc_stop();
    int status = nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);

    return fine ? status : -1;
}
