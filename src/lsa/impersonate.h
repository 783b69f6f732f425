/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calling thread takes on a mapped user, and goes back.
 *
 * glibc's setuid() and its relatives change every thread of the process; a server
 * impersonates on one thread while others serve other users.  So this uses the
 * system calls themselves, which change the calling thread only.
 *
 * Only the effective ids change, with the file system ids that follow them, the
 * supplementary groups and the effective capabilities: what decides about access.
 * The way back is kept in the saved ids, so no code that the thread runs while it
 * impersonates must be the user's: it could go back as well.
 *
 * Whoever runs as the user cannot signal or trace the process: its real and saved
 * ids are not the user's, and the kernel makes a process that changed its ids
 * undumpable for good.
 *
 * What the LSA does for itself it does as itself, also when the thread that asks
 * is impersonating: a seal key or a ticket that was looked for as the user would be
 * one that the user could have made.
 *
 * A thread reverts before it ends.
 */
#ifndef SSP_LSA_IMPERSONATE_H
#define SSP_LSA_IMPERSONATE_H

#include <opensspi.h>

#include "base/err.h"

#include <stdbool.h>

/* Replaces an impersonation that the thread is in already.  NO_IMPERSONATION when the token has no
 * mapping or is for less than impersonation, or when the process may not; NO_MEMORY.  On failure
 * the thread is who it was. */
enum ssp_err impersonate_begin(const OPENSSPI_TOKEN_INFO *info);

/* The thread is itself again; fine when it was all the time.  A thread that cannot go back must not
 * go on: then the process ends. */
void impersonate_end(void);

bool impersonate_active(void); /* of the calling thread; also while it is paused */

/* The thread is itself until the end of the scope:
 *
 *     ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
 *
 * True when there was something to pause.  Who ends or begins an impersonation in between has the
 * last word.  A thread that cannot go back, or cannot be the user again, ends the process. */
bool impersonate_pause(void);
void impersonate_resume(const bool *paused);

#endif
