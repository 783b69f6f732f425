/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets make an envelope single-use.  A ticket is a directory entry tickets/<id>
 * in the runtime folder, there before the blob is; the claim is the unlink() that
 * succeeds, of which the kernel grants one.  No ticket, no import: a stolen copy
 * of a used blob is waste paper.  The entry is a symbolic link that leads nowhere:
 * its text says when the blob's time is over, and making it is one system call.
 *
 * A context that was exported without DELETE_OLD stays behind frozen, and thaws by
 * claiming its own ticket: so that ticket must not go while it can still be asked
 * for, even when the blob's time is long over.  Its keeper is the process that
 * holds the frozen context.  Layout: docs/formats/runtime-folder.md.
 */
#ifndef SSP_HANDOFF_TICKET_H
#define SSP_HANDOFF_TICKET_H

#include "handoff/envelope.h"

struct ticket_id {
    uint8_t b[ENVELOPE_ID_SIZE];
};

struct ticket {
    uint64_t expires; /* CLOCK_BOOTTIME in ns */
    pid_t keeper;     /* of a frozen context: the sweep leaves it alone while that lives; 0: none */
    uid_t uid;        /* whose it is */
};

/* dir_fd is the tickets folder.  IO when the ticket cannot be made or exists. */
enum ssp_err ticket_create(int dir_fd, const struct ticket_id *id, const struct ticket *ticket);

/* SSP_OK for exactly one caller; EXPIRED for every other; IO. */
enum ssp_err ticket_claim(int dir_fd, const struct ticket_id *id);

/* A process's number becomes another's when it ends: with its user, who that may be is limited. */
struct ticket_keeper {
    pid_t pid;
    uid_t uid;
};

/* The same for the keeper only: EXPIRED for every other process, and the ticket stays. */
enum ssp_err ticket_take_back(int dir_fd, const struct ticket_id *id,
                              const struct ticket_keeper *keeper);

/* The keeper does not want it back any more: it goes when its time is over.  EXPIRED as above; IO,
 * and the ticket stays as it was. */
enum ssp_err ticket_release(int dir_fd, const struct ticket_id *id,
                            const struct ticket_keeper *keeper);

/* Visits all that are there. */
void ticket_each(int dir_fd,
                 void (*visit)(void *arg, const struct ticket_id *id, const struct ticket *ticket),
                 void *arg);

/* Removes tickets whose time has passed, and what is no ticket when it is older than any envelope
 * may get.  Looks at about max entries, and goes on where the sweep before stopped, which dir_fd
 * remembers: what is kept long does not hide what stands behind it.  now is CLOCK_BOOTTIME in ns.
 */
void ticket_sweep(int dir_fd, uint64_t now, size_t max);

/* Removes every ticket: those of an earlier boot, whose blobs nobody can open any more. */
void ticket_purge(int dir_fd);

#endif
