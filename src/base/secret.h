/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types for key material.  They wipe themselves at scope end, are compared in
 * constant time, and have no text form.
 *
 * What lives longer than a call lies in an arena of pages of its own, left out
 * of core dumps.  A context's keys are also lost to a child process at fork()
 * (MADV_WIPEONFORK): a context is movable, never copyable, and fork() is the
 * copy everybody forgets.  Credentials survive it: a pre-fork server acquires
 * them once, in the parent.
 */
#ifndef SSP_BASE_SECRET_H
#define SSP_BASE_SECRET_H

#include "base/rd.h"

enum { KEY_MAX = 64 };

struct key { /* by value; ssp_cleanup(key_wipe) */
    uint8_t b[KEY_MAX];
    size_t n;
};

/* Truncates nothing: more than KEY_MAX bytes is a programming error (asserted). */
struct key key_of(struct view bytes);

/* The same into a key that is there already: assigning what key_of() yields would go through a
 * temporary that nobody wipes. */
void key_set(struct key *key, struct view bytes);
struct view key_view(const struct key *key);
void key_wipe(struct key *key);

struct secret { /* on the heap: passwords, messages in clear; ssp_cleanup(secret_wipe) */
    uint8_t *p;
    size_t n;
};

enum ssp_err secret_new(struct view bytes, struct secret *ret);
struct view secret_view(const struct secret *secret);
void secret_wipe(struct secret *secret); /* wipes, frees, empties */

bool ct_eq(struct view a, struct view b); /* lengths are public, contents are not */

enum arena_kind { ARENA_CONTEXTS, ARENA_CREDENTIALS, ARENA_KINDS };

/* Zeroed, aligned for any type, NULL when out of memory.  Thread-safe. */
void *arena_alloc(enum arena_kind kind, size_t n);
void arena_free(void *p); /* wipes; NULL is fine */

/*
 * A number that is another one in every process: a child of fork() sees a new
 * one.  What remembers the epoch it was made in knows that it was copied.
 * Costs one load on the message path.
 */
uint64_t fork_epoch(void);

#endif
