/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs that somebody altered on their way.  They are tried in another process: one that crashes
 * there shows as a dead actor.
 */
#include <unistd.h>

#include "handoff/cast.h"

static const uint8_t patterns[] = { 0x01, 0x80, 0x55, 0xff };
enum { N_PATTERNS = sizeof(patterns) };

/* One altered blob; true when it is refused as it has to be. */
static bool is_refused(struct party *party, const uint8_t *bytes, size_t n)
{
    struct job job = JOB_INIT;

    job.n = (uint32_t)n;
    memcpy(job.bytes, bytes, n);
    return party_import(party, &job) == SEC_E_INVALID_TOKEN && !party->has_ctx;
}

/* The deeds give, in arg, how many were tried, and fail when one was not refused. */
static SECURITY_STATUS try_every_byte(struct party *party, struct job *job)
{
    job->arg = 0;
    for (size_t i = 0; i < (size_t)job->n * N_PATTERNS; i++) {
        uint8_t *at = &job->bytes[i / N_PATTERNS];

        *at ^= patterns[i % N_PATTERNS];
        if (!is_refused(party, job->bytes, job->n))
            return SEC_E_INTERNAL_ERROR;
        *at ^= patterns[i % N_PATTERNS];
        job->arg++;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS try_every_truncation(struct party *party, struct job *job)
{
    for (job->arg = 0; job->arg < job->n; job->arg++)
        if (!is_refused(party, guarded((struct view){ job->bytes, job->arg }).p, job->arg))
            return SEC_E_INTERNAL_ERROR;
    (void)free_guarded(NULL);
    return SEC_E_OK;
}

static SECURITY_STATUS try_trailing_bytes(struct party *party, struct job *job)
{
    for (job->arg = 0; job->arg < 64 && job->n + job->arg < JOB_BYTES; job->arg++) {
        job->bytes[job->n + job->arg] = (uint8_t)job->arg;
        if (!is_refused(party, job->bytes, job->n + job->arg + 1))
            return SEC_E_INTERNAL_ERROR;
    }
    return SEC_E_OK;
}

static const struct attempt {
    deed_fn *deed;
    size_t times_each_byte;
    size_t times;
} attempts[] = {
    { try_every_byte, N_PATTERNS, 0 },
    { try_every_truncation, 1, 0 },
    { try_trailing_bytes, 0, 64 },
};

/* All of them by one who would be allowed to import what they were made of. */
static void tries_all(const struct actor *heir, const struct job *blob)
{
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        struct job copy = *blob;

        assert_int_equal(actor_do(heir, attempts[i].deed, &copy), SEC_E_OK);
        assert_int_equal(copy.arg, blob->n * attempts[i].times_each_byte + attempts[i].times);
    }
}

static struct job without_token(struct job blob)
{
    if (blob.fd >= 0)
        (void)close(blob.fd);
    blob.fd = -1;
    return blob;
}

static void refuses_every_altered_session_and_takes_the_real_one(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_talk(&cast.client, &cast.server);
    struct job blob = without_token(cast_export(&cast.server, SECPKG_CONTEXT_EXPORT_DELETE_OLD));
    tries_all(&cast.heir, &blob);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

/* In both roles, from every place where one of them is half done. */
static void refuses_every_altered_handshake_and_takes_the_real_one(void **state)
{
    struct pairs pairs = pairs_start(cast_scene());
    struct halt halt = { 0 };

    (void)state;
    while (cast_next_halt(cast_scene(), &halt)) {
        struct job job = JOB_INIT;

        pairs_go_to(&pairs, halt, &job);
        struct job blob = cast_export(&pairs.on[halt.accepts], SECPKG_CONTEXT_EXPORT_DELETE_OLD);
        assert_int_equal(blob.fd, -1); /* nobody has logged on yet */
        tries_all(&pairs.off[halt.accepts], &blob);
        assert_int_equal(cast_import(&pairs.off[halt.accepts], &blob), SEC_E_OK);
        pairs_swap(&pairs, halt.accepts);
        pairs_finish(&pairs, halt.legs, &job);
        pairs_clear(&pairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(refuses_every_altered_session_and_takes_the_real_one),
        CASE_IF(cast_has_halts(cast_scene()),
                ACTOR_TEST(refuses_every_altered_handshake_and_takes_the_real_one)),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
