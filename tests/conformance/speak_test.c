/* SPDX-License-Identifier: Apache-2.0 */
/* What a session says beside its messages, once the handshake is over. */
#include <string.h>

#include "conformance/subject.h"

/* A call of the leg's function, with that token in and whatever comes out. */
static SECURITY_STATUS say(struct party *party, struct job *job)
{
    return party_leg(party, job);
}

static SECURITY_STATUS control(struct party *party, const char *word)
{
    SecBuffer token = { (ULONG)strlen(word), SECBUFFER_TOKEN, (void *)(uintptr_t)word };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token };

    return ApplyControlToken(&party->ctx, &desc);
}

static struct job speech_of(struct loopback *loop, struct party *party, const char *word)
{
    struct job job = JOB_INIT;

    assert_int_equal(control(party, word), SEC_E_OK);
    go_on(loop);
    assert_int_equal(loopback_do(loop, party, say, &job), SEC_E_OK);
    assert_int_not_equal(job.n, 0);
    return job;
}

static void hears_what_the_other_side_says(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = speech_of(loop, &loop->client, "hello");

    assert_int_equal(loopback_do(loop, &loop->server, say, &job), SEC_E_OK);
    assert_int_equal(job.n, 0);
    job = speech_of(loop, &loop->server, "hello");
    assert_int_equal(loopback_do(loop, &loop->client, say, &job), SEC_E_OK);
    assert_true(loopback_talks(loop));
}

static void says_nothing_when_it_was_told_nothing(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;

    assert_int_equal(loopback_do(loop, &loop->server, say, &job), SEC_E_OK);
    assert_int_equal(job.n, 0);
    assert_true(loopback_talks(loop));
}

static void tells_when_the_other_side_is_done(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = speech_of(loop, &loop->client, "bye");

    assert_int_equal(loopback_do(loop, &loop->server, say, &job), SEC_I_CONTEXT_EXPIRED);
}

static void refuses_speech_that_was_altered_or_comes_again(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = speech_of(loop, &loop->client, "hello");
    struct job altered = job;
    struct job again = job;

    altered.bytes[altered.n - 1] ^= 1;
    assert_int_equal(loopback_do(loop, &loop->server, say, &altered), SEC_E_MESSAGE_ALTERED);
    assert_int_equal(loopback_do(loop, &loop->server, say, &job), SEC_E_OK);
    assert_int_equal(loopback_do(loop, &loop->server, say, &again), SEC_E_MESSAGE_ALTERED);
    assert_true(loopback_talks(loop));
}

static void refuses_to_say_what_it_does_not_know(void **state)
{
    assert_int_equal(control(&loop_of(state)->client, "a word too long"), SEC_E_INVALID_TOKEN);
    assert_true(loopback_talks(loop_of(state)));
}

static void refuses_control_of_a_session_that_does_not_speak(void **state)
{
    assert_int_equal(control(&loop_of(state)->client, "hello"), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(control(&loop_of(state)->server, "hello"), SEC_E_UNSUPPORTED_FUNCTION);
    assert_true(loopback_talks(loop_of(state)));
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        CASE_IF(subject->speaks, MET_TEST(hears_what_the_other_side_says)),
        CASE_IF(subject->speaks, MET_TEST(says_nothing_when_it_was_told_nothing)),
        CASE_IF(subject->speaks, MET_TEST(tells_when_the_other_side_is_done)),
        CASE_IF(subject->speaks, MET_TEST(refuses_speech_that_was_altered_or_comes_again)),
        CASE_IF(subject->speaks, MET_TEST(refuses_to_say_what_it_does_not_know)),
        CASE_IF(!subject->speaks, MET_TEST(refuses_control_of_a_session_that_does_not_speak)),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
