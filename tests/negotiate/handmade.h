/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer of Negotiate that is made by hand: SPNEGO by the codec alone, around a
 * party that speaks bare NTLM.  So it can say what no peer should.
 */
#ifndef SSP_TEST_HANDMADE_H
#define SSP_TEST_HANDMADE_H

#include "harness/harness.h"
#include "harness/loopback.h"
#include "harness/world.h"
#include "packages/negotiate/mech.h"
#include "packages/negotiate/token.h"

struct hand { /* what it says next; token and mic are the job's and its own */
    struct view oids[4];
    size_t n_oids;
    struct nego_resp resp;
    uint8_t mic[64];
    ULONG mic_n;
};

/* Whom a case is about: a Negotiate party, and the bare NTLM party inside its peer. */
struct bout {
    struct party nego;
    struct party ntlm;
    struct hand hand;
    struct job job; /* the token that is on its way */
};

void bout_begin(struct bout *bout, bool nego_accepts);
void bout_end(struct bout *bout);

/* One leg of the party with what is in the job. */
SECURITY_STATUS bout_nego(struct bout *bout);
SECURITY_STATUS bout_ntlm(struct bout *bout);

/* The job, a bare token, becomes a NegTokenInit with hand.oids, or hand.resp with that token (if
 * there is one). */
void bout_wrap_init(struct bout *bout);
void bout_wrap_resp(struct bout *bout);

/* The job, a NegTokenResp (a NegTokenInit), becomes what is inside; what it said. */
struct nego_resp bout_unwrap_resp(struct bout *bout);
struct nego_init bout_unwrap_init(struct bout *bout);

/* The list of hand.oids, and the peer's signature over it. */
struct view bout_list(const struct bout *bout);
void bout_sign_list(struct bout *bout);
SECURITY_STATUS bout_verify_list(struct bout *bout, struct view list, struct view mic);

struct view oid_of(enum nego_mech mech);

#endif
