/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/winbind.h"

#include <ntstatus.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/trace.h"
#include "packages/ntlm/flags.h"
#include "packages/ntlm/keys.h"
#include "packages/ntlm/v1.h"
#include "packages/ntlm/winbind_call.h"

enum {
    NAME_MAX_BYTES = 255, /* winbindd's fields hold no more, nor do our tokens */
    SIDS_MAX = 1024,      /* no Windows token has more */
};

struct texts { /* the client's names in UTF-8; ssp_cleanup(texts_wipe) */
    char *user;
    char *domain;
    char *workstation;
};

static void texts_wipe(struct texts *texts)
{
    wipe_free_str(&texts->user);
    wipe_free_str(&texts->domain);
    wipe_free_str(&texts->workstation);
}

/* The reason comes first: a line has an end, and a client chose the names. */
static void complain(const struct texts *texts, const char *why)
{
    trace(TRACE_WARNING, "NTLM: winbind: %s: %s\\%s", why, texts->domain, texts->user);
}

/* ---- What is asked ----------------------------------------------------- */

static enum ssp_err text_of(const struct str16 *name, char **ret)
{
    static const struct str16 nothing = { 0 };
    enum ssp_err e = str16_to_utf8(name != NULL ? name : &nothing, ret);

    if (e == SSP_ERR_NO_MEMORY)
        return e;
    /* Cut at its end, it could be another account's. */
    if (e != SSP_OK || strlen(*ret) > NAME_MAX_BYTES)
        return ssp_fail(LOGON_DENIED);
    return SSP_OK;
}

static enum ssp_err texts_of(const struct ntlm_login *login, struct texts *texts)
{
    SSP_TRY(text_of(login->user, &texts->user));
    SSP_TRY(text_of(login->domain, &texts->domain));
    return text_of(login->workstation, &texts->workstation);
}

static bool is_v2(const struct ntlm_login *login)
{
    return login->nt.n > NTLM_V1_SIZE;
}

/*
 * Whether the response is one that the acceptor can go on with, and which
 * challenge it answers: with NTLMv1 and extended session security the client's
 * own is mixed in, and the domain is asked about the mixture.
 */
static enum ssp_err check_response(const struct ntlm_config *config, const struct ntlm_login *login,
                                   uint8_t ret_challenge[NTLM_CHALLENGE_SIZE])
{
    struct ntlm_v2 response = { 0 };

    memcpy(ret_challenge, login->server, NTLM_CHALLENGE_SIZE);
    if (is_v2(login))
        return ntlm_v2_decode(login->nt, &response) == SSP_OK ? SSP_OK : ssp_fail(LOGON_DENIED);
    if (config->minimum != NTLM_LEVEL_V1 || login->nt.n != NTLM_V1_SIZE)
        return ssp_fail(LOGON_DENIED);
    if (!ntlm_is_ess(login->flags))
        return SSP_OK;
    if (login->lm.n != NTLM_V1_SIZE)
        return ssp_fail(LOGON_DENIED);
    ntlm_v1_mix_challenges(login->server, login->lm.p, ret_challenge);
    return SSP_OK;
}

/* ---- What is answered -------------------------------------------------- */

/*
 * What a domain says of an account that it will not let in.  Any other status is
 * about the way to the domain, or about what we asked: then nobody has judged.
 */
static const struct {
    uint32_t status;
    const char *why;
} denials[] = {
    { (uint32_t)STATUS_NO_SUCH_USER, "no such user" },
    { (uint32_t)STATUS_NO_SUCH_DOMAIN, "no such domain" },
    { (uint32_t)STATUS_WRONG_PASSWORD, "wrong password" },
    { (uint32_t)STATUS_LOGON_FAILURE, "logon failure" },
    { (uint32_t)STATUS_ACCOUNT_RESTRICTION, "account restriction" },
    { (uint32_t)STATUS_INVALID_LOGON_HOURS, "not at this hour" },
    { (uint32_t)STATUS_INVALID_WORKSTATION, "not from this workstation" },
    { (uint32_t)STATUS_PASSWORD_EXPIRED, "password expired" },
    { (uint32_t)STATUS_PASSWORD_MUST_CHANGE, "password must be changed" },
    { (uint32_t)STATUS_ACCOUNT_DISABLED, "account disabled" },
    { (uint32_t)STATUS_ACCOUNT_EXPIRED, "account expired" },
    { (uint32_t)STATUS_ACCOUNT_LOCKED_OUT, "account locked out" },
    { (uint32_t)STATUS_LOGON_NOT_GRANTED, "logon not granted" },
    { (uint32_t)STATUS_LOGON_TYPE_NOT_GRANTED, "logon type not granted" },
    { 0xC0000198, "account of a domain, not of a user" },
    { 0xC0000199, "account of a workstation, not of a user" },
    { 0xC000019A, "account of a server, not of a user" },
    { 0xC0000413, "not allowed to authenticate to this machine" },
    { 0xC0000418, "NTLM is blocked in the domain" },
};

