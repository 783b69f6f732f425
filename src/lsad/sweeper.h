/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was left to lsad for an importer that never comes goes soon after its time
 * is over (lsa/kept.h), whether or not lsad is asked for anything then.  Letting go
 * is a package's business and may take long, so it is work for a thread, and for
 * one at a time.
 */
#ifndef SSP_LSAD_SWEEPER_H
#define SSP_LSAD_SWEEPER_H

#include <uv.h>

#include "lsa/core.h"

enum { SWEEP_MS = 2000 };

struct sweeper { /* the loop's; does not move */
    uv_timer_t timer;
    uv_work_t work;
    struct lsa *lsa;
    bool is_busy;
};

/* IO. */
enum ssp_err sweeper_start(struct sweeper *sweeper, uv_loop_t *loop, struct lsa *lsa);

/* A sweep that is going on keeps the loop alive until it is done. */
void sweeper_stop(struct sweeper *sweeper);

#endif
