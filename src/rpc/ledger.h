/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose tickets there are.  A ticket is an entry of a folder, and says nothing of
 * the user who had it made; without a limit one user could fill the file system
 * that the folder is in.  So each is charged to its user until it is claimed, or as
 * long as the sweep leaves it where it is (handoff/ticket.h).
 *
 * What an lsad of before left behind is entered at the start, over the limit or not.
 */
#ifndef SSP_RPC_LEDGER_H
#define SSP_RPC_LEDGER_H

#include "handoff/ticket.h"
#include "rpc/account.h"

enum { LEDGER_BUCKETS = 1024 };

struct ledger_note { /* one ticket */
    struct ledger_note *next;
    struct accounts *accounts;
    struct account *account; /* referred to */
    bool is_charged;
    struct ticket_id id;
    uint64_t expires; /* CLOCK_BOOTTIME in ns */
    pid_t keeper;     /* which lets it stay beyond that; 0: none */
};

struct ledger {
    pthread_mutex_t lock;
    struct ledger_note *bucket[LEDGER_BUCKETS];
    size_t swept;       /* the bucket that was looked at last */
    uint64_t all_again; /* when all may be looked at next, CLOCK_BOOTTIME in ns */
};

void ledger_init(struct ledger *ledger);
void ledger_done(struct ledger *ledger);

/* Room for one more ticket of this user, before it is made; lets go what is over.  now is
 * CLOCK_BOOTTIME in ns.  OVER_QUOTA, NO_MEMORY. */
enum ssp_err ledger_reserve(struct ledger *ledger, struct accounts *accounts, uid_t uid,
                            uint64_t now, struct ledger_note **ret);
void ledger_note_free(struct ledger_note **note); /* for ssp_cleanup(): no ticket was made */

/* Takes the note over, filled in: the ticket is there. */
void ledger_enter(struct ledger *ledger, struct ledger_note **note);

/* A ticket that is there already is entered as well.  NO_MEMORY. */
enum ssp_err ledger_recall(struct ledger *ledger, struct accounts *accounts,
                           const struct ticket_id *id, const struct ticket *ticket);

/* Its keeper lets it go when its time is over. */
void ledger_release(struct ledger *ledger, const struct ticket_id *id);

/* The ticket was claimed, for whatever that was good. */
void ledger_strike(struct ledger *ledger, const struct ticket_id *id);

#endif
