/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/reply.h"

#include "base/cleanup.h"
#include "base/der.h"
#include "packages/kerberos/time.h"

enum { VERSION = 5, AP_REP_TYPE = 15, MICROS_MAX = 999999 };

/* ---- Fields ------------------------------------------------------------ */

static void put_uint_field(struct wr *out, unsigned n, uint64_t value)
{
    size_t field = der_begin(out, der_field(n));

    der_put_uint(out, value);
    der_end(out, field);
}

static void put_int_field(struct wr *out, unsigned n, int32_t value)
{
    size_t field = der_begin(out, der_field(n));

    der_put_int(out, value);
    der_end(out, field);
}

static void put_bytes_field(struct wr *out, unsigned n, struct view bytes)
{
    size_t field = der_begin(out, der_field(n));

    der_put(out, DER_OCTET_STRING, bytes);
    der_end(out, field);
}

/* A field whose contents have to be one element, whole. */
static uint64_t take_uint_field(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    uint64_t value = der_uint(&field);

    in->bad = in->bad || rd_end(&field) != SSP_OK;
    return value;
}

static int32_t take_int_field(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    int32_t value = der_int(&field);

    in->bad = in->bad || rd_end(&field) != SSP_OK;
    return value;
}

static struct view take_bytes_field(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    struct view bytes = der_take(&field, DER_OCTET_STRING);

    in->bad = in->bad || rd_end(&field) != SSP_OK;
    return bytes;
}

/* ---- EncAPRepPart ------------------------------------------------------ */

static void put_key(const struct krb_key *key, struct wr *out)
{
    size_t field = der_begin(out, der_field(2));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    put_int_field(out, 0, key->type);
    put_bytes_field(out, 1, key_view(&key->key));
    der_end(out, sequence);
    der_end(out, field);
}

void krb_reply_part_encode(const struct krb_reply *reply, struct wr *out)
{
    size_t outer = der_begin(out, der_application(27));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    size_t field = der_begin(out, der_field(0));

    krb_put_time(out, reply->stamp.seconds);
    der_end(out, field);
    put_uint_field(out, 1, reply->stamp.micros);
    if (reply->subkey.key.n != 0)
        put_key(&reply->subkey, out);
    if (reply->has_seq)
        put_uint_field(out, 3, reply->seq);
    der_end(out, sequence);
    der_end(out, outer);
}

static void take_key(struct rd *in, struct krb_key *ret)
{
    struct rd field = rd_of(der_take(in, der_field(2)));
    struct rd sequence = rd_of(der_take(&field, DER_SEQUENCE));

    ret->type = take_int_field(&sequence, 0);
    struct view bytes = take_bytes_field(&sequence, 1);
    if (rd_end(&field) != SSP_OK || rd_end(&sequence) != SSP_OK || bytes.n == 0 ||
        bytes.n > KEY_MAX) {
        in->bad = true;
        return;
    }
    key_set(&ret->key, bytes);
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
    struct rd field = rd_of(der_take(in, der_field(0)));

    ret->seconds = krb_take_time(&field);
    in->bad = in->bad || rd_end(&field) != SSP_OK;
    uint64_t micros = take_uint_field(in, 1);
    in->bad = in->bad || micros > MICROS_MAX;
    ret->micros = (uint32_t)micros;
}

enum ssp_err krb_reply_part_decode(struct view bytes, struct krb_reply *ret)
{
    ssp_cleanup(krb_reply_wipe) struct krb_reply reply = { 0 };
    struct rd in = rd_of(bytes);
    struct rd outer = rd_of(der_take(&in, der_application(27)));
    struct rd sequence = rd_of(der_take(&outer, DER_SEQUENCE));

    take_stamp(&sequence, &reply.stamp);
    if (der_is(&sequence, der_field(2)))
        take_key(&sequence, &reply.subkey);
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

    krb_reply_part_encode(reply, &part);
    SSP_TRY(part.err);
    SSP_TRY(port->seal(session, KRB_USAGE_AP_REP, (struct view){ part.p, part.n }, &cipher));

    size_t outer = der_begin(out, der_application(15));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    put_uint_field(out, 0, VERSION);
    put_uint_field(out, 1, AP_REP_TYPE);
    size_t field = der_begin(out, der_field(2));
    size_t data = der_begin(out, DER_SEQUENCE);
    put_int_field(out, 0, session->type);
    put_bytes_field(out, 2, (struct view){ cipher.p, cipher.n });
    der_end(out, data);
    der_end(out, field);
    der_end(out, sequence);
    der_end(out, outer);
    return out->err;
}

struct sealed {
    int32_t type;
    struct view cipher;
};

static void take_sealed(struct rd *in, struct sealed *ret)
{
    struct rd field = rd_of(der_take(in, der_field(2)));
    struct rd data = rd_of(der_take(&field, DER_SEQUENCE));

    ret->type = take_int_field(&data, 0);
    if (der_is(&data, der_field(1))) /* the version of a key that has none */
        (void)take_uint_field(&data, 1);
    ret->cipher = take_bytes_field(&data, 2);
    in->bad = in->bad || rd_end(&data) != SSP_OK || rd_end(&field) != SSP_OK;
}

enum ssp_err krb_reply_decode(const struct krb_port *port, const struct krb_key *session,
                              struct view message, struct krb_reply *ret)
{
    ssp_cleanup(wr_free) struct wr part = WR_INIT(KRB_REPLY_MAX);
    struct rd in = rd_of(message);
    struct rd outer = rd_of(der_take(&in, der_application(15)));
    struct rd sequence = rd_of(der_take(&outer, DER_SEQUENCE));
    struct sealed sealed = { 0 };
    uint64_t version = take_uint_field(&sequence, 0);
    uint64_t type = take_uint_field(&sequence, 1);

    take_sealed(&sequence, &sealed);
    if (rd_end(&sequence) != SSP_OK || rd_end(&outer) != SSP_OK || rd_end(&in) != SSP_OK ||
        version != VERSION || type != AP_REP_TYPE || sealed.type != session->type ||
        sealed.cipher.n > KRB_REPLY_MAX)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(port->open(session, KRB_USAGE_AP_REP, sealed.cipher, &part));
    return krb_reply_part_decode((struct view){ part.p, part.n }, ret);
}

bool krb_stamp_eq(const struct krb_stamp *a, const struct krb_stamp *b)
{
    return a->seconds == b->seconds && a->micros == b->micros;
}

void krb_reply_wipe(struct krb_reply *reply)
{
    krb_key_wipe(&reply->subkey);
}
