/* SPDX-License-Identifier: Apache-2.0 */
#include "timing.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 201, BATCH_NS = 100000, CONTENDERS_MAX = 4, UNPREPARED_MAX = 1 << 16 };

void need(bool fine, const char *what)
{
    if (fine)
        return;
    (void)fprintf(stderr, "bench: %s does not work\n", what);
    exit(1); // NOLINT(concurrency-mt-unsafe): one thread
}

static uint64_t now(void)
{
    struct timespec t = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Nanoseconds of one batch. */
static double time_batch(const struct contender *c)
{
    if (c->prepare != NULL)
        c->prepare(c->arg, c->batch);
    uint64_t start = now();
    c->run(c->arg, c->batch);
    return (double)(now() - start);
}

/* Long enough for the clock, short enough to be left in peace most of the time. */
static void find_batch(struct contender *c)
{
    size_t max = c->prepare != NULL ? BATCH_MAX : UNPREPARED_MAX;

    c->batch = 1;
    while (time_batch(c) < BATCH_NS && c->batch < max)
        c->batch *= 2;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

void race(struct contender *contenders, size_t n)
{
    static double took[CONTENDERS_MAX][ROUNDS];

    need(n <= CONTENDERS_MAX, "a race of so many");
    for (size_t i = 0; i < n; i++)
        find_batch(&contenders[i]);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < n; i++)
            took[i][round] = time_batch(&contenders[i]) / (double)contenders[i].batch;
    for (size_t i = 0; i < n; i++) {
        qsort(took[i], ROUNDS, sizeof(took[i][0]), compare);
        contenders[i].ns = took[i][ROUNDS / 2];
    }
}
