/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "harness/harness.h"

static bool is_all(const uint8_t *p, size_t n, uint8_t value)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != value)
            return false;
    return true;
}

static void objects_of_all_sizes_are_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t n = 1; n < 70000; n = n * 5 / 4 + 1) {
        for (int kind = 0; kind < ARENA_KINDS; kind++) {
            uint8_t *p = arena_alloc((enum arena_kind)kind, n);

            assert_non_null(p);
            assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
            assert_true(is_all(p, n, 0));
            memset(p, 0xff, n);
            arena_free(p);
        }
    }
}

static void objects_do_not_share_memory(void **state)
{
    uint8_t *p[300];

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        p[i] = arena_alloc(ARENA_CONTEXTS, 1 + i * 7 % 500);
        memset(p[i], (int)(i % 255) + 1, 1 + i * 7 % 500);
    }
    for (size_t i = 0; i < 300; i++)
        assert_true(is_all(p[i], 1 + i * 7 % 500, (uint8_t)(i % 255 + 1)));
    for (size_t i = 0; i < 300; i++)
        arena_free(p[i]);
}

static void what_was_freed_comes_back_wiped(void **state)
{
    uint8_t *p = arena_alloc(ARENA_CREDENTIALS, 100);

    (void)state;
    memset(p, 0xaa, 100);
    arena_free(p);
    for (int i = 0; i < 600; i++) { /* more than a chunk has: that cell is among them */
        p = arena_alloc(ARENA_CREDENTIALS, 128);
        assert_true(is_all(p, 128, 0));
        arena_free(p);
    }
}

static void null_may_be_freed(void **state)
{
    (void)state;
    arena_free(NULL);
}

static void out_of_memory_is_null(void **state)
{
    (void)state;
    assert_null(arena_alloc(ARENA_CONTEXTS, SIZE_MAX));
    assert_null(arena_alloc(ARENA_CONTEXTS, PTRDIFF_MAX));
    assert_null(arena_alloc(ARENA_CONTEXTS, (size_t)1 << 50));
    fault_malloc_at(0);
    assert_null(arena_alloc(ARENA_CONTEXTS, 100000));
}

static void thousands_live_side_by_side(void **state)
{
    enum { MANY = 100000 };
    uint8_t **p = calloc(MANY, sizeof(*p));

    (void)state;
    assert_non_null(p);
    for (size_t i = 0; i < MANY; i++) {
        p[i] = arena_alloc(ARENA_CONTEXTS, 64);
        assert_non_null(p[i]);
        p[i][0] = (uint8_t)i;
    }
    for (size_t i = 0; i < MANY; i += 2)
        arena_free(p[i]);
    for (size_t i = 1; i < MANY; i += 2) {
        assert_int_equal(p[i][0], (uint8_t)i);
        arena_free(p[i]);
    }
    free(p);
}

struct pair {
    uint8_t *context;
    uint8_t *credential;
};

static bool context_is_gone_and_credential_is_not(void *arg)
{
    struct pair *pair = arg;

    return is_all(pair->context, 500, 0) && is_all(pair->credential, 500, 7);
}

static bool both_can_be_freed_and_made_anew(void *arg)
{
    struct pair *pair = arg;
    bool good = true;

    arena_free(pair->context);
    arena_free(pair->credential);
    for (int i = 0; good && i < 1000; i++) {
        uint8_t *p = arena_alloc(i % 2 == 0 ? ARENA_CONTEXTS : ARENA_CREDENTIALS, 500);

        good = p != NULL && is_all(p, 500, 0);
        if (good && i % 3 != 0)
            arena_free(p);
    }
    return good;
}

static void a_child_gets_credentials_and_no_contexts(void **state)
{
    struct pair pair = { arena_alloc(ARENA_CONTEXTS, 500), arena_alloc(ARENA_CREDENTIALS, 500) };

    (void)state;
    memset(pair.context, 7, 500);
    memset(pair.credential, 7, 500);
    assert_true(child_says(context_is_gone_and_credential_is_not, &pair));
    assert_true(child_says(both_can_be_freed_and_made_anew, &pair));
    assert_true(is_all(pair.context, 500, 7)); /* the parent's stay */
    arena_free(pair.context);
    arena_free(pair.credential);
}

