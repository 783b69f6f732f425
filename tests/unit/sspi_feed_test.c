/* SPDX-License-Identifier: Apache-2.0 */
/* What of its token an application is told was not used. */
#include "base/limits.h"
#include "harness/harness.h"
#include "sspi/feed.h"

#include <stdlib.h>

enum { MORE = 1000, ALL = LIMIT_TOKEN + MORE };

static uint8_t bytes[ALL];

struct fed {
    SecBuffer buffers[2];
    SecBufferDesc desc;
    struct lsa_leg leg;
    struct feed feed;
};

static void begin(struct fed *fed, ULONG n, ULONG second, ULONG requirements)
{
    *fed = (struct fed){ .buffers = { { n, SECBUFFER_TOKEN, bytes }, { 0, second, NULL } } };
    fed->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, fed->buffers };
    fed->leg = (struct lsa_leg){ .in = &fed->desc, .requirements = requirements };
    feed_begin(&fed->leg, &fed->feed);
}

/* What a package does that leaves so much; its own memory is elsewhere. */
static void leave(struct fed *fed, ULONG n)
{
    fed->buffers[1] = (SecBuffer){ n, SECBUFFER_EXTRA, NULL };
}

static void assert_left(const struct fed *fed, ULONG all, ULONG n)
{
    assert_int_equal(fed->buffers[0].cbBuffer, all);
    assert_ptr_equal(fed->buffers[0].pvBuffer, bytes);
    assert_int_equal(fed->buffers[1].BufferType, SECBUFFER_EXTRA);
    assert_int_equal(fed->buffers[1].cbBuffer, n);
    assert_ptr_equal(fed->buffers[1].pvBuffer, bytes + all - n);
}

static void points_to_what_the_package_left(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, 100, SECBUFFER_EMPTY, 0);
    assert_int_equal(fed.buffers[0].cbBuffer, 100);
    leave(&fed, 40);
    assert_int_equal(feed_end(&fed.feed, SEC_I_CONTINUE_NEEDED), SEC_I_CONTINUE_NEEDED);
    assert_left(&fed, 100, 40);
}

static void points_nowhere_outside_of_the_token(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, 100, SECBUFFER_EMPTY, 0);
    leave(&fed, 101);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_left(&fed, 100, 100);
}

static void says_nothing_when_nothing_is_left(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, 100, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_int_equal(fed.buffers[1].BufferType, SECBUFFER_EMPTY);
    assert_int_equal(fed.buffers[0].cbBuffer, 100);
}

static void keeps_what_is_missing(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, 100, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    fed.buffers[1] = (SecBuffer){ 12, SECBUFFER_MISSING, NULL };
    assert_int_equal(feed_end(&fed.feed, SEC_E_INCOMPLETE_MESSAGE), SEC_E_INCOMPLETE_MESSAGE);
    assert_int_equal(fed.buffers[1].BufferType, SECBUFFER_MISSING);
    assert_int_equal(fed.buffers[1].cbBuffer, 12);
}

static void shows_no_more_of_a_stream_than_a_token_may_have(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, ALL, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    assert_int_equal(fed.buffers[0].cbBuffer, LIMIT_TOKEN);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_left(&fed, ALL, MORE);

    begin(&fed, ALL, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    leave(&fed, 40);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_left(&fed, ALL, MORE + 40);

    begin(&fed, LIMIT_TOKEN, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    assert_int_equal(fed.buffers[0].cbBuffer, LIMIT_TOKEN);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_int_equal(fed.buffers[1].BufferType, SECBUFFER_EMPTY);
}

/* What the package has not seen it did not refuse either: the caller's buffers are as they were. */
static void a_long_stream_that_fails_tells_of_nothing_left(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, ALL, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    assert_int_equal(feed_end(&fed.feed, SEC_E_ILLEGAL_MESSAGE), SEC_E_ILLEGAL_MESSAGE);
    assert_int_equal(fed.buffers[0].cbBuffer, ALL);
    assert_int_equal(fed.buffers[1].BufferType, SECBUFFER_EMPTY);
}

/* Else the application would read on for ever. */
static void a_message_that_is_longer_than_may_be_is_none(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, ALL, SECBUFFER_EMPTY, ISC_REQ_STREAM);
    assert_int_equal(feed_end(&fed.feed, SEC_E_INCOMPLETE_MESSAGE), SEC_E_INVALID_TOKEN);
    assert_int_equal(fed.buffers[0].cbBuffer, ALL);
}

static void cuts_nothing_that_is_no_stream_or_has_no_place_to_say_so(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, ALL, SECBUFFER_EMPTY, 0);
    assert_int_equal(fed.buffers[0].cbBuffer, ALL);
    begin(&fed, ALL, SECBUFFER_DATA, ISC_REQ_STREAM);
    assert_int_equal(fed.buffers[0].cbBuffer, ALL);
    begin(&fed, ALL, SECBUFFER_EMPTY, ASC_REQ_STREAM); /* another flag of an initiator's */
    assert_int_equal(fed.buffers[0].cbBuffer, ALL);
}

static void leaves_alone_what_was_not_reset(void **state)
{
    struct fed fed;

    (void)state;
    begin(&fed, 100, SECBUFFER_EXTRA, ISC_REQ_STREAM);
    assert_int_equal(feed_end(&fed.feed, SEC_E_OK), SEC_E_OK);
    assert_null(fed.buffers[1].pvBuffer);
}

static void can_do_without_input(void **state)
{
    struct lsa_leg leg = { .requirements = ISC_REQ_STREAM };
    struct feed feed;

    (void)state;
    feed_begin(&leg, &feed);
    assert_int_equal(feed_end(&feed, SEC_E_OK), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(points_to_what_the_package_left),
        TEST(points_nowhere_outside_of_the_token),
        TEST(says_nothing_when_nothing_is_left),
        TEST(keeps_what_is_missing),
        TEST(shows_no_more_of_a_stream_than_a_token_may_have),
        TEST(a_long_stream_that_fails_tells_of_nothing_left),
        TEST(a_message_that_is_longer_than_may_be_is_none),
        TEST(cuts_nothing_that_is_no_stream_or_has_no_place_to_say_so),
        TEST(leaves_alone_what_was_not_reset),
        TEST(can_do_without_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
