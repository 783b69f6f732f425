/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/subject.h"

#include <gnutls/x509.h>

#include "base/cleanup.h"

enum { NAME_MAX_BYTES = 512, ALT_NAMES_MAX = 1024 };

void tls_subject_wipe(struct tls_subject *subject)
{
    str16_wipe(&subject->dn);
    str16_wipe(&subject->name);
}

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

/* The first alternative name of that type. */
static enum ssp_err take_alt(gnutls_x509_crt_t cert, unsigned wanted, struct str16 *ret)
{
    char text[NAME_MAX_BYTES];

    for (unsigned i = 0; i < ALT_NAMES_MAX; i++) {
        size_t n = sizeof(text);
        unsigned type = 0;
        int r = gnutls_x509_crt_get_subject_alt_name2(cert, i, text, &n, &type, NULL);

        if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        /* r is the type as well; another name may be too long for the block. */
        if (r >= 0 && (unsigned)r == GNUTLS_SAN_OTHERNAME) {
            n = sizeof(text);
            r = gnutls_x509_crt_get_subject_alt_othername_oid(cert, i, text, &n);
            if (r != (int)GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL)
                continue;
            n = sizeof(text);
            r = gnutls_x509_crt_get_subject_alt_name(cert, i, text, &n, NULL);
        }
        if (r >= 0 && (unsigned)r == wanted)
            return take_text(text, n, ret);
    }
    return SSP_OK;
}

static enum ssp_err take_common_name(gnutls_x509_crt_t cert, struct str16 *ret)
{
    char text[NAME_MAX_BYTES];
    char other[NAME_MAX_BYTES];
    size_t n = sizeof(text);
    size_t n_other = sizeof(other);

    if (gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &n) < 0)
        return SSP_OK;
    if (gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 1, 0, other, &n_other) !=
        GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return SSP_OK;
    return take_text(text, n, ret);
}

static enum ssp_err take_dn(gnutls_x509_crt_t cert, struct str16 *ret)
{
    gnutls_datum_t text = { 0 };

    if (gnutls_x509_crt_get_dn3(cert, &text, 0) < 0)
        return SSP_OK;
    enum ssp_err e = take_text((const char *)text.data, text.size, ret);
    gnutls_free(text.data);
    return e;
}

static enum ssp_err take_names(gnutls_x509_crt_t cert, struct tls_subject *subject)
{
    SSP_TRY(take_dn(cert, &subject->dn));
    SSP_TRY(take_alt(cert, GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL, &subject->name));
    if (subject->name.n == 0)
        SSP_TRY(take_alt(cert, GNUTLS_SAN_RFC822NAME, &subject->name));
    return subject->name.n == 0 ? take_common_name(cert, &subject->name) : SSP_OK;
}

enum ssp_err tls_subject_of(struct view der, struct tls_subject *ret)
{
    ssp_cleanup(drop_cert) gnutls_x509_crt_t cert = NULL;
    ssp_cleanup(tls_subject_wipe) struct tls_subject subject = { 0 };
    gnutls_datum_t datum = { (unsigned char *)(uintptr_t)der.p, (unsigned)der.n };

    if (gnutls_x509_crt_init(&cert) < 0)
        return ssp_fail(NO_MEMORY);
    if (gnutls_x509_crt_import(cert, &datum, GNUTLS_X509_FMT_DER) < 0)
        return ssp_fail(CERT_UNKNOWN);
    SSP_TRY(take_names(cert, &subject));
    *ret = subject;
    subject = (struct tls_subject){ 0 };
    return SSP_OK;
}
