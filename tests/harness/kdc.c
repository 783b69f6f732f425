/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/kdc.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const kdc_types[] = { "aes256-cts-hmac-sha384-192", "aes128-cts-hmac-sha256-128",
                                  "aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96", NULL };

enum { PATH_SIZE = 256 };

static char folder[PATH_SIZE / 2];
static pid_t kdc;

/* Setups run outside of any case, where cmocka has nowhere to jump to. */
static void need(bool fine, const char *what)
{
    if (fine)
        return;
    (void)fprintf(stderr, "# the KDC of the test: %s failed\n", what);
    abort();
}

static const char *path(const char *name)
{
    static char paths[4][PATH_SIZE];
    static size_t turn;
    char *ret = paths[turn++ % 4];

    (void)snprintf(ret, PATH_SIZE, "%s/%s", folder, name);
    return ret;
}

__attribute__((format(printf, 2, 3))) static void write_file(const char *name, const char *format,
                                                             ...)
{
    FILE *file = fopen(path(name), "we");
    va_list args;

    need(file != NULL, name);
    va_start(args, format);
    need(vfprintf(file, format, args) > 0, name);
    va_end(args);
    need(fclose(file) == 0, name);
}

/* One that is free for both protocols now: nobody else is asked to be quiet meanwhile, so a start
 * that finds it taken is tried again. */
static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    need(fd >= 0 && bind(fd, (const struct sockaddr *)&address, n) == 0 &&
             getsockname(fd, (struct sockaddr *)&address, &n) == 0,
         "looking for a port");
    (void)close(fd);
    return ntohs(address.sin_port);
}

static void set(const char *name, const char *value)
{
    need(setenv(name, value, 1) == 0, name); // NOLINT(concurrency-mt-unsafe): no threads yet
}

static void configure(int port)
{
    write_file("krb5.conf",
               "[libdefaults]\n default_realm = " KDC_REALM "\n dns_lookup_kdc = false\n"
               " dns_lookup_realm = false\n dns_canonicalize_hostname = false\n rdns = false\n"
               " qualify_shortname = \"\"\n"
               "[realms]\n " KDC_REALM " = {\n  kdc = 127.0.0.1:%d\n }\n"
               "[domain_realm]\n .test.example = " KDC_REALM "\n",
               port);
    write_file("kdc.conf",
               "[kdcdefaults]\n kdc_listen = 127.0.0.1:%d\n kdc_tcp_listen = 127.0.0.1:%d\n"
               "[realms]\n " KDC_REALM " = {\n  database_name = %s/principal\n"
               "  key_stash_file = %s/stash\n  acl_file = %s/acl\n"
               "  supported_enctypes = aes256-sha2:normal aes128-sha2:normal aes256-sha1:normal"
               " aes128-sha1:normal\n }\n"
               "[logging]\n kdc = FILE:%s/kdc.log\n admin_server = FILE:%s/kadmin.log\n",
               port, port, folder, folder, folder, folder, folder);
}

/* ---- Programs ---------------------------------------------------------- */

