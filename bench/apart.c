/* SPDX-License-Identifier: Apache-2.0 */
#include "apart.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "place.h"

struct apart {
    int sock;
    pid_t pid;
};

_Noreturn static void play(int sock, bool with_lsad, apart_fn *fn)
{
    static struct ours ours;
    double results[APART_RESULTS] = { 0 };
    char go = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (with_lsad)
        place_use_lsad();
    ours_start(&ours);
    if (write(sock, "", 1) != 1 || read(sock, &go, 1) != 1)
        _exit(1);
    fn(&ours, results);
    if (write(sock, results, sizeof(results)) != (ssize_t)sizeof(results))
        _exit(1);
    ours_end(&ours);
    _exit(0);
}

static struct apart start(bool with_lsad, apart_fn *fn)
{
    int ends[2] = { -1, -1 };

    need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "a socket");
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0) {
        (void)close(ends[0]);
        play(ends[1], with_lsad, fn);
    }
    (void)close(ends[1]);
    return (struct apart){ ends[0], pid };
}

static void finish(struct apart *apart, double results[APART_RESULTS])
{
    double own[APART_RESULTS] = { 0 };
    int status = 0;

    need(read(apart->sock, own, sizeof(own)) == (ssize_t)sizeof(own), "a process of its own");
    need(waitpid(apart->pid, &status, 0) == apart->pid && status == 0, "its end");
    (void)close(apart->sock);
    for (size_t i = 0; i < APART_RESULTS; i++)
        results[i] += own[i];
}

void apart_run(bool with_lsad, size_t processes, apart_fn *fn, double ret[APART_RESULTS])
{
    struct apart all[APART_PROCESSES];
    char ready = 0;

    need(processes <= APART_PROCESSES, "so many processes");
    memset(ret, 0, APART_RESULTS * sizeof(*ret));
    for (size_t i = 0; i < processes; i++)
        all[i] = start(with_lsad, fn);
    for (size_t i = 0; i < processes; i++)
        need(read(all[i].sock, &ready, 1) == 1, "a process of its own");
    for (size_t i = 0; i < processes; i++)
        need(write(all[i].sock, "", 1) == 1, "a process of its own");
    for (size_t i = 0; i < processes; i++)
        finish(&all[i], ret);
}
