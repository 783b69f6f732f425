/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arenas of secret.h.  Memory comes in chunks of one cell size each, mapped
 * by themselves at multiples of CHUNK.  What is known about a chunk is kept
 * outside of it: a child of fork() finds its pages empty, but must still be
 * able to take and give back cells.  Every step costs the same however many
 * objects there are: a chunk is found by its address in a map, a free cell in a
 * bitmap of sixteen words.
 *
 * Cells are zeroes when they are free: as mapped, as lost in a fork, or as
 * wiped by arena_free().
 */
#include "base/secret.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "base/hmap.h"

#ifdef __has_include
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define CHUNK ((size_t)64 * 1024)

static const size_t cell_sizes[] = { 64, 128, 256, 384, 512, 768, 1024, 2048, 4096, 8192, 16384 };
enum {
    CLASSES = sizeof(cell_sizes) / sizeof(cell_sizes[0]),
    OWN_CHUNK = CLASSES, /* larger: one cell in a mapping of its own */
    WORDS = 16,          /* CHUNK / 64 bytes / 64 bits */
};

struct chunk {
    uint8_t *mem;
    size_t size;
    size_t cell;
    size_t cells;
    size_t in_use;
    enum arena_kind kind;
    size_t class;
    uint64_t used[WORDS]; /* a bit a cell */
    struct chunk *prev;   /* in the list of chunks of a class with a free cell */
    struct chunk *next;
};

static struct {
    pthread_once_t once;
    bool ready;
    struct fork_lock lock;
    struct hmap *chunks; /* address / CHUNK -> struct chunk */
    struct chunk *roomy[ARENA_KINDS][CLASSES];
    _Atomic uint64_t epochs; /* that this process and those it was forked from have had */
} arena = { .once = PTHREAD_ONCE_INIT };

/* The arena's own lock first: the map's is taken under it. */
static void init(void)
{
    arena.ready = fork_lock_init(&arena.lock) == SSP_OK && hmap_new(&arena.chunks) == SSP_OK;
}

static bool is_ready(void)
{
    return pthread_once(&arena.once, init) == 0 && arena.ready;
}

/* Fresh pages that no core dump shows and, if so wanted, no child sees; NULL when the kernel
 * cannot promise that. */
static void *map_pages(size_t size, bool lost_in_fork)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    if (madvise(p, size, MADV_DONTDUMP) != 0 ||
        (lost_in_fork && madvise(p, size, MADV_WIPEONFORK) != 0)) {
        (void)munmap(p, size);
        return NULL;
    }
    return p;
}

/* The same at a multiple of CHUNK: maps one CHUNK more and gives back what stands over. */
static uint8_t *map_chunk(size_t size, bool lost_in_fork)
{
    uint8_t *p = map_pages(size + CHUNK, lost_in_fork);

    if (p == NULL)
        return NULL;
    size_t before = (CHUNK - (uintptr_t)p % CHUNK) % CHUNK;
    if (before != 0)
        (void)munmap(p, before);
    (void)munmap(p + before + size, CHUNK - before);
    return p + before;
}

static uint64_t address_key(const void *p)
{
    return (uintptr_t)p / CHUNK;
}

static void chunk_unlink(struct chunk *c)
{
    if (c->class == OWN_CHUNK)
        return;
    *(c->prev == NULL ? &arena.roomy[c->kind][c->class] : &c->prev->next) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    c->prev = NULL;
    c->next = NULL;
}

static void chunk_link(struct chunk *c)
{
    if (c->class == OWN_CHUNK)
        return;
    c->next = arena.roomy[c->kind][c->class];
    if (c->next != NULL)
        c->next->prev = c;
    arena.roomy[c->kind][c->class] = c;
}

static void chunk_free(struct chunk *c)
{
    ASAN_UNPOISON_MEMORY_REGION(c->mem, c->size);
    (void)munmap(c->mem, c->size);
    free(c);
}

static struct chunk *chunk_new(enum arena_kind kind, size_t class, size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = class == OWN_CHUNK ? (n + page - 1) / page * page : CHUNK;
    size_t cell = class == OWN_CHUNK ? size : cell_sizes[class];
    ssp_cleanup(ssp_free) struct chunk *c = malloc(sizeof(*c));

    if (c == NULL)
        return NULL;
    *c = (struct chunk){ .size = size,
                         .cell = cell,
                         .cells = size / cell,
                         .kind = kind,
                         .class = class };
    c->mem = map_chunk(size, kind == ARENA_CONTEXTS);
    if (c->mem == NULL)
        return NULL;
    if (hmap_add(arena.chunks, address_key(c->mem), c) != SSP_OK) {
        (void)munmap(c->mem, size);
        return NULL;
    }
    ASAN_POISON_MEMORY_REGION(c->mem, size);
    chunk_link(c);
    return ssp_steal(&c);
}

