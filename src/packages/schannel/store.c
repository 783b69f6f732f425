/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/store.h"

#include <gnutls/abstract.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/trace.h"
#include "packages/schannel/verify.h"

enum { CHAIN_MAX = 16 /* certificates of our own that a handshake shows */ };

static enum ssp_err failed(const char *what, int result)
{
    if (result == GNUTLS_E_MEMORY_ERROR)
        return ssp_fail(NO_MEMORY);
    trace(TRACE_WARNING, "Schannel: %s: %s", what, gnutls_strerror(result));
    return ssp_fail(UNKNOWN_CREDS);
}

static gnutls_datum_t datum_of(struct view bytes)
{
    return (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.p, (unsigned)bytes.n };
}

/* ---- Our own --------------------------------------------------------------------------------- */

struct chain { /* ssp_cleanup(chain_done) */
    gnutls_pcert_st list[CHAIN_MAX];
    unsigned n;
};

static void chain_done(struct chain *chain)
{
    for (unsigned i = 0; i < chain->n; i++)
        gnutls_pcert_deinit(&chain->list[i]);
}

static enum ssp_err import_chain(const struct cert *cert, struct chain *ret)
{
    struct rd in = rd_of(secret_view(&cert->chain));
    struct view der = { 0 };

    while (ret->n < CHAIN_MAX && cert_next(&in, &der)) {
        gnutls_datum_t datum = datum_of(der);
        int r = gnutls_pcert_import_x509_raw(&ret->list[ret->n], &datum, GNUTLS_X509_FMT_DER, 0);

        if (r < 0)
            return failed("certificate", r);
        ret->n++;
    }
    return SSP_OK;
}

static void drop_key(gnutls_privkey_t *key)
{
    if (*key != NULL)
        gnutls_privkey_deinit(*key);
}

static enum ssp_err import_key(const struct cert *cert, gnutls_privkey_t *ret)
{
    gnutls_datum_t datum = datum_of(secret_view(&cert->key));
    int r = gnutls_privkey_init(ret);

    if (r == 0 && cert->key_url != NULL)
        r = gnutls_privkey_import_url(*ret, cert->key_url, 0);
    else if (r == 0)
        r = gnutls_privkey_import_x509_raw(*ret, &datum, GNUTLS_X509_FMT_DER, NULL, 0);
    return r < 0 ? failed("key", r) : SSP_OK;
}

/* The credentials take over the key and what is in the chain when they take the pair. */
static enum ssp_err add_own(const struct cert *cert, gnutls_certificate_credentials_t creds)
{
    ssp_cleanup(chain_done) struct chain chain = { 0 };
    ssp_cleanup(drop_key) gnutls_privkey_t key = NULL;

    if (cert->key.n == 0 && cert->key_url == NULL)
        return failed("certificate without a key", GNUTLS_E_INSUFFICIENT_CREDENTIALS);
    SSP_TRY(import_chain(cert, &chain));
    SSP_TRY(import_key(cert, &key));
    int r = gnutls_certificate_set_key(creds, NULL, 0, chain.list, (int)chain.n, key);
    if (r < 0)
        return failed("certificate and key", r);
    chain.n = 0;
    key = NULL;
    return SSP_OK;
}

/* ---- Others' --------------------------------------------------------------------------------- */

static enum ssp_err add_roots(const struct cert *roots, gnutls_certificate_credentials_t creds)
{
    struct rd in = rd_of(secret_view(&roots->chain));
    struct view der = { 0 };

    while (cert_next(&in, &der)) {
        gnutls_datum_t datum = datum_of(der);
        int r = gnutls_certificate_set_x509_trust_mem(creds, &datum, GNUTLS_X509_FMT_DER);

        if (r < 0)
            return failed("root certificate", r);
    }
    return SSP_OK;
}

static enum ssp_err trust(const struct tls_store_parts *parts,
                          gnutls_certificate_credentials_t creds)
{
    if (parts->trusts_nobody)
        return SSP_OK;
    if (parts->roots != NULL)
        return add_roots(parts->roots, creds);
    int r = gnutls_certificate_set_x509_system_trust(creds);
    if (r < 0 && r != GNUTLS_E_UNIMPLEMENTED_FEATURE)
        trace(TRACE_WARNING, "Schannel: the system's roots: %s", gnutls_strerror(r));
    return SSP_OK; /* then nobody is trusted */
}

