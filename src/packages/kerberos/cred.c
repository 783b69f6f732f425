/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/cred.h"

#include <sspi.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/identity.h"

static void cred_freep(struct krb_cred **cred)
{
    krb_cred_free(*cred);
    *cred = NULL;
}

static enum ssp_err new_cred(const struct krb_port *port, struct krb_cred **ret)
{
    ssp_cleanup(cred_freep) struct krb_cred *cred = calloc(1, sizeof(*cred));

    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    cred->port = port;
    cred->expiry = FILETIME_NEVER;
    SSP_TRY(fork_lock_init(&cred->lock));
    *ret = ssp_steal(&cred);
    return SSP_OK;
}

static bool is_said(const struct str16 *text)
{
    return text != NULL && text->n != 0;
}

/* ---- Who an identity is ------------------------------------------------ */

/* Characters that mean something in a principal's text form are none of a user's name. */
static void put_part(const char *part, bool is_user, struct wr *out)
{
    for (; *part != '\0'; part++) {
        if (is_user && strchr("/@\\", *part) != NULL)
            wr_u8(out, '\\');
        wr_u8(out, (uint8_t)*part);
    }
}

/* "user@REALM": realms are in capitals, and Windows does not care how a domain is written. */
static enum ssp_err join(const struct str16 *user, const struct str16 *domain, char **ret)
{
    ssp_cleanup(wipe_free_str) char *user8 = NULL;
    ssp_cleanup(wipe_free_str) char *realm8 = NULL;
    ssp_cleanup(str16_wipe) struct str16 realm = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_NAME_MAX);
    size_t n = 0;

    SSP_TRY(str16_upper(domain, &realm));
    SSP_TRY(str16_to_utf8(user, &user8));
    SSP_TRY(str16_to_utf8(&realm, &realm8));
    put_part(user8, realm.n != 0, &out); /* a UPN says its realm itself */
    if (realm.n != 0) {
        wr_u8(&out, '@');
        put_part(realm8, false, &out);
    }
    wr_u8(&out, '\0');
    return wr_take(&out, (uint8_t **)ret, &n);
}

/* "DOMAIN\user" in the user's field counts as both, unless a domain is given as well. */
static enum ssp_err name_client(const struct identity *identity, char **ret)
{
    const struct str16 *user = &identity->user;
    struct str16 domain = identity->domain;
    struct str16 name = *user;
    size_t at = 0;

    while (at < user->n && user->p[at] != u'\\')
        at++;
    if (domain.n == 0 && at < user->n) {
        domain = (struct str16){ user->p, at };
        name = (struct str16){ user->p + at + 1, user->n - at - 1 };
    }
    return join(&name, &domain, ret);
}

static enum ssp_err keep_password(const struct str16 *password, struct secret *ret)
{
    ssp_cleanup(wipe_free_str) char *text = NULL;

    SSP_TRY(str16_to_utf8(password, &text));
    return secret_new((struct view){ (const uint8_t *)text, strlen(text) + 1 }, ret);
}

static enum ssp_err take_identity(const struct identity *identity, struct krb_cred *cred)
{
    cred->port->forget(ssp_steal(&cred->tickets));
    if (identity->user.n == 0 || !identity->has_password)
        return ssp_fail(NO_CREDS); /* Kerberos has no anonymous users here */
    SSP_TRY(name_client(identity, &cred->client));
    return keep_password(&identity->password, &cred->password);
}

/* ---- Tickets ----------------------------------------------------------- */

/* Yields those that the credential had before. */
static struct krb_tickets *swap(struct krb_cred *cred, struct krb_tickets *tickets, int64_t expiry)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&cred->lock);
    struct krb_tickets *before = cred->tickets;

    cred->tickets = tickets;
    cred->expiry = expiry;
    return before;
}

/* Takes the tickets over. */
static enum ssp_err have(struct krb_cred *cred, struct krb_tickets *tickets)
{
    ssp_cleanup(krb_tickets_info_wipe) struct krb_tickets_info info = { 0 };
    enum ssp_err e = cred->port->inquire(tickets, &info);

    cred->port->forget(e == SSP_OK ? swap(cred, tickets, info.expiry) : tickets);
    return e;
}

static enum ssp_err collect(struct krb_cred *cred)
{
    struct krb_tickets *tickets = NULL;

    SSP_TRY(cred->port->collect(cred->client, &tickets));
    return have(cred, tickets);
}

static enum ssp_err log_on(const struct krb_env *env, struct krb_cred *cred)
{
    const struct krb_login what = { cred->client, (const char *)cred->password.p,
                                    &env->config->policy.types };
    struct krb_tickets *tickets = NULL;

    SSP_TRY(cred->port->login(&what, &tickets));
    return have(cred, tickets);
}

/* NULL: there are none that last longer than that. */
static struct krb_tickets *share(struct krb_cred *cred, int64_t than)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&cred->lock);

    return cred->tickets != NULL && cred->expiry > than ? cred->port->share(cred->tickets) : NULL;
}

/* A cache is looked into again only as the user who acquired the credential: who impersonated then
 * and does not now would go by a name that the user may have given another meaning since. */
