/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/packed.h"

void packed_put_text(const struct str16 *text, struct wr *out)
{
    wr_le16(out, text->n);
    str16_to_wire(text, out);
}

enum ssp_err packed_take_text(struct rd *in, struct str16 *ret)
{
    struct view wire = rd_view(in, 2 * (size_t)rd_le16(in));

    return rd_ok(in) ? packed_text(wire, ret) : ssp_fail(BAD_PACKED);
}

void packed_put_bytes(struct view bytes, struct wr *out)
{
    wr_le32(out, bytes.n);
    wr_view(out, bytes);
}

enum ssp_err packed_take_bytes(struct rd *in, size_t max, struct secret *ret)
{
    struct view bytes = rd_view(in, rd_le32(in));

    return rd_ok(in) && bytes.n <= max ? secret_new(bytes, ret) : ssp_fail(BAD_PACKED);
}

enum ssp_err packed_text(struct view wire, struct str16 *ret)
{
    enum ssp_err e = str16_from_wire(wire, ret);

    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(BAD_PACKED);
}
