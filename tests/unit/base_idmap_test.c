/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <string.h>

#include "base/idmap.h"
#include "harness/harness.h"

struct thing {
    _Atomic unsigned users;
    _Atomic unsigned destroyed;
};

enum { THINGS = 40000 };
static struct thing things[THINGS];
static _Atomic unsigned in_use_when_destroyed;
static struct idmap *map;

static void destroy(void *obj)
{
    struct thing *t = obj;

    in_use_when_destroyed += t->users != 0;
    t->destroyed++;
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < THINGS; i++) {
        things[i].users = 0;
        things[i].destroyed = 0;
    }
    return idmap_new(destroy, &map) == SSP_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)free_guarded(state);
    idmap_free(map);
    return 0;
}

static uint64_t add(struct thing *t)
{
    uint64_t id = 0;

    assert_int_equal(idmap_add(map, t, &id), SSP_OK);
    return id;
}

static void finds_an_object_by_its_id(void **state)
{
    uint64_t id = add(&things[0]);

    (void)state;
    assert_ptr_equal(idmap_get(map, id), &things[0]);
    idmap_put(map, id);
    assert_int_equal(idmap_count(map), 1);
    assert_int_equal(things[0].destroyed, 0);
}

static void ids_are_never_reserved_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        uint64_t id = add(&things[i]);

        assert_true(id != 0 && id >> 63 == 0);
    }
}

static void forged_ids_find_nothing(void **state)
{
    uint64_t id = add(&things[0]);

    (void)state;
    for (int bit = 0; bit < 64; bit++) {
        assert_null(idmap_get(map, id ^ UINT64_C(1) << bit));
        assert_false(idmap_close(map, id ^ UINT64_C(1) << bit));
    }
    assert_null(idmap_get(map, 0));
    assert_null(idmap_get(map, UINT64_MAX));
    assert_int_equal(things[0].destroyed, 0);
}

static void a_closed_id_finds_nothing_ever_again(void **state)
{
    uint64_t id = add(&things[0]);

    (void)state;
    assert_true(idmap_close(map, id));
    assert_int_equal(things[0].destroyed, 1);
    assert_false(idmap_close(map, id));
    assert_null(idmap_get(map, id));
    for (size_t i = 1; i < 1000; i++) { /* the slot is used again and again */
        uint64_t other = add(&things[i]);

        assert_true(other != id);
        assert_null(idmap_get(map, id));
        assert_true(idmap_close(map, other));
    }
    assert_int_equal(things[0].destroyed, 1);
}

static void the_last_user_destroys_what_was_closed(void **state)
{
    uint64_t id = add(&things[0]);

    (void)state;
    assert_non_null(idmap_get(map, id));
    assert_non_null(idmap_get(map, id));
    assert_true(idmap_close(map, id));
    assert_null(idmap_get(map, id));
    assert_int_equal(things[0].destroyed, 0);
    idmap_put(map, id);
    assert_int_equal(things[0].destroyed, 0);
    assert_int_equal(idmap_count(map), 1);
    idmap_put(map, id);
    assert_int_equal(things[0].destroyed, 1);
    assert_int_equal(idmap_count(map), 0);
}

static void thousands_are_told_apart(void **state)
{
    static uint64_t ids[THINGS];

    (void)state;
    for (size_t i = 0; i < THINGS; i++)
        ids[i] = add(&things[i]);
    for (size_t i = 0; i < THINGS; i++) {
        assert_ptr_equal(idmap_get(map, ids[i]), &things[i]);
        idmap_put(map, ids[i]);
    }
    for (size_t i = 0; i < THINGS; i += 2)
        assert_true(idmap_close(map, ids[i]));
    for (size_t i = 0; i < THINGS; i++)
        assert_int_equal(things[i].destroyed, i % 2 == 0);
    assert_int_equal(idmap_count(map), THINGS / 2);
}

static void ids_of_another_map_find_nothing(void **state)
{
    struct idmap *other = NULL;
    uint64_t id = 0;

    (void)state;
    assert_int_equal(idmap_new(destroy, &other), SSP_OK);
    assert_int_equal(idmap_add(other, &things[0], &id), SSP_OK);
    (void)add(&things[1]);
    assert_null(idmap_get(map, id)); /* one in 2^39 would */
    idmap_free(other);
    assert_int_equal(things[0].destroyed, 1);
}

