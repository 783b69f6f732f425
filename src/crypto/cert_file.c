/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cert_file.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/wr.h"

enum { LENGTH_SIZE = 3, CERTS_MAX = 4096 };

struct certs { /* ssp_cleanup(certs_done) */
    gnutls_x509_crt_t *list;
    unsigned n;
    gnutls_x509_privkey_t key; /* NULL: none */
};

static void certs_done(struct certs *certs)
{
    for (unsigned i = 0; i < certs->n; i++)
        gnutls_x509_crt_deinit(certs->list[i]);
    gnutls_free(certs->list);
    if (certs->key != NULL)
        gnutls_x509_privkey_deinit(certs->key);
}

static void datum_wipe(gnutls_datum_t *datum)
{
    if (datum->data != NULL)
        explicit_bzero(datum->data, datum->size);
    gnutls_free(datum->data);
}

static enum ssp_err creds_error(int result)
{
    return result == GNUTLS_E_MEMORY_ERROR ? ssp_fail(NO_MEMORY) : ssp_fail(UNKNOWN_CREDS);
}

bool cert_is_url(const char *name)
{
    return name != NULL && strncasecmp(name, "pkcs11:", strlen("pkcs11:")) == 0;
}

enum ssp_err cert_file_bytes(const char *path, bool has_key, struct secret *ret)
{
    ssp_cleanup(ssp_free) char *real = realpath(path, NULL);
    ssp_cleanup(fd_close) int fd = -1;

    if (real == NULL)
        return ssp_fail(IO);
    SSP_TRY(file_open_trusted(AT_FDCWD, real, has_key ? FILE_OWNER_ONLY : FILE_OWNER_WRITES, &fd));
    return fd_read_all(fd, &ret->p, &ret->n);
}

static bool contains(const struct secret *bytes, const char *text)
{
    return bytes->n != 0 && memmem(bytes->p, bytes->n, text, strlen(text)) != NULL;
}

static bool is_pem(const struct secret *bytes)
{
    return contains(bytes, "-----BEGIN ");
}

static gnutls_datum_t datum_of(const struct secret *bytes)
{
    return (gnutls_datum_t){ bytes->p, (unsigned)bytes->n };
}

/* ---- PKCS#12 ------------------------------------------------------------------------------- */

static void drop_pkcs12(gnutls_pkcs12_t *pkcs12)
{
    if (*pkcs12 != NULL)
        gnutls_pkcs12_deinit(*pkcs12);
}

static void append(struct certs *certs, gnutls_x509_crt_t *chain, unsigned n_chain)
{
    certs->list = chain;
    certs->n = n_chain;
}

static enum ssp_err read_pkcs12(const struct secret *bytes, const char *password,
                                struct certs *certs)
{
    ssp_cleanup(drop_pkcs12) gnutls_pkcs12_t pkcs12 = NULL;
    gnutls_datum_t data = datum_of(bytes);
    gnutls_x509_crt_t *chain = NULL;
    unsigned n = 0;

    int r = gnutls_pkcs12_init(&pkcs12);
    if (r == 0)
        r = gnutls_pkcs12_import(pkcs12, &data, GNUTLS_X509_FMT_DER, 0);
    if (r == 0)
        r = gnutls_pkcs12_verify_mac(pkcs12, password != NULL ? password : "");
    if (r == 0)
        r = gnutls_pkcs12_simple_parse(pkcs12, password != NULL ? password : "", &certs->key,
                                       &chain, &n, NULL, NULL, NULL, 0);
    if (r < 0)
        return creds_error(r);
    append(certs, chain, n);
    return SSP_OK;
}

/* ---- PEM and DER --------------------------------------------------------------------------- */

static enum ssp_err import_certs(const struct secret *bytes, struct certs *certs)
{
    gnutls_datum_t data = datum_of(bytes);
    int r =
        gnutls_x509_crt_list_import2(&certs->list, &certs->n, &data,
                                     is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER, 0);

    return r < 0 ? creds_error(r) : SSP_OK;
}

static enum ssp_err import_key(const struct secret *bytes, const char *password,
                               struct certs *certs)
{
    gnutls_datum_t data = datum_of(bytes);
    gnutls_x509_crt_fmt_t form = is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
    unsigned flags = password == NULL ? GNUTLS_PKCS_PLAIN : 0;

    int r = gnutls_x509_privkey_init(&certs->key);
    if (r == 0)
        r = gnutls_x509_privkey_import2(certs->key, &data, form, password, flags);
    return r < 0 ? creds_error(r) : SSP_OK;
}

/* Who may read it decides whether a key is taken from it: a chain with a key in the same file. */
static enum ssp_err read_with_key(const struct cert_file *file, struct certs *certs)
{
    ssp_cleanup(secret_wipe) struct secret bytes = { 0 };

