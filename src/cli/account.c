/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/account.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "base/utf16.h"
#include "packages/ntlm/config.h"
#include "packages/ntlm/sam.h"
#include "packages/ntlm/v1.h"

static struct view text(const char *s)
{
    return (struct view){ (const uint8_t *)s, strlen(s) };
}

enum ssp_err account_set(const char *sam_file, const char *user, const char *domain,
                         struct view password)
{
    ssp_cleanup(str16_wipe) struct str16 user16 = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain16 = { 0 };
    ssp_cleanup(str16_wipe) struct str16 password16 = { 0 };
    ssp_cleanup(key_wipe) struct key hash = { 0 };

    SSP_TRY(str16_from_utf8(text(user), &user16));
    SSP_TRY(str16_from_utf8(text(domain), &domain16));
    SSP_TRY(str16_from_utf8(password, &password16));
    SSP_TRY(ntlm_ntowf_v1(&password16, &hash));
    return sam_set(sam_file, &user16, &domain16, hash.b);
}

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

enum ssp_err account_file(char **ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config ntlm = { 0 };

    SSP_TRY(conf_load(&conf));
    SSP_TRY(ntlm_config_read(conf, &ntlm));
    *ret = ssp_steal(&ntlm.accounts);
    return SSP_OK;
}
