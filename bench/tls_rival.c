/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_rival.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum { DAY = 24 * 3600 };

static void give_cert(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();

    need(key != NULL && cert != NULL, "OpenSSL's memory");
    need(X509_set_version(cert, 2) == 1 && X509_set_pubkey(cert, key) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(cert), DAY) != NULL &&
             X509_sign(cert, key, EVP_sha256()) > 0 && SSL_CTX_use_certificate(ctx, cert) == 1 &&
             SSL_CTX_use_PrivateKey(ctx, key) == 1,
         "a certificate of OpenSSL");
    X509_free(cert);
    EVP_PKEY_free(key);
}

static SSL_CTX *new_ctx(const char *suites, bool is_1_2)
{
    int version = is_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());

    need(ctx != NULL &&
             (is_1_2 ? SSL_CTX_set_cipher_list(ctx, suites)
                     : SSL_CTX_set_ciphersuites(ctx, suites)) == 1 &&
             SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
             SSL_CTX_set_max_proto_version(ctx, version) == 1,
         "OpenSSL");
    give_cert(ctx);
    return ctx;
}

void tls_rival_start(struct tls_rival *rival, const char *suites, bool is_1_2)
{
    int client = 0;
    int server = 0;

    rival->ctx = new_ctx(suites, is_1_2);
    rival->client = SSL_new(rival->ctx);
    rival->server = SSL_new(rival->ctx);
    rival->to_server = BIO_new(BIO_s_mem());
    rival->to_client = BIO_new(BIO_s_mem());
    need(BIO_up_ref(rival->to_server) == 1 && BIO_up_ref(rival->to_client) == 1, "a BIO");
    SSL_set_bio(rival->client, rival->to_client, rival->to_server);
    SSL_set_bio(rival->server, rival->to_server, rival->to_client);
    SSL_set_connect_state(rival->client);
    SSL_set_accept_state(rival->server);
    for (int i = 0; i < 10 && (client != 1 || server != 1); i++) {
        client = SSL_do_handshake(rival->client);
        server = SSL_do_handshake(rival->server);
    }
    need(client == 1 && server == 1, "a handshake of OpenSSL");
    need(SSL_write(rival->server, "x", 1) == 1 && SSL_read(rival->client, rival->buffer, 1) == 1,
         "OpenSSL's tickets");
}

void tls_rival_end(struct tls_rival *rival)
{
    SSL_free(rival->client);
    SSL_free(rival->server);
    SSL_CTX_free(rival->ctx);
}

void tls_rival_seal(void *arg, size_t n)
{
    struct tls_rival *rival = arg;

    for (size_t i = 0; i < n; i++) {
        need(SSL_write(rival->client, rival->buffer, (int)rival->size) == (int)rival->size,
             "SSL_write");
        (void)BIO_reset(rival->to_server); /* into the void */
    }
}

void tls_rival_open_prepare(void *arg, size_t n)
{
    struct tls_rival *rival = arg;

    for (size_t i = 0; i < n; i++)
        need(SSL_write(rival->server, rival->buffer, (int)rival->size) == (int)rival->size,
             "SSL_write");
}

void tls_rival_open(void *arg, size_t n)
{
    struct tls_rival *rival = arg;

    for (size_t i = 0; i < n; i++)
        need(SSL_read(rival->client, rival->buffer, (int)rival->size) == (int)rival->size,
             "SSL_read");
}
