/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/fake_dc.h"

#include <dlfcn.h>
#include <ntstatus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "packages/ntlm/v1.h"
#include "packages/ntlm/v2.h"
#include "packages/ntlm/winbind_lib.h"

static void need(bool fine)
{
    if (!fine)
        abort();
}

static void *symbol_of(const char *name)
{
    void *handle = dlopen(WINBIND_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    void *symbol = NULL;

    need(handle != NULL);
    symbol = dlsym(handle, name);
    need(symbol != NULL && dlclose(handle) == 0);
    return symbol;
}

struct fake_wbclient *fake_dc_library(void)
{
    struct fake_wbclient *(*get)(void) = NULL;
    void *symbol = symbol_of("fake_wbclient");

    memcpy(&get, &symbol, sizeof(get));
    return get();
}

void fake_dc_settle(void)
{
    void (*settle)(void) = NULL;
    void *symbol = symbol_of("fake_wbclient_settle");

    memcpy(&settle, &symbol, sizeof(settle));
    settle();
}

/* ---- The password ------------------------------------------------------ */

static struct view text(const char *s)
{
    return (struct view){ (const uint8_t *)s, strlen(s) };
}

static void hash_of(const char *password, struct key *ret)
{
    ssp_cleanup(str16_wipe) struct str16 wide = { 0 };

    need(str16_from_utf8(text(password), &wide) == SSP_OK);
    need(ntlm_ntowf_v1(&wide, ret) == SSP_OK);
}

/* An LMv2 response is taken as well, as by those who have ever done so. */
static bool is_lm_right(const struct key *response_key, const struct wbcAuthUserParams *params)
{
    struct view lm = { params->password.response.lm_data, params->password.response.lm_length };
    uint8_t expected[NTLM_LMV2_SIZE];

    if (lm.n != NTLM_LMV2_SIZE)
        return false;
    ntlm_lmv2_respond(response_key, params->password.response.challenge, lm.p + NTLM_PROOF_SIZE,
                      expected);
    return ct_eq(VIEW_OF(expected), lm);
}

static bool is_v2_right(const struct key *hash, const struct wbcAuthUserParams *params,
                        struct key *ret_base)
{
    ssp_cleanup(str16_wipe) struct str16 user = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain = { 0 };
    ssp_cleanup(key_wipe) struct key response_key = { 0 };
    struct ntlm_v2 response = { 0 };
    struct view nt = { params->password.response.nt_data, params->password.response.nt_length };

    need(str16_from_utf8(text(params->account_name), &user) == SSP_OK);
    need(str16_from_utf8(text(params->domain_name), &domain) == SSP_OK);
    need(ntlm_ntowf_v2(hash, &user, &domain, &response_key) == SSP_OK);
    need(ntlm_v2_decode(nt, &response) == SSP_OK);
    *ret_base = ntlm_v2_session_base_key(&response_key, response.proof);
    return ntlm_v2_verify(&response_key, params->password.response.challenge, &response) ||
           is_lm_right(&response_key, params);
}

static bool is_right(const struct wbcAuthUserParams *params, struct key *ret_base)
{
    ssp_cleanup(key_wipe) struct key hash = { 0 };
    struct view nt = { params->password.response.nt_data, params->password.response.nt_length };

    hash_of(DC_PASSWORD, &hash);
    if (nt.n > NTLM_V1_SIZE)
        return is_v2_right(&hash, params, ret_base);
    *ret_base = ntlm_v1_session_base_key(&hash);
    return ntlm_v1_verify(&hash, params->password.response.challenge, nt);
}

/* ---- The answer -------------------------------------------------------- */

static const struct wbcSidWithAttr sids[] = {
    { .sid = { 1, 5, { 0, 0, 0, 0, 0, 5 }, { 21, 1004336348, 1177238915, 682003330, 1104 } } },
    { .sid = { 1, 5, { 0, 0, 0, 0, 0, 5 }, { 21, 1004336348, 1177238915, 682003330, 513 } } },
    { .sid = { 1, 2, { 0, 0, 0, 0, 0, 5 }, { 32, 545 } } },
};

static char dc_user[] = DC_USER;
static char dc_domain[] = DC_DOMAIN;

static wbcErr say_no(const struct fake_dc *dc, wbcErr result, uint32_t status,
                     struct fake_answer *ret)
{
    static char no_text[] = "";

    ret->has_error = result == WBC_ERR_AUTH_ERROR && !dc->says_nothing;
    ret->error.nt_status = status;
    ret->error.nt_string = dc->status_text != NULL ? (char *)(uintptr_t)dc->status_text : no_text;
    return result;
}

static wbcErr say_yes(const struct fake_dc *dc, const struct key *base, struct fake_answer *ret)
{
    ret->has_info = !dc->says_nothing;
    ret->info = (struct wbcAuthUserInfo){
        .user_flags = WBC_AUTH_USER_INFO_EXTRA_SIDS | WBC_AUTH_USER_INFO_NTLMV2_ENABLED,
        .account_name = dc_user,
        .domain_name = dc_domain,
        .acct_flags = WBC_ACB_NORMAL,
        .num_sids = sizeof(sids) / sizeof(sids[0]),
    };
    memcpy(ret->info.user_session_key, base->b, sizeof(ret->info.user_session_key));
    ret->sids = sids;
    ret->n_sids = sizeof(sids) / sizeof(sids[0]);
    if (dc->bend != NULL)
        dc->bend(ret);
    return WBC_ERR_SUCCESS;
}

static void remember(struct fake_dc *dc, const struct wbcAuthUserParams *params)
{
    dc->asked++;
    (void)snprintf(dc->user, sizeof(dc->user), "%s", params->account_name);
    (void)snprintf(dc->domain, sizeof(dc->domain), "%s", params->domain_name);
    (void)snprintf(dc->workstation, sizeof(dc->workstation), "%s", params->workstation_name);
    dc->nt_length = params->password.response.nt_length;
    dc->lm_length = params->password.response.lm_length;
    dc->parameter_control = params->parameter_control;
}

static wbcErr answer(void *arg, const struct wbcAuthUserParams *params, struct fake_answer *ret)
{
    ssp_cleanup(key_wipe) struct key base = { 0 };
    struct fake_dc *dc = arg;

    need(params->level == WBC_AUTH_USER_LEVEL_RESPONSE);
    if (dc->wait != NULL)
        dc->wait(dc->wait_arg);
    else
        remember(dc, params);
    if (dc->result != WBC_ERR_SUCCESS)
        return say_no(dc, dc->result, dc->status, ret);
    if (strcasecmp(params->account_name, DC_USER) != 0)
        return say_no(dc, WBC_ERR_AUTH_ERROR, (uint32_t)STATUS_NO_SUCH_USER, ret);
    if (!is_right(params, &base))
        return say_no(dc, WBC_ERR_AUTH_ERROR, (uint32_t)STATUS_WRONG_PASSWORD, ret);
    return say_yes(dc, &base, ret);
}

static wbcErr nobody(void *arg, const struct wbcAuthUserParams *params, struct fake_answer *ret)
{
    (void)arg;
    (void)params;
    (void)ret;
    return WBC_ERR_WINBIND_NOT_AVAILABLE;
}

void fake_dc_rule(struct fake_dc *dc)
{
    struct fake_wbclient *library = fake_dc_library();

    library->ask = dc != NULL ? answer : nobody;
    library->arg = dc;
    library->has_no_context = false;
}
