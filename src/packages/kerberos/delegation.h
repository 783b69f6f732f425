/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials that clients delegated, each with the logon session of its client:
 * whoever acquires a credential for that session gets a copy, and they are
 * forgotten when the session ends.
 */
#ifndef SSP_KERBEROS_DELEGATION_H
#define SSP_KERBEROS_DELEGATION_H

#include <ntsecpkg.h>

#include "base/fork_lock.h"
#include "base/ref.h"
#include "packages/kerberos/port.h"

struct krb_delegation { /* shared */
    struct ref ref;
    const struct krb_port *port;
    struct krb_tickets *tickets; /* owned */
    LUID logon;                  /* once it is in a list */
    struct krb_delegation *next;
};

/* Takes the tickets over in any case.  NO_MEMORY. */
enum ssp_err krb_delegation_new(const struct krb_port *port, struct krb_tickets *tickets,
                                struct krb_delegation **ret);
struct krb_delegation *krb_delegation_ref(struct krb_delegation *delegation);
void krb_delegation_unref(struct krb_delegation *delegation); /* NULL is fine */

struct krb_delegations {
    struct fork_lock lock;
    struct krb_delegation *first;
};

enum ssp_err krb_delegations_init(struct krb_delegations *delegations); /* NO_MEMORY */
void krb_delegations_done(struct krb_delegations *delegations); /* nothing happens to zeroed ones */

/* Cannot fail; refers to the delegation, which is in no list yet. */
void krb_delegations_add(struct krb_delegations *delegations, struct krb_delegation *delegation,
                         LUID logon);
void krb_delegations_forget(struct krb_delegations *delegations, LUID logon);

/* A copy of that session's tickets; NO_CREDS when it has none. */
enum ssp_err krb_delegations_copy(struct krb_delegations *delegations, LUID logon,
                                  struct krb_tickets **ret);

#endif
