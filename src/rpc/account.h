/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a user makes lsad keep, by all of the user's processes together, and how
 * much of it there may be.  A user over a limit is refused what is over it; others
 * notice nothing.
 *
 * An account is there as long as something is charged to it or refers to it.
 */
#ifndef SSP_RPC_ACCOUNT_H
#define SSP_RPC_ACCOUNT_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum charge {
    CHARGE_CONNECTION,
    CHARGE_PROCESS,
    CHARGE_CREDENTIAL,
    CHARGE_CONTEXT,
    CHARGE_TICKET,
    CHARGE_CALL, /* that is being answered */
    CHARGES,
};

struct account { /* of one user; under the lock of its book */
    uid_t uid;
    size_t refs;
    uint32_t n[CHARGES];
    struct account *next;
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

/* OVER_QUOTA. */
enum ssp_err account_charge(struct accounts *accounts, struct account *account, enum charge what);
void account_refund(struct accounts *accounts, struct account *account, enum charge what);

#endif
