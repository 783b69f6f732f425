/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "base/clock.h"
#include "harness/harness.h"

static void unix_time_begins_where_windows_says(void **state)
{
    (void)state;
    assert_true(filetime_from_unix(0) == INT64_C(116444736000000000));
    assert_true(filetime_to_unix(INT64_C(116444736000000000)) == 0);
    assert_true(filetime_from_unix(INT64_C(-11644473600)) == 0);
}

static void seconds_come_back(void **state)
{
    static const int64_t times[] = { -1, 0, 1, 1700000000, INT64_C(253402300799) };

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        assert_true(filetime_to_unix(filetime_from_unix(times[i])) == times[i]);
}

static void what_does_not_fit_is_cut_off_at_the_ends(void **state)
{
    (void)state;
    assert_true(filetime_from_unix(INT64_MAX) == FILETIME_NEVER);
    assert_true(filetime_from_unix(INT64_MAX / 2) == FILETIME_NEVER);
    assert_true(filetime_from_unix(INT64_MIN) == 0);
    assert_true(filetime_from_unix(INT64_C(-11644473601)) == 0);
}

static void the_system_clock_is_the_system_clock(void **state)
{
    int64_t before = time(NULL);
    int64_t now = filetime_to_unix(system_clock.filetime());

    (void)state;
    assert_true(now >= before - 1);
    assert_true(now <= time(NULL) + 1);
}

static void boot_time_does_not_go_back(void **state)
{
    uint64_t before = system_clock.boottime();

    (void)state;
    assert_true(before > 0);
    for (int i = 0; i < 1000; i++) {
        uint64_t now = system_clock.boottime();

        assert_true(now >= before);
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unix_time_begins_where_windows_says),
        TEST(seconds_come_back),
        TEST(what_does_not_fit_is_cut_off_at_the_ends),
        TEST(the_system_clock_is_the_system_clock),
        TEST(boot_time_does_not_go_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
