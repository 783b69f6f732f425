/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood_test N: another user sends lsad whatever it takes while a polite client shakes hands N
 * times.  How long that takes the polite one is reported; that it is served, and that the other one
 * gets no more than its limit, is tested.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "harness/loopback.h"
#include "load/spare.h"
#include "lsad/caller.h"

enum { HOSTILE = 61005, CONNECTIONS = 8 };

static unsigned times;

static struct shared { /* what the hostile one counts */
    atomic_uint calls;
    atomic_uint refused;  /* connections, at its limit */
    atomic_uint exceeded; /* connections beyond it that it got */
} * shared;

/* ---- Hostile ----------------------------------------------------------- */

/* Half of its connections read their answers, the others never do. */
static void pour(const int *fds)
{
    static const struct package_ask first = { 0 };
    uint8_t bytes[4096];

    for (size_t i = 0; i < CONNECTIONS; i++) {
        ssize_t n = 1;

        if (recv(fds[i], bytes, 1, MSG_PEEK | MSG_DONTWAIT) > 0 && i % 2 == 0)
            while (n > 0)
                n = recv(fds[i], bytes, sizeof(bytes), MSG_DONTWAIT);
        struct frame frame = FRAME_INIT;
        frame_begin(&frame, FRAME_REQUEST, RPC_PACKAGE, 1);
        message_encode(&rpc_shape(RPC_PACKAGE)->ask, &first, &frame.bytes);
        while (frame_send(fds[i], FRAME_NO_WAIT, &frame) == SSP_OK)
            atomic_fetch_add(&shared->calls, 1);
        frame_done(&frame);
    }
}

static void push_in(void)
{
    int fd = caller_reach();
    int32_t status = caller_hello(fd);
    if (status == SEC_E_INSUFFICIENT_MEMORY)
        atomic_fetch_add(&shared->refused, 1);
    else if (status == SEC_E_OK)
        atomic_fetch_add(&shared->exceeded, 1);
    (void)close(fd);
}

static _Noreturn void flood(void)
{
    int fds[CONNECTIONS];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (setgid(HOSTILE) != 0 || setuid(HOSTILE) != 0)
        _exit(1);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        fds[i] = caller_reach();
        if (caller_hello(fds[i]) != SEC_E_OK)
            _exit(1);
    }
    for (;;) { /* until it is killed */
        pour(fds);
        push_in();
    }
}

/* ---- Polite ------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a;
    double other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static double ms_now(void)
{
    struct timespec at = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static SECURITY_STATUS shake(double *ret_ms)
{
    struct loopback loop;
    double begin = ms_now();

    loopback_begin(&loop, &scene_ntlm, NULL);
    SECURITY_STATUS status = loopback_shake(&loop, ALL_LEGS);
    if (status == SEC_E_OK && !loopback_talks(&loop))
        status = SEC_E_MESSAGE_ALTERED;
    *ret_ms = ms_now() - begin;
    loopback_end(&loop);
    return status;
}

/* In an actor; arg: how often.  Gives a line about it. */
static SECURITY_STATUS shake_often(struct party *party, struct job *job)
{
    double *ms = calloc(job->arg, sizeof(*ms));
    SECURITY_STATUS status = ms == NULL ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;

    (void)party;
    for (size_t i = 0; i < job->arg && status == SEC_E_OK; i++)
        status = shake(&ms[i]);
    if (status == SEC_E_OK) {
        qsort(ms, job->arg, sizeof(*ms), by_size);
        job->n = (uint32_t)snprintf((char *)job->bytes, sizeof(job->bytes),
                                    "median %.2f ms, 99 of 100 within %.2f ms, all within %.2f ms",
                                    ms[job->arg / 2], ms[job->arg * 99 / 100], ms[job->arg - 1]);
    }
    free(ms);
    return status;
}

static void is_polite(const char *when)
{
    struct actor polite = actor_start(&scene_ntlm, false);
    struct job job = JOB_INIT;

    job.arg = times;
    assert_int_equal(actor_do(&polite, shake_often, &job), SEC_E_OK);
    print_message("# %u handshakes %s: %.*s\n", times, when, (int)job.n, (const char *)job.bytes);
}

static void leaves_the_polite_one_served(void **state)
{
    const struct limits limits = { CONNECTIONS, 64, 64 };
    int status = 0;

    (void)state;
    limits_set(&limits);
    world_open();
    is_polite("alone");
    pid_t hostile = fork();
    if (hostile == 0)
        flood();
    while (atomic_load(&shared->refused) == 0) /* until the flood is there */
        assert_int_equal(waitpid(hostile, &status, WNOHANG), 0);
    is_polite("beside one who floods");
    assert_int_equal(kill(hostile, SIGKILL), 0);
    assert_int_equal(waitpid(hostile, &status, 0), hostile);
    assert_true(WIFSIGNALED(status));
    print_message("# the flood: %u calls, %u connections refused\n", shared->calls,
                  shared->refused);
    assert_int_equal(shared->exceeded, 0);
    assert_int_equal(actors_end(state), 0);
    assert_all_is_there(&limits);
}

static int begin(void **state)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? -1 : world_begin(state);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        CASE_IF(geteuid() == 0, ACTOR_TEST(leaves_the_polite_one_served)),
    };

    times = number_of(argc == 2 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, begin, world_end);
}
