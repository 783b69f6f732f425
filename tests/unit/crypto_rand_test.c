/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rand.h"
#include "harness/harness.h"

static void fills_all_of_it_with_something_new(void **state)
{
    uint8_t a[300] = { 0 };
    uint8_t b[300] = { 0 };
    static const uint8_t zero[32];

    (void)state;
    assert_int_equal(system_rand.fill(a, sizeof(a)), SSP_OK);
    assert_int_equal(system_rand.fill(b, sizeof(b)), SSP_OK);
    assert_memory_not_equal(a, b, sizeof(a));
    assert_memory_not_equal(a + sizeof(a) - sizeof(zero), zero, sizeof(zero));
}

static void writes_nothing_when_asked_for_nothing(void **state)
{
    uint8_t byte = 42;

    (void)state;
    assert_int_equal(system_rand.fill(&byte, 0), SSP_OK);
    assert_int_equal(byte, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fills_all_of_it_with_something_new),
        TEST(writes_nothing_when_asked_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
