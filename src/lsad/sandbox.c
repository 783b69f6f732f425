/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/trace.h"

/* ---- System calls ---------------------------------------------------------------------------- */

/* Names rather than numbers: one that this architecture or this libseccomp does not have is passed
 * over.  Network calls are for packages that ask a KDC or a domain controller. */
static const char *const allowed[] = {
    /* memory */
    "brk",
    "madvise",
    "mlock",
    "mlock2",
    "mmap",
    "mprotect",
    "mremap",
    "munlock",
    "munmap",
    /* threads and time */
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "clone",
    "clone3",
    "exit",
    "exit_group",
    "futex",
    "get_robust_list",
    "getcpu",
    "gettimeofday",
    "membarrier",
    "nanosleep",
    "rseq",
    "restart_syscall",
    "sched_getaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
    "time",
    /* who and what this process is */
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getpgrp",
    "getpid",
    "getppid",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "gettid",
    "getuid",
    "prlimit64",
    "sysinfo",
    "uname",
    "arch_prctl",
    "prctl",
    "capget",
    /* signals */
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigtimedwait",
    "sigaltstack",
    "tgkill",
    /* files */
    "access",
    "chmod",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fallocate",
    "fchmod",
    "fchmodat",
    "fchown",
    "fcntl",
    "fdatasync",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "getcwd",
    "getdents64",
    "getrandom",
    "ioctl",
    "link",
    "linkat",
    "lseek",
    "lstat",
    "memfd_create",
    "mkdir",
    "mkdirat",
    "newfstatat",
    "open",
    "openat",
    "openat2",
    "pipe",
    "pipe2",
    "pread64",
    "preadv",
    "pwrite64",
    "pwritev",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "stat",
    "statfs",
    "statx",
    "symlink",
    "symlinkat",
    "umask",
    "unlink",
    "unlinkat",
    "utimensat",
    "write",
    "writev",
    /* waiting */
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd",
    "eventfd2",
    "poll",
    "ppoll",
    "pselect6",
    "select",
    "timerfd_create",
    "timerfd_gettime",
    "timerfd_settime",
    /* sockets */
    "accept",
    "accept4",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "socket",
    "socketpair",
};

static const char *const deadly[] = {
    "bpf",
    "execve",
    "execveat",
    "finit_module",
    "init_module",
    "kexec_load",
    "mount",
    "perf_event_open",
    "pivot_root",
    "ptrace",
    "setns",
    "process_vm_readv",
    "process_vm_writev",
    "unshare",
    "userfaultfd",
};

static void free_filter(scmp_filter_ctx *filter)
{
    seccomp_release(*filter);
}

static bool add_rules(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);

        if (number != __NR_SCMP_ERROR && seccomp_rule_add(filter, action, number, 0) != 0)
            return false;
    }
    return true;
}

/* Who keeps a ticket is asked whether it is there; nobody is killed. */
static bool allow_to_ask(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp signal_0 = { .arg = 1, .op = SCMP_CMP_EQ, .datum_a = 0 };

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, &signal_0) == 0;
}

static enum ssp_err filter_calls(void)
{
    ssp_cleanup(free_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));

    if (filter == NULL)
        return ssp_fail(NO_MEMORY);
    if (!add_rules(filter, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0])) ||
        !add_rules(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0])))
        return ssp_fail(IO);
    if (!allow_to_ask(filter))
        return ssp_fail(IO);
    return seccomp_load(filter) == 0 ? SSP_OK : ssp_fail(IO);
}

/* ---- Everything else ------------------------------------------------------------------------- */

/* Without the capability, memory beyond the limit could not be had at all: then nothing is locked.
 */
static void lock_memory(void)
{
    struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    struct rlimit limit = { 0 };

    if (setrlimit(RLIMIT_MEMLOCK, &all) != 0 &&
        (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY)) {
        trace(TRACE_NOTICE, "memory is not locked: it may be written to swap");
        return;
    }
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0)
        trace(TRACE_WARNING, "memory cannot be locked: it may be written to swap");
}

static bool drop_capabilities(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    if (geteuid() != 0)
        return capng_apply(CAPNG_SELECT_CAPS) == 0;
    if (capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_IPC_LOCK) != 0)
        return false;
    /* Where a container holds the bounding set, what is permitted is what counts. */
    return capng_apply(CAPNG_SELECT_BOTH) == 0 || capng_apply(CAPNG_SELECT_CAPS) == 0;
}

static bool hide(void)
{
    static const struct rlimit none = { 0, 0 };

    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

enum ssp_err sandbox_enter(void)
{
    lock_memory();
    if (!hide() || !drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ssp_fail(IO);
    return filter_calls();
}
