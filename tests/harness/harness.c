/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

static size_t fault_in = SIZE_MAX;
static void *blocks[4096];
static size_t n_blocks;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

void *__wrap_malloc(size_t n)
{
    if (fault_in != SIZE_MAX && fault_in-- == 0) {
        fault_in = SIZE_MAX;
        return NULL;
    }
    return __real_malloc(n);
}

void fault_malloc_at(size_t n)
{
    fault_in = n;
}

void assert_view_equal(struct view a, struct view b)
{
    assert_int_equal(a.n, b.n);
    if (a.n != 0)
        assert_memory_equal(a.p, b.p, a.n);
}

struct view guarded(struct view v)
{
    uint8_t *p = __real_malloc(v.n);

    if (p == NULL || n_blocks == sizeof(blocks) / sizeof(blocks[0]))
        abort();
    if (v.n != 0)
        memcpy(p, v.p, v.n);
    blocks[n_blocks++] = p;
    return (struct view){ p, v.n };
}

int free_guarded(void **state)
{
    (void)state;
    fault_malloc_at(SIZE_MAX);
    while (n_blocks > 0)
        free(blocks[--n_blocks]);
    return 0;
}
