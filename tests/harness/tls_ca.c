/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tls_ca.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <string.h>
#include <time.h>

#include "base/fdio.h"
#include "harness/harness.h"

enum { DAY = 24 * 3600, RSA_BITS = 2048 };

static void ok(int result)
{
    if (result < 0)
        fail_msg("%s", gnutls_strerror(result));
}

static gnutls_x509_privkey_t new_key(bool is_rsa)
{
    gnutls_x509_privkey_t key = NULL;

    ok(gnutls_x509_privkey_init(&key));
    ok(gnutls_x509_privkey_generate(
        key, is_rsa ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA,
        is_rsa ? RSA_BITS : (unsigned)GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    return key;
}

static gnutls_x509_crt_t new_cert(struct ca *ca, gnutls_x509_privkey_t key, const char *name)
{
    gnutls_x509_crt_t cert = NULL;
    uint8_t serial[4] = { 1, (uint8_t)(ca->serial >> 16), (uint8_t)(ca->serial >> 8),
                          (uint8_t)ca->serial };

    ca->serial++;
    ok(gnutls_x509_crt_init(&cert));
    ok(gnutls_x509_crt_set_version(cert, 3));
    ok(gnutls_x509_crt_set_key(cert, key));
    ok(gnutls_x509_crt_set_serial(cert, serial, sizeof(serial)));
    ok(gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                     (unsigned)strlen(name)));
    ok(gnutls_x509_crt_set_activation_time(cert, time(NULL) - 3 * DAY));
    ok(gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 30 * DAY));
    return cert;
}

void ca_init(struct ca *ca)
{
    *ca = (struct ca){ .serial = 1 };
    ca->key = new_key(false);
    ca->cert = new_cert(ca, ca->key, "Test CA");
    ok(gnutls_x509_crt_set_basic_constraints(ca->cert, 1, -1));
    ok(gnutls_x509_crt_set_key_usage(ca->cert, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN |
                                                   GNUTLS_KEY_DIGITAL_SIGNATURE));
    ok(gnutls_x509_crt_sign2(ca->cert, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0));
}

void ca_done(struct ca *ca)
{
    gnutls_x509_crt_deinit(ca->cert);
    gnutls_x509_privkey_deinit(ca->key);
}

static void set_times(gnutls_x509_crt_t cert, const struct ca_wish *wish)
{
    if (wish->is_expired)
        ok(gnutls_x509_crt_set_expiration_time(cert, time(NULL) - DAY));
    if (wish->is_early)
        ok(gnutls_x509_crt_set_activation_time(cert, time(NULL) + DAY));
}

static void set_names(gnutls_x509_crt_t cert, const struct ca_wish *wish)
{
    const char *host = wish->host != NULL ? wish->host : "localhost";

    if (*host != '\0')
        ok(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_DNSNAME, host,
                                                (unsigned)strlen(host), GNUTLS_FSAN_APPEND));
    if (wish->mail != NULL)
        ok(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_RFC822NAME, wish->mail,
                                                (unsigned)strlen(wish->mail), GNUTLS_FSAN_APPEND));
    if (wish->upn != NULL) {
        ok(gnutls_x509_crt_set_subject_alt_othername(
            cert, "1.3.6.1.4.1.311.20.2.3", wish->upn, (unsigned)strlen(wish->upn),
            GNUTLS_FSAN_APPEND | GNUTLS_FSAN_ENCODE_UTF8_STRING));
    }
}

struct ca_pair ca_issue(struct ca *ca, const struct ca_wish *wish)
{
    struct ca_pair pair = { .key = new_key(wish->is_rsa) };

    pair.cert = new_cert(ca, pair.key, wish->common_name != NULL ? wish->common_name : "localhost");
    set_times(pair.cert, wish);
    set_names(pair.cert, wish);
    ok(gnutls_x509_crt_set_key_usage(pair.cert, GNUTLS_KEY_DIGITAL_SIGNATURE));
    ok(gnutls_x509_crt_set_key_purpose_oid(
        pair.cert, wish->is_client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER, 0));
    ok(gnutls_x509_crt_sign2(pair.cert, wish->is_self_signed ? pair.cert : ca->cert,
                             wish->is_self_signed ? pair.key : ca->key, GNUTLS_DIG_SHA256, 0));
    return pair;
}

