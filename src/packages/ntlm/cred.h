/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An NTLM credential: a name and the hashes of a password for the initiator, a
 * name to be called by for the acceptor.
 *
 * The password becomes its NT hash at once and is not kept; the LM hash is made
 * only where the configuration lets LM responses out.  Hashes lie in the arena
 * for credentials, so they survive fork() (a pre-fork server acquires first)
 * and stay out of core dumps.
 */
#ifndef SSP_NTLM_CRED_H
#define SSP_NTLM_CRED_H

#include "base/identity.h"
#include "base/ref.h"
#include "packages/ntlm/config.h"
#include "packages/ntlm/sam.h"
#include "packages/ntlm/v1.h"

struct ntlm_hashes { /* in ARENA_CREDENTIALS */
    struct key nt;
    struct key lm; /* empty: there is none, or it is not to go out */
};

struct ntlm_cred { /* shared by the handle and the contexts made with it; never changed */
    struct ref ref;
    bool inbound;
    bool outbound;
    bool is_anonymous; /* outbound with an empty name and an empty password */
    struct str16 user; /* as it goes onto the wire; may be a UPN, then domain is empty */
    struct str16 domain;
    struct ntlm_hashes *hashes; /* NULL: inbound only, or anonymous */
    struct str16 principal;     /* inbound: "service/host" we are called by; empty: not said */
};

struct ntlm_cred_request {
    uint32_t use;                  /* SECPKG_CRED_* */
    const struct str16 *principal; /* may be NULL */
    const void *auth_data;         /* SEC_WINNT_AUTH_IDENTITY in any form; NULL: the stored one */
};

/*
 * BAD_ARGUMENT for a use that is neither inbound nor outbound; UNKNOWN_CREDS
 * for a malformed identity; NO_CREDS when an outbound credential is wanted, no
 * identity is given and there is no stored one (where both are wanted, it is
 * inbound only then); NO_MEMORY; errors of sam.h for the stored one.  UNSUPPORTED where NTLM is not
 * allowed is for the caller to say.
 */
enum ssp_err ntlm_cred_new(const struct ntlm_config *config, const struct ntlm_cred_request *what,
                           struct ntlm_cred **ret);

/* One whose parts are known already; takes nothing over.  hashes may be NULL. */
enum ssp_err ntlm_cred_of(const struct ntlm_cred *parts, struct ntlm_cred **ret);

struct ntlm_cred *ntlm_cred_ref(struct ntlm_cred *cred);
void ntlm_cred_unref(struct ntlm_cred *cred);   /* NULL is fine */
void ntlm_cred_unrefp(struct ntlm_cred **cred); /* for ssp_cleanup() */

#endif
