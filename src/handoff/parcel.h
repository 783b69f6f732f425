/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parcel is all of a session that moves at once: the sealed blob, the token,
 * the connection, and the bytes that were read from that connection but not yet
 * used.  Here it is as a struct and as bytes (docs/formats/parcel.md); the
 * descriptors travel beside the bytes (handoff/carry.h).
 */
#ifndef SSP_HANDOFF_PARCEL_H
#define SSP_HANDOFF_PARCEL_H

#include "base/secret.h"
#include "base/wr.h"
#include "handoff/envelope.h"

struct parcel { /* ssp_cleanup(parcel_wipe); start with PARCEL_INIT */
    char package[ENVELOPE_NAME_MAX + 1];
    struct secret blob;
    struct secret unread;
    int token_fd;      /* -1: none */
    int connection_fd; /* -1: none */
};

#define PARCEL_INIT                         \
    {                                       \
        .token_fd = -1, .connection_fd = -1 \
    }

enum { PARCEL_HEADER_SIZE = 20 };
enum { PARCEL_MAX = PARCEL_HEADER_SIZE + ENVELOPE_NAME_MAX + ENVELOPE_MAX + LIMIT_UNREAD };

/* Which descriptors come with the bytes, in this order. */
enum parcel_flags { PARCEL_TOKEN = 1, PARCEL_CONNECTION = 2, PARCEL_ALL_FLAGS = 3 };

void parcel_wipe(struct parcel *parcel); /* frees the bytes, closes the descriptors */

/* Appends the bytes; the flags say which descriptors the parcel has.  BAD_ARGUMENT for an empty or
 * ill-formed package name, an empty blob, or sizes over their limit; NO_MEMORY. */
enum ssp_err parcel_encode(const struct parcel *parcel, struct wr *out);

/* BAD_TOKEN for anything that parcel_encode() does not write; NO_MEMORY.  *ret is the caller's and
 * has no descriptors yet; *ret_flags says which belong to it. */
enum ssp_err parcel_decode(struct view bytes, struct parcel *ret, unsigned *ret_flags);

#endif
