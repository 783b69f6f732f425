/* SPDX-License-Identifier: Apache-2.0 */
/* Each case has a child go in there, and looks at what becomes of it. */
#include "lsad/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"

static bool is_in(void)
{
    return sandbox_enter() == SSP_OK;
}

static int status_of(bool (*act)(void))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(is_in() && act() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static bool run_a_program(void)
{
    char name[] = "true";
    char *args[] = { name, NULL };
    char *none[] = { NULL };

    return execve("/bin/true", args, none) == 0;
}

static bool trace_the_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}

static bool change_the_user(void)
{
    return syscall(SYS_setuid, 0) == -1 && errno == EPERM;
}

static bool use_files(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    return fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0;
}

static bool has_given_up(void)
{
    struct rlimit core = { 1, 1 };

    return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
           prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool keeps_one_capability_at_most(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    unsigned long long effective = 1;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        if (sscanf(line, "CapEff: %llx", &effective) == 1)
            break;
    return file != NULL && fclose(file) == 0 && (effective & ~(1ULL << 14)) == 0; /* IPC_LOCK */
}

static bool was_killed(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void runs_no_program(void **state)
{
    (void)state;
    assert_true(was_killed(status_of(run_a_program)));
}

static void looks_into_no_other_process(void **state)
{
    (void)state;
    assert_true(was_killed(status_of(trace_the_parent)));
}

static void cannot_become_another_user(void **state)
{
    (void)state;
    assert_int_equal(status_of(change_the_user), 0);
}

static void still_uses_files(void **state)
{
    (void)state;
    assert_int_equal(status_of(use_files), 0);
}

static void leaves_no_core_and_gains_no_rights(void **state)
{
    (void)state;
    assert_int_equal(status_of(has_given_up), 0);
}

static void has_no_capability_but_to_lock_memory(void **state)
{
    (void)state;
    assert_int_equal(status_of(keeps_one_capability_at_most), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_no_program),
        cmocka_unit_test(looks_into_no_other_process),
        cmocka_unit_test(cannot_become_another_user),
        cmocka_unit_test(still_uses_files),
        cmocka_unit_test(leaves_no_core_and_gains_no_rights),
        cmocka_unit_test(has_no_capability_but_to_lock_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
