/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sections [schannel] and [schannel "NAME"] of opensspi.conf: a credential
 * each.  The one with a name is acquired by that name as principal; the one
 * without is what a credential goes by that has no name.  No section takes
 * anything from another.
 *
 *   allow                 yes     no: no credential, no handshake
 *   certificate                   PEM, DER or PKCS#12 file, or a PKCS#11 URI; empty: none
 *   key                           its key; empty: in the same file
 *   password_file                 file whose first line opens the key
 *   ca                            PEM file of the roots that peers have to lead to; empty: the
 *                                 system's, for servers' certificates only
 *   crl                           PEM or DER file of what is revoked
 *   revocation            known   off, known: what a CRL or a stapled answer says counts;
 *                                 required: one of them has to say that the leaf is good
 *   ocsp                          file with an answer to staple
 *   client_certificates   no      no, requested, required; needs ca
 *   client_domain         TLS     the domain of those that a client certificate names ([map])
 *   alpn                          protocols of the server, best first, separated by commas
 *   minimum               1.2     1.2 or 1.3
 *   ciphers                       of aes256-gcm, chacha20-poly1305, aes128-gcm; empty: all
 *   tickets               yes     sessions can be resumed
 *   ticket_lifetime       7200    seconds
 *   users                         who may acquire it, besides root and the LSA's own user: names
 *                                 or numbers, separated by commas; *: everybody
 */
#ifndef SSP_SCHANNEL_CONFIG_H
#define SSP_SCHANNEL_CONFIG_H

#include "base/conf.h"
#include "base/secret.h"
#include "packages/schannel/suite.h"

#include <sys/types.h>

enum { TLS_USERS_MAX = 64, TLS_NAME_MAX = 128, TLS_SITES_MAX = 256, TLS_ALPN_LIST_MAX = 1024 };

/* The domain of those that a client certificate names, unless the section says another. */
#define TLS_CLIENT_DOMAIN "TLS"

enum tls_asks { TLS_ASKS_NOTHING, TLS_ASKS_REQUEST, TLS_ASKS_REQUIRE };

enum tls_revocation { TLS_REVOCATION_OFF, TLS_REVOCATION_KNOWN, TLS_REVOCATION_REQUIRED };

enum { TLS_ALL_CIPHERS = 1 << TLS_AES_128_GCM | 1 << TLS_AES_256_GCM | 1 << TLS_CHACHA20_POLY1305 };

struct tls_settings { /* owns its strings; ssp_cleanup(tls_settings_wipe) */
    bool allow;
    char *certificate;
    char *key;
    char *password_file;
    char *ca;
    char *crl;
    int revocation; /* enum tls_revocation */
    char *ocsp;
    int client_certificates; /* enum tls_asks */
    char *client_domain;
    char *alpn;
    int minimum; /* 0: TLS 1.2, 1: TLS 1.3 */
    char *ciphers;
    bool tickets;
    uint32_t ticket_lifetime;
    char *users;
    /* What the lists say. */
    unsigned cipher_bits;    /* 1 << enum tls_cipher */
    struct secret protocols; /* alpn, each name after its length in one byte */
    uid_t uids[TLS_USERS_MAX];
    size_t n_uids;
    bool for_all;
};

/* BAD_CONFIG (traced with file and line), NO_MEMORY. */
enum ssp_err tls_settings_read(const struct conf *conf, const char *section,
                               struct tls_settings *ret);

/* May that user acquire it? */
bool tls_settings_admit(const struct tls_settings *settings, uid_t uid);

void tls_settings_wipe(struct tls_settings *settings);

#endif
