/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 strings, as Windows' interfaces and wire formats have them, and their
 * conversions.  In memory native order; on the wire little-endian.  They may
 * hold a password, so they are wiped when freed.
 */
#ifndef SSP_BASE_UTF16_H
#define SSP_BASE_UTF16_H

#include "base/rd.h"
#include "base/wr.h"

#include <uchar.h>

struct str16 { /* owns p; p[n] is 0 when p is not NULL; ssp_cleanup(str16_wipe) */
    char16_t *p;
    size_t n; /* characters (code units), the closing 0 not counted */
};

void str16_wipe(struct str16 *s);

/* BAD_ARGUMENT for ill-formed UTF-8 or UTF-16 (and, to UTF-8, for a 0 inside), TOO_LARGE beyond
 * LIMIT_NAME characters, NO_MEMORY. */
enum ssp_err str16_from_utf8(struct view utf8, struct str16 *ret);
enum ssp_err str16_from_units(const char16_t *p, size_t n, struct str16 *ret); /* a copy, checked */
enum ssp_err str16_from_wire(struct view le, struct str16 *ret); /* odd sizes refused */
enum ssp_err str16_to_utf8(const struct str16 *s, char **ret);   /* closed by 0; wipe_free_str() */
void str16_to_wire(const struct str16 *s, struct wr *out);

size_t str16_len(const char16_t *p); /* of a string closed by 0 */

/* Simple one-to-one upper-casing, as NTOWF and name comparison want it ([MS-NLMP] 3.3.2). */
enum ssp_err str16_upper(const struct str16 *s, struct str16 *ret);
bool str16_eq_nocase(const struct str16 *a, const struct str16 *b);

/* The OEM character set of [MS-NLMP] 2.2: code page 850; BAD_ARGUMENT for what it cannot say. */
enum ssp_err str16_from_oem(struct view oem, struct str16 *ret);
enum ssp_err str16_to_oem(const struct str16 *s, struct wr *out);

void wipe_free_str(char **s); /* for ssp_cleanup(): wipes a C string, frees, sets NULL */

#endif
