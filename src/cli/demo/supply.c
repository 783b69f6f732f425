/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/supply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/account.h"
#include "cli/demo/certs.h"

__attribute__((format(printf, 2, 3))) static void add(struct wr *config, const char *format, ...)
{
    char text[4 * PLACE_PATH_MAX];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    wr_view(config, (struct view){ (const uint8_t *)text, (size_t)n });
}

/* What only the LSA is to read, and a worker tries to. */
static const char *secret_at(struct demo_place *place, const char *name)
{
    (void)snprintf(place->secret, sizeof(place->secret), "%s/%s", place->dir, name);
    return place->secret;
}

struct players {
    char s[32];
};

/* The users that the demo is played by, as lists in the configuration have them. */
static struct players players(void)
{
    struct players ret;

    (void)snprintf(ret.s, sizeof(ret.s), "%d, %u", PLACE_NOBODY, geteuid());
    return ret;
}

/* ---- Accounts -------------------------------------------------------------------------------- */

static enum ssp_err make_accounts(const struct demo_recipe *recipe, struct demo_place *place,
                                  struct wr *config)
{
    const char *sam = secret_at(place, "sam");

    add(config, "[ntlm]\naccounts = %s\n", sam);
    return account_set(sam, recipe->user, recipe->domain,
                       (struct view){ (const uint8_t *)place->password, strlen(place->password) });
}

/* ---- A realm --------------------------------------------------------------------------------- */

#define REALM_HOSTS "demo.example"

static enum ssp_err set(const char *name, const char *value)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the process has one thread
    return setenv(name, value, 1) == 0 ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err make_realm(const struct demo_recipe *recipe, struct demo_place *place,
                               struct wr *config)
{
    const char *keytab = secret_at(place, "keytab");
    char script[4 * PLACE_PATH_MAX];
    char krb5_conf[PLACE_PATH_MAX];

    (void)snprintf(script, sizeof(script),
                   "addprinc -pw %s %s\naddprinc -randkey %s\nktadd -k %s %s\n", place->password,
                   recipe->user, recipe->target, keytab, recipe->target);
    const struct realm_plan plan = { recipe->domain, REALM_HOSTS, place->dir, script };
    SSP_TRY(realm_start(&plan, &place->realm));
    add(config, "[kerberos]\nkeytab = %s\nkeytab_users = %s\n", keytab, players().s);
    (void)snprintf(krb5_conf, sizeof(krb5_conf), "%s/krb5.conf", place->dir);
    SSP_TRY(set("KRB5_CONFIG", krb5_conf));
    return set("KRB5RCACHEDIR", place->dir);
}

/* ---- Certificates ---------------------------------------------------------------------------- */

static void add_section(struct wr *config, const struct demo_place *place, const char *name,
                        const char *files)
{
    add(config, "[schannel \"%s\"]\ncertificate = %s/%s.pem\nkey = %s/%s.key\n", name, place->dir,
        files, place->dir, files);
    add(config, "ca = %s/ca.pem\nusers = %s\n", place->dir, players().s);
}

static enum ssp_err make_certs(const struct demo_recipe *recipe, struct demo_place *place,
                               struct wr *config)
{
    const struct certs_plan plan = { place->dir, recipe->target, recipe->user };

    (void)secret_at(place, "server.key");
    add_section(config, place, recipe->client_name, "user");
    add_section(config, place, recipe->front_name, "server");
    add(config, "client_certificates = required\nclient_domain = %s\n", recipe->domain);
    return certs_make(&plan);
}

/* ---- All of them ----------------------------------------------------------------------------- */

static const char *nothing_missing(void)
{
    return NULL;
}

static const struct supply {
    unsigned need;
    const char *(*missing)(void);
    enum ssp_err (*make)(const struct demo_recipe *recipe, struct demo_place *place,
                         struct wr *config);
} supplies[] = {
    { DEMO_ACCOUNTS, nothing_missing, make_accounts },
    { DEMO_REALM, realm_missing, make_realm },
    { DEMO_CERTS, nothing_missing, make_certs },
};
enum { SUPPLIES = sizeof(supplies) / sizeof(supplies[0]) };

const char *supply_missing(const struct demo_recipe *recipe)
{
    const char *what = NULL;

    for (size_t i = 0; i < SUPPLIES && what == NULL; i++) {
        if ((recipe->needs & supplies[i].need) != 0)
            what = supplies[i].missing();
    }
    return what;
}

enum ssp_err supply_all(const struct demo_recipe *recipe, struct demo_place *place,
                        struct wr *config)
{
    for (size_t i = 0; i < SUPPLIES; i++) {
        if ((recipe->needs & supplies[i].need) != 0)
            SSP_TRY(supplies[i].make(recipe, place, config));
    }
    return config->err;
}
