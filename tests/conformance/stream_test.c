/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that come in pieces, or with more behind them; and what a leg says when it fails. */
#include <stdlib.h>
#include <string.h>

#include "conformance/leg.h"

enum { MUCH = 200 * 1024 };

static ULONG stream_of(const struct party *party)
{
    return party->accepts ? ASC_REQ_STREAM : ISC_REQ_STREAM;
}

static ULONG explain_of(const struct party *party)
{
    return party->accepts ? ASC_REQ_EXTENDED_ERROR : ISC_REQ_EXTENDED_ERROR;
}

static void go(struct loopback *loop, struct party *party)
{
    if (loop->way != NULL && party->has_ctx)
        loop->way(party);
}

/* The party's token for the peer's bytes, which may be followed by others; how many were used. */
static SECURITY_STATUS feed(struct loopback *loop, struct party *party, uint8_t *bytes, ULONG n,
                            struct job *job, ULONG *ret_used)
{
    struct leg leg;

    leg_feed(&leg, bytes, n, job->bytes, sizeof(job->bytes));
    SECURITY_STATUS status = leg_take(party, &leg, stream_of(party));
    *ret_used = n;
    if (leg.in[1].BufferType == SECBUFFER_EXTRA) {
        assert_true(leg.in[1].cbBuffer <= n);
        *ret_used = n - leg.in[1].cbBuffer;
        assert_ptr_equal(leg.in[1].pvBuffer, bytes + *ret_used);
    }
    assert_ptr_equal(leg.in[0].pvBuffer, bytes);
    assert_int_equal(leg.in[0].cbBuffer, n);
    if (status >= 0)
        job->n = leg.out.cbBuffer;
    go(loop, party);
    return status;
}

/* ---- Pieces ------------------------------------------------------------ */

static void assert_misses_up_to(struct party *party, uint8_t *bytes, ULONG n, ULONG whole)
{
    uint8_t place[64];
    struct leg leg;
    bool had_ctx = party->has_ctx;

    leg_feed(&leg, bytes, n, place, sizeof(place));
    assert_int_equal(leg_take(party, &leg, stream_of(party)), SEC_E_INCOMPLETE_MESSAGE);
    assert_int_equal(leg.in[1].BufferType, SECBUFFER_MISSING);
    assert_int_equal(leg.in[1].cbBuffer, whole - n);
    assert_int_equal(leg.out.cbBuffer, sizeof(place));
    assert_true(party->has_ctx == had_ctx);
}

