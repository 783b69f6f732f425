/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf16.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unistr.h>

#include "base/cleanup.h"
#include "base/limits.h"

enum { ASCII_END = 0x80 };

void str16_wipe(struct str16 *s)
{
    ssp_wipe_free(s->p, s->p == NULL ? 0 : (s->n + 1) * sizeof(*s->p));
    *s = (struct str16){ 0 };
}

void wipe_free_str(char **s)
{
    ssp_wipe_free(*s, *s == NULL ? 0 : strlen(*s));
    *s = NULL;
}

size_t str16_len(const char16_t *p)
{
    size_t n = 0;

    while (p[n] != 0)
        n++;
    return n;
}

/* Room for n characters, all 0. */
static enum ssp_err str16_new(size_t n, struct str16 *ret)
{
    char16_t *p = malloc((n + 1) * sizeof(*p));

    if (p == NULL)
        return ssp_fail(NO_MEMORY);
    memset(p, 0, (n + 1) * sizeof(*p));
    *ret = (struct str16){ .p = p, .n = n };
    return SSP_OK;
}

/* The last act of every maker: well-formed, of a length that is allowed, and the caller's. */
static enum ssp_err hand_over(struct str16 *s, struct str16 *ret)
{
    if (s->n > LIMIT_NAME)
        return ssp_fail(TOO_LARGE);
    if (u16_check((const uint16_t *)s->p, s->n) != NULL)
        return ssp_fail(BAD_ARGUMENT);
    *ret = *s;
    *s = (struct str16){ 0 };
    return SSP_OK;
}

/* The conversions of libunistring get memory that is large enough for the worst case: they would
 * let it grow by realloc(), which leaves copies of passwords behind. */
enum ssp_err str16_from_utf8(struct view utf8, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };

    if (utf8.n > (size_t)3 * LIMIT_NAME)
        return ssp_fail(TOO_LARGE);
    SSP_TRY(str16_new(utf8.n, &s));
    size_t n = s.n;
    if (n != 0 && u8_to_u16(utf8.p, utf8.n, (uint16_t *)s.p, &n) == NULL)
        return ssp_fail(BAD_ARGUMENT);
    s.n = n;
    return hand_over(&s, ret);
}

enum ssp_err str16_from_units(const char16_t *p, size_t n, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };

    if (n > LIMIT_NAME)
        return ssp_fail(TOO_LARGE);
    SSP_TRY(str16_new(n, &s));
    if (n != 0)
        memcpy(s.p, p, n * sizeof(*p));
    return hand_over(&s, ret);
}

enum ssp_err str16_from_wire(struct view le, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    struct rd in = rd_of(le);

    if (le.n % 2 != 0)
        return ssp_fail(BAD_ARGUMENT);
    if (le.n / 2 > LIMIT_NAME)
        return ssp_fail(TOO_LARGE);
    SSP_TRY(str16_new(le.n / 2, &s));
    for (size_t i = 0; i < s.n; i++)
        s.p[i] = rd_le16(&in);
    return hand_over(&s, ret);
}

/* A 0 inside would be the end for whoever reads the result. */
enum ssp_err str16_to_utf8(const struct str16 *s, char **ret)
{
    size_t room = 3 * s->n + 1; /* a unit takes three bytes at most */
    ssp_cleanup(wipe_free_str) char *text = NULL;

    for (size_t i = 0; i < s->n; i++)
        if (s->p[i] == 0)
            return ssp_fail(BAD_ARGUMENT);
    text = malloc(room);
    if (text == NULL)
        return ssp_fail(NO_MEMORY);
    memset(text, 0, room);
    if (s->n != 0 && u16_to_u8((const uint16_t *)s->p, s->n, (uint8_t *)text, &room) == NULL)
        return ssp_fail(BAD_ARGUMENT);
    *ret = ssp_steal(&text);
    return SSP_OK;
}

/* Straight into out, which wipes: it may be a password. */
void str16_to_wire(const struct str16 *s, struct wr *out)
{
    wr_reserve(out, 2 * s->n);
    if (out->err != SSP_OK || s->n == 0)
        return;

    uint8_t *to = out->p + out->n;
    for (size_t i = 0; i < s->n; i++) {
        to[2 * i] = (uint8_t)s->p[i];
        to[2 * i + 1] = (uint8_t)(s->p[i] >> 8);
    }
    out->n += 2 * s->n;
}

