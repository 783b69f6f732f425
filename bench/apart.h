/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements in processes of their own, embedded or through lsad.  The library must not have
 * started in this one. */
#ifndef SSP_BENCH_APART_H
#define SSP_BENCH_APART_H

#include "ours.h"

typedef void apart_fn(struct ours *ours, double *results);

enum { APART_RESULTS = 8, APART_PROCESSES = 2 };

/* So many processes, each with a live session, begin fn at the same time; their results are added
 * up. */
void apart_run(bool with_lsad, size_t processes, apart_fn *fn, double ret[APART_RESULTS]);

#endif
