/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/endpoint.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "base/cleanup.h"
#include "base/der.h"

enum { OID_MAX = 9 };

/* What nearly every certificate is signed by: RFC 8017 A.2.4, RFC 5758 3.2. */
static const struct {
    gnutls_digest_algorithm_t hash;
    size_t n;
    uint8_t oid[OID_MAX];
} usual[] = {
    { GNUTLS_DIG_SHA256, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b } },
    { GNUTLS_DIG_SHA384, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c } },
    { GNUTLS_DIG_SHA512, 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d } },
    { GNUTLS_DIG_SHA256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 } },
    { GNUTLS_DIG_SHA384, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03 } },
    { GNUTLS_DIG_SHA512, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04 } },
};

/* RFC 5280 4.1: signatureAlgorithm, behind tbsCertificate. */
static gnutls_digest_algorithm_t usual_hash(struct view der)
{
    struct rd in = rd_of(der);
    struct rd cert = rd_of(der_take(&in, DER_SEQUENCE));

    (void)der_take(&cert, DER_SEQUENCE);
    struct rd algorithm = rd_of(der_take(&cert, DER_SEQUENCE));
    struct view oid = der_oid(&algorithm);
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (ct_eq(oid, (struct view){ usual[i].oid, usual[i].n }))
            return usual[i].hash;
    return GNUTLS_DIG_UNKNOWN;
}

static void drop_cert(gnutls_x509_crt_t *cert)
{
    if (*cert != NULL)
        gnutls_x509_crt_deinit(*cert);
}

static gnutls_digest_algorithm_t other_hash(const gnutls_datum_t *der)
{
    ssp_cleanup(drop_cert) gnutls_x509_crt_t cert = NULL;

    if (gnutls_x509_crt_init(&cert) < 0 ||
        gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) < 0)
        return GNUTLS_DIG_UNKNOWN;
    int algorithm = gnutls_x509_crt_get_signature_algorithm(cert);
    if (algorithm < 0)
        return GNUTLS_DIG_UNKNOWN;
    gnutls_digest_algorithm_t hash =
        gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)algorithm);
    return hash == GNUTLS_DIG_MD5 || hash == GNUTLS_DIG_SHA1 ? GNUTLS_DIG_SHA256 : hash;
}

/* The hash of the certificate's signature, and SHA-256 in the place of MD5 and SHA-1; undefined for
 * a signature without one.  GnuTLS takes a few hundredths of a handshake's time to read a
 * certificate, so it is asked for those only that are not usual. */
size_t tls_endpoint_of(struct view der, uint8_t ret[TLS_ENDPOINT_MAX])
{
    const gnutls_datum_t datum = { (unsigned char *)(uintptr_t)der.p, (unsigned)der.n };
    gnutls_digest_algorithm_t hash = usual_hash(der);

    if (hash == GNUTLS_DIG_UNKNOWN)
        hash = other_hash(&datum);
    size_t n = hash != GNUTLS_DIG_UNKNOWN ? gnutls_hash_get_len(hash) : 0;
    if (n == 0 || n > TLS_ENDPOINT_MAX || gnutls_hash_fast(hash, der.p, der.n, ret) != 0)
        return 0;
    return n;
}
