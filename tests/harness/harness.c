/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include <ftw.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t fault_in = SIZE_MAX;
static void *blocks[4096];
static size_t n_blocks;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);

/* Weak: a program that wraps malloc() only has none.  calloc() is what the compiler makes of
 * malloc() and memset(). */
__attribute__((weak)) void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

static bool fails_now(void)
{
    if (fault_in == SIZE_MAX || fault_in-- != 0)
        return false;
    fault_in = SIZE_MAX;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return fails_now() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails_now() ? NULL : __real_calloc(n, size);
}

static struct view watched;
static size_t unwiped;

__attribute__((weak)) void __real_free(void *p);
void __wrap_free(void *p);

void __wrap_free(void *p)
{
    if (p != NULL && watched.n != 0 &&
        memmem(p, malloc_usable_size(p), watched.p, watched.n) != NULL)
        unwiped++;
    __real_free(p);
}

void watch_frees_for(struct view secret)
{
    watched = secret;
    unwiped = 0;
}

size_t frees_unwiped(void)
{
    return unwiped;
}

struct view view_text(const char *s)
{
    return (struct view){ (const uint8_t *)s, strlen(s) };
}

void fault_malloc_at(size_t n)
{
    fault_in = n;
}

bool fault_came(void)
{
    return fault_in == SIZE_MAX;
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

/* In a block of exactly that size; what is behind the whole is one 0. */
static void try_beginning(struct view whole, size_t n, void (*refused)(struct view bytes))
{
    uint8_t *p = __real_malloc(n);

    if (p == NULL)
        abort();
    if (n != 0)
        p[n - 1] = 0;
    if (whole.n != 0)
        memcpy(p, whole.p, n < whole.n ? n : whole.n);
    refused((struct view){ p, n });
    free(p);
}

void each_cut(struct view whole, void (*refused)(struct view bytes))
{
    for (size_t n = 0; n < whole.n; n++)
        try_beginning(whole, n, refused);
    try_beginning(whole, whole.n + 1, refused);
}

struct view patched(struct view whole, struct patch patch)
{
    struct view copy = guarded(whole);

    assert_true(patch.at < whole.n);
    ((uint8_t *)(uintptr_t)copy.p)[patch.at] = patch.byte;
    return copy;
}

void each_patch(struct view whole, const struct patch *patches, size_t n,
                void (*refused)(struct view bytes))
{
    for (size_t i = 0; i < n; i++) {
        assert_int_not_equal(whole.p[patches[i].at], patches[i].byte);
        refused(patched(whole, patches[i]));
    }
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

static char scratch_dir[4096];

const char *scratch(const char *name)
{
    const char *where = getenv("TMPDIR");
    char path[sizeof(scratch_dir) + 256];

    if (scratch_dir[0] == '\0') {
        (void)snprintf(scratch_dir, sizeof(scratch_dir), "%s/opensspi-test-XXXXXX",
                       where == NULL ? "/tmp" : where);
        assert_non_null(mkdtemp(scratch_dir));
    }
    int n = snprintf(path, sizeof(path), "%s/%s", scratch_dir, name);
    assert_in_range(n, 1, sizeof(path) - 1);
    return (const char *)guarded((struct view){ (const uint8_t *)path, (size_t)n + 1 }).p;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

int free_guarded(void **state)
{
    (void)state;
    fault_malloc_at(SIZE_MAX);
    if (scratch_dir[0] != '\0')
        (void)nftw(scratch_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    scratch_dir[0] = '\0';
    watch_frees_for((struct view){ 0 });
    while (n_blocks > 0)
        free(blocks[--n_blocks]);
    return 0;
}

struct runner {
    pthread_t thread;
    pthread_barrier_t *start;
    void (*body)(size_t nth, void *arg);
    size_t nth;
    void *arg;
};

static void *run(void *arg)
{
    struct runner *r = arg;

    (void)pthread_barrier_wait(r->start);
    r->body(r->nth, r->arg);
    return NULL;
}

void run_threads(size_t n, void (*body)(size_t nth, void *arg), void *arg)
{
    struct runner runners[16];
    pthread_barrier_t start;

    assert_in_range(n, 1, sizeof(runners) / sizeof(runners[0]));
    assert_int_equal(pthread_barrier_init(&start, NULL, (unsigned)n), 0);
    for (size_t i = 0; i < n; i++) {
        runners[i] = (struct runner){ .start = &start, .body = body, .nth = i, .arg = arg };
        assert_int_equal(pthread_create(&runners[i].thread, NULL, run, &runners[i]), 0);
    }
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_join(runners[i].thread, NULL), 0);
    assert_int_equal(pthread_barrier_destroy(&start), 0);
}

bool child_says(bool (*act)(void *arg), void *arg)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(act(arg) ? 0 : 1);
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static pthread_mutex_t *looked_at;
static bool was_held;

static void look(void)
{
    if (looked_at == NULL)
        return;
    was_held = pthread_mutex_trylock(looked_at) != 0;
    if (!was_held)
        (void)pthread_mutex_unlock(looked_at);
}

/* What prepares for a fork runs in the reverse order of its registration: this is the last. */
__attribute__((constructor)) static void look_at_forks(void)
{
    if (pthread_atfork(look, NULL, NULL) != 0)
        abort();
}

static bool is_there(void *arg)
{
    (void)arg;
    return true;
}

bool fork_holds(pthread_mutex_t *mutex)
{
    looked_at = mutex;
    assert_true(child_says(is_there, NULL));
    looked_at = NULL;
    return was_held;
}