/*
 * Windows' table maps each 16-bit character by itself, as simple case mapping
 * does, with three exceptions, which keep their own character there: MICRO SIGN,
 * DOTLESS I and LONG S.  The last two would otherwise turn into ASCII, and a
 * name into somebody else's.
 */
static char16_t upper(char16_t c)
{
    if (c < ASCII_END)
        return c >= 'a' && c <= 'z' ? (char16_t)(c - 'a' + 'A') : c;
    if (c == 0x00b5 || c == 0x0131 || c == 0x017f || (c >= 0xd800 && c < 0xe000))
        return c;

    ucs4_t up = uc_toupper(c);
    return up <= UINT16_MAX ? (char16_t)up : c;
}

enum ssp_err str16_upper(const struct str16 *s, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 up = { 0 };

    SSP_TRY(str16_new(s->n, &up));
    for (size_t i = 0; i < s->n; i++)
        up.p[i] = upper(s->p[i]);
    return hand_over(&up, ret);
}

bool str16_eq_nocase(const struct str16 *a, const struct str16 *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (upper(a->p[i]) != upper(b->p[i]))
            return false;
    return true;
}

/*
 * Code page 850 from 0x80 on; below it is ASCII.  A table of our own, since
 * iconv() leaves copies of what it converts, and needs modules that a small
 * system may not have.
 */
static const char16_t cp850[] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, /* 80 */
    0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, /* 88 */
    0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, /* 90 */
    0x00ff, 0x00d6, 0x00dc, 0x00f8, 0x00a3, 0x00d8, 0x00d7, 0x0192, /* 98 */
    0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba, /* a0 */
    0x00bf, 0x00ae, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, /* a8 */
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x00c1, 0x00c2, 0x00c0, /* b0 */
    0x00a9, 0x2563, 0x2551, 0x2557, 0x255d, 0x00a2, 0x00a5, 0x2510, /* b8 */
    0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x00e3, 0x00c3, /* c0 */
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x00a4, /* c8 */
    0x00f0, 0x00d0, 0x00ca, 0x00cb, 0x00c8, 0x0131, 0x00cd, 0x00ce, /* d0 */
    0x00cf, 0x2518, 0x250c, 0x2588, 0x2584, 0x00a6, 0x00cc, 0x2580, /* d8 */
    0x00d3, 0x00df, 0x00d4, 0x00d2, 0x00f5, 0x00d5, 0x00b5, 0x00fe, /* e0 */
    0x00de, 0x00da, 0x00db, 0x00d9, 0x00fd, 0x00dd, 0x00af, 0x00b4, /* e8 */
    0x00ad, 0x00b1, 0x2017, 0x00be, 0x00b6, 0x00a7, 0x00f7, 0x00b8, /* f0 */
    0x00b0, 0x00a8, 0x00b7, 0x00b9, 0x00b3, 0x00b2, 0x25a0, 0x00a0, /* f8 */
};
_Static_assert(sizeof(cp850) / sizeof(cp850[0]) == 256 - ASCII_END, "one for each byte");

enum ssp_err str16_from_oem(struct view oem, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };

    if (oem.n > LIMIT_NAME)
        return ssp_fail(TOO_LARGE);
    SSP_TRY(str16_new(oem.n, &s));
    for (size_t i = 0; i < s.n; i++)
        s.p[i] = oem.p[i] < ASCII_END ? oem.p[i] : cp850[oem.p[i] - ASCII_END];
    return hand_over(&s, ret);
}

/* The byte of code page 850 for a character; -1 when it has none. */
static int oem_of(char16_t c)
{
    if (c < ASCII_END)
        return c;
    for (int i = 0; i < 256 - ASCII_END; i++)
        if (cp850[i] == c)
            return i + ASCII_END;
    return -1;
}

enum ssp_err str16_to_oem(const struct str16 *s, struct wr *out)
{
    for (size_t i = 0; i < s->n; i++)
        if (oem_of(s->p[i]) < 0)
            return ssp_fail(BAD_ARGUMENT);
    for (size_t i = 0; i < s->n; i++)
        wr_u8(out, (size_t)oem_of(s->p[i]));
    return out->err;
}
