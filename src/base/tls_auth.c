/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tls_auth.h"

#include <string.h>

#include "base/cleanup.h"

enum {
    BITS_128 = 128,
    BITS_256 = 256,
    CALG_AES = 0x6611,
    CALG_AES_128_ID = 0x660e,
    CALG_AES_256_ID = 0x6610,
    HEAD_SIZE = 32, /* what stands before the certificates */
};

void tls_auth_wipe(struct tls_auth *auth)
{
    for (size_t i = 0; i < auth->n_certs; i++)
        cert_unref(auth->certs[i]);
    cert_unref(auth->roots);
    *auth = (struct tls_auth){ 0 };
}

/* ---- The flat form: writer and reader list the same fields ----------------------------------- */

static void put_cert(const struct cert *cert, struct wr *out)
{
    size_t n_url = cert->key_url != NULL ? strlen(cert->key_url) : 0;

    wr_le32(out, cert->chain.n);
    wr_view(out, secret_view(&cert->chain));
    wr_le32(out, cert->key.n);
    wr_view(out, secret_view(&cert->key));
    wr_le32(out, n_url);
    wr_view(out, (struct view){ (const uint8_t *)cert->key_url, n_url });
}

static size_t cert_size(const struct cert *cert)
{
    return 3 * sizeof(uint32_t) + cert->chain.n + cert->key.n +
           (cert->key_url != NULL ? strlen(cert->key_url) : 0);
}

void tls_auth_flatten(const struct tls_auth *auth, struct wr *out)
{
    size_t size = HEAD_SIZE;

    for (size_t i = 0; i < auth->n_certs; i++)
        size += cert_size(auth->certs[i]);
    if (auth->roots != NULL)
        size += cert_size(auth->roots);
    if (size > TLS_AUTH_SIZE_MAX && out->err == SSP_OK)
        out->err = ssp_fail(TOO_LARGE);
    wr_le32(out, TLS_AUTH_VERSION);
    wr_le32(out, size);
    wr_le32(out, auth->flags);
    wr_le32(out, auth->enabled);
    wr_le32(out, auth->disabled);
    wr_le32(out, auth->no_cipher);
    wr_le32(out, auth->lifespan);
    wr_le16(out, auth->n_certs);
    wr_le16(out, auth->roots != NULL ? 1 : 0);
    for (size_t i = 0; i < auth->n_certs; i++)
        put_cert(auth->certs[i], out);
    if (auth->roots != NULL)
        put_cert(auth->roots, out);
}

static enum ssp_err take_cert(struct rd *in, struct cert **ret)
{
    struct cert_parts parts = { .chain = rd_view(in, rd_le32(in)) };

    parts.key = rd_view(in, rd_le32(in));
    parts.key_url = rd_view(in, rd_le32(in));
    if (!rd_ok(in))
        return ssp_fail(UNKNOWN_CREDS);
    enum ssp_err e = cert_new(&parts, ret);
    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(UNKNOWN_CREDS);
}

static enum ssp_err take_certs(struct rd *in, size_t n, size_t n_roots, struct tls_auth *auth)
{
    if (!rd_ok(in) || n > TLS_AUTH_CERTS_MAX || n_roots > 1)
        return ssp_fail(UNKNOWN_CREDS);
    for (size_t i = 0; i < n; i++) {
        SSP_TRY(take_cert(in, &auth->certs[i]));
        auth->n_certs = i + 1;
    }
    return n_roots != 0 ? take_cert(in, &auth->roots) : SSP_OK;
}

enum ssp_err tls_auth_parse(struct view flat, struct tls_auth *ret)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };
    struct rd in = rd_of(flat);

    uint32_t version = rd_le32(&in);
    uint32_t size = rd_le32(&in);
    auth.flags = rd_le32(&in);
    auth.enabled = rd_le32(&in);
    auth.disabled = rd_le32(&in);
    auth.no_cipher = rd_le32(&in);
    auth.lifespan = rd_le32(&in);
    size_t n_certs = rd_le16(&in);
    size_t n_roots = rd_le16(&in);
    if (version != TLS_AUTH_VERSION || size != flat.n || size > TLS_AUTH_SIZE_MAX)
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(take_certs(&in, n_certs, n_roots, &auth));
    if (rd_end(&in) != SSP_OK || (auth.no_cipher & ~(uint32_t)TLS_AUTH_CIPHERS) != 0)
        return ssp_fail(UNKNOWN_CREDS);
    if (auth.no_cipher == TLS_AUTH_CIPHERS)
        return ssp_fail(NO_ALGORITHM);
    *ret = auth;
    auth = (struct tls_auth){ 0 };
    return SSP_OK;
}

