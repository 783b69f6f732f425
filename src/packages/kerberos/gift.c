/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/gift.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum ssp_err krb_gift_new(const struct krb_port *port, struct krb_tickets *tickets,
                          struct krb_gift **ret)
{
    struct krb_gift *gift = calloc(1, sizeof(*gift));

    if (gift == NULL) {
        port->forget(tickets);
        return ssp_fail(NO_MEMORY);
    }
    *gift = (struct krb_gift){ .ref = REF_INIT, .port = port, .tickets = tickets };
    *ret = gift;
    return SSP_OK;
}

struct krb_gift *krb_gift_ref(struct krb_gift *gift)
{
    if (gift != NULL)
        ref_take(&gift->ref);
    return gift;
}

void krb_gift_unref(struct krb_gift *gift)
{
    if (gift == NULL || !ref_drop(&gift->ref))
        return;
    gift->port->forget(gift->tickets);
    free(gift);
}

enum ssp_err krb_gifts_init(struct krb_gifts *gifts)
{
    *gifts = (struct krb_gifts){ 0 };
    return fork_lock_init(&gifts->lock);
}

void krb_gifts_done(struct krb_gifts *gifts)
{
    while (gifts->first != NULL) {
        struct krb_gift *gift = gifts->first;

        gifts->first = gift->next;
        krb_gift_unref(gift);
    }
    fork_lock_destroy(&gifts->lock);
}

static bool is_same(LUID a, LUID b)
{
    return a.LowPart == b.LowPart && a.HighPart == b.HighPart;
}

void krb_gifts_add(struct krb_gifts *gifts, struct krb_gift *gift, LUID logon)
{
    (void)krb_gift_ref(gift);
    gift->logon = logon;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&gifts->lock);
    gift->next = gifts->first;
    gifts->first = gift;
}

/* Under the lock: where the gift of that session hangs. */
static struct krb_gift **find(struct krb_gifts *gifts, LUID logon)
{
    struct krb_gift **at = &gifts->first;

    while (*at != NULL && !is_same((*at)->logon, logon))
        at = &(*at)->next;
    return at;
}

static struct krb_gift *take_out(struct krb_gifts *gifts, LUID logon)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&gifts->lock);
    struct krb_gift **at = find(gifts, logon);
    struct krb_gift *gift = *at;

    if (gift != NULL)
        *at = gift->next;
    return gift;
}

void krb_gifts_forget(struct krb_gifts *gifts, LUID logon)
{
    krb_gift_unref(take_out(gifts, logon));
}

static enum ssp_err copy(const struct krb_gift *gift, struct krb_tickets **ret)
{
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(KRB_TICKETS_MAX);

    SSP_TRY(gift->port->pack(gift->tickets, &packed));
    return gift->port->unpack((struct view){ packed.p, packed.n }, ret);
}

static struct krb_gift *ref_of(struct krb_gifts *gifts, LUID logon)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&gifts->lock);

    return krb_gift_ref(*find(gifts, logon));
}

enum ssp_err krb_gifts_copy(struct krb_gifts *gifts, LUID logon, struct krb_tickets **ret)
{
    struct krb_gift *gift = ref_of(gifts, logon);

    if (gift == NULL)
        return ssp_fail(NO_CREDS);
    enum ssp_err e = copy(gift, ret);
    krb_gift_unref(gift);
    return e;
}
