/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packed form of an established context: which package was chosen, around
 * what that package packs.  Layout: docs/formats/packed-negotiate.md.
 */
#ifndef SSP_NEGOTIATE_PACK_H
#define SSP_NEGOTIATE_PACK_H

#include "base/rd.h"
#include "base/wr.h"
#include "packages/negotiate/mech.h"

enum {
    NEGO_PACK_VERSION = 1,
    NEGO_PACK_MAX = 64 * 1024,
    NEGO_PACK_TOKEN_AT = 8, /* where the token's handle stands, which comes last */
};

struct nego_packed { /* borrowed */
    enum nego_package package;
    uint16_t id;       /* of the package in its LSA: where its user half is found */
    uint64_t token;    /* client's handle value; LSA half to user half only, 0 in an export */
    struct view inner; /* for the package's ImportContext */
};

/* TOO_LARGE (in out->err). */
void nego_pack(const struct nego_packed *packed, struct wr *out);

/* BAD_PACKED for anything that we would not have written; the view is into bytes. */
enum ssp_err nego_unpack(struct view bytes, struct nego_packed *ret);

#endif