static void freeing_destroys_what_is_left_once(void **state)
{
    struct idmap *other = NULL;
    uint64_t id = 0;

    (void)state;
    assert_int_equal(idmap_new(destroy, &other), SSP_OK);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(idmap_add(other, &things[i], &id), SSP_OK);
    assert_true(idmap_close(other, id));
    idmap_free(other);
    idmap_free(NULL);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(things[i].destroyed, 1);
}

static void without_memory_nothing_changes(void **state)
{
    struct idmap *other = NULL;
    uint64_t id = 42;

    (void)state;
    fault_malloc_at(0);
    assert_int_equal(idmap_new(destroy, &other), SSP_ERR_NO_MEMORY);
    assert_null(other);
    fault_malloc_at(0);
    assert_int_equal(idmap_add(map, &things[0], &id), SSP_ERR_NO_MEMORY);
    assert_int_equal(id, 42);
    assert_int_equal(idmap_count(map), 0);
    (void)add(&things[0]);
}

enum { THREADS = 4, SHARED = 8, ROUNDS = 20000 };
static _Atomic uint64_t shared[SHARED];
static _Atomic unsigned next_thing;
static _Atomic unsigned closed;
static _Atomic unsigned wrong;

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

static void use(uint64_t id)
{
    struct thing *t = idmap_get(map, id);

    if (t == NULL)
        return;
    t->users++;
    wrong += t->destroyed != 0;
    t->users--;
    idmap_put(map, id);
}

/* Puts a new object in the place of a shared one, and closes that, as another thread may, too. */
static void replace(_Atomic uint64_t *place)
{
    unsigned n = next_thing++;
    uint64_t id = 0;

    if (n >= THINGS || idmap_add(map, &things[n], &id) != SSP_OK)
        return;
    if (idmap_close(map, atomic_exchange(place, id)))
        closed++;
}

static void get_put_close_add(size_t nth, void *arg)
{
    uint32_t seed = (uint32_t)nth + 1;

    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t dice = random_next(&seed);
        _Atomic uint64_t *place = &shared[dice % SHARED];

        if (dice / SHARED % 8 == 0)
            replace(place);
        else if (dice / SHARED % 8 == 1 && idmap_close(map, *place))
            closed++;
        else
            use(*place);
    }
}

static void threads_at_random_destroy_each_object_once(void **state)
{
    unsigned sum = 0;

    (void)state;
    for (size_t i = 0; i < SHARED; i++)
        shared[i] = add(&things[next_thing++]);
    run_threads(THREADS, get_put_close_add, NULL);
    for (size_t i = 0; i < THINGS; i++) {
        assert_in_range(things[i].destroyed, 0, 1);
        sum += things[i].destroyed;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(in_use_when_destroyed, 0);
    assert_int_equal(sum, closed); /* of several closers exactly one saw true */
    assert_true(sum > 0);
}

static void close_one(size_t nth, void *arg)
{
    (void)nth;
    if (idmap_close(map, *(uint64_t *)arg))
        closed++;
}

static void of_many_closers_one_wins(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        uint64_t id = add(&things[i]);

        closed = 0;
        run_threads(THREADS, close_one, &id);
        assert_int_equal(closed, 1);
        assert_int_equal(things[i].destroyed, 1);
    }
}

#define MAP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAP_TEST(finds_an_object_by_its_id),
        MAP_TEST(ids_are_never_reserved_values),
        MAP_TEST(forged_ids_find_nothing),
        MAP_TEST(a_closed_id_finds_nothing_ever_again),
        MAP_TEST(the_last_user_destroys_what_was_closed),
        MAP_TEST(thousands_are_told_apart),
        MAP_TEST(ids_of_another_map_find_nothing),
        MAP_TEST(freeing_destroys_what_is_left_once),
        MAP_TEST(without_memory_nothing_changes),
        MAP_TEST(threads_at_random_destroy_each_object_once),
        MAP_TEST(of_many_closers_one_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
