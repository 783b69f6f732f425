/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The call that a thread is in.
 *
 * What the LSA offers packages (support.h) are plain functions without a word
 * about whom they are called for: Windows' LSA knows it by the thread.  So does
 * this one.  Every call into a package is made inside a struct call; calls nest,
 * since a package may call another one.
 */
#ifndef SSP_LSA_CALL_H
#define SSP_LSA_CALL_H

#include <ntsecpkg.h>

#include "base/caller.h"

struct audit_logon;
struct client;
struct logon;
struct lsa;
struct lsa_acquire;
struct package;

struct call { /* on the stack of the caller; ssp_cleanup(call_end) */
    struct lsa *lsa;
    struct client *client;         /* NULL: the LSA's own business, such as starting a package */
    const struct package *package; /* the one that is called; NULL: several, one by one */
    ULONG attributes;              /* SECPKG_CALL_* */
    ULONG number;                  /* counts the calls of the client */
    const struct lsa_acquire *acquire; /* what the client acquires, in such a call; or NULL */
    struct audit_logon *notes;         /* of the caller, who wants to know who logs on; or NULL */
    HANDLE *token;      /* of a nested call: keeps the token that it gives the client;
                         * NULL: the client gets it */
    struct logon *made; /* logon sessions made in this call, linked by their next */
    struct call *outer;
    struct caller caller_before; /* what packages asked before (base/caller.h) */
};

/* call stays where it is until call_end(). */
void call_begin(struct call *call, struct lsa *lsa, struct client *client,
                const struct package *package, ULONG attributes);

/* Ends the logon sessions that nobody has taken over. */
void call_end(struct call *call);

struct call *call_current(void);   /* NULL when the thread is in none */
struct call *call_of_client(void); /* and when it is the LSA's own business */

#endif
