/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls into a library whose own locks know nothing of fork().  A child that inherits one of them
 * locked would wait for ever at its first call, so fork() waits until nobody is in there; but not
 * for long, since a call may itself wait for an answer from far away.  A child that was made
 * nevertheless gets no call through: an error instead of no end.
 *
 * The gate is one for the process; nobody enters it with a fork_lock held (base/fork_lock.h).
 */
#ifndef SSP_BASE_FORK_GATE_H
#define SSP_BASE_FORK_GATE_H

#include "base/err.h"

/* Who is inside enters again as he likes, and leaves as often.  NO_MEMORY; INTERNAL in a child
 * that was made while a thread of its parent was inside. */
enum ssp_err fork_gate_enter(void);
void fork_gate_leave(void);

/* How long fork() waits; for tests. */
extern unsigned fork_gate_patience; /* milliseconds */

#endif
