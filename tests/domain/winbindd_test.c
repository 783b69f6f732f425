/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts = winbind with Samba's own winbindd and its own library, embedded and
 * through lsad, whose filter of system calls has to let that library ask.
 *
 * Winbindd is of a machine without a domain: it judges answers by the accounts of
 * the machine itself.  With a program as argument it is that of a domain controller,
 * which that program runs (controller.py).  Its socket is where the library looks for
 * it, so the test has a /run of its own, and a network.
 */
#include <opensspi.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "harness/loopback.h"
#include "harness/world.h"

/* An account of Debian's that has to be there for one of Samba's. */
#define ACCOUNT "games"
#define MACHINE "PEER"
#define PASSWORD "Passw0rd!"
#define DOMAIN_USER "alice"
#define DOMAIN_NAME "CORP"
#define DOMAIN_FOLDER "/run/domain"

enum { PATIENCE_S = 120 };

static char *controller; /* NULL: there is no domain */

static struct scene right = {
    .package = "NTLM",
    .user = ACCOUNT,
    .domain = MACHINE,
    .password = PASSWORD,
    .target = "test/server",
    .initiator_asks = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY,
    .acceptor_asks = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY,
};

/* ---- Winbindd -------------------------------------------------------------------------------- */

static pid_t winbindd;

static bool has_own_run(void)
{
    return unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0 &&
           mkdir("/run/samba", 0755) == 0;
}

/* All of its folders are the world's, but for that of the socket. */
static void configure(void)
{
    static const char alone[] =
        "interfaces = lo\nbind interfaces only = yes\ndisable netbios = yes\n";
    static const char *const folders[] = { "private dir",     "lock directory", "state directory",
                                           "cache directory", "pid directory",  "ncalrpc dir" };
    FILE *file = fopen(world_path("smb.conf"), "we");

    assert_non_null(file);
    assert_int_equal(mkdir(world_path("samba"), 0755), 0);
    assert_true(fprintf(file, "[global]\nnetbios name = %s\nworkgroup = PEERS\nlog file = %s\n%s",
                        MACHINE, world_path("samba/log"), alone) > 0);
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        assert_true(fprintf(file, "%s = %s\n", folders[i], world_path("samba")) > 0);
    assert_int_equal(fclose(file), 0);
}

static _Noreturn void become(int in, char *const argv[], char *const environment[])
{
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)execvpe(argv[0], argv, environment);
    (void)fprintf(stderr, "%s: is the package winbind installed?\n", argv[0]);
    _exit(127);
}

/* With what it reads. */
static bool runs(char *const argv[], const char *input)
{
    int ends[2] = { -1, -1 };
    int status = -1;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0)
        become(ends[0], argv, environ);
    assert_int_equal(write(ends[1], input, strlen(input)), (ssize_t)strlen(input));
    assert_int_equal(close(ends[0]) | close(ends[1]), 0);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Of the machine's account. */
static bool smbpasswd(const char *option, const char *input)
{
    char conf[256];
    char *words[] = { (char[]){ "smbpasswd" }, (char[]){ "-c" },    conf, (char *)(uintptr_t)option,
                      (char[]){ "-s" },        (char[]){ ACCOUNT }, NULL };

    (void)snprintf(conf, sizeof(conf), "%s", world_path("smb.conf"));
    return runs(words, input);
}

static bool enable(bool is_on)
{
    char deeds[2][8] = { "disable", "enable" };
    char *words[] = { controller, (char[]){ DOMAIN_FOLDER }, deeds[is_on ? 1 : 0],
                      (char[]){ DOMAIN_USER }, NULL };

    return controller == NULL ? smbpasswd(is_on ? "-e" : "-d", "") : runs(words, "");
}

