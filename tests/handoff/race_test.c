/* SPDX-License-Identifier: Apache-2.0 */
/* Many want one context: one gets it, every time, and the others know that they did not. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "harness/loopback.h"

enum { RACERS = 8, BLOBS = 1000, BLOB_MAX = 2048, BATCH = 20 };

/* What the processes share. */
static struct shared {
    pthread_barrier_t start;
    pthread_barrier_t end;
    struct blob {
        uint32_t n;
        uint8_t bytes[BLOB_MAX];
        atomic_uint winners;
        atomic_uint losers; /* with the one status that says so */
    } blobs[BLOBS];
} * shared;

/* Handshakes with a KDC, or that negotiate, take longer, and those with certificates longest. */
static size_t blobs(void)
{
    if (cast_scene()->is_stream)
        return BLOBS / 20;
    return cast_scene() == &scene_ntlm ? BLOBS : BLOBS / 5;
}

static void need(bool fine)
{
    if (!fine)
        abort();
}

static void barrier(pthread_barrier_t *ret, unsigned n)
{
    pthread_barrierattr_t attr;

    need(pthread_barrierattr_init(&attr) == 0 &&
         pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0 &&
         pthread_barrier_init(ret, &attr, n) == 0);
    (void)pthread_barrierattr_destroy(&attr);
}

static void wait_for_all(pthread_barrier_t *at)
{
    (void)pthread_barrier_wait(at);
}

static int share(void **state)
{
    (void)state;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared != MAP_FAILED ? 0 : -1;
}

static int unshare_all(void **state)
{
    return munmap(shared, sizeof(*shared)) | free_guarded(state);
}

/* ---- Processes --------------------------------------------------------- */

static pid_t start(void (*run)(void))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    run();
    _exit(0);
}

static void finish(const pid_t *pids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int status = -1;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

/* ---- Eight importers --------------------------------------------------- */

/* A server's context of a new session that its maker gives away with these flags. */
static void make_blob(struct loopback *loop, ULONG flags, struct blob *ret)
{
    struct job job = JOB_INIT;

    need(loopback_shake(loop, ALL_LEGS) == SEC_E_OK);
    job.arg = OPENSSPI_EXPORT_LIFETIME_MAX;
    need(party_lifetime(&loop->server, &job) == SEC_E_OK);
    job.arg = flags;
    need(party_export(&loop->server, &job) == SEC_E_OK && job.n <= BLOB_MAX);
    (void)close(job.fd);
    ret->n = job.n;
    memcpy(ret->bytes, job.bytes, job.n);
}

static void make_blobs(void)
{
    struct loopback loop;

    loopback_begin(&loop, cast_scene(), NULL);
    for (size_t i = 0; i < blobs(); i++) {
        make_blob(&loop, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &shared->blobs[i]);
        loop.server.has_ctx = false;
        loopback_part(&loop);
    }
    loopback_end(&loop);
}

static SECURITY_STATUS import(struct party *party, const struct blob *blob)
{
    struct job job = JOB_INIT;

    job.n = blob->n;
    memcpy(job.bytes, blob->bytes, blob->n);
    return party_import(party, &job);
}

static void race_for(struct blob *blob)
{
    struct party party = party_of(cast_scene(), true);
    SECURITY_STATUS status = import(&party, blob);

    if (status == SEC_E_OK)
        atomic_fetch_add(&blob->winners, 1);
    else if (status == SEC_E_CONTEXT_EXPIRED)
        atomic_fetch_add(&blob->losers, 1);
    party_end(&party);
}

/* All are let off again every few blobs, so that none runs ahead. */
static void race(void)
{
    for (size_t i = 0; i < blobs(); i++) {
        if (i % BATCH == 0)
            wait_for_all(&shared->start);
        race_for(&shared->blobs[i]);
    }
}

static void has_one_winner_among_eight_processes(void **state)
{
    pid_t racers[RACERS];
    pid_t maker = start(make_blobs);

    (void)state;
    finish(&maker, 1);
    barrier(&shared->start, RACERS);
    for (size_t i = 0; i < RACERS; i++)
        racers[i] = start(race);
    finish(racers, RACERS);
    for (size_t i = 0; i < blobs(); i++) {
        assert_int_equal(shared->blobs[i].winners, 1);
        assert_int_equal(shared->blobs[i].losers, RACERS - 1);
    }
}

/* ---- An owner who thaws, against an importer --------------------------- */

static void use(struct party *party, struct blob *blob)
{
    struct job job = job_text("mine");
    SECURITY_STATUS status = party_seal(party, &job);

    if (status == SEC_E_OK)
        atomic_fetch_add(&blob->winners, 1);
    else if (status == SEC_E_CONTEXT_EXPIRED)
        atomic_fetch_add(&blob->losers, 1);
}

static void own(void)
{
    struct loopback loop;

    loopback_begin(&loop, cast_scene(), NULL);
    for (size_t i = 0; i < blobs(); i++) {
        make_blob(&loop, 0, &shared->blobs[i]);
        wait_for_all(&shared->start);
        use(&loop.server, &shared->blobs[i]);
        wait_for_all(&shared->end);
        loopback_part(&loop);
    }
    loopback_end(&loop);
}

static void take(void)
{
    struct party idle = party_of(cast_scene(), true);
    struct job nothing = JOB_INIT;

    need(party_import(&idle, &nothing) == SEC_E_INVALID_TOKEN); /* starts the library */
    for (size_t i = 0; i < blobs(); i++) {
        struct party party = party_of(cast_scene(), true);
        struct blob *blob = &shared->blobs[i];

        wait_for_all(&shared->start);
        SECURITY_STATUS status = import(&party, blob);
        if (status == SEC_E_OK)
            use(&party, blob);
        else if (status == SEC_E_CONTEXT_EXPIRED)
            atomic_fetch_add(&blob->losers, 1);
        wait_for_all(&shared->end);
        party_end(&party);
    }
}

static void has_one_owner_when_thawing_and_importing_meet(void **state)
{
    pid_t pids[2];

    (void)state;
    barrier(&shared->start, 2);
    barrier(&shared->end, 2);
    pids[0] = start(own);
    pids[1] = start(take);
    finish(pids, 2);
    for (size_t i = 0; i < blobs(); i++) {
        assert_int_equal(shared->blobs[i].winners, 1);
        assert_int_equal(shared->blobs[i].losers, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(has_one_winner_among_eight_processes, share, unshare_all),
        cmocka_unit_test_setup_teardown(has_one_owner_when_thawing_and_importing_meet, share,
                                        unshare_all),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
