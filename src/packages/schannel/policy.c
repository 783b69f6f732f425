/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/policy.h"

#include <stdio.h>

#include "base/trace.h"

enum {
    ANY_PROTOCOL = SP_PROT_TLS1_X | SP_PROT_SSL3 | SP_PROT_SSL2 | SP_PROT_PCT1,
    MS_PER_S = 1000,
    PRIORITY_MAX = 256,
    REVOCATION_CHECKS = SCH_CRED_REVOCATION_CHECK_END_CERT | SCH_CRED_REVOCATION_CHECK_CHAIN |
                        SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT,
    NOT_HERE = SCH_USE_PRESHAREDKEY_ONLY | SCH_USE_DTLS_ONLY | SCH_ALLOW_NULL_ENCRYPTION,
};

/* Either role's bit stands for the version: a credential has one role, as a rule. */
static unsigned versions_of(uint32_t protocols)
{
    unsigned versions = 0;

    if ((protocols & SP_PROT_TLS1_2) != 0)
        versions |= TLS_POLICY_1_2;
    if ((protocols & SP_PROT_TLS1_3) != 0)
        versions |= TLS_POLICY_1_3;
    return versions;
}

static unsigned ciphers_without(uint32_t no)
{
    unsigned ciphers = TLS_ALL_CIPHERS;

    if ((no & TLS_AUTH_NO_AES_128) != 0)
        ciphers &= ~(1U << TLS_AES_128_GCM);
    if ((no & TLS_AUTH_NO_AES_256) != 0)
        ciphers &= ~(1U << TLS_AES_256_GCM);
    if ((no & TLS_AUTH_NO_CHACHA) != 0)
        ciphers &= ~(1U << TLS_CHACHA20_POLY1305);
    return ciphers;
}

static enum ssp_err narrow(const struct tls_auth *auth, struct tls_policy *policy)
{
    uint32_t flags = auth->flags;

    if ((flags & NOT_HERE) != 0)
        return ssp_fail(UNSUPPORTED);
    if ((auth->enabled & ANY_PROTOCOL) != 0)
        policy->versions &= versions_of(auth->enabled);
    policy->versions &= ~versions_of(auth->disabled);
    policy->ciphers &= ciphers_without(auth->no_cipher);
    policy->is_manual = (flags & SCH_CRED_MANUAL_CRED_VALIDATION) != 0;
    policy->ignores_name = (flags & SCH_CRED_NO_SERVERNAME_CHECK) != 0;
    policy->maps_clients = (flags & SCH_CRED_NO_SYSTEM_MAPPER) == 0;
    policy->resumes = policy->resumes && (flags & SCH_CRED_DISABLE_RECONNECTS) == 0;
    if ((flags & REVOCATION_CHECKS) != 0)
        policy->revocation = TLS_REVOCATION_REQUIRED;
    if ((flags & (SCH_CRED_IGNORE_NO_REVOCATION_CHECK | SCH_CRED_IGNORE_REVOCATION_OFFLINE)) != 0 &&
        policy->revocation == TLS_REVOCATION_REQUIRED)
        policy->revocation = TLS_REVOCATION_KNOWN;
    if (auth->lifespan >= MS_PER_S && auth->lifespan / MS_PER_S < policy->ticket_lifetime)
        policy->ticket_lifetime = auth->lifespan / MS_PER_S;
    return SSP_OK;
}

enum ssp_err tls_policy_make(const struct tls_settings *settings, const struct tls_auth *auth,
                             bool fips, struct tls_policy *ret)
{
    struct tls_policy policy = {
        .versions = settings->minimum == 0 ? TLS_POLICY_1_2 | TLS_POLICY_1_3 : TLS_POLICY_1_3,
        .ciphers = settings->cipher_bits,
        .asks = (enum tls_asks)settings->client_certificates,
        .revocation = (enum tls_revocation)settings->revocation,
        .maps_clients = true,
        .resumes = settings->tickets,
        .ticket_lifetime = settings->ticket_lifetime,
    };

    if (auth != NULL)
        SSP_TRY(narrow(auth, &policy));
    if (fips)
        policy.ciphers &= ~(1U << TLS_CHACHA20_POLY1305);
    if (policy.versions == 0)
        return ssp_fail(UNSUPPORTED);
    if (policy.ciphers == 0)
        return ssp_fail(NO_ALGORITHM);
    *ret = policy;
    return SSP_OK;
}

static const char *if_set(unsigned bits, unsigned bit, const char *text)
{
    return (bits & bit) != 0 ? text : "";
}

enum ssp_err tls_policy_priority(const struct tls_policy *policy, gnutls_priority_t *ret)
{
    char text[PRIORITY_MAX];
    const char *wrong = NULL;

    (void)snprintf(
        text, sizeof(text),
        "NORMAL:-VERS-ALL%s%s:-CIPHER-ALL%s%s%s:-MAC-ALL:+AEAD:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA",
        if_set(policy->versions, TLS_POLICY_1_3, ":+VERS-TLS1.3"),
        if_set(policy->versions, TLS_POLICY_1_2, ":+VERS-TLS1.2"),
        if_set(policy->ciphers, 1U << TLS_AES_256_GCM, ":+AES-256-GCM"),
        if_set(policy->ciphers, 1U << TLS_CHACHA20_POLY1305, ":+CHACHA20-POLY1305"),
        if_set(policy->ciphers, 1U << TLS_AES_128_GCM, ":+AES-128-GCM"));
    int r = gnutls_priority_init2(ret, text, &wrong, 0);
    if (r < 0)
        trace(TRACE_ERROR, "Schannel: priorities: %s", gnutls_strerror(r));
    if (r == GNUTLS_E_MEMORY_ERROR)
        return ssp_fail(NO_MEMORY);
    return r < 0 ? ssp_fail(INTERNAL) : SSP_OK;
}
