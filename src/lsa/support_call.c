/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/support.h"

#include "base/handle.h"
#include "lsa/call.h"
#include "lsa/core.h"

NTSTATUS NTAPI support_impersonate_client(VOID)
{
    struct call *call = call_of_client();

    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    if (call->client->door->impersonate == NULL)
        return STATUS_NOT_SUPPORTED;
    return call->client->door->impersonate(call->client);
}

/* An inner package's: it stays in the LSA, and means nothing in the client yet. */
static enum ssp_err keep_token(struct call *call, HANDLE source, HANDLE *ret)
{
    if (*call->token != NULL)
        return ssp_fail(OVER_QUOTA);
    SSP_TRY(handle_dup(source, call->token));
    *ret = NULL;
    return SSP_OK;
}

NTSTATUS NTAPI support_duplicate_handle(HANDLE source, PHANDLE ret)
{
    struct call *call = call_of_client();

    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    if (call->token != NULL)
        return ssp_err_status(keep_token(call, source, ret));
    return ssp_err_status(call->client->door->give_handle(call->client, source, ret));
}

NTSTATUS NTAPI support_get_client_info(PSECPKG_CLIENT_INFO ret)
{
    struct call *call = call_of_client();

    if (call == NULL)
        return STATUS_INVALID_HANDLE;

    struct client *client = call->client;
    *ret = (SECPKG_CLIENT_INFO){
        .LogonId = client->logon->id,
        .ProcessID = (ULONG)client->door->pid(client),
        .ThreadID = (ULONG)client->door->tid(client),
        .HasTcbPrivilege = client->door->uid(client) == 0,
        .ImpersonationLevel = SecurityImpersonation,
    };
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI support_get_client_info_ex(PSECPKG_CLIENT_INFO_EX ret, ULONG size)
{
    SECPKG_CLIENT_INFO info = { 0 };

    if (size != sizeof(*ret))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = support_get_client_info(&info);
    if (!NT_SUCCESS(status))
        return status;
    *ret = (SECPKG_CLIENT_INFO_EX){
        .LogonId = info.LogonId,
        .ProcessID = info.ProcessID,
        .ThreadID = info.ThreadID,
        .HasTcbPrivilege = info.HasTcbPrivilege,
        .ImpersonationLevel = info.ImpersonationLevel,
        .IdentificationLogonId = info.LogonId,
    };
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI support_get_call_info(PSECPKG_CALL_INFO ret)
{
    struct call *call = call_of_client();

    if (call == NULL)
        return FALSE;

    struct client *client = call->client;
    *ret = (SECPKG_CALL_INFO){
        .ProcessId = (ULONG)client->door->pid(client),
        .ThreadId = (ULONG)client->door->tid(client),
        .Attributes = call->attributes | (client->door->uid(client) == 0 ? SECPKG_CALL_IS_TCB : 0U),
        .CallCount = call->number,
    };
    return TRUE;
}

/* All of them are about Windows' app containers. */
NTSTATUS NTAPI support_get_extended_call_flags(PULONG ret)
{
    if (call_current() == NULL)
        return STATUS_INVALID_HANDLE;
    *ret = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS call_package(enum call_right right, const struct package_request *request,
                             PVOID *ret_bytes, PULONG ret_n, PNTSTATUS ret_status)
{
    struct call *call = call_current();
    struct package_reply reply = { 0 };

    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    NTSTATUS status = lsa_call_package(call->lsa, call->client, right, request, &reply);
    if (!NT_SUCCESS(status))
        return status;
    *ret_bytes = reply.bytes;
    *ret_n = reply.n;
    *ret_status = reply.status;
    return status;
}

NTSTATUS NTAPI support_call_package(PUNICODE_STRING package, PVOID bytes, ULONG n, PVOID *ret_bytes,
                                    PULONG ret_n, PNTSTATUS ret_status)
{
    struct package_request request = { package, bytes, bytes, n };

    return call_package(CALL_TRUSTED, &request, ret_bytes, ret_n, ret_status);
}

NTSTATUS NTAPI support_call_package_ex(PUNICODE_STRING package, PVOID base, PVOID bytes, ULONG n,
                                       PVOID *ret_bytes, PULONG ret_n, PNTSTATUS ret_status)
{
    struct package_request request = { package, bytes, base, n };

    return call_package(CALL_TRUSTED, &request, ret_bytes, ret_n, ret_status);
}

NTSTATUS NTAPI support_call_package_passthrough(PUNICODE_STRING package, PVOID base, PVOID bytes,
                                                ULONG n, PVOID *ret_bytes, PULONG ret_n,
                                                PNTSTATUS ret_status)
{
    struct package_request request = { package, bytes, base, n };

    return call_package(CALL_PASSTHROUGH, &request, ret_bytes, ret_n, ret_status);
}
