/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a negotiation stands, but for the handshake inside it, and its packed form.
 *
 * A half is never changed in place: each leg makes a copy, and the context takes
 * that when nothing can fail any more.
 *
 * The packed form wraps what the inner package packs.  It carries no MAC: it
 * travels in the sealed envelope only.  Layout: docs/formats/packed-negotiate.md.
 */
#ifndef SSP_NEGOTIATE_HALF_H
#define SSP_NEGOTIATE_HALF_H

#include "base/secret.h"
#include "packages/negotiate/mech.h"

enum nego_state {
    NEGO_ST_START,  /* nothing has been said, or not all of the first token has come */
    NEGO_ST_HINTED, /* acceptor: it spoke first, and awaits NegTokenInit */
    NEGO_ST_REPLY,  /* initiator: awaits the first NegTokenResp */
    NEGO_ST_TOKENS, /* a token of the inner package is awaited */
    NEGO_ST_MIC,    /* the inner handshake is over: awaits the peer's last word */
    NEGO_ST_RAW,    /* acceptor: the inner package's tokens come and go as they are */
    NEGO_ST_DONE,   /* over, though some of our last token may not have been given out */
    NEGO_ST_DEAD,   /* it failed when the inner handshake had gone on already */
};

enum {
    NEGO_HALF_VERSION = 1,
    NEGO_HALF_MAX = 64 * 1024,
    NEGO_LIST_MAX = 4096, /* bytes of a MechTypeList: it is kept until the MIC is checked */
};

struct nego_half {
    enum nego_state state;
    bool accept;
    bool is_started;  /* the handshake of the chosen package */
    bool is_finished; /* it is over */
    bool needs_mic;   /* RFC 4178 5, if the inner context signs messages */
    bool mic_sent;
    bool mic_seen;              /* the peer's, and it was right */
    bool is_retry;              /* rest is the whole answer to a leg whose buffer was short */
    uint32_t asked;             /* ISC_REQ_* or ASC_REQ_* of the legs so far */
    enum nego_package package;  /* chosen for now; NEGO_PACKAGES: none */
    struct nego_choice offered; /* initiator: the favourite's token went with the list */
    uint32_t attributes;        /* of the inner context, so far */
    int64_t expiry;             /* FILETIME */
    struct secret list;         /* MechTypeList as it went or came */
    struct str16 target;        /* initiator */
    struct secret partial;      /* of the peer's token, as much as has come */
    struct secret rest;         /* of our token, what has not been given out */
    struct secret answered;     /* with is_retry: the peer's token that rest is the answer to */
};

enum ssp_err nego_half_new(bool accept, struct nego_half **ret); /* NO_MEMORY */
enum ssp_err nego_half_copy(const struct nego_half *half, struct nego_half **ret);
void nego_half_free(struct nego_half *half);   /* wipes; NULL is fine */
void nego_half_freep(struct nego_half **half); /* for ssp_cleanup() */

/* inner is what the inner package packed; empty without one.  TOO_LARGE (in out->err). */
void nego_half_pack(const struct nego_half *half, struct view inner, struct wr *out);

/* BAD_PACKED for anything that we would not have written; NO_MEMORY.  The view is into packed. */
enum ssp_err nego_half_unpack(struct view packed, struct nego_half **ret, struct view *ret_inner);

#endif
