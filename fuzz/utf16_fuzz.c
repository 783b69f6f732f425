/* SPDX-License-Identifier: Apache-2.0 */
/* Every conversion that succeeds has a way back to where it came from; each result is well-formed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf16.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool holds_zero(const struct str16 *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->p[i] == 0)
            return true;
    return false;
}

static void check_upper(const struct str16 *s)
{
    ssp_cleanup(str16_wipe) struct str16 up = { 0 };
    ssp_cleanup(str16_wipe) struct str16 twice = { 0 };

    must(str16_upper(s, &up) == SSP_OK);
    must(up.n == s->n && str16_eq_nocase(s, &up));
    must(str16_upper(&up, &twice) == SSP_OK && str16_eq_nocase(&up, &twice));
}

static void check_wire(struct view bytes)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    if (str16_from_wire(bytes, &s) != SSP_OK)
        return;
    str16_to_wire(&s, &out);
    must(out.err == SSP_OK && same((struct view){ out.p, out.n }, bytes));
    must((str16_to_utf8(&s, &utf8) == SSP_OK) != holds_zero(&s));
    check_upper(&s);
}

static void check_utf8(struct view bytes)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    if (str16_from_utf8(bytes, &s) != SSP_OK || holds_zero(&s))
        return;
    must(str16_to_utf8(&s, &utf8) == SSP_OK);
    must(same((struct view){ (const uint8_t *)utf8, strlen(utf8) }, bytes));
}

static void check_oem(struct view bytes)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);

    if (str16_from_oem(bytes, &s) != SSP_OK)
        return;
    must(str16_to_oem(&s, &out) == SSP_OK && same((struct view){ out.p, out.n }, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view bytes = { data, size };

    check_wire(bytes);
    check_utf8(bytes);
    check_oem(bytes);
    return 0;
}
