/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is faster, on a machine that does other things too.
 *
 * The contenders take turns in short batches, many times over, so that whatever the machine does
 * meanwhile hits all of them alike; what counts is the median batch.
 */
#ifndef SSP_BENCH_TIMING_H
#define SSP_BENCH_TIMING_H

#include <stdbool.h>
#include <stddef.h>

enum { BATCH_MAX = 64 }; /* for those who prepare */

typedef void run_fn(void *arg, size_t n); /* the same thing n times */

struct contender {
    run_fn *prepare; /* not timed; NULL: nothing to prepare */
    run_fn *run;
    void *arg;
    size_t batch; /* found by race() */
    double ns;    /* set by race(): one time, median of all batches */
};

void race(struct contender *contenders, size_t n);

/* Ends the program with a sentence when something that was to be measured does not even work. */
void need(bool fine, const char *what);

#endif
