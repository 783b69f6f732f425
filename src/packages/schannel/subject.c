/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/subject.h"

#include <gnutls/x509.h>

#include "base/cert.h"
#include "base/cleanup.h"

enum { NAME_MAX_BYTES = 512, ALT_NAMES_MAX = 1024 };

static void drop_cert(gnutls_x509_crt_t *cert)
{
    if (*cert != NULL)
        gnutls_x509_crt_deinit(*cert);
}

/* Whatever is no name leaves *ret empty. */
static enum ssp_err take_text(const char *text, size_t n, struct str16 *ret)
{
    if (n == 0 || memchr(text, 0, n) != NULL)
        return SSP_OK;
    enum ssp_err e = str16_from_utf8((struct view){ (const uint8_t *)text, n }, ret);
    return e == SSP_ERR_NO_MEMORY ? e : SSP_OK;
}

/* A name that could not be read for want of memory is not one that is not there. */
static enum ssp_err starved(int result)
{
    return result == GNUTLS_E_MEMORY_ERROR ? ssp_fail(NO_MEMORY) : SSP_OK;
}

struct alt {
    char text[NAME_MAX_BYTES];
    size_t n;
    int type; /* GNUTLS_SAN_*, or why there is none */
};

/* Other names have a type of their own; one of another type may be too long for the block. */
static int read_other(gnutls_x509_crt_t cert, unsigned i, struct alt *alt)
{
    alt->n = sizeof(alt->text);
    int type = gnutls_x509_crt_get_subject_alt_othername_oid(cert, i, alt->text, &alt->n);
    if (type != (int)GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL)
        return type;
    alt->n = sizeof(alt->text);
    return gnutls_x509_crt_get_subject_alt_name(cert, i, alt->text, &alt->n, NULL);
}

static void read_alt(gnutls_x509_crt_t cert, unsigned i, struct alt *ret)
{
    unsigned type = 0;

    ret->n = sizeof(ret->text);
    ret->type = gnutls_x509_crt_get_subject_alt_name2(cert, i, ret->text, &ret->n, &type, NULL);
    if (ret->type == (int)GNUTLS_SAN_OTHERNAME)
        ret->type = read_other(cert, i, ret);
}

/* The first alternative name of that type. */
static enum ssp_err take_alt(gnutls_x509_crt_t cert, gnutls_x509_subject_alt_name_t wanted,
                             struct str16 *ret)
{
    for (unsigned i = 0; i < ALT_NAMES_MAX; i++) {
        struct alt alt;

        read_alt(cert, i, &alt);
        if (alt.type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        SSP_TRY(starved(alt.type));
        if (alt.type == (int)wanted)
            return take_text(alt.text, alt.n, ret);
    }
    return SSP_OK;
}

static enum ssp_err take_common_name(gnutls_x509_crt_t cert, struct str16 *ret)
{
    char text[NAME_MAX_BYTES];
    char other[NAME_MAX_BYTES];
    size_t n = sizeof(text);
    size_t n_other = sizeof(other);

    int r = gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &n);
    if (r < 0)
        return starved(r);
    r = gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 1, 0, other, &n_other);
    if (r != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return starved(r);
    return take_text(text, n, ret);
}

static enum ssp_err take_dn(gnutls_x509_crt_t cert, struct str16 *ret)
{
    gnutls_datum_t text = { 0 };

    int r = gnutls_x509_crt_get_dn3(cert, &text, 0);
    if (r < 0)
        return starved(r);
    enum ssp_err e = take_text((const char *)text.data, text.size, ret);
    gnutls_free(text.data);
    return e;
}

static enum ssp_err take_name(gnutls_x509_crt_t cert, struct str16 *ret)
{
    SSP_TRY(take_alt(cert, GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL, ret));
    if (ret->n == 0)
        SSP_TRY(take_alt(cert, GNUTLS_SAN_RFC822NAME, ret));
    return ret->n == 0 ? take_common_name(cert, ret) : SSP_OK;
}

static enum ssp_err read_leaf(struct view chain, gnutls_x509_crt_t *ret)
{
    struct rd in = rd_of(chain);
    struct view leaf = { 0 };

    if (!cert_next(&in, &leaf))
        return SSP_OK;
    const gnutls_datum_t der = { (unsigned char *)(uintptr_t)leaf.p, (unsigned)leaf.n };
    if (gnutls_x509_crt_init(ret) < 0)
        return ssp_fail(NO_MEMORY);
    int r = gnutls_x509_crt_import(*ret, &der, GNUTLS_X509_FMT_DER);
    SSP_TRY(starved(r));
    return r < 0 ? ssp_fail(CERT_UNKNOWN) : SSP_OK;
}

static enum ssp_err take_of_leaf(struct view chain,
                                 enum ssp_err (*take)(gnutls_x509_crt_t cert, struct str16 *ret),
                                 struct str16 *ret)
{
    ssp_cleanup(drop_cert) gnutls_x509_crt_t cert = NULL;
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };

    SSP_TRY(read_leaf(chain, &cert));
    if (cert != NULL)
        SSP_TRY(take(cert, &text));
    *ret = text;
    text = (struct str16){ 0 };
    return SSP_OK;
}

enum ssp_err tls_subject_dn(struct view chain, struct str16 *ret)
{
    return take_of_leaf(chain, take_dn, ret);
}

enum ssp_err tls_subject_name(struct view chain, struct str16 *ret)
{
    return take_of_leaf(chain, take_name, ret);
}
