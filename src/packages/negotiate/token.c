/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/token.h"

#include "base/der.h"
#include "base/limits.h"
#include "base/secret.h"
#include "packages/negotiate/mech.h"

static const uint8_t spnego[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 }; /* 1.3.6.1.5.5.2 */
static const char hint[] = "not_defined_in_RFC4178@please_ignore";
static const uint8_t ntlmssp[] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

enum { UNUSED_BITS_MAX = 7, AP_REQ = 14 /* RFC 4120 5.5.1 */ };

/* The contents of an element as a reader of its own, bad if the element was. */
static struct rd enter(struct rd *in, uint8_t tag)
{
    struct rd inside = rd_of(der_take(in, tag));

    inside.bad = in->bad;
    return inside;
}

/* ---- What it is -------------------------------------------------------- */

static bool begins_with(struct view token, struct view start)
{
    return token.n >= start.n && ct_eq((struct view){ token.p, start.n }, start);
}

/* The mechanism of a token that is framed as RFC 2743 3.1 has it, though its end may be missing. */
static struct view framed_oid(struct view token)
{
    size_t total = 0;
    struct rd in = rd_of(token);

    if (der_total(token, &total) != SSP_OK)
        return (struct view){ 0 };
    (void)rd_u8(&in);
    uint8_t length = rd_u8(&in);
    if (length >= 0x80)
        (void)rd_view(&in, length & 0x7fU);
    return der_oid(&in);
}

static enum nego_kind kind_of_framed(struct view token)
{
    struct view oid = framed_oid(token);
    enum nego_mech mech = nego_mech_find(oid);

    if (ct_eq(oid, VIEW_OF(spnego)))
        return NEGO_IS_INIT;
    if (mech != NEGO_MECHS && nego_mech_package(mech) == NEGO_KERBEROS)
        return NEGO_IS_KERBEROS;
    return NEGO_IS_NOTHING;
}

enum nego_kind nego_kind_of(struct view token)
{
    if (begins_with(token, VIEW_OF(ntlmssp)))
        return NEGO_IS_NTLM;
    if (token.n == 0)
        return NEGO_IS_NOTHING;
    switch (token.p[0]) {
    case der_application(0):
        return kind_of_framed(token);
    case der_application(AP_REQ):
        return NEGO_IS_KERBEROS;
    case der_field(1):
        return NEGO_IS_RESP;
    default:
        return NEGO_IS_NOTHING;
    }
}

/* [MS-SPNG] 3.1.5.9: "The length of the first packet specified in the ASN.1 header is used to
 * determine the number of bytes necessary to assemble the complete message." */
enum ssp_err nego_token_total(struct view start, size_t *ret)
{
    bool says_so = start.n != 0 && (start.p[0] == der_application(0) || start.p[0] == der_field(1));
    size_t total = start.n;

    if (says_so && der_total(start, &total) != SSP_OK)
        return ssp_fail(BAD_TOKEN);
    if (total > LIMIT_TOKEN)
        return ssp_fail(BAD_TOKEN);
    *ret = total;
    return SSP_OK;
}

/* ---- MechTypeList ------------------------------------------------------ */

void nego_list_encode(const struct view *oids, size_t n, struct wr *out)
{
    size_t at = der_begin(out, DER_SEQUENCE);

    for (size_t i = 0; i < n; i++)
        der_put(out, DER_OID, oids[i]);
    der_end(out, at);
}

enum ssp_err nego_list_decode(struct view list, struct view oid[NEGO_OFFERS_MAX], size_t *ret_n)
{
    struct rd in = rd_of(list);
    struct rd oids = enter(&in, DER_SEQUENCE);
    size_t n = 0;

    SSP_TRY(rd_end(&in));
    /* Ends: each turn takes an element, or the reader turns bad. */
    while (rd_ok(&oids) && oids.left.n != 0) {
        struct view one = der_oid(&oids);

        if (n < NEGO_OFFERS_MAX)
            oid[n++] = one;
    }
    SSP_TRY(rd_end(&oids));
    if (n == 0)
        return ssp_fail(BAD_TOKEN);
    *ret_n = n;
    return SSP_OK;
}

