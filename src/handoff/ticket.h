/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets make an envelope single-use.  A ticket is a file tickets/<id> in the
 * runtime folder, there before the blob is; the claim is the unlink() that
 * succeeds, of which the kernel grants one.  No ticket, no import: a stolen copy
 * of a used blob is waste paper.  Its contents are its expiry time, for the sweep.
 */
#ifndef SSP_HANDOFF_TICKET_H
#define SSP_HANDOFF_TICKET_H

#include "handoff/envelope.h"

struct ticket_id {
    uint8_t b[ENVELOPE_ID_SIZE];
};

/* dir_fd is the tickets folder.  IO when the file cannot be made or exists. */
enum ssp_err ticket_create(int dir_fd, const struct ticket_id *id, uint64_t expires);

/* SSP_OK for exactly one caller; EXPIRED for every other; IO. */
enum ssp_err ticket_claim(int dir_fd, const struct ticket_id *id);

/* Removes tickets whose time has passed and files that are no tickets.  At most max entries are
 * looked at. */
void ticket_sweep(int dir_fd, uint64_t now, size_t max);

#endif
