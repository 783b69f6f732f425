/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user makes lsad keep, by all of the user's processes together, and how
 * much of it there may be.  A user over a limit is refused what is over it; others
 * notice nothing.
 *
 * Whatever is charged counts in bytes, too, with what one of its kind takes at least.
 * What else a thing makes lsad keep, such as names, passwords and tokens, is charged
 * in bytes alone.  Packages allocate as they please, so it is what came from the
 * client that is counted, not what became of it.
 *
 * An account is there as long as something is charged to it or refers to it.
 */
#ifndef SSP_RPC_ACCOUNT_H
#define SSP_RPC_ACCOUNT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum charge {
    CHARGE_CONNECTION,
    CHARGE_PROCESS,
    CHARGE_CREDENTIAL,
    CHARGE_CONTEXT,
    CHARGE_TICKET,
    CHARGE_CALL,  /* that is being answered */
    CHARGE_BYTES, /* of all of the above, and of what comes with them */
    CHARGES,
};

struct account { /* of one user; under the lock of its book */
    uid_t uid;
    size_t refs;
    uint32_t n[CHARGES];
    struct account *next; /* of a greater uid */
    /* Of the host, and not under the lock: who waits until less of the user's calls are answered.
     */
    struct waiting *first_waiting;
    struct waiting *last_waiting;
};

struct waiting {
    struct waiting *next;
};

struct accounts {
    pthread_mutex_t lock;
    struct account *first;
    uint32_t max[CHARGES]; /* of each user; may change: what is there stays */
};

void accounts_init(struct accounts *accounts, const uint32_t max[CHARGES]);
void accounts_done(struct accounts *accounts);
void accounts_set_limits(struct accounts *accounts, const uint32_t max[CHARGES]);

/* The caller's reference, until account_put().  NO_MEMORY. */
enum ssp_err account_get(struct accounts *accounts, uid_t uid, struct account **ret);
void account_put(struct accounts *accounts, struct account **account); /* NULL is fine */

/* OVER_QUOTA, unless it is there already and charged anyway. */
enum ssp_err account_charge(struct accounts *accounts, struct account *account, enum charge what);
void account_charge_anyway(struct accounts *accounts, struct account *account, enum charge what);
void account_refund(struct accounts *accounts, struct account *account, enum charge what);

/* Bytes beyond those that a thing counts with.  OVER_QUOTA, unless they are there already. */
enum ssp_err account_charge_bytes(struct accounts *accounts, struct account *account, size_t n,
                                  bool is_there);
void account_refund_bytes(struct accounts *accounts, struct account *account, size_t n);

/* What users have, in the order of their uids: of at most max users from that uid on; yields how
 * many there are. */
struct account_state {
    uid_t uid;
    uint32_t n[CHARGES];
};
size_t accounts_list(struct accounts *accounts, uid_t from, struct account_state *ret, size_t max);
void accounts_limits(struct accounts *accounts, uint32_t ret_max[CHARGES]);

#endif
