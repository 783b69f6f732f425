/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/nested.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "lsa/core.h"
#include "lsa/nested_ctx.h"
#include "lsa/status.h"

#include <stdlib.h>

void nested_begin(struct call *call, struct lsa *lsa, const struct package *package,
                  ULONG attributes)
{
    const struct call *outer = call_current();

    call_begin(call, lsa, outer != NULL ? outer->client : NULL, package, attributes);
}

void nested_keep(struct call *call)
{
    if (call->outer != NULL)
        logon_move_chain(&call->outer->made, &call->made);
}

/* The strings stay the package's, which stays as long as its LSA. */
static SecPkgInfoW info_of(const struct package *package)
{
    return (SecPkgInfoW){
        .fCapabilities = package->capabilities,
        .wVersion = package->version,
        .wRPCID = package->rpc_id,
        .cbMaxToken = package->max_token,
        .Name = (SEC_WCHAR *)package->name.p,
        .Comment = (SEC_WCHAR *)package->comment.p,
    };
}

static NTSTATUS NTAPI locate(const SEC_WCHAR *name, PULONG ret_id, PSecPkgInfoW ret_info)
{
    const struct call *call = call_current();

    if (call == NULL || ret_id == NULL)
        return STATUS_INVALID_HANDLE;
    const struct package *package = package_by_name(&call->lsa->packages, name);
    if (package == NULL)
        return STATUS_NO_SUCH_PACKAGE;
    *ret_id = package->id;
    if (ret_info != NULL)
        *ret_info = info_of(package);
    return STATUS_SUCCESS;
}

static void cred_free(POPENSSPI_INNER_CREDENTIAL *cred)
{
    POPENSSPI_INNER_CREDENTIAL gone = ssp_steal(cred);

    if (gone == NULL)
        return;
    if (gone->handle != 0 && gone->package->lsa.FreeCredentialsHandle != NULL) {
        ssp_cleanup(call_end) struct call call;

        nested_begin(&call, gone->lsa, gone->package, SECPKG_CALL_CLEANUP);
        (void)gone->package->lsa.FreeCredentialsHandle(gone->handle);
    }
    free(gone);
}

static VOID NTAPI free_credential(POPENSSPI_INNER_CREDENTIAL cred)
{
    cred_free(&cred);
}

static SECURITY_STATUS acquire_in(POPENSSPI_INNER_CREDENTIAL cred,
                                  const OPENSSPI_INNER_ACQUIRE *what, ULONG attributes,
                                  TimeStamp *ret_expiry)
{
    ssp_cleanup(call_end) struct call call;
    SpAcquireCredentialsHandleFn *acquire = cred->package->lsa.AcquireCredentialsHandle;
    LSA_SEC_HANDLE handle = 0;

    nested_begin(&call, cred->lsa, cred->package, attributes);
    SECURITY_STATUS status =
        status_from_nt(acquire(what->PrincipalName, what->Use, what->LogonId,
                               what->AuthorizationData, NULL, NULL, &handle, ret_expiry),
                       STATUS_OF_CALL);
    if (status < 0)
        return status;
    if (handle == 0)
        return SEC_E_INTERNAL_ERROR;
    cred->handle = handle;
    nested_keep(&call);
    return status;
}

static NTSTATUS NTAPI acquire_credential(ULONG id, const OPENSSPI_INNER_ACQUIRE *what,
                                         POPENSSPI_INNER_CREDENTIAL *ret, PTimeStamp ret_expiry)
{
    const struct call *call = call_current();
    const struct package *package = call != NULL ? package_by_id(&call->lsa->packages, id) : NULL;
    TimeStamp expiry = { .QuadPart = FILETIME_NEVER };

    if (package == NULL)
        return STATUS_NO_SUCH_PACKAGE;
    if (package->lsa.AcquireCredentialsHandle == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    ssp_cleanup(cred_free) POPENSSPI_INNER_CREDENTIAL cred = malloc(sizeof(*cred));
    if (cred == NULL)
        return STATUS_NO_MEMORY;
    *cred = (struct _OPENSSPI_INNER_CREDENTIAL){ .lsa = call->lsa, .package = package };
    SECURITY_STATUS status = acquire_in(cred, what, call->attributes & SECPKG_CALL_ANSI, &expiry);
    if (status < 0)
        return status;
    *ret = ssp_steal(&cred);
    *ret_expiry = expiry;
    return status;
}

static NTSTATUS NTAPI query_credential(POPENSSPI_INNER_CREDENTIAL cred, ULONG attribute, PVOID ret)
{
    if (cred->package->lsa.QueryCredentialsAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    nested_begin(&call, cred->lsa, cred->package, 0);
    return status_from_nt(
        cred->package->lsa.QueryCredentialsAttributes(cred->handle, attribute, ret),
        STATUS_OF_CALL);
}

static const OPENSSPI_LSA_INNER_TABLE table = {
    .Version = OPENSSPI_LSA_INNER_VERSION,
    .LocatePackage = locate,
    .AcquireCredential = acquire_credential,
    .QueryCredential = query_credential,
    .FreeCredential = free_credential,
    .RunLeg = nested_run_leg,
    .QueryContext = nested_query_ctx,
    .DeleteContext = nested_delete_ctx,
    .SignMechList = nested_sign,
    .VerifyMechList = nested_verify,
    .GetContextData = nested_get_data,
    .DropContextData = nested_drop_data,
    .ExportContext = nested_export,
    .ImportContext = nested_import,
};

const OPENSSPI_LSA_INNER_TABLE *nested_table(void)
{
    return &table;
}
