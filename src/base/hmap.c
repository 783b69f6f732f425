/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open addressing with linear probing.  Readers walk a table that is only ever
 * changed slot by slot; a table that has become too small is replaced by a
 * larger one and kept, since a reader may still be in it.  Each is twice as
 * large as the one before, so all the old ones together are smaller than the
 * one in use.
 *
 * A removed slot becomes GONE, or EMPTY when the next one is EMPTY, and then
 * the GONE ones before it too.  So every run of slots ends in a live one, and
 * adding takes the first GONE slot it meets: adding and removing for ever does
 * not fill the table.
 */
#include "base/hmap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"

#define EMPTY UINT64_C(0)
#define GONE UINT64_MAX

enum { FIRST_SIZE = 64 };

struct slot {
    _Atomic uint64_t handle;
    void *_Atomic obj;
};

struct table {
    struct table *older;
    size_t mask; /* slots, a power of two, less one */
    size_t used; /* slots not EMPTY; under the lock */
    struct slot slot[];
};

struct hmap {
    struct fork_lock lock;
    struct table *_Atomic table;
    atomic_size_t count;
    uint64_t seed; /* handles are somebody else's choice: no run of slots should be */
};

static struct table *table_new(size_t size, struct table *older)
{
    struct table *t = malloc(sizeof(*t) + size * sizeof(t->slot[0]));

    if (t == NULL)
        return NULL;
    *t = (struct table){ .older = older, .mask = size - 1 };
    for (size_t i = 0; i < size; i++) {
        atomic_init(&t->slot[i].handle, EMPTY);
        atomic_init(&t->slot[i].obj, NULL);
    }
    return t;
}

/* The finaliser of SplitMix64: every bit of the handle and the seed counts. */
static size_t start_of(const struct hmap *map, const struct table *t, uint64_t handle)
{
    uint64_t x = handle ^ map->seed;

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(x ^ x >> 31) & t->mask;
}

/* The slot that holds a handle, or NULL.  Ends: a quarter of every table is EMPTY. */
static struct slot *slot_of(const struct hmap *map, struct table *t, uint64_t handle)
{
    for (size_t i = start_of(map, t, handle);; i = (i + 1) & t->mask) {
        uint64_t there = atomic_load_explicit(&t->slot[i].handle, memory_order_acquire);

        if (there == handle)
            return &t->slot[i];
        if (there == EMPTY)
            return NULL;
    }
}

/* The object before its handle: who sees the handle sees the object. */
static void put(const struct hmap *map, struct table *t, uint64_t handle, void *obj)
{
    size_t i = start_of(map, t, handle);
    uint64_t there = atomic_load_explicit(&t->slot[i].handle, memory_order_relaxed);

    while (there != EMPTY && there != GONE) {
        i = (i + 1) & t->mask;
        there = atomic_load_explicit(&t->slot[i].handle, memory_order_relaxed);
    }
    t->used += there == EMPTY;
    atomic_store_explicit(&t->slot[i].obj, obj, memory_order_release);
    atomic_store_explicit(&t->slot[i].handle, handle, memory_order_release);
}

static enum ssp_err grow(struct hmap *map, struct table *old)
{
    struct table *t = table_new((old->mask + 1) * 2, old);

    if (t == NULL)
        return ssp_fail(NO_MEMORY);
    for (size_t i = 0; i <= old->mask; i++) {
        uint64_t handle = atomic_load_explicit(&old->slot[i].handle, memory_order_relaxed);

        if (handle != EMPTY && handle != GONE)
            put(map, t, handle, atomic_load_explicit(&old->slot[i].obj, memory_order_relaxed));
    }
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
    for (size_t i = 0; destroy != NULL && i <= t->mask; i++) {
        uint64_t handle = atomic_load_explicit(&t->slot[i].handle, memory_order_relaxed);

        if (handle != EMPTY && handle != GONE)
            destroy(atomic_load_explicit(&t->slot[i].obj, memory_order_relaxed));
    }
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
    if (handle == EMPTY || handle == GONE)
        return ssp_fail(BAD_ARGUMENT);

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);
    struct table *t = atomic_load_explicit(&map->table, memory_order_relaxed);

    if (slot_of(map, t, handle) != NULL)
        return ssp_fail(BAD_ARGUMENT);
    if (t->used + 1 > t->mask / 4 * 3) {
        SSP_TRY(grow(map, t));
        t = atomic_load_explicit(&map->table, memory_order_relaxed);
    }
    put(map, t, handle, obj);
    (void)atomic_fetch_add_explicit(&map->count, 1, memory_order_relaxed);
    return SSP_OK;
}

/*
 * The handle is looked at again after the object: the slot may have passed to
 * another handle in between.  That it passed there and back cannot be, for then
 * this handle would have been removed during a look-up of it.
 */
void *hmap_find(const struct hmap *map, uint64_t handle)
{
    if (handle == EMPTY || handle == GONE)
        return NULL;

    struct table *t = atomic_load_explicit(&map->table, memory_order_acquire);
    struct slot *slot = slot_of(map, t, handle);
    if (slot == NULL)
        return NULL;

    void *obj = atomic_load_explicit(&slot->obj, memory_order_acquire);
    return atomic_load_explicit(&slot->handle, memory_order_acquire) == handle ? obj : NULL;
}

/* From a GONE slot backwards.  A reader on its way to a live slot is never behind the last one of
 * a run, so it does not meet the new EMPTY ones. */
static void empty_tail(struct table *t, size_t i)
{
    size_t next = (i + 1) & t->mask;

    if (atomic_load_explicit(&t->slot[next].handle, memory_order_relaxed) != EMPTY)
        return;
    while (atomic_load_explicit(&t->slot[i].handle, memory_order_relaxed) == GONE) {
        atomic_store_explicit(&t->slot[i].handle, EMPTY, memory_order_release);
        t->used--;
        i = (i - 1) & t->mask;
    }
}

void *hmap_remove(struct hmap *map, uint64_t handle)
{
    if (handle == EMPTY || handle == GONE)
        return NULL;

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);
    struct table *t = atomic_load_explicit(&map->table, memory_order_relaxed);
    struct slot *slot = slot_of(map, t, handle);
    if (slot == NULL)
        return NULL;

    void *obj = atomic_load_explicit(&slot->obj, memory_order_relaxed);
    atomic_store_explicit(&slot->handle, GONE, memory_order_release);
    atomic_store_explicit(&slot->obj, NULL, memory_order_release);
    empty_tail(t, (size_t)(slot - t->slot));
    (void)atomic_fetch_sub_explicit(&map->count, 1, memory_order_relaxed);
    return obj;
}

size_t hmap_count(const struct hmap *map)
{
    return atomic_load_explicit(&map->count, memory_order_relaxed);
}
