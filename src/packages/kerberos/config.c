/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/utf16.h"

static const char section[] = "kerberos";

static const char *const delegations[] = { "never", "trusted", "always", NULL };
static const char *const checks[] = { "off", "when_sent", "required", NULL };

#define KEY(word, member, kind, ...)                                                               \
    {                                                                                              \
        .name = (word), .type = (kind), .offset = offsetof(struct krb_config, member), __VA_ARGS__ \
    }

static const struct conf_key keys[] = {
    KEY("allow", allow, CONF_BOOL, .fallback = "yes"),
    KEY("enctypes", policy.enctypes, CONF_STRING),
    KEY("keytab", policy.keytab, CONF_STRING),
    KEY("keytab_users", keytab_users, CONF_STRING),
    KEY("delegate", policy.delegate, CONF_CHOICE, .choices = delegations, .fallback = "trusted"),
    KEY("accept_delegation", policy.accept_delegation, CONF_BOOL, .fallback = "yes"),
    KEY("channel_bindings", channel_bindings, CONF_CHOICE, .choices = checks,
        .fallback = "when_sent"),
    KEY("reset_after_messages", reset_after_messages, CONF_BOOL, .fallback = "yes"),
    { .name = NULL },
};

/* The best first: what all may use unless the configuration says otherwise. */
static const struct type {
    int32_t number;
    const char *name;  /* as registered (RFC 3961 8, RFC 8009 7) */
    const char *alias; /* as krb5.conf says it */
} types[] = {
    { KRB_AES256_SHA2, "aes256-cts-hmac-sha384-192", "aes256-sha2" },
    { KRB_AES128_SHA2, "aes128-cts-hmac-sha256-128", "aes128-sha2" },
    { KRB_AES256_SHA1, "aes256-cts-hmac-sha1-96", "aes256-sha1" },
    { KRB_AES128_SHA1, "aes128-cts-hmac-sha1-96", "aes128-sha1" },
};
enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

static const char between[] = ", \t";

/* The next word of a list; false at its end.  Ends: every turn goes past a word. */
static bool next_word(const char **at, const char **ret, size_t *ret_n)
{
    *at += strspn(*at, between);
    *ret = *at;
    *ret_n = strcspn(*at, between);
    *at += *ret_n;
    return *ret_n != 0;
}

static bool is_word(const char *word, size_t n, const char *name)
{
    return strlen(name) == n && strncasecmp(word, name, n) == 0;
}

static int32_t type_of(const char *word, size_t n)
{
    for (size_t i = 0; i < N_TYPES; i++)
        if (is_word(word, n, types[i].name) || is_word(word, n, types[i].alias))
            return types[i].number;
    return 0;
}

struct place { /* for errors */
    const struct conf *conf;
    const char *section;
};

static enum ssp_err blame(const struct place *place, const char *text)
{
    return conf_blame(place->conf, place->section, "enctypes", text);
}

static enum ssp_err add_type(const struct place *place, const char *word, size_t n,
                             struct krb_types *ret)
{
    char text[128];
    int32_t type = type_of(word, n);

    (void)snprintf(text, sizeof(text), "%.*s: not an encryption type that is supported",
                   n > sizeof(text) / 2 ? (int)sizeof(text) / 2 : (int)n, word);
    if (type == 0)
        return blame(place, text);
    if (krb_types_have(ret, type))
        return blame(place, "one encryption type twice");
    ret->list[ret->n++] = type; /* each once, so there is room */
    return SSP_OK;
}

static enum ssp_err read_types(const struct place *place, const char *list, struct krb_types *ret)
{
    const char *word = NULL;
    size_t n = 0;

    for (const char *at = list; next_word(&at, &word, &n);)
        SSP_TRY(add_type(place, word, n, ret));
    for (size_t i = 0; ret->n < N_TYPES && *list == '\0'; i++)
        ret->list[ret->n++] = types[i].number;
    return ret->n != 0 ? SSP_OK : blame(place, "no encryption type");
}

/* A uid of ten digits at most; false for anything else. */
static bool read_uid(const char *word, size_t n, uid_t *ret)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n; i++) {
        if (word[i] < '0' || word[i] > '9' || n > 10)
            return false;
        value = value * 10 + (uint64_t)(word[i] - '0');
    }
    *ret = (uid_t)value;
    return value < UINT32_MAX; /* which stands for nobody */
}

static enum ssp_err check_users(const struct conf *conf, const char *list)
{
    const char *word = NULL;
    size_t n = 0;
    uid_t uid = 0;

