/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/kept.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/trace.h"
#include "lsa/ctx.h"

#include <stdlib.h>

enum ssp_err keeper_init(struct keeper *keeper)
{
    *keeper = (struct keeper){ .buckets = NULL };
    return fork_lock_init(&keeper->lock);
}

/* Most programs never keep anything, so the tables are made by the first that does. */
static enum ssp_err make_tables(struct keeper *keeper)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);

    if (keeper->buckets != NULL)
        return SSP_OK;
    struct kept **tables = calloc(KEEPER_BUCKETS + KEEPER_SECONDS, sizeof(struct kept *));
    if (tables == NULL)
        return ssp_fail(NO_MEMORY);
    keeper->buckets = tables;
    keeper->seconds = tables + KEEPER_BUCKETS;
    return SSP_OK;
}

enum ssp_err kept_new(struct keeper *keeper, struct kept **ret)
{
    SSP_TRY(make_tables(keeper));
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

/* Ids are random, all of their bytes. */
static struct kept **bucket_of(const struct keeper *keeper, const struct ticket_id *id)
{
    return &keeper->buckets[((size_t)id->b[0] << 8 | id->b[1]) % KEEPER_BUCKETS];
}

void kept_add(struct keeper *keeper, struct kept **kept)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);
    struct kept *added = ssp_steal(kept);
    struct kept **bucket = bucket_of(keeper, &added->ticket);
    uint64_t end = added->expires / NS_PER_S;
    uint64_t looked_at = end > keeper->swept ? end : keeper->swept; /* not before the next sweep */
    struct kept **second = &keeper->seconds[looked_at % KEEPER_SECONDS];

    added->next = *bucket;
    *bucket = added;
    added->next_expiry = *second;
    added->prev_expiry = second;
    if (*second != NULL)
        (*second)->prev_expiry = &added->next_expiry;
    *second = added;
}

/* Under the lock. */
static struct kept *take_off(struct kept **in_bucket)
{
    struct kept *taken = *in_bucket;

    *in_bucket = taken->next;
    *taken->prev_expiry = taken->next_expiry;
    if (taken->next_expiry != NULL)
        taken->next_expiry->prev_expiry = taken->prev_expiry;
    taken->next = NULL;
    return taken;
}

struct kept *kept_take(struct keeper *keeper, const struct ticket_id *ticket)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);

    if (keeper->buckets == NULL)
        return NULL;
    struct kept **at = bucket_of(keeper, ticket);
    while (*at != NULL && !ct_eq(VIEW_OF((*at)->ticket.b), VIEW_OF(ticket->b)))
        at = &(*at)->next;
    return *at != NULL ? take_off(at) : NULL;
}

struct sweep { /* under the lock */
    const struct keeper *keeper;
    uint64_t end;      /* the second that goes on */
    struct kept *list; /* what was found */
    unsigned n;
};

/* Of one second, those whose time is over. */
static void take_expired(struct sweep *sweep, uint64_t second)
{
    struct kept *next = NULL;

    for (struct kept *k = sweep->keeper->seconds[second % KEEPER_SECONDS];
         k != NULL && sweep->n < KEPT_AT_ONCE; k = next) {
        struct kept **at = bucket_of(sweep->keeper, &k->ticket);

        next = k->next_expiry;
        if (k->expires / NS_PER_S >= sweep->end)
            continue;
        while (*at != k)
            at = &(*at)->next;
        k = take_off(at);
        k->next = sweep->list;
        sweep->list = k;
        sweep->n++;
    }
}

/* Off the lists first: what they free is a package's business, which may take its time.  Of the
 * second that goes on nothing is looked at: that would be the same again and again. */
static struct kept *take_all_expired(struct keeper *keeper, uint64_t now, unsigned *ret_n)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);
    struct sweep sweep = { .keeper = keeper, .end = now / NS_PER_S };

    if (keeper->buckets == NULL)
        return NULL;
    if (sweep.end > KEEPER_SECONDS && keeper->swept < sweep.end - KEEPER_SECONDS)
        keeper->swept = sweep.end - KEEPER_SECONDS; /* all there are */
    while (keeper->swept < sweep.end) {
        take_expired(&sweep, keeper->swept);
        if (sweep.n == KEPT_AT_ONCE)
            break;
        keeper->swept++;
    }
    *ret_n = sweep.n;
    return sweep.list;
}

bool kept_sweep(struct keeper *keeper, uint64_t now)
{
    unsigned n = 0;

    for (struct kept *kept = take_all_expired(keeper, now, &n); kept != NULL;) {
        struct kept *next = kept->next;

        kept_free(&kept);
        kept = next;
    }
    if (n != 0)
        trace(TRACE_NOTICE, "half-done handshakes let go that nobody imported: %u", n);
    return n == KEPT_AT_ONCE;
}

static struct kept *take_first(struct keeper *keeper, size_t bucket)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&keeper->lock);

    return keeper->buckets[bucket] != NULL ? take_off(&keeper->buckets[bucket]) : NULL;
}

void kept_let_go(struct keeper *keeper)
{
    for (size_t i = 0; keeper->buckets != NULL && i < KEEPER_BUCKETS; i++)
        for (struct kept *kept = NULL; (kept = take_first(keeper, i)) != NULL;)
            kept_free(&kept);
}

void keeper_done(struct keeper *keeper)
{
    kept_let_go(keeper);
    free(keeper->buckets);
    keeper->buckets = NULL;
    fork_lock_destroy(&keeper->lock);
}
