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
void part_tls(struct bench *bench);
void part_restart(const struct report *report);
void part_kerberos(const struct report *report);
void part_many(struct bench *bench); /* last: it leaves contexts behind */

/* Two processes: the other one is made before the library starts in this one, so that each has its
 * own.  far_end() waits for it. */
void far_start(void);
void far_end(void);
void part_handover(struct bench *bench);

/* Through lsad, next to embedded.  What runs in processes of its own (apart.h) is measured before
 * the library starts in this one. */
enum { MEMORY_COUNTS = 6, WAYS = 2 /* embedded, through lsad */ };

struct through {
    double call_ns[WAYS];
    double move_ns[WAYS];
    double shakes[WAYS][2]; /* a second, by one process and by two */
    double half_bytes[MEMORY_COUNTS];
};

extern const size_t memory_counts[MEMORY_COUNTS]; /* of contexts */
void measure_through(struct through *ret);
void part_through(struct bench *bench, const struct through *through);

#endif
