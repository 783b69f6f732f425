/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application says about a TLS credential: SCHANNEL_CRED and
 * SCH_CREDENTIALS (schannel.h), decoded to one, and the flat form in which it
 * goes to an LSA in another process.  Layout: docs/formats/tls-auth.md.
 *
 * The flat form holds private keys in clear: it crosses the LSA's socket only.
 */
#ifndef SSP_BASE_TLS_AUTH_H
#define SSP_BASE_TLS_AUTH_H

#include "base/cert.h"
#include "base/wr.h"

enum {
    TLS_AUTH_VERSION = 0x4F535401, /* first number of the flat form; no SCH_…_VERSION */
    TLS_AUTH_CERTS_MAX = 16,
    TLS_AUTH_SIZE_MAX = 128 * 1024, /* fits into a message to the LSA */
};

/* Ciphers that it rules out. */
enum {
    TLS_AUTH_NO_AES_128 = 1 << 0,
    TLS_AUTH_NO_AES_256 = 1 << 1,
    TLS_AUTH_NO_CHACHA = 1 << 2,
    TLS_AUTH_CIPHERS = 7,
};

struct tls_auth {       /* owns; ssp_cleanup(tls_auth_wipe) */
    uint32_t flags;     /* SCH_CRED_* and SCH_* */
    uint32_t enabled;   /* SP_PROT_*; 0: the system's choice */
    uint32_t disabled;  /* SP_PROT_* */
    uint32_t no_cipher; /* TLS_AUTH_NO_* */
    uint32_t lifespan;  /* milliseconds that a session can be resumed; 0: the system's choice */
    struct cert *certs[TLS_AUTH_CERTS_MAX];
    size_t n_certs;
    struct cert *roots; /* NULL: the system's choice */
};

/* Any of the three forms.  UNKNOWN_CREDS for another one, lengths that do not fit, certificates
 * that opensspi_certificate_open() did not make; UNSUPPORTED for demands that nothing here can
 * meet: mappers, certificates by hash, parameters for one ALPN name only, algorithms that are not
 * known and not optional; NO_ALGORITHM when no cipher is left; NO_MEMORY. */
enum ssp_err tls_auth_decode(const void *auth_data, struct tls_auth *ret);

/* TOO_LARGE (in out->err) for more than TLS_AUTH_SIZE_MAX. */
void tls_auth_flatten(const struct tls_auth *auth, struct wr *out);

/* The flat form alone, of which so many bytes are there; errors as above. */
enum ssp_err tls_auth_parse(struct view flat, struct tls_auth *ret);

void tls_auth_wipe(struct tls_auth *auth);

#endif
