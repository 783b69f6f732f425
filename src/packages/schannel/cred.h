/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS credential: where its certificates come from (site.h), and what it
 * allows (policy.h).
 *
 * Its principal is the name of a section of the configuration.  Behind lsad that
 * is how a key never enters the application: lsad reads it, and does what it is
 * needed for.
 */
#ifndef SSP_SCHANNEL_CRED_H
#define SSP_SCHANNEL_CRED_H

#include "packages/schannel/policy.h"
#include "packages/schannel/resume.h"
#include "packages/schannel/site.h"

struct tls_cred { /* shared by the handle and the handshakes made with it; never changed */
    struct ref ref;
    bool inbound;
    bool outbound;
    struct tls_site *site;
    struct tls_policy policy;
    gnutls_priority_t priority;
    struct tls_resume *resume; /* a client's sessions, to be resumed */
};

struct tls_sites {          /* of the configuration */
    struct tls_site *plain; /* [schannel] */
    struct tls_site *named[TLS_SITES_MAX];
    size_t n;
};

struct tls_cred_request {
    uint32_t use;                  /* SECPKG_CRED_* */
    const struct str16 *principal; /* NULL or empty: none */
    const void *auth_data;         /* base/tls_auth.h; NULL: none */
    uid_t uid;                     /* whoever asks */
    bool is_local;                 /* asked for in this very process */
    bool fips;
};

/* BAD_CONFIG (traced), NO_MEMORY, INTERNAL. */
enum ssp_err tls_sites_read(const struct conf *conf, struct tls_sites *ret);
void tls_sites_done(struct tls_sites *sites);

/*
 * BAD_ARGUMENT for a use that is neither inbound nor outbound; NO_CREDS for a
 * principal without a section, for a server without a certificate, and NOT_OWNER
 * for a section that the user may not use; UNSUPPORTED for a key in a PKCS#11
 * token that another process names; errors of base/tls_auth.h, policy.h, site.h.
 */
enum ssp_err tls_cred_new(const struct tls_sites *sites, const struct tls_cred_request *what,
                          struct tls_cred **ret);

struct tls_cred *tls_cred_ref(struct tls_cred *cred);
void tls_cred_unref(struct tls_cred *cred); /* NULL is fine */
void tls_cred_unrefp(struct tls_cred **cred);

#endif
