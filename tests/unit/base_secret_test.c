/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/secret.h"
#include "harness/harness.h"

static void a_key_holds_what_it_was_made_of(void **state)
{
    struct key key = key_of(hex("000102"));

    (void)state;
    assert_view_equal(key_view(&key), hex("000102"));
    key_wipe(&key);
    assert_int_equal(key.n, 0);
    for (size_t i = 0; i < KEY_MAX; i++)
        assert_int_equal(key.b[i], 0);
}

static void a_key_may_be_empty_or_as_long_as_can_be(void **state)
{
    uint8_t longest[KEY_MAX] = { 1 };
    struct key key = key_of((struct view){ 0 });

    (void)state;
    assert_int_equal(key_view(&key).n, 0);
    key = key_of(VIEW_OF(longest));
    assert_view_equal(key_view(&key), VIEW_OF(longest));
}

static void a_secret_is_a_copy_that_leaves_nothing_behind(void **state)
{
    struct secret secret = { 0 };

    (void)state;
    assert_int_equal(secret_new(view_text("a password"), &secret), SSP_OK);
    assert_view_equal(secret_view(&secret), view_text("a password"));
    watch_frees_for(view_text("a password"));
    secret_wipe(&secret);
    assert_int_equal(frees_unwiped(), 0);
    assert_null(secret.p);
    secret_wipe(&secret); /* twice is fine */
}

static void an_empty_secret_is_one(void **state)
{
    ssp_cleanup(secret_wipe) struct secret secret = { 0 };

    (void)state;
    assert_int_equal(secret_new((struct view){ 0 }, &secret), SSP_OK);
    assert_int_equal(secret_view(&secret).n, 0);
}

static void a_secret_without_memory_is_none(void **state)
{
    struct secret secret = { .n = 42 };

    (void)state;
    fault_malloc_at(0);
    assert_int_equal(secret_new(view_text("x"), &secret), SSP_ERR_NO_MEMORY);
    assert_int_equal(secret.n, 42);
}

static void comparison_sees_every_bit(void **state)
{
    uint8_t a[33] = { 0 };
    uint8_t b[33] = { 0 };

    (void)state;
    assert_true(ct_eq(VIEW_OF(a), VIEW_OF(b)));
    for (size_t bit = 0; bit < sizeof(b) * 8; bit++) {
        b[bit / 8] = (uint8_t)(1U << bit % 8);
        assert_false(ct_eq(VIEW_OF(a), VIEW_OF(b)));
        b[bit / 8] = 0;
    }
    assert_false(ct_eq(VIEW_OF(a), (struct view){ b, sizeof(b) - 1 }));
    assert_true(ct_eq((struct view){ 0 }, (struct view){ b, 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_holds_what_it_was_made_of),
        TEST(a_key_may_be_empty_or_as_long_as_can_be),
        TEST(a_secret_is_a_copy_that_leaves_nothing_behind),
        TEST(an_empty_secret_is_one),
        TEST(a_secret_without_memory_is_none),
        TEST(comparison_sees_every_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
