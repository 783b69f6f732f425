/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Kerberos credential: tickets for the initiator, a service's name for the
 * acceptor, whose keys stay in the keytab.
 *
 * A password is not tried before the first ticket is wanted, and is kept as long
 * as tickets run out and new ones can be had with it.
 */
#ifndef SSP_KERBEROS_CRED_H
#define SSP_KERBEROS_CRED_H

#include <ntsecpkg.h>

#include "base/clock.h"
#include "base/fork_lock.h"
#include "crypto/rand.h"
#include "packages/kerberos/config.h"
#include "packages/kerberos/delegation.h"
#include "packages/kerberos/returned.h"

struct krb_env { /* what handshakes depend on; all borrowed */
    const struct krb_config *config;
    const struct krb_port *port;
    const struct clock *clock;
    const struct rand *rand;
    struct krb_delegations *delegations;
    struct krb_returned *returned;
    const LSA_SECPKG_FUNCTION_TABLE *lsa; /* hears who was not let in; NULL: nobody does */
};

struct krb_cred { /* several handshakes may use it at a time */
    const struct krb_port *port;
    bool inbound;
    bool outbound;
    char *service;               /* inbound: whose name it is; NULL: all that the keytab has */
    char *client;                /* outbound: "user@REALM"; NULL: whoever the tickets are of */
    struct secret password;      /* outbound, closed by 0; empty: none */
    struct fork_lock lock;       /* for the two below, and never while somebody is asked */
    struct krb_tickets *tickets; /* NULL: not had yet */
    int64_t expiry;              /* theirs */
    uid_t uid;                   /* whose cache they are from */
    bool is_of_cache;            /* and may be looked for again when they run out */
};

struct krb_cred_request {
    uint32_t use;                  /* SECPKG_CRED_* */
    const struct str16 *principal; /* may be NULL or empty */
    const void *auth_data;         /* SEC_WINNT_AUTH_IDENTITY in any form; NULL: the user's own */
    struct krb_tickets *tickets;   /* the user's own; taken over in any case; NULL: of the cache */
    bool is_apart;                 /* from the user's process: no cache is looked into */
    bool may_accept;               /* with the keytab */
};

/*
 * BAD_ARGUMENT for a use that is neither inbound nor outbound; UNKNOWN_CREDS for
 * a malformed identity; NO_CREDS without tickets or, inbound, a keytab with keys
 * (where both are wanted, one is enough); EXPIRED; NO_MEMORY.
 */
enum ssp_err krb_cred_new(const struct krb_env *env, const struct krb_cred_request *what,
                          struct krb_cred **ret);

/* Good tickets, for the port's forget(); those of cred_new() about a login. */
enum ssp_err krb_cred_tickets(const struct krb_env *env, struct krb_cred *cred,
                              struct krb_tickets **ret);

/* FILETIME; FILETIME_NEVER when it is not known. */
int64_t krb_cred_expiry(struct krb_cred *cred);

/* NO_CREDS for one without a name. */
enum ssp_err krb_cred_name(struct krb_cred *cred, struct str16 *ret);

void krb_cred_free(struct krb_cred *cred); /* NULL is fine */

#endif
