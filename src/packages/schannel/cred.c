/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/cred.h"

#include <sspi.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/utf16.h"

static const char plain_section[] = "schannel";

/* ---- Sections -------------------------------------------------------------------------------- */

static enum ssp_err read_site(const struct conf *conf, const char *section, const char *name,
                              struct tls_site **ret)
{
    ssp_cleanup(tls_settings_wipe) struct tls_settings settings = { 0 };

    SSP_TRY(tls_settings_read(conf, section, &settings));
    return tls_site_new(name, &settings, ret);
}

struct reading {
    const struct conf *conf;
    struct tls_sites *sites;
};

static struct tls_site *find_site(const struct tls_sites *sites, const char *name)
{
    for (size_t i = 0; i < sites->n; i++)
        if (strcmp(sites->named[i]->name, name) == 0)
            return sites->named[i];
    return NULL;
}

static enum ssp_err add_section(void *arg, const char *section, const char *name)
{
    struct reading *reading = arg;
    struct tls_sites *sites = reading->sites;

    if (strlen(name) >= TLS_NAME_MAX || sites->n == TLS_SITES_MAX)
        return conf_blame(reading->conf, section, "certificate",
                          sites->n == TLS_SITES_MAX ? "too many sections" : "its name is too long");
    SSP_TRY(read_site(reading->conf, section, name, &sites->named[sites->n]));
    sites->n++;
    return SSP_OK;
}

/* Whoever has no name to show is anybody: nothing that is somebody's may be there. */
static enum ssp_err check_plain(const struct conf *conf, const struct tls_settings *settings)
{
    static const char why[] = "belongs into a section with a name: [schannel \"NAME\"]";

    if (*settings->certificate != '\0')
        return conf_blame(conf, plain_section, "certificate", why);
    if (*settings->alpn != '\0')
        return conf_blame(conf, plain_section, "alpn", why);
    if (*settings->users != '\0')
        return conf_blame(conf, plain_section, "users", why);
    return settings->client_certificates != TLS_ASKS_NOTHING
               ? conf_blame(conf, plain_section, "client_certificates", why)
               : SSP_OK;
}

enum ssp_err tls_sites_read(const struct conf *conf, struct tls_sites *ret)
{
    ssp_cleanup(tls_sites_done) struct tls_sites sites = { 0 };
    struct reading reading = { conf, &sites };

    SSP_TRY(read_site(conf, plain_section, "", &sites.plain));
    SSP_TRY(check_plain(conf, &sites.plain->settings));
    SSP_TRY(conf_each_section(conf, plain_section, add_section, &reading));
    *ret = sites;
    sites = (struct tls_sites){ 0 };
    return SSP_OK;
}

void tls_sites_done(struct tls_sites *sites)
{
    tls_site_unref(sites->plain);
    for (size_t i = 0; i < sites->n; i++)
        tls_site_unref(sites->named[i]);
    *sites = (struct tls_sites){ 0 };
}

/* ---- Credentials ----------------------------------------------------------------------------- */

static bool is_applications_own(const struct tls_auth *auth)
{
    return auth->n_certs != 0 || auth->roots != NULL;
}

static enum ssp_err use_section(const struct tls_sites *sites, const struct tls_cred_request *what,
                                const struct tls_auth *auth, struct tls_cred *cred)
{
    ssp_cleanup(wipe_free_str) char *name = NULL;

    SSP_TRY(str16_to_utf8(what->principal, &name));
    struct tls_site *site = find_site(sites, name);
    if (site == NULL || !site->settings.allow)
        return ssp_fail(NO_CREDS);
    if (!tls_settings_admit(&site->settings, what->uid))
        return ssp_fail(NOT_OWNER);
    if (is_applications_own(auth))
        return ssp_fail(UNKNOWN_CREDS); /* one or the other */
    cred->site = tls_site_ref(site);
    return tls_policy_make(&site->settings, auth, what->fips, &cred->policy);
}

/* A token's module is loaded into whoever opens it, and a PIN may be a file's: not in the LSA's
 * process, for anybody but that process itself. */
static enum ssp_err check_keys(const struct tls_cred_request *what, const struct tls_auth *auth)
{
    for (size_t i = 0; i < auth->n_certs; i++)
        if (auth->certs[i]->key_url != NULL && !what->is_local)
            return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

static enum ssp_err use_own(const struct tls_sites *sites, const struct tls_cred_request *what,
                            const struct tls_auth *auth, struct tls_cred *cred)
{
    const struct tls_store_parts parts = {
        .own = auth->certs,
        .n_own = auth->n_certs,
        .roots = auth->roots,
        .trusts_nobody = !cred->outbound && auth->roots == NULL,
    };

    SSP_TRY(check_keys(what, auth));
    SSP_TRY(tls_policy_make(&sites->plain->settings, auth, what->fips, &cred->policy));
    return tls_site_of_parts(&parts, &cred->site);
}

static enum ssp_err use_plain(const struct tls_sites *sites, const struct tls_cred_request *what,
                              const struct tls_auth *auth, struct tls_cred *cred)
{
    cred->site = tls_site_ref(sites->plain);
    return tls_policy_make(&sites->plain->settings, auth, what->fips, &cred->policy);
}

static enum ssp_err choose(const struct tls_sites *sites, const struct tls_cred_request *what,
                           struct tls_cred *cred)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };

    if (what->auth_data != NULL)
        SSP_TRY(tls_auth_decode(what->auth_data, &auth));
    if (is_applications_own(&auth) && (what->principal == NULL || what->principal->n == 0))
        return use_own(sites, what, &auth, cred);
    if (what->principal != NULL && what->principal->n != 0)
        return use_section(sites, what, &auth, cred);
    return use_plain(sites, what, &auth, cred);
}

/* What does not hold is found out here rather than by the first peer. */
static enum ssp_err check_store(const struct tls_cred *cred)
{
    ssp_cleanup(tls_store_unrefp) struct tls_store *store = NULL;

    SSP_TRY(tls_site_store(cred->site, &store));
    return cred->inbound && !store->has_own ? ssp_fail(NO_CREDS) : SSP_OK;
}

enum ssp_err tls_cred_new(const struct tls_sites *sites, const struct tls_cred_request *what,
                          struct tls_cred **ret)
{
    ssp_cleanup(tls_cred_unrefp) struct tls_cred *cred = NULL;

    if ((what->use & (SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND)) == 0)
        return ssp_fail(BAD_ARGUMENT);
    cred = calloc(1, sizeof(*cred));
    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    cred->ref = (struct ref)REF_INIT;
    cred->inbound = (what->use & SECPKG_CRED_INBOUND) != 0;
    cred->outbound = (what->use & SECPKG_CRED_OUTBOUND) != 0;
    SSP_TRY(choose(sites, what, cred));
    SSP_TRY(check_store(cred));
    SSP_TRY(tls_policy_priority(&cred->policy, &cred->priority));
    if (cred->outbound)
        SSP_TRY(tls_resume_new(&cred->resume));
    *ret = ssp_steal(&cred);
    return SSP_OK;
}

struct tls_cred *tls_cred_ref(struct tls_cred *cred)
{
    ref_take(&cred->ref);
    return cred;
}

void tls_cred_unref(struct tls_cred *cred)
{
    if (cred == NULL || !ref_drop(&cred->ref))
        return;
    tls_site_unref(cred->site);
    tls_resume_free(cred->resume);
    if (cred->priority != NULL)
        gnutls_priority_deinit(cred->priority);
    free(cred);
}

void tls_cred_unrefp(struct tls_cred **cred)
{
    tls_cred_unref(*cred);
    *cred = NULL;
}
