/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/kept.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/ctx.h"

#include <stdlib.h>

enum ssp_err keeper_init(struct keeper *keeper)
{
    keeper->first = NULL;
    return fork_lock_init(&keeper->lock);
}

enum ssp_err kept_new(struct kept **ret)
{
    struct kept *kept = calloc(1, sizeof(*kept));

    if (kept == NULL)
        return ssp_fail(NO_MEMORY);
    *ret = kept;
    return SSP_OK;
}

void kept_free(struct kept **kept)
{
    struct kept *gone = ssp_steal(kept);

    if (gone == NULL)
        return;
    if (gone->ctx != NULL)
        owned_put(&gone->ctx->owned);
    free(gone);
}

void kept_add(struct keeper *keeper, struct kept **kept)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);
    struct kept *added = ssp_steal(kept);

    added->next = keeper->first;
    keeper->first = added;
}

struct kept *kept_take(struct keeper *keeper, const struct ticket_id *ticket)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);
    struct kept **at = &keeper->first;

    while (*at != NULL && !ct_eq(VIEW_OF((*at)->ticket.b), VIEW_OF(ticket->b)))
        at = &(*at)->next;
    struct kept *taken = *at;
    if (taken != NULL)
        *at = taken->next;
    return taken;
}

/* Off the list first: what they free is a package's business, which may take its time. */
static struct kept *take_expired(struct keeper *keeper, uint64_t now)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);
    struct kept *expired = NULL;
    struct kept **at = &keeper->first;

    while (*at != NULL) {
        struct kept *kept = *at;

        if (kept->expires > now) {
            at = &kept->next;
            continue;
        }
        *at = kept->next;
        kept->next = expired;
        expired = kept;
    }
    return expired;
}

void kept_sweep(struct keeper *keeper, uint64_t now)
{
    unsigned n = 0;

    for (struct kept *kept = take_expired(keeper, now); kept != NULL;) {
        struct kept *next = kept->next;

        kept_free(&kept);
        kept = next;
        n++;
    }
    if (n != 0)
        trace(TRACE_NOTICE, "half-done handshakes let go that nobody imported: %u", n);
}

void keeper_done(struct keeper *keeper)
{
    kept_sweep(keeper, UINT64_MAX);
    fork_lock_destroy(&keeper->lock);
}
