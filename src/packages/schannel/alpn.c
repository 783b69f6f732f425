/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/alpn.h"

#include <sspi.h>

static bool names_are_whole(struct view list)
{
    struct rd in = rd_of(list);

    while (in.left.n != 0)
        if (rd_view(&in, rd_u8(&in)).n == 0)
            return false;
    return true;
}

/* Native order, and no padding: a list begins where the one before ends. */
enum ssp_err tls_alpn_decode(struct view block, struct view *ret)
{
    struct rd outer = rd_of(block);
    struct view found = { 0 };

    if (block.n == 0) {
        *ret = found;
        return SSP_OK;
    }
    struct rd lists = rd_of(rd_view(&outer, rd_le32(&outer)));
    while (rd_ok(&lists) && lists.left.n != 0) {
        uint32_t kind = rd_le32(&lists);
        struct view names = rd_view(&lists, rd_le16(&lists));

        if (kind == SecApplicationProtocolNegotiationExt_ALPN && found.n == 0)
            found = names;
    }
    if (!rd_ok(&outer) || !rd_ok(&lists) || !names_are_whole(found))
        return ssp_fail(BAD_ARGUMENT);
    *ret = found;
    return SSP_OK;
}
