/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

static pthread_mutex_t *hold(struct accounts *accounts)
{
    (void)pthread_mutex_lock(&accounts->lock);
    return &accounts->lock;
}

#define HELD(accounts) ssp_cleanup(unlock) pthread_mutex_t *held = hold(accounts)

void accounts_init(struct accounts *accounts, const uint32_t max[CHARGES])
{
    *accounts = (struct accounts){ 0 };
    (void)pthread_mutex_init(&accounts->lock, NULL);
    memcpy(accounts->max, max, sizeof(accounts->max));
}

void accounts_done(struct accounts *accounts)
{
    while (accounts->first != NULL) {
        struct account *gone = accounts->first;

        accounts->first = gone->next;
        free(gone);
    }
    (void)pthread_mutex_destroy(&accounts->lock);
}

void accounts_set_limits(struct accounts *accounts, const uint32_t max[CHARGES])
{
    HELD(accounts);

    for (size_t i = 0; i < CHARGES; i++)
        accounts->max[i] = max[i];
}

static struct account **place_of(struct accounts *accounts, uid_t uid)
{
    struct account **at = &accounts->first;

    while (*at != NULL && (*at)->uid < uid)
        at = &(*at)->next;
    return at;
}

enum ssp_err account_get(struct accounts *accounts, uid_t uid, struct account **ret)
{
    HELD(accounts);
    struct account **at = place_of(accounts, uid);

    if (*at == NULL || (*at)->uid != uid) {
        struct account *account = calloc(1, sizeof(*account));

        if (account == NULL)
            return ssp_fail(NO_MEMORY);
        account->uid = uid;
        account->next = *at;
        *at = account;
    }
    (*at)->refs++;
    *ret = *at;
    return SSP_OK;
}

void account_put(struct accounts *accounts, struct account **account)
{
    struct account *gone = ssp_steal(account);

    if (gone == NULL)
        return;
    HELD(accounts);
    if (--gone->refs != 0)
        return;
    *place_of(accounts, gone->uid) = gone->next;
    free(gone);
}

/* What one takes at least, in lsad and in the packages that are linked in: measured, rounded up. */
static const uint32_t weight[CHARGES] = {
    [CHARGE_CONNECTION] = 1024, [CHARGE_PROCESS] = 1024, [CHARGE_CREDENTIAL] = 1024,
    [CHARGE_CONTEXT] = 1024,    [CHARGE_TICKET] = 256,
};

/* Under the lock.  The limit may have become less than what is there. */
static bool has_room(const struct accounts *accounts, const struct account *account, size_t n)
{
    uint32_t max = accounts->max[CHARGE_BYTES];
    uint32_t used = account->n[CHARGE_BYTES];

    return used <= max && n <= max - used;
}

/* Under the lock. */
static void charge(struct account *account, enum charge what)
{
    account->n[what]++;
    account->n[CHARGE_BYTES] += weight[what];
}

enum ssp_err account_charge(struct accounts *accounts, struct account *account, enum charge what)
{
    HELD(accounts);

    if (account->n[what] >= accounts->max[what] || !has_room(accounts, account, weight[what]))
        return ssp_fail(OVER_QUOTA);
    charge(account, what);
    return SSP_OK;
}

void account_charge_anyway(struct accounts *accounts, struct account *account, enum charge what)
{
    HELD(accounts);

    charge(account, what);
}

void account_refund(struct accounts *accounts, struct account *account, enum charge what)
{
    HELD(accounts);

    account->n[what]--;
    account->n[CHARGE_BYTES] -= weight[what];
}

enum ssp_err account_charge_bytes(struct accounts *accounts, struct account *account, size_t n,
                                  bool is_there)
{
    HELD(accounts);

    if (!is_there && !has_room(accounts, account, n))
        return ssp_fail(OVER_QUOTA);
    account->n[CHARGE_BYTES] += (uint32_t)n;
    return SSP_OK;
}

void account_refund_bytes(struct accounts *accounts, struct account *account, size_t n)
{
    HELD(accounts);

    account->n[CHARGE_BYTES] -= (uint32_t)n;
}

size_t accounts_list(struct accounts *accounts, uid_t from, struct account_state *ret, size_t max)
{
    HELD(accounts);
    size_t n = 0;

    for (const struct account *a = *place_of(accounts, from); a != NULL && n < max; a = a->next) {
        ret[n].uid = a->uid;
        memcpy(ret[n++].n, a->n, sizeof(a->n));
    }
    return n;
}

void accounts_limits(struct accounts *accounts, uint32_t ret_max[CHARGES])
{
    HELD(accounts);

    for (size_t i = 0; i < CHARGES; i++)
        ret_max[i] = accounts->max[i];
}
