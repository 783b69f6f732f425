/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured, a row each, as it comes: a table for people, or JSON, an object a line. */
#ifndef SSP_BENCH_REPORT_H
#define SSP_BENCH_REPORT_H

#include <stdbool.h>

enum aim { AIM_NONE, AIM_VALUE /* ours is at most that */, AIM_RATIO /* ours / theirs is */ };

struct row {
    const char *name;
    const char *unit;
    double ours;
    const char *other; /* NULL: compared with nothing */
    double theirs;
    enum aim aim;
    double at_most;
};

struct report {
    bool json;
};

void report_heading(const struct report *report, const char *text); /* not in JSON */
void report_row(const struct report *report, const struct row *row);

#endif
