/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/delegation.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum ssp_err krb_delegation_new(const struct krb_port *port, struct krb_tickets *tickets,
                                struct krb_delegation **ret)
{
    struct krb_delegation *delegation = calloc(1, sizeof(*delegation));

    if (delegation == NULL) {
        port->forget(tickets);
        return ssp_fail(NO_MEMORY);
    }
    *delegation = (struct krb_delegation){ .ref = REF_INIT, .port = port, .tickets = tickets };
    *ret = delegation;
    return SSP_OK;
}

struct krb_delegation *krb_delegation_ref(struct krb_delegation *delegation)
{
    if (delegation != NULL)
        ref_take(&delegation->ref);
    return delegation;
}

void krb_delegation_unref(struct krb_delegation *delegation)
{
    if (delegation == NULL || !ref_drop(&delegation->ref))
        return;
    delegation->port->forget(delegation->tickets);
    free(delegation);
}

enum ssp_err krb_delegations_init(struct krb_delegations *delegations)
{
    *delegations = (struct krb_delegations){ 0 };
    return fork_lock_init(&delegations->lock);
}

void krb_delegations_done(struct krb_delegations *delegations)
{
    while (delegations->first != NULL) {
        struct krb_delegation *delegation = delegations->first;

        delegations->first = delegation->next;
        krb_delegation_unref(delegation);
    }
    fork_lock_destroy(&delegations->lock);
}

static bool is_same(LUID a, LUID b)
{
    return a.LowPart == b.LowPart && a.HighPart == b.HighPart;
}

void krb_delegations_add(struct krb_delegations *delegations, struct krb_delegation *delegation,
                         LUID logon)
{
    (void)krb_delegation_ref(delegation);
    delegation->logon = logon;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&delegations->lock);
    delegation->next = delegations->first;
    delegations->first = delegation;
}

/* Under the lock: where the delegation of that session hangs. */
static struct krb_delegation **find(struct krb_delegations *delegations, LUID logon)
{
    struct krb_delegation **at = &delegations->first;

    while (*at != NULL && !is_same((*at)->logon, logon))
        at = &(*at)->next;
    return at;
}

static struct krb_delegation *take_out(struct krb_delegations *delegations, LUID logon)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&delegations->lock);
    struct krb_delegation **at = find(delegations, logon);
    struct krb_delegation *delegation = *at;

    if (delegation != NULL)
        *at = delegation->next;
    return delegation;
}

void krb_delegations_forget(struct krb_delegations *delegations, LUID logon)
{
    krb_delegation_unref(take_out(delegations, logon));
}

static enum ssp_err copy(const struct krb_delegation *delegation, struct krb_tickets **ret)
{
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(KRB_TICKETS_MAX);

    SSP_TRY(delegation->port->pack(delegation->tickets, &packed));
    return delegation->port->unpack((struct view){ packed.p, packed.n }, ret);
}

static struct krb_delegation *ref_of(struct krb_delegations *delegations, LUID logon)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&delegations->lock);

    return krb_delegation_ref(*find(delegations, logon));
}

enum ssp_err krb_delegations_copy(struct krb_delegations *delegations, LUID logon,
                                  struct krb_tickets **ret)
{
    struct krb_delegation *delegation = ref_of(delegations, logon);

    if (delegation == NULL)
        return ssp_fail(NO_CREDS);
    enum ssp_err e = copy(delegation, ret);
    krb_delegation_unref(delegation);
    return e;
}
