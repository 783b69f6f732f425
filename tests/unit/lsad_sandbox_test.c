/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each case has a child go into the sandbox and looks at what becomes of it.
 *
 * Children leave by _exit(): LeakSanitizer, which wants to attach to the process
 * at its end, is not asked then.  The rest of the sanitizers lives in there.
 */
#include "lsad/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"

/* Only there does one number say which of two architectures is meant. */
#ifdef __x86_64__
enum { X32 = 0x40000000, IS_X86_64 = true };
#else
enum { X32 = 0, IS_X86_64 = false };
#endif

static bool go_in(void)
{
    static const struct sandbox_policy nothing;

    return sandbox_prepare() == SSP_OK && sandbox_enter(&nothing) == SSP_OK;
}

static int status_of(bool (*act)(void))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(act() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- Deadly calls ------------------------------------------------------ */

static long number;

static bool call_it(void)
{
    return go_in() && syscall(number, 0, 0, 0, 0, 0, 0) != -1;
}

static void assert_deadly(long call)
{
    number = call;
    int status = status_of(call_it);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
        fail_msg("system call %ld: status 0x%x", call, (unsigned)status);
}

static void ends_when_it_is_made_to_run_or_look_into_something_else(void **state)
{
    static const long calls[] = {
        SYS_execve,
        SYS_execveat,
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_bpf,
        SYS_perf_event_open,
        SYS_userfaultfd,
        SYS_open_by_handle_at,
        SYS_init_module,
        SYS_finit_module,
        SYS_delete_module,
        SYS_kexec_load,
        SYS_unshare,
        SYS_setns,
        SYS_reboot,
        SYS_settimeofday,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        assert_deadly(calls[i]);
}

static void ends_at_calls_of_another_architecture(void **state)
{
    (void)state;
    assert_deadly(X32 + SYS_getpid);
}

/* ---- Refused calls ----------------------------------------------------- */

static bool refused(long result)
{
    return result == -1 && errno == EPERM;
}

static bool change_who_it_is(void)
{
    return go_in() && refused(syscall(SYS_setuid, 0)) && refused(syscall(SYS_setgid, 0)) &&
           refused(syscall(SYS_setgroups, 0, NULL)) && refused(syscall(SYS_capset, NULL, NULL)) &&
           refused(syscall(SYS_fchownat, AT_FDCWD, "x", 0, 0, 0));
}

static bool make_processes(void)
{
    return go_in() && fork() == -1 && errno == EPERM &&
           refused(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL)) &&
           refused(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL)) &&
           syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS;
}

static bool send_signals(void)
{
    return go_in() && refused(kill(getppid(), SIGTERM)) && kill(getppid(), 0) == 0 &&
           refused(syscall(SYS_tgkill, getppid(), getppid(), SIGTERM));
}

static bool become_visible_again(void)
{
    return go_in() && refused(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)) &&
           prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && refused(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
}

static bool use_odd_calls(void)
{
    int odd = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct rlimit limit = { 0 };

    return go_in() && refused(ioctl(odd, TIOCSTI, "x")) &&
           refused(socket(AF_PACKET, SOCK_RAW, 0)) && refused(socket(AF_ALG, SOCK_SEQPACKET, 0)) &&
           refused(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, &limit)) &&
           refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)) &&
           refused(syscall(SYS_io_uring_setup, 1, NULL));
}

static void cannot_become_another_user(void **state)
{
    (void)state;
    assert_int_equal(status_of(change_who_it_is), 0);
}

static void makes_threads_and_no_processes(void **state)
{
    (void)state;
    assert_int_equal(status_of(make_processes), 0);
}

static void signals_nobody_but_may_ask_who_is_there(void **state)
{
    (void)state;
    assert_int_equal(status_of(send_signals), 0);
}

static void stays_hidden(void **state)
{
    (void)state;
    assert_int_equal(status_of(become_visible_again), 0);
}

static void arguments_count_where_the_call_alone_says_little(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_odd_calls), 0);
}

/* ---- Threads ----------------------------------------------------------- */

static pthread_barrier_t inside;

static void *change_the_user(void *arg)
{
    bool *is_bound = arg;

    (void)pthread_barrier_wait(&inside);
    *is_bound = refused(syscall(SYS_setuid, 0));
    return NULL;
}

static bool bind_a_thread_that_is_there(void)
{
    bool is_bound = false;
    pthread_t thread;

    (void)pthread_barrier_init(&inside, NULL, 2);
    if (pthread_create(&thread, NULL, change_the_user, &is_bound) != 0 || !go_in())
        return false;
    (void)pthread_barrier_wait(&inside);
    return pthread_join(thread, NULL) == 0 && is_bound;
}

static bool bind_a_thread_that_comes(void)
{
    bool is_bound = false;
    pthread_t thread;

    (void)pthread_barrier_init(&inside, NULL, 1);
    return go_in() && pthread_create(&thread, NULL, change_the_user, &is_bound) == 0 &&
           pthread_join(thread, NULL) == 0 && is_bound;
}

static void binds_all_threads(void **state)
{
    (void)state;
    assert_int_equal(status_of(bind_a_thread_that_is_there), 0);
    assert_int_equal(status_of(bind_a_thread_that_comes), 0);
}

/* ---- What has to work -------------------------------------------------- */

