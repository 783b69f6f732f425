/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/reply.h"

#include "base/cleanup.h"
#include "base/der.h"
#include "packages/kerberos/field.h"

enum { VERSION = 5, AP_REP_TYPE = 15, MICROS_MAX = 999999 };

/* ---- EncAPRepPart ------------------------------------------------------ */

static void encode_part(const struct krb_reply *reply, struct wr *out)
{
    size_t outer = der_begin(out, der_application(27));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    krb_put_stamp(out, 0, reply->stamp.seconds);
    krb_put_uint(out, 1, reply->stamp.micros);
    if (reply->subkey.key.n != 0)
        krb_put_key(out, 2, &reply->subkey);
    if (reply->has_seq)
        krb_put_uint(out, 3, reply->seq);
    der_end(out, sequence);
    der_end(out, outer);
}

/* Implementations before RFC 4120 sent sequence numbers with a sign (RFC 4120 5.3.2). */
static uint32_t take_seq(struct rd *in)
{
    struct rd field = rd_of(der_take(in, der_field(3)));
    struct rd again = field;
    uint64_t value = der_uint(&field);

    if (!rd_ok(&field)) {
        field = again;
        value = (uint32_t)der_int(&field);
    }
    in->bad = in->bad || rd_end(&field) != SSP_OK || value > UINT32_MAX;
    return (uint32_t)value;
}

static void take_stamp(struct rd *in, struct krb_stamp *ret)
{
    ret->seconds = krb_take_stamp(in, 0);
    uint64_t micros = krb_take_uint(in, 1);

    in->bad = in->bad || micros > MICROS_MAX;
    ret->micros = (uint32_t)micros;
}

static enum ssp_err decode_part(struct view bytes, struct krb_reply *ret)
{
    ssp_cleanup(krb_reply_wipe) struct krb_reply reply = { 0 };
    struct rd in = rd_of(bytes);
    struct rd outer = rd_of(der_take(&in, der_application(27)));
    struct rd sequence = rd_of(der_take(&outer, DER_SEQUENCE));

    take_stamp(&sequence, &reply.stamp);
    if (der_is(&sequence, der_field(2)))
        krb_take_key(&sequence, 2, &reply.subkey);
    reply.has_seq = der_is(&sequence, der_field(3));
    if (reply.has_seq)
        reply.seq = take_seq(&sequence);
    if (rd_end(&sequence) != SSP_OK || rd_end(&outer) != SSP_OK || rd_end(&in) != SSP_OK)
        return ssp_fail(BAD_TOKEN);
    *ret = reply;
    return SSP_OK;
}

/* ---- AP-REP ------------------------------------------------------------ */

enum ssp_err krb_reply_encode(const struct krb_port *port, const struct krb_key *session,
                              const struct krb_reply *reply, struct wr *out)
{
    ssp_cleanup(wr_free) struct wr part = WR_INIT(KRB_REPLY_MAX);
    ssp_cleanup(wr_free) struct wr cipher = WR_INIT(KRB_REPLY_MAX);

    encode_part(reply, &part);
    SSP_TRY(part.err);
    SSP_TRY(port->seal(session, KRB_USAGE_AP_REP, (struct view){ part.p, part.n }, &cipher));

    size_t outer = der_begin(out, der_application(15));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    krb_put_uint(out, 0, VERSION);
    krb_put_uint(out, 1, AP_REP_TYPE);
    krb_put_sealed(out, 2, session->type, (struct view){ cipher.p, cipher.n });
    der_end(out, sequence);
    der_end(out, outer);
    return out->err;
}

enum ssp_err krb_reply_decode(const struct krb_port *port, const struct krb_key *session,
                              struct view message, struct krb_reply *ret)
{
    ssp_cleanup(wr_free) struct wr part = WR_INIT(KRB_REPLY_MAX);
    struct rd in = rd_of(message);
    struct rd outer = rd_of(der_take(&in, der_application(15)));
    struct rd sequence = rd_of(der_take(&outer, DER_SEQUENCE));
    uint64_t version = krb_take_uint(&sequence, 0);
    uint64_t type = krb_take_uint(&sequence, 1);
    int32_t sealed_type = 0;
    struct view cipher = krb_take_sealed(&sequence, 2, &sealed_type);

    if (rd_end(&sequence) != SSP_OK || rd_end(&outer) != SSP_OK || rd_end(&in) != SSP_OK ||
        version != VERSION || type != AP_REP_TYPE || sealed_type != session->type ||
        cipher.n > KRB_REPLY_MAX)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(port->open(session, KRB_USAGE_AP_REP, cipher, &part));
    return decode_part((struct view){ part.p, part.n }, ret);
}

bool krb_stamp_eq(const struct krb_stamp *a, const struct krb_stamp *b)
{
    return a->seconds == b->seconds && a->micros == b->micros;
}

void krb_reply_wipe(struct krb_reply *reply)
{
    krb_key_wipe(&reply->subkey);
}
