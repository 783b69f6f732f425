/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a credential allows and asks for: the section's settings, narrowed by
 * what the application said (base/tls_auth.h).
 */
#ifndef SSP_SCHANNEL_POLICY_H
#define SSP_SCHANNEL_POLICY_H

#include <gnutls/gnutls.h>

#include "base/tls_auth.h"
#include "packages/schannel/config.h"
#include "packages/schannel/pack.h"

enum { TLS_POLICY_1_2 = 1 << 0, TLS_POLICY_1_3 = 1 << 1 };

struct tls_policy {
    unsigned versions; /* TLS_POLICY_* */
    unsigned ciphers;  /* 1 << enum tls_cipher */
    enum tls_asks asks;
    enum tls_revocation revocation;
    bool is_manual; /* the application looks at the peer's certificate */
    bool ignores_name;
    bool maps_clients;
    bool resumes;
    uint32_t ticket_lifetime; /* seconds */
};

/* auth may be NULL.  UNSUPPORTED when no version is left, or for what nothing here can do: sessions
 * by preshared key, without encryption, or over datagrams; NO_ALGORITHM when no cipher is left. */
enum ssp_err tls_policy_make(const struct tls_settings *settings, const struct tls_auth *auth,
                             bool fips, struct tls_policy *ret);

/* The same in GnuTLS's words.  NO_MEMORY, INTERNAL. */
enum ssp_err tls_policy_priority(const struct tls_policy *policy, gnutls_priority_t *ret);

#endif