/* What has come so far is shown again with each byte more; nothing is begun before it is whole. */
static void waits_for_tokens_that_come_byte_by_byte(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    ULONG used = 0;

    get_credentials(loop);
    status = feed(loop, &loop->client, NULL, 0, &job, &used);
    for (unsigned i = 1; job.n != 0; i++) {
        struct party *party = whose(loop, i);
        struct job token = job;

        for (ULONG n = 1; n < token.n; n++)
            assert_misses_up_to(party, token.bytes, n, token.n);
        status = feed(loop, party, token.bytes, token.n, &job, &used);
        assert_true(status >= 0);
        assert_int_equal(used, token.n);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_true(loopback_talks(loop));
}

static void leaves_what_follows_a_token(void **state)
{
    struct loopback *loop = loop_of(state);
    uint8_t *bytes = test_malloc(MUCH);
    struct job job = JOB_INIT;
    ULONG used = 0;

    get_credentials(loop);
    assert_true(feed(loop, &loop->client, NULL, 0, &job, &used) >= 0);
    for (unsigned i = 1; job.n != 0; i++) {
        ULONG n = job.n;

        memset(bytes, 'x', MUCH);
        memcpy(bytes, job.bytes, n);
        assert_true(feed(loop, whose(loop, i), bytes, MUCH, &job, &used) >= 0);
        assert_int_equal(used, n);
    }
    assert_true(loopback_talks(loop));
    test_free(bytes);
}

static void leaves_bytes_where_nobody_asks_for_them(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    uint8_t place[64];
    struct leg leg;
    ULONG used = 0;

    get_credentials(loop);
    assert_true(feed(loop, &loop->client, NULL, 0, &job, &used) >= 0);
    job.bytes[job.n++] = 'x';
    leg_with(&leg, &job, place, sizeof(place));
    assert_int_equal(leg_take(&loop->server, &leg, stream_of(&loop->server)),
                     SEC_I_CONTINUE_NEEDED);
    assert_int_equal(leg.in[0].cbBuffer, job.n);
}

/* Rubbish is no part of a token, however much of it comes. */
static void is_not_kept_waiting_by_rubbish(void **state)
{
    struct loopback *loop = loop_of(state);
    uint8_t *bytes = test_malloc(MUCH);
    struct job job = JOB_INIT;
    ULONG used = 0;

    get_credentials(loop);
    memset(bytes, 'x', MUCH);
    assert_int_equal(feed(loop, &loop->server, bytes, 1, &job, &used), SEC_E_INVALID_TOKEN);
    assert_int_equal(feed(loop, &loop->server, bytes, MUCH, &job, &used), SEC_E_INVALID_TOKEN);
    assert_false(loop->server.has_ctx);
    test_free(bytes);
}

static void takes_the_buffers_of_streams(void **state)
{
    static const ULONG types[] = { SECBUFFER_ALERT, SECBUFFER_APPLICATION_PROTOCOLS,
                                   SECBUFFER_STREAM, SECBUFFER_STREAM_HEADER,
                                   SECBUFFER_STREAM_TRAILER };
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    uint8_t more[] = "more";

    get_credentials(loop);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct leg leg;

        leg_feed(&leg, job.bytes, 0, job.bytes, sizeof(job.bytes));
        leg.in[0] = (SecBuffer){ sizeof(more), types[i], more };
        assert_int_equal(leg_take(&loop->client, &leg, 0), SEC_I_CONTINUE_NEEDED);
        assert_int_equal(leg.in[0].BufferType, types[i]);
        assert_int_equal(DeleteSecurityContext(&loop->client.ctx), SEC_E_OK);
        loop->client.has_ctx = false;
    }
}

/* ---- Failures ---------------------------------------------------------- */

static void assert_explains(const struct leg *leg, const struct party *party,
                            SECURITY_STATUS status)
{
    uint8_t want[9] = "MOCKX";

    for (size_t i = 0; i < 4; i++)
        want[5 + i] = (uint8_t)((uint32_t)status >> 8 * i);
    assert_int_equal(leg->attributes & explain_of(party), explain_of(party));
    assert_int_equal(leg->out.cbBuffer, sizeof(want));
    assert_memory_equal(leg->out.pvBuffer, want, sizeof(want));
}

static void says_why_a_first_leg_failed(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = job_text("rubbish");
    uint8_t place[64];
    struct leg leg;

    get_credentials(loop);
    leg_with(&leg, &job, place, sizeof(place));
    assert_int_equal(leg_take(&loop->server, &leg, ASC_REQ_EXTENDED_ERROR), SEC_E_INVALID_TOKEN);
    assert_explains(&leg, &loop->server, SEC_E_INVALID_TOKEN);
    assert_false(loop->server.has_ctx);
    assert_int_equal(loop->server.ctx.dwLower, 0);
    assert_int_equal(loop->server.ctx.dwUpper, 0);
}

