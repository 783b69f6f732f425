/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of a package's LSA half: from a leg of its own machine to the call
 * that the LSA made, with its buffers, handles, logon session and ContextData.
 *
 * The machine is pure: a leg is a step from what stands (a "half") and what came
 * in to what goes out and stands then (a "turn").  What it yields is put in place
 * here, when nothing can fail any more, so that a leg that fails leaves context,
 * buffers and table as they were.  There is one exception: a token that says why,
 * for the peer, goes out with the failure.
 */
#ifndef SSP_PACKAGES_SHAKE_H
#define SSP_PACKAGES_SHAKE_H

#include <ntsecpkg.h>

#include "base/idmap.h"
#include "base/secret.h"
#include "packages/common/call.h"
#include "packages/common/logon.h"

struct pkg_turn { /* first member of a package's own struct */
    bool is_done;
    struct secret token; /* for the peer; may be empty; where the leg fails: why */
    uint32_t attributes; /* ISC_RET_* or ASC_RET_*, so far */
    int64_t expiry;      /* FILETIME */
    void *half;          /* how the handshake stands; NULL when done */
};

struct pkg_leg { /* what the application passed; all borrowed */
    bool accept;
    uint32_t asked;             /* ISC_REQ_* or ASC_REQ_* */
    struct view token;          /* empty: none */
    struct view bindings;       /* a SEC_CHANNEL_BINDINGS block; empty: none */
    const struct str16 *target; /* initiator; NULL: none */
    void *cred;                 /* the package's; NULL: none given */
};

struct pkg_shake_kind { /* what a package knows about its handshakes */
    size_t turn_size;   /* of its own struct */
    size_t pack_max;
    size_t half_max;

    /* half is NULL on the first leg.  The turn is zeroed, and wiped by the caller in any case. */
    enum ssp_err (*leg)(void *env, const struct pkg_leg *leg, const void *half,
                        struct pkg_turn *turn);
    void (*wipe)(struct pkg_turn *turn); /* all but what pkg_turn itself has */
    void (*free_half)(void *half);
    bool (*half_accepts)(const void *half);
    uint32_t (*half_attributes)(const void *half);

    /* Of a finished turn: who it is that was let in; false for an initiator, which lets in nobody.
     */
    bool (*claim)(const struct pkg_turn *turn, struct pkg_claim *ret);
    /* Of the session that was made for it, when all is done; may be NULL. */
    void (*made)(void *env, struct pkg_turn *turn, LUID id);
    /* Nothing came of the turn, for want of memory or of room for its token, and the same leg may
     * come again; also after a leg that failed so.  May be NULL. */
    void (*undone)(void *env, struct pkg_turn *turn);
    void (*pack)(const struct pkg_turn *turn, uint64_t logon_id, uint64_t token, struct wr *out);

    /* Of a half-done handshake; unpack: BAD_PACKED, NO_MEMORY. */
    enum ssp_err (*pack_half)(void *env, const void *half, struct wr *out);
    enum ssp_err (*unpack_half)(void *env, struct view packed, void **ret);
};

struct pkg_shakes {
    const struct pkg_shake_kind *kind;
    void *env; /* the package's; borrowed */
    struct idmap *map;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
};

enum ssp_err pkg_shakes_init(const struct pkg_shake_kind *kind, void *env,
                             const LSA_SECPKG_FUNCTION_TABLE *lsa, struct pkg_shakes *shakes);

/*
 * Over a struct pkg_shakes.  A leg: what the machine answers; BAD_HANDLE for a
 * context that is not there, or of the other role, or a first leg without a
 * credential; OUT_OF_SEQUENCE when the handshake is over; TOO_SMALL with the size
 * needed in the token buffer; BAD_ARGUMENT without a token buffer where there is
 * a token.  Packing: UNSUPPORTED when the handshake is over.
 */
extern const struct pkg_contexts_kind pkg_shakes_contexts;

/* What it asks for and has been promised so far, for the attributes; BAD_HANDLE. */
enum ssp_err pkg_shakes_flags(const struct pkg_shakes *shakes, LSA_SEC_HANDLE context, ULONG *ret);

#endif
