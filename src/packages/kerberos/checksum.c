/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/checksum.h"

#include "base/secret.h"

enum { DELEGATE = 1 };

void krb_checksum_encode(const struct krb_checksum *checksum, struct wr *out)
{
    wr_le32(out, KRB_HASH_SIZE);
    wr_view(out, VIEW_OF(checksum->bindings));
    wr_le32(out, checksum->flags);
    if ((checksum->flags & KRB_GSS_DELEG) == 0)
        return;
    wr_le16(out, DELEGATE);
    wr_le16(out, checksum->delegation.n);
    wr_view(out, checksum->delegation);
}

enum ssp_err krb_checksum_decode(struct view bytes, struct krb_checksum *ret)
{
    struct rd in = rd_of(bytes);
    struct krb_checksum checksum = { 0 };
    uint16_t option = DELEGATE;

    if (rd_le32(&in) != KRB_HASH_SIZE)
        return ssp_fail(BAD_TOKEN);
    rd_copy(&in, checksum.bindings, sizeof(checksum.bindings));
    checksum.flags = rd_le32(&in);
    if ((checksum.flags & KRB_GSS_DELEG) != 0) {
        option = rd_le16(&in);
        checksum.delegation = rd_view(&in, rd_le16(&in));
    }
    /* RFC 4121 4.1.1: "Acceptors that do not understand the Extensions MUST ignore any octets past
     * the Deleg field". */
    if (!rd_ok(&in) || option != DELEGATE)
        return ssp_fail(BAD_TOKEN);
    *ret = checksum;
    return SSP_OK;
}

/* RFC 4121 4.1.1.2: sixteen zeroes say that there are none. */
bool krb_checksum_has_bindings(const struct krb_checksum *checksum)
{
    static const uint8_t none[KRB_HASH_SIZE];

    return !ct_eq(VIEW_OF(checksum->bindings), VIEW_OF(none));
}