static const char *denial_of(uint32_t status)
{
    for (size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++)
        if (denials[i].status == status)
            return denials[i].why;
    return NULL;
}

/* winbindd says this to those who may not ask. */
static const char *advice_for(const struct wbcAuthErrorInfo *error)
{
    if (error->nt_status == (uint32_t)STATUS_ACCESS_DENIED)
        return "access denied: is this process in the group winbindd_priv?";
    return error->nt_string != NULL ? error->nt_string : "no reason given";
}

static enum ssp_err read_error(const struct texts *texts, const struct wbcAuthErrorInfo *error)
{
    char line[160];
    const char *why = denial_of(error->nt_status);

    if (why != NULL) {
        complain(texts, why);
        return ssp_fail(LOGON_DENIED);
    }
    (void)snprintf(line, sizeof(line), "0x%08x: %.120s", error->nt_status, advice_for(error));
    complain(texts, line);
    return ssp_fail(NO_AUTHORITY);
}

/* A yes or a no, or nobody to say so. */
static enum ssp_err read_result(const struct winbind_door *door, const struct texts *texts,
                                const struct winbind_answer *answer)
{
    if (answer->result == WBC_ERR_SUCCESS && answer->info != NULL)
        return SSP_OK;
    if (answer->result == WBC_ERR_NO_MEMORY)
        return ssp_fail(NO_MEMORY);
    if (answer->result == WBC_ERR_AUTH_ERROR && answer->error != NULL)
        return read_error(texts, answer->error);
    complain(texts, winbind_result_text(door, answer->result));
    return answer->result == WBC_ERR_UNKNOWN_USER ? ssp_fail(LOGON_DENIED) : ssp_fail(NO_AUTHORITY);
}

/* UserFlags of [MS-PAC] 2.5, and winbindd's own: how it came to its yes. */
static const struct {
    uint32_t flags;
    const char *why;
} doubts[] = {
    { WBC_AUTH_USER_INFO_GUEST, "a guest: no password was checked" },
    { WBC_AUTH_USER_INFO_NOENCRYPTION, "no encryption is available" },
    { WBC_AUTH_USER_INFO_CACHED_ACCOUNT, "from a cache: no domain controller was asked" },
    { WBC_AUTH_USER_INFO_USED_LM_PASSWORD | 0x1000 | 0x2000, "an LM response was taken" },
    { WBC_AUTH_USER_INFO_SUBAUTH_SESSION_KEY, "a session key of somebody else's" },
};

/* [MS-SAMR] 2.2.1.12.  A domain controller lets none of these in. */
static const struct {
    uint32_t flags;
    const char *why;
} bars[] = {
    { WBC_ACB_DISABLED, "let in, and yet disabled" },
    { WBC_ACB_AUTOLOCK, "let in, and yet locked out" },
    { WBC_ACB_PW_EXPIRED, "let in, and yet its password has expired" },
};

static const char *doubt_about(const struct wbcAuthUserInfo *info)
{
    static const uint8_t no_key[NTLM_KEY_SIZE] = { 0 };
    struct view key = VIEW_OF(info->user_session_key);

    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
        if ((info->user_flags & doubts[i].flags) != 0)
            return doubts[i].why;
    for (size_t i = 0; i < sizeof(bars) / sizeof(bars[0]); i++)
        if ((info->acct_flags & bars[i].flags) != 0)
            return bars[i].why;
    if (ct_eq(key, VIEW_OF(no_key)))
        return "no session key";
    if (info->sids == NULL || info->num_sids == 0 || info->num_sids > SIDS_MAX)
        return "no SID, or more than there can be";
    return NULL;
}

