/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/certs.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fdio.h"

enum { HOUR = 3600, VALID = 24 * HOUR, SERIAL_SIZE = 8, PATH_SIZE = 256 };

struct pair { /* ssp_cleanup(pair_done) */
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
};

static void pair_done(struct pair *pair)
{
    gnutls_x509_crt_deinit(pair->cert);
    gnutls_x509_privkey_deinit(pair->key);
}

static enum ssp_err done(int result)
{
    return result < 0 ? ssp_fail(INTERNAL) : SSP_OK;
}

/* ---- Certificates ---------------------------------------------------------------------------- */

static enum ssp_err make_key(gnutls_x509_privkey_t *ret)
{
    const unsigned bits = (unsigned)GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);

    SSP_TRY(done(gnutls_x509_privkey_init(ret)));
    return done(gnutls_x509_privkey_generate(*ret, GNUTLS_PK_ECDSA, bits, 0));
}

static enum ssp_err set_serial(gnutls_x509_crt_t cert)
{
    uint8_t serial[SERIAL_SIZE];

    SSP_TRY(done(gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial))));
    serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and as long as it looks */
    return done(gnutls_x509_crt_set_serial(cert, serial, sizeof(serial)));
}

/* All that every certificate has.  What was made is in ret in any case. */
static enum ssp_err begin(const char *name, struct pair *ret)
{
    const time_t now = time(NULL);

    SSP_TRY(make_key(&ret->key));
    SSP_TRY(done(gnutls_x509_crt_init(&ret->cert)));
    SSP_TRY(done(gnutls_x509_crt_set_version(ret->cert, 3)));
    SSP_TRY(set_serial(ret->cert));
    SSP_TRY(done(gnutls_x509_crt_set_key(ret->cert, ret->key)));
    SSP_TRY(done(gnutls_x509_crt_set_activation_time(ret->cert, now - HOUR)));
    SSP_TRY(done(gnutls_x509_crt_set_expiration_time(ret->cert, now + VALID)));
    return done(gnutls_x509_crt_set_dn_by_oid(ret->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                              (unsigned)strlen(name)));
}

static enum ssp_err sign(const struct pair *issuer, const struct pair *pair)
{
    return done(gnutls_x509_crt_sign2(pair->cert, issuer->cert, issuer->key, GNUTLS_DIG_SHA256, 0));
}

static enum ssp_err make_ca(struct pair *ret)
{
    SSP_TRY(begin("CA of a demonstration", ret));
    SSP_TRY(done(gnutls_x509_crt_set_basic_constraints(ret->cert, 1, 0)));
    SSP_TRY(done(gnutls_x509_crt_set_key_usage(ret->cert, GNUTLS_KEY_KEY_CERT_SIGN)));
    return sign(ret, ret);
}

static enum ssp_err issue(const struct pair *ca, const char *name, const char *purpose,
                          struct pair *ret)
{
    SSP_TRY(begin(name, ret));
    SSP_TRY(done(gnutls_x509_crt_set_key_usage(ret->cert, GNUTLS_KEY_DIGITAL_SIGNATURE)));
    SSP_TRY(done(gnutls_x509_crt_set_key_purpose_oid(ret->cert, purpose, 0)));
    if (strcmp(purpose, GNUTLS_KP_TLS_WWW_SERVER) == 0)
        SSP_TRY(done(gnutls_x509_crt_set_subject_alt_name(ret->cert, GNUTLS_SAN_DNSNAME, name,
                                                          (unsigned)strlen(name), 0)));
    return sign(ca, ret);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void datum_free(gnutls_datum_t *bytes)
{
    if (bytes->data != NULL)
        explicit_bzero(bytes->data, bytes->size);
    gnutls_free(bytes->data);
}

static enum ssp_err write_file(const char *folder, const char *name, mode_t mode,
                               const gnutls_datum_t *bytes)
{
    char path[PATH_SIZE];

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return ssp_fail(TOO_LARGE);
    return file_replace(path, mode, (struct view){ bytes->data, bytes->size });
}

static enum ssp_err write_cert(const struct pair *pair, const char *folder, const char *name)
{
    ssp_cleanup(datum_free) gnutls_datum_t pem = { 0 };

    SSP_TRY(done(gnutls_x509_crt_export2(pair->cert, GNUTLS_X509_FMT_PEM, &pem)));
    return write_file(folder, name, 0644, &pem);
}

static enum ssp_err write_key(const struct pair *pair, const char *folder, const char *name)
{
    ssp_cleanup(datum_free) gnutls_datum_t pem = { 0 };

    SSP_TRY(done(gnutls_x509_privkey_export2(pair->key, GNUTLS_X509_FMT_PEM, &pem)));
    return write_file(folder, name, 0600, &pem);
}

enum ssp_err certs_make(const struct certs_plan *plan)
{
    ssp_cleanup(pair_done) struct pair ca = { 0 };
    ssp_cleanup(pair_done) struct pair server = { 0 };
    ssp_cleanup(pair_done) struct pair user = { 0 };

    SSP_TRY(make_ca(&ca));
    SSP_TRY(issue(&ca, plan->host, GNUTLS_KP_TLS_WWW_SERVER, &server));
    SSP_TRY(issue(&ca, plan->user, GNUTLS_KP_TLS_WWW_CLIENT, &user));
    SSP_TRY(write_cert(&ca, plan->folder, "ca.pem"));
    SSP_TRY(write_cert(&server, plan->folder, "server.pem"));
    SSP_TRY(write_key(&server, plan->folder, "server.key"));
    SSP_TRY(write_cert(&user, plan->folder, "user.pem"));
    return write_key(&user, plan->folder, "user.key");
}
