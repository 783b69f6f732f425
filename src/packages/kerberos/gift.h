/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials that clients delegated, each with the logon session of its client:
 * whoever acquires a credential for that session gets a copy, and they are
 * forgotten when the session ends.
 */
#ifndef SSP_KERBEROS_GIFT_H
#define SSP_KERBEROS_GIFT_H

#include <ntsecpkg.h>

#include "base/fork_lock.h"
#include "base/ref.h"
#include "packages/kerberos/port.h"

struct krb_gift { /* shared */
    struct ref ref;
    const struct krb_port *port;
    struct krb_tickets *tickets; /* owned */
    LUID logon;                  /* once it is in a list */
    struct krb_gift *next;
};

/* Takes the tickets over in any case.  NO_MEMORY. */
enum ssp_err krb_gift_new(const struct krb_port *port, struct krb_tickets *tickets,
                          struct krb_gift **ret);
struct krb_gift *krb_gift_ref(struct krb_gift *gift);
void krb_gift_unref(struct krb_gift *gift); /* NULL is fine */

struct krb_gifts {
    struct fork_lock lock;
    struct krb_gift *first;
};

enum ssp_err krb_gifts_init(struct krb_gifts *gifts); /* NO_MEMORY */
void krb_gifts_done(struct krb_gifts *gifts);         /* nothing happens to zeroed ones */

/* Cannot fail; refers to the gift, which is in no list yet. */
void krb_gifts_add(struct krb_gifts *gifts, struct krb_gift *gift, LUID logon);
void krb_gifts_forget(struct krb_gifts *gifts, LUID logon);

/* A copy of that session's tickets; NO_CREDS when it has none. */
enum ssp_err krb_gifts_copy(struct krb_gifts *gifts, LUID logon, struct krb_tickets **ret);

#endif
