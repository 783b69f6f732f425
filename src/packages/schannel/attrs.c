/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/attrs.h"

#include <schannel.h>

#include "base/cert.h"
#include "base/cleanup.h"
#include "packages/schannel/alg_names.h"
#include "packages/schannel/exporter.h"
#include "packages/schannel/info.h"
#include "packages/schannel/send.h"
#include "packages/schannel/subject.h"

enum { STREAM_BUFFERS = 4, LENGTH_SIZE = 3 };

struct question { /* one query; borrowed */
    const struct tls_user_ctx *ctx;
    const struct tls_core *core;
    const struct pkg_heap *heap;
};

/* ---- Sizes --------------------------------------------------------------- */

static enum ssp_err get_stream_sizes(const struct question *q, void *ret)
{
    SecPkgContext_StreamSizes *sizes = ret;

    *sizes = (SecPkgContext_StreamSizes){
        .cbHeader = (ULONG)tls_header_size(q->core->suite),
        .cbTrailer = (ULONG)tls_trailer_size(q->core->suite),
        .cbMaximumMessage = TLS_TEXT_MAX,
        .cBuffers = STREAM_BUFFERS,
        .cbBlockSize = 1, /* a text may have any length */
    };
    return SSP_OK;
}

static enum ssp_err get_sizes(const struct question *q, void *ret)
{
    SecPkgContext_Sizes *sizes = ret;

    *sizes = (SecPkgContext_Sizes){
        .cbMaxToken = tls_package_info.cbMaxToken,
        .cbBlockSize = 1,
        .cbSecurityTrailer =
            (ULONG)(tls_header_size(q->core->suite) + tls_trailer_size(q->core->suite)),
    };
    return SSP_OK;
}

/* ---- What was agreed on ---------------------------------------------------- */

static void put_name(WCHAR dst[SZ_ALG_MAX_SIZE], const char16_t *word)
{
    size_t n = str16_len(word);

    memset(dst, 0, SZ_ALG_MAX_SIZE * sizeof(*dst));
    memcpy(dst, word, (n < SZ_ALG_MAX_SIZE ? n : SZ_ALG_MAX_SIZE - 1) * sizeof(*dst));
}

static enum ssp_err get_connection_info(const struct question *q, void *ret)
{
    const struct tls_alg_names names = tls_alg_names_of(q->core);
    SecPkgContext_ConnectionInfo *info = ret;

    *info = (SecPkgContext_ConnectionInfo){
        .dwProtocol = names.protocol,
        .aiCipher = names.cipher_id,
        .dwCipherStrength = names.cipher_bits,
        .aiHash = names.hash_id,
        .dwHashStrength = names.hash_bits,
        .aiExch = names.exchange_id,
        .dwExchStrength = q->core->exchange_bits,
    };
    return SSP_OK;
}

static enum ssp_err get_connection_info_ex(const struct question *q, void *ret)
{
    const struct tls_alg_names names = tls_alg_names_of(q->core);
    SecPkgContext_ConnectionInfoEx *info = ret;

    *info = (SecPkgContext_ConnectionInfoEx){
        .dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1,
        .dwProtocol = names.protocol,
        .dwCipherStrength = names.cipher_bits,
        .dwHashStrength = names.hash_bits,
        .dwExchStrength = q->core->exchange_bits,
    };
    put_name(info->szCipher, names.cipher);
    put_name(info->szHash, names.hash);
    put_name(info->szExchange, names.exchange);
    return SSP_OK;
}

static enum ssp_err get_cipher_info(const struct question *q, void *ret)
{
    const struct tls_alg_names names = tls_alg_names_of(q->core);
    SecPkgContext_CipherInfo *info = ret;

    *info = (SecPkgContext_CipherInfo){
        .dwVersion = SECPKGCONTEXT_CIPHERINFO_V1,
        .dwProtocol = q->core->suite->version,
        .dwCipherSuite = q->core->suite->id,
        .dwBaseCipherSuite = q->core->suite->id,
        .dwCipherLen = names.cipher_bits,
        .dwCipherBlockLen = names.block_bytes,
        .dwHashLen = names.hash_bits,
        .dwMinExchangeLen = q->core->exchange_bits,
        .dwMaxExchangeLen = q->core->exchange_bits,
        .dwKeyType = q->core->group,
    };
    put_name(info->szCipherSuite, q->core->suite->name);
    put_name(info->szCipher, names.cipher);
    put_name(info->szHash, names.hash);
    put_name(info->szExchange, names.exchange);
    put_name(info->szCertificate, names.proof);
    return SSP_OK;
}

