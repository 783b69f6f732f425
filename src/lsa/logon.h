/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logon sessions.  A session has a LUID and lives as long as something of the
 * LSA refers to it: the client whose own session it is, the credential or the
 * context in whose making a package called CreateLogonSession.  When the last
 * one goes, every package is told (LogonTerminated).
 *
 * LUIDs are random: the embedded LSAs of two processes know nothing of each
 * other, and yet a token of one must not fit a context of the other.
 */
#ifndef SSP_LSA_LOGON_H
#define SSP_LSA_LOGON_H

#include <sspi_types.h>

#include "base/fork_lock.h"
#include "base/hmap.h"
#include "base/ref.h"

#include <stdbool.h>
#include <sys/types.h>

struct lsa;

struct logon { /* shared; logon_unref() */
    struct ref ref;
    struct lsa *lsa;
    LUID id;
    uid_t uid;          /* of the client it was made for */
    bool cancelled;     /* nobody is told of its end */
    struct logon *next; /* in the list of the one owner that made it */
};

struct logons { /* all sessions of an LSA, by LUID */
    struct fork_lock lock;
    struct hmap *map;
};

enum ssp_err logons_init(struct logons *logons);
void logons_done(struct logons *logons);

/* A session under the id that is wanted, or a fresh one for a LUID of zero.  BAD_ARGUMENT when that
 * id is taken, NO_MEMORY, INTERNAL. */
enum ssp_err logon_new(struct lsa *lsa, uid_t uid, LUID wanted, struct logon **ret);

struct logon *logon_find(struct lsa *lsa, LUID id); /* the caller's reference; NULL if none */
void logon_unref(struct logon **logon);             /* NULL is fine */

void logon_chain(struct logon **list, struct logon *logon); /* takes the reference over */
void logon_move_chain(struct logon **to, struct logon **from);
void logon_unref_chain(struct logon **list);

/* The package that made the session takes it back: its id is unknown from now on, and nobody is
 * told.  False when there is none. */
bool logon_cancel(struct lsa *lsa, LUID id);

uint64_t luid_to_u64(LUID id);
LUID luid_of_u64(uint64_t value);

#endif
