/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/options.h"

#include "base/limits.h"

#include <stdlib.h>

static const char *const modes[] = {
    [LSA_AUTO] = "auto",
    [LSA_EMBEDDED] = "embedded",
    [LSA_DAEMON] = "lsad",
    NULL,
};

static const struct conf_key lsa_keys[] = {
    { "mode", CONF_CHOICE, offsetof(struct lsa_options, mode), modes, "auto", 0, 0 },
    { "socket", CONF_STRING, offsetof(struct lsa_options, socket), NULL, "/run/opensspi/lsad.sock",
      0, 0 },
    { "runtime", CONF_STRING, offsetof(struct lsa_options, runtime), NULL, NULL, 0, 0 },
    { "packages", CONF_STRING, offsetof(struct lsa_options, packages), NULL, NULL, 0, 0 },
    { 0 },
};

static const struct conf_key export_keys[] = {
    { "lifetime", CONF_NUMBER, offsetof(struct lsa_options, lifetime_s), NULL, "30", 1,
      LIMIT_EXPORT_LIFETIME_MS / 1000 },
    { 0 },
};

/* A place that depends on where a program happens to be is not one that programs share, and no
 * place for code. */
static enum ssp_err check_place(const struct conf *conf, const char *name, const char *place)
{
    if (place == NULL || place[0] == '\0' || place[0] == '/')
        return SSP_OK;
    return conf_blame(conf, "lsa", name, "has to begin with '/'");
}

enum ssp_err lsa_options_read(const struct conf *conf, struct lsa_options *options)
{
    SSP_TRY(conf_read(conf, "lsa", lsa_keys, options));
    SSP_TRY(check_place(conf, "runtime", options->runtime));
    SSP_TRY(check_place(conf, "packages", options->packages));
    SSP_TRY(check_place(conf, "socket", options->socket));
    return conf_read(conf, "export", export_keys, options);
}

void lsa_options_free(struct lsa_options *options)
{
    free(options->runtime);
    free(options->packages);
    free(options->socket);
    *options = (struct lsa_options){ 0 };
}
