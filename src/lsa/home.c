/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/home.h"

#include "base/cleanup.h"
#include "base/secret.h"
#include "base/trace.h"
#include "lsa/core.h"
#include "lsa/token.h"

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

/* known, which may be NULL, is a key that is used if there is none; was there any? */
static enum ssp_err home_new(const struct lsa *lsa, const struct seal_key *known, bool *ret_is_new,
                             struct home **ret)
{
    ssp_cleanup(home_unref) struct home *home = arena_alloc(ARENA_CREDENTIALS, sizeof(*home));

    if (home == NULL)
        return ssp_fail(NO_MEMORY);
    *home = (struct home){ .ref = REF_INIT, .uid = geteuid(), .dir = RUNTIME_DIR_INIT };
    SSP_TRY(runtime_dir_open(lsa->options.runtime, &home->dir));
    bool is_new = !seal_key_is_any(&home->dir);
    SSP_TRY(seal_key_load(&home->dir, lsa->rand, known, &home->key, &home->key_file));
    *ret_is_new = is_new;
    *ret = ssp_steal(&home);
    return SSP_OK;
}

/* What tokens were made under before another process's key took its place. */
static void remember(const struct home *before, struct home *home)
{
    if (!ct_eq(VIEW_OF(before->key.id), VIEW_OF(home->key.id)))
        home->former[home->n_former++] = before->key;
    for (size_t i = 0; i < before->n_former && home->n_former < HOME_FORMER; i++)
        home->former[home->n_former++] = before->former[i];
}

/* A reference, or NULL. */
static struct home *look(struct home_slot *slot)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&slot->lock);

    if (slot->home != NULL)
        ref_take(&slot->home->ref);
    return slot->home;
}

/* What was in the slot, now the caller's. */
static struct home *replace(struct home_slot *slot, struct home *home)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&slot->lock);
    struct home *before = slot->home;

    ref_take(&home->ref);
    slot->home = home;
    return before;
}

static bool is_current(const struct home *home)
{
    return runtime_dir_is_there(&home->dir) && seal_key_is_there(&home->dir, &home->key_file);
}

/* Nothing is opened, and no memory of the arena given back, under the slot's lock: fork() waits for
 * it.  Of several threads that open at once each uses its own; key and tickets are the same. */
enum ssp_err home_get(struct lsa *lsa, struct home **ret)
{
    ssp_cleanup(home_unref) struct home *home = look(&lsa->home);
    ssp_cleanup(home_unref) struct home *fresh = NULL;
    ssp_cleanup(home_unref) struct home *before = NULL;
    bool is_ours = home != NULL && home->uid == geteuid();

    if (!is_ours || !is_current(home)) {
        bool is_new = false;
        enum ssp_err e = home_new(lsa, is_ours ? &home->key : NULL, &is_new, &fresh);

        if (e == SSP_OK && is_ours)
            remember(home, fresh);
        if (e != SSP_OK)
            trace(TRACE_ERROR, "runtime folder or seal key: %s", ssp_err_text(e));
        if (e != SSP_OK && !is_ours)
            return e;
    }
    if (fresh != NULL)
        before = replace(&lsa->home, fresh);
    *ret = fresh != NULL ? ssp_steal(&fresh) : ssp_steal(&home);
    return SSP_OK;
}

enum ssp_err home_restore(struct lsa *lsa, const struct seal_key *known, struct home **ret,
                          bool *ret_is_new)
{
    ssp_cleanup(home_unref) struct home *fresh = NULL;
    ssp_cleanup(home_unref) struct home *before = NULL;

    SSP_TRY(home_new(lsa, known, ret_is_new, &fresh));
    before = replace(&lsa->home, fresh);
    *ret = ssp_steal(&fresh);
    return SSP_OK;
}

void home_unref(struct home **home)
{
    struct home *gone = ssp_steal(home);

    if (gone == NULL || !ref_drop(&gone->ref))
        return;
    runtime_dir_close(&gone->dir);
    arena_free(gone); /* wipes the key */
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

static enum ssp_err read_former(const struct home *home, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    enum ssp_err e = SSP_ERR_BAD_TOKEN;

    for (size_t i = 0; i < home->n_former && e == SSP_ERR_BAD_TOKEN; i++)
        e = token_read(&home->former[i], token, ret);
    return e;
}

enum ssp_err home_read_token(const struct home *home, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    enum ssp_err e = token_read(&home->key, token, ret);

    return e == SSP_ERR_BAD_TOKEN ? read_former(home, token, ret) : e;
}

enum ssp_err home_renew_token(const struct home *home, HANDLE token, HANDLE *ret)
{
    OPENSSPI_TOKEN_INFO info = { 0 };
    enum ssp_err e = home->n_former == 0 ? SSP_ERR_BAD_TOKEN : read_former(home, token, &info);

    if (e == SSP_OK)
        return token_make(&home->key, &info, ret);
    if (e != SSP_ERR_BAD_TOKEN)
        return e;
    *ret = NULL;
    return SSP_OK;
}
