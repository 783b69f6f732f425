/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/realm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/demo/child.h"

/* How often a port that was free is taken by somebody else before that is no accident. */
enum { PORTS_MAX = 5 };

const char *realm_missing(void)
{
    static const struct {
        const char *program;
        const char *complaint;
    } programs[] = {
        { "krb5kdc", "krb5kdc is missing (Debian has it in krb5-kdc)" },
        { "kdb5_util", "kdb5_util is missing (Debian has it in krb5-kdc)" },
        { "kadmin.local", "kadmin.local is missing (Debian has it in krb5-admin-server)" },
    };
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (!child_find(programs[i].program, path, sizeof(path)))
            return programs[i].complaint;
    }
    return NULL;
}

struct path { /* of a file in the folder, or a variable that names it */
    char s[REALM_PATH_MAX + 48];
};

static struct path path_of(const struct realm *realm, const char *before, const char *name)
{
    struct path ret;

    (void)snprintf(ret.s, sizeof(ret.s), "%s%s/%s", before, realm->folder, name);
    return ret;
}

struct program { /* of this realm; points into itself */
    char path[PATH_MAX];
    struct path config;
    struct path profile;
    struct path log;
    const char *variables[3];
    struct child_spec spec;
};

static enum ssp_err prepare(const struct realm *realm, const char *const *argv, struct program *ret)
{
    if (!child_find(argv[0], ret->path, sizeof(ret->path)))
        return ssp_fail(NO_AUTHORITY);
    ret->config = path_of(realm, "KRB5_CONFIG=", "krb5.conf");
    ret->profile = path_of(realm, "KRB5_KDC_PROFILE=", "kdc.conf");
    ret->log = path_of(realm, "", "log");
    ret->variables[0] = ret->config.s;
    ret->variables[1] = ret->profile.s;
    ret->variables[2] = NULL;
    ret->spec = (struct child_spec){ ret->path, argv, ret->variables, ret->log.s };
    return SSP_OK;
}

enum ssp_err realm_run(const struct realm *realm, const char *const *argv, const char *input)
{
    struct program program;

    SSP_TRY(prepare(realm, argv, &program));
    return child_run(&program.spec, input);
}

/* ---- Its files ------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static enum ssp_err
write_file(const struct realm *realm, const char *name, const char *format, ...)
{
    char text[4096];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n < 0 || n >= (int)sizeof(text))
        return ssp_fail(TOO_LARGE);
    return file_replace(path_of(realm, "", name).s, 0644,
                        (struct view){ (const uint8_t *)text, (size_t)n });
}

static enum ssp_err write_config(const struct realm *realm, const struct realm_plan *plan)
{
    return write_file(realm, "krb5.conf",
                      "[libdefaults]\n default_realm = %s\n dns_lookup_kdc = false\n"
                      " dns_lookup_realm = false\n dns_canonicalize_hostname = false\n"
                      " rdns = false\n qualify_shortname = \"\"\n"
                      "[realms]\n %s = {\n  kdc = 127.0.0.1:%d\n }\n"
                      "[domain_realm]\n .%s = %s\n",
                      plan->name, plan->name, realm->port, plan->domain, plan->name);
}

static enum ssp_err write_profile(const struct realm *realm, const char *name)
{
    const char *folder = realm->folder;

    return write_file(realm, "kdc.conf",
                      "[kdcdefaults]\n kdc_listen = 127.0.0.1:%d\n kdc_tcp_listen = 127.0.0.1:%d\n"
                      "[realms]\n %s = {\n  database_name = %s/principal\n"
                      "  key_stash_file = %s/stash\n  acl_file = %s/acl\n"
                      "  supported_enctypes = aes256-sha2:normal aes128-sha2:normal"
                      " aes256-sha1:normal aes128-sha1:normal\n }\n"
                      "[logging]\n kdc = FILE:%s/kdc.log\n admin_server = FILE:%s/kadmin.log\n",
                      realm->port, realm->port, name, folder, folder, folder, folder, folder);
}

/* One that is free for both protocols now.  Nobody else is asked to leave it alone, so a start that
 * finds it taken is tried again with another. */
static enum ssp_err find_port(int *ret)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(address);
    ssp_cleanup(fd_close) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, n) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        return ssp_fail(IO);
    *ret = ntohs(address.sin_port);
    return SSP_OK;
}

static enum ssp_err configure(const struct realm_plan *plan, struct realm *realm)
{
    SSP_TRY(find_port(&realm->port));
    SSP_TRY(write_config(realm, plan));
    return write_profile(realm, plan->name);
}

static enum ssp_err fill(const struct realm *realm, const char *script)
{
    /* Nobody needs the master key's password again: it is in the stash. */
    static const char *const create[] = { "kdb5_util", "-P", "master", "create", "-s", NULL };
    static const char *const administer[] = { "kadmin.local", NULL };

    SSP_TRY(realm_run(realm, create, ""));
    return realm_run(realm, administer, script);
}

/* ---- The KDC --------------------------------------------------------------------------------- */

/* It writes its number into the file that it is told once its sockets are open.  That file is a
 * pipe, so there is something to wait for: a word, or the KDC's end. */
static enum ssp_err await(int word, pid_t pid, bool *ret_is_up)
{
    ssp_cleanup(fd_close) int end = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd fds[] = { { .fd = word, .events = POLLIN }, { .fd = end, .events = POLLIN } };
    int n = -1;

    if (end < 0)
        return ssp_fail(IO);
    do {
        n = poll(fds, 2, -1);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return ssp_fail(IO);
    *ret_is_up = (fds[0].revents & POLLIN) != 0;
    return SSP_OK;
}

static enum ssp_err try_start(struct realm *realm)
{
    const struct path word = path_of(realm, "", "pid");
    const char *const argv[] = { "krb5kdc", "-n", "-P", word.s, NULL };
    ssp_cleanup(fd_close) int fd = open(word.s, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct program program;
    bool is_up = false;

    if (fd < 0)
        return ssp_fail(IO);
    SSP_TRY(prepare(realm, argv, &program));
    SSP_TRY(child_start(&program.spec, &realm->pid));
    SSP_TRY(await(fd, realm->pid, &is_up));
    if (!is_up)
        child_stop(&realm->pid);
    return SSP_OK;
}

enum ssp_err realm_start(const struct realm_plan *plan, struct realm *ret)
{
    ssp_cleanup(realm_stop) struct realm realm = { 0 };

    if (realm_missing() != NULL)
        return ssp_fail(NO_AUTHORITY);
    if (snprintf(realm.folder, sizeof(realm.folder), "%s", plan->folder) >=
        (int)sizeof(realm.folder))
        return ssp_fail(TOO_LARGE);
    SSP_TRY(configure(plan, &realm));
    SSP_TRY(fill(&realm, plan->script));
    if (mkfifo(path_of(&realm, "", "pid").s, 0600) != 0)
        return ssp_fail(IO);
    for (int i = 0; i < PORTS_MAX && realm.pid == 0; i++) {
        SSP_TRY(configure(plan, &realm));
        SSP_TRY(try_start(&realm));
    }
    if (realm.pid == 0)
        return ssp_fail(IO);
    *ret = realm;
    realm.pid = 0;
    return SSP_OK;
}

void realm_stop(struct realm *realm)
{
    child_stop(&realm->pid);
}