    for (const char *at = list; next_word(&at, &word, &n);)
        if (!read_uid(word, n, &uid))
            return conf_blame(conf, section, "keytab_users", "not a number of a user");
    return SSP_OK;
}

bool krb_config_may_accept(const struct krb_config *config, uid_t uid)
{
    const char *word = NULL;
    size_t n = 0;
    uid_t listed = 0;

    for (const char *at = config->keytab_users; next_word(&at, &word, &n);)
        if (read_uid(word, n, &listed) && listed == uid)
            return true;
    return uid == 0 || uid == geteuid();
}

/* ---- Sections of services ------------------------------------------------ */

static void wipe_policy(struct krb_policy *policy)
{
    wipe_free_str(&policy->enctypes);
    wipe_free_str(&policy->keytab);
}

struct reading {
    const struct conf *conf;
    struct krb_config *config;
};

/* What it does not say is as in the general one. */
static enum ssp_err read_policy(const struct reading *reading, const char *of,
                                struct krb_policy *ret)
{
    const struct krb_policy *general = &reading->config->policy;
    const struct conf_key own[] = {
        { .name = "enctypes",
          .type = CONF_STRING,
          .offset = offsetof(struct krb_policy, enctypes),
          .fallback = general->enctypes },
        { .name = "keytab",
          .type = CONF_STRING,
          .offset = offsetof(struct krb_policy, keytab),
          .fallback = general->keytab },
        { .name = "delegate",
          .type = CONF_CHOICE,
          .offset = offsetof(struct krb_policy, delegate),
          .choices = delegations,
          .fallback = delegations[general->delegate] },
        { .name = "accept_delegation",
          .type = CONF_BOOL,
          .offset = offsetof(struct krb_policy, accept_delegation),
          .fallback = general->accept_delegation ? "yes" : "no" },
        { .name = NULL },
    };

    SSP_TRY(conf_read(reading->conf, of, own, ret));
    return read_types(&(struct place){ reading->conf, of }, ret->enctypes, &ret->types);
}

static enum ssp_err add_service(void *arg, const char *of, const char *name)
{
    struct reading *reading = arg;
    struct krb_config *config = reading->config;

    if (config->n_services == KRB_SERVICES_MAX)
        return conf_blame(reading->conf, of, "enctypes", "too many sections");
    struct krb_service *service = &config->services[config->n_services++];
    service->name = strdup(name);
    if (service->name == NULL)
        return ssp_fail(NO_MEMORY);
    return read_policy(reading, of, &service->policy);
}

static enum ssp_err read_services(const struct conf *conf, struct krb_config *config)
{
    struct reading reading = { conf, config };

    config->services = calloc(KRB_SERVICES_MAX, sizeof(*config->services));
    if (config->services == NULL)
        return ssp_fail(NO_MEMORY);
    return conf_each_section(conf, section, add_service, &reading);
}

static const struct krb_policy *find_policy(const struct krb_config *config, const char *name,
                                            size_t n)
{
    for (size_t i = 0; i < config->n_services; i++)
        if (is_word(name, n, config->services[i].name))
            return &config->services[i].policy;
    return NULL;
}

const struct krb_policy *krb_config_policy(const struct krb_config *config, const char *service)
{
    const struct krb_policy *found = NULL;

    if (service != NULL)
        found = find_policy(config, service, strcspn(service, "@"));
    if (service != NULL && found == NULL)
        found = find_policy(config, service, strcspn(service, "/@"));
    return found != NULL ? found : &config->policy;
}

/* ---- All of it ----------------------------------------------------------- */

enum ssp_err krb_config_read(const struct conf *conf, struct krb_config *ret)
{
    const struct place general = { conf, section };
    ssp_cleanup(krb_config_wipe) struct krb_config config = { 0 };

    SSP_TRY(conf_read(conf, section, keys, &config));
    SSP_TRY(read_types(&general, config.policy.enctypes, &config.policy.types));
    SSP_TRY(check_users(conf, config.keytab_users));
    SSP_TRY(read_services(conf, &config));

    *ret = config;
    config = (struct krb_config){ 0 };
    return SSP_OK;
}

void krb_config_wipe(struct krb_config *config)
{
    wipe_policy(&config->policy);
    wipe_free_str(&config->keytab_users);
    for (size_t i = 0; i < config->n_services; i++) {
        wipe_free_str(&config->services[i].name);
        wipe_policy(&config->services[i].policy);
    }
    free(config->services);
    config->services = NULL;
    config->n_services = 0;
}
