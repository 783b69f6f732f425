/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/cred.h"

#include "base/cleanup.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/status.h"
#include "lsa/text.h"

#include <stdlib.h>

enum ssp_err lsa_cred_get(struct client *client, uint64_t id, struct lsa_cred **ret)
{
    struct owned *owned = NULL;

    SSP_TRY(owned_get(client, OWNED_CRED, id, &owned));
    *ret = (struct lsa_cred *)owned;
    return SSP_OK;
}

void lsa_cred_put(struct lsa_cred **cred)
{
    if (*cred != NULL)
        owned_put(&(*cred)->owned);
    *cred = NULL;
}

static void cred_delete(struct lsa_cred **cred)
{
    struct lsa_cred *gone = ssp_steal(cred);

    if (gone == NULL)
        return;
    if (gone->handle != 0 && gone->package->lsa.FreeCredentialsHandle != NULL) {
        ssp_cleanup(call_end) struct call call;

        call_begin(&call, gone->owned.client->lsa, gone->owned.client, gone->package,
                   SECPKG_CALL_CLEANUP);
        (void)gone->package->lsa.FreeCredentialsHandle(gone->handle);
    }
    logon_unref_chain(&gone->made);
    owned_done(&gone->owned);
    free(gone);
}

void lsa_cred_destroy(void *cred)
{
    struct lsa_cred *gone = cred;

    cred_delete(&gone);
}

static enum ssp_err cred_new(struct client *client, struct package *package, size_t bytes,
                             struct lsa_cred **ret)
{
    ssp_cleanup(cred_delete) struct lsa_cred *cred = malloc(sizeof(*cred));

    if (cred == NULL)
        return ssp_fail(NO_MEMORY);
    *cred = (struct lsa_cred){ .package = package };
    SSP_TRY(owned_init(&cred->owned, client, OWNED_CRED));
    SSP_TRY(owned_grow(&cred->owned, bytes));
    *ret = ssp_steal(&cred);
    return SSP_OK;
}

/* A client may use its own session, and those that were made for its user. */
static enum ssp_err choose_logon(struct client *client, const LUID *wanted, LUID *ret)
{
    if (wanted == NULL || SecIsZeroLuid(wanted)) {
        *ret = client->logon->id;
        return SSP_OK;
    }

    ssp_cleanup(logon_unref) struct logon *logon = logon_find(client->lsa, *wanted);
    if (logon == NULL || logon->uid != client->door->uid(client))
        return ssp_fail(NO_CREDS);
    *ret = logon->id;
    return SSP_OK;
}

/* What AcquireCredentialsHandle and AddCredentials have in common. */
struct request {
    UNICODE_STRING principal;
    UNICODE_STRING package;
    LUID logon;
};

static enum ssp_err prepare(struct client *client, const struct lsa_acquire *what,
                            struct request *ret)
{
    SSP_TRY(lsa_text_lend(what->principal, &ret->principal));
    SSP_TRY(lsa_text_lend(what->package, &ret->package));
    return choose_logon(client, what->logon_id, &ret->logon);
}

static PUNICODE_STRING or_null(UNICODE_STRING *text)
{
    return text->Buffer != NULL ? text : NULL;
}

static ULONG call_attributes(const struct lsa_acquire *what)
{
    return what->ansi ? SECPKG_CALL_ANSI : 0;
}

static enum ssp_err publish(struct lsa_cred **cred, struct call *call, uint64_t *ret)
{
    logon_move_chain(&(*cred)->made, &call->made);
    SSP_TRY(owned_publish(&(*cred)->owned, ret));
    *cred = NULL;
    return SSP_OK;
}

