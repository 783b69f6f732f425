/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/config.h"

#include "base/cleanup.h"

static const char section[] = "negotiate";

struct texts { /* as they stand in the file; ssp_cleanup(texts_free) */
    char *packages;
};

static void texts_free(struct texts *texts)
{
    wipe_free_str(&texts->packages);
}

static const struct conf_key keys[] = {
    { .name = "packages",
      .type = CONF_STRING,
      .offset = offsetof(struct texts, packages),
      .fallback = "kerberos, ntlm" },
    { .name = NULL },
};

enum ssp_err nego_config_read(const struct conf *conf, struct nego_config *ret)
{
    ssp_cleanup(texts_free) struct texts texts = { 0 };
    struct nego_config config = { 0 };

    SSP_TRY(conf_read(conf, section, keys, &texts));
    if (nego_choice_parse(texts.packages, &config.packages) != SSP_OK)
        return conf_blame(conf, section, "packages",
                          "has to name some of kerberos and ntlm, each once");
    *ret = config;
    return SSP_OK;
}
