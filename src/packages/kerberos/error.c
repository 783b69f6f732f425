/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/error.h"

#include "packages/kerberos/field.h"

enum { VERSION = 5, ERROR_TYPE = 30, AP_REQ_TYPE = 14, LAST_FIELD = 12, CODE_FIELD = 6 };

/* RFC 4120 7.5.9.  Where several codes mean one thing, the first is the one that we send. */
static const struct {
    int32_t code;
    enum ssp_err said;  /* what we say it for; SSP_OK: never */
    enum ssp_err heard; /* what it means to who hears it */
} codes[] = {
    { 14, SSP_ERR_UNSUPPORTED_TYPE, SSP_ERR_UNSUPPORTED_TYPE }, /* KDC_ERR_ETYPE_NOSUPP */
    { 31, SSP_OK, SSP_ERR_WRONG_PRINCIPAL },                    /* KRB_AP_ERR_BAD_INTEGRITY */
    { 32, SSP_ERR_EXPIRED, SSP_ERR_EXPIRED },                   /* KRB_AP_ERR_TKT_EXPIRED */
    { 33, SSP_OK, SSP_ERR_TIME_SKEW },                          /* KRB_AP_ERR_TKT_NYV */
    { 34, SSP_ERR_OUT_OF_SEQUENCE, SSP_ERR_OUT_OF_SEQUENCE },   /* KRB_AP_ERR_REPEAT */
    { 35, SSP_ERR_WRONG_PRINCIPAL, SSP_ERR_WRONG_PRINCIPAL },   /* KRB_AP_ERR_NOT_US */
    { 36, SSP_OK, SSP_ERR_LOGON_DENIED },                       /* KRB_AP_ERR_BADMATCH */
    { 37, SSP_ERR_TIME_SKEW, SSP_ERR_TIME_SKEW },               /* KRB_AP_ERR_SKEW */
    { 41, SSP_ERR_ALTERED, SSP_ERR_WRONG_PRINCIPAL },           /* KRB_AP_ERR_MODIFIED */
    { 44, SSP_ERR_NO_KEY, SSP_ERR_NO_KEY },                     /* KRB_AP_ERR_BADKEYVER */
    { 45, SSP_OK, SSP_ERR_NO_KEY },                             /* KRB_AP_ERR_NOKEY */
    { 60, SSP_ERR_BAD_BINDINGS, SSP_ERR_LOGON_DENIED },         /* KRB_ERR_GENERIC */
};
enum { N_CODES = sizeof(codes) / sizeof(codes[0]) };

static int32_t code_of(enum ssp_err why)
{
    for (size_t i = 0; i < N_CODES; i++)
        if (codes[i].said == why)
            return codes[i].code;
    return 0;
}

struct named { /* as they stand in the request, tag and length as well */
    struct view realm;
    struct view service;
};

/* AP-REQ: [3] holds the ticket, and that [1] its realm and [2] its service (RFC 4120 5.3, 5.5.1).
 * The message was not read by anybody yet. */
static bool find_names(struct view request, struct named *ret)
{
    struct rd in = rd_of(request);
    struct rd outer = rd_of(der_take(&in, der_application(AP_REQ_TYPE)));
    struct rd fields = rd_of(der_take(&outer, DER_SEQUENCE));

    for (unsigned n = 0; n < 3; n++)
        (void)der_take(&fields, der_field(n));
    struct rd holder = rd_of(der_take(&fields, der_field(3)));
    struct rd ticket = rd_of(der_take(&holder, der_application(1)));
    struct rd inner = rd_of(der_take(&ticket, DER_SEQUENCE));
    (void)der_take(&inner, der_field(0));
    struct rd realm = rd_of(der_take(&inner, der_field(1)));
    struct rd service = rd_of(der_take(&inner, der_field(2)));
    *ret =
        (struct named){ der_whole(&realm, DER_GENERAL_STRING), der_whole(&service, DER_SEQUENCE) };
    return rd_ok(&fields) && rd_ok(&inner) && rd_end(&realm) == SSP_OK &&
           rd_end(&service) == SSP_OK;
}

bool krb_error_encode(enum ssp_err why, struct view request, uint32_t now, struct wr *out)
{
    struct named names = { 0 };
    int32_t code = code_of(why);

    if (code == 0 || !find_names(request, &names))
        return false;
    size_t outer = der_begin(out, der_application(ERROR_TYPE));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    krb_put_int(out, 0, VERSION);
    krb_put_int(out, 1, ERROR_TYPE);
    krb_put_stamp(out, 4, now);
    krb_put_int(out, 5, 0); /* micros */
    krb_put_int(out, CODE_FIELD, code);
    der_put(out, der_field(9), names.realm);
    der_put(out, der_field(10), names.service);
    der_end(out, sequence);
    der_end(out, outer);
    return out->err == SSP_OK;
}

static enum ssp_err meaning_of(int32_t code)
{
    for (size_t i = 0; i < N_CODES; i++)
        if (codes[i].code == code)
            return ssp_fail_at(codes[i].heard, __FILE__, __LINE__);
    return ssp_fail(LOGON_DENIED);
}

/* Fields come in the order of their numbers, each once at most; which of them are there we do not
 * mind, as long as the code is. */
enum ssp_err krb_error_decode(struct view message)
{
    struct rd in = rd_of(message);
    struct rd outer = rd_of(der_take(&in, der_application(ERROR_TYPE)));
    struct rd fields = rd_of(der_take(&outer, DER_SEQUENCE));
    struct rd code = { .bad = true };

    for (unsigned n = 0; n <= LAST_FIELD; n++) {
        if (!der_is(&fields, der_field(n)))
            continue;
        struct rd field = rd_of(der_take(&fields, der_field(n)));
        if (n == CODE_FIELD)
            code = field;
    }
    int32_t value = der_int(&code);
    if (rd_end(&fields) != SSP_OK || rd_end(&outer) != SSP_OK || rd_end(&in) != SSP_OK ||
        rd_end(&code) != SSP_OK)
        return ssp_fail(BAD_TOKEN);
    return meaning_of(value);
}
