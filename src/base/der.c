/* SPDX-License-Identifier: Apache-2.0 */
#include "base/der.h"

enum { LONG_FORM = 0x80, LENGTH_BYTES_MAX = 4, TAG_HIGH = 0x1f };

/* X.690 10.1: "The definite form of length encoding shall be used, encoded in the minimum number
 * of octets." */
static size_t take_length(struct rd *in)
{
    uint8_t first = rd_u8(in);
    size_t width = first & ~(unsigned)LONG_FORM;

    if (first < LONG_FORM)
        return first;
    if (width == 0 || width > LENGTH_BYTES_MAX) {
        in->bad = true;
        return 0;
    }
    uint64_t n = rd_be(in, width);
    if (n < LONG_FORM || n >> 8 * (width - 1) == 0)
        in->bad = true;
    return in->bad ? 0 : (size_t)n;
}

bool der_is(const struct rd *in, uint8_t tag)
{
    return rd_ok(in) && in->left.n != 0 && in->left.p[0] == tag;
}

struct view der_any(struct rd *in, uint8_t *ret_tag)
{
    uint8_t tag = rd_u8(in);

    if ((tag & TAG_HIGH) == TAG_HIGH)
        in->bad = true;
    struct view contents = rd_view(in, take_length(in));
    *ret_tag = rd_ok(in) ? tag : 0;
    return contents;
}

struct view der_take(struct rd *in, uint8_t tag)
{
    uint8_t found = 0;

    if (!der_is(in, tag)) {
        in->bad = true;
        return (struct view){ 0 };
    }
    return der_any(in, &found);
}

struct view der_whole(struct rd *in, uint8_t tag)
{
    struct view before = in->left;

    (void)der_take(in, tag);
    return rd_ok(in) ? (struct view){ before.p, before.n - in->left.n } : (struct view){ 0 };
}

/* X.690 8.3.2: the first nine bits are neither all zero nor all one. */
static bool is_shortest(struct view number)
{
    if (number.n < 2)
        return number.n != 0;
    bool sign = (number.p[1] & 0x80) != 0;
    return number.p[0] != (sign ? 0xff : 0x00);
}

static uint64_t take_uint(struct rd *in, uint8_t tag)
{
    struct view number = der_take(in, tag);
    struct rd digits = rd_of(number);

    if (!is_shortest(number) || (number.p[0] & 0x80) != 0) {
        in->bad = true;
        return 0;
    }
    if (number.n > 1 && number.p[0] == 0)
        (void)rd_u8(&digits);
    if (digits.left.n > sizeof(uint64_t)) {
        in->bad = true;
        return 0;
    }
    return rd_be(&digits, digits.left.n);
}

uint64_t der_uint(struct rd *in)
{
    return take_uint(in, DER_INTEGER);
}

uint64_t der_enum(struct rd *in)
{
    return take_uint(in, DER_ENUMERATED);
}

int32_t der_int(struct rd *in)
{
    struct view number = der_take(in, DER_INTEGER);
    struct rd digits = rd_of(number);

    if (!is_shortest(number) || number.n > sizeof(int32_t)) {
        in->bad = true;
        return 0;
    }
    uint64_t value = rd_be(&digits, number.n);
    if ((number.p[0] & 0x80) != 0) /* the bits above those that are there */
        value |= ~UINT64_C(0) << 8 * number.n;
    return (int32_t)(uint32_t)value;
}

/* X.690 8.19.2: each number is in groups of seven bits, all but the last with the high bit, and the
 * first of them not 0x80. */
static bool oid_ok(struct view oid)
{
    bool begins = true;

    for (size_t i = 0; i < oid.n; i++) {
        if (begins && oid.p[i] == LONG_FORM)
            return false;
        begins = oid.p[i] < LONG_FORM;
    }
    return oid.n != 0 && begins;
}

struct view der_oid(struct rd *in)
{
    struct view oid = der_take(in, DER_OID);

    if (!oid_ok(oid))
        in->bad = true;
    return rd_ok(in) ? oid : (struct view){ 0 };
}

/* Bytes of tag and length, as far as the first byte of the length tells. */
static size_t header_size(struct view start)
{
    size_t width = start.n > 1 ? start.p[1] & ~(unsigned)LONG_FORM : 0;
    bool is_long = start.n > 1 && start.p[1] > LONG_FORM && width <= LENGTH_BYTES_MAX;

    return is_long ? 2 + width : 2;
}

enum ssp_err der_total(struct view start, size_t *ret)
{
    struct rd in = rd_of(start);

    if (start.n < header_size(start))
        return ssp_fail(INCOMPLETE);
    bool is_one_byte = (rd_u8(&in) & TAG_HIGH) != TAG_HIGH;
    size_t n = take_length(&in);
    if (!rd_ok(&in) || !is_one_byte)
        return ssp_fail(BAD_TOKEN);
    *ret = start.n - in.left.n + n;
    return SSP_OK;
}

/* ---- Writing ----------------------------------------------------------- */

static size_t width_of(uint64_t n)
{
    size_t width = 1;

    while (width < sizeof(n) && n >> 8 * width != 0)
        width++;
    return width;
}

static void put_be(uint8_t *at, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

size_t der_begin(struct wr *out, uint8_t tag)
{
    wr_u8(out, tag);
    wr_u8(out, 0);
    return out->n;
}

/* The length takes one byte or more; contents make room for it once it is known. */
void der_end(struct wr *out, size_t begun)
{
    if (out->err != SSP_OK)
        return;
    size_t n = out->n - begun;
    size_t more = n < LONG_FORM ? 0 : width_of(n);

    wr_zero(out, more);
    if (out->err != SSP_OK)
        return;
    uint8_t *contents = out->p + begun;
    if (more == 0) {
        contents[-1] = (uint8_t)n;
        return;
    }
    memmove(contents + more, contents, n);
    contents[-1] = (uint8_t)(LONG_FORM | more);
    put_be(contents, n, more);
}

void der_put(struct wr *out, uint8_t tag, struct view contents)
{
    size_t at = der_begin(out, tag);

    wr_view(out, contents);
    der_end(out, at);
}

static void put_number(struct wr *out, uint8_t tag, uint64_t value)
{
    uint8_t bytes[1 + sizeof(value)] = { 0 };
    size_t width = width_of(value);

    put_be(bytes + 1, value, width);
    bool needs_zero = (bytes[1] & 0x80) != 0; /* else it would be negative */
    der_put(out, tag, (struct view){ bytes + !needs_zero, width + needs_zero });
}

void der_put_uint(struct wr *out, uint64_t value)
{
    put_number(out, DER_INTEGER, value);
}

void der_put_enum(struct wr *out, uint8_t value)
{
    put_number(out, DER_ENUMERATED, value);
}

void der_put_int(struct wr *out, int32_t value)
{
    uint8_t bytes[sizeof(value)];
    struct view number = VIEW_OF(bytes);

    put_be(bytes, (uint32_t)value, sizeof(bytes));
    while (!is_shortest(number)) /* ends: one byte is the shortest there is */
        number = (struct view){ number.p + 1, number.n - 1 };
    der_put(out, DER_INTEGER, number);
}
