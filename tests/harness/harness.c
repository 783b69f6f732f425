/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include <stdio.h>
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

struct view hex(const char *text)
{
    uint8_t bytes[4096];
    size_t n = 0;

    for (const char *at = text; *at != '\0'; at++) {
        char pair[3] = { at[0], at[1], '\0' };
        char *end = NULL;

        if (*at == ' ' || *at == '\n')
            continue;
        assert_true(n < sizeof(bytes));
        bytes[n++] = (uint8_t)strtoul(pair, &end, 16);
        assert_ptr_equal(end, pair + 2);
        at++;
    }
    return guarded((struct view){ bytes, n });
}

struct view vector(const char *file, const char *name)
{
    char line[4096];
    char path[4096];
    size_t n = strlen(name);
    struct view found = { 0 };

    (void)snprintf(path, sizeof(path), "%s/%s", VECTOR_DIR, file);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    while (found.p == NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, name, n) == 0 && strncmp(line + n, " = ", 3) == 0)
            found = hex(line + n + 3);
    (void)fclose(f);
    assert_non_null(found.p); /* a name that is in the file */
    return found;
}

struct view vector_file(const char *file)
{
    uint8_t bytes[4096];
    char path[4096];

    (void)snprintf(path, sizeof(path), "%s/%s", VECTOR_DIR, file);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof(bytes), f);
    (void)fclose(f);
    assert_in_range(n, 1, sizeof(bytes) - 1);
    return guarded((struct view){ bytes, n });
}

int free_guarded(void **state)
{
    (void)state;
    fault_malloc_at(SIZE_MAX);
    while (n_blocks > 0)
        free(blocks[--n_blocks]);
    return 0;
}
