/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded reader for bytes that someone else wrote.
 *
 * Reads never run past the end: a short read yields zeroes and marks the
 * reader bad, and it stays bad.  So a decoder reads a message field by field,
 * as the specification lists it, and asks once at the end:
 *
 *     struct rd in = rd_of(bytes);
 *     msg.flags = rd_le32(&in);
 *     msg.name  = rd_view(&in, rd_le16(&in));
 *     SSP_TRY(rd_end(&in));
 *
 * Ask rd_ok() earlier wherever a value read is about to steer something:
 * an allocation, a loop, an index.
 */
#ifndef SSP_BASE_RD_H
#define SSP_BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

/* Borrowed bytes: whoever made the view keeps them alive. */
struct view {
    const uint8_t *p;
    size_t n;
};

/* The bytes of an array or a struct. */
#define VIEW_OF(array) ((struct view){ (const uint8_t *)(array), sizeof(array) })

struct rd {
    struct view left;
    bool bad;
};

static inline struct rd rd_of(struct view bytes)
{
    return (struct rd){ .left = bytes };
}

static inline bool rd_ok(const struct rd *in)
{
    return !in->bad;
}

/* The next n bytes, in place; empty when they are not there. */
static inline struct view rd_view(struct rd *in, size_t n)
{
    if (in->bad || n > in->left.n) {
        in->bad = true;
        return (struct view){ 0 };
    }
    struct view got = { in->left.p, n };
    if (n != 0) { /* NULL + 0 is undefined */
        in->left.p += n;
        in->left.n -= n;
    }
    return got;
}

/* n bytes at a given offset of a whole message, as NTLM's field headers have it. */
static inline struct view rd_slice(struct rd *in, struct view whole, size_t off, size_t n)
{
    if (in->bad || off > whole.n || n > whole.n - off) {
        in->bad = true;
        return (struct view){ 0 };
    }
    return (struct view){ n == 0 ? NULL : whole.p + off, n };
}

/* A little-endian number of that many bytes, eight at most. */
static inline uint64_t rd_le(struct rd *in, size_t width)
{
    struct view v = rd_view(in, width);
    uint64_t x = 0;

    for (size_t i = 0; i < v.n; i++)
        x |= (uint64_t)v.p[i] << 8 * i;
    return x;
}

static inline uint8_t rd_u8(struct rd *in)
{
    return (uint8_t)rd_le(in, 1);
}

static inline uint16_t rd_le16(struct rd *in)
{
    return (uint16_t)rd_le(in, 2);
}

static inline uint32_t rd_le32(struct rd *in)
{
    return (uint32_t)rd_le(in, 4);
}

/* A big-endian number of that many bytes, eight at most. */
static inline uint64_t rd_be(struct rd *in, size_t width)
{
    struct view v = rd_view(in, width);
    uint64_t x = 0;

    for (size_t i = 0; i < v.n; i++)
        x = x << 8 | v.p[i];
    return x;
}

static inline uint64_t rd_le64(struct rd *in)
{
    return rd_le(in, 8);
}

static inline uint16_t rd_be16(struct rd *in)
{
    return (uint16_t)rd_be(in, 2);
}

static inline uint32_t rd_be32(struct rd *in)
{
    return (uint32_t)rd_be(in, 4);
}

/* Fill a fixed field; zeroes when the bytes are not there. */
static inline void rd_copy(struct rd *in, uint8_t *dst, size_t n)
{
    struct view v = rd_view(in, n);

    memset(dst, 0, n);
    if (v.n != 0)
        memcpy(dst, v.p, v.n);
}

/* The verdict on a whole message: every read fitted, and nothing is left over. */
static inline enum ssp_err rd_end(const struct rd *in)
{
    return in->bad || in->left.n != 0 ? ssp_fail(BAD_TOKEN) : SSP_OK;
}

#endif