static void says_why_a_later_leg_failed_and_can_take_it_again(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    SECURITY_STATUS status = loopback_do(loop, &loop->client, party_leg, &job);

    for (unsigned i = 1; status >= 0 && job.n != 0; i++) {
        struct party *party = whose(loop, i);
        struct job rubbish = job_text("rubbish");
        struct leg leg;

        if (!party->has_ctx)
            get_credentials(loop);
        leg_with(&leg, &rubbish, NULL, 0);
        assert_int_equal(leg_take(party, &leg, explain_of(party) | ASC_REQ_ALLOCATE_MEMORY),
                         SEC_E_INVALID_TOKEN);
        assert_explains(&leg, party, SEC_E_INVALID_TOKEN);
        assert_int_equal(FreeContextBuffer(leg.out.pvBuffer), SEC_E_OK);
        status = loopback_do(loop, party, party_leg, &job);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_true(loopback_talks(loop));
}

static void says_nothing_to_whom_it_is_not_to(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = job_text("rubbish");
    uint8_t place[64] = { 0x5a };
    struct leg leg;

    get_credentials(loop);
    leg_with(&leg, &job, place, sizeof(place));
    leg.attributes = 0x5a;
    assert_int_equal(leg_take(&loop->server, &leg, 0), SEC_E_INVALID_TOKEN);
    assert_int_equal(leg.attributes, 0x5a);
    assert_int_equal(leg.out.cbBuffer, sizeof(place));
    leg_with(&leg, &job, NULL, 0);
    assert_int_equal(leg_take(&loop->server, &leg, ASC_REQ_ALLOCATE_MEMORY), SEC_E_INVALID_TOKEN);
    assert_null(leg.out.pvBuffer);
    assert_int_equal(leg.out.cbBuffer, 0);
}

/* Who asked sends what is there, so nothing may look as if it were. */
static void leaves_nothing_to_send_where_there_is_nothing_to_say(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = job_text("rubbish");
    uint8_t place[4];
    struct leg leg;

    get_credentials(loop);
    leg_with(&leg, &job, place, sizeof(place)); /* too little room for the reason */
    assert_int_equal(leg_take(&loop->server, &leg, ASC_REQ_EXTENDED_ERROR), SEC_E_INVALID_TOKEN);
    assert_int_equal(leg.out.cbBuffer, 0);
    assert_int_equal(leg.attributes, 0);
}

static void hears_why_the_other_side_failed(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = job_text("MOCKX....");

    assert_int_equal(loopback_do(loop, &loop->server, party_leg, &job), SEC_E_ILLEGAL_MESSAGE);
}

static void says_why_a_session_refused_what_it_heard(void **state)
{
    struct loopback *loop = loop_of(state);
    struct party *sides[] = { &loop->client, &loop->server };

    for (size_t i = 0; i < 2; i++) {
        struct job job = job_text("rubbish");
        uint8_t place[64];
        struct leg leg;

        leg_with(&leg, &job, place, sizeof(place));
        assert_int_equal(leg_take(sides[i], &leg, explain_of(sides[i])), SEC_E_INVALID_TOKEN);
        assert_explains(&leg, sides[i], SEC_E_INVALID_TOKEN);
        go(loop, sides[i]);
    }
    assert_true(loopback_talks(loop));
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        CASE_IF(subject->streams, APART_TEST(waits_for_tokens_that_come_byte_by_byte)),
        CASE_IF(subject->streams, APART_TEST(leaves_what_follows_a_token)),
        CASE_IF(subject->streams, APART_TEST(leaves_bytes_where_nobody_asks_for_them)),
        CASE_IF(subject->streams, APART_TEST(is_not_kept_waiting_by_rubbish)),
        APART_TEST(takes_the_buffers_of_streams),
        CASE_IF(subject->streams, APART_TEST(says_why_a_first_leg_failed)),
        CASE_IF(subject->streams, APART_TEST(says_why_a_later_leg_failed_and_can_take_it_again)),
        APART_TEST(says_nothing_to_whom_it_is_not_to),
        CASE_IF(subject->streams, APART_TEST(leaves_nothing_to_send_where_there_is_nothing_to_say)),
        CASE_IF(subject->streams, APART_TEST(hears_why_the_other_side_failed)),
        CASE_IF(subject->speaks, MET_TEST(says_why_a_session_refused_what_it_heard)),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