static enum ssp_err get_key_info(const struct question *q, void *ret)
{
    const struct tls_alg_names names = tls_alg_names_of(q->core);
    ssp_cleanup(block_free) struct block hash = { .heap = q->heap };
    ssp_cleanup(block_free) struct block cipher = { .heap = q->heap };
    SecPkgContext_KeyInfoW *info = ret;

    SSP_TRY(block_text(names.hash, &hash));
    SSP_TRY(block_text(names.cipher, &cipher));
    *info = (SecPkgContext_KeyInfoW){
        .sSignatureAlgorithmName = ssp_steal(&hash.p),
        .sEncryptAlgorithmName = ssp_steal(&cipher.p),
        .KeySize = names.cipher_bits,
        .SignatureAlgorithm = names.hash_id,
        .EncryptAlgorithm = names.cipher_id,
    };
    return SSP_OK;
}

static enum ssp_err get_application_protocol(const struct question *q, void *ret)
{
    const struct secret *alpn = &q->ctx->names.alpn;
    SecPkgContext_ApplicationProtocol *protocol = ret;

    *protocol = (SecPkgContext_ApplicationProtocol){
        .ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_None,
        .ProtoNegoExt = SecApplicationProtocolNegotiationExt_None,
    };
    if (alpn->n == 0 || alpn->n > sizeof(protocol->ProtocolId))
        return SSP_OK;
    protocol->ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_Success;
    protocol->ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    protocol->ProtocolIdSize = (UCHAR)alpn->n;
    memcpy(protocol->ProtocolId, alpn->p, alpn->n);
    return SSP_OK;
}

static enum ssp_err get_session_info(const struct question *q, void *ret)
{
    SecPkgContext_SessionInfo *info = ret;

    *info = (SecPkgContext_SessionInfo){
        .dwFlags = q->core->is_resumed ? SSL_SESSION_RECONNECT : 0,
        .cbSessionId = (DWORD)q->core->session_id_n,
    };
    memcpy(info->rgbSessionId, q->core->session_id, q->core->session_id_n);
    return SSP_OK;
}

static enum ssp_err get_lifespan(const struct question *q, void *ret)
{
    SecPkgContext_Lifespan *span = ret;

    span->tsStart.QuadPart = q->core->start;
    span->tsExpiry.QuadPart = q->core->expiry;
    return SSP_OK;
}

static enum ssp_err get_flags(const struct question *q, void *ret)
{
    SecPkgContext_Flags *flags = ret;

    flags->Flags = q->core->attributes;
    return SSP_OK;
}

/* ---- Who ------------------------------------------------------------------- */

/* The account that the peer was mapped to, else its certificate's subject. */
static enum ssp_err get_names(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block name = { .heap = q->heap };
    ssp_cleanup(str16_wipe) struct str16 subject = { 0 };
    const struct str16 *who = &q->ctx->names.peer;
    SecPkgContext_NamesW *names = ret;

    if (who->n == 0) {
        SSP_TRY(tls_subject_dn(secret_view(&q->ctx->names.chain), &subject));
        who = &subject;
    }
    if (who->n == 0)
        return ssp_fail(NO_CREDS);
    SSP_TRY(block_name(who, &name));
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}

/* On a server, the name that the client asked for. */
static enum ssp_err get_client_target(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block name = { .heap = q->heap };
    ssp_cleanup(str16_wipe) struct str16 host = { 0 };
    SecPkgContext_ClientSpecifiedTarget *target = ret;

    if (q->core->role != TLS_SERVER || q->ctx->names.host.n == 0)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(str16_from_utf8(secret_view(&q->ctx->names.host), &host));
    SSP_TRY(block_name(&host, &name));
    target->sTargetName = ssp_steal(&name.p);
    return SSP_OK;
}

/* The context's own handle, as GetContextToken gives it: not a duplicate. */
static enum ssp_err get_access_token(const struct question *q, void *ret)
{
    SecPkgContext_AccessToken *token = ret;

    if (q->ctx->base.token == NULL)
        return ssp_fail(NO_IMPERSONATION);
    token->AccessToken = q->ctx->base.token;
    return SSP_OK;
}

static enum ssp_err get_package_info(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block info = { .heap = q->heap };
    SecPkgContext_PackageInfoW *package = ret;

    SSP_TRY(block_package_info(&tls_package_info, &info));
    package->PackageInfo = ssp_steal(&info.p);
    return SSP_OK;
}

static enum ssp_err get_negotiation_info(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block info = { .heap = q->heap };
    SecPkgContext_NegotiationInfoW *negotiation = ret;

    SSP_TRY(block_package_info(&tls_package_info, &info));
    negotiation->PackageInfo = ssp_steal(&info.p);
    negotiation->NegotiationState = SECPKG_NEGOTIATION_COMPLETE;
    return SSP_OK;
}

