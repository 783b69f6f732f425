/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/rotate.h"

struct place { /* a byte of the string; at == spans[i].n only when that is the end of all */
    const struct span *spans;
    size_t i;
    size_t at;
};

static struct place place_of(const struct span *spans, size_t n, size_t at)
{
    size_t i = 0;

    while (i + 1 < n && at >= spans[i].n)
        at -= spans[i++].n;
    return (struct place){ spans, i, at };
}

static uint8_t *here(const struct place *place)
{
    return &place->spans[place->i].p[place->at];
}

/* There is a next byte, or nothing is read any more. */
static void forward(struct place *place, size_t n)
{
    place->at++;
    while (place->at == place->spans[place->i].n && place->i + 1 < n) {
        place->i++;
        place->at = 0;
    }
}

static void back(struct place *place)
{
    while (place->at == 0 && place->i > 0) {
        place->i--;
        place->at = place->spans[place->i].n;
    }
    if (place->at > 0)
        place->at--;
}

/* Turns the bytes from `from` up to `to` around. */
static void reverse(const struct span *spans, size_t n, size_t from, size_t to)
{
    if (to - from < 2)
        return;
    struct place a = place_of(spans, n, from);
    struct place b = place_of(spans, n, to - 1);

    for (size_t turns = (to - from) / 2; turns > 0; turns--) {
        uint8_t kept = *here(&a);

        *here(&a) = *here(&b);
        *here(&b) = kept;
        forward(&a, n);
        back(&b);
    }
}

void krb_rotate_left(const struct span *spans, size_t n, size_t by)
{
    size_t size = 0;

    for (size_t i = 0; i < n; i++)
        size += spans[i].n;
    if (by == 0 || by >= size)
        return;
    reverse(spans, n, 0, by);
    reverse(spans, n, by, size);
    reverse(spans, n, 0, size);
}

void krb_ring_add(struct krb_ring *ring, struct span span)
{
    ring->spans[ring->n++] = span;
    ring->size += span.n;
}

void krb_ring_turn(struct krb_ring *ring, size_t front, size_t turned)
{
    if (ring->size != 0)
        ring->by = (turned % ring->size + ring->size - front % ring->size) % ring->size;
    krb_rotate_left(ring->spans, ring->n, ring->by);
}

void krb_ring_undo(const struct krb_ring *ring)
{
    if (ring->by != 0)
        krb_rotate_left(ring->spans, ring->n, ring->size - ring->by);
}