/* The domain's spelling.  BAD_TOKEN for what is no name. */
static enum ssp_err name_of(const char *text, struct str16 *ret)
{
    size_t n = text != NULL ? strnlen(text, NAME_MAX_BYTES + 1) : 0;

    if (n == 0 || n > NAME_MAX_BYTES)
        return ssp_fail(BAD_TOKEN);
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
            return ssp_fail(BAD_TOKEN);
    enum ssp_err e = str16_from_utf8((struct view){ (const uint8_t *)text, n }, ret);
    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(BAD_TOKEN);
}

/* [MS-DTYP] 2.4.2.  "the 1st one is the account sid", says the library; the rest are groups. */
static enum ssp_err sid_of(const struct wbcDomainSid *sid, struct ntlm_sid *ret)
{
    uint8_t *at = ret->b + NTLM_SID_HEAD;

    if (sid->sid_rev_num != 1 || sid->num_auths == 0 || sid->num_auths > WBC_MAXSUBAUTHS)
        return ssp_fail(BAD_TOKEN);
    ret->b[0] = sid->sid_rev_num;
    ret->b[1] = sid->num_auths;
    memcpy(ret->b + 2, sid->id_auth, sizeof(sid->id_auth));
    for (size_t i = 0; i < sid->num_auths; i++)
        for (unsigned shift = 0; shift < 32; shift += 8)
            *at++ = (uint8_t)(sid->sub_auths[i] >> shift);
    ret->n = (size_t)(at - ret->b);
    return SSP_OK;
}

static enum ssp_err read_identity(const struct wbcAuthUserInfo *info, struct ntlm_verdict *verdict)
{
    SSP_TRY(name_of(info->account_name, &verdict->user));
    SSP_TRY(name_of(info->domain_name, &verdict->domain));
    SSP_TRY(sid_of(&info->sids[0].sid, &verdict->sid));
    key_set(&verdict->session_base_key, VIEW_OF(info->user_session_key));
    return SSP_OK;
}

static enum ssp_err read_yes(const struct texts *texts, const struct wbcAuthUserInfo *info,
                             struct ntlm_verdict *verdict)
{
    const char *doubt = doubt_about(info);
    enum ssp_err e = doubt == NULL ? read_identity(info, verdict) : ssp_fail(LOGON_DENIED);

    if (e == SSP_OK || e == SSP_ERR_NO_MEMORY)
        return e;
    complain(texts, doubt != NULL ? doubt : "a name or a SID that is none");
    return ssp_fail(LOGON_DENIED);
}

/* ---- The verifier ------------------------------------------------------ */

static enum ssp_err winbind_verify(const struct ntlm_verifier *self, const struct ntlm_login *login,
                                   struct ntlm_verdict *ret)
{
    const struct ntlm_winbind *winbind = (const struct ntlm_winbind *)self;
    ssp_cleanup(texts_wipe) struct texts texts = { 0 };
    ssp_cleanup(winbind_answer_wipe) struct winbind_answer answer = { 0 };
    ssp_cleanup(ntlm_verdict_wipe) struct ntlm_verdict verdict = { .is_v2 = is_v2(login) };
    uint8_t challenge[NTLM_CHALLENGE_SIZE];

    if (winbind->door == NULL)
        return ssp_fail(NO_AUTHORITY);
    SSP_TRY(texts_of(login, &texts));
    SSP_TRY(check_response(winbind->config, login, challenge));
    const struct winbind_question question = { texts.user, texts.domain, texts.workstation,
                                               challenge, login->nt };
    SSP_TRY(winbind_ask(winbind->door, &question, &answer));
    SSP_TRY(read_result(winbind->door, &texts, &answer));
    SSP_TRY(read_yes(&texts, answer.info, &verdict));
    *ret = verdict;
    verdict = (struct ntlm_verdict){ 0 };
    return SSP_OK;
}

enum ssp_err ntlm_winbind_init(struct ntlm_winbind *winbind, const struct ntlm_config *config)
{
    struct winbind_lib lib = { 0 };

    *winbind = (struct ntlm_winbind){ .verifier = { winbind_verify }, .config = config };
    if (winbind_lib_load(WINBIND_LIBRARY, &lib) != SSP_OK)
        return SSP_OK;
    return winbind_door_new(&lib, config->winbind_timeout, &winbind->door);
}

void ntlm_winbind_done(struct ntlm_winbind *winbind)
{
    winbind_door_unref(&winbind->door);
}
