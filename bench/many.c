/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs that other contexts are alive: nothing is to, but their memory. */
#include "parts.h"

#include <stdio.h>

#include "memory.h"

#define MANY_AIM 2.0 /* colder caches; a search through all would be far beyond */

const size_t memory_counts[MEMORY_COUNTS] = { 1, 10, 100, 1000, 10000, 100000 };

static bool is_measured(size_t n)
{
    return n == 1000 || n == 100000;
}

struct costs {
    double seal;
    double move;
    double sealed;
};

static struct costs measure(struct bench *bench)
{
    struct contender all[] = { { .run = ours_seal, .arg = &bench->ours },
                               { .run = ours_move_direct, .arg = &bench->ours },
                               { .run = ours_move_sealed, .arg = &bench->ours } };

    bench->ours.size = 1024;
    race(all, 3);
    return (struct costs){ all[0].ns, all[1].ns, all[2].ns };
}

static void report_costs(const struct report *report, size_t n, const struct costs *few,
                         const struct costs *now)
{
    const struct {
        const char *what;
        double few;
        double now;
    } costs[] = { { "EncryptMessage 1 KiB", few->seal, now->seal },
                  { "package's export + import", few->move, now->move },
                  { "sealed export + import", few->sealed, now->sealed } };
    char name[64];

    for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
        (void)snprintf(name, sizeof(name), "%s, %zu contexts", costs[i].what, n);
        const struct row row = { name,         "ns",      costs[i].now, "with one session",
                                 costs[i].few, AIM_RATIO, MANY_AIM };
        report_row(report, &row);
    }
}

static void report_memory(const struct report *report, size_t n, double bytes)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "memory of a live context, of %zu", n);
    const struct row row = { .name = name, .unit = "B", .ours = bytes };
    report_row(report, &row);
}

void part_many(struct bench *bench)
{
    ours_shake(&bench->ours, 1); /* the one before has been to another process and back */
    struct costs few = measure(bench);
    double before = memory_of(0);
    double bytes[MEMORY_COUNTS] = { 0 };
    size_t n = 0;

    report_heading(&bench->report, "The same among many live contexts");
    for (size_t i = 0; i < MEMORY_COUNTS; i++) {
        for (; n < memory_counts[i]; n++)
            (void)ours_one_more(&bench->ours);
        bytes[i] = (memory_of(0) - before) / (double)n;
        if (!is_measured(n))
            continue;
        struct costs now = measure(bench);
        report_costs(&bench->report, n, &few, &now);
    }
    for (size_t i = 0; i < MEMORY_COUNTS; i++)
        report_memory(&bench->report, memory_counts[i], bytes[i]);
}
