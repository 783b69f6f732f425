/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/attrs.h"

#include "base/cleanup.h"
#include "packages/kerberos/cfx.h"
#include "packages/kerberos/info.h"

static bool is_running(const struct krb_subject *subject)
{
    return subject->names == NULL;
}

/* [MS-KILE] 3.2.1, MessageBlockSize: for AES that of RFC 3962 6, which is one byte. */
static enum ssp_err get_sizes(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    const struct krb_session *session = &subject->core->session;
    SecPkgContext_Sizes *sizes = ret;

    (void)heap;
    *sizes = (SecPkgContext_Sizes){ KRB_MAX_TOKEN, KRB_MIC_MAX, 1, KRB_TRAILER_MAX };
    if (is_running(subject))
        return SSP_OK;
    sizes->cbMaxSignature = (ULONG)krb_mic_size(session);
    sizes->cbSecurityTrailer = (ULONG)krb_seal_size(session);
    return SSP_OK;
}

/* ---- Names -------------------------------------------------------------- */

static enum ssp_err block_units(const char16_t *p, size_t n, struct block *block)
{
    SSP_TRY(block_new((n + 1) * sizeof(*p), block));
    if (n != 0)
        memcpy(block->p, p, n * sizeof(*p));
    return SSP_OK;
}

static enum ssp_err get_names(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    SecPkgContext_NamesW *names = ret;

    SSP_TRY(block_name(&subject->names->client, &name));
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}

static enum ssp_err get_native_names(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block client = { .heap = heap };
    ssp_cleanup(block_free) struct block server = { .heap = heap };
    SecPkgContext_NativeNamesW *names = ret;

    SSP_TRY(block_name(&subject->names->client, &client));
    SSP_TRY(block_name(&subject->names->server, &server));
    *names = (SecPkgContext_NativeNamesW){ ssp_steal(&client.p), ssp_steal(&server.p) };
    return SSP_OK;
}

/* Who vouches for the client: its realm. */
static enum ssp_err get_authority(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    const struct str16 *client = &subject->names->client;
    size_t at = krb_realm_at(client);
    SecPkgContext_AuthorityW *authority = ret;

    if (at == client->n)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(block_units(client->p + at, client->n - at, &name));
    authority->sAuthorityName = ssp_steal(&name.p);
    return SSP_OK;
}

/* What the client's ticket is for, without the realm: that is what it asked the KDC for. */
static enum ssp_err get_client_target(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    const struct str16 *server = &subject->names->server;
    size_t at = krb_realm_at(server);
    SecPkgContext_ClientSpecifiedTarget *target = ret;

    if (subject->core->session.side != KRB_ACCEPTOR || server->n == 0)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(block_units(server->p, at == server->n ? at : at - 1, &name));
    target->sTargetName = ssp_steal(&name.p);
    return SSP_OK;
}

/* ---- Keys ---------------------------------------------------------------- */

/* The key that protects the messages, as SMB and others want it ([MS-SMB2] 3.2.5.3). */
static enum ssp_err get_session_key(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block bytes = { .heap = heap };
    const struct krb_session *session = &subject->core->session;
    const struct view view = { session->key, krb_key_size(session->enctype) };
    SecPkgContext_SessionKey *key = ret;

    SSP_TRY(block_bytes(view, &bytes));
    *key = (SecPkgContext_SessionKey){ (ULONG)view.n, ssp_steal(&bytes.p) };
    return SSP_OK;
}

static enum ssp_err get_key_info(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct krb_subject *subject = own;
    ssp_cleanup(block_free) struct block sign = { .heap = heap };
    ssp_cleanup(block_free) struct block seal = { .heap = heap };
    const struct krb_profile *profile = krb_profile_of(subject->core->session.enctype);
    SecPkgContext_KeyInfoW *info = ret;

    SSP_TRY(block_text(profile->sign, &sign));
    SSP_TRY(block_text(profile->seal, &seal));
    *info = (SecPkgContext_KeyInfoW){
        .sSignatureAlgorithmName = ssp_steal(&sign.p),
        .sEncryptAlgorithmName = ssp_steal(&seal.p),
        .KeySize = (ULONG)profile->key_n * 8,
        .SignatureAlgorithm = (ULONG)profile->checksum,
        .EncryptAlgorithm = (ULONG)profile->enctype,
    };
    return SSP_OK;
}

/* ---- All of them --------------------------------------------------------- */

static const struct pkg_attr attrs[] = {
    { SECPKG_ATTR_SIZES, true, get_sizes },
    { SECPKG_ATTR_NAMES, false, get_names },
    { SECPKG_ATTR_KEY_INFO, false, get_key_info },
    { SECPKG_ATTR_AUTHORITY, false, get_authority },
    { SECPKG_ATTR_SESSION_KEY, false, get_session_key },
    { SECPKG_ATTR_NATIVE_NAMES, false, get_native_names },
    { SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, false, get_client_target },
};

static struct pkg_subject about(const struct krb_subject *subject)
{
    return (struct pkg_subject){
        .info = &krb_package_info,
        .is_running = subject->names == NULL,
        .attributes = subject->core->attributes,
        .start = subject->core->start,
        .expiry = subject->core->expiry,
        .token = subject->token,
        .own = subject,
        .attrs = attrs,
        .n_attrs = sizeof(attrs) / sizeof(attrs[0]),
    };
}

enum ssp_err krb_attr_query(const struct krb_subject *subject, const struct pkg_heap *heap,
                            ULONG attribute, void *ret)
{
    const struct pkg_subject of = about(subject);

    return pkg_attr_query(&of, heap, attribute, ret);
}

enum ssp_err krb_attr_query_half(ULONG flags, const struct pkg_heap *heap, ULONG attribute,
                                 void *ret)
{
    const struct krb_core core = { .attributes = flags };
    const struct krb_subject subject = { .core = &core };

    return krb_attr_query(&subject, heap, attribute, ret);
}
