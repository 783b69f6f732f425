/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The points at which a process can die: before and after each system call by which it changes the
 * world around it, or learns of it.  Between two of them nothing happens that anybody else could
 * see.
 *
 * points.c is a library that stands in front of the C library, in the test and its actors since
 * they are linked with it, in lsad by LD_PRELOAD.  What it knows is in a page that all of them
 * share; the process that the page names dies at the point that the page says, by its own hand.
 */
#ifndef SSP_TEST_POINTS_H
#define SSP_TEST_POINTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

struct points {
    atomic_int victim; /* 0: nobody; negative: it is done */
    atomic_uint left;  /* points that the victim still passes */
    char call[32];     /* the only one that counts; "": all do */
    char where[48];    /* "before symlinkat", when it is done */
};

/* The page; NULL before it is there.  Its descriptor is inherited, and its number in the
 * environment. */
struct points *points_page(void);

/* The next victim will pass n points, and die at the one after.  call: only these count; "" for
 * every call.  Threads have no order among their calls, so of one who has many, name one call. */
void points_set(const char *call, unsigned n);

/* From now on that is so for this process.  Who does not begin it by itself should have nothing
 * to do at the time, or what it does is counted or not. */
void points_begin(pid_t victim);

/* Whether it died of that; if not, it will not. */
bool points_end(void);

#endif