/* The VmFlags line of the mapping that holds an address (proc(5)). */
static void flags_of_mapping(const void *p, char flags[static 256])
{
    FILE *f = fopen("/proc/self/smaps", "re");
    char line[256];
    bool inside = false;
    bool found = false;

    assert_non_null(f);
    while (!found && fgets(line, sizeof(line), f) != NULL) {
        char *end = NULL;
        uintptr_t from = strtoul(line, &end, 16);

        if (*end == '-')
            inside = (uintptr_t)p >= from && (uintptr_t)p < strtoul(end + 1, NULL, 16);
        found = inside && strncmp(line, "VmFlags:", 8) == 0;
    }
    (void)fclose(f);
    assert_true(found);
    memcpy(flags, line, sizeof(line));
}

static void no_core_dump_shows_them(void **state)
{
    struct pair pair = { arena_alloc(ARENA_CONTEXTS, 500), arena_alloc(ARENA_CREDENTIALS, 500) };
    char flags[256];

    (void)state;
    flags_of_mapping(pair.context, flags);
    assert_non_null(strstr(flags, " dd")); /* MADV_DONTDUMP */
    assert_non_null(strstr(flags, " wf")); /* MADV_WIPEONFORK */
    flags_of_mapping(pair.credential, flags);
    assert_non_null(strstr(flags, " dd"));
    assert_null(strstr(flags, " wf"));
    arena_free(pair.context);
    arena_free(pair.credential);
}

static bool has_another_epoch(void *arg)
{
    uint64_t parents = *(uint64_t *)arg;
    uint64_t mine = fork_epoch();

    return mine != parents && mine != 0 && fork_epoch() == mine;
}

static bool so_has_its_child(void *arg)
{
    uint64_t mine = fork_epoch();

    return child_says(has_another_epoch, &mine) && child_says(has_another_epoch, arg);
}

static void every_process_has_an_epoch_of_its_own(void **state)
{
    uint64_t mine = fork_epoch();

    (void)state;
    assert_true(child_says(has_another_epoch, &mine));
    assert_true(child_says(so_has_its_child, &mine));
    assert_true(fork_epoch() == mine);
}

static _Atomic int wrong;
static _Atomic bool all_forked;

static void come_and_go(size_t nth, void *arg)
{
    uint8_t *mine[16] = { 0 };

    (void)arg;
    for (size_t i = 0; i < 4000; i++) {
        size_t n = 1 + i * (nth + 3) % 900;
        size_t at = i % 16;

        arena_free(mine[at]);
        mine[at] = arena_alloc(i % 2 == 0 ? ARENA_CONTEXTS : ARENA_CREDENTIALS, n);
        if (mine[at] == NULL || !is_all(mine[at], n, 0))
            wrong++;
        else
            memset(mine[at], (int)nth + 1, n);
    }
    for (size_t i = 0; i < 16; i++)
        arena_free(mine[i]);
}

static void threads_come_and_go(void **state)
{
    (void)state;
    run_threads(4, come_and_go, NULL);
    assert_int_equal(wrong, 0);
}

static bool can_allocate(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++)
        if (arena_alloc(ARENA_CONTEXTS, 300) == NULL)
            return false;
    return true;
}

/* The others go on until the last fork, so that each happens among changes. */
static void come_and_go_or_fork(size_t nth, void *arg)
{
    for (int i = 0; nth == 0 && i < 20; i++)
        wrong += !child_says(can_allocate, NULL);
    if (nth == 0)
        all_forked = true;
    while (!all_forked)
        come_and_go(nth, arg);
}

static void a_child_never_inherits_a_lock_that_is_held(void **state)
{
    (void)state;
    run_threads(3, come_and_go_or_fork, NULL);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_of_all_sizes_are_zeroed_and_aligned),
        TEST(objects_do_not_share_memory),
        TEST(what_was_freed_comes_back_wiped),
        TEST(null_may_be_freed),
        TEST(out_of_memory_is_null),
        TEST(thousands_live_side_by_side),
        TEST(a_child_gets_credentials_and_no_contexts),
        TEST(no_core_dump_shows_them),
        TEST(every_process_has_an_epoch_of_its_own),
        TEST(threads_come_and_go),
        TEST(a_child_never_inherits_a_lock_that_is_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
