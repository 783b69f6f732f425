/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/field.h"

#include "base/der.h"
#include "packages/kerberos/time.h"

/* ---- Writing ----------------------------------------------------------- */

void krb_put_uint(struct wr *out, unsigned n, uint64_t value)
{
    size_t field = der_begin(out, der_field(n));

    der_put_uint(out, value);
    der_end(out, field);
}

void krb_put_int(struct wr *out, unsigned n, int32_t value)
{
    size_t field = der_begin(out, der_field(n));

    der_put_int(out, value);
    der_end(out, field);
}

void krb_put_bytes(struct wr *out, unsigned n, struct view bytes)
{
    size_t field = der_begin(out, der_field(n));

    der_put(out, DER_OCTET_STRING, bytes);
    der_end(out, field);
}

void krb_put_stamp(struct wr *out, unsigned n, uint32_t seconds)
{
    size_t field = der_begin(out, der_field(n));

    krb_put_time(out, seconds);
    der_end(out, field);
}

/* A number and bytes, which keys and sealed bytes are. */
static void put_pair(struct wr *out, unsigned n, int32_t type, unsigned n_bytes, struct view bytes)
{
    size_t field = der_begin(out, der_field(n));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    krb_put_int(out, 0, type);
    krb_put_bytes(out, n_bytes, bytes);
    der_end(out, sequence);
    der_end(out, field);
}

void krb_put_key(struct wr *out, unsigned n, const struct krb_key *key)
{
    put_pair(out, n, key->type, 1, key_view(&key->key));
}

void krb_put_sealed(struct wr *out, unsigned n, int32_t type, struct view cipher)
{
    put_pair(out, n, type, 2, cipher);
}

/* ---- Reading ----------------------------------------------------------- */

/* What is left of a field spoils the whole. */
static void end_field(struct rd *in, const struct rd *field)
{
    in->bad = in->bad || rd_end(field) != SSP_OK;
}

uint64_t krb_take_uint(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    uint64_t value = der_uint(&field);

    end_field(in, &field);
    return value;
}

int32_t krb_take_int(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    int32_t value = der_int(&field);

    end_field(in, &field);
    return value;
}

struct view krb_take_bytes(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    struct view bytes = der_take(&field, DER_OCTET_STRING);

    end_field(in, &field);
    return bytes;
}

uint32_t krb_take_stamp(struct rd *in, unsigned n)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    uint32_t seconds = krb_take_time(&field);

    end_field(in, &field);
    return seconds;
}

void krb_take_key(struct rd *in, unsigned n, struct krb_key *ret)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    struct rd sequence = rd_of(der_take(&field, DER_SEQUENCE));

    ret->type = krb_take_int(&sequence, 0);
    struct view bytes = krb_take_bytes(&sequence, 1);
    end_field(in, &sequence);
    end_field(in, &field);
    if (bytes.n == 0 || bytes.n > KEY_MAX) {
        in->bad = true;
        return;
    }
    key_set(&ret->key, bytes);
}

struct view krb_take_sealed(struct rd *in, unsigned n, int32_t *ret_type)
{
    struct rd field = rd_of(der_take(in, der_field(n)));
    struct rd sequence = rd_of(der_take(&field, DER_SEQUENCE));

    *ret_type = krb_take_int(&sequence, 0);
    if (der_is(&sequence, der_field(1))) /* the version of a key that may have one */
        (void)krb_take_uint(&sequence, 1);
    struct view cipher = krb_take_bytes(&sequence, 2);
    end_field(in, &sequence);
    end_field(in, &field);
    return cipher;
}
