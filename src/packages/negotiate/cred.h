/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Negotiate credential: one of each package that may be negotiated and has one
 * for this principal, use and identity.
 */
#ifndef SSP_NEGOTIATE_CRED_H
#define SSP_NEGOTIATE_CRED_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/ref.h"
#include "packages/negotiate/config.h"

struct nego_env { /* what all of this package depends on; borrowed */
    const struct nego_config *config;
    const OPENSSPI_LSA_INNER_TABLE *inner;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
};

struct nego_cred { /* shared by the handle and the contexts made with it; never changed */
    struct ref ref;
    const struct nego_env *env;
    struct nego_choice choice; /* the packages that it has credentials of */
    POPENSSPI_INNER_CREDENTIAL inner[NEGO_PACKAGES];
    bool is_anonymous; /* outbound, and wants to be nobody */
    int64_t expiry;    /* FILETIME: when the first of them ends */
};

/*
 * UNKNOWN_CREDS for a malformed identity; NO_PACKAGE when it leaves no package; NO_MEMORY; INNER
 * when no package has a credential, with the status of the favourite one in *ret_status.
 */
enum ssp_err nego_cred_new(const struct nego_env *env, const OPENSSPI_INNER_ACQUIRE *what,
                           struct nego_cred **ret, NTSTATUS *ret_status);

/* Of the first package that knows; INNER with its status. */
enum ssp_err nego_cred_query(const struct nego_cred *cred, ULONG attribute, void *ret,
                             NTSTATUS *ret_status);

struct nego_cred *nego_cred_ref(struct nego_cred *cred); /* NULL is fine */
void nego_cred_unref(struct nego_cred *cred);            /* NULL is fine */
void nego_cred_unrefp(struct nego_cred **cred);          /* for ssp_cleanup() */

#endif
