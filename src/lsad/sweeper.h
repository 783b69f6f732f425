/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was left to lsad for an importer that never comes goes soon after its time
 * is over (lsa/kept.h), whether or not lsad is asked for anything then.  Letting go
 * is a package's business and may take long, so it is work for a thread, for one at
 * a time, and in parts, between which others have that thread.
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
    bool has_more; /* the sweep before took as much as it may at once */
};

/* IO. */
enum ssp_err sweeper_start(struct sweeper *sweeper, uv_loop_t *loop, struct lsa *lsa);

/* A sweep that is going on keeps the loop alive until it is done. */
void sweeper_stop(struct sweeper *sweeper);

#endif
