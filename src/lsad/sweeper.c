/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/sweeper.h"

static void sweep(uv_work_t *work)
{
    struct sweeper *sweeper = work->data;

    sweeper->has_more = kept_sweep(&sweeper->lsa->keeper, sweeper->lsa->clock->boottime());
}

static void swept(uv_work_t *work, int status);

static void start(struct sweeper *sweeper)
{
    sweeper->is_busy = uv_queue_work(sweeper->timer.loop, &sweeper->work, sweep, swept) == 0;
}

/* The rest at once, but behind the calls that wait for a thread.  At the end of lsad it goes
 * otherwise. */
static void swept(uv_work_t *work, int status)
{
    struct sweeper *sweeper = work->data;

    (void)status; /* nobody cancels work */
    sweeper->is_busy = false;
    if (sweeper->has_more && !uv_is_closing((uv_handle_t *)&sweeper->timer))
        start(sweeper);
}

static void is_time(uv_timer_t *timer)
{
    struct sweeper *sweeper = timer->data;

    if (!sweeper->is_busy)
        start(sweeper);
}

enum ssp_err sweeper_start(struct sweeper *sweeper, uv_loop_t *loop, struct lsa *lsa)
{
    sweeper->lsa = lsa;
    sweeper->timer.data = sweeper;
    sweeper->work.data = sweeper;
    if (uv_timer_init(loop, &sweeper->timer) != 0 ||
        uv_timer_start(&sweeper->timer, is_time, SWEEP_MS, SWEEP_MS) != 0)
        return ssp_fail(IO);
    return SSP_OK;
}

void sweeper_stop(struct sweeper *sweeper)
{
    uv_close((uv_handle_t *)&sweeper->timer, NULL);
}