static enum ssp_err decode_flat(const void *auth_data, struct tls_auth *ret)
{
    struct rd head = rd_of((struct view){ auth_data, 2 * sizeof(uint32_t) });

    (void)rd_le32(&head);
    uint32_t size = rd_le32(&head);
    if (size < HEAD_SIZE || size > TLS_AUTH_SIZE_MAX)
        return ssp_fail(UNKNOWN_CREDS);
    return tls_auth_parse((struct view){ auth_data, size }, ret);
}

/* ---- What both of Windows' structures have --------------------------------------------------- */

static enum ssp_err lend_certs(DWORD n, PCCERT_CONTEXT const *contexts, struct tls_auth *auth)
{
    if (n > TLS_AUTH_CERTS_MAX || (n != 0 && contexts == NULL))
        return ssp_fail(UNKNOWN_CREDS);
    for (DWORD i = 0; i < n; i++) {
        struct cert *cert = cert_of_context(contexts[i]);

        if (cert == NULL)
            return ssp_fail(UNKNOWN_CREDS);
        auth->certs[i] = cert_ref(cert);
        auth->n_certs = i + 1;
    }
    return SSP_OK;
}

static enum ssp_err lend_roots(HCERTSTORE store, struct tls_auth *auth)
{
    struct cert *cert = cert_of_store(store);

    if (store == NULL)
        return SSP_OK;
    if (cert == NULL)
        return ssp_fail(UNKNOWN_CREDS);
    auth->roots = cert_ref(cert);
    return SSP_OK;
}

/* ---- SCHANNEL_CRED --------------------------------------------------------------------------- */

/* Strengths in bits; ChaCha20 has 256. */
static uint32_t ruled_out_by_strength(DWORD min, DWORD max)
{
    uint32_t no = 0;

    if (min > BITS_128 || (max != 0 && max < BITS_128))
        no |= TLS_AUTH_NO_AES_128;
    if (min > BITS_256 || (max != 0 && max < BITS_256))
        no |= TLS_AUTH_NO_AES_256 | TLS_AUTH_NO_CHACHA;
    return no;
}

/* A list names what is wanted, and says nothing of ciphers when it names none.  No number stands
 * for ChaCha20. */
static uint32_t ruled_out_by_list(DWORD n, const ALG_ID *list)
{
    uint32_t wanted = 0;

    for (DWORD i = 0; list != NULL && i < n; i++) {
        if (list[i] == CALG_AES || list[i] == CALG_AES_128_ID)
            wanted |= TLS_AUTH_NO_AES_128;
        if (list[i] == CALG_AES || list[i] == CALG_AES_256_ID)
            wanted |= TLS_AUTH_NO_AES_256;
    }
    return wanted == 0 ? 0 : TLS_AUTH_CIPHERS & ~wanted;
}

static enum ssp_err decode_old(const void *auth_data, struct tls_auth *ret)
{
    SCHANNEL_CRED from;

    memcpy(&from, auth_data, sizeof(from));
    if (from.cMappers != 0 || from.dwCredFormat != SCH_CRED_FORMAT_CERT_CONTEXT)
        return ssp_fail(UNSUPPORTED);
    if (from.cSupportedAlgs > SCH_CRED_MAX_SUPPORTED_ALGS)
        return ssp_fail(UNKNOWN_CREDS);
    ret->flags = from.dwFlags;
    ret->enabled = from.grbitEnabledProtocols;
    ret->lifespan = from.dwSessionLifespan;
    ret->no_cipher =
        ruled_out_by_strength(from.dwMinimumCipherStrength, from.dwMaximumCipherStrength) |
        ruled_out_by_list(from.cSupportedAlgs, from.palgSupportedAlgs);
    SSP_TRY(lend_certs(from.cCreds, from.paCred, ret));
    return lend_roots(from.hRootStore, ret);
}

/* ---- SCH_CREDENTIALS ------------------------------------------------------------------------- */

static bool is_text(const UNICODE_STRING *text, const char *ascii)
{
    size_t n = strlen(ascii);

    if (text->Buffer == NULL || text->Length != n * sizeof(WCHAR))
        return false;
    for (size_t i = 0; i < n; i++)
        if (text->Buffer[i] != (WCHAR)ascii[i])
            return false;
    return true;
}