/* ---- NegTokenInit ------------------------------------------------------ */

static void put_octets(struct wr *out, unsigned n, struct view octets)
{
    size_t at = der_begin(out, der_field(n));

    der_put(out, DER_OCTET_STRING, octets);
    der_end(out, at);
}

static struct view take_octets(struct rd *in, unsigned n)
{
    struct rd inside = enter(in, der_field(n));
    struct view octets = der_take(&inside, DER_OCTET_STRING);

    if (rd_end(&inside) != SSP_OK)
        in->bad = true;
    return octets;
}

/* "hintAddress: Never present. MUST be omitted by the sender." */
static void put_hints(struct wr *out)
{
    size_t field = der_begin(out, der_field(3));
    size_t hints = der_begin(out, DER_SEQUENCE);
    size_t name = der_begin(out, der_field(0));

    der_put(out, DER_GENERAL_STRING, (struct view){ (const uint8_t *)hint, sizeof(hint) - 1 });
    der_end(out, name);
    der_end(out, hints);
    der_end(out, field);
}

/* It says nothing; "please_ignore". */
static void take_hints(struct rd *in)
{
    struct rd outside = enter(in, der_field(3));
    struct rd hints = enter(&outside, DER_SEQUENCE);

    if (der_is(&hints, der_field(0))) {
        struct rd name = enter(&hints, der_field(0));

        (void)der_take(&name, DER_GENERAL_STRING);
        hints.bad = hints.bad || rd_end(&name) != SSP_OK;
    }
    if (der_is(&hints, der_field(1)))
        (void)take_octets(&hints, 1);
    if (rd_end(&hints) != SSP_OK || rd_end(&outside) != SSP_OK)
        in->bad = true;
}

/* 4.2.1: "the acceptor MUST ignore this reqFlags field" */
static void take_flags(struct rd *in)
{
    struct rd inside = enter(in, der_field(1));
    struct view bits = der_take(&inside, DER_BIT_STRING);

    if (rd_end(&inside) != SSP_OK || bits.n == 0 || bits.p[0] > UNUSED_BITS_MAX ||
        (bits.n == 1 && bits.p[0] != 0))
        in->bad = true;
}

void nego_init_encode(const struct nego_init *init, struct wr *out)
{
    size_t framed = der_begin(out, der_application(0));

    der_put(out, DER_OID, VIEW_OF(spnego));
    size_t choice = der_begin(out, der_field(0));
    size_t fields = der_begin(out, DER_SEQUENCE);
    if (init->list.n != 0)
        der_put(out, der_field(0), init->list);
    if (init->has_token)
        put_octets(out, 2, init->token);
    if (init->has_hints)
        put_hints(out);
    if (init->has_mic)
        put_octets(out, init->has_hints ? 4 : 3, init->mic);
    der_end(out, fields);
    der_end(out, choice);
    der_end(out, framed);
}

static enum ssp_err take_list(struct rd *in, struct nego_init *init)
{
    struct rd inside = enter(in, der_field(0));

    init->list = der_whole(&inside, DER_SEQUENCE);
    SSP_TRY(rd_end(&inside));
    return nego_list_decode(init->list, init->oid, &init->n);
}

/* [3] is the MIC of RFC 4178 or the hints of [MS-SPNG], whose MIC is [4]. */
static bool has_mic(const struct rd *in, unsigned n)
{
    struct rd ahead = *in;

    if (!der_is(in, der_field(n)))
        return false;
    struct rd inside = enter(&ahead, der_field(n));
    return der_is(&inside, DER_OCTET_STRING);
}

static void take_fields(struct rd *in, struct nego_init *init)
{
    if (der_is(in, der_field(1)))
        take_flags(in);
    init->has_token = der_is(in, der_field(2));
    if (init->has_token)
        init->token = take_octets(in, 2);
    init->has_hints = der_is(in, der_field(3)) && !has_mic(in, 3);
    if (init->has_hints)
        take_hints(in);
    init->has_mic = has_mic(in, init->has_hints ? 4 : 3);
    if (init->has_mic)
        init->mic = take_octets(in, init->has_hints ? 4 : 3);
}

