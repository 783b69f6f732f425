/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/config.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { NETBIOS_MAX = 15, FIVE_MINUTES = 300, A_MONTH = 31 * 24 * 3600 };

static const char section[] = "ntlm";

static const char *const versions[] = { "v2", "v1", NULL };
static const char *const checks[] = { "off", "when_sent", "required", NULL };

#define STRING(member)                                                                       \
    {                                                                                        \
        .name = #member, .type = CONF_STRING, .offset = offsetof(struct ntlm_config, member) \
    }
#define BOOL(member, preset)                                                                \
    {                                                                                       \
        .name = #member, .type = CONF_BOOL, .offset = offsetof(struct ntlm_config, member), \
        .fallback = (preset)                                                                \
    }
#define CHOICE(member, words, preset)                                                         \
    {                                                                                         \
        .name = #member, .type = CONF_CHOICE, .offset = offsetof(struct ntlm_config, member), \
        .choices = (words), .fallback = (preset)                                              \
    }
#define SECONDS(member, most, preset)                                                         \
    {                                                                                         \
        .name = #member, .type = CONF_NUMBER, .offset = offsetof(struct ntlm_config, member), \
        .fallback = (preset), .max = (most)                                                   \
    }

static const struct conf_key keys[] = {
    BOOL(allow, "yes"),
    STRING(accounts),
    { .name = "winbind_timeout",
      .type = CONF_NUMBER,
      .offset = offsetof(struct ntlm_config, winbind_timeout),
      .fallback = "20",
      .min = 1,
      .max = FIVE_MINUTES },
    STRING(credential),
    CHOICE(minimum, versions, "v2"),
    CHOICE(respond, versions, "v2"),
    BOOL(lm, "no"),
    CHOICE(channel_bindings, checks, "when_sent"),
    CHOICE(target_name, checks, "when_sent"),
    STRING(target_aliases),
    BOOL(anonymous, "no"),
    BOOL(require_128, "yes"),
    SECONDS(max_lifetime, A_MONTH, "129600"), /* 36 hours: [MS-NLMP] 7, <39> */
    SECONDS(session_lifetime, A_MONTH, "0"),
    STRING(netbios_name),
    STRING(netbios_domain),
    STRING(dns_name),
    STRING(dns_domain),
    STRING(dns_forest),
    { .name = NULL },
};

static struct view text(const char *s)
{
    return s == NULL ? (struct view){ 0 } : (struct view){ (const uint8_t *)s, strlen(s) };
}

static bool is_set(const char *s)
{
    return s != NULL && *s != '\0';
}

/* A NetBIOS name: the first label, in upper case, 15 characters at most. */
static enum ssp_err netbios_of(const char *host, struct str16 *ret)
{
    ssp_cleanup(str16_wipe) struct str16 label = { 0 };
    size_t n = strcspn(host, ".");

    if (n > NETBIOS_MAX)
        n = NETBIOS_MAX;
    SSP_TRY(str16_from_utf8((struct view){ (const uint8_t *)host, n }, &label));
    return str16_upper(&label, ret);
}

static enum ssp_err set_or(const char *configured, const char *otherwise, struct str16 *ret)
{
    return str16_from_utf8(text(is_set(configured) ? configured : otherwise), ret);
}

static enum ssp_err name_machine(const struct ntlm_config *config, struct ntlm_machine *ret)
{
    char host[HOST_NAME_MAX + 1] = "";

    if (gethostname(host, sizeof(host) - 1) != 0)
        return ssp_fail(IO);

    const char *dns = is_set(config->dns_name) ? config->dns_name : host;
    const char *dot = strchr(dns, '.');
    const char *nb = is_set(config->netbios_name) ? config->netbios_name : host;

    SSP_TRY(netbios_of(nb, &ret->nb_computer));
    ret->is_member = is_set(config->netbios_domain);
    SSP_TRY(netbios_of(ret->is_member ? config->netbios_domain : nb, &ret->nb_domain));
    SSP_TRY(set_or(config->dns_name, host, &ret->dns_computer));
    SSP_TRY(set_or(config->dns_domain, dot == NULL ? "" : dot + 1, &ret->dns_domain));
    return set_or(config->dns_forest, "", &ret->dns_forest);
}

/* The word takes the place of a path. */
static void choose_accounts(struct ntlm_config *config)
{
    config->is_winbind = strcmp(config->accounts, "winbind") == 0;
    if (config->is_winbind)
        config->accounts[0] = '\0';
}

enum ssp_err ntlm_config_read(const struct conf *conf, struct ntlm_config *ret)
{
    ssp_cleanup(ntlm_config_wipe) struct ntlm_config config = { 0 };

    SSP_TRY(conf_read(conf, section, keys, &config));
    choose_accounts(&config);
    if (config.respond == NTLM_LEVEL_V1 && config.minimum != NTLM_LEVEL_V1)
        return conf_blame(conf, section, "respond", "v1 is sent only where minimum = v1");
    if (config.lm && config.respond != NTLM_LEVEL_V1)
        return conf_blame(conf, section, "lm", "LM is sent only where respond = v1");
    SSP_TRY(name_machine(&config, &config.machine));

    *ret = config;
    config = (struct ntlm_config){ 0 };
    return SSP_OK;
}

static bool is_text(const struct str16 *host, struct view utf8)
{
    ssp_cleanup(str16_wipe) struct str16 other = { 0 };

    return utf8.n != 0 && str16_from_utf8(utf8, &other) == SSP_OK && str16_eq_nocase(host, &other);
}

static bool is_alias(const char *aliases, const struct str16 *host)
{
    /* Ends: every turn goes past a word or a separator. */
    for (const char *at = aliases; is_set(at);) {
        size_t n = strcspn(at, ", \t");

        if (is_text(host, (struct view){ (const uint8_t *)at, n }))
            return true;
        at += n;
        at += strspn(at, ", \t");
    }
    return false;
}

bool ntlm_config_is_our_host(const struct ntlm_config *config, const struct str16 *host)
{
    return host->n != 0 &&
           (str16_eq_nocase(host, &config->machine.nb_computer) ||
            str16_eq_nocase(host, &config->machine.dns_computer) ||
            is_text(host, text("localhost")) || is_alias(config->target_aliases, host));
}

static void wipe_machine(struct ntlm_machine *machine)
{
    str16_wipe(&machine->nb_computer);
    str16_wipe(&machine->nb_domain);
    str16_wipe(&machine->dns_computer);
    str16_wipe(&machine->dns_domain);
    str16_wipe(&machine->dns_forest);
}

void ntlm_config_wipe(struct ntlm_config *config)
{
    char **strings[] = { &config->accounts,     &config->credential,     &config->target_aliases,
                         &config->netbios_name, &config->netbios_domain, &config->dns_name,
                         &config->dns_domain,   &config->dns_forest };

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        wipe_free_str(strings[i]);
    wipe_machine(&config->machine);
}
