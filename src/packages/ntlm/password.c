/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/password.h"

#include "base/cleanup.h"
#include "packages/ntlm/sam.h"
#include "packages/ntlm/v1.h"

/* The account that the file has for that name, if the old password is right. */
static enum ssp_err prove(const struct ntlm_config *config, const struct ntlm_password_change *what,
                          struct sam_entry *ret)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry account = { 0 };
    ssp_cleanup(key_wipe) struct key hash = { 0 };
    bool is_found = false;

    SSP_TRY(ntlm_ntowf_v1(what->old_password, &hash));
    if (config->accounts != NULL && *config->accounts != '\0')
        SSP_TRY(sam_find(config->accounts, what->user, what->domain, &account, &is_found));
    bool is_right = ct_eq(key_view(&hash), VIEW_OF(account.hash));
    if (!is_found || !is_right)
        return ssp_fail(LOGON_DENIED);
    *ret = account;
    account = (struct sam_entry){ 0 };
    return SSP_OK;
}

enum ssp_err ntlm_password_change(const struct ntlm_config *config,
                                  const struct ntlm_password_change *what)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry account = { 0 };
    ssp_cleanup(key_wipe) struct key hash = { 0 };

    if (config->is_winbind)
        return ssp_fail(UNSUPPORTED);
    enum ssp_err e = prove(config, what, &account);

    if (e == SSP_ERR_NO_MEMORY)
        return e;
    if (e != SSP_OK)
        return ssp_fail(LOGON_DENIED);
    SSP_TRY(ntlm_ntowf_v1(what->new_password, &hash));
    return sam_set(config->accounts, &account.user, &account.domain, hash.b);
}
