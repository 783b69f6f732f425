/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of clients: what a package calls its credential, behind an id that is the client's.
 */
#ifndef SSP_LSA_CRED_H
#define SSP_LSA_CRED_H

#include "lsa/owned.h"
#include "lsa/package.h"
#include "lsa/port.h"

struct lsa_cred {
    struct owned owned;
    struct package *package;
    LSA_SEC_HANDLE handle; /* the package's name for it; 0: not made yet */
    struct logon *made;    /* sessions that the package made for it */
};

/* A package's status; SEC_E_SECPKG_NOT_FOUND, SEC_E_NO_CREDENTIALS (no such logon session of this
 * client), SEC_E_UNSUPPORTED_FUNCTION (the package leaves the call out), SEC_E_INVALID_HANDLE. */
SECURITY_STATUS lsa_cred_acquire(struct client *client, const struct lsa_acquire *what,
                                 uint64_t *ret_cred, TimeStamp *ret_expiry);
SECURITY_STATUS lsa_cred_add(struct client *client, uint64_t id, const struct lsa_acquire *what,
                             TimeStamp *ret_expiry);
SECURITY_STATUS lsa_cred_free(struct client *client, uint64_t id);
SECURITY_STATUS lsa_cred_query(struct client *client, uint64_t id, ULONG attribute, void *ret);
SECURITY_STATUS lsa_cred_set(struct client *client, uint64_t id, ULONG attribute, void *value,
                             ULONG size);

/* In use by the caller until lsa_cred_put(); BAD_HANDLE. */
enum ssp_err lsa_cred_get(struct client *client, uint64_t id, struct lsa_cred **ret);
void lsa_cred_put(struct lsa_cred **cred); /* for ssp_cleanup(); NULL is fine */

void lsa_cred_destroy(void *cred); /* for the LSA's table */

#endif
