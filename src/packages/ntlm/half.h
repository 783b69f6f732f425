/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handshake that is half done, in either role, and its packed form.
 *
 * NTLM has one such moment a role: the initiator has sent NEGOTIATE (or, in
 * datagram mode, nothing) and waits for CHALLENGE; the acceptor has sent
 * CHALLENGE and waits for AUTHENTICATE.
 *
 * A half is never changed: each leg makes another one (leg.h), so one that
 * fails leaves the context as it was.
 *
 * The packed form holds an initiator's password hashes and carries no MAC: it
 * travels in the sealed envelope only.  Layout: docs/formats/packed-ntlm-half.md.
 */
#ifndef SSP_NTLM_HALF_H
#define SSP_NTLM_HALF_H

#include <sspi.h>

#include "packages/ntlm/cred.h"
#include "packages/ntlm/keys.h"

enum ntlm_state {
    NTLM_ST_START,        /* no half yet */
    NTLM_ST_CHALLENGE,    /* initiator: awaits CHALLENGE */
    NTLM_ST_AUTHENTICATE, /* acceptor: awaits AUTHENTICATE */
    NTLM_ST_DONE,         /* no half any more */
};

enum {
    NTLM_HALF_VERSION = 1,
    NTLM_HALF_MAX = 64 * 1024,
    NTLM_NEGOTIATE_MAX =
        4096, /* bytes: an acceptor keeps what a client sent until the MIC is checked */
};

struct ntlm_half {
    enum ntlm_state state;
    uint32_t asked;          /* ISC_REQ_* or ASC_REQ_* of the legs so far */
    uint32_t flags;          /* of NEGOTIATE, or of CHALLENGE */
    struct secret negotiate; /* as it went or came: the MIC covers it */
    struct secret challenge; /* acceptor: as it went */
    struct str16 target;     /* initiator: whom it wants to reach */
    bool has_bindings;       /* the application gave channel bindings */
    uint8_t bindings[NTLM_BINDINGS_SIZE];
    struct ntlm_cred *cred; /* a reference */
};

static inline bool ntlm_half_accepts(const struct ntlm_half *half)
{
    return half->state == NTLM_ST_AUTHENTICATE;
}

/* An initiator that wants to be nobody; an acceptor does not know before its client answers. */
static inline bool ntlm_half_is_anonymous(const struct ntlm_cred *cred, uint32_t asked)
{
    return cred->outbound && (cred->is_anonymous || (asked & ISC_REQ_NULL_SESSION) != 0);
}

enum ssp_err ntlm_half_new(struct ntlm_half **ret); /* empty; NO_MEMORY */
void ntlm_half_free(struct ntlm_half *half);        /* wipes; NULL is fine */
void ntlm_half_freep(struct ntlm_half **half);      /* for ssp_cleanup() */

/* TOO_LARGE (in out->err) beyond NTLM_HALF_MAX. */
void ntlm_half_pack(const struct ntlm_half *half, struct wr *out);

/* BAD_PACKED for anything that we would not have written; NO_MEMORY.  *ret on success only. */
enum ssp_err ntlm_half_unpack(struct view packed, struct ntlm_half **ret);

#endif
