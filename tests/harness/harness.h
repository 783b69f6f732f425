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
#include <pthread.h>

#include "base/rd.h"

void assert_view_equal(struct view a, struct view b);

/* An exact-size heap copy, so that ASan sees a read one byte too far; freed by free_guarded(). */
struct view guarded(struct view v);

/* Calls refused() with all that begins like these bytes and is shorter, and with one byte more. */
void each_cut(struct view whole, void (*refused)(struct view bytes));

struct patch {
    size_t at;
    uint8_t byte;
};

/* A copy with another byte in that place, as guarded() makes it. */
struct view patched(struct view whole, struct patch patch);

/* Calls refused() with each of these. */
void each_patch(struct view whole, const struct patch *patches, size_t n,
                void (*refused)(struct view bytes));

/* The bytes of a hex string, spaces allowed, as guarded() makes them. */
struct view hex(const char *text);

/* A known answer: the value of "name = hex" in tests/vectors/FILE, as guarded() makes it. */
struct view vector(const char *file, const char *name);

/* All of the binary file tests/vectors/FILE, as guarded() makes it. */
struct view vector_file(const char *file);

/* A path in a folder of this test's own, which free_guarded() removes; good until then. */
const char *scratch(const char *name);

/* Teardown for a cmocka test that used any of these. */
int free_guarded(void **state);

/* From now on the n-th allocation fails (0: the next one); SIZE_MAX: none does. */
void fault_malloc_at(size_t n);

/* Whether that allocation has come since. */
bool fault_came(void);

/* The characters of a literal or other text closed by 0; borrowed. */
struct view view_text(const char *s);

/* From now on: how many blocks were freed with these bytes (borrowed) still in them. */
void watch_frees_for(struct view secret);
size_t frees_unwiped(void);

/* body(0, arg) to body(n - 1, arg) in a thread each, all let off at once; back when all are done.
 * No asserts in there: cmocka's jump out of the thread. */
void run_threads(size_t n, void (*body)(size_t nth, void *arg), void *arg);

/* What act(arg) says in a child made by fork(); false if the child dies. */
bool child_says(bool (*act)(void *arg), void *arg);

/* Whether fork() is done with that mutex held, as it is with every lock of base/fork_lock.h. */
bool fork_holds(pthread_mutex_t *mutex);

#define TEST(fn) cmocka_unit_test_teardown(fn, free_guarded)

/* A case that is there if the condition holds.  Better than skip(), which cmocka writes as "not ok"
 * and Meson counts as failed; cmocka passes over an empty one. */
#define CASE_IF(condition, ...) \
    ((condition) ? (struct CMUnitTest)__VA_ARGS__ : (struct CMUnitTest){ 0 })

#endif