static bool is_pem(struct view bytes)
{
    static const char begin[] = "-----BEGIN ";

    return memmem(bytes.p, bytes.n, begin, sizeof(begin) - 1) != NULL;
}

static gnutls_x509_crt_fmt_t form_of(struct view bytes)
{
    return is_pem(bytes) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
}

/* GnuTLS copies them; ours tell whose certificates they are about (verify.h). */
static enum ssp_err add_crls(struct view bytes, struct tls_store *store)
{
    gnutls_datum_t datum = datum_of(bytes);

    if (bytes.n == 0)
        return SSP_OK;
    int r = gnutls_x509_crl_list_import2(&store->crls, &store->n_crls, &datum, form_of(bytes), 0);
    if (r >= 0)
        r = gnutls_certificate_set_x509_crl(store->creds, store->crls, (int)store->n_crls);
    return r < 0 ? failed("crl", r) : SSP_OK;
}

static enum ssp_err add_ocsp(struct view ocsp, gnutls_certificate_credentials_t creds)
{
    gnutls_datum_t datum = datum_of(ocsp);

    if (ocsp.n == 0)
        return SSP_OK;
    int r = gnutls_certificate_set_ocsp_status_request_mem(creds, &datum, 0, form_of(ocsp));
    return r < 0 ? failed("ocsp", r) : SSP_OK;
}

static enum ssp_err keep_leaf(const struct tls_store_parts *parts, struct secret *ret)
{
    struct view leaf = { 0 };

    if (parts->n_own != 1)
        return SSP_OK;
    struct rd chain = rd_of(secret_view(&parts->own[0]->chain));
    return cert_next(&chain, &leaf) ? secret_new(leaf, ret) : ssp_fail(UNKNOWN_CREDS);
}

static enum ssp_err set_up(const struct tls_store_parts *parts, struct tls_store *store)
{
    if (gnutls_certificate_allocate_credentials(&store->creds) < 0)
        return ssp_fail(NO_MEMORY);
    gnutls_certificate_set_verify_function(store->creds, tls_verify_peer);
    if (parts->ignores_revocation)
        gnutls_certificate_set_verify_flags(store->creds, GNUTLS_VERIFY_DISABLE_CRL_CHECKS);
    if (gnutls_session_ticket_key_generate(&store->ticket_key) < 0)
        return ssp_fail(INTERNAL);
    return keep_leaf(parts, &store->leaf);
}

enum ssp_err tls_store_new(const struct tls_store_parts *parts, struct tls_store **ret)
{
    ssp_cleanup(tls_store_unrefp) struct tls_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return ssp_fail(NO_MEMORY);
    store->ref = (struct ref)REF_INIT;
    store->has_own = parts->n_own != 0;
    store->has_own_roots = parts->roots != NULL;
    SSP_TRY(set_up(parts, store));
    for (size_t i = 0; i < parts->n_own; i++)
        SSP_TRY(add_own(parts->own[i], store->creds));
    SSP_TRY(trust(parts, store->creds));
    SSP_TRY(add_crls(parts->crl, store));
    SSP_TRY(add_ocsp(parts->ocsp, store->creds));
    *ret = ssp_steal(&store);
    return SSP_OK;
}

struct tls_store *tls_store_ref(struct tls_store *store)
{
    ref_take(&store->ref);
    return store;
}

void tls_store_unref(struct tls_store *store)
{
    if (store == NULL || !ref_drop(&store->ref))
        return;
    for (unsigned i = 0; i < store->n_crls; i++)
        gnutls_x509_crl_deinit(store->crls[i]);
    gnutls_free(store->crls);
    if (store->ticket_key.data != NULL)
        explicit_bzero(store->ticket_key.data, store->ticket_key.size);
    gnutls_free(store->ticket_key.data);
    secret_wipe(&store->leaf);
    if (store->creds != NULL)
        gnutls_certificate_free_credentials(store->creds);
    free(store);
}

void tls_store_unrefp(struct tls_store **store)
{
    tls_store_unref(*store);
    *store = NULL;
}
