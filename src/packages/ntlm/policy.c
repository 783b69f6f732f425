/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/policy.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "base/trace.h"

/*
 * The client's list begins as ours ([MS-NLMP] 3.3.2, ServerName), and the proof
 * covers it.  So a list without our timestamp answers a challenge that was
 * changed on its way: a client that sees no timestamp promises no MIC, and then
 * flags and everything else could be changed as well.
 */
enum ssp_err ntlm_policy_challenge(const struct ntlm_work *work, const struct ntlm_claims *claims)
{
    struct ntlm_av ours = { 0 };
    uint64_t sent = 0;
    uint64_t echoed = 0;

    if (!claims->is_v2)
        return SSP_OK;
    SSP_TRY(ntlm_av_decode(work->challenge.target_info, &ours));
    if (!ntlm_av_timestamp(&ours, &sent))
        return SSP_OK;
    bool is_ours = ntlm_av_timestamp(claims->av, &echoed) && echoed == sent;
    return is_ours ? SSP_OK : ssp_fail(LOGON_DENIED);
}

enum ssp_err ntlm_policy_mic(const struct ntlm_work *work, const struct ntlm_claims *claims)
{
    uint8_t mic[NTLM_MIC_SIZE];
    struct view token = work->leg->token;

    if (!claims->is_v2 || (ntlm_av_flags(claims->av) & NTLM_AV_FLAG_MIC) == 0)
        return SSP_OK;
    if (!work->answer.has_mic)
        return ssp_fail(LOGON_DENIED);
    ntlm_mic(&work->exported_key, secret_view(&work->now->negotiate),
             secret_view(&work->now->challenge), token, mic);
    bool is_right = ct_eq(VIEW_OF(mic), ntlm_authenticate_mic(token));
    explicit_bzero(mic, sizeof(mic));
    return is_right ? SSP_OK : ssp_fail(LOGON_DENIED);
}

static enum ntlm_check effective(const struct ntlm_work *work)
{
    return (enum ntlm_check)work->env->config->channel_bindings;
}

/*
 * The bindings of the two ends, after the policy:
 *
 *   client sent  application gave   off        when_sent   required
 *   no           no                 none       none        refused
 *   no           yes                none       none        refused
 *   yes          no                 unchecked  unchecked   refused, but for PROXY_BINDINGS
 *   yes          yes                unchecked  must match  must match
 *
 * ASC_REQ_PROXY_BINDINGS is said by a server behind a proxy that ends the
 * channel: the client has to send bindings, which only the proxy could check.
 */
enum ssp_err ntlm_policy_bindings(const struct ntlm_work *work, const struct ntlm_claims *claims,
                                  enum ntlm_bindings *ret)
{
    bool is_proxied = (work->next->asked & ASC_REQ_PROXY_BINDINGS) != 0;
    bool is_required = effective(work) == NTLM_CHECK_REQUIRED;
    struct view sent = claims->is_v2 ? ntlm_av_bindings(claims->av) : (struct view){ 0 };

    if (sent.n == 0 && (is_required || is_proxied))
        return ssp_fail(BAD_BINDINGS);
    *ret = sent.n == 0 ? NTLM_BINDINGS_NONE : NTLM_BINDINGS_UNCHECKED;
    if (sent.n == 0 || is_proxied || effective(work) == NTLM_CHECK_OFF)
        return SSP_OK;
    if (!work->next->has_bindings)
        return is_required ? ssp_fail(BAD_BINDINGS) : SSP_OK;
    if (!ct_eq(sent, VIEW_OF(work->next->bindings)))
        return ssp_fail(BAD_BINDINGS);
    *ret = NTLM_BINDINGS_MATCHED;
    return SSP_OK;
}

/* The host of "service/host:port/name", or of a bare "host". */
static struct str16 host_of(const struct str16 *spn)
{
    size_t from = 0;
    size_t to = 0;

    while (from < spn->n && spn->p[from] != u'/')
        from++;
    from = from == spn->n ? 0 : from + 1;
    for (to = from; to < spn->n; to++)
        if (spn->p[to] == u'/' || spn->p[to] == u':')
            break;
    return (struct str16){ spn->p + from, to - from };
}

/* The credential's own principal counts when it has one, else the names of this machine. */
static bool is_ours(const struct ntlm_work *work, const struct str16 *target)
{
    const struct str16 *principal = &work->next->cred->principal;
    struct str16 host = { 0 }; /* borrows */

    if (principal->n != 0 && str16_eq_nocase(principal, target))
        return true;
    host = host_of(target);
    return ntlm_config_is_our_host(work->env->config, &host);
}

static enum ssp_err target_of(const struct ntlm_claims *claims, struct str16 *ret)
{
    if (!claims->is_v2 || !ntlm_av_has(claims->av, NTLM_AV_TARGET_NAME))
        return SSP_OK;
    /* "If MsvAvFlags bit 0x00000004 is set, the server MUST set ClientSuppliedTargetName to NULL"
     */
    if ((ntlm_av_flags(claims->av) & NTLM_AV_FLAG_UNTRUSTED_SPN) != 0)
        return SSP_OK;
    enum ssp_err e = str16_from_wire(claims->av->value[NTLM_AV_TARGET_NAME], ret);
    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(BAD_TOKEN);
}

enum ssp_err ntlm_policy_target(const struct ntlm_work *work, const struct ntlm_claims *claims,
                                struct str16 *ret_target)
{
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    enum ntlm_check check = (enum ntlm_check)work->env->config->target_name;

    SSP_TRY(target_of(claims, &target));
    if (target.n == 0 && check == NTLM_CHECK_REQUIRED)
        return ssp_fail(WRONG_PRINCIPAL);
    if (target.n != 0 && check != NTLM_CHECK_OFF && !is_ours(work, &target))
        return ssp_fail(WRONG_PRINCIPAL);
    *ret_target = target;
    target = (struct str16){ 0 };
    return SSP_OK;
}

/* "If NTLM v2 authentication is used and the [...] TimeStamp is more than MaxLifetime difference
 * from the server time, then the server SHOULD return a failure." */
enum ssp_err ntlm_policy_time(const struct ntlm_work *work, const struct ntlm_claims *claims)
{
    uint64_t now = (uint64_t)work->env->clock->filetime();
    uint64_t most = (uint64_t)work->env->config->max_lifetime * FILETIME_SECOND;
    uint64_t apart = now > claims->timestamp ? now - claims->timestamp : claims->timestamp - now;

    if (!claims->is_v2 || most == 0 || apart <= most)
        return SSP_OK;
    return ssp_fail(TIME_SKEW);
}