    SSP_TRY(cert_file_bytes(file->certificate, false, &bytes));
    bool holds_key = contains(&bytes, "PRIVATE KEY-----");
    if (is_pem(&bytes) && !holds_key)
        return import_certs(&bytes, certs);
    if (!is_pem(&bytes) && import_certs(&bytes, certs) == SSP_OK)
        return SSP_OK;
    secret_wipe(&bytes);
    SSP_TRY(cert_file_bytes(file->certificate, true, &bytes));
    if (!is_pem(&bytes))
        return read_pkcs12(&bytes, file->password, certs);
    SSP_TRY(import_certs(&bytes, certs));
    return import_key(&bytes, file->password, certs);
}

static enum ssp_err read_cert_only(const char *path, struct certs *certs)
{
    ssp_cleanup(secret_wipe) struct secret bytes = { 0 };

    SSP_TRY(cert_file_bytes(path, false, &bytes));
    return import_certs(&bytes, certs);
}

static enum ssp_err read_key_only(const struct cert_file *file, struct certs *certs)
{
    ssp_cleanup(secret_wipe) struct secret bytes = { 0 };

    SSP_TRY(cert_file_bytes(file->key, true, &bytes));
    return import_key(&bytes, file->password, certs);
}

static enum ssp_err read_url(const char *url, struct certs *certs)
{
    certs->list = gnutls_calloc(1, sizeof(gnutls_x509_crt_t));
    if (certs->list == NULL)
        return ssp_fail(NO_MEMORY);
    int r = gnutls_x509_crt_init(&certs->list[0]);
    if (r < 0)
        return creds_error(r);
    certs->n = 1;
    r = gnutls_x509_crt_import_url(certs->list[0], url, 0);
    return r < 0 ? creds_error(r) : SSP_OK;
}

static enum ssp_err read_all(const struct cert_file *file, struct certs *certs)
{
    bool has_key_file = file->key != NULL && *file->key != '\0' && !cert_is_url(file->key);

    if (cert_is_url(file->certificate))
        SSP_TRY(read_url(file->certificate, certs));
    else if (file->key != NULL && *file->key != '\0')
        SSP_TRY(read_cert_only(file->certificate, certs));
    else
        SSP_TRY(read_with_key(file, certs));
    return has_key_file ? read_key_only(file, certs) : SSP_OK;
}

/* ---- What comes of it ---------------------------------------------------------------------- */

static enum ssp_err write_chain(const struct certs *certs, struct wr *out)
{
    if (certs->n == 0 || certs->n > CERTS_MAX)
        return ssp_fail(UNKNOWN_CREDS);
    for (unsigned i = 0; i < certs->n; i++) {
        ssp_cleanup(datum_wipe) gnutls_datum_t der = { 0 };
        int r = gnutls_x509_crt_export2(certs->list[i], GNUTLS_X509_FMT_DER, &der);

        if (r < 0)
            return creds_error(r);
        wr_u8(out, der.size >> 16);
        wr_be16(out, der.size & 0xffff);
        wr_view(out, (struct view){ der.data, der.size });
    }
    return out->err;
}

/* A pair that does not belong together is found out here, not in the first handshake. */
static enum ssp_err check_pair(const struct certs *certs)
{
    uint8_t of_cert[64];
    uint8_t of_key[64];
    size_t n_cert = sizeof(of_cert);
    size_t n_key = sizeof(of_key);

    if (gnutls_x509_crt_get_key_id(certs->list[0], GNUTLS_KEYID_USE_SHA256, of_cert, &n_cert) < 0 ||
        gnutls_x509_privkey_get_key_id(certs->key, GNUTLS_KEYID_USE_SHA256, of_key, &n_key) < 0 ||
        !ct_eq((struct view){ of_cert, n_cert }, (struct view){ of_key, n_key }))
        return ssp_fail(UNKNOWN_CREDS);
    return SSP_OK;
}

static const char *url_of_key(const struct cert_file *file)
{
    if (cert_is_url(file->key))
        return file->key;
    return cert_is_url(file->certificate) && (file->key == NULL || *file->key == '\0')
               ? file->certificate
               : NULL;
}

static enum ssp_err make(const struct cert_file *file, const struct certs *certs, struct cert **ret)
{
    ssp_cleanup(wr_free) struct wr chain = WR_INIT(CERT_CHAIN_MAX);
    ssp_cleanup(datum_wipe) gnutls_datum_t key = { 0 };
    const char *url = url_of_key(file);

    SSP_TRY(write_chain(certs, &chain));
    if (certs->key != NULL) {
        SSP_TRY(check_pair(certs));
        int r = gnutls_x509_privkey_export2_pkcs8(certs->key, GNUTLS_X509_FMT_DER, NULL,
                                                  GNUTLS_PKCS_PLAIN, &key);
        if (r < 0)
            return creds_error(r);
    }
    if (file->needs_key && key.size == 0 && url == NULL)
        return ssp_fail(UNKNOWN_CREDS);
    const struct cert_parts parts = {
        .chain = { chain.p, chain.n },
        .key = { key.data, key.size },
        .key_url = { (const uint8_t *)url, url != NULL ? strlen(url) : 0 },
    };
    return cert_new(&parts, ret);
}

enum ssp_err cert_file_read(const struct cert_file *file, struct cert **ret)
{
    ssp_cleanup(certs_done) struct certs certs = { 0 };

    SSP_TRY(read_all(file, &certs));
    return make(file, &certs, ret);
}
