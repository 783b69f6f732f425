/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "base/hmap.h"
#include "harness/harness.h"

static char objects[256]; /* what the maps point to */
static struct hmap *map;
static size_t destroyed;

static int set_up(void **state)
{
    (void)state;
    destroyed = 0;
    return hmap_new(&map) == SSP_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)free_guarded(state);
    hmap_free(map, NULL);
    return 0;
}

static void *object(uint64_t handle)
{
    return &objects[handle % sizeof(objects)];
}

static void count_one(void *obj)
{
    destroyed += obj != NULL;
}

static void finds_what_was_added(void **state)
{
    (void)state;
    assert_int_equal(hmap_add(map, 42, object(1)), SSP_OK);
    assert_ptr_equal(hmap_find(map, 42), object(1));
    assert_null(hmap_find(map, 43));
    assert_int_equal(hmap_count(map), 1);
}

static void removes_once(void **state)
{
    (void)state;
    assert_int_equal(hmap_add(map, 42, object(1)), SSP_OK);
    assert_ptr_equal(hmap_remove(map, 42), object(1));
    assert_null(hmap_remove(map, 42));
    assert_null(hmap_find(map, 42));
    assert_int_equal(hmap_count(map), 0);
}

static void a_handle_is_there_once(void **state)
{
    (void)state;
    assert_int_equal(hmap_add(map, 42, object(1)), SSP_OK);
    assert_int_equal(hmap_add(map, 42, object(2)), SSP_ERR_BAD_ARGUMENT);
    assert_ptr_equal(hmap_find(map, 42), object(1));
}

