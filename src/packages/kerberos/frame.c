/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/frame.h"

#include "base/secret.h"

/* 1.2.840.113554.1.2.2 */
static const uint8_t mechanism[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };

static const struct {
    enum krb_frame_kind kind;
    uint8_t tag; /* of the message (RFC 4120 5.10) */
} kinds[] = {
    { KRB_AP_REQ, der_application(14) },
    { KRB_AP_REP, der_application(15) },
    { KRB_ERROR, der_application(30) },
};

void krb_frame_encode(const struct krb_frame *token, struct wr *out)
{
    if (token->is_bare) {
        wr_view(out, token->message);
        return;
    }
    size_t frame = der_begin(out, der_application(0));
    der_put(out, DER_OID, VIEW_OF(mechanism));
    wr_be16(out, token->kind);
    wr_view(out, token->message);
    der_end(out, frame);
}

/* Both say the kind; the message's tag is the one that counts, and the other has to fit. */
static enum ssp_err find_kind(struct krb_frame *token)
{
    struct rd in = rd_of(token->message);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!der_is(&in, kinds[i].tag))
            continue;
        token->kind = kinds[i].kind;
        (void)der_take(&in, kinds[i].tag);
        return rd_end(&in);
    }
    return ssp_fail(BAD_TOKEN);
}

static enum ssp_err decode_framed(struct rd *in, struct krb_frame *token)
{
    struct rd frame = rd_of(der_take(in, der_application(0)));
    struct view oid = der_take(&frame, DER_OID);
    uint16_t kind = rd_be16(&frame);

    SSP_TRY(rd_end(in));
    if (!rd_ok(&frame) || !ct_eq(oid, VIEW_OF(mechanism)))
        return ssp_fail(BAD_TOKEN);
    token->message = frame.left;
    SSP_TRY(find_kind(token));
    return kind == token->kind ? SSP_OK : ssp_fail(BAD_TOKEN);
}

enum ssp_err krb_frame_decode(struct view bytes, struct krb_frame *ret)
{
    struct rd in = rd_of(bytes);
    struct krb_frame token = { .is_bare = !der_is(&in, der_application(0)), .message = bytes };

    SSP_TRY(token.is_bare ? find_kind(&token) : decode_framed(&in, &token));
    *ret = token;
    return SSP_OK;
}
