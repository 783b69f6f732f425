/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/cred.h"

#include <sspi.h>
#include <stdlib.h>

#include "base/cleanup.h"

static enum ssp_err new_hashes(struct ntlm_cred *cred)
{
    cred->hashes = arena_alloc(ARENA_CREDENTIALS, sizeof(*cred->hashes));
    return cred->hashes == NULL ? ssp_fail(NO_MEMORY) : SSP_OK;
}

static struct ntlm_cred *new_cred(void)
{
    struct ntlm_cred *cred = calloc(1, sizeof(*cred));

    if (cred != NULL)
        cred->ref = (struct ref)REF_INIT;
    return cred;
}

static enum ssp_err copy(const struct str16 *s, struct str16 *ret)
{
    return str16_from_units(s->p, s->n, ret);
}

/* Where in a name a character stands; name->n when it does not. */
static size_t index_of(const struct str16 *name, char16_t c)
{
    size_t i = 0;

    while (i < name->n && name->p[i] != c)
        i++;
    return i;
}

/* "DOMAIN\user" in the user's field counts as both, unless a domain is given as well.  A UPN stays
 * whole: Windows sends it so, with an empty domain. */
static enum ssp_err set_names(const struct identity *identity, struct ntlm_cred *cred)
{
    size_t at = index_of(&identity->user, u'\\');

    if (identity->domain.n != 0 || at == identity->user.n) {
        SSP_TRY(copy(&identity->user, &cred->user));
        return copy(&identity->domain, &cred->domain);
    }
    SSP_TRY(str16_from_units(identity->user.p, at, &cred->domain));
    return str16_from_units(identity->user.p + at + 1, identity->user.n - at - 1, &cred->user);
}

static enum ssp_err set_hashes(const struct ntlm_config *config, const struct str16 *password,
                               struct ntlm_cred *cred)
{
    SSP_TRY(new_hashes(cred));
    SSP_TRY(ntlm_ntowf_v1(password, &cred->hashes->nt));
    if (!config->lm)
        return SSP_OK;
    enum ssp_err e = ntlm_lmowf_v1(password, &cred->hashes->lm);
    return e == SSP_ERR_BAD_ARGUMENT ? SSP_OK : e; /* a password that LM cannot say has none */
}

static enum ssp_err from_identity(const struct ntlm_config *config, const struct identity *identity,
                                  struct ntlm_cred *cred)
{
    cred->is_anonymous =
        identity->user.n == 0 && identity->domain.n == 0 && identity->password.n == 0;
    if (cred->is_anonymous)
        return SSP_OK;
    if (!identity->has_user || !identity->has_password)
        return ssp_fail(NO_CREDS);
    SSP_TRY(set_names(identity, cred));
    return set_hashes(config, &identity->password, cred);
}

static bool is_set(const char *path)
{
    return path != NULL && *path != '\0';
}

static enum ssp_err from_file(const struct ntlm_config *config, struct ntlm_cred *cred)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry entry = { 0 };

    if (!is_set(config->credential))
        return ssp_fail(NO_CREDS);
    SSP_TRY(sam_first(config->credential, &entry));
    SSP_TRY(new_hashes(cred));
    key_set(&cred->hashes->nt, VIEW_OF(entry.hash));
    SSP_TRY(copy(&entry.user, &cred->user));
    return copy(&entry.domain, &cred->domain);
}

/* Names and password all NULL ask for the client's own, as no identity does; names that are there
 * but empty ask to be nobody. */
static bool is_unsaid(const struct identity *identity)
{
    return !identity->has_user && !identity->has_domain && !identity->has_password;
}

static enum ssp_err set_outbound(const struct ntlm_config *config, const void *auth_data,
                                 struct ntlm_cred *cred)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };

    if (auth_data != NULL)
        SSP_TRY(identity_decode(auth_data, &identity));
    if (!is_unsaid(&identity))
        SSP_TRY(from_identity(config, &identity, cred));
    else if (!cred->inbound || is_set(config->credential))
        SSP_TRY(from_file(config, cred));
    else
        return SSP_OK;
    cred->outbound = true;
    return SSP_OK;
}

enum ssp_err ntlm_cred_new(const struct ntlm_config *config, const struct ntlm_cred_request *what,
                           struct ntlm_cred **ret)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = new_cred();

    if ((what->use & (SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND)) == 0)
        return ssp_fail(BAD_ARGUMENT);
    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    cred->inbound = (what->use & SECPKG_CRED_INBOUND) != 0;
    if (what->principal != NULL)
        SSP_TRY(copy(what->principal, &cred->principal));
    if ((what->use & SECPKG_CRED_OUTBOUND) != 0)
        SSP_TRY(set_outbound(config, what->auth_data, cred));

    *ret = ssp_steal(&cred);
    return SSP_OK;
}

enum ssp_err ntlm_cred_of(const struct ntlm_cred *parts, struct ntlm_cred **ret)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = new_cred();

    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    cred->inbound = parts->inbound;
    cred->outbound = parts->outbound;
    cred->is_anonymous = parts->is_anonymous;
    SSP_TRY(copy(&parts->user, &cred->user));
    SSP_TRY(copy(&parts->domain, &cred->domain));
    SSP_TRY(copy(&parts->principal, &cred->principal));
    if (parts->hashes != NULL) {
        SSP_TRY(new_hashes(cred));
        *cred->hashes = *parts->hashes;
    }

    *ret = ssp_steal(&cred);
    return SSP_OK;
}

struct ntlm_cred *ntlm_cred_ref(struct ntlm_cred *cred)
{
    ref_take(&cred->ref);
    return cred;
}

void ntlm_cred_unref(struct ntlm_cred *cred)
{
    if (cred == NULL || !ref_drop(&cred->ref))
        return;
    str16_wipe(&cred->user);
    str16_wipe(&cred->domain);
    str16_wipe(&cred->principal);
    arena_free(cred->hashes);
    free(cred);
}

void ntlm_cred_unrefp(struct ntlm_cred **cred)
{
    ntlm_cred_unref(*cred);
    *cred = NULL;
}
