/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/pack.h"

void nego_pack(const struct nego_packed *packed, struct wr *out)
{
    wr_reserve(out, NEGO_PACK_TOKEN_AT + sizeof(packed->token) + packed->inner.n);
    wr_le32(out, NEGO_PACK_VERSION);
    wr_u8(out, packed->package);
    wr_u8(out, 0);
    wr_le16(out, packed->id);
    wr_le64(out, packed->token);
    wr_view(out, packed->inner);
}

enum ssp_err nego_unpack(struct view bytes, struct nego_packed *ret)
{
    struct rd in = rd_of(bytes);
    uint32_t version = rd_le32(&in);
    uint8_t package = rd_u8(&in);
    uint8_t zero = rd_u8(&in);
    struct nego_packed packed = { .id = rd_le16(&in) };

    packed.token = rd_le64(&in);
    packed.inner = rd_view(&in, in.left.n);
    if (rd_end(&in) != SSP_OK || version != NEGO_PACK_VERSION || package >= NEGO_PACKAGES ||
        zero != 0 || packed.inner.n == 0)
        return ssp_fail(BAD_PACKED);
    packed.package = (enum nego_package)package;
    *ret = packed;
    return SSP_OK;
}
