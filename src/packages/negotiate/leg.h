/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leg of a negotiation, in either role (init.c, accept.c): from how it stands
 * and what came in to what goes out and stands then.
 *
 * The half is a copy, and the inner handshake that stands is touched last; so a
 * leg that fails leaves the context as it was.  There is one exception: when the
 * inner handshake has gone on and then something fails, such as the mechListMIC,
 * there is no way back, and the negotiation is over.
 */
#ifndef SSP_NEGOTIATE_LEG_H
#define SSP_NEGOTIATE_LEG_H

#include "packages/negotiate/cred.h"
#include "packages/negotiate/half.h"
#include "packages/negotiate/room.h"
#include "packages/negotiate/token.h"

struct nego_leg {   /* what the application passed; all borrowed */
    uint32_t asked; /* ISC_REQ_* or ASC_REQ_* */
    uint32_t data_rep;
    struct view token;          /* whole; empty: none */
    struct view bindings;       /* a SEC_CHANNEL_BINDINGS block; empty: none */
    const struct str16 *target; /* initiator; NULL: none */
};

struct nego_work { /* one leg being done; ssp_cleanup(nego_work_wipe) */
    const struct nego_env *env;
    struct nego_leg leg;
    struct nego_cred *cred;           /* NULL: none, with an imported context */
    POPENSSPI_INNER_CONTEXT standing; /* the context's; NULL: none */
    struct nego_half *next;           /* a copy of how it stands, being changed */
    POPENSSPI_INNER_CONTEXT fresh;    /* made in this leg, to take the place of the standing one */
    bool is_moved;                    /* the standing one has gone on */
    size_t room;                      /* for our token, where nobody could keep it; SIZE_MAX: any */
    struct nego_around around;        /* what our token has beside the inner one; with room */
    size_t needed;                    /* with TOO_SMALL: for our token */
    struct secret said;               /* by the inner package in this leg; empty: nothing */
    struct wr out;                    /* our token */
    NTSTATUS status;                  /* of the inner package, with INNER */
};

/*
 * BAD_TOKEN for a malformed token, or one of another leg; DOWNGRADE for a mechListMIC that is
 * missing or wrong; LOGON_DENIED when the peer rejects; NO_PACKAGE when nothing is left to choose;
 * UNSUPPORTED for datagrams; TOO_SMALL when the room is, and then nothing has happened; BAD_HANDLE
 * without a credential where one is needed; INNER; NO_MEMORY.
 */
enum ssp_err nego_init_leg(struct nego_work *work);
enum ssp_err nego_accept_leg(struct nego_work *work);

/* On failure, what the peer is to hear: a NegTokenResp that rejects.  Nothing (an empty out) where
 * the peer does not speak SPNEGO, or when memory runs out. */
void nego_leg_reject(struct nego_work *work);

void nego_work_wipe(struct nego_work *work);

/* ---- For the roles ----------------------------------------------------- */

/* A first leg with that package, in the place of the standing handshake. */
enum ssp_err nego_inner_start(struct nego_work *work, enum nego_package package, struct view token);

/* The next leg of the one that there is; begins it if an acceptor has not yet. */
enum ssp_err nego_inner_step(struct nego_work *work, struct view token);

/* Whether the inner context signs messages, and so can protect the list. */
bool nego_has_integrity(const struct nego_work *work);

/* Verifies the peer's mechListMIC where the inner context can; DOWNGRADE when it is wrong. */
enum ssp_err nego_mic_take(struct nego_work *work, bool has_mic, struct view mic);

/* Encodes a NegTokenResp into work->out, with what the inner package said and, with sign, our
 * mechListMIC. */
enum ssp_err nego_answer(struct nego_work *work, enum nego_verdict verdict, struct view oid,
                         bool sign);

/* Instead of what it was; nothing (which cannot fail) for none. */
enum ssp_err nego_secret_set(struct secret *secret, struct view bytes);

#endif
