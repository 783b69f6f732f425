/* SPDX-License-Identifier: Apache-2.0 */
/* Time comes through a port, so that known answers with a fixed time need no hook in the code. */
#ifndef SSP_BASE_CLOCK_H
#define SSP_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

struct clock {
    int64_t (*filetime)(void);  /* UTC in 100 ns since 1601-01-01, as TimeStamp has it */
    uint64_t (*boottime)(void); /* CLOCK_BOOTTIME in ns: goes on in suspend, never steps */
};

extern const struct clock system_clock;

/* For how long to wait: nothing that is decided or kept depends on it. */
uint64_t monotonic_now(void); /* CLOCK_MONOTONIC in ns */
struct timespec timespec_from_ns(uint64_t ns);

int64_t filetime_from_unix(int64_t seconds);
int64_t filetime_to_unix(int64_t filetime);
enum { FILETIME_SECOND = 10000000 };
#define FILETIME_NEVER INT64_C(0x7fffffffffffffff)

#endif
