/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test shares, beside cmocka: exact-size inputs, and allocations that fail. */
#ifndef SSP_TEST_HARNESS_H
#define SSP_TEST_HARNESS_H

/* cmocka.h wants these four first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rd.h"

void assert_view_equal(struct view a, struct view b);

/* An exact-size heap copy, so that ASan sees a read one byte too far; freed by free_guarded(). */
struct view guarded(struct view v);

/* The bytes of a hex string, spaces allowed, as guarded() makes them. */
struct view hex(const char *text);

/* A known answer: the value of "name = hex" in tests/vectors/FILE, as guarded() makes it. */
struct view vector(const char *file, const char *name);

/* All of the binary file tests/vectors/FILE, as guarded() makes it. */
struct view vector_file(const char *file);

/* Teardown for a cmocka test that used guarded() or fault_malloc_at(). */
int free_guarded(void **state);

/* From now on the n-th allocation fails (0: the next one); SIZE_MAX: none does. */
void fault_malloc_at(size_t n);

#define TEST(fn) cmocka_unit_test_teardown(fn, free_guarded)

#endif
