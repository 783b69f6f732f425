/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An id is a generation and the index of a slot:
 *
 *     0 | generation: 39 bits, never 0 | index: 24 bits
 *
 * A slot's state is one atomic word:
 *
 *     generation: 39 bits | closed: 1 bit | users: 24 bits
 *
 * get() counts a user in if the generation is the id's and the slot is not
 * closed, in one compare-and-swap.  close() sets the bit.  From then on users
 * can only leave, and the last to leave, or close() if nobody is there,
 * destroys the object and gives the slot back with the next generation.
 *
 * Slots stand in chunks that are never moved: the first holds 64, each further
 * one as many as all before it.
 */
#include "base/idmap.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "base/limits.h"

enum {
    LINE = 64, /* bytes of a cache line */
    INDEX_BITS = 24,
    USER_BITS = 24,
    FIRST_CHUNK = 64,
    CHUNKS = 19, /* 64 * 2^18 is LIMIT_HANDLES */
};
#define INDEX_MASK (UINT64_C(0xffffff))
#define USERS_MASK (UINT64_C(0xffffff))
#define CLOSED (UINT64_C(1) << USER_BITS)
#define GENERATION_SHIFT (USER_BITS + 1)
#define GENERATION_MASK (UINT64_C(0x7fffffffff))
#define NO_SLOT UINT32_MAX

_Static_assert(LIMIT_HANDLES <= 1 << INDEX_BITS, "an index has 24 bits");
_Static_assert((size_t)FIRST_CHUNK << (CHUNKS - 1) == LIMIT_HANDLES, "chunks hold the limit");

struct slot {
    alignas(LINE) _Atomic uint64_t state;
    void *obj;     /* written before the state that lets users in */
    uint32_t next; /* free slots only; under the lock */
};

struct chunk {
    void *block; /* as malloc() gave it */
    struct slot *_Atomic slots;
};

struct idmap {
    struct fork_lock lock;
    void (*destroy)(void *obj);
    uint64_t seed;
    struct chunk chunk[CHUNKS];
    uint32_t first_free;
    uint32_t made; /* slots that were ever in use: the first ones */
    atomic_size_t count;
};

static uint64_t generation_of_state(uint64_t state)
{
    return state >> GENERATION_SHIFT;
}

static size_t chunk_of(uint32_t index)
{
    return index < FIRST_CHUNK ? 0 : 26U - (unsigned)__builtin_clz(index);
}

static uint32_t chunk_start(size_t chunk)
{
    return chunk == 0 ? 0 : (uint32_t)FIRST_CHUNK << (chunk - 1);
}

static size_t chunk_size(size_t chunk)
{
    return chunk == 0 ? FIRST_CHUNK : chunk_start(chunk);
}

/* NULL when there is no such slot yet. */
static struct slot *slot_at(struct idmap *map, uint32_t index)
{
    size_t chunk = chunk_of(index);

    if (chunk >= CHUNKS)
        return NULL;
    struct slot *slots = atomic_load_explicit(&map->chunk[chunk].slots, memory_order_acquire);
    return slots == NULL ? NULL : &slots[index - chunk_start(chunk)];
}

/* Where a slot's generations begin, so that an id of another run or map finds nothing. */
static uint64_t first_generation(uint64_t seed, uint32_t index)
{
    uint64_t x = seed + (index + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    x = (x ^ x >> 31) & GENERATION_MASK;
    return x == 0 ? 1 : x;
}

static uint64_t next_generation(uint64_t generation)
{
    uint64_t next = (generation + 1) & GENERATION_MASK;

    return next == 0 ? 1 : next;
}

enum ssp_err idmap_new(void (*destroy)(void *obj), struct idmap **ret)
{
    ssp_cleanup(ssp_free) struct idmap *map = malloc(sizeof(*map));

    if (map == NULL)
        return ssp_fail(NO_MEMORY);
    memset(map, 0, sizeof(*map));
    map->destroy = destroy;
    map->first_free = NO_SLOT;
    if (getrandom(&map->seed, sizeof(map->seed), 0) != (ssize_t)sizeof(map->seed))
        return ssp_fail(IO);
    SSP_TRY(fork_lock_init(&map->lock));
    *ret = ssp_steal(&map);
    return SSP_OK;
}

void idmap_free(struct idmap *map)
{
    if (map == NULL)
        return;
    for (uint32_t i = 0; i < map->made; i++) {
        struct slot *slot = slot_at(map, i);

        if ((atomic_load_explicit(&slot->state, memory_order_acquire) & CLOSED) == 0)
            map->destroy(slot->obj);
    }
    for (size_t i = 0; i < CHUNKS; i++)
        free(map->chunk[i].block);
    fork_lock_destroy(&map->lock);
    free(map);
}

/* Slots begin closed, in their first generation. */
static enum ssp_err chunk_make(struct idmap *map, size_t nth)
{
    size_t bytes = chunk_size(nth) * sizeof(struct slot);
    uint8_t *block = malloc(bytes + LINE);

    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    void *aligned = block + (LINE - (uintptr_t)block % LINE) % LINE;
    struct slot *slots = memset(aligned, 0, bytes);
    for (size_t i = 0; i < chunk_size(nth); i++) {
        uint64_t generation = first_generation(map->seed, chunk_start(nth) + (uint32_t)i);

        atomic_init(&slots[i].state, generation << GENERATION_SHIFT | CLOSED);
    }
    map->chunk[nth].block = block;
    atomic_store_explicit(&map->chunk[nth].slots, slots, memory_order_release);
    return SSP_OK;
}

static enum ssp_err take_slot(struct idmap *map, uint32_t *ret)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);
    uint32_t index = map->first_free;

    if (index != NO_SLOT) {
        map->first_free = slot_at(map, index)->next;
        *ret = index;
        return SSP_OK;
    }
    if (map->made == LIMIT_HANDLES)
        return ssp_fail(OVER_QUOTA);
    if (slot_at(map, map->made) == NULL)
        SSP_TRY(chunk_make(map, chunk_of(map->made)));
    *ret = map->made++;
    return SSP_OK;
}