/* Where it says that it is ready, as it would to a service manager (sd_notify(3)). */
static int notify_socket(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/notify" };
    const struct timeval patience = { .tv_sec = PATIENCE_S };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static bool is_ready(int notify)
{
    char word[128] = "";

    while (strncmp(word, "READY=1", 7) != 0) {
        ssize_t n = recv(notify, word, sizeof(word) - 1, 0);

        if (n < 0)
            return false;
        word[n] = '\0';
    }
    return true;
}

/* Samba's programs start others, which would stay when they are gone: but not where the first is
 * the first of all, with whom all go. */
static pid_t fork_alone(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* It ends when a pipe that is its standard input does. */
static void start_winbindd(void)
{
    ssp_cleanup(fd_close) int notify = notify_socket();
    ssp_cleanup(fd_close) int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char option[300];
    char path[1024];
    char *environment[] = { path, (char[]){ "NOTIFY_SOCKET=/run/notify" }, NULL };
    char *alone[] = { (char[]){ "winbindd" }, (char[]){ "--foreground" },
                      (char[]){ "--no-process-group" }, option, NULL };
    char *with_domain[] = { controller, (char[]){ DOMAIN_FOLDER }, (char[]){ DOMAIN_USER },
                            (char[]){ PASSWORD }, NULL };

    (void)snprintf(option, sizeof(option), "--configfile=%s", world_path("smb.conf"));
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
    (void)snprintf(path, sizeof(path), "PATH=%s", getenv("PATH"));
    winbindd = fork_alone();
    if (winbindd == 0)
        become(nothing, controller != NULL ? with_domain : alone, environment);
    assert_true(winbindd > 0);
    assert_true(is_ready(notify));
    assert_int_equal(unlink("/run/notify"), 0);
}

static void stop_winbindd(void)
{
    if (winbindd <= 0)
        return;
    assert_int_equal(kill(winbindd, SIGKILL), 0);
    assert_int_equal(waitpid(winbindd, NULL, 0), winbindd);
    winbindd = 0;
}

static int begin(void **state)
{
    if (world_begin(state) != 0)
        return -1;
    world_join_domain();
    configure();
    if (controller == NULL)
        assert_true(smbpasswd("-a", PASSWORD "\n" PASSWORD "\n"));
    start_winbindd();
    return 0;
}

static int end(void **state)
{
    stop_winbindd();
    return world_end(state);
}

/* ---- Who is let in --------------------------------------------------------------------------- */

static void assert_token(const struct party *party)
{
    OPENSSPI_TOKEN_INFO info = { 0 };
    HANDLE token = NULL;

    assert_int_equal(QuerySecurityContextToken((CtxtHandle *)(uintptr_t)&party->ctx, &token),
                     SEC_E_OK);
    assert_int_equal(opensspi_token_query(token, &info), SEC_E_OK);
    assert_int_equal(CloseHandle(token), TRUE);
    assert_string_equal(info.user, right.user);
    assert_string_equal(info.domain, right.domain);
    assert_memory_equal(info.sid, "S-1-5-21-", 9);
}

static void move(struct party *party)
{
    struct job job = { .fd = -1, .arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD };

    if (!party->accepts || !party->has_ctx)
        return;
    assert_int_equal(party_export(party, &job), SEC_E_OK);
    assert_int_equal(party_import(party, &job), SEC_E_OK);
}

static void lets_in(way_fn *way)
{
    struct loopback loop;

    loopback_begin(&loop, &right, way);
    assert_int_equal(loopback_shake(&loop, ALL_LEGS), SEC_E_OK);
    assert_true(loopback_talks(&loop));
    assert_token(&loop.server);
    loopback_end(&loop);
}

static void an_account_is_let_in_with_its_password(void **state)
{
    (void)state;
    lets_in(NULL);
}

static void a_handshake_that_moves_is_judged_where_it_ends(void **state)
{
    (void)state;
    lets_in(move);
}

static SECURITY_STATUS status_of(const struct scene *scene)
{
    struct loopback loop;

    loopback_begin(&loop, scene, NULL);
    SECURITY_STATUS status = loopback_shake(&loop, ALL_LEGS);
    loopback_end(&loop);
    return status;
}

static void a_wrong_password_is_refused(void **state)
{
    struct scene wrong = right;

    (void)state;
    wrong.password = "password";
    assert_int_equal(status_of(&wrong), SEC_E_LOGON_DENIED);
}

static void a_user_whom_nobody_knows_is_refused(void **state)
{
    struct scene stranger = right;

    (void)state;
    stranger.user = "stranger";
    assert_int_equal(status_of(&stranger), SEC_E_LOGON_DENIED);
}

/* Winbindd has nobody to ask about it. */
static void of_another_domain_nobody_is_let_in(void **state)
{
    struct scene far = right;

    (void)state;
    far.domain = "ELSEWHERE";
    SECURITY_STATUS status = status_of(&far);
    assert_true(status == SEC_E_LOGON_DENIED || status == SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

static void a_disabled_account_is_refused_until_it_is_enabled(void **state)
{
    (void)state;
    assert_true(enable(false));
    assert_int_equal(status_of(&right), SEC_E_LOGON_DENIED);
    assert_true(enable(true));
    lets_in(NULL);
}

static void nobody_is_let_in_while_winbindd_is_gone(void **state)
{
    (void)state;
    stop_winbindd();
    assert_int_equal(status_of(&right), SEC_E_NO_AUTHENTICATING_AUTHORITY);
    start_winbindd();
    lets_in(NULL);
}

/* Who may not make a /run of its own cannot lead the library to this winbindd. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_is_let_in_with_its_password),
        TEST(a_handshake_that_moves_is_judged_where_it_ends),
        TEST(a_wrong_password_is_refused),
        TEST(a_user_whom_nobody_knows_is_refused),
        TEST(of_another_domain_nobody_is_let_in),
        TEST(a_disabled_account_is_refused_until_it_is_enabled),
        TEST(nobody_is_let_in_while_winbindd_is_gone),
    };

    if (!has_own_run())
        return puts("1..0 # SKIP: no /run of its own") < 0;
    if (argc == 2) {
        controller = argv[1];
        right.user = DOMAIN_USER;
        right.domain = DOMAIN_NAME;
    }
    return cmocka_run_group_tests(tests, begin, end);
}
