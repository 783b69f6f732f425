/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MASK = 0xa7, BOX = 256, CHUNK = 1 << 16 };

struct scan_key scan_mask(const uint8_t key[SCAN_KEY])
{
    struct scan_key masked;

    for (size_t i = 0; i < SCAN_KEY; i++)
        masked.masked[i] = key[i] ^ MASK;
    return masked;
}

/* The scanner's copy of what it looks at, which is no finding. */
static uint8_t chunk[CHUNK];

/* How often each byte is in the last 256 that went by. */
struct window {
    unsigned count[BOX];
    unsigned distinct;
};

static void window_add(struct window *w, uint8_t byte)
{
    if (w->count[byte]++ == 0)
        w->distinct++;
}

static void window_drop(struct window *w, uint8_t byte)
{
    if (--w->count[byte] == 0)
        w->distinct--;
}

static size_t count_boxes(size_t n)
{
    struct window w = { 0 };
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        window_add(&w, chunk[i]);
        if (i >= BOX)
            window_drop(&w, chunk[i - BOX]);
        if (w.distinct == BOX)
            found++;
    }
    return found;
}

static bool is_key(const uint8_t *at, const struct scan_key *key)
{
    for (size_t i = 0; i < SCAN_KEY; i++)
        if ((at[i] ^ MASK) != key->masked[i])
            return false;
    return true;
}

static size_t count_keys(size_t n, const struct scan_key *key)
{
    size_t found = 0;

    for (size_t i = 0; i + SCAN_KEY <= n; i++)
        found += is_key(chunk + i, key) ? 1 : 0;
    return found;
}

struct range {
    uintptr_t begin;
    uintptr_t end;
};

/* Chunks overlap, so that nothing is cut in two; what lies in an overlap may count twice. */
static void scan_range(int mem, struct range range, const struct scan_key *key,
                       struct scan_found *found)
{
    for (uintptr_t at = range.begin; at < range.end; at += CHUNK - BOX) {
        size_t left = range.end - at;
        ssize_t n = pread(mem, chunk, left < CHUNK ? left : CHUNK, (off_t)at);

        if (n <= 0)
            return;
        found->keys += count_keys((size_t)n, key);
        found->rc4_states += count_boxes((size_t)n);
    }
}

/* All of a range but the scanner's copy. */
static void scan_around(int mem, struct range range, const struct scan_key *key,
                        struct scan_found *found)
{
    uintptr_t own = (uintptr_t)chunk;

    if (own < range.begin || own >= range.end) {
        scan_range(mem, range, key, found);
        return;
    }
    scan_range(mem, (struct range){ range.begin, own }, key, found);
    scan_range(mem, (struct range){ own + CHUNK, range.end }, key, found);
}

/* A line of maps: "begin-end rights ... path", the first two in hex.  libgcrypt writes to the page
 * that has its tables, of which AES's S-box is a permutation as well. */
static bool read_range(const char *line, struct range *ret)
{
    char *rest = NULL;

    if (strstr(line, "/libgcrypt.so") != NULL)
        return false;
    ret->begin = strtoul(line, &rest, 16);
    if (*rest != '-')
        return false;
    ret->end = strtoul(rest + 1, &rest, 16);
    return strncmp(rest, " rw", 3) == 0;
}

static bool scan_maps(int mem, FILE *maps, const struct scan_key *key, struct scan_found *found)
{
    char line[512];
    bool any = false;

    while (fgets(line, sizeof(line), maps) != NULL) {
        struct range range = { 0 };

        if (!read_range(line, &range))
            continue;
        scan_around(mem, range, key, found);
        any = true;
    }
    return any;
}

bool scan_can(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return false; /* the shadow is terabytes, and freed blocks stay as they were */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return false;
#else
    return true;
#endif
#else
    return true;
#endif
}

bool scan_memory(const struct scan_key *key, struct scan_found *ret)
{
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    struct scan_found found = { 0 };
    bool fine = mem >= 0 && maps != NULL && scan_maps(mem, maps, key, &found);

    memset(chunk, 0, sizeof(chunk));
    if (maps != NULL)
        (void)fclose(maps);
    if (mem >= 0)
        (void)close(mem);
    if (fine)
        *ret = found;
    return fine;
}
