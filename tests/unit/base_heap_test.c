/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <string.h>

#include "base/heap.h"
#include "harness/harness.h"

static void blocks_are_zeroed_and_aligned_for_any_type(void **state)
{
    (void)state;
    for (size_t n = 1; n < 100; n++) {
        uint8_t *p = heap_alloc(n);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
        assert_int_equal(heap_free(p), SSP_OK);
    }
}

static void a_block_of_nothing_is_a_block(void **state)
{
    void *p = heap_alloc(0);

    (void)state;
    assert_non_null(p);
    assert_int_equal(heap_free(p), SSP_OK);
}

static void null_may_be_freed(void **state)
{
    (void)state;
    assert_int_equal(heap_free(NULL), SSP_OK);
}

static void what_it_did_not_make_is_refused(void **state)
{
    alignas(max_align_t) uint8_t mine[128] = { 0 };
    uint8_t *p = heap_alloc(64);

    (void)state;
    assert_int_equal(heap_free(mine + 64), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(heap_free(p + 32), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(heap_free(p + 1), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(heap_free(p), SSP_OK);
}

static void a_copied_head_is_no_block(void **state)
{
    alignas(max_align_t) uint8_t copy[64];
    uint8_t *p = heap_alloc(32);

    (void)state;
    memcpy(copy, p - 16, 48);
    assert_int_equal(heap_free(copy + 16), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(heap_free(p), SSP_OK);
}

static void out_of_memory_is_null(void **state)
{
    (void)state;
    assert_null(heap_alloc(SIZE_MAX));
    assert_null(heap_alloc(PTRDIFF_MAX));
    fault_malloc_at(0);
    assert_null(heap_alloc(1));
}

static void a_freed_block_holds_nothing_any_more(void **state)
{
    static const char secret[] = "the key of a session";
    void *p = heap_alloc(sizeof(secret));

    (void)state;
    memcpy(p, secret, sizeof(secret));
    watch_frees_for(view_text(secret));
    assert_int_equal(heap_free(p), SSP_OK);
    assert_int_equal(frees_unwiped(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_are_zeroed_and_aligned_for_any_type),
        TEST(a_block_of_nothing_is_a_block),
        TEST(null_may_be_freed),
        TEST(what_it_did_not_make_is_refused),
        TEST(a_copied_head_is_no_block),
        TEST(out_of_memory_is_null),
        TEST(a_freed_block_holds_nothing_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