/* Fields have an order: what is known comes from a number that is past. */
static enum ssp_err skip_rest(struct rd *in, unsigned first)
{
    uint8_t tag = 0;

    while (rd_ok(in) && in->left.n != 0) {
        if (in->left.p[0] < der_field(first))
            return ssp_fail(BAD_TOKEN);
        (void)der_any(in, &tag);
    }
    return rd_end(in);
}

enum ssp_err nego_init_decode(struct view token, struct nego_init *ret)
{
    struct nego_init init = { .n = 0 };
    struct rd in = rd_of(token);
    struct rd framed = enter(&in, der_application(0));
    struct view oid = der_oid(&framed);
    struct rd choice = enter(&framed, der_field(0));
    struct rd fields = enter(&choice, DER_SEQUENCE);

    SSP_TRY(rd_end(&in));
    SSP_TRY(rd_end(&framed));
    SSP_TRY(rd_end(&choice));
    if (!ct_eq(oid, VIEW_OF(spnego)))
        return ssp_fail(BAD_TOKEN);
    if (der_is(&fields, der_field(0)))
        SSP_TRY(take_list(&fields, &init));
    take_fields(&fields, &init);
    SSP_TRY(skip_rest(&fields, init.has_hints ? 5 : 4));
    *ret = init;
    return SSP_OK;
}

/* ---- NegTokenResp ------------------------------------------------------ */

static void put_verdict(struct wr *out, enum nego_verdict verdict)
{
    size_t at = der_begin(out, der_field(0));

    der_put_enum(out, (uint8_t)verdict);
    der_end(out, at);
}

static void put_mech(struct wr *out, struct view oid)
{
    size_t at = der_begin(out, der_field(1));

    der_put(out, DER_OID, oid);
    der_end(out, at);
}

void nego_resp_encode(const struct nego_resp *resp, struct wr *out)
{
    size_t choice = der_begin(out, der_field(1));
    size_t fields = der_begin(out, DER_SEQUENCE);

    if (resp->verdict != NEGO_UNSAID)
        put_verdict(out, resp->verdict);
    if (resp->oid.n != 0)
        put_mech(out, resp->oid);
    if (resp->has_token)
        put_octets(out, 2, resp->token);
    if (resp->has_mic)
        put_octets(out, 3, resp->mic);
    der_end(out, fields);
    der_end(out, choice);
}

static enum nego_verdict take_verdict(struct rd *in)
{
    if (!der_is(in, der_field(0)))
        return NEGO_UNSAID;

    struct rd inside = enter(in, der_field(0));
    uint64_t verdict = der_enum(&inside);
    if (rd_end(&inside) != SSP_OK || verdict > NEGO_REQUEST_MIC)
        in->bad = true;
    return (enum nego_verdict)verdict;
}

static struct view take_mech(struct rd *in)
{
    struct rd inside = enter(in, der_field(1));
    struct view oid = der_oid(&inside);

    if (rd_end(&inside) != SSP_OK)
        in->bad = true;
    return oid;
}

enum ssp_err nego_resp_decode(struct view token, struct nego_resp *ret)
{
    struct rd in = rd_of(token);
    struct rd choice = enter(&in, der_field(1));
    struct rd fields = enter(&choice, DER_SEQUENCE);
    struct nego_resp resp = { .verdict = NEGO_UNSAID };

    SSP_TRY(rd_end(&in));
    SSP_TRY(rd_end(&choice));
    resp.verdict = take_verdict(&fields);
    if (der_is(&fields, der_field(1)))
        resp.oid = take_mech(&fields);
    resp.has_token = der_is(&fields, der_field(2));
    if (resp.has_token)
        resp.token = take_octets(&fields, 2);
    resp.has_mic = der_is(&fields, der_field(3));
    if (resp.has_mic)
        resp.mic = take_octets(&fields, 3);
    SSP_TRY(skip_rest(&fields, 4));
    *ret = resp;
    return SSP_OK;
}
