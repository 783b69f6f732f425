/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"

bool child_find(const char *name, char *ret, size_t size)
{
    char folders[4096];
    char *rest = folders;
    const char *path = secure_getenv("PATH");

    (void)snprintf(folders, sizeof(folders), "%s:/usr/local/sbin:/usr/sbin:/sbin",
                   path == NULL ? "/usr/bin" : path);
    for (const char *folder = ""; (folder = strsep(&rest, ":")) != NULL;) {
        int n = snprintf(ret, size, "%s/%s", folder, name);
        if (*folder == '/' && n < (int)size && access(ret, X_OK) == 0)
            return true;
    }
    return false;
}

static bool set_variables(const char *const *variables)
{
    for (; variables != NULL && *variables != NULL; variables++) {
        if (putenv((char *)(uintptr_t)*variables) != 0)
            return false;
    }
    /* What is recorded or replaced in this process is no business of theirs. */
    return unsetenv("LD_PRELOAD") == 0; // NOLINT(concurrency-mt-unsafe): a child has one thread
}

/* An interrupt is for all of a terminal's processes. */
_Noreturn static void become(const struct child_spec *spec, int in)
{
    int log = open(spec->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (log >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(log, STDOUT_FILENO) >= 0 &&
        dup2(log, STDERR_FILENO) >= 0 && set_variables(spec->variables))
        (void)execv(spec->program, (char *const *)(uintptr_t)spec->argv);
    _exit(127);
}

static enum ssp_err start(const struct child_spec *spec, int in, pid_t *ret)
{
    pid_t pid = fork();

    if (pid == 0)
        become(spec, in);
    if (pid < 0)
        return ssp_fail(IO);
    *ret = pid;
    return SSP_OK;
}

enum ssp_err child_start(const struct child_spec *spec, pid_t *ret)
{
    ssp_cleanup(fd_close) int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    return nothing < 0 ? ssp_fail(IO) : start(spec, nothing, ret);
}

static bool ends_well(pid_t pid)
{
    int status = 0;
    pid_t got = 0;

    do {
        got = waitpid(pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    return got == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum ssp_err child_run(const struct child_spec *spec, const char *input)
{
    int pipes[2];
    pid_t pid = -1;

    if (pipe2(pipes, O_CLOEXEC) != 0)
        return ssp_fail(IO);
    ssp_cleanup(fd_close) int out = pipes[0];
    ssp_cleanup(fd_close) int in = pipes[1];
    SSP_TRY(start(spec, out, &pid));
    fd_close(&out);
    enum ssp_err told = fd_write_all(in, (struct view){ (const uint8_t *)input, strlen(input) });
    fd_close(&in);
    errno = 0; /* it is no system call that failed, if it did not end well */
    return ends_well(pid) && told == SSP_OK ? SSP_OK : ssp_fail(IO);
}

bool child_has_ended(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == pid;
}

void child_stop(pid_t *pid)
{
    if (*pid <= 0)
        return;
    (void)kill(*pid, SIGTERM);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    *pid = 0;
}
