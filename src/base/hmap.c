/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of nodes, as many nodes as chains in a table.  A node that is removed
 * is used again, perhaps in another chain, while a reader stands on it.  So the
 * last link of each chain says whose end it is: a reader that comes to the end
 * of another chain than its own has been led astray, and starts again.  Nodes
 * are put in at the head of a chain, and a removed one keeps its link until it
 * is used again, so a reader that comes to its own end has passed every node
 * that was there all the time.
 *
 * A table without a free node is replaced by one of twice the size and kept as
 * it is, since a reader may still be in it.  All the old ones together are
 * smaller than the one in use, and that holds at least half of what it can,
 * or once did: coming and going does not make it grow.
 */
#include "base/hmap.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"

#define NOBODY UINT64_C(0)

enum { FIRST_SIZE = 64 };

/* A link: the index of a node, or the end of chain n.  2^31 nodes do not fit into memory. */
#define END_BIT UINT32_C(0x80000000)

struct node {
    _Atomic uint64_t handle;
    void *_Atomic obj;
    _Atomic uint32_t next;
    uint32_t next_free; /* under the lock */
};

struct table {
    struct table *older;
    uint32_t mask;       /* nodes, a power of two, less one */
    uint32_t first_free; /* under the lock; END_BIT: none */
    _Atomic uint32_t *head;
    struct node node[];
};

struct hmap {
    struct fork_lock lock;
    struct table *_Atomic table;
    atomic_size_t count;
    uint64_t seed; /* handles are somebody else's choice: long chains should not be */
};

static struct table *table_new(uint32_t size, struct table *older)
{
    struct table *t = malloc(sizeof(*t) + size * (sizeof(t->node[0]) + sizeof(t->head[0])));

    if (t == NULL)
        return NULL;
    *t = (struct table){ .older = older, .mask = size - 1 };
    t->head = (_Atomic uint32_t *)&t->node[size];
    for (uint32_t i = 0; i < size; i++) {
        atomic_init(&t->head[i], END_BIT | i);
        atomic_init(&t->node[i].handle, NOBODY);
        atomic_init(&t->node[i].obj, NULL);
        atomic_init(&t->node[i].next, END_BIT);
        t->node[i].next_free = i + 1 == size ? END_BIT : i + 1;
    }
    return t;
}

/* The finaliser of SplitMix64: every bit of the handle and the seed counts. */
static uint32_t chain_of(const struct hmap *map, const struct table *t, uint64_t handle)
{
    uint64_t x = handle ^ map->seed;

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(x ^ x >> 31) & t->mask;
}

static bool is_handle(uint64_t handle)
{
    return handle != NOBODY && handle != UINT64_MAX;
}

/* Under the lock: the link that leads to the node of a handle, or to the end of its chain. */
static _Atomic uint32_t *link_to(const struct hmap *map, struct table *t, uint64_t handle)
{
    _Atomic uint32_t *link = &t->head[chain_of(map, t, handle)];
    uint32_t i = atomic_load_explicit(link, memory_order_relaxed);

    while ((i & END_BIT) == 0 &&
           atomic_load_explicit(&t->node[i].handle, memory_order_relaxed) != handle) {
        link = &t->node[i].next;
        i = atomic_load_explicit(link, memory_order_relaxed);
    }
    return link;
}

/* Under the lock, with a node free.  Object and link before the handle, and all before the head:
 * who sees one sees those before it. */
static void put(const struct hmap *map, struct table *t, uint64_t handle, void *obj)
{
    _Atomic uint32_t *head = &t->head[chain_of(map, t, handle)];
    uint32_t i = t->first_free;
    struct node *node = &t->node[i];

    t->first_free = node->next_free;
    atomic_store_explicit(&node->obj, obj, memory_order_release);
    atomic_store_explicit(&node->next, atomic_load_explicit(head, memory_order_relaxed),
                          memory_order_release);
    atomic_store_explicit(&node->handle, handle, memory_order_release);
    atomic_store_explicit(head, i, memory_order_release);
}

static enum ssp_err grow(struct hmap *map, struct table *old)
{
    struct table *t = old->mask < END_BIT / 2 ? table_new((old->mask + 1) * 2, old) : NULL;

    if (t == NULL)
        return ssp_fail(NO_MEMORY);
    for (uint32_t i = 0; i <= old->mask; i++) /* a full table: every node is somebody's */
        put(map, t, atomic_load_explicit(&old->node[i].handle, memory_order_relaxed),
            atomic_load_explicit(&old->node[i].obj, memory_order_relaxed));
    atomic_store_explicit(&map->table, t, memory_order_release);
    return SSP_OK;
}

