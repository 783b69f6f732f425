/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/verify.h"

#include <arpa/inet.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <time.h>

#include "base/cleanup.h"

enum { DATA_MAX = 2, ADDRESS_MAX = 16, BAD_STATUS = 113 /* bad_certificate_status_response */ };

struct demands { /* on a certificate, as GnuTLS takes them */
    gnutls_typed_vdata_st data[DATA_MAX];
    unsigned n;
    uint8_t address[ADDRESS_MAX];
};

static void demand(struct demands *demands, gnutls_vdata_types_t type, const void *p, size_t n)
{
    demands->data[demands->n++] = (gnutls_typed_vdata_st){ .type = type,
                                                           .data = (unsigned char *)(uintptr_t)p,
                                                           .size = (unsigned)n };
}

static void demand_host(const char *host, struct demands *demands)
{
    if (inet_pton(AF_INET, host, demands->address) == 1)
        demand(demands, GNUTLS_DT_IP_ADDRESS, demands->address, sizeof(struct in_addr));
    else if (inet_pton(AF_INET6, host, demands->address) == 1)
        demand(demands, GNUTLS_DT_IP_ADDRESS, demands->address, sizeof(struct in6_addr));
    else
        demand(demands, GNUTLS_DT_DNS_HOSTNAME, host, 0);
}

static void drop_cert(gnutls_x509_crt_t *cert)
{
    if (*cert != NULL)
        gnutls_x509_crt_deinit(*cert);
}

static bool issued_by(gnutls_x509_crt_t leaf, gnutls_x509_crl_t crl)
{
    gnutls_datum_t of_leaf = { 0 };
    gnutls_datum_t of_crl = { 0 };
    bool same = gnutls_x509_crt_get_raw_issuer_dn(leaf, &of_leaf) == 0 &&
                gnutls_x509_crl_get_raw_issuer_dn(crl, &of_crl) == 0 && of_leaf.size != 0 &&
                ct_eq((struct view){ of_leaf.data, of_leaf.size },
                      (struct view){ of_crl.data, of_crl.size });

    gnutls_free(of_leaf.data);
    gnutls_free(of_crl.data);
    return same;
}

/* RFC 5280 5.1.2.5: a list without a time of the next one says nothing of how long it is good. */
static bool is_current(gnutls_x509_crl_t crl, time_t now)
{
    time_t next = gnutls_x509_crl_get_next_update(crl);

    return gnutls_x509_crl_get_this_update(crl) <= now && (next == (time_t)-1 || now <= next);
}

static bool has_crl(const struct tls_check *check, const gnutls_datum_t *der)
{
    ssp_cleanup(drop_cert) gnutls_x509_crt_t leaf = NULL;
    time_t now = time(NULL);

    if (gnutls_x509_crt_init(&leaf) < 0 ||
        gnutls_x509_crt_import(leaf, der, GNUTLS_X509_FMT_DER) < 0)
        return false;
    for (unsigned i = 0; i < check->store->n_crls; i++)
        if (issued_by(leaf, check->store->crls[i]) && is_current(check->store->crls[i], now))
            return true;
    return false;
}

/* Somebody said that the leaf is good: what is said to be bad has been found by now. */
static bool is_vouched_for(gnutls_session_t session, const struct tls_check *check)
{
    unsigned n = 0;
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(session, &n);

    if (peers == NULL || n == 0)
        return false;
    return gnutls_ocsp_status_request_is_checked(session, 0) != 0 || has_crl(check, &peers[0]);
}

static bool has_peer(gnutls_session_t session)
{
    unsigned n = 0;

    return gnutls_certificate_get_peers(session, &n) != NULL && n != 0;
}

static int refuse(struct tls_check *check, struct tls_failure why)
{
    check->verdict = why;
    return GNUTLS_E_CERTIFICATE_ERROR;
}

int tls_verify_peer(gnutls_session_t session)
{
    struct tls_check *check = gnutls_session_get_ptr(session);
    struct demands demands = { 0 };
    unsigned status = 0;

    if (check->is_manual || (check->is_server && !has_peer(session)))
        return 0; /* where a client needs a certificate, GnuTLS says so */
    demand(&demands, GNUTLS_DT_KEY_PURPOSE_OID,
           check->is_server ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (!check->is_server && !check->ignores_name)
        demand_host(check->host, &demands);
    int r = gnutls_certificate_verify_peers(session, demands.data, demands.n, &status);
    if (r < 0)
        return refuse(check, tls_failure_of_gnutls(r, 0));
    if (status != 0)
        return refuse(check, tls_failure_of_chain(status));
    if (check->revocation == TLS_REVOCATION_REQUIRED && !is_vouched_for(session, check))
        return refuse(check, (struct tls_failure){ SSP_ERR_NO_REVOCATION, BAD_STATUS });
    return 0;
}
