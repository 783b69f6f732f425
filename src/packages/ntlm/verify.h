/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who says that a client's answer to a challenge is right: a SAM file here, a
 * domain controller in winbind.h.  A port, so that the acceptor knows neither.
 *
 * A verifier fails closed: whatever goes wrong, nobody is let in.  How long it
 * takes does not depend on whether the user exists, where that is ours to decide.
 */
#ifndef SSP_NTLM_VERIFY_H
#define SSP_NTLM_VERIFY_H

#include "packages/ntlm/config.h"
#include "packages/ntlm/v2.h"

struct ntlm_login {           /* what the client answered; all borrowed */
    const struct str16 *user; /* as it came; not empty */
    const struct str16 *domain;
    const struct str16 *workstation; /* NULL: not known */
    uint32_t flags;                  /* as negotiated */
    const uint8_t *server;           /* ServerChallenge */
    struct view nt;                  /* responses as they came */
    struct view lm;
};

enum { NTLM_SID_HEAD = 8, NTLM_SID_MAX = 68 }; /* bytes, with no and with 15 sub-authorities */

struct ntlm_sid { /* [MS-DTYP] 2.4.2, as it lies in memory */
    uint8_t b[NTLM_SID_MAX];
    size_t n; /* 0: none is known */
};

struct ntlm_verdict {    /* ssp_cleanup(ntlm_verdict_wipe) */
    struct str16 user;   /* the account, by its own name: what the client wrote was a claim */
    struct str16 domain; /* the account's, or this machine's name when it is local */
    struct ntlm_sid sid; /* the account's, where accounts have one */
    struct key session_base_key;
    bool is_v2;
};

struct ntlm_verifier {
    /* LOGON_DENIED for an unknown user and a wrong answer alike, and when accounts cannot be read
     * (which is logged); NO_AUTHORITY when somebody else has them and cannot be asked; NO_MEMORY.
     */
    enum ssp_err (*verify)(const struct ntlm_verifier *self, const struct ntlm_login *login,
                           struct ntlm_verdict *ret);
};

/* The accounts of sam.h. */
struct ntlm_sam_verifier {
    struct ntlm_verifier verifier;    /* first: what a pointer to it points to */
    const struct ntlm_config *config; /* borrowed: accounts, minimum */
};

void ntlm_sam_verifier_init(struct ntlm_sam_verifier *sam, const struct ntlm_config *config);

void ntlm_verdict_wipe(struct ntlm_verdict *verdict);

#endif
