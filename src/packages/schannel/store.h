/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What handshakes are done with, as GnuTLS wants it: our certificates and keys,
 * the roots that peers have to lead to, what is revoked.  Never changed once it
 * is made: new files make a new one (site.h).
 */
#ifndef SSP_SCHANNEL_STORE_H
#define SSP_SCHANNEL_STORE_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/cert.h"

struct tls_store_parts { /* borrowed */
    struct cert *const *own;
    size_t n_own;
    bool trusts_nobody;       /* no peer shows a certificate; then no roots are read */
    const struct cert *roots; /* NULL: the system's */
    bool ignores_revocation;
    struct view crl;  /* PEM or DER; empty: none */
    struct view ocsp; /* an answer for the first of own; empty: none */
};

struct tls_store { /* shared; tls_store_unref() */
    struct ref ref;
    gnutls_certificate_credentials_t creds;
    bool has_own;
    bool has_own_roots;
    struct secret leaf; /* of our only certificate, in DER; empty: none, or several */
    /* Of a server's tickets; GnuTLS makes others from it as time goes by.  New certificates make
     * old tickets void, so who resumes knows which certificate the session began with. */
    gnutls_datum_t ticket_key;
    gnutls_x509_crl_t *crls;
    unsigned n_crls;
};

/* UNKNOWN_CREDS for what GnuTLS does not take, a certificate without its key among them; NO_MEMORY;
 * INTERNAL without randomness. */
enum ssp_err tls_store_new(const struct tls_store_parts *parts, struct tls_store **ret);

struct tls_store *tls_store_ref(struct tls_store *store);
void tls_store_unref(struct tls_store *store); /* NULL is fine */
void tls_store_unrefp(struct tls_store **store);

#endif
