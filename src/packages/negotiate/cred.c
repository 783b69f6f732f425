/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/cred.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/identity.h"

static struct nego_cred *new_cred(const struct nego_env *env)
{
    struct nego_cred *cred = calloc(1, sizeof(*cred));

    if (cred != NULL) {
        cred->ref = (struct ref)REF_INIT;
        cred->env = env;
        cred->expiry = FILETIME_NEVER;
    }
    return cred;
}

/* "PackageList: a comma-delimited list of the names of security packages that are available to the
 * Microsoft Negotiate provider." */
static enum ssp_err read_identity(const void *auth_data, struct nego_choice *choice,
                                  bool *ret_is_anonymous)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };
    bool is_said = false;

    if (auth_data == NULL)
        return SSP_OK;
    SSP_TRY(identity_decode(auth_data, &identity));
    nego_choice_restrict(choice, &identity.package_list);
    is_said = identity.has_user || identity.has_domain || identity.has_password;
    *ret_is_anonymous =
        is_said && identity.user.n == 0 && identity.domain.n == 0 && identity.password.n == 0;
    return choice->n != 0 ? SSP_OK : ssp_fail(NO_PACKAGE);
}

static NTSTATUS acquire_one(struct nego_cred *cred, enum nego_package package,
                            const OPENSSPI_INNER_ACQUIRE *what)
{
    const OPENSSPI_LSA_INNER_TABLE *inner = cred->env->inner;
    TimeStamp expiry = { .QuadPart = FILETIME_NEVER };
    ULONG id = 0;
    NTSTATUS status = inner->LocatePackage(nego_package_name(package), &id, NULL);

    if (!NT_SUCCESS(status))
        return SEC_E_SECPKG_NOT_FOUND;
    status = inner->AcquireCredential(id, what, &cred->inner[package], &expiry);
    if (!NT_SUCCESS(status))
        return status;
    cred->choice.package[cred->choice.n++] = package;
    if (expiry.QuadPart < cred->expiry)
        cred->expiry = expiry.QuadPart;
    return STATUS_SUCCESS;
}

/* The favourite's refusal says most about why there is nothing: a package that is not here has
 * not been asked. */
static bool says_more(NTSTATUS status, NTSTATUS so_far)
{
    return NT_SUCCESS(so_far) || so_far == SEC_E_SECPKG_NOT_FOUND ||
           (so_far == SEC_E_NO_CREDENTIALS && status != SEC_E_SECPKG_NOT_FOUND);
}

enum ssp_err nego_cred_new(const struct nego_env *env, const OPENSSPI_INNER_ACQUIRE *what,
                           struct nego_cred **ret, NTSTATUS *ret_status)
{
    ssp_cleanup(nego_cred_unrefp) struct nego_cred *cred = new_cred(env);
    struct nego_choice choice = env->config->packages;
    NTSTATUS refusal = STATUS_SUCCESS;

    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(read_identity(what->AuthorizationData, &choice, &cred->is_anonymous));
    for (size_t i = 0; i < choice.n; i++) {
        NTSTATUS status = acquire_one(cred, choice.package[i], what);

        if (!NT_SUCCESS(status) && says_more(status, refusal))
            refusal = status;
    }
    if (cred->choice.n == 0) {
        *ret_status = refusal;
        return ssp_fail(INNER);
    }
    *ret = ssp_steal(&cred);
    return SSP_OK;
}

enum ssp_err nego_cred_query(const struct nego_cred *cred, ULONG attribute, void *ret,
                             NTSTATUS *ret_status)
{
    NTSTATUS status = SEC_E_UNSUPPORTED_FUNCTION;

    for (size_t i = 0; i < cred->choice.n && !NT_SUCCESS(status); i++)
        status =
            cred->env->inner->QueryCredential(cred->inner[cred->choice.package[i]], attribute, ret);
    *ret_status = status;
    return NT_SUCCESS(status) ? SSP_OK : ssp_fail(INNER);
}

struct nego_cred *nego_cred_ref(struct nego_cred *cred)
{
    if (cred != NULL)
        ref_take(&cred->ref);
    return cred;
}

void nego_cred_unref(struct nego_cred *cred)
{
    if (cred == NULL || !ref_drop(&cred->ref))
        return;
    for (size_t i = 0; i < cred->choice.n; i++)
        cred->env->inner->FreeCredential(cred->inner[cred->choice.package[i]]);
    free(cred);
}

void nego_cred_unrefp(struct nego_cred **cred)
{
    nego_cred_unref(*cred);
    *cred = NULL;
}
