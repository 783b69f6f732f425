/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leg of a handshake, in either role: a pure step from what stands and what
 * came in to what goes out and stands then.  It reads no file and no clock but
 * through its environment, and changes nothing that it was given: the caller
 * puts the result in place when nothing can fail any more.
 *
 * Each role is a table of steps by state (init.c, accept.c).  A step takes the
 * peer's message, then makes ours.
 */
#ifndef SSP_NTLM_LEG_H
#define SSP_NTLM_LEG_H

#include <ntsecpkg.h>

#include "base/clock.h"
#include "crypto/rand.h"
#include "packages/ntlm/authenticate.h"
#include "packages/ntlm/challenge.h"
#include "packages/ntlm/half.h"
#include "packages/ntlm/pack.h"
#include "packages/ntlm/reqs.h"
#include "packages/ntlm/verify.h"

struct ntlm_env { /* what handshakes depend on; all borrowed */
    const struct ntlm_config *config;
    const struct ntlm_verifier *verifier;
    const struct clock *clock;
    const struct rand *rand;
    struct ntlm_version version;          /* what we say we are; means nothing to the protocol */
    const LSA_SECPKG_FUNCTION_TABLE *lsa; /* hears who was not let in; NULL: nobody does */
    bool fips;                            /* MD4 and RC4 are not approved: no NTLM at all then */
};

struct ntlm_leg {               /* what the application passed; all borrowed */
    uint32_t asked;             /* ISC_REQ_* or ASC_REQ_* */
    struct view token;          /* empty: none */
    struct view bindings;       /* a SEC_CHANNEL_BINDINGS block; empty: none */
    const struct str16 *target; /* initiator; NULL: none */
};

struct ntlm_turn { /* what a leg yields; ssp_cleanup(ntlm_turn_wipe) */
    bool is_done;
    struct secret token;    /* for the peer; may be empty */
    uint32_t attributes;    /* ISC_RET_* or ASC_RET_*, so far */
    int64_t expiry;         /* FILETIME */
    struct ntlm_half *half; /* how the handshake stands; NULL when done */
    struct ntlm_core core;  /* when done: the context, but for logon session and token */
    struct ntlm_names names;
    struct str16 workstation; /* acceptor: what the client calls its machine */
    struct ntlm_sid sid;      /* acceptor: the client's, where its accounts have one */
};

/*
 * half is NULL on the first leg, when cred counts; later the half's own does.
 * Errors of both: UNSUPPORTED where NTLM is not allowed, or in FIPS mode;
 * BAD_TOKEN for a malformed token or one of another leg; BAD_ARGUMENT for bad
 * channel bindings; NO_CREDS for a credential of the other direction;
 * QOS_FAILED, UNSUPPORTED from reqs.h; NO_MEMORY; INTERNAL without randomness.
 *
 * Initiator: LOGON_DENIED when the server does not name itself and messages are
 * to be protected.
 *
 * Acceptor: LOGON_DENIED for whatever makes the answer wrong, a bad or missing
 * MIC included; NO_AUTHORITY when the accounts are a domain's and it cannot be
 * asked; BAD_BINDINGS, WRONG_PRINCIPAL, TIME_SKEW as configured.
 */
enum ssp_err ntlm_init_leg(const struct ntlm_env *env, struct ntlm_cred *cred,
                           const struct ntlm_half *half, const struct ntlm_leg *leg,
                           struct ntlm_turn *ret);
enum ssp_err ntlm_accept_leg(const struct ntlm_env *env, struct ntlm_cred *cred,
                             const struct ntlm_half *half, const struct ntlm_leg *leg,
                             struct ntlm_turn *ret);

/* ISC_RET_* or ASC_RET_* of a handshake that stands there. */
uint32_t ntlm_leg_attributes(const struct ntlm_half *half);

/* UNSUPPORTED where the configuration or FIPS mode rules NTLM out. */
enum ssp_err ntlm_env_allows(const struct ntlm_env *env);

void ntlm_turn_wipe(struct ntlm_turn *turn);

/* ---- For the steps ----------------------------------------------------- */

struct ntlm_work { /* one leg being done; ssp_cleanup(ntlm_work_wipe) */
    const struct ntlm_env *env;
    const struct ntlm_leg *leg;
    const struct ntlm_half *now; /* an empty one on the first leg */
    struct ntlm_half *next;      /* being made; begins with what lasts of now */
    struct ntlm_reqs reqs;
    struct wr out; /* our message */
    struct ntlm_turn turn;
    uint32_t flags;          /* as they stand */
    struct key exported_key; /* when done */
    /* What came in; borrows from the leg's token. */
    struct ntlm_challenge challenge; /* initiator */
    struct ntlm_av av;               /* initiator: the server's list; acceptor: the client's */
    struct ntlm_authenticate answer; /* acceptor */
};

struct ntlm_step {
    enum ssp_err (*take)(struct ntlm_work *work);
    enum ssp_err (*make)(struct ntlm_work *work);
    enum ntlm_state next;
};

/* Runs the step of the half's state; no step there: BAD_TOKEN. */
enum ssp_err ntlm_leg_run(const struct ntlm_step steps[NTLM_ST_DONE], struct ntlm_work *work,
                          struct ntlm_cred *cred, struct ntlm_turn *ret);

/* The context's side, when the handshake is over: keys, times, attributes. */
void ntlm_leg_finish(struct ntlm_work *work, enum ntlm_side side);

/* A name in the character set agreed upon: BAD_ARGUMENT (in out->err) when OEM cannot say it;
 * BAD_TOKEN for bytes that are no name. */
void ntlm_text_encode(uint32_t flags, const struct str16 *text, struct wr *out);
enum ssp_err ntlm_text_decode(uint32_t flags, struct view bytes, struct str16 *ret);

void ntlm_work_wipe(struct ntlm_work *work);

#endif
