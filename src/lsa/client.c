/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/client.h"

#include "base/cleanup.h"
#include "lsa/logon.h"
#include "lsa/owned.h"

#include <stdlib.h>

enum ssp_err client_new(struct lsa *lsa, const struct client_door *door,
                        const struct client_limits *limits, void *host, struct client **ret)
{
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL)
        return ssp_fail(NO_MEMORY);
    *client = (struct client){
        .ref = REF_INIT, .lsa = lsa, .door = door, .limits = *limits, .host = host
    };

    enum ssp_err e = fork_lock_init(&client->lock);
    if (e != SSP_OK) {
        free(client);
        return e;
    }
    e = logon_new(lsa, door->uid(client), (LUID){ 0 }, &client->logon);
    if (e != SSP_OK) { /* it never was: the door has nothing to forget */
        fork_lock_destroy(&client->lock);
        free(client);
        return e;
    }
    *ret = client;
    return SSP_OK;
}

void client_borrow(struct client *client, struct client *lender)
{
    client->lender = client_ref(lender);
}

/* Credentials survive fork(), contexts do not. */
bool client_may_use(struct client *client, enum owned_kind kind, const struct client *owner)
{
    if (kind != OWNED_CRED)
        return client == owner;
    while (client != NULL && client != owner)
        client = client->lender;
    return client != NULL;
}

void client_close(struct client **client)
{
    if (*client == NULL)
        return;
    for (enum owned_kind kind = OWNED_CRED; kind < OWNED_KINDS; kind++)
        owned_close_all(*client, kind);
    client_unref(client);
}

struct client *client_ref(struct client *client)
{
    ref_take(&client->ref);
    return client;
}

static void client_free(struct client *client)
{
    logon_unref(&client->logon);
    fork_lock_destroy(&client->lock);
    if (client->door->forget != NULL)
        client->door->forget(client);
    free(client);
}

/* With the last borrower its lender may go, and so on up. */
void client_unref(struct client **client)
{
    struct client *gone = ssp_steal(client);

    while (gone != NULL && ref_drop(&gone->ref)) {
        struct client *lender = gone->lender;

        client_free(gone);
        gone = lender;
    }
}

ULONG client_count_call(struct client *client)
{
    return atomic_fetch_add_explicit(&client->calls, 1, memory_order_relaxed) + 1;
}

size_t client_count(struct client *client, enum owned_kind kind)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    return client->n[kind];
}