static void two_handles_are_nobodys(void **state)
{
    (void)state;
    assert_int_equal(hmap_add(map, 0, object(1)), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(hmap_add(map, UINT64_MAX, object(1)), SSP_ERR_BAD_ARGUMENT);
    assert_null(hmap_find(map, 0));
    assert_null(hmap_find(map, UINT64_MAX));
    assert_null(hmap_remove(map, 0));
    assert_null(hmap_remove(map, UINT64_MAX));
}

static void grows_and_shrinks(void **state)
{
    (void)state;
    for (uint64_t h = 1; h <= 10000; h++)
        assert_int_equal(hmap_add(map, h << 20, object(h)), SSP_OK);
    assert_int_equal(hmap_count(map), 10000);
    for (uint64_t h = 1; h <= 10000; h += 3)
        assert_ptr_equal(hmap_remove(map, h << 20), object(h));
    for (uint64_t h = 1; h <= 10000; h++)
        assert_ptr_equal(hmap_find(map, h << 20), h % 3 == 1 ? NULL : object(h));
}

/* Each table is an allocation: 2,001 live handles need five after the first, and a million that
 * come and go among them none. */
static void coming_and_going_does_not_make_it_grow(void **state)
{
    enum { STAY = 1000, WINDOW = 1000 };

    (void)state;
    fault_malloc_at(5);
    for (uint64_t h = 1; h <= STAY; h++)
        assert_int_equal(hmap_add(map, h << 32, object(h)), SSP_OK);
    for (uint64_t h = 1; h <= 1000000; h++) {
        assert_int_equal(hmap_add(map, h, object(h)), SSP_OK);
        if (h > WINDOW)
            assert_ptr_equal(hmap_remove(map, h - WINDOW), object(h - WINDOW));
    }
    assert_int_equal(hmap_count(map), STAY + WINDOW);
}

static void without_memory_nothing_changes(void **state)
{
    enum ssp_err e = SSP_OK;
    uint64_t h = 0;

    (void)state;
    fault_malloc_at(0);
    while (e == SSP_OK && h < 1000) {
        h++;
        e = hmap_add(map, h, object(h));
    }
    assert_int_equal(e, SSP_ERR_NO_MEMORY);
    assert_null(hmap_find(map, h));
    assert_int_equal(hmap_count(map), h - 1);
    assert_int_equal(hmap_add(map, h, object(h)), SSP_OK); /* there is memory again */
    assert_ptr_equal(hmap_find(map, 1), object(1));
}

static void making_one_may_fail(void **state)
{
    struct hmap *other = NULL;

    (void)state;
    for (size_t nth = 0; nth < 2; nth++) {
        fault_malloc_at(nth);
        assert_int_equal(hmap_new(&other), SSP_ERR_NO_MEMORY);
        assert_null(other);
    }
    hmap_free(NULL, count_one);
}

static void freeing_destroys_what_is_left(void **state)
{
    struct hmap *other = NULL;

    (void)state;
    assert_int_equal(hmap_new(&other), SSP_OK);
    for (uint64_t h = 1; h <= 100; h++)
        assert_int_equal(hmap_add(other, h, object(h)), SSP_OK);
    assert_non_null(hmap_remove(other, 50));
    hmap_free(other, count_one);
    assert_int_equal(destroyed, 99);
}

enum { LASTING = 100, ROUNDS = 20000, WRITERS = 2, THREADS = 4 };
static _Atomic int wrong;
static _Atomic bool all_moved;

/* Its own handles, some of them at a time, so that the map grows and slots change hands. */
static void write_own(uint64_t nth)
{
    uint64_t base = (nth + 1) << 32;

    for (uint64_t i = 1; i <= ROUNDS; i++) {
        if (hmap_add(map, base + i, object(i)) != SSP_OK || hmap_find(map, base + i) != object(i))
            wrong++;
        if (i > 200 && hmap_remove(map, base + i - 200) != object(i - 200))
            wrong++;
        if (i > 200 && hmap_find(map, base + i - 200) != NULL)
            wrong++;
    }
}

static void read_lasting(void)
{
    for (uint64_t i = 0; i < (uint64_t)ROUNDS * 5; i++) {
        uint64_t h = 1 + i % LASTING;

        if (hmap_find(map, h) != object(h) || hmap_find(map, h + LASTING) != NULL)
            wrong++;
    }
}

static void read_or_write(size_t nth, void *arg)
{
    (void)arg;
    if (nth < WRITERS)
        write_own(nth);
    else
        read_lasting();
}

static void readers_never_miss_what_lasts(void **state)
{
    (void)state;
    for (uint64_t h = 1; h <= LASTING; h++)
        assert_int_equal(hmap_add(map, h, object(h)), SSP_OK);
    run_threads(THREADS, read_or_write, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(hmap_count(map), LASTING + 200 * WRITERS);
}

/* Half of the nodes go from chain to chain, in front of those that last: who stands on one goes
 * along. */
static void move_nodes_or_read(size_t nth, void *arg)
{
    (void)arg;
    for (uint64_t i = 1; nth == 0 && i <= 1000000; i++) {
        wrong += hmap_add(map, i << 32, object(i)) != SSP_OK;
        if (i > 32)
            wrong += hmap_remove(map, (i - 32) << 32) != object(i - 32);
    }
    if (nth == 0)
        all_moved = true;
    for (uint64_t h = 0; !all_moved; h = (h + 1) % 31)
        wrong += hmap_find(map, h + 1) != object(h + 1);
}

static void a_reader_led_astray_starts_again(void **state)
{
    (void)state;
    for (uint64_t h = 1; h <= 31; h++)
        assert_int_equal(hmap_add(map, h, object(h)), SSP_OK);
    run_threads(3, move_nodes_or_read, NULL);
    assert_int_equal(wrong, 0);
}

#define MAP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_TEST(finds_what_was_added),
        MAP_TEST(removes_once),
        MAP_TEST(a_handle_is_there_once),
        MAP_TEST(two_handles_are_nobodys),
        MAP_TEST(grows_and_shrinks),
        MAP_TEST(coming_and_going_does_not_make_it_grow),
        MAP_TEST(without_memory_nothing_changes),
        MAP_TEST(making_one_may_fail),
        MAP_TEST(freeing_destroys_what_is_left),
        MAP_TEST(readers_never_miss_what_lasts),
        MAP_TEST(a_reader_led_astray_starts_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