/* ---- Certificates ------------------------------------------------------------ */

static enum ssp_err put_cert(struct view chain, void *ret)
{
    const struct cert_parts parts = { .chain = chain };
    PCCERT_CONTEXT *context = ret;
    struct cert *cert = NULL;

    if (chain.n == 0)
        return ssp_fail(NO_CREDS);
    SSP_TRY(cert_new(&parts, &cert));
    *context = &cert->context;
    return SSP_OK;
}

static enum ssp_err get_remote_cert(const struct question *q, void *ret)
{
    return put_cert(secret_view(&q->ctx->names.chain), ret);
}

static enum ssp_err get_local_cert(const struct question *q, void *ret)
{
    ssp_cleanup(wr_free) struct wr chain = WR_INIT(TLS_CERT_MAX + LENGTH_SIZE);
    const struct secret *own = &q->ctx->names.own_cert;

    if (own->n == 0)
        return ssp_fail(NO_CREDS);
    wr_u8(&chain, own->n >> 16);
    wr_be16(&chain, own->n & UINT16_MAX);
    wr_view(&chain, secret_view(own));
    SSP_TRY(chain.err);
    return put_cert((struct view){ chain.p, chain.n }, ret);
}

/* "each certificate in DER after its length in four bytes" (schannel.h) */
static DWORD put_certificates(struct view chain, struct wr *out)
{
    struct rd in = rd_of(chain);
    struct view der = { 0 };
    DWORD n = 0;

    for (; cert_next(&in, &der); n++) {
        wr_le32(out, der.n);
        wr_view(out, der);
    }
    return n;
}

static enum ssp_err get_remote_certificates(const struct question *q, void *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * TLS_CHAIN_MAX);
    ssp_cleanup(block_free) struct block bytes = { .heap = q->heap };
    SecPkgContext_Certificates *certificates = ret;
    DWORD n = put_certificates(secret_view(&q->ctx->names.chain), &out);

    if (n == 0)
        return ssp_fail(NO_CREDS);
    SSP_TRY(out.err);
    SSP_TRY(block_bytes((struct view){ out.p, out.n }, &bytes));
    *certificates = (SecPkgContext_Certificates){ n, (DWORD)out.n, ssp_steal(&bytes.p) };
    return SSP_OK;
}

/* ---- Bindings ---------------------------------------------------------------- */

static enum ssp_err put_bindings(const struct question *q, const struct tls_binding *binding,
                                 void *ret)
{
    ssp_cleanup(block_free) struct block block = { .heap = q->heap };
    SecPkgContext_Bindings *bindings = ret;
    size_t n = sizeof(SEC_CHANNEL_BINDINGS) + binding->n;

    SSP_TRY(block_new(n, &block));
    SEC_CHANNEL_BINDINGS *head = block.p;
    head->cbApplicationDataLength = (ULONG)binding->n;
    head->dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS);
    memcpy(head + 1, binding->bytes, binding->n);
    *bindings = (SecPkgContext_Bindings){ (ULONG)n, ssp_steal(&block.p) };
    return SSP_OK;
}

static enum ssp_err get_unique_bindings(const struct question *q, void *ret)
{
    struct tls_binding binding = { 0 };

    SSP_TRY(tls_binding_unique(q->core, &binding));
    return put_bindings(q, &binding, ret);
}

static enum ssp_err get_endpoint_bindings(const struct question *q, void *ret)
{
    struct tls_binding binding = { 0 };

    SSP_TRY(tls_binding_endpoint(q->core, &binding));
    return put_bindings(q, &binding, ret);
}

/* ---- Keys for others ------------------------------------------------------------ */

static enum ssp_err put_keying(const struct question *q, const struct tls_export_of *of, size_t n,
                               struct block *block)
{
    if (n == 0 || n > TLS_EXPORT_MAX)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(block_new(n, block));
    return tls_export(q->core, of, block->p, n);
}

static enum ssp_err get_keying_material(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block key = { .heap = q->heap };
    const struct tls_keying *keying = &q->ctx->keying;
    const struct tls_export_of of = { secret_view(&keying->label), secret_view(&keying->context),
                                      keying->has_context };
    SecPkgContext_KeyingMaterial *material = ret;

    if (keying->n == 0) /* KEYING_MATERIAL_INFO comes first */
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(put_keying(q, &of, keying->n, &key));
    *material = (SecPkgContext_KeyingMaterial){ (DWORD)keying->n, ssp_steal(&key.p) };
    return SSP_OK;
}

