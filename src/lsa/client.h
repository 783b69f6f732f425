/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of the LSA: a process, with its credentials and contexts.
 *
 * Nothing in the LSA but local.c takes the client for this very process: who
 * calls, and which descriptors it has, the LSA learns through the client's door.
 * What packages take for the client's memory is the LSA's own: lsad's clients
 * send what they ask with, and are sent what was written for them.
 *
 * What a client makes the LSA keep is charged to it and limited, so that one
 * client cannot use up what others need.
 */
#ifndef SSP_LSA_CLIENT_H
#define SSP_LSA_CLIENT_H

#include <ntsecpkg.h>

#include "base/fork_lock.h"
#include "base/rd.h"
#include "base/ref.h"

#include <sys/types.h>

struct client;
struct logon;
struct lsa;
struct owned;
struct ticket_id;

enum owned_kind { OWNED_CRED, OWNED_CTX, OWNED_KINDS };

struct client_door {
    ULONG attributes; /* SECPKG_CALL_* of every call: IN_PROC */
    /* Who is calling: asked each time, since a process may change its user, or be a child. */
    uid_t (*uid)(struct client *client);
    pid_t (*pid)(struct client *client);
    pid_t (*tid)(struct client *client);
    enum ssp_err (*give_handle)(struct client *client, HANDLE handle, HANDLE *ret_there);
    NTSTATUS (*impersonate)(struct client *client); /* the calling thread */
    /* Beyond the client's own limits, such as those of its user; NULL: there are none.  What was
     * charged is refunded.  OVER_QUOTA. */
    enum ssp_err (*charge)(struct client *client, enum owned_kind kind);
    void (*refund)(struct client *client, enum owned_kind kind);
    /* The same of bytes, beyond those that each thing of a kind counts with; NULL: nobody counts.
     * OVER_QUOTA, unless they are there already. */
    enum ssp_err (*charge_bytes)(struct client *client, size_t n, bool is_there);
    void (*refund_bytes)(struct client *client, size_t n);
    /* The ticket is no more, whatever comes of the claim; NULL: nobody counts. */
    void (*claimed)(struct client *client, const struct ticket_id *ticket);
    void (*forget)(struct client *client); /* the last that is called; NULL: nothing to forget */
};

struct client_limits {
    size_t max[OWNED_KINDS];
};

struct client { /* shared; client_unref() */
    struct ref ref;
    struct lsa *lsa;
    const struct client_door *door;
    struct client_limits limits;
    void *host;            /* whatever the door needs to know; until forget() */
    struct client *lender; /* referred to; whose credentials it may use, too; NULL: nobody's */
    struct logon *logon;   /* its own session */
    atomic_uint calls;
    struct fork_lock lock;
    struct owned *first[OWNED_KINDS]; /* under the lock: what is open */
    size_t n[OWNED_KINDS];            /* under the lock: what exists */
};

/* NO_MEMORY, INTERNAL. */
enum ssp_err client_new(struct lsa *lsa, const struct client_door *door,
                        const struct client_limits *limits, void *host, struct client **ret);

/* From now on the client may use the lender's credentials: it is a child of that process. */
void client_borrow(struct client *client, struct client *lender);
bool client_may_use(struct client *client, enum owned_kind kind, const struct client *owner);

/* Closes everything the client has.  No call of it may be running. */
void client_close(struct client **client);

struct client *client_ref(struct client *client);
void client_unref(struct client **client);

ULONG client_count_call(struct client *client); /* the number of this call */
size_t client_count(struct client *client, enum owned_kind kind);

#endif
