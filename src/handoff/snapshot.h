/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal key and the tickets in one piece of bytes, for who ends and comes back:
 * what lsad gives its service manager to keep (docs/formats/snapshot.md).
 *
 * A snapshot grows old with the first claim: it may be used once, and only where
 * nothing was claimed after it was made.
 */
#ifndef SSP_HANDOFF_SNAPSHOT_H
#define SSP_HANDOFF_SNAPSHOT_H

#include "base/wr.h"
#include "handoff/ticket.h"

enum {
    SNAPSHOT_TICKETS = 32000,
    SNAPSHOT_MAX = 76 + 32 * SNAPSHOT_TICKETS, /* bytes; less than LIMIT_FILE */
};

struct snapshot { /* ssp_cleanup(snapshot_done) */
    struct seal_key key;
    struct snapshot_ticket {
        struct ticket_id id;
        struct ticket ticket;
    } * tickets;
    size_t n;
};

void snapshot_done(struct snapshot *snapshot); /* wipes the key */

/* TOO_LARGE when it is full, NO_MEMORY. */
enum ssp_err snapshot_add(struct snapshot *snapshot, const struct ticket_id *id,
                          const struct ticket *ticket);

void snapshot_encode(const struct snapshot *snapshot, struct wr *out);

/* All of the bytes.  UNSUPPORTED for another version, BAD_PACKED for what is no snapshot, such as
 * zeroes; NO_MEMORY. */
enum ssp_err snapshot_decode(struct view bytes, struct snapshot *ret);

#endif
