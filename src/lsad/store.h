/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service manager keeps for the lsad to come (sd_notify(3), FDSTORE): a
 * piece of memory with the seal key and, from an lsad that ended in order, its
 * tickets.  The runtime folder has the same for who is killed and comes back; the
 * manager's copy is for a folder that is gone then.
 *
 * Tickets come back at most once, and never beside a folder that is still there:
 * that one knows what was claimed since.  What is taken is wiped before anybody is
 * served.
 */
#ifndef SSP_LSAD_STORE_H
#define SSP_LSAD_STORE_H

#include "lsa/core.h"

/* Takes key and tickets from what was passed, and closes it; -1: nothing was.  At the start, before
 * anybody else asks for the LSA's home.  What does not hold is left, with a line in the log. */
void store_take(int fd, struct lsa *lsa);

enum store_what { STORE_KEY, STORE_KEY_AND_TICKETS };

/* Gives the service manager, if there is one, a new copy in the place of the old one.  Tickets only
 * when nobody claims any more. */
void store_give(struct lsa *lsa, enum store_what what);

#endif
