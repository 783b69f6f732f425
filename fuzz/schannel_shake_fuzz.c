/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS handshake with a peer that says anything.  The first byte: 1 is the
 * client, else the server; what follows comes in pieces, each after its length in
 * a byte, and with what was left of the one before in front of it.
 *
 * A leg that fails in another way than for want of bytes ends it; nobody gets a
 * session without the peer's key.
 */
#include <sspi.h>
#include <stdlib.h>
#include <unistd.h>

#include <gnutls/x509.h>

#include "base/cleanup.h"
#include "packages/schannel/record_walk.h"
#include "packages/schannel/shake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HOLD = 64 * 1024, PIECE_FACTOR = 16, NOW = 1 };

static void must(bool good)
{
    if (!good)
        abort();
}

static struct cert *make_cert(void)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t crt = NULL;
    gnutls_datum_t der = { 0 };
    gnutls_datum_t secret = { 0 };
    struct cert *cert = NULL;
    ssp_cleanup(wr_free) struct wr chain = WR_INIT(HOLD);

    must(gnutls_x509_privkey_init(&key) == 0 && gnutls_x509_crt_init(&crt) == 0);
    must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                      (unsigned)GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                      0) == 0);
    must(gnutls_x509_crt_set_version(crt, 3) == 0 && gnutls_x509_crt_set_key(crt, key) == 0);
    must(gnutls_x509_crt_set_serial(crt, "\1", 1) == 0);
    must(gnutls_x509_crt_set_activation_time(crt, 0) == 0);
    must(gnutls_x509_crt_set_expiration_time(crt, INT32_MAX) == 0);
    must(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) == 0);
    must(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) == 0);
    must(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN,
                                           &secret) == 0);
    wr_u8(&chain, der.size >> 16);
    wr_be16(&chain, der.size & 0xffff);
    wr_view(&chain, (struct view){ der.data, der.size });
    const struct cert_parts parts = { .chain = { chain.p, chain.n },
                                      .key = { secret.data, secret.size } };
    must(cert_new(&parts, &cert) == SSP_OK);
    gnutls_free(der.data);
    gnutls_free(secret.data);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
    return cert;
}

/* One for both roles, for all runs. */
static struct tls_cred *make_cred(void)
{
    char path[] = "/tmp/schannel_fuzz_XXXXXX";
    struct cert *cert = make_cert();
    PCCERT_CONTEXT contexts[] = { &cert->context };
    const SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION,
                                   .cCreds = 1,
                                   .paCred = contexts,
                                   .hRootStore = cert->context.hCertStore };
    const struct tls_cred_request what = { .use = SECPKG_CRED_BOTH,
                                           .auth_data = &data,
                                           .is_local = true };
    struct tls_sites sites = { 0 };
    struct conf *conf = NULL;
    struct tls_cred *cred = NULL;
    int fd = mkstemp(path);

    must(fd >= 0 && conf_load_file(path, &conf) == SSP_OK);
    (void)unlink(path);
    (void)close(fd);
    must(tls_sites_read(conf, &sites) == SSP_OK);
    must(tls_cred_new(&sites, &what, &cred) == SSP_OK);
    tls_sites_done(&sites);
    conf_free(conf);
    cert_unref(cert);
    return cred;
}

/* False: it is over. */
static bool leg(struct tls_shake *shake, uint8_t *held, size_t *n)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_OUT_MAX);
    const struct tls_walk walk = tls_walk((struct view){ held, *n });
    size_t used = 0;
    bool is_done = false;

    must(walk.whole <= *n);
    if (walk.whole == 0)
        return !walk.is_bad;
    if (tls_shake_step(shake, (struct view){ held, walk.whole }, &out, &used, &is_done) != SSP_OK)
        return false;
    must(!is_done && used <= walk.whole);
    memmove(held, held + used, *n - used);
    *n -= used;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_cred *cred;
    static uint8_t held[HOLD];
    ssp_cleanup(tls_shake_freep) struct tls_shake *shake = NULL;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_OUT_MAX);
    struct rd in = rd_of((struct view){ data, size });
    size_t n = 0;
    size_t used = 0;
    bool goes_on = true;

    if (cred == NULL)
        cred = make_cred();
    const struct tls_shake_ask ask = { .role = rd_u8(&in) == 1 ? TLS_CLIENT : TLS_SERVER,
                                       .cred = cred,
                                       .host = "localhost",
                                       .asks = TLS_ASKS_REQUEST,
                                       .now = NOW };
    must(tls_shake_new(&ask, &shake) == SSP_OK);
    if (ask.role == TLS_CLIENT)
        must(tls_shake_step(shake, (struct view){ 0 }, &out, &used, &goes_on) == SSP_OK &&
             !goes_on);
    for (goes_on = true; goes_on && in.left.n != 0;) {
        size_t piece = (size_t)rd_u8(&in) * PIECE_FACTOR;
        struct view v = rd_view(&in, piece < in.left.n ? piece : in.left.n);

        if (v.n > sizeof(held) - n)
            break;
        if (v.n != 0)
            memcpy(held + n, v.p, v.n);
        n += v.n;
        goes_on = leg(shake, held, &n);
    }
    return 0;
}