/* The package's part, inside a call. */
static SECURITY_STATUS ask_package(struct lsa_cred *cred, const struct lsa_acquire *what,
                                   struct request *request, TimeStamp *ret_expiry)
{
    LSA_SEC_HANDLE handle = 0;
    SECURITY_STATUS status =
        status_from_nt(cred->package->lsa.AcquireCredentialsHandle(
                           or_null(&request->principal), what->use, &request->logon,
                           what->auth_data, NULL, NULL, &handle, ret_expiry),
                       STATUS_OF_CALL);

    if (status < 0)
        return status;
    cred->handle = handle;
    /* A credential of that name could not be told from none. */
    return handle != 0 ? status : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS lsa_cred_acquire(struct client *client, const struct lsa_acquire *what,
                                 uint64_t *ret_cred, TimeStamp *ret_expiry)
{
    struct package *package = package_by_name(&client->lsa->packages, what->package);
    struct request request = { 0 };
    ssp_cleanup(cred_delete) struct lsa_cred *cred = NULL;
    TimeStamp expiry = { .QuadPart = FILETIME_NEVER };

    if (package == NULL)
        return SEC_E_SECPKG_NOT_FOUND;
    if (package->lsa.AcquireCredentialsHandle == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    enum ssp_err e = prepare(client, what, &request);
    if (e == SSP_OK)
        e = cred_new(client, package, what->bytes, &cred);
    if (e != SSP_OK)
        return ssp_err_status(e);

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, cred->package, call_attributes(what));
    call.acquire = what;
    SECURITY_STATUS status = ask_package(cred, what, &request, &expiry);
    if (status < 0)
        return status;
    e = publish(&cred, &call, ret_cred);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *ret_expiry = expiry;
    return status;
}

SECURITY_STATUS lsa_cred_add(struct client *client, uint64_t id, const struct lsa_acquire *what,
                             TimeStamp *ret_expiry)
{
    ssp_cleanup(lsa_cred_put) struct lsa_cred *cred = NULL;
    struct request request = { 0 };
    TimeStamp expiry = { .QuadPart = FILETIME_NEVER };

    enum ssp_err e = lsa_cred_get(client, id, &cred);
    if (e == SSP_OK)
        e = prepare(client, what, &request);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (cred->package->lsa.AddCredentials == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    e = owned_grow(&cred->owned, what->bytes);
    if (e != SSP_OK)
        return ssp_err_status(e);

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, cred->package, call_attributes(what));
    call.acquire = what;
    SECURITY_STATUS status =
        status_from_nt(cred->package->lsa.AddCredentials(cred->handle, or_null(&request.principal),
                                                         or_null(&request.package), what->use,
                                                         what->auth_data, NULL, NULL, &expiry),
                       STATUS_OF_CALL);
    if (status >= 0)
        *ret_expiry = expiry;
    else
        owned_shrink(&cred->owned, what->bytes);
    return status;
}

SECURITY_STATUS lsa_cred_free(struct client *client, uint64_t id)
{
    return ssp_err_status(owned_close(client, OWNED_CRED, id));
}

SECURITY_STATUS lsa_cred_query(struct client *client, uint64_t id, ULONG attribute, void *ret)
{
    ssp_cleanup(lsa_cred_put) struct lsa_cred *cred = NULL;

    enum ssp_err e = lsa_cred_get(client, id, &cred);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (cred->package->lsa.QueryCredentialsAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, cred->package, 0);
    return status_from_nt(
        cred->package->lsa.QueryCredentialsAttributes(cred->handle, attribute, ret),
        STATUS_OF_CALL);
}

SECURITY_STATUS lsa_cred_set(struct client *client, uint64_t id, ULONG attribute, void *value,
                             ULONG size)
{
    ssp_cleanup(lsa_cred_put) struct lsa_cred *cred = NULL;

    enum ssp_err e = lsa_cred_get(client, id, &cred);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (cred->package->lsa.SetCredentialsAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, cred->package, 0);
    return status_from_nt(
        cred->package->lsa.SetCredentialsAttributes(cred->handle, attribute, value, size),
        STATUS_OF_CALL);
}
