/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/actor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"

enum { MAX_ACTORS = 32, PATIENCE_S = 90, MS_PER_S = 1000 };

/* What goes both ways: the function lies at the same address in a forked process. */
struct errand {
    deed_fn *deed; /* NULL: the end */
    SECURITY_STATUS status;
    struct job job;
};

static struct actor actors[MAX_ACTORS];
static size_t n_actors;
static bool was_too_slow; /* somebody, in this test */

union rights { /* room for one descriptor */
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* The descriptor of the job goes along and is closed here: it has changed hands. */
static bool send_errand(int sock, const struct errand *errand)
{
    union rights rights = { .bytes = { 0 } };
    struct iovec iov = { (void *)(uintptr_t)errand, sizeof(*errand) };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    int fd = errand->job.fd;

    if (fd >= 0) {
        msg.msg_control = &rights;
        msg.msg_controllen = sizeof(rights);
        rights.header = (struct cmsghdr){ CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(&rights.header), &fd, sizeof(fd));
    }
    bool sent = sendmsg(sock, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(*errand);
    if (fd >= 0)
        (void)close(fd);
    return sent;
}

static bool receive_errand(int sock, int flags, struct errand *ret)
{
    union rights rights = { .bytes = { 0 } };
    struct iovec iov = { ret, sizeof(*ret) };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

    msg.msg_control = &rights;
    msg.msg_controllen = sizeof(rights);
    if (recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(*ret))
        return false;
    ret->job.fd = -1;
    if (msg.msg_controllen != 0)
        memcpy(&ret->job.fd, CMSG_DATA(&rights.header), sizeof(int));
    return true;
}

/* Dies with the test program, whatever happens to that. */
static _Noreturn void act(int sock, struct party party)
{
    struct errand errand = { 0 };

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (receive_errand(sock, 0, &errand) && errand.deed != NULL) {
        errand.status = errand.deed(&party, &errand.job);
        if (!send_errand(sock, &errand))
            abort();
    }
    party_end(&party);
    _exit(0);
}

/* ---- Waiting for one ------------------------------------------------------------------------- */

static int patience_ms(void)
{
    const char *text = getenv("ACTOR_SECONDS"); /* NOLINT(concurrency-mt-unsafe): nobody sets it */
    long seconds = text == NULL ? 0 : strtol(text, NULL, 10);

    return (int)(seconds > 0 ? seconds : PATIENCE_S) * MS_PER_S;
}

/* For what it has to say, when there is a sock, or for its end: a child of its own may have the
 * other end of the sock, so that does not tell.  False when nothing came in time. */
static bool wait_for(const struct actor *actor, int sock)
{
    struct pollfd fds[] = { { .fd = actor->end, .events = POLLIN },
                            { .fd = sock, .events = POLLIN } };
    int n = -1;

    do {
        n = poll(fds, 2, patience_ms());
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        return true;
    print_error("actor %d has not come back within %d seconds: it is killed\n", (int)actor->pid,
                patience_ms() / MS_PER_S);
    was_too_slow = true;
    (void)kill(actor->pid, SIGKILL);
    return false;
}

static void say_how_it_ended(const struct actor *actor)
{
    siginfo_t info = { 0 };

    if (waitid(P_PID, (id_t)actor->pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
        info.si_pid == actor->pid)
        print_error("actor %d has ended instead of coming back: %s %d\n", (int)actor->pid,
                    info.si_code == CLD_EXITED ? "exit status" : "signal", info.si_status);
}

/* What it said before it ended is there still. */
static bool hear(const struct actor *actor, struct errand *ret)
{
    return wait_for(actor, actor->fd) && receive_errand(actor->fd, MSG_DONTWAIT, ret);
}

/* ---- From outside ---------------------------------------------------------------------------- */

struct actor actor_start(const struct scene *scene, bool accepts)
{
    int ends[2] = { -1, -1 };

    assert_true(n_actors < MAX_ACTORS);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    struct actor actor = { fork(), ends[0], -1, scene };
    assert_true(actor.pid >= 0);
    if (actor.pid == 0)
        act(ends[1], party_of(scene, accepts));
    assert_int_equal(close(ends[1]), 0);
    actor.end = (int)syscall(SYS_pidfd_open, actor.pid, 0);
    assert_true(actor.end >= 0);
    actors[n_actors++] = actor;
    return actor;
}

bool actor_try(const struct actor *actor, deed_fn *deed, struct job *job, SECURITY_STATUS *ret)
{
    struct errand errand = { .deed = deed, .job = *job };

    if (!send_errand(actor->fd, &errand) || !hear(actor, &errand))
        return false;
    *job = errand.job;
    *ret = errand.status;
    return true;
}

SECURITY_STATUS actor_do(const struct actor *actor, deed_fn *deed, struct job *job)
{
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;

    if (!actor_try(actor, deed, job, &status)) {
        say_how_it_ended(actor);
        fail();
    }
    return status;
}

SECURITY_STATUS actor_does(const struct actor *actor, deed_fn *deed, ULONG arg)
{
    struct job job = JOB_INIT;

    job.arg = arg;
    SECURITY_STATUS status = actor_do(actor, deed, &job);
    if (job.fd >= 0)
        (void)close(job.fd);
    return status;
}

static bool end_one(const struct actor *actor)
{
    const struct errand end = { .job = JOB_INIT };
    int status = 0;

    (void)send_errand(actor->fd, &end); /* one that is dead already shows below */
    (void)wait_for(actor, -1);
    (void)close(actor->end);
    (void)close(actor->fd);
    return waitpid(actor->pid, &status, 0) == actor->pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

void actor_bury(const struct actor *actor)
{
    size_t i = 0;
    int status = 0;

    while (i < n_actors && actors[i].pid != actor->pid)
        i++;
    assert_true(i < n_actors);
    assert_int_equal(waitpid(actor->pid, &status, 0), actor->pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(close(actor->fd) | close(actor->end), 0);
    actors[i] = actors[--n_actors];
}

void actor_kill(const struct actor *actor)
{
    assert_int_equal(kill(actor->pid, SIGKILL), 0);
    actor_bury(actor);
}

void actor_end(const struct actor *actor)
{
    size_t i = 0;

    while (actors[i].pid != actor->pid)
        i++;
    assert_true(end_one(&actors[i]));
    actors[i] = actors[--n_actors];
}

int actors_end(void **state)
{
    int crashed = was_too_slow ? -1 : 0;

    (void)free_guarded(state);
    while (n_actors > 0)
        if (!end_one(&actors[--n_actors]))
            crashed = -1;
    was_too_slow = false;
    return crashed;
}
