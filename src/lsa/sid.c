/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/sid.h"

#include "base/rd.h"

#include <inttypes.h>
#include <stdio.h>

enum { REVISION = 1, HEAD = 8, MAX_SUB = 15 };

static uint64_t authority_of(struct view six)
{
    uint64_t value = 0;

    for (size_t i = 0; i < six.n; i++)
        value = value << 8 | six.p[i];
    return value;
}

enum ssp_err sid_format(const void *sid, char *ret, size_t n)
{
    char text[192] = "";
    const uint8_t *p = sid;

    if (sid != NULL) {
        if (p[0] != REVISION || p[1] > MAX_SUB)
            return ssp_fail(BAD_ARGUMENT);

        struct rd in = rd_of((struct view){ p + 2, HEAD - 2 + 4 * (size_t)p[1] });
        uint64_t authority = authority_of(rd_view(&in, 6));
        int used = snprintf(text, sizeof(text), authority >> 32 ? "S-1-0x%" PRIx64 : "S-1-%" PRIu64,
                            authority);

        for (size_t i = 0; i < p[1]; i++)
            used += snprintf(text + used, sizeof(text) - (size_t)used, "-%" PRIu32, rd_le32(&in));
        SSP_TRY(rd_end(&in));
    }
    int written = snprintf(ret, n, "%s", text);
    return written >= 0 && (size_t)written < n ? SSP_OK : ssp_fail(BAD_ARGUMENT);
}