static void give_back_slot(struct idmap *map, struct slot *slot, uint32_t index)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&map->lock);

    slot->next = map->first_free;
    map->first_free = index;
}

enum ssp_err idmap_add(struct idmap *map, void *obj, uint64_t *ret_id)
{
    uint32_t index = 0;

    SSP_TRY(take_slot(map, &index));
    struct slot *slot = slot_at(map, index);
    uint64_t generation =
        generation_of_state(atomic_load_explicit(&slot->state, memory_order_relaxed));

    slot->obj = obj;
    (void)atomic_fetch_add_explicit(&map->count, 1, memory_order_relaxed);
    atomic_store_explicit(&slot->state, generation << GENERATION_SHIFT, memory_order_release);
    *ret_id = generation << INDEX_BITS | index;
    return SSP_OK;
}

/* Changes the state of an id's slot by so much, if the id is valid.  NULL when it is not. */
static struct slot *change(struct idmap *map, uint64_t id, uint64_t add, uint64_t *ret_before)
{
    struct slot *slot = slot_at(map, (uint32_t)(id & INDEX_MASK));

    if (slot == NULL)
        return NULL;
    uint64_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);

    /* Ends: when a turn fails, another thread's has succeeded. */
    do {
        if (generation_of_state(state) != id >> INDEX_BITS || (state & CLOSED) != 0)
            return NULL;
        if (add == 1 && (state & USERS_MASK) == USERS_MASK)
            return NULL; /* 16 million threads in one object: the next has to do without */
    } while (!atomic_compare_exchange_weak_explicit(&slot->state, &state, state + add,
                                                    memory_order_acq_rel, memory_order_relaxed));
    *ret_before = state;
    return slot;
}

/* Nobody is in the slot and nobody can come: whoever calls this is alone with it. */
static void last_goodbye(struct idmap *map, struct slot *slot, uint64_t id)
{
    uint64_t next = next_generation(id >> INDEX_BITS);

    map->destroy(slot->obj);
    slot->obj = NULL;
    atomic_store_explicit(&slot->state, next << GENERATION_SHIFT | CLOSED, memory_order_release);
    (void)atomic_fetch_sub_explicit(&map->count, 1, memory_order_relaxed);
    give_back_slot(map, slot, (uint32_t)(id & INDEX_MASK));
}

void *idmap_get(struct idmap *map, uint64_t id)
{
    uint64_t before = 0;
    struct slot *slot = change(map, id, 1, &before);

    return slot == NULL ? NULL : slot->obj;
}

void idmap_put(struct idmap *map, uint64_t id)
{
    struct slot *slot = slot_at(map, (uint32_t)(id & INDEX_MASK));
    uint64_t before = atomic_fetch_sub_explicit(&slot->state, 1, memory_order_acq_rel);

    assert(generation_of_state(before) == id >> INDEX_BITS && (before & USERS_MASK) != 0);
    if ((before & (CLOSED | USERS_MASK)) == (CLOSED | 1))
        last_goodbye(map, slot, id);
}

bool idmap_close(struct idmap *map, uint64_t id)
{
    uint64_t before = 0;
    struct slot *slot = change(map, id, CLOSED, &before);

    if (slot == NULL)
        return false;
    if ((before & USERS_MASK) == 0)
        last_goodbye(map, slot, id);
    return true;
}

size_t idmap_count(struct idmap *map)
{
    return atomic_load_explicit(&map->count, memory_order_relaxed);
}

enum ssp_err idmap_use_begin(struct idmap *map, uint64_t id, struct idmap_use *ret)
{
    *ret = (struct idmap_use){ map, id, idmap_get(map, id) };
    return ret->obj != NULL ? SSP_OK : ssp_fail(BAD_HANDLE);
}

void idmap_use_end(struct idmap_use *use)
{
    if (use->obj != NULL)
        idmap_put(use->map, use->id);
}
