/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/bindings.h"

#include "crypto/digest.h"

struct address { /* of a channel binding: type, length, offset in the block */
    uint32_t type;
    uint32_t n;
    uint32_t off;
};

static void put_le32(uint8_t dst[4], uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        dst[i] = (uint8_t)(value >> 8 * i);
}

enum ssp_err bindings_hash(struct view bindings, uint8_t ret[BINDINGS_SIZE])
{
    enum { INITIATOR, ACCEPTOR, DATA, PARTS };
    struct address part[PARTS] = { 0 };
    uint8_t head[PARTS][8];
    struct view pieces[2 * PARTS];
    struct rd in = rd_of(bindings);

    if (bindings.n == 0) {
        memset(ret, 0, BINDINGS_SIZE);
        return SSP_OK;
    }
    for (size_t i = 0; i < PARTS; i++) {
        part[i].type = i == DATA ? 0 : rd_le32(&in);
        part[i].n = rd_le32(&in);
        part[i].off = rd_le32(&in);
    }
    for (size_t i = 0; i < PARTS; i++) {
        put_le32(head[i], part[i].type);
        put_le32(head[i] + 4, part[i].n);
        /* RFC 4121 4.1.1.2: application data have a length only. */
        pieces[2 * i] = i == DATA ? (struct view){ head[i] + 4, 4 } : VIEW_OF(head[i]);
        pieces[2 * i + 1] =
            part[i].n == 0 ? (struct view){ 0 } : rd_slice(&in, bindings, part[i].off, part[i].n);
    }
    if (!rd_ok(&in))
        return ssp_fail(BAD_ARGUMENT);
    md5(pieces, sizeof(pieces) / sizeof(pieces[0]), ret);
    return SSP_OK;
}
