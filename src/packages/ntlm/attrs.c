/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/attrs.h"

#include "base/cleanup.h"
#include "packages/ntlm/av.h"
#include "packages/ntlm/info.h"
#include "packages/ntlm/seal.h"

enum { CALG_RC4 = 0x6801, CHECKSUM_CRC32 = 1 };

/* KERB_CHECKSUM_HMAC_MD5 of ntsecapi.h, which Windows' NTLM answers with as well. */
static const ULONG checksum_hmac_md5 = 0xffffff76;

/* ---- The attributes ---------------------------------------------------- */

static enum ssp_err get_sizes(const void *own, const struct pkg_heap *heap, void *ret)
{
    SecPkgContext_Sizes *sizes = ret;

    (void)own;
    (void)heap;
    /* [MS-NLMP] 3.4.1, MessageBlockSize: "This value MUST be 1." */
    *sizes = (SecPkgContext_Sizes){ NTLM_MAX_TOKEN, NTLM_SIGNATURE_SIZE, 1, NTLM_SIGNATURE_SIZE };
    return SSP_OK;
}

static char16_t nobody_user[] = u"ANONYMOUS LOGON";
static char16_t nobody_domain[] = u"NT AUTHORITY";

static enum ssp_err client_name(const struct ntlm_subject *subject, struct block *block)
{
    const struct str16 user = { nobody_user, sizeof(nobody_user) / sizeof(char16_t) - 1 };
    const struct str16 domain = { nobody_domain, sizeof(nobody_domain) / sizeof(char16_t) - 1 };

    if (subject->core->is_anonymous)
        return block_account(&domain, &user, block);
    return block_account(&subject->names->domain, &subject->names->user, block);
}

static enum ssp_err get_names(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    SecPkgContext_NamesW *names = ret;

    SSP_TRY(client_name(subject, &name));
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}

/* The server by the name that the client called it, else by the one it calls itself. */
static enum ssp_err server_name(const struct ntlm_subject *subject, struct block *block)
{
    ssp_cleanup(str16_wipe) struct str16 own = { 0 };
    struct ntlm_av av = { 0 };

    if (subject->names->target.n != 0)
        return block_name(&subject->names->target, block);
    if (subject->names->target_info.n != 0)
        SSP_TRY(ntlm_av_decode(secret_view(&subject->names->target_info), &av));
    SSP_TRY(str16_from_wire(av.value[NTLM_AV_NB_COMPUTER], &own));
    return block_name(&own, block);
}

static enum ssp_err get_native_names(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block client = { .heap = heap };
    ssp_cleanup(block_free) struct block server = { .heap = heap };
    SecPkgContext_NativeNamesW *names = ret;

    SSP_TRY(client_name(subject, &client));
    SSP_TRY(server_name(subject, &server));
    *names = (SecPkgContext_NativeNamesW){ ssp_steal(&client.p), ssp_steal(&server.p) };
    return SSP_OK;
}

static enum ssp_err get_session_key(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block bytes = { .heap = heap };
    SecPkgContext_SessionKey *key = ret;

    SSP_TRY(block_bytes(VIEW_OF(subject->core->session_key), &bytes));
    *key = (SecPkgContext_SessionKey){ NTLM_KEY_SIZE, ssp_steal(&bytes.p) };
    return SSP_OK;
}

static ULONG bits_of(uint32_t flags)
{
    if ((flags & NTLMSSP_NEGOTIATE_128) != 0)
        return 128;
    return (flags & NTLMSSP_NEGOTIATE_56) != 0 ? 56 : 40;
}

static enum ssp_err get_key_info(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block sign = { .heap = heap };
    ssp_cleanup(block_free) struct block seal = { .heap = heap };
    uint32_t flags = subject->core->session.flags;
    SecPkgContext_KeyInfoW *info = ret;

    SSP_TRY(block_text(ntlm_is_ess(flags) ? u"HMAC-MD5" : u"CRC32", &sign));
    SSP_TRY(block_text(u"RC4", &seal));
    *info = (SecPkgContext_KeyInfoW){
        .sSignatureAlgorithmName = ssp_steal(&sign.p),
        .sEncryptAlgorithmName = ssp_steal(&seal.p),
        .KeySize = bits_of(flags),
        .SignatureAlgorithm = ntlm_is_ess(flags) ? checksum_hmac_md5 : CHECKSUM_CRC32,
        .EncryptAlgorithm = CALG_RC4,
    };
    return SSP_OK;
}

static enum ssp_err get_target_information(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block bytes = { .heap = heap };
    struct view list = secret_view(&subject->names->target_info);
    SecPkgContext_TargetInformation *target = ret;

    SSP_TRY(block_bytes(list, &bytes));
    *target = (SecPkgContext_TargetInformation){ (ULONG)list.n, ssp_steal(&bytes.p) };
    return SSP_OK;
}

static enum ssp_err get_client_target(const void *own, const struct pkg_heap *heap, void *ret)
{
    const struct ntlm_subject *subject = own;
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    SecPkgContext_ClientSpecifiedTarget *target = ret;

    if (subject->core->session.side != NTLM_SERVER || subject->names->target.n == 0)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(block_name(&subject->names->target, &name));
    target->sTargetName = ssp_steal(&name.p);
    return SSP_OK;
}

static const struct pkg_attr attrs[] = {
    { SECPKG_ATTR_SIZES, true, get_sizes },
    { SECPKG_ATTR_NAMES, false, get_names },
    { SECPKG_ATTR_KEY_INFO, false, get_key_info },
    { SECPKG_ATTR_SESSION_KEY, false, get_session_key },
    { SECPKG_ATTR_NATIVE_NAMES, false, get_native_names },
    { SECPKG_ATTR_TARGET_INFORMATION, false, get_target_information },
    { SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, false, get_client_target },
};

static struct pkg_subject about(const struct ntlm_subject *subject)
{
    return (struct pkg_subject){
        .info = &ntlm_package_info,
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

enum ssp_err ntlm_attr_query(const struct ntlm_subject *subject, const struct pkg_heap *heap,
                             ULONG attribute, void *ret)
{
    const struct pkg_subject of = about(subject);

    return pkg_attr_query(&of, heap, attribute, ret);
}

enum ssp_err ntlm_attr_query_half(ULONG flags, const struct pkg_heap *heap, ULONG attribute,
                                  void *ret)
{
    const struct ntlm_core core = { .attributes = flags };
    const struct ntlm_subject subject = { .core = &core };

    return ntlm_attr_query(&subject, heap, attribute, ret);
}

enum ssp_err ntlm_attr_query_cred(const struct ntlm_cred *cred, const struct pkg_heap *heap,
                                  ULONG attribute, void *ret)
{
    ssp_cleanup(block_free) struct block name = { .heap = heap };
    SecPkgCredentials_NamesW *names = ret;

    if (attribute != SECPKG_CRED_ATTR_NAMES)
        return ssp_fail(UNSUPPORTED);
    if (cred->user.n != 0)
        SSP_TRY(block_account(&cred->domain, &cred->user, &name));
    else if (cred->principal.n != 0)
        SSP_TRY(block_account(&cred->domain, &cred->principal, &name));
    else
        return ssp_fail(NO_CREDS);
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}
