/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/cred_attrs.h"

#include <schannel.h>

#include "base/cleanup.h"

enum { BITS_128 = 128, BITS_256 = 256, CALG_AES_128_ID = 0x660e, CALG_AES_256_ID = 0x6610 };

static enum ssp_err query_strengths(const struct tls_cred *cred, const struct pkg_heap *heap,
                                    void *ret)
{
    unsigned ciphers = cred->policy.ciphers;
    bool has_weak = (ciphers & 1U << TLS_AES_128_GCM) != 0;
    bool has_strong = (ciphers & ~(1U << TLS_AES_128_GCM)) != 0;

    (void)heap;
    *(PSecPkgCred_CipherStrengths)ret = (SecPkgCred_CipherStrengths){
        .dwMinimumCipherStrength = has_weak ? BITS_128 : BITS_256,
        .dwMaximumCipherStrength = has_strong ? BITS_256 : BITS_128,
    };
    return SSP_OK;
}

static enum ssp_err query_protocols(const struct tls_cred *cred, const struct pkg_heap *heap,
                                    void *ret)
{
    DWORD of_role = (cred->inbound ? SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER : 0U) |
                    (cred->outbound ? SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT : 0U);
    DWORD protocols = 0;

    (void)heap;
    if ((cred->policy.versions & TLS_POLICY_1_2) != 0)
        protocols |= SP_PROT_TLS1_2 & of_role;
    if ((cred->policy.versions & TLS_POLICY_1_3) != 0)
        protocols |= SP_PROT_TLS1_3 & of_role;
    *(PSecPkgCred_SupportedProtocols)ret = (SecPkgCred_SupportedProtocols){ protocols };
    return SSP_OK;
}

/* ChaCha20 has no number. */
static enum ssp_err query_algs(const struct tls_cred *cred, const struct pkg_heap *heap, void *ret)
{
    ssp_cleanup(block_free) struct block list = { .heap = heap };
    ALG_ID ids[2];
    DWORD n = 0;

    if ((cred->policy.ciphers & 1U << TLS_AES_256_GCM) != 0)
        ids[n++] = CALG_AES_256_ID;
    if ((cred->policy.ciphers & 1U << TLS_AES_128_GCM) != 0)
        ids[n++] = CALG_AES_128_ID;
    SSP_TRY(block_bytes((struct view){ (const uint8_t *)ids, n * sizeof(ids[0]) }, &list));
    *(PSecPkgCred_SupportedAlgs)ret = (SecPkgCred_SupportedAlgs){ n, ssp_steal(&list.p) };
    return SSP_OK;
}

/* The section's name, which is what the credential was acquired by. */
static enum ssp_err query_names(const struct tls_cred *cred, const struct pkg_heap *heap, void *ret)
{
    ssp_cleanup(block_free) struct block text = { .heap = heap };
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    const char *utf8 = cred->site->name;

    SSP_TRY(str16_from_utf8((struct view){ (const uint8_t *)utf8, strlen(utf8) }, &name));
    SSP_TRY(block_name(&name, &text));
    ((PSecPkgCredentials_NamesW)ret)->sUserName = ssp_steal(&text.p);
    return SSP_OK;
}

static const struct {
    ULONG attribute;
    enum ssp_err (*query)(const struct tls_cred *cred, const struct pkg_heap *heap, void *ret);
} rows[] = {
    { SECPKG_CRED_ATTR_NAMES, query_names },
    { SECPKG_ATTR_SUPPORTED_ALGS, query_algs },
    { SECPKG_ATTR_CIPHER_STRENGTHS, query_strengths },
    { SECPKG_ATTR_SUPPORTED_PROTOCOLS, query_protocols },
};

enum ssp_err tls_cred_query(const struct tls_cred *cred, const struct pkg_heap *heap,
                            ULONG attribute, void *ret)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].attribute == attribute)
            return rows[i].query(cred, heap, ret);
    return ssp_fail(UNSUPPORTED);
}