static enum ssp_err renew(const struct krb_env *env, struct krb_cred *cred)
{
    if (cred->password.n != 0)
        return log_on(env, cred);
    if (cred->is_of_cache && geteuid() == cred->uid)
        return collect(cred);
    return SSP_OK;
}

enum ssp_err krb_cred_tickets(const struct krb_env *env, struct krb_cred *cred,
                              struct krb_tickets **ret)
{
    struct krb_tickets *tickets = share(cred, env->clock->filetime());

    if (tickets == NULL) {
        SSP_TRY(renew(env, cred));
        tickets = share(cred, env->clock->filetime());
    }
    if (tickets == NULL)
        return ssp_fail(EXPIRED);
    *ret = tickets;
    return SSP_OK;
}

/* ---- Acquiring --------------------------------------------------------- */

/* Names and password all NULL ask for the client's own, as no identity does. */
static bool is_unsaid(const struct identity *identity)
{
    return !identity->has_user && !identity->has_domain && !identity->has_password;
}

static enum ssp_err find_own(const struct krb_cred_request *what, struct krb_cred *cred)
{
    cred->uid = geteuid();
    cred->is_of_cache = cred->tickets == NULL;
    if (cred->tickets != NULL)
        return have(cred, ssp_steal(&cred->tickets));
    if (what->is_apart)
        return ssp_fail(NO_CREDS);
    if (is_said(what->principal) && !cred->inbound) /* else it is the service's name */
        SSP_TRY(str16_to_utf8(what->principal, &cred->client));
    return collect(cred);
}

static enum ssp_err set_outbound(const struct krb_cred_request *what, struct krb_cred *cred)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };

    if (what->auth_data != NULL)
        SSP_TRY(identity_decode(what->auth_data, &identity));
    if (is_unsaid(&identity))
        SSP_TRY(find_own(what, cred));
    else
        SSP_TRY(take_identity(&identity, cred));
    cred->outbound = true;
    return SSP_OK;
}

static enum ssp_err set_inbound(const struct krb_env *env, const struct krb_cred_request *what,
                                struct krb_cred *cred)
{
    ssp_cleanup(wipe_free_str) char *service = NULL;

    if (!what->may_accept)
        return ssp_fail(NO_CREDS);
    if (is_said(what->principal))
        SSP_TRY(str16_to_utf8(what->principal, &service));
    const char *keytab = krb_config_policy(env->config, service)->keytab;
    SSP_TRY(env->port->check_keytab(*keytab == '\0' ? NULL : keytab));
    cred->service = ssp_steal(&service);
    cred->inbound = true;
    return SSP_OK;
}

/* What is wanted in one direction, and in the other as well, may be missing there. */
static enum ssp_err set_both(const struct krb_env *env, const struct krb_cred_request *what,
                             struct krb_cred *cred)
{
    enum ssp_err e = SSP_OK;

    if ((what->use & SECPKG_CRED_INBOUND) != 0)
        e = set_inbound(env, what, cred);
    if (e != SSP_OK && (e != SSP_ERR_NO_CREDS || (what->use & SECPKG_CRED_OUTBOUND) == 0))
        return e;
    if ((what->use & SECPKG_CRED_OUTBOUND) == 0)
        return SSP_OK;
    e = set_outbound(what, cred);
    return cred->inbound && e == SSP_ERR_NO_CREDS ? SSP_OK : e;
}

enum ssp_err krb_cred_new(const struct krb_env *env, const struct krb_cred_request *what,
                          struct krb_cred **ret)
{
    ssp_cleanup(cred_freep) struct krb_cred *cred = NULL;
    enum ssp_err e = new_cred(env->port, &cred);

    if (e != SSP_OK) {
        env->port->forget(what->tickets);
        return e;
    }
    cred->tickets = what->tickets;
    if ((what->use & (SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND)) == 0)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(set_both(env, what, cred));

    *ret = ssp_steal(&cred);
    return SSP_OK;
}

/* ---- About it ---------------------------------------------------------- */

int64_t krb_cred_expiry(struct krb_cred *cred)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&cred->lock);

    return cred->password.n != 0 ? FILETIME_NEVER : cred->expiry;
}

static enum ssp_err name_of_tickets(const struct krb_port *port, struct krb_tickets *tickets,
                                    struct str16 *ret)
{
    struct krb_tickets_info info = { 0 };
    enum ssp_err e = port->inquire(tickets, &info);

    port->forget(tickets);
    SSP_TRY(e);
    *ret = info.client; /* the caller's now */
    return SSP_OK;
}

enum ssp_err krb_cred_name(struct krb_cred *cred, struct str16 *ret)
{
    const char *name = cred->client != NULL ? cred->client : cred->service;
    struct krb_tickets *tickets = share(cred, INT64_MIN);

    if (tickets != NULL)
        return name_of_tickets(cred->port, tickets, ret);
    if (name == NULL)
        return ssp_fail(NO_CREDS);
    return str16_from_utf8((struct view){ (const uint8_t *)name, strlen(name) }, ret);
}

void krb_cred_free(struct krb_cred *cred)
{
    if (cred == NULL)
        return;
    cred->port->forget(cred->tickets);
    wipe_free_str(&cred->service);
    wipe_free_str(&cred->client);
    secret_wipe(&cred->password);
    fork_lock_destroy(&cred->lock);
    free(cred);
}
