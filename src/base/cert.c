/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cert.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { LENGTH_SIZE = 3, X509_ASN = 1 /* X509_ASN_ENCODING */ };

bool cert_next(struct rd *chain, struct view *ret)
{
    if (chain->left.n == 0)
        return false;
    *ret = rd_view(chain, rd_be(chain, LENGTH_SIZE));
    if (ret->n == 0)
        chain->bad = true;
    return rd_ok(chain);
}

/* The first certificate of a chain that is whole. */
static bool check_chain(struct view bytes, struct view *ret_first)
{
    struct rd chain = rd_of(bytes);
    struct view next = { 0 };

    if (bytes.n > CERT_CHAIN_MAX || !cert_next(&chain, ret_first))
        return false;
    while (cert_next(&chain, &next))
        continue;
    return rd_ok(&chain);
}

static bool url_is_text(struct view url)
{
    return url.n <= CERT_URL_MAX && (url.n == 0 || memchr(url.p, 0, url.n) == NULL);
}

static enum ssp_err fill(const struct cert_parts *parts, struct cert *cert)
{
    SSP_TRY(secret_new(parts->chain, &cert->chain));
    SSP_TRY(secret_new(parts->key, &cert->key));
    if (parts->key_url.n == 0)
        return SSP_OK;
    cert->key_url = text_new(parts->key_url);
    return cert->key_url != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

enum ssp_err cert_new(const struct cert_parts *parts, struct cert **ret)
{
    ssp_cleanup(cert_unrefp) struct cert *cert = NULL;
    struct view first = { 0 };

    if (!check_chain(parts->chain, &first) || parts->key.n > CERT_KEY_MAX ||
        !url_is_text(parts->key_url))
        return ssp_fail(BAD_ARGUMENT);
    cert = calloc(1, sizeof(*cert));
    if (cert == NULL)
        return ssp_fail(NO_MEMORY);
    cert->ref = (struct ref)REF_INIT;
    SSP_TRY(fill(parts, cert));
    cert->context = (CERT_CONTEXT){
        .dwCertEncodingType = X509_ASN,
        .pbCertEncoded = cert->chain.p + LENGTH_SIZE,
        .cbCertEncoded = (DWORD)first.n,
        .hCertStore = cert,
    };
    *ret = ssp_steal(&cert);
    return SSP_OK;
}

struct cert *cert_ref(struct cert *cert)
{
    ref_take(&cert->ref);
    return cert;
}

void cert_unref(struct cert *cert)
{
    if (cert == NULL || !ref_drop(&cert->ref))
        return;
    secret_wipe(&cert->chain);
    secret_wipe(&cert->key);
    if (cert->key_url != NULL) /* it may have a PIN in it */
        explicit_bzero(cert->key_url, strlen(cert->key_url));
    free(cert->key_url);
    free(cert);
}

void cert_unrefp(struct cert **cert)
{
    cert_unref(*cert);
    *cert = NULL;
}

/* Made here: its store is the object that it lies in, at that place. */
struct cert *cert_of_context(PCCERT_CONTEXT context)
{
    if (context == NULL || context->hCertStore == NULL ||
        (uintptr_t)context != (uintptr_t)context->hCertStore + offsetof(struct cert, context))
        return NULL;
    return context->hCertStore;
}

struct cert *cert_of_store(HCERTSTORE store)
{
    struct cert *cert = store;

    return cert != NULL && cert->context.hCertStore == store ? cert : NULL;
}
