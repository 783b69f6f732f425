/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the benchmark, each a heading and its rows. */
#ifndef SSP_BENCH_PARTS_H
#define SSP_BENCH_PARTS_H

#include "ours.h"
#include "report.h"
#include "rival.h"

struct bench {
    struct report report;
    struct ours ours;
    struct rival rival;
    struct bare bare;
};

void part_messages(struct bench *bench);
void part_passage(struct bench *bench);
void part_many(struct bench *bench); /* last: it leaves contexts behind */

/* Two processes: the other one is made before the library starts in this one, so that each has its
 * own.  far_end() waits for it. */
void far_start(void);
void far_end(void);
void part_handover(struct bench *bench);

#endif
