/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/trace.h"

/* ---- Which -------------------------------------------------------------------------------------
 */

enum { NAME_MAX_HERE = 32 };

/* Names rather than numbers: one that this architecture or this libseccomp does not have is passed
 * over.  Sockets are for clients, the log, name services, and packages that ask a KDC or a domain
 * controller; writing files is for tickets and changed passwords. */
static const char *const allowed[] = {
    /* memory */
    "brk madvise mincore mlock mlock2 mmap mprotect mremap munlock munmap",
    /* threads and time */
    "clock_getres clock_gettime clock_nanosleep exit exit_group futex futex_waitv get_robust_list",
    "getcpu gettimeofday membarrier nanosleep restart_syscall rseq sched_getaffinity",
    "sched_getparam sched_getscheduler sched_yield set_robust_list set_tid_address time times",
    /* who and what this process is */
    "arch_prctl capget getegid geteuid getgid getgroups getpgrp getpid getppid getresgid getresuid",
    "getrlimit getrusage gettid getuid sysinfo umask uname",
    /* signals */
    "rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigtimedwait sigaltstack",
    /* files */
    "access chmod close close_range dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchmod",
    "fchmodat fchown fcntl fdatasync flock fstat fstatfs fsync ftruncate getcwd getdents64",
    "getrandom getxattr fgetxattr link linkat lseek lstat memfd_create mkdir mkdirat newfstatat",
    "open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readlink",
    "readlinkat readv rename renameat renameat2 rmdir stat statfs statx symlink symlinkat unlink",
    "unlinkat utimensat write writev",
    /* waiting */
    "epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2",
    "poll ppoll pselect6 select timerfd_create timerfd_gettime timerfd_settime",
    /* sockets; socket() itself is below */
    "accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg",
    "recvmsg sendmmsg sendmsg sendto setsockopt shutdown",
};

static const char *const deadly[] = {
    "acct add_key bpf chroot clock_adjtime clock_settime delete_module execve execveat",
    "finit_module fsconfig fsmount fsopen fspick init_module ioperm iopl kcmp kexec_file_load",
    "kexec_load mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree",
    "perf_event_open personality pidfd_getfd pivot_root process_madvise process_vm_readv",
    "process_vm_writev ptrace quotactl reboot setdomainname sethostname setns settimeofday",
    "swapoff swapon umount umount2 unshare userfaultfd vhangup",
};

#ifdef __s390x__
enum { CLONE_FLAGS = 1 }; /* its clone() has the first two arguments the other way round */
#else
enum { CLONE_FLAGS = 0 };
#endif

enum { THREAD = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND };

/* With one argument that has to be so.  prctl() may not make the process dumpable again, ioctl()
 * puts nothing into a terminal's input, and nobody is killed: who keeps a ticket is asked whether
 * it is there. */
static const struct {
    const char *name;
    unsigned argument;
    uint64_t mask;
    uint64_t value;
} allowed_if[] = {
    { "clone", CLONE_FLAGS, THREAD, THREAD },
    { "ioctl", 1, UINT64_MAX, FIOCLEX },
    { "ioctl", 1, UINT64_MAX, FIONBIO },
    { "ioctl", 1, UINT64_MAX, FIONREAD },
    { "ioctl", 1, UINT64_MAX, TCGETS },
    { "kill", 1, UINT64_MAX, 0 },
    { "prctl", 0, UINT64_MAX, PR_CAPBSET_READ },
    { "prctl", 0, UINT64_MAX, PR_GET_DUMPABLE },
    { "prctl", 0, UINT64_MAX, PR_GET_NAME },
    { "prctl", 0, UINT64_MAX, PR_GET_NO_NEW_PRIVS },
    { "prctl", 0, UINT64_MAX, PR_SET_NAME },
    { "prctl", 0, UINT64_MAX, PR_SET_VMA },
    { "prlimit64", 0, UINT64_MAX, 0 /* of this process */ },
    { "socket", 0, UINT64_MAX, AF_INET },
    { "socket", 0, UINT64_MAX, AF_INET6 },
    { "socket", 0, UINT64_MAX, AF_NETLINK },
    { "socket", 0, UINT64_MAX, AF_UNIX },
    { "socketpair", 0, UINT64_MAX, AF_UNIX },
};

/* ---- Loading -----------------------------------------------------------------------------------
 */

static void free_filter(scmp_filter_ctx *filter)
{
    seccomp_release(*filter);
}

static bool add_one(scmp_filter_ctx filter, uint32_t action, const char *name,
                    const struct scmp_arg_cmp *condition)
{
    int number = seccomp_syscall_resolve_name(name);

    if (number == __NR_SCMP_ERROR)
        return true;
    int failed = seccomp_rule_add_array(filter, action, number, condition != NULL, condition);
    if (failed != 0)
        trace(TRACE_ERROR, "a rule for %s cannot be made: %s", name, strerrordesc_np(-failed));
    return failed == 0;
}

/* The names of one line. */
static bool add_line(scmp_filter_ctx filter, uint32_t action, const char *names)
{
    while (*names != '\0') {
        char name[NAME_MAX_HERE];
        size_t n = strcspn(names, " ");

        (void)snprintf(name, sizeof(name), "%.*s", (int)n, names);
        if (!add_one(filter, action, name, NULL))
            return false;
        names += n + strspn(names + n, " ");
    }
    return true;
}

static bool add_lines(scmp_filter_ctx filter, uint32_t action, const char *const *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!add_line(filter, action, lines[i]))
            return false;
    return true;
}

static bool add_conditions(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof(allowed_if) / sizeof(allowed_if[0]); i++) {
        const struct scmp_arg_cmp condition = { allowed_if[i].argument, SCMP_CMP_MASKED_EQ,
                                                allowed_if[i].mask, allowed_if[i].value };

        if (!add_one(filter, SCMP_ACT_ALLOW, allowed_if[i].name, &condition))
            return false;
    }
    return true;
}

/* abort() has to end this process, and nothing else. */
static bool allow_to_abort(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp own = { 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 };

    return add_one(filter, SCMP_ACT_ALLOW, "tgkill", &own);
}

static bool add_all(scmp_filter_ctx filter)
{
    return add_lines(filter, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0])) &&
           add_lines(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0])) &&
           add_conditions(filter) && allow_to_abort(filter) &&
           add_one(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", NULL);
}

/* Calls of another architecture (32 bits on a machine of 64) are nothing that libraries try. */
static bool set_up(scmp_filter_ctx filter)
{
    return seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
           seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
           seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;
}

enum ssp_err filter_load(void)
{
    ssp_cleanup(free_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

    if (filter == NULL)
        return ssp_fail(NO_MEMORY);
    if (!set_up(filter) || !add_all(filter) || seccomp_load(filter) != 0)
        return ssp_fail(IO);
    trace(TRACE_DEBUG, "system calls are filtered");
    return SSP_OK;
}