enum ssp_err hmap_new(struct hmap **ret)
{
    ssp_cleanup(ssp_free) struct hmap *map = malloc(sizeof(*map));
    ssp_cleanup(ssp_free) struct table *t = table_new(FIRST_SIZE, NULL);

    if (map == NULL || t == NULL)
        return ssp_fail(NO_MEMORY);
    memset(map, 0, sizeof(*map));
    if (getrandom(&map->seed, sizeof(map->seed), 0) != (ssize_t)sizeof(map->seed))
        return ssp_fail(IO);
    SSP_TRY(fork_lock_init(&map->lock));
    atomic_init(&map->table, ssp_steal(&t));
    *ret = ssp_steal(&map);
    return SSP_OK;
}

void hmap_free(struct hmap *map, void (*destroy)(void *obj))
{
    if (map == NULL)
        return;

    struct table *t = atomic_load_explicit(&map->table, memory_order_acquire);
    for (uint32_t i = 0; destroy != NULL && i <= t->mask; i++)
        if (atomic_load_explicit(&t->node[i].handle, memory_order_relaxed) != NOBODY)
            destroy(atomic_load_explicit(&t->node[i].obj, memory_order_relaxed));
    while (t != NULL) {
        struct table *older = t->older;

        free(t);
        t = older;
    }
    fork_lock_destroy(&map->lock);
    free(map);
}

enum ssp_err hmap_add(struct hmap *map, uint64_t handle, void *obj)
{
    if (!is_handle(handle))
        return ssp_fail(BAD_ARGUMENT);

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);
    struct table *t = atomic_load_explicit(&map->table, memory_order_relaxed);

    if ((atomic_load_explicit(link_to(map, t, handle), memory_order_relaxed) & END_BIT) == 0)
        return ssp_fail(BAD_ARGUMENT);
    if (t->first_free == END_BIT) {
        SSP_TRY(grow(map, t));
        t = atomic_load_explicit(&map->table, memory_order_relaxed);
    }
    put(map, t, handle, obj);
    (void)atomic_fetch_add_explicit(&map->count, 1, memory_order_relaxed);
    return SSP_OK;
}

/*
 * Walks a chain until it comes to the handle, or to an end: then false, and
 * whose end it is.  The handle is looked at again after the object, so a node
 * that is being removed gives none.  That it went and came back with another
 * object in between cannot be: a handle is not removed during a look-up of it.
 */
static bool walk(struct table *t, uint32_t chain, uint64_t handle, void **ret_obj,
                 uint32_t *ret_end)
{
    uint32_t i = atomic_load_explicit(&t->head[chain], memory_order_acquire);

    while ((i & END_BIT) == 0) {
        struct node *node = &t->node[i];

        if (atomic_load_explicit(&node->handle, memory_order_acquire) == handle) {
            void *obj = atomic_load_explicit(&node->obj, memory_order_acquire);

            *ret_obj =
                atomic_load_explicit(&node->handle, memory_order_acquire) == handle ? obj : NULL;
            return true;
        }
        i = atomic_load_explicit(&node->next, memory_order_acquire);
    }
    *ret_end = i & ~END_BIT;
    return false;
}

void *hmap_find(const struct hmap *map, uint64_t handle)
{
    if (!is_handle(handle))
        return NULL;

    struct table *t = atomic_load_explicit(&map->table, memory_order_acquire);
    uint32_t chain = chain_of(map, t, handle);
    uint32_t end = 0;
    void *obj = NULL;

    /* Ends: when a turn fails, a writer has put a node from this chain into another. */
    do {
        if (walk(t, chain, handle, &obj, &end))
            return obj;
    } while (end != chain);
    return NULL;
}

/* The node keeps its link, for the sake of who stands on it. */
void *hmap_remove(struct hmap *map, uint64_t handle)
{
    if (!is_handle(handle))
        return NULL;

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);
    struct table *t = atomic_load_explicit(&map->table, memory_order_relaxed);
    _Atomic uint32_t *link = link_to(map, t, handle);
    uint32_t i = atomic_load_explicit(link, memory_order_relaxed);
    if ((i & END_BIT) != 0)
        return NULL;

    struct node *node = &t->node[i];
    void *obj = atomic_load_explicit(&node->obj, memory_order_relaxed);
    atomic_store_explicit(link, atomic_load_explicit(&node->next, memory_order_relaxed),
                          memory_order_release);
    atomic_store_explicit(&node->handle, NOBODY, memory_order_release);
    atomic_store_explicit(&node->obj, NULL, memory_order_release);
    node->next_free = t->first_free;
    t->first_free = i;
    (void)atomic_fetch_sub_explicit(&map->count, 1, memory_order_relaxed);
    return obj;
}

size_t hmap_count(const struct hmap *map)
{
    return atomic_load_explicit(&map->count, memory_order_relaxed);
}
