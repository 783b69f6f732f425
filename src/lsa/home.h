/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the LSA keeps what passages need: the runtime folder, its tickets and
 * the seal key of this boot.  Opened by the first export, import or token: a
 * process that does none of these needs no folder.
 *
 * Processes that run for months see their folder cleaned up, or removed and made
 * again by others.  So each use looks whether folder and key still are where
 * others find them: what is sealed under a key that only this process knows is
 * lost.  If they are not, they are opened anew, and a key that is gone is put
 * back.  A context that was frozen before stays lost with its ticket.
 *
 * Where another process was first with another key, that one seals from now on.
 * Tokens live longer than blobs: those that were made under a key of before are
 * still this LSA's, and are made anew before they go to others, who never had it.
 *
 * A process that gives up its rights after that opens the folder of its new
 * user, so the keys of the old one are not used any more.
 */
#ifndef SSP_LSA_HOME_H
#define SSP_LSA_HOME_H

#include <opensspi.h>

#include "base/fork_lock.h"
#include "base/ref.h"
#include "handoff/seal_key.h"

struct lsa;

struct sweeping {                /* of tickets that nobody will claim */
    _Atomic uint64_t not_before; /* CLOCK_BOOTTIME in ns */
    atomic_size_t owed;          /* tickets to look at then */
};

enum { HOME_FORMER = 4 /* keys of before that are remembered */ };

struct home { /* shared, in the arena of secrets; home_unref() */
    struct ref ref;
    uid_t uid; /* whose it is */
    struct runtime_dir dir;
    struct seal_key key;
    struct seal_file key_file;
    struct seal_key former[HOME_FORMER]; /* for tokens only; the last one first */
    size_t n_former;
    struct sweeping sweeping;
};

struct home_slot { /* the one of an LSA */
    struct fork_lock lock;
    struct home *home;
};

enum ssp_err home_slot_init(struct home_slot *slot);
void home_slot_done(struct home_slot *slot);

/* IO, UNSAFE_FILE, INTERNAL, NO_MEMORY; traced, since the application only learns that something
 * does not work.  One that cannot be opened anew is used as it was: tokens need its key only. */
enum ssp_err home_get(struct lsa *lsa, struct home **ret);

/* For an LSA that comes back: opens it, with a key that it had before in the place of one that is
 * missing; *ret_is_new when there was none.  Errors as above. */
enum ssp_err home_restore(struct lsa *lsa, const struct seal_key *known, struct home **ret,
                          bool *ret_is_new);
void home_unref(struct home **home); /* NULL is fine */

/* As token_read(), of a token that was made under the key, or one of before. */
enum ssp_err home_read_token(const struct home *home, HANDLE token, OPENSSPI_TOKEN_INFO *ret);

/* For a token that was made under a key of before: the same one under the key, which is the
 * caller's.  NULL when it is that already, or not of this LSA.  BAD_HANDLE, IO, NO_MEMORY. */
enum ssp_err home_renew_token(const struct home *home, HANDLE token, HANDLE *ret);

#endif
