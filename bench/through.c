/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs that the Local Security Authority is another process. */
#include <stdio.h>

#include "apart.h"
#include "memory.h"
#include "parts.h"
#include "place.h"

#define MOVE_AIM_US 60.0

static void time_call(struct ours *ours, double *results)
{
    struct contender one = { .run = ours_ask, .arg = ours };

    race(&one, 1);
    results[0] = one.ns;
}

static void time_move(struct ours *ours, double *results)
{
    struct contender one = { .run = ours_move_sealed, .arg = ours };

    race(&one, 1);
    results[0] = one.ns;
}

/* A second, when nobody else has the processor. */
static void count_shakes(struct ours *ours, double *results)
{
    struct contender one = { .run = ours_shake, .arg = ours };

    race(&one, 1);
    results[0] = 1e9 / one.ns;
}

/* In lsad; what the process itself has of them is not counted. */
static void weigh_halves(struct ours *ours, double *results)
{
    double before = memory_of(place_lsad());
    size_t n = 0;

    for (size_t i = 0; i < MEMORY_COUNTS; i++) {
        for (; n < memory_counts[i]; n++)
            (void)ours_half_more(ours);
        results[i] = (memory_of(place_lsad()) - before) / (double)n;
    }
}

static double measure(bool with_lsad, size_t processes, apart_fn *fn)
{
    double results[APART_RESULTS];

    apart_run(with_lsad, processes, fn, results);
    return results[0];
}

void measure_through(struct through *ret)
{
    double half[APART_RESULTS];

    for (size_t way = 0; way < WAYS; way++) {
        ret->call_ns[way] = measure(way == 1, 1, time_call);
        ret->move_ns[way] = measure(way == 1, 1, time_move);
        for (size_t n = 1; n <= 2; n++)
            ret->shakes[way][n - 1] = measure(way == 1, n, count_shakes);
    }
    apart_run(true, 1, weigh_halves, half);
    for (size_t i = 0; i < MEMORY_COUNTS; i++)
        ret->half_bytes[i] = half[i];
}

static void report_halves(const struct report *report, const struct through *through)
{
    char name[64];

    for (size_t i = 0; i < MEMORY_COUNTS; i++) {
        (void)snprintf(name, sizeof(name), "memory of a half-done context, of %zu",
                       memory_counts[i]);
        const struct row row = { .name = name, .unit = "B", .ours = through->half_bytes[i] };
        report_row(report, &row);
    }
}

void part_through(struct bench *bench, const struct through *through)
{
    const struct row rows[] = {
        { "a call's round trip", "us", through->call_ns[1] / 1000, "embedded",
          through->call_ns[0] / 1000, AIM_NONE, 0 },
        { "sealed, single use: export + import by lsad", "us", through->move_ns[1] / 1000,
          "embedded", through->move_ns[0] / 1000, AIM_VALUE, MOVE_AIM_US },
        { "handshakes a second, one process", "/s", through->shakes[1][0], "embedded",
          through->shakes[0][0], AIM_NONE, 0 },
        { "handshakes a second, two processes", "/s", through->shakes[1][1], "embedded",
          through->shakes[0][1], AIM_NONE, 0 },
    };

    report_heading(&bench->report, "Through lsad");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        report_row(&bench->report, &rows[i]);
    report_halves(&bench->report, through);
}
