/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/home.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/core.h"

#include <stdlib.h>
#include <unistd.h>

enum ssp_err home_slot_init(struct home_slot *slot)
{
    slot->home = NULL;
    return fork_lock_init(&slot->lock);
}

void home_slot_done(struct home_slot *slot)
{
    home_unref(&slot->home);
    fork_lock_destroy(&slot->lock);
}

static enum ssp_err home_new(const struct lsa *lsa, uid_t uid, struct home **ret)
{
    ssp_cleanup(home_unref) struct home *home = malloc(sizeof(*home));

    if (home == NULL)
        return ssp_fail(NO_MEMORY);
    *home = (struct home){ .ref = REF_INIT, .uid = uid, .dir = { -1, -1 } };
    SSP_TRY(runtime_dir_open(lsa->options.runtime, &home->dir));
    SSP_TRY(seal_key_load(&home->dir, lsa->rand, &home->key));
    *ret = ssp_steal(&home);
    return SSP_OK;
}

enum ssp_err home_get(struct lsa *lsa, struct home **ret)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lsa->home.lock);
    uid_t uid = geteuid();

    if (lsa->home.home != NULL && lsa->home.home->uid != uid)
        home_unref(&lsa->home.home);
    if (lsa->home.home == NULL) {
        enum ssp_err e = home_new(lsa, uid, &lsa->home.home);

        if (e != SSP_OK) {
            trace(TRACE_ERROR, "runtime folder or seal key: %s", ssp_err_text(e));
            return e;
        }
    }
    ref_take(&lsa->home.home->ref);
    *ret = lsa->home.home;
    return SSP_OK;
}

void home_unref(struct home **home)
{
    struct home *gone = ssp_steal(home);

    if (gone == NULL || !ref_drop(&gone->ref))
        return;
    seal_key_wipe(&gone->key);
    runtime_dir_close(&gone->dir);
    free(gone);
}
