/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Half-done handshakes that wait for an importer (ENVELOPE_KEPT).
 *
 * Where the LSA is a process of its own, the state of a handshake need not travel:
 * the blob is a ticket, and the context stays here under the ticket's id, as it
 * is.  It outlives its handle and its client.  Whoever claims the ticket takes it;
 * when the blob's time is over nobody can, and then it goes.
 */
#ifndef SSP_LSA_KEPT_H
#define SSP_LSA_KEPT_H

#include "base/fork_lock.h"
#include "handoff/ticket.h"

struct lsa;
struct lsa_ctx;

/* Found by their tickets, and let go by their times; neither takes longer when there are more. */
enum {
    KEEPER_BUCKETS = 4096,
    KEEPER_SECONDS = 512, /* more than LIMIT_EXPORT_LIFETIME_MS */
    KEPT_AT_ONCE = 64,    /* of those whose time is over: who comes first need not free them all */
};

struct kept {
    struct kept *next;         /* of its bucket */
    struct kept *next_expiry;  /* of its second */
    struct kept **prev_expiry; /* what leads here */
    struct ticket_id ticket;
    uint64_t expires;
    struct lsa_ctx *ctx; /* in use, not locked */
};

struct keeper { /* the one of an LSA; what is in it is under the lock */
    struct fork_lock lock;
    struct kept **buckets; /* NULL: nothing was kept yet */
    struct kept **seconds; /* by the end of their time, modulo KEEPER_SECONDS */
    uint64_t swept;        /* all of the seconds before this one */
};

enum ssp_err keeper_init(struct keeper *keeper);
void keeper_done(struct keeper *keeper); /* lets everything go */

/* An empty place, so that kept_add() cannot fail.  NO_MEMORY. */
enum ssp_err kept_new(struct keeper *keeper, struct kept **ret);
void kept_free(struct kept **kept); /* for ssp_cleanup(): with its context */

/* Takes it over, filled in. */
void kept_add(struct keeper *keeper, struct kept **kept);

/* What is kept under that ticket, now the caller's; NULL when nothing is. */
struct kept *kept_take(struct keeper *keeper, const struct ticket_id *ticket);

/* Lets those go whose time was over before the second that now is in, KEPT_AT_ONCE at most, and
 * says in the log how many.  True when there may be more.  now is CLOCK_BOOTTIME in ns. */
bool kept_sweep(struct keeper *keeper, uint64_t now);

void kept_let_go(struct keeper *keeper); /* all of them */

#endif