/* A label counts the NUL that closes it; what is made of it does not hold that. */
static enum ssp_err label_of(const char *label, size_t n, struct view *ret)
{
    if (label == NULL || n < 2 || n - 1 > TLS_LABEL_MAX || label[n - 1] != '\0' ||
        memchr(label, 0, n - 1) != NULL)
        return ssp_fail(BAD_ARGUMENT);
    *ret = (struct view){ (const uint8_t *)label, n - 1 };
    return SSP_OK;
}

static enum ssp_err get_keying_material_inproc(const struct question *q, void *ret)
{
    ssp_cleanup(block_free) struct block key = { .heap = q->heap };
    SecPkgContext_KeyingMaterial_Inproc *material = ret;
    struct tls_export_of of = {
        .context = { material->pbContextValue, material->cbContextValue },
        .has_context = material->pbContextValue != NULL,
    };

    if (material->pbContextValue == NULL && material->cbContextValue != 0)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(label_of(material->pszLabel, material->cbLabel, &of.label));
    SSP_TRY(put_keying(q, &of, material->cbKeyingMaterial, &key));
    material->pbKeyingMaterial = ssp_steal(&key.p);
    return SSP_OK;
}

enum ssp_err tls_attr_set(struct tls_user_ctx *ctx, ULONG attribute, const void *value, size_t size)
{
    ssp_cleanup(tls_keying_wipe) struct tls_keying keying = { 0 };
    SecPkgContext_KeyingMaterialInfo info;
    struct view label = { 0 };

    if (attribute != SECPKG_ATTR_KEYING_MATERIAL_INFO)
        return ssp_fail(UNSUPPORTED);
    if (size != sizeof(info))
        return ssp_fail(BAD_ARGUMENT);
    memcpy(&info, value, sizeof(info));
    if (info.cbKeyingMaterial == 0 || info.cbKeyingMaterial > TLS_EXPORT_MAX ||
        (info.pbContextValue == NULL && info.cbContextValue != 0))
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(label_of(info.pszLabel, info.cbLabel, &label));
    SSP_TRY(secret_new(label, &keying.label));
    SSP_TRY(secret_new((struct view){ info.pbContextValue, info.cbContextValue }, &keying.context));
    keying.has_context = info.pbContextValue != NULL;
    keying.n = info.cbKeyingMaterial;

    tls_keying_wipe(&ctx->keying);
    ctx->keying = keying;
    keying = (struct tls_keying){ 0 };
    return SSP_OK;
}

/* ---- All of them --------------------------------------------------------------- */

static const struct {
    ULONG id;
    enum ssp_err (*get)(const struct question *q, void *ret);
} attrs[] = {
    { SECPKG_ATTR_SIZES, get_sizes },
    { SECPKG_ATTR_STREAM_SIZES, get_stream_sizes },
    { SECPKG_ATTR_NAMES, get_names },
    { SECPKG_ATTR_LIFESPAN, get_lifespan },
    { SECPKG_ATTR_KEY_INFO, get_key_info },
    { SECPKG_ATTR_PACKAGE_INFO, get_package_info },
    { SECPKG_ATTR_NEGOTIATION_INFO, get_negotiation_info },
    { SECPKG_ATTR_FLAGS, get_flags },
    { SECPKG_ATTR_ACCESS_TOKEN, get_access_token },
    { SECPKG_ATTR_UNIQUE_BINDINGS, get_unique_bindings },
    { SECPKG_ATTR_ENDPOINT_BINDINGS, get_endpoint_bindings },
    { SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, get_client_target },
    { SECPKG_ATTR_APPLICATION_PROTOCOL, get_application_protocol },
    { SECPKG_ATTR_REMOTE_CERT_CONTEXT, get_remote_cert },
    { SECPKG_ATTR_LOCAL_CERT_CONTEXT, get_local_cert },
    { SECPKG_ATTR_REMOTE_CERT_CHAIN, get_remote_cert },
    { SECPKG_ATTR_REMOTE_CERTIFICATES, get_remote_certificates },
    { SECPKG_ATTR_CONNECTION_INFO, get_connection_info },
    { SECPKG_ATTR_CONNECTION_INFO_EX, get_connection_info_ex },
    { SECPKG_ATTR_CIPHER_INFO, get_cipher_info },
    { SECPKG_ATTR_SESSION_INFO, get_session_info },
    { SECPKG_ATTR_KEYING_MATERIAL, get_keying_material },
    { SECPKG_ATTR_KEYING_MATERIAL_INPROC, get_keying_material_inproc },
};

enum ssp_err tls_attr_query(const struct tls_user_ctx *ctx, const struct pkg_heap *heap,
                            ULONG attribute, void *ret)
{
    const struct question q = { ctx, ctx->core, heap };

    for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
        if (attrs[i].id == attribute)
            return attrs[i].get(&q, ret);
    return ssp_fail(UNSUPPORTED);
}
