/* SPDX-License-Identifier: Apache-2.0 */
/* Time comes through a port, so that known answers with a fixed time need no hook in the code. */
#ifndef SSP_BASE_CLOCK_H
#define SSP_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*filetime)(void);  /* UTC in 100 ns since 1601-01-01, as TimeStamp has it */
    uint64_t (*boottime)(void); /* CLOCK_BOOTTIME in ns: goes on in suspend, never steps */
};

extern const struct clock system_clock;

int64_t filetime_from_unix(int64_t seconds);
int64_t filetime_to_unix(int64_t filetime);
enum { FILETIME_SECOND = 10000000 };
#define FILETIME_NEVER INT64_C(0x7fffffffffffffff)

#endif