/* No mode named: all of them, and so GCM too. */
static bool means_gcm(const CRYPTO_SETTINGS *crypto)
{
    if (crypto->cChainingModes == 0 || crypto->rgstrChainingModes == NULL)
        return true;
    for (DWORD i = 0; i < crypto->cChainingModes; i++)
        if (is_text(&crypto->rgstrChainingModes[i], "ChainingModeGCM"))
            return true;
    return false;
}

static bool covers(const CRYPTO_SETTINGS *crypto, DWORD bits)
{
    return crypto->dwMinBitLength <= bits &&
           (crypto->dwMaxBitLength == 0 || bits <= crypto->dwMaxBitLength);
}

static uint32_t ruled_out_by(const CRYPTO_SETTINGS *crypto)
{
    uint32_t no = 0;

    if (is_text(&crypto->strCngAlgId, "CHACHA20_POLY1305"))
        return covers(crypto, BITS_256) ? TLS_AUTH_NO_CHACHA : 0U;
    if (!means_gcm(crypto))
        return 0;
    no |= covers(crypto, BITS_128) ? TLS_AUTH_NO_AES_128 : 0U;
    return no | (covers(crypto, BITS_256) ? TLS_AUTH_NO_AES_256 : 0U);
}

static bool is_known(const CRYPTO_SETTINGS *crypto)
{
    return crypto->eAlgorithmUsage == TlsParametersCngAlgUsageCipher &&
           (is_text(&crypto->strCngAlgId, "AES") ||
            is_text(&crypto->strCngAlgId, "CHACHA20_POLY1305"));
}

static enum ssp_err take_crypto(const TLS_PARAMETERS *parameters, struct tls_auth *ret)
{
    if (parameters->cDisabledCrypto > SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS ||
        (parameters->cDisabledCrypto != 0 && parameters->pDisabledCrypto == NULL))
        return ssp_fail(UNKNOWN_CREDS);
    for (DWORD i = 0; i < parameters->cDisabledCrypto; i++) {
        const CRYPTO_SETTINGS *crypto = &parameters->pDisabledCrypto[i];

        if (crypto->cChainingModes > SCH_CRED_MAX_SUPPORTED_CHAINING_MODES)
            return ssp_fail(UNKNOWN_CREDS);
        if (is_known(crypto))
            ret->no_cipher |= ruled_out_by(crypto);
        else if ((parameters->dwFlags & TLS_PARAMS_OPTIONAL) == 0)
            return ssp_fail(UNSUPPORTED);
    }
    return SSP_OK;
}

static enum ssp_err take_parameters(DWORD n, const TLS_PARAMETERS *parameters, struct tls_auth *ret)
{
    if (n > SCH_CRED_MAX_SUPPORTED_PARAMETERS || (n != 0 && parameters == NULL))
        return ssp_fail(UNKNOWN_CREDS);
    for (DWORD i = 0; i < n; i++) {
        if (parameters[i].cAlpnIds != 0)
            return ssp_fail(UNSUPPORTED);
        ret->disabled |= parameters[i].grbitDisabledProtocols;
        SSP_TRY(take_crypto(&parameters[i], ret));
    }
    return SSP_OK;
}

static enum ssp_err decode_new(const void *auth_data, struct tls_auth *ret)
{
    SCH_CREDENTIALS from;

    memcpy(&from, auth_data, sizeof(from));
    if (from.cMappers != 0 || from.dwCredFormat != SCH_CRED_FORMAT_CERT_CONTEXT)
        return ssp_fail(UNSUPPORTED);
    ret->flags = from.dwFlags;
    ret->lifespan = from.dwSessionLifespan;
    SSP_TRY(take_parameters(from.cTlsParameters, from.pTlsParameters, ret));
    SSP_TRY(lend_certs(from.cCreds, from.paCred, ret));
    return lend_roots(from.hRootStore, ret);
}

enum ssp_err tls_auth_decode(const void *auth_data, struct tls_auth *ret)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };
    uint32_t version = 0;

    if (auth_data == NULL)
        return ssp_fail(UNKNOWN_CREDS);
    memcpy(&version, auth_data, sizeof(version));
    if (version == TLS_AUTH_VERSION)
        return decode_flat(auth_data, ret);
    if (version == SCHANNEL_CRED_VERSION)
        SSP_TRY(decode_old(auth_data, &auth));
    else if (version == SCH_CREDENTIALS_VERSION)
        SSP_TRY(decode_new(auth_data, &auth));
    else
        return ssp_fail(UNKNOWN_CREDS);
    if (auth.no_cipher == TLS_AUTH_CIPHERS)
        return ssp_fail(NO_ALGORITHM);
    *ret = auth;
    auth = (struct tls_auth){ 0 };
    return SSP_OK;
}
