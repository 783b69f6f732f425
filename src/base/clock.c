/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

/* 1601-01-01 to 1970-01-01: 369 years, 89 of them leap years. */
#define EPOCHS_APART ((INT64_C(369) * 365 + 89) * 86400)

static int64_t system_filetime(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock and the pointer are good */
    return filetime_from_unix(now.tv_sec) + now.tv_nsec / 100;
}

static uint64_t ns_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

static uint64_t system_boottime(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return ns_of(&now);
}

uint64_t monotonic_now(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return ns_of(&now);
}

struct timespec timespec_from_ns(uint64_t ns)
{
    return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S) };
}

const struct clock system_clock = { .filetime = system_filetime, .boottime = system_boottime };

/* What does not fit is never or the beginning of time, not a wrapped number. */
int64_t filetime_from_unix(int64_t seconds)
{
    int64_t filetime;

    if (__builtin_add_overflow(seconds, EPOCHS_APART, &filetime) ||
        __builtin_mul_overflow(filetime, FILETIME_SECOND, &filetime))
        return seconds < 0 ? 0 : FILETIME_NEVER;
    return filetime < 0 ? 0 : filetime;
}

int64_t filetime_to_unix(int64_t filetime)
{
    return filetime / FILETIME_SECOND - EPOCHS_APART;
}
