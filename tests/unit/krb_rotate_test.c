/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "harness/harness.h"
#include "packages/kerberos/rotate.h"

static void rotates_as_rfc_4121_says(void **state)
{
    uint8_t body[] = { 'f', 'g', 'h', 'a', 'b', 'c', 'd', 'e' };
    const struct span whole = { body, sizeof(body) };

    (void)state;
    krb_rotate_left(&whole, 1, 3); /* 4.2.5, the other way round */
    assert_memory_equal(body, "abcdefgh", sizeof(body));
}

enum { LONG = 11 };

/* Cut in three, some of them empty, in heap blocks of their own. */
static void assert_rotates(size_t a, size_t b, size_t by)
{
    const size_t ends[] = { 0, a, b, LONG };
    struct span spans[3];
    uint8_t got[LONG];

    for (size_t i = 0; i < 3; i++) {
        size_t n = ends[i + 1] - ends[i];

        spans[i] = (struct span){ malloc(n + (n == 0)), n };
        for (size_t k = 0; k < n; k++)
            spans[i].p[k] = (uint8_t)(ends[i] + k);
    }
    krb_rotate_left(spans, 3, by);
    for (size_t i = 0; i < 3; i++) {
        memcpy(got + ends[i], spans[i].p, spans[i].n);
        free(spans[i].p);
    }
    for (size_t i = 0; i < LONG; i++)
        assert_int_equal(got[i], (i + by) % LONG);
}

static void rotates_by_any_number_across_any_cuts(void **state)
{
    (void)state;
    for (size_t a = 0; a <= LONG; a++) {
        for (size_t b = a; b <= LONG; b++)
            for (size_t by = 0; by <= LONG; by++)
                assert_rotates(a, b, by);
    }
}

static void leaves_what_is_empty_alone(void **state)
{
    const struct span nothing[] = { { NULL, 0 }, { NULL, 0 } };

    (void)state;
    krb_rotate_left(nothing, 2, 0);
    krb_rotate_left(nothing, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rotates_as_rfc_4121_says),
        TEST(rotates_by_any_number_across_any_cuts),
        TEST(leaves_what_is_empty_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