static bool use_files(void)
{
    ssp_cleanup(fd_close) int fd = -1;
    char byte = 0;

    if (!go_in())
        return false;
    fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool use_memory_files(void)
{
    ssp_cleanup(fd_close) int fd = -1;
    const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

    if (!go_in())
        return false;
    fd = memfd_create("token", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return fd >= 0 && write(fd, "x", 1) == 1 && fcntl(fd, F_ADD_SEALS, seals) == 0 &&
           fcntl(fd, F_GET_SEALS) == seals;
}

static bool use_sockets(void)
{
    int fds[2];
    char byte = 'x';
    struct ucred who = { 0 };
    socklen_t n = sizeof(who);

    return go_in() && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0 &&
           send(fds[0], &byte, 1, MSG_NOSIGNAL) == 1 && recv(fds[1], &byte, 1, 0) == 1 &&
           getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.pid != 0 &&
           socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool use_the_system(void)
{
    struct timespec now = { 0 };
    uint8_t random[16];

    return go_in() && getrandom(random, sizeof(random), 0) == sizeof(random) &&
           clock_gettime(CLOCK_BOOTTIME, &now) == 0 && now.tv_sec > 0;
}

static bool use_name_services(void)
{
    char text[4096];
    struct passwd entry;
    struct passwd *found = NULL;

    return go_in() && getpwnam_r("root", &entry, text, sizeof(text), &found) == 0 &&
           found != NULL && found->pw_uid == 0;
}

static void still_reads_files(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_files), 0);
}

static void still_makes_tokens(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_memory_files), 0);
}

static void still_talks_to_clients(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_sockets), 0);
}

static void still_knows_time_and_chance(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_the_system), 0);
}

static void still_looks_up_accounts(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_name_services), 0);
}

static bool give_up(void)
{
    return go_in() ? (abort(), true) : false;
}

static void still_aborts_without_a_core(void **state)
{
    (void)state;
    int status = status_of(give_up);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_false(WCOREDUMP(status));
}

/* ---- What is given up before there are keys ---------------------------- */

static bool is_prepared(void)
{
    struct rlimit core = { 1, 1 };

    return sandbox_prepare() == SSP_OK && getrlimit(RLIMIT_CORE, &core) == 0 &&
           core.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && umask(0) == (S_IWGRP | S_IWOTH);
}

static void leaves_no_core_and_gains_no_rights(void **state)
{
    (void)state;
    assert_int_equal(status_of(is_prepared), 0);
}

/* ---- Capabilities ------------------------------------------------------ */

struct capabilities {
    unsigned long long permitted;
    unsigned long long effective;
    unsigned long long inheritable;
};

static struct capabilities capabilities(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { 0 } };

    if (syscall(SYS_capget, &header, data) != 0)
        return (struct capabilities){ ~0ULL, ~0ULL, ~0ULL };
    return (struct capabilities){
        data[0].permitted | (unsigned long long)data[1].permitted << 32,
        data[0].effective | (unsigned long long)data[1].effective << 32,
        data[0].inheritable | (unsigned long long)data[1].inheritable << 32,
    };
}

static bool keeps_none(void)
{
    if (!go_in())
        return false;
    struct capabilities left = capabilities();
    return left.permitted == 0 && left.effective == 0 && left.inheritable == 0;
}

static bool keeps_what_is_named(void)
{
    static const int named[] = { CAP_SETUID, CAP_AUDIT_WRITE };
    const struct sandbox_policy policy = { named, 2 };
    const unsigned long long both = 1ULL << CAP_SETUID | 1ULL << CAP_AUDIT_WRITE;
    unsigned long long had = capabilities().permitted;

    if (sandbox_prepare() != SSP_OK || sandbox_enter(&policy) != SSP_OK)
        return false;
    struct capabilities left = capabilities();
    return left.permitted == (had & both) && left.effective == left.permitted &&
           left.inheritable == 0;
}

static bool has_none_however_many_are_named(void)
{
    static const int named[] = { CAP_SETUID };
    const struct sandbox_policy policy = { named, 1 };

    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return false;
    return sandbox_prepare() == SSP_OK && sandbox_enter(&policy) == SSP_OK &&
           capabilities().permitted == 0;
}

static bool refuses_an_unknown_one(void)
{
    static const int named[] = { 1000 };
    const struct sandbox_policy policy = { named, 1 };

    return sandbox_enter(&policy) == SSP_ERR_BAD_ARGUMENT;
}

static void keeps_no_capability_but_those_named(void **state)
{
    (void)state;
    assert_int_equal(status_of(keeps_none), 0);
    assert_int_equal(status_of(keeps_what_is_named), 0);
}

static void naming_a_capability_does_not_give_it(void **state)
{
    (void)state;
    assert_int_equal(status_of(has_none_however_many_are_named), 0);
    assert_int_equal(status_of(refuses_an_unknown_one), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_when_it_is_made_to_run_or_look_into_something_else),
        CASE_IF(IS_X86_64, cmocka_unit_test(ends_at_calls_of_another_architecture)),
        cmocka_unit_test(cannot_become_another_user),
        cmocka_unit_test(makes_threads_and_no_processes),
        cmocka_unit_test(signals_nobody_but_may_ask_who_is_there),
        cmocka_unit_test(stays_hidden),
        cmocka_unit_test(arguments_count_where_the_call_alone_says_little),
        cmocka_unit_test(binds_all_threads),
        cmocka_unit_test(still_reads_files),
        cmocka_unit_test(still_makes_tokens),
        cmocka_unit_test(still_talks_to_clients),
        cmocka_unit_test(still_knows_time_and_chance),
        cmocka_unit_test(still_looks_up_accounts),
        cmocka_unit_test(still_aborts_without_a_core),
        cmocka_unit_test(leaves_no_core_and_gains_no_rights),
        cmocka_unit_test(keeps_no_capability_but_those_named),
        cmocka_unit_test(naming_a_capability_does_not_give_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
