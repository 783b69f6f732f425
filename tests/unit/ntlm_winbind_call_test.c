/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a winbindd that takes its time, and libraries that are not there. */
#include <poll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/fake_dc.h"
#include "harness/harness.h"
#include "packages/ntlm/winbind_call.h"
#include "packages/ntlm/wire.h"

static struct fake_dc dc;

/* Calls that have come as far as the domain say so in one pipe, and wait for the end of the other.
 */
static struct {
    int arrived[2];
    int end[2];
} gate;

static void wait_at_the_gate(void *arg)
{
    uint8_t byte = 0;

    (void)arg;
    if (write(gate.arrived[1], &byte, 1) == 1)
        (void)(read(gate.end[0], &byte, 1) == 0);
}

static void close_gate(void)
{
    dc = (struct fake_dc){ .result = WBC_ERR_UNKNOWN_USER, .wait = wait_at_the_gate };
    fake_dc_rule(&dc);
    assert_int_equal(pipe(gate.arrived) | pipe(gate.end), 0);
}

static void await_arrivals(size_t n)
{
    uint8_t byte = 0;

    for (size_t i = 0; i < n; i++)
        assert_int_equal(read(gate.arrived[0], &byte, 1), 1);
}

static void open_gate(void)
{
    fd_close(&gate.end[1]);
    fake_dc_settle();
    fd_close(&gate.end[0]);
    fd_close(&gate.arrived[0]);
    fd_close(&gate.arrived[1]);
}

static struct winbind_door *door_for(uint32_t seconds)
{
    struct winbind_lib lib = { 0 };
    struct winbind_door *door = NULL;

    assert_int_equal(winbind_lib_load(WINBIND_LIBRARY, &lib), SSP_OK);
    assert_int_equal(winbind_door_new(&lib, seconds, &door), SSP_OK);
    return door;
}

static enum ssp_err ask(struct winbind_door *door, wbcErr *ret_result)
{
    static const uint8_t bytes[NTLM_CHALLENGE_SIZE] = { 0 };
    const struct winbind_question question = { "nobody", "", "", bytes, VIEW_OF(bytes) };
    ssp_cleanup(winbind_answer_wipe) struct winbind_answer answer = { 0 };

    SSP_TRY(winbind_ask(door, &question, &answer));
    *ret_result = answer.result;
    return SSP_OK;
}

static void waits_for_an_answer(void **state)
{
    ssp_cleanup(winbind_door_unref) struct winbind_door *door = door_for(60);
    wbcErr result = WBC_ERR_SUCCESS;

    (void)state;
    dc = (struct fake_dc){ .result = WBC_ERR_UNKNOWN_USER };
    fake_dc_rule(&dc);
    assert_int_equal(ask(door, &result), SSP_OK);
    assert_int_equal(result, WBC_ERR_UNKNOWN_USER);
    fake_dc_settle();
}

static void does_not_wait_for_ever(void **state)
{
    ssp_cleanup(winbind_door_unref) struct winbind_door *door = door_for(0);
    wbcErr result = WBC_ERR_SUCCESS;

    (void)state;
    close_gate();
    assert_int_equal(ask(door, &result), SSP_ERR_NO_AUTHORITY);
    await_arrivals(1);
    open_gate();
}

/* What nobody waits for any more has to free what it holds, the door as well. */
static void a_late_answer_finds_nobody(void **state)
{
    struct winbind_door *door = door_for(0);
    wbcErr result = WBC_ERR_SUCCESS;

    (void)state;
    close_gate();
    assert_int_equal(ask(door, &result), SSP_ERR_NO_AUTHORITY);
    winbind_door_unref(&door);
    assert_null(door);
    await_arrivals(1);
    open_gate();
}

static bool gets_through(void *arg)
{
    struct pollfd pollfd = { .fd = gate.arrived[0], .events = POLLIN };
    wbcErr result = WBC_ERR_SUCCESS;

    return ask(arg, &result) == SSP_ERR_NO_AUTHORITY && poll(&pollfd, 1, 30000) == 1;
}

/* A winbindd that hangs must not fill the process with threads; a child of fork() has none. */
static void only_so_many_calls_wait(void **state)
{
    ssp_cleanup(winbind_door_unref) struct winbind_door *door = door_for(0);
    wbcErr result = WBC_ERR_SUCCESS;
    struct pollfd pollfd = { .events = POLLIN };

    (void)state;
    close_gate();
    for (size_t i = 0; i < WINBIND_CALLS_MAX; i++)
        assert_int_equal(ask(door, &result), SSP_ERR_NO_AUTHORITY);
    await_arrivals(WINBIND_CALLS_MAX);
    assert_int_equal(ask(door, &result), SSP_ERR_NO_AUTHORITY);
    pollfd.fd = gate.arrived[0];
    assert_int_equal(poll(&pollfd, 1, 0), 0); /* it did not even start */
    assert_true(child_says(gets_through, door));
    open_gate();
}

static void refuses_a_library_that_is_not_there(void **state)
{
    struct winbind_lib lib = { 0 };

    (void)state;
    assert_int_equal(winbind_lib_load("libwbclient-of-nobody.so.0", &lib), SSP_ERR_NO_AUTHORITY);
    assert_null(lib.create);
}

static void refuses_a_library_of_something_else(void **state)
{
    struct winbind_lib lib = { 0 };

    (void)state;
    assert_int_equal(winbind_lib_load("libc.so.6", &lib), SSP_ERR_NO_AUTHORITY);
    assert_null(lib.create);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(waits_for_an_answer),
        TEST(does_not_wait_for_ever),
        TEST(a_late_answer_finds_nobody),
        TEST(only_so_many_calls_wait),
        TEST(refuses_a_library_that_is_not_there),
        TEST(refuses_a_library_of_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
