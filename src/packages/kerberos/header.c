/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/header.h"

enum { TOK_MIC = 0x0404, TOK_WRAP = 0x0504, FILLER = 0xff, MIC_FILLERS = 5 };

static void put_be(uint8_t *dst, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        dst[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

/* RFC 4121 4.2.6.1 */
void krb_mic_encode(const struct krb_header *header, uint8_t ret[KRB_HEADER_SIZE])
{
    put_be(ret, 2, TOK_MIC);
    ret[2] = header->flags;
    memset(ret + 3, FILLER, MIC_FILLERS);
    put_be(ret + 8, 8, header->seq);
}

enum ssp_err krb_mic_decode_prefix(struct view token, struct krb_header *ret)
{
    struct rd in = rd_of(token);
    uint16_t kind = rd_be16(&in);
    struct krb_header header = { .flags = rd_u8(&in) };
    struct view fillers = rd_view(&in, MIC_FILLERS);

    header.seq = rd_be(&in, 8);
    if (!rd_ok(&in) || kind != TOK_MIC)
        return ssp_fail(BAD_TOKEN);
    for (size_t i = 0; i < fillers.n; i++)
        if (fillers.p[i] != FILLER)
            return ssp_fail(BAD_TOKEN);
    *ret = header;
    return SSP_OK;
}

/* RFC 4121 4.2.6.2 */
void krb_wrap_encode(const struct krb_header *header, uint8_t ret[KRB_HEADER_SIZE])
{
    put_be(ret, 2, TOK_WRAP);
    ret[2] = header->flags;
    ret[3] = FILLER;
    put_be(ret + 4, 2, header->ec);
    put_be(ret + 6, 2, header->rrc);
    put_be(ret + 8, 8, header->seq);
}

enum ssp_err krb_wrap_decode_prefix(struct view token, struct krb_header *ret)
{
    struct rd in = rd_of(token);
    uint16_t kind = rd_be16(&in);
    struct krb_header header = { .flags = rd_u8(&in) };
    uint8_t filler = rd_u8(&in);

    header.ec = rd_be16(&in);
    header.rrc = rd_be16(&in);
    header.seq = rd_be(&in, 8);
    if (!rd_ok(&in) || kind != TOK_WRAP || filler != FILLER)
        return ssp_fail(BAD_TOKEN);
    *ret = header;
    return SSP_OK;
}
