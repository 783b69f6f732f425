/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/verify.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "packages/ntlm/flags.h"
#include "packages/ntlm/sam.h"
#include "packages/ntlm/v1.h"

static const struct str16 nothing = { 0 };

/* One try with one domain's name; true and a key when the response is right. */
static enum ssp_err try_v2(const struct key *hash, const struct ntlm_login *login,
                           const struct str16 *domain, const struct ntlm_v2 *response,
                           struct key *ret_key, bool *ret_right)
{
    ssp_cleanup(key_wipe) struct key response_key = { 0 };

    SSP_TRY(ntlm_ntowf_v2(hash, login->user, domain, &response_key));
    *ret_right = ntlm_v2_verify(&response_key, login->server, response);
    ssp_cleanup(key_wipe) struct key base =
        ntlm_v2_session_base_key(&response_key, response->proof);
    *ret_key = base;
    return SSP_OK;
}

/* [MS-NLMP] 3.2.5.1.2: servers "SHOULD support NTLM clients which incorrectly use NIL for the
 * UserDom".  Both are tried whatever the first gives, so that time tells nothing. */
static enum ssp_err check_v2(const struct key *hash, const struct ntlm_login *login,
                             struct ntlm_verdict *verdict, bool *ret_right)
{
    ssp_cleanup(key_wipe) struct key named = { 0 };
    ssp_cleanup(key_wipe) struct key unnamed = { 0 };
    struct ntlm_v2 response = { 0 };
    bool right = false;
    bool right_unnamed = false;

    SSP_TRY(ntlm_v2_decode(login->nt, &response));
    SSP_TRY(try_v2(hash, login, login->domain, &response, &named, &right));
    SSP_TRY(try_v2(hash, login, &nothing, &response, &unnamed, &right_unnamed));
    verdict->session_base_key = right ? named : unnamed;
    verdict->is_v2 = true;
    *ret_right = right || right_unnamed;
    return SSP_OK;
}

static bool check_v1(const struct key *hash, const struct ntlm_login *login,
                     struct ntlm_verdict *verdict)
{
    ssp_cleanup(key_wipe) struct key base = ntlm_v1_session_base_key(hash);

    verdict->session_base_key = base;
    verdict->is_v2 = false;
    return ntlm_is_ess(login->flags) ? ntlm_v1_verify_ess(hash, login->server, login->nt, login->lm)
                                     : ntlm_v1_verify(hash, login->server, login->nt);
}

/* A user may log on as "user@domain" without a domain of its own: the file has two fields. */
static enum ssp_err find_account(const char *path, const struct ntlm_login *login,
                                 struct sam_entry *ret, bool *ret_found)
{
    ssp_cleanup(str16_wipe) struct str16 user = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain = { 0 };
    size_t at = 0;

    while (at < login->user->n && login->user->p[at] != u'@')
        at++;
    if (login->domain->n != 0 || at == login->user->n)
        return sam_find(path, login->user, login->domain, ret, ret_found);
    SSP_TRY(str16_from_units(login->user->p, at, &user));
    SSP_TRY(str16_from_units(login->user->p + at + 1, login->user->n - at - 1, &domain));
    return sam_find(path, &user, &domain, ret, ret_found);
}

/* An unknown user gets a hash too, so that the same work is done; no password gives this one. */
static enum ssp_err account_of(const char *path, const struct ntlm_login *login,
                               struct sam_entry *ret, bool *ret_found)
{
    if (path != NULL && *path != '\0')
        return find_account(path, login, ret, ret_found);
    trace(TRACE_WARNING, "no accounts are configured: nobody is let in");
    return SSP_OK;
}

static enum ssp_err name(const struct ntlm_config *config, const struct sam_entry *account,
                         struct ntlm_verdict *verdict)
{
    const struct str16 *domain =
        account->domain.n != 0 ? &account->domain : &config->machine.nb_computer;

    SSP_TRY(str16_from_units(account->user.p, account->user.n, &verdict->user));
    return str16_from_units(domain->p, domain->n, &verdict->domain);
}

static enum ssp_err judge(const struct ntlm_config *config, const struct ntlm_login *login,
                          struct ntlm_verdict *verdict, bool *ret_right)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry account = { 0 };
    ssp_cleanup(key_wipe) struct key hash = { 0 };
    bool is_found = false;
    bool is_right = false;

    SSP_TRY(account_of(config->accounts, login, &account, &is_found));
    key_set(&hash, VIEW_OF(account.hash));
    if (login->nt.n > NTLM_V1_SIZE)
        SSP_TRY(check_v2(&hash, login, verdict, &is_right));
    else if (config->minimum == NTLM_LEVEL_V1)
        is_right = check_v1(&hash, login, verdict);
    *ret_right = is_found && is_right;
    return name(config, &account, verdict);
}

static enum ssp_err sam_verify(const struct ntlm_verifier *self, const struct ntlm_login *login,
                               struct ntlm_verdict *ret)
{
    const struct ntlm_sam_verifier *sam = (const struct ntlm_sam_verifier *)self;
    ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { 0 };
    bool is_right = false;
    enum ssp_err e = judge(sam->config, login, &verdict, &is_right);

    if (e == SSP_ERR_NO_MEMORY)
        return e;
    if (e != SSP_OK || !is_right)
        return ssp_fail(LOGON_DENIED);
    *ret = verdict;
    verdict = (struct ntlm_verdict){ 0 };
    return SSP_OK;
}

void ntlm_sam_verifier_init(struct ntlm_sam_verifier *sam, const struct ntlm_config *config)
{
    *sam = (struct ntlm_sam_verifier){ .verifier = { sam_verify }, .config = config };
}

void ntlm_verdict_wipe(struct ntlm_verdict *verdict)
{
    str16_wipe(&verdict->user);
    str16_wipe(&verdict->domain);
    key_wipe(&verdict->session_base_key);
}
