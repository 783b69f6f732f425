/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certification authority for tests: makes certificates that are good, and such
 * that are not, each in one way.  Files go to the test's scratch folder.
 */
#ifndef SSP_TEST_TLS_CA_H
#define SSP_TEST_TLS_CA_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct ca {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    unsigned serial;
};

struct ca_wish {
    const char *common_name; /* NULL: "localhost" */
    const char *host;        /* as an alternative name; NULL: "localhost"; "": none */
    const char *mail;        /* NULL: none */
    const char *upn;         /* NULL: none */
    bool is_rsa;             /* else P-256 */
    bool is_client;          /* made for clients; else for servers */
    bool is_expired;
    bool is_early;       /* not good yet */
    bool is_self_signed; /* by nobody else */
};

struct ca_pair {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
};

void ca_init(struct ca *ca);
void ca_done(struct ca *ca);

struct ca_pair ca_issue(struct ca *ca, const struct ca_wish *wish);
void ca_pair_done(struct ca_pair *pair);

/* Files in PEM, mode 0600. */
void ca_write_root(const struct ca *ca, const char *path);
void ca_write_cert(const struct ca_pair *pair, const char *path);
void ca_write_key(const struct ca_pair *pair, const char *path);
void ca_write_both(const struct ca_pair *pair, const char *path);
void ca_write_pkcs12(const struct ca_pair *pair, const char *password, const char *path);

/* What is revoked: one certificate, or nothing for NULL.  Good for a day before that time and one
 * after it. */
void ca_write_crl(const struct ca *ca, const struct ca_pair *revoked, time_t when,
                  const char *path);

#endif
