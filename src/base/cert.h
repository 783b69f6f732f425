/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a CERT_CONTEXT (schannel.h): certificates in DER and, where
 * it is our own, the key of the first one.  Nothing here looks inside a
 * certificate; crypto/cert_file.h reads files.
 *
 * CERT_CONTEXT shows the first certificate.  Its hCertStore stands for all of
 * them, so that one file with several can be a credential's hRootStore.
 */
#ifndef SSP_BASE_CERT_H
#define SSP_BASE_CERT_H

#include <schannel.h>

#include "base/ref.h"
#include "base/secret.h"

enum {
    CERT_CHAIN_MAX = 512 * 1024, /* bytes; a store of all the roots of a system fits */
    CERT_KEY_MAX = 16 * 1024,
    CERT_URL_MAX = 4096,
};

struct cert { /* shared; cert_unref() */
    struct ref ref;
    struct secret chain; /* leaf first: each in DER after its length in three bytes */
    struct secret key;   /* PKCS#8 in DER, in clear; empty: there is none, or it has a URL */
    char *key_url;       /* PKCS#11; NULL: none */
    CERT_CONTEXT context;
};

struct cert_parts { /* borrowed */
    struct view chain;
    struct view key;     /* may be empty */
    struct view key_url; /* may be empty */
};

/* BAD_ARGUMENT for a chain that is empty or not made as above, sizes over the limits, a URL with a
 * NUL in it; NO_MEMORY. */
enum ssp_err cert_new(const struct cert_parts *parts, struct cert **ret);

struct cert *cert_ref(struct cert *cert);
void cert_unref(struct cert *cert); /* wipes with the last; NULL is fine */
void cert_unrefp(struct cert **cert);

/* NULL for NULL, and for what was not made here. */
struct cert *cert_of_context(PCCERT_CONTEXT context);
struct cert *cert_of_store(HCERTSTORE store);

/* The next certificate of a chain; false at its end, which marks in bad where it is torn. */
bool cert_next(struct rd *chain, struct view *ret);

#endif
