/* SPDX-License-Identifier: Apache-2.0 */
/* What it costs that other contexts are alive: nothing is to, but their memory. */
#include "parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANY_AIM 2.0 /* colder caches; a search through all would be far beyond */

static const size_t counts[] = { 1000, 100000 };

/* The second number of statm: pages that are in memory. */
static double memory(void)
{
    char text[128] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const char *second = NULL;

    need(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && close(fd) == 0, "/proc");
    second = strchr(text, ' ');
    double pages = second == NULL ? 0 : (double)strtoul(second, NULL, 10);
    need(pages > 0, "/proc");
    return pages * (double)sysconf(_SC_PAGESIZE);
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

void part_many(struct bench *bench)
{
    struct costs few = measure(bench);
    double before = memory();
    size_t n = 0;

    report_heading(&bench->report, "The same among many live contexts");
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        for (; n < counts[i]; n++)
            (void)ours_one_more(&bench->ours);
        struct costs now = measure(bench);
        report_costs(&bench->report, n, &few, &now);
    }
    const struct row row = { .name = "memory of a live context",
                             .unit = "B",
                             .ours = (memory() - before) / (double)n };
    report_row(&bench->report, &row);
}
