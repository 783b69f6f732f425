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

    while (*at != NULL && (*at)->uid != uid)
        at = &(*at)->next;
    return at;
}

enum ssp_err account_get(struct accounts *accounts, uid_t uid, struct account **ret)
{
    HELD(accounts);
    struct account **at = place_of(accounts, uid);

    if (*at == NULL) {
        struct account *account = calloc(1, sizeof(*account));

        if (account == NULL)
            return ssp_fail(NO_MEMORY);
        account->uid = uid;
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

enum ssp_err account_charge(struct accounts *accounts, struct account *account, enum charge what)
{
    HELD(accounts);

    if (account->n[what] >= accounts->max[what])
        return ssp_fail(OVER_QUOTA);
    account->n[what]++;
    return SSP_OK;
}

void account_refund(struct accounts *accounts, struct account *account, enum charge what)
{
    HELD(accounts);

    account->n[what]--;
}