void ca_pair_done(struct ca_pair *pair)
{
    gnutls_x509_crt_deinit(pair->cert);
    gnutls_x509_privkey_deinit(pair->key);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void write_bytes(const char *path, const gnutls_datum_t *bytes)
{
    assert_int_equal(file_replace(path, 0600, (struct view){ bytes->data, bytes->size }), SSP_OK);
}

static gnutls_datum_t pem_of(gnutls_x509_crt_t cert)
{
    gnutls_datum_t pem = { 0 };

    ok(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &pem));
    return pem;
}

static void write_datum(const char *path, gnutls_datum_t *bytes)
{
    write_bytes(path, bytes);
    gnutls_free(bytes->data);
}

void ca_write_root(const struct ca *ca, const char *path)
{
    gnutls_datum_t pem = pem_of(ca->cert);

    write_datum(path, &pem);
}

void ca_write_cert(const struct ca_pair *pair, const char *path)
{
    gnutls_datum_t pem = pem_of(pair->cert);

    write_datum(path, &pem);
}

void ca_write_key(const struct ca_pair *pair, const char *path)
{
    gnutls_datum_t pem = { 0 };

    ok(gnutls_x509_privkey_export2(pair->key, GNUTLS_X509_FMT_PEM, &pem));
    write_datum(path, &pem);
}

void ca_write_both(const struct ca_pair *pair, const char *path)
{
    gnutls_datum_t cert = pem_of(pair->cert);
    gnutls_datum_t key = { 0 };

    ok(gnutls_x509_privkey_export2(pair->key, GNUTLS_X509_FMT_PEM, &key));
    cert.data = gnutls_realloc(cert.data, (size_t)cert.size + key.size);
    assert_non_null(cert.data);
    memcpy(cert.data + cert.size, key.data, key.size);
    cert.size += key.size;
    gnutls_free(key.data);
    write_datum(path, &cert);
}

void ca_write_pkcs12(const struct ca_pair *pair, const char *password, const char *path)
{
    gnutls_pkcs12_t pkcs12 = NULL;
    gnutls_pkcs12_bag_t keys = NULL;
    gnutls_pkcs12_bag_t certs = NULL;
    unsigned char id_bytes[] = { 1 };
    gnutls_datum_t id = { id_bytes, sizeof(id_bytes) };
    gnutls_datum_t key = { 0 };
    gnutls_datum_t out = { 0 };

    ok(gnutls_x509_privkey_export2_pkcs8(pair->key, GNUTLS_X509_FMT_DER, password,
                                         GNUTLS_PKCS_PBES2_AES_256, &key));
    ok(gnutls_pkcs12_bag_init(&keys));
    ok(gnutls_pkcs12_bag_init(&certs));
    int at = gnutls_pkcs12_bag_set_data(keys, GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, &key);
    ok(at);
    ok(gnutls_pkcs12_bag_set_key_id(keys, (unsigned)at, &id));
    at = gnutls_pkcs12_bag_set_crt(certs, pair->cert);
    ok(at);
    ok(gnutls_pkcs12_bag_set_key_id(certs, (unsigned)at, &id));
    ok(gnutls_pkcs12_init(&pkcs12));
    ok(gnutls_pkcs12_set_bag(pkcs12, keys));
    ok(gnutls_pkcs12_set_bag(pkcs12, certs));
    ok(gnutls_pkcs12_generate_mac(pkcs12, password));
    ok(gnutls_pkcs12_export2(pkcs12, GNUTLS_X509_FMT_DER, &out));
    write_datum(path, &out);
    gnutls_free(key.data);
    gnutls_pkcs12_deinit(pkcs12);
    gnutls_pkcs12_bag_deinit(keys);
    gnutls_pkcs12_bag_deinit(certs);
}

void ca_write_crl(const struct ca *ca, const struct ca_pair *revoked, time_t when, const char *path)
{
    gnutls_x509_crl_t crl = NULL;
    gnutls_datum_t pem = { 0 };
    uint8_t number = 1;

    ok(gnutls_x509_crl_init(&crl));
    ok(gnutls_x509_crl_set_version(crl, 2));
    ok(gnutls_x509_crl_set_this_update(crl, when - DAY));
    ok(gnutls_x509_crl_set_next_update(crl, when + DAY));
    ok(gnutls_x509_crl_set_number(crl, &number, sizeof(number)));
    if (revoked != NULL)
        ok(gnutls_x509_crl_set_crt(crl, revoked->cert, time(NULL) - DAY));
    ok(gnutls_x509_crl_sign2(crl, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0));
    ok(gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_PEM, &pem));
    write_datum(path, &pem);
    gnutls_x509_crl_deinit(crl);
}
