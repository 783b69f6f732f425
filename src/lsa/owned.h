/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to one client: its credentials and its contexts.  Each has an
 * id in a table of the LSA; in the hands of another client that id is not valid.
 *
 * An object in use by a call stays alive until the call ends, even when the
 * client closes it meanwhile.  It is charged to its client as long as it exists.
 */
#ifndef SSP_LSA_OWNED_H
#define SSP_LSA_OWNED_H

#include "base/idmap.h"
#include "lsa/client.h"

struct owned { /* the first member of what is owned */
    struct client *client;
    _Atomic uint64_t id; /* 0: not in the table yet */
    enum owned_kind kind;
    size_t bytes;       /* under the client's lock: charged beyond what each of its kind is */
    struct owned *prev; /* under the client's lock */
    struct owned *next;
};

/* Charges the client.  OVER_QUOTA; then the object has no client.  owned_done() undoes it. */
enum ssp_err owned_init(struct owned *owned, struct client *client, enum owned_kind kind);
void owned_done(struct owned *owned);

/* It keeps so many bytes more, or less, than was said before.  OVER_QUOTA, unless they are there
 * already. */
enum ssp_err owned_grow(struct owned *owned, size_t n);
void owned_has_grown(struct owned *owned, size_t n);
void owned_shrink(struct owned *owned, size_t n);
size_t owned_bytes(struct owned *owned);

/* Puts it into the table, which then owns it: from now on others may use and close it.  NO_MEMORY,
 * OVER_QUOTA. */
enum ssp_err owned_publish(struct owned *owned, uint64_t *ret_id);

/* The object, in use by the caller until owned_put(); BAD_HANDLE. */
enum ssp_err owned_get(struct client *client, enum owned_kind kind, uint64_t id,
                       struct owned **ret);
void owned_put(struct owned *owned); /* NULL is fine */

/* BAD_HANDLE, for all but one of several closers too. */
enum ssp_err owned_close(struct client *client, enum owned_kind kind, uint64_t id);
void owned_close_all(struct client *client, enum owned_kind kind);

#endif
