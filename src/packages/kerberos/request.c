/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/request.h"

#include "base/der.h"
#include "packages/kerberos/field.h"

enum { VERSION = 5, AP_REQ_TYPE = 14, AP_REQ_TAG = 14, AUTHENTICATOR_TAG = 2 };

static void put_string(struct wr *out, unsigned n, struct view text)
{
    size_t field = der_begin(out, der_field(n));

    der_put(out, DER_GENERAL_STRING, text);
    der_end(out, field);
}

/* PrincipalName (RFC 4120 5.2.2). */
static void put_name(struct wr *out, unsigned n, const struct krb_principal *name)
{
    size_t field = der_begin(out, der_field(n));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    krb_put_int(out, 0, name->type);
    size_t holder = der_begin(out, der_field(1));
    size_t parts = der_begin(out, DER_SEQUENCE);

    for (size_t i = 0; i < name->n; i++)
        der_put(out, DER_GENERAL_STRING, name->part[i]);
    der_end(out, parts);
    der_end(out, holder);
    der_end(out, sequence);
    der_end(out, field);
}

static void put_checksum(struct wr *out, unsigned n, struct view checksum)
{
    size_t field = der_begin(out, der_field(n));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    krb_put_int(out, 0, KRB_CHECKSUM_TYPE);
    krb_put_bytes(out, 1, checksum);
    der_end(out, sequence);
    der_end(out, field);
}

void krb_authenticator_encode(const struct krb_authenticator *authenticator, struct wr *out)
{
    size_t outer = der_begin(out, der_application(AUTHENTICATOR_TAG));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    krb_put_uint(out, 0, VERSION);
    put_string(out, 1, authenticator->client->realm);
    put_name(out, 2, authenticator->client);
    put_checksum(out, 3, authenticator->checksum);
    krb_put_uint(out, 4, authenticator->stamp.micros);
    krb_put_stamp(out, 5, authenticator->stamp.seconds);
    krb_put_key(out, 6, authenticator->subkey);
    krb_put_uint(out, 7, authenticator->seq);
    der_end(out, sequence);
    der_end(out, outer);
}

/* APOptions: a bit string of 32, of which mutual-required is the third. */
static void put_options(struct wr *out, unsigned n, bool is_mutual)
{
    const uint8_t bits[] = { 0 /* unused */, is_mutual ? 0x20 : 0, 0, 0, 0 };
    size_t field = der_begin(out, der_field(n));

    der_put(out, DER_BIT_STRING, VIEW_OF(bits));
    der_end(out, field);
}

void krb_request_encode(const struct krb_request *request, struct wr *out)
{
    size_t outer = der_begin(out, der_application(AP_REQ_TAG));
    size_t sequence = der_begin(out, DER_SEQUENCE);

    krb_put_uint(out, 0, VERSION);
    krb_put_uint(out, 1, AP_REQ_TYPE);
    put_options(out, 2, request->is_mutual);
    der_put(out, der_field(3), request->ticket);
    krb_put_sealed(out, 4, request->type, request->authenticator);
    der_end(out, sequence);
    der_end(out, outer);
}