static _Noreturn void become(char *const argv[], int in, const char *out)
{
    int fd = open(path(out), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (fd < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0)
        _exit(1);
    /* What is recorded of this test's programs is not meant for others. */
    (void)unsetenv("LD_PRELOAD"); // NOLINT(concurrency-mt-unsafe): the child has one thread
    (void)execvp(argv[0], argv);
    _exit(127);
}

static pid_t spawn(char *const argv[], int in)
{
    pid_t pid = fork();

    if (pid == 0)
        become(argv, in, "programs.log");
    need(pid > 0, "fork");
    return pid;
}

static bool ends_well(pid_t pid)
{
    int status = 0;

    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Runs a program with that text as its input. */
static bool run(char *const argv[], const char *input)
{
    int fds[2];
    size_t n = strlen(input);

    need(pipe2(fds, O_CLOEXEC) == 0, "pipe");
    pid_t pid = spawn(argv, fds[0]);
    (void)close(fds[0]);
    bool told = write(fds[1], input, n) == (ssize_t)n;
    (void)close(fds[1]);
    return ends_well(pid) && told;
}

static char *arg(const char *s)
{
    return (char *)(uintptr_t)s; /* exec's prototypes do not know const */
}

static void make_database(void)
{
    char *argv[] = { arg("kdb5_util"), arg("-P"), arg("master"), arg("create"), arg("-s"), NULL };

    need(run(argv, ""), "kdb5_util");
}

/* ---- Principals -------------------------------------------------------- */

const char *kdc_service_of(const char *type)
{
    static char name[128];

    (void)snprintf(name, sizeof(name), "HTTP/%s.test.example", type);
    return name;
}

/* The KDC takes every service for one that knows the commonest type, unless it is told. */
static size_t one_type(const char *type, const char *service, char *script, size_t size, size_t n)
{
    return n + (size_t)snprintf(script + n, size - n,
                                "addprinc -randkey -e %s:normal %s\nsetstr %s session_enctypes %s\n"
                                "ktadd -k %s -norandkey %s\n",
                                type, service, service, type, path("keytab"), service);
}

/* All that is asked of kadmin.local in one go. */
static void make_principals(void)
{
    char script[4096] = "";
    size_t n = 0;

#define SAY(...) (n += (size_t)snprintf(script + n, sizeof(script) - n, __VA_ARGS__))
    SAY("addprinc -pw %s %s\n", KDC_PASSWORD, KDC_USER);
    SAY("addprinc -pw %s %s\n", KDC_PASSWORD, KDC_OTHER);
    SAY("addprinc -randkey %s\nktadd -k %s %s\n", KDC_SERVICE, path("keytab"), KDC_SERVICE);
    SAY("addprinc -randkey %s\naddprinc -randkey +ok_as_delegate %s\nktadd -k %s %s\n", KDC_ABSENT,
        KDC_TRUSTED, path("keytab"), KDC_TRUSTED);
    n = one_type("camellia256-cts-cmac", KDC_FOREIGN, script, sizeof(script), n);
    for (const char *const *type = kdc_types; *type != NULL; type++)
        n = one_type(*type, kdc_service_of(*type), script, sizeof(script), n);
#undef SAY
    char *argv[] = { arg("kadmin.local"), NULL };
    need(n < sizeof(script) && run(argv, script), "kadmin.local");
    need(access(path("keytab"), R_OK) == 0, "making the keytab");
}

/* ---- The KDC itself ---------------------------------------------------- */

/* It writes its number into the file that we name when its sockets are open.  That file is a pipe,
 * so there is something to wait for: a word, or the KDC's end. */
static bool comes_up(void)
{
    char *argv[] = { arg("krb5kdc"), arg("-n"), arg("-P"), arg(path("pid")), NULL };
    struct pollfd fds[] = {
        { .fd = open(path("pid"), O_RDONLY | O_NONBLOCK | O_CLOEXEC), .events = POLLIN },
        { .fd = -1, .events = POLLIN },
    };
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    need(fds[0].fd >= 0 && nothing >= 0, "opening the pipe");
    kdc = spawn(argv, nothing);
    fds[1].fd = (int)syscall(SYS_pidfd_open, kdc, 0);
    need(fds[1].fd >= 0 && poll(fds, 2, -1) > 0, "waiting");
    bool is_up = (fds[0].revents & POLLIN) != 0;
    if (!is_up)
        (void)waitpid(kdc, NULL, 0);
    (void)close(nothing);
    (void)close(fds[0].fd);
    (void)close(fds[1].fd);
    return is_up;
}

static void publish(void)
{
    char name[PATH_SIZE + 8];

    set("KRB5_CONFIG", path("krb5.conf"));
    set("KRB5_KDC_PROFILE", path("kdc.conf"));
    set("KRB5RCACHEDIR", folder);
    (void)snprintf(name, sizeof(name), "FILE:%s", path("keytab"));
    set("KRB5_KTNAME", name);
    (void)snprintf(name, sizeof(name), "FILE:%s", path("ccache"));
    set("KRB5CCNAME", name);
}

void kdc_start(const char *where)
{
    const char *paths = getenv("PATH"); // NOLINT(concurrency-mt-unsafe): no threads yet
    char longer[4096];
    bool is_up = false;

    (void)snprintf(folder, sizeof(folder), "%s", where);
    (void)snprintf(longer, sizeof(longer), "%s:/usr/sbin", paths == NULL ? "/usr/bin" : paths);
    set("PATH", longer);
    publish();
    configure(free_port());
    make_database();
    make_principals();
    need(mkfifo(path("pid"), 0600) == 0, "making the pipe");
    for (int tries = 0; tries < 5 && !is_up; tries++) {
        configure(free_port());
        is_up = comes_up();
    }
    need(is_up, "krb5kdc");
}

void kdc_stop(void)
{
    if (kdc == 0)
        return;
    (void)kill(kdc, SIGTERM);
    (void)waitpid(kdc, NULL, 0);
    kdc = 0;
}

bool kdc_login(const char *user, const char *options)
{
    char line[64];
    char *argv[] = { arg("kinit"), arg(user), NULL, NULL };

    if (*options != '\0') {
        argv[1] = arg(options);
        argv[2] = arg(user);
    }
    (void)snprintf(line, sizeof(line), "%s\n", KDC_PASSWORD);
    return run(argv, line);
}
