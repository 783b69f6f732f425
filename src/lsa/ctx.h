/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LSA contexts of clients: handshakes, half-done or over.  A context lives until
 * the client deletes it.
 *
 * Calls on one context are made one after the other, calls on different ones at
 * the same time.  A context does not survive fork(): the child's copy is not
 * valid there, and goes without a word to the package, whose keys are gone.
 */
#ifndef SSP_LSA_CTX_H
#define SSP_LSA_CTX_H

#include "lsa/owned.h"
#include "lsa/package.h"
#include "lsa/port.h"

struct lsa_ctx {
    struct owned owned;
    struct package *package;
    LSA_SEC_HANDLE handle; /* the package's name for it; 0: not made yet */
    bool accept;           /* which role */
    bool mapped;           /* the user half has it */
    uint64_t epoch;        /* fork_epoch() when it was made */
    pthread_mutex_t lock;  /* held during a call into the package */
    struct logon *made;    /* sessions that the package made for it */
};

/* An object without a handle, not in the table yet; lsa_ctx_delete() or lsa_ctx_publish().
 * OVER_QUOTA, NO_MEMORY. */
enum ssp_err lsa_ctx_new(struct client *client, struct package *package, bool accept,
                         struct lsa_ctx **ret);
void lsa_ctx_delete(struct lsa_ctx **ctx); /* for ssp_cleanup(); the package's part too */

/* Hands it to the table; *ctx is NULL then. */
enum ssp_err lsa_ctx_publish(struct lsa_ctx **ctx, uint64_t *ret_id);

/* In use by the caller, and locked, until lsa_ctx_put().  BAD_HANDLE. */
enum ssp_err lsa_ctx_get(struct client *client, uint64_t id, struct lsa_ctx **ret);
void lsa_ctx_put(struct lsa_ctx **ctx); /* for ssp_cleanup(); NULL is fine */

void lsa_ctx_destroy(void *ctx); /* for the LSA's table */

/* A package's status; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION when the package leaves the
 * call out. */
SECURITY_STATUS lsa_ctx_free(struct client *client, uint64_t id);
SECURITY_STATUS lsa_ctx_control(struct client *client, uint64_t id, PSecBufferDesc input);
SECURITY_STATUS lsa_ctx_query(struct client *client, uint64_t id, ULONG attribute, void *ret);
SECURITY_STATUS lsa_ctx_set(struct client *client, uint64_t id, ULONG attribute, void *value,
                            ULONG size);

#endif
