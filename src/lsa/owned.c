/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/owned.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/core.h"

static struct idmap *table_of(const struct client *client, enum owned_kind kind)
{
    return client->lsa->tables[kind];
}

/* Under the client's lock. */
static enum ssp_err charge(struct client *client, enum owned_kind kind)
{
    if (client->n[kind] >= client->limits.max[kind])
        return ssp_fail(OVER_QUOTA);
    if (client->door->charge != NULL)
        SSP_TRY(client->door->charge(client, kind));
    client->n[kind]++;
    return SSP_OK;
}

enum ssp_err owned_init(struct owned *owned, struct client *client, enum owned_kind kind)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    SSP_TRY(charge(client, kind));
    owned->client = client_ref(client);
    owned->kind = kind;
    return SSP_OK;
}

static enum ssp_err grow(struct owned *owned, size_t n, bool is_there)
{
    struct client *client = owned->client;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    if (n == 0 || client->door->charge_bytes == NULL)
        return SSP_OK;
    SSP_TRY(client->door->charge_bytes(client, n, is_there));
    owned->bytes += n;
    return SSP_OK;
}

enum ssp_err owned_grow(struct owned *owned, size_t n)
{
    return grow(owned, n, false);
}

void owned_has_grown(struct owned *owned, size_t n)
{
    if (grow(owned, n, true) != SSP_OK)
        trace(TRACE_ERROR, "bytes that are there cannot be refused");
}

/* Under the client's lock. */
static void refund_bytes(struct owned *owned, size_t n)
{
    size_t less = n < owned->bytes ? n : owned->bytes;

    if (less == 0)
        return;
    owned->client->door->refund_bytes(owned->client, less);
    owned->bytes -= less;
}

void owned_shrink(struct owned *owned, size_t n)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&owned->client->lock);

    refund_bytes(owned, n);
}

size_t owned_bytes(struct owned *owned)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&owned->client->lock);

    return owned->bytes;
}

static void uncharge(struct owned *owned)
{
    struct client *client = owned->client;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    refund_bytes(owned, SIZE_MAX);
    client->n[owned->kind]--;
    if (client->door->refund != NULL)
        client->door->refund(client, owned->kind);
}

void owned_done(struct owned *owned)
{
    if (owned->client == NULL)
        return;
    uncharge(owned);
    client_unref(&owned->client);
}

static void link_to_client(struct owned *owned)
{
    struct client *client = owned->client;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    owned->next = client->first[owned->kind];
    if (owned->next != NULL)
        owned->next->prev = owned;
    client->first[owned->kind] = owned;
}

static void unlink_from_client(struct owned *owned)
{
    struct client *client = owned->client;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    if (owned->next != NULL)
        owned->next->prev = owned->prev;
    *(owned->prev != NULL ? &owned->prev->next : &client->first[owned->kind]) = owned->next;
    owned->prev = NULL;
    owned->next = NULL;
}

enum ssp_err owned_publish(struct owned *owned, uint64_t *ret_id)
{
    uint64_t id = 0;

    /* First the list: in the table, another thread may close it at once. */
    link_to_client(owned);
    enum ssp_err e = idmap_add(table_of(owned->client, owned->kind), owned, &id);
    if (e != SSP_OK) {
        unlink_from_client(owned);
        return e;
    }
    atomic_store(&owned->id, id);
    *ret_id = id;
    return SSP_OK;
}

enum ssp_err owned_get(struct client *client, enum owned_kind kind, uint64_t id, struct owned **ret)
{
    struct owned *owned = idmap_get(table_of(client, kind), id);

    if (owned == NULL)
        return ssp_fail(BAD_HANDLE);
    /* An id that was guessed before its owner knows it is as good as unknown. */
    if (!client_may_use(client, kind, owned->client) || atomic_load(&owned->id) != id) {
        idmap_put(table_of(client, kind), id);
        return ssp_fail(BAD_HANDLE);
    }
    *ret = owned;
    return SSP_OK;
}

void owned_put(struct owned *owned)
{
    if (owned != NULL)
        idmap_put(table_of(owned->client, owned->kind), atomic_load(&owned->id));
}

enum ssp_err owned_close(struct client *client, enum owned_kind kind, uint64_t id)
{
    struct owned *owned = NULL;

    SSP_TRY(owned_get(client, kind, id, &owned));
    if (owned->client != client) { /* lent: it stays its owner's */
        owned_put(owned);
        return SSP_OK;
    }
    bool closed = idmap_close(table_of(client, kind), id);
    if (closed)
        unlink_from_client(owned);
    owned_put(owned);
    return closed ? SSP_OK : ssp_fail(BAD_HANDLE);
}

static uint64_t first_id(struct client *client, enum owned_kind kind)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&client->lock);

    return client->first[kind] != NULL ? atomic_load(&client->first[kind]->id) : 0;
}

void owned_close_all(struct client *client, enum owned_kind kind)
{
    /* Ends, since each turn takes one off the list, and nobody adds any more. */
    for (uint64_t id = first_id(client, kind); id != 0; id = first_id(client, kind))
        if (owned_close(client, kind, id) != SSP_OK)
            return;
}