/* The chunk has a free cell. */
static void *take_cell(struct chunk *c, size_t n)
{
    size_t word = 0;

    while (c->used[word] == UINT64_MAX)
        word++;
    size_t bit = (size_t)__builtin_ctzll(~c->used[word]);
    uint8_t *p = c->mem + (word * 64 + bit) * c->cell;

    c->used[word] |= UINT64_C(1) << bit;
    c->in_use++;
    if (c->in_use == c->cells)
        chunk_unlink(c);
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

static size_t class_of(size_t n)
{
    size_t class = 0;

    while (class < CLASSES && n > cell_sizes[class])
        class ++;
    return class;
}

void *arena_alloc(enum arena_kind kind, size_t n)
{
    size_t class = class_of(n);

    if (!is_ready() || n > PTRDIFF_MAX - 2 * CHUNK)
        return NULL;

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&arena.lock);
    struct chunk *c = class == OWN_CHUNK ? NULL : arena.roomy[kind][class];
    if (c == NULL)
        c = chunk_new(kind, class, n);
    return c == NULL ? NULL : take_cell(c, n);
}

/* One empty chunk of a class stays, or a single object that comes and goes would cost two system
 * calls each time. */
static bool is_spare(const struct chunk *c)
{
    return c->in_use == 0 && (c->class == OWN_CHUNK || c->prev != NULL || c->next != NULL);
}

static void give_back_cell(struct chunk *c, uint8_t *p)
{
    size_t i = (size_t)(p - c->mem) / c->cell;

    assert((size_t)(p - c->mem) % c->cell == 0 && (c->used[i / 64] >> i % 64 & 1) != 0);
    ASAN_UNPOISON_MEMORY_REGION(p, c->cell);
    explicit_bzero(p, c->cell);
    ASAN_POISON_MEMORY_REGION(p, c->cell);
    if (c->in_use == c->cells)
        chunk_link(c);
    c->used[i / 64] &= ~(UINT64_C(1) << i % 64);
    c->in_use--;
}

void arena_free(void *p)
{
    if (p == NULL)
        return;

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&arena.lock);
    struct chunk *c = hmap_find(arena.chunks, address_key(p));

    assert(c != NULL);
    give_back_cell(c, p);
    if (!is_spare(c))
        return;
    (void)hmap_remove(arena.chunks, address_key(p));
    chunk_unlink(c);
    chunk_free(c);
}

/* A page that a child finds empty; 0 is no epoch. */
static _Atomic uint64_t *_Atomic epoch_page;

/*
 * The process id and a count that goes on from parent to child: another number
 * than that of any process this memory can have come from, and of any that runs.
 * Without a page to remember it in, every call makes a new one: then nothing
 * passes for being of this process, which is the safe side.
 */
static uint64_t next_epoch(void)
{
    uint64_t nth = atomic_fetch_add_explicit(&arena.epochs, 1, memory_order_relaxed) + 1;

    return (uint64_t)getpid() << 32 | (nth & UINT32_MAX);
}

static uint64_t new_epoch(void)
{
    if (!is_ready())
        return next_epoch();

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&arena.lock);
    _Atomic uint64_t *page = atomic_load_explicit(&epoch_page, memory_order_acquire);

    if (page == NULL) {
        page = map_pages((size_t)sysconf(_SC_PAGESIZE), true);
        atomic_store_explicit(&epoch_page, page, memory_order_release);
    }
    uint64_t epoch = page == NULL ? 0 : atomic_load_explicit(page, memory_order_relaxed);
    if (epoch != 0)
        return epoch; /* another thread was first */
    epoch = next_epoch();
    if (page != NULL)
        atomic_store_explicit(page, epoch, memory_order_relaxed);
    return epoch;
}

uint64_t fork_epoch(void)
{
    const _Atomic uint64_t *page = atomic_load_explicit(&epoch_page, memory_order_acquire);
    uint64_t epoch = page == NULL ? 0 : atomic_load_explicit(page, memory_order_relaxed);

    return epoch != 0 ? epoch : new_epoch();
}
