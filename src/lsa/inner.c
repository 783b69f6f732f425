/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/inner.h"

enum { HAS_LOGON = 1, ACCEPTOR = 2, ALL_FLAGS = HAS_LOGON | ACCEPTOR };

void inner_encode(const struct inner *inner, struct wr *out)
{
    wr_le16(out, INNER_VERSION);
    wr_le16(out, (inner->has_logon ? HAS_LOGON : 0U) | (inner->accept ? ACCEPTOR : 0U));
    wr_le32(out, inner->logon.LowPart);
    wr_le32(out, (uint32_t)inner->logon.HighPart);
    wr_le64(out, (uint64_t)inner->context_expiry);
    wr_view(out, inner->packed);
}

enum ssp_err inner_decode(struct view plain, struct inner *ret)
{
    struct rd in = rd_of(plain);
    struct inner inner = { 0 };

    uint16_t version = rd_le16(&in);
    uint16_t flags = rd_le16(&in);
    inner.logon.LowPart = rd_le32(&in);
    inner.logon.HighPart = (LONG)rd_le32(&in);
    inner.context_expiry = (int64_t)rd_le64(&in);
    inner.packed = rd_view(&in, in.left.n);
    if (!rd_ok(&in) || version != INNER_VERSION || (flags & ~ALL_FLAGS) != 0)
        return ssp_fail(BAD_ENVELOPE);

    inner.has_logon = (flags & HAS_LOGON) != 0;
    inner.accept = (flags & ACCEPTOR) != 0;
    if (!inner.has_logon && !SecIsZeroLuid(&inner.logon))
        return ssp_fail(BAD_ENVELOPE);
    *ret = inner;
    return SSP_OK;
}
