/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/altered.h"

static const uint8_t patterns[] = { 0x01, 0x80, 0x55, 0xff };
enum { N_PATTERNS = sizeof(patterns) };

struct alteration {
    struct view bytes;
    bool (*survives)(struct view altered);
};

static bool survives_unaltered(void *arg)
{
    const struct alteration *a = arg;

    return a->survives(guarded(a->bytes));
}

static bool survives_every_byte(void *arg)
{
    const struct alteration *a = arg;
    bool fine = true;

    for (size_t at = 0; at < a->bytes.n; at++) {
        for (size_t p = 0; p < N_PATTERNS; p++) {
            struct view copy = guarded(a->bytes);

            ((uint8_t *)(uintptr_t)copy.p)[at] ^= patterns[p];
            fine = a->survives(copy) && fine;
        }
        (void)free_guarded(NULL);
    }
    return fine;
}

static bool survives_every_size(void *arg)
{
    const struct alteration *a = arg;
    uint8_t longer[4096] = { 0 };
    bool fine = a->bytes.n + 64 < sizeof(longer);

    memcpy(longer, a->bytes.p, a->bytes.n);
    for (size_t n = 0; fine && n < a->bytes.n + 64; n++) {
        fine = a->survives(guarded((struct view){ longer, n }));
        (void)free_guarded(NULL);
    }
    return fine;
}

struct view keep(struct view v, struct kept *place)
{
    assert_in_range(v.n, 1, sizeof(place->b));
    memcpy(place->b, v.p, v.n);
    return (struct view){ place->b, v.n };
}

void is_survived(struct view bytes, bool (*survives_it)(struct view altered))
{
    static struct kept kept_bytes;
    struct alteration a = { keep(bytes, &kept_bytes), survives_it };

    assert_true(child_says(survives_unaltered, &a));
    assert_true(child_says(survives_every_byte, &a));
    assert_true(child_says(survives_every_size, &a));
}
