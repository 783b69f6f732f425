/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/ledger.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/secret.h"

static void unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

static pthread_mutex_t *hold(struct ledger *ledger)
{
    (void)pthread_mutex_lock(&ledger->lock);
    return &ledger->lock;
}

#define HELD(ledger) ssp_cleanup(unlock) pthread_mutex_t *held = hold(ledger)

void ledger_init(struct ledger *ledger)
{
    memset(ledger, 0, sizeof(*ledger));
    (void)pthread_mutex_init(&ledger->lock, NULL);
}

void ledger_note_free(struct ledger_note **note)
{
    struct ledger_note *gone = ssp_steal(note);

    if (gone == NULL)
        return;
    if (gone->is_charged)
        account_refund(gone->accounts, gone->account, CHARGE_TICKET);
    account_put(gone->accounts, &gone->account);
    free(gone);
}

static void take_off(struct ledger_note **at)
{
    struct ledger_note *gone = *at;

    *at = gone->next;
    ledger_note_free(&gone);
}

/* Ids are random, all of their bytes. */
static struct ledger_note **bucket_of(struct ledger *ledger, const struct ticket_id *id)
{
    return &ledger->bucket[((size_t)id->b[0] << 8 | id->b[1]) % LEDGER_BUCKETS];
}

/* As the sweep of the tickets has it. */
static bool is_over(const struct ledger_note *note, uint64_t now)
{
    bool is_kept = note->keeper > 0 && (kill(note->keeper, 0) == 0 || errno != ESRCH);

    return note->expires < now && !is_kept;
}

static void sweep(struct ledger_note **at, uint64_t now)
{
    while (*at != NULL) {
        if (is_over(*at, now))
            take_off(at);
        else
            at = &(*at)->next;
    }
}

/* A few at each ticket that is made. */
static void sweep_some(struct ledger *ledger, uint64_t now)
{
    HELD(ledger);

    ledger->swept = (ledger->swept + 1) % LEDGER_BUCKETS;
    sweep(&ledger->bucket[ledger->swept], now);
}

/* All, for a user who is at the limit; once a second, whoever asks. */
static void sweep_all(struct ledger *ledger, uint64_t now)
{
    HELD(ledger);

    if (now < ledger->all_again)
        return;
    ledger->all_again = now + NS_PER_S;
    for (size_t i = 0; i < LEDGER_BUCKETS; i++)
        sweep(&ledger->bucket[i], now);
}

void ledger_done(struct ledger *ledger)
{
    for (size_t i = 0; i < LEDGER_BUCKETS; i++)
        while (ledger->bucket[i] != NULL)
            take_off(&ledger->bucket[i]);
    (void)pthread_mutex_destroy(&ledger->lock);
}

static enum ssp_err charge(struct ledger *ledger, struct ledger_note *note, uint64_t now)
{
    enum ssp_err e = account_charge(note->accounts, note->account, CHARGE_TICKET);

    if (e == SSP_ERR_OVER_QUOTA) {
        sweep_all(ledger, now);
        e = account_charge(note->accounts, note->account, CHARGE_TICKET);
    }
    note->is_charged = e == SSP_OK;
    return e;
}

enum ssp_err ledger_reserve(struct ledger *ledger, struct accounts *accounts, uid_t uid,
                            uint64_t now, struct ledger_note **ret)
{
    ssp_cleanup(ledger_note_free) struct ledger_note *note = calloc(1, sizeof(*note));

    if (note == NULL)
        return ssp_fail(NO_MEMORY);
    note->accounts = accounts;
    sweep_some(ledger, now);
    SSP_TRY(account_get(accounts, uid, &note->account));
    SSP_TRY(charge(ledger, note, now));
    *ret = ssp_steal(&note);
    return SSP_OK;
}

void ledger_enter(struct ledger *ledger, struct ledger_note **note)
{
    HELD(ledger);
    struct ledger_note *added = ssp_steal(note);
    struct ledger_note **bucket = bucket_of(ledger, &added->id);

    added->next = *bucket;
    *bucket = added;
}

enum ssp_err ledger_recall(struct ledger *ledger, struct accounts *accounts,
                           const struct ticket_id *id, const struct ticket *ticket)
{
    ssp_cleanup(ledger_note_free) struct ledger_note *note = calloc(1, sizeof(*note));

    if (note == NULL)
        return ssp_fail(NO_MEMORY);
    *note = (struct ledger_note){
        .accounts = accounts, .id = *id, .expires = ticket->expires, .keeper = ticket->keeper
    };
    SSP_TRY(account_get(accounts, ticket->uid, &note->account));
    account_charge_anyway(accounts, note->account, CHARGE_TICKET);
    note->is_charged = true;
    ledger_enter(ledger, &note);
    return SSP_OK;
}

/* Under the lock. */
static struct ledger_note **find(struct ledger *ledger, const struct ticket_id *id)
{
    struct ledger_note **at = bucket_of(ledger, id);

    while (*at != NULL && !ct_eq(VIEW_OF((*at)->id.b), VIEW_OF(id->b)))
        at = &(*at)->next;
    return at;
}

void ledger_release(struct ledger *ledger, const struct ticket_id *id)
{
    HELD(ledger);
    struct ledger_note *note = *find(ledger, id);

    if (note != NULL)
        note->keeper = 0;
}

void ledger_strike(struct ledger *ledger, const struct ticket_id *id)
{
    HELD(ledger);
    struct ledger_note **at = find(ledger, id);

    if (*at != NULL)
        take_off(at);
}
