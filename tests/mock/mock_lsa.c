/* SPDX-License-Identifier: Apache-2.0 */
/* The mock's LSA half: the package itself, and credentials. */
#include "mock/mock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry points' prototypes: ntsecpkg.h has their types only. */
NTSTATUS NTAPI SpLsaModeInitialize(ULONG version, PULONG ret_version, PSECPKG_FUNCTION_TABLE *ret,
                                   PULONG ret_n);
NTSTATUS NTAPI SpLsaExportInitialize(ULONG version, const OPENSSPI_LSA_EXPORT_TABLE **ret,
                                     PULONG ret_n);

struct mock_list mock_creds = MOCK_LIST_INIT;
PLSA_SECPKG_FUNCTION_TABLE mock_lsa;

/* ---- The package itself ------------------------------------------------ */

static NTSTATUS NTAPI sp_initialize(ULONG_PTR id, PSECPKG_PARAMETERS parameters,
                                    PLSA_SECPKG_FUNCTION_TABLE functions)
{
    (void)id;
    (void)parameters;
    mock_lsa = functions;
    MOCK_TOLD("Initialize");
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_shutdown(VOID)
{
    return STATUS_SUCCESS;
}

static SecPkgInfoW info_of(SEC_WCHAR *name)
{
    static SEC_WCHAR comment[] = u"A package for tests";

    return (SecPkgInfoW){
        .fCapabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION |
                         SECPKG_FLAG_IMPERSONATION,
        .wVersion = 1,
        .wRPCID = SECPKG_ID_NONE,
        .cbMaxToken = MOCK_TOKEN_MAX,
        .Name = name,
        .Comment = comment,
    };
}

static NTSTATUS NTAPI sp_get_info(PSecPkgInfo ret)
{
    static SEC_WCHAR name[] = u"Mock";
    long unused = 0;

    MOCK_TOLD("GetInfo");
    *ret = info_of(mock_told("nameless", &unused) ? NULL : name);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_get_info_of_second(PSecPkgInfo ret)
{
    static SEC_WCHAR name[] = u"MockToo";
    static SEC_WCHAR same[] = u"MOCK";
    long unused = 0;

    *ret = info_of(mock_told("same_name", &unused) ? same : name);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_get_extended_information(SECPKG_EXTENDED_INFORMATION_CLASS class,
                                                  PSECPKG_EXTENDED_INFORMATION *ret)
{
    if (class != SecpkgContextThunks)
        return STATUS_INVALID_INFO_CLASS;
    PSECPKG_EXTENDED_INFORMATION info = mock_lsa->AllocateLsaHeap(sizeof(*info));
    if (info == NULL)
        return STATUS_NO_MEMORY;
    info->Class = class;
    info->Info.ContextThunks.InfoLevelCount = 1;
    info->Info.ContextThunks.Levels[0] = MOCK_ATTR_LEGS;
    *ret = info;
    return STATUS_SUCCESS;
}

static VOID NTAPI sp_logon_terminated(PLUID id)
{
    (void)id;
    mock_counts.terminated++;
}

/* "get NAME" gives a long; everything else is for the script. */
static NTSTATUS NTAPI sp_call_package(PLSA_CLIENT_REQUEST request, PVOID bytes, PVOID base, ULONG n,
                                      PVOID *ret, PULONG ret_n, PNTSTATUS ret_status)
{
    char text[128] = "";
    char name[40] = "";

    (void)base;
    MOCK_TOLD("CallPackage");
    if (n >= sizeof(text))
        return STATUS_INVALID_BUFFER_SIZE;
    memcpy(text, bytes, n);
    *ret_status = STATUS_SUCCESS;
    if (sscanf(text, "get %39s", name) != 1) {
        mock_script_run(text, n);
        return STATUS_SUCCESS;
    }

    long value = mock_count(name);
    NTSTATUS status = mock_lsa->AllocateClientBuffer(request, sizeof(value), ret);
    if (!NT_SUCCESS(status))
        return status;
    *ret_n = sizeof(value);
    return mock_lsa->CopyToClientBuffer(request, sizeof(value), *ret, &value);
}

/* ---- Credentials ------------------------------------------------------- */

static void note_caller(const LUID *logon)
{
    SECPKG_CALL_INFO call = { 0 };
    SECPKG_CLIENT_INFO client = { 0 };

    if (mock_lsa->GetCallInfo(&call))
        mock_counts.call_attributes = call.Attributes;
    if (NT_SUCCESS(mock_lsa->GetClientInfo(&client)))
        mock_counts.call_client_pid = client.ProcessID;
    mock_counts.logon_low = logon != NULL ? logon->LowPart : 0;
}

/* The secret is the password's bytes, cut; without an identity everybody's is the same. */
static NTSTATUS read_identity(const SEC_WINNT_AUTH_IDENTITY_W *identity, struct mock_cred *cred)
{
    size_t n = 0;

    memcpy(cred->secret, "everybody's secret", strlen("everybody's secret"));
    memcpy(cred->user, u"somebody", sizeof(u"somebody"));
    if (identity == NULL)
        return STATUS_SUCCESS;
    if (identity->Flags != SEC_WINNT_AUTH_IDENTITY_UNICODE ||
        identity->UserLength > MOCK_NAME_MAX / 2)
        return SEC_E_UNKNOWN_CREDENTIALS;
    n = identity->PasswordLength * sizeof(char16_t);
    memset(cred->secret, 0, sizeof(cred->secret));
    memcpy(cred->secret, identity->Password, n < MOCK_KEY ? n : MOCK_KEY);
    memset(cred->user, 0, sizeof(cred->user));
    memcpy(cred->user, identity->User, identity->UserLength * sizeof(char16_t));
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_acquire(PUNICODE_STRING principal, ULONG use, PLUID logon, PVOID auth_data,
                                 PVOID key_function, PVOID key_argument, PLSA_SEC_HANDLE ret,
                                 PTimeStamp ret_expiry)
{
    long unused = 0;

    (void)principal;
    (void)use;
    (void)key_function;
    (void)key_argument;
    note_caller(logon);
    MOCK_TOLD("AcquireCredentialsHandle");
    if (mock_told("zero_credential", &unused))
        return STATUS_SUCCESS;

    struct mock_cred *cred = calloc(1, sizeof(*cred));
    if (cred == NULL)
        return STATUS_NO_MEMORY;
    NTSTATUS status = read_identity(auth_data, cred);
    if (!NT_SUCCESS(status)) {
        free(cred);
        return status;
    }
    mock_counts.creds++;
    mock_add(&mock_creds, &cred->object, mock_fresh_handle());
    *ret = cred->object.handle;
    ret_expiry->QuadPart = INT64_MAX;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_free_cred(LSA_SEC_HANDLE handle)
{
    struct mock_cred *cred = mock_remove(&mock_creds, handle);

    MOCK_TOLD("FreeCredentialsHandle");
    if (cred == NULL)
        return SEC_E_INVALID_HANDLE;
    mock_counts.creds--;
    explicit_bzero(cred, sizeof(*cred));
    free(cred);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_query_cred(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    struct mock_cred *cred = mock_find(&mock_creds, handle);
    SecPkgCredentials_NamesW *names = ret;

    MOCK_TOLD("QueryCredentialsAttributes");
    if (cred == NULL)
        return SEC_E_INVALID_HANDLE;
    if (attribute != SECPKG_CRED_ATTR_NAMES)
        return SEC_E_UNSUPPORTED_FUNCTION;
    NTSTATUS status =
        mock_lsa->AllocateClientBuffer(NULL, sizeof(cred->user), (PVOID *)&names->sUserName);
    if (!NT_SUCCESS(status))
        return status;
    return mock_lsa->CopyToClientBuffer(NULL, sizeof(cred->user), names->sUserName, cred->user);
}

static NTSTATUS NTAPI sp_set_cred(LSA_SEC_HANDLE handle, ULONG attribute, PVOID value, ULONG size)
{
    if (mock_find(&mock_creds, handle) == NULL)
        return SEC_E_INVALID_HANDLE;
    if (attribute != MOCK_CRED_ATTR_SCRIPT)
        return SEC_E_UNSUPPORTED_FUNCTION;
    mock_script_run(value, size);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_change_password(PUNICODE_STRING domain, PUNICODE_STRING account,
                                         PUNICODE_STRING old, PUNICODE_STRING fresh,
                                         BOOLEAN impersonating, PSecBufferDesc output)
{
    (void)domain;
    (void)account;
    (void)fresh;
    (void)impersonating;
    (void)output;
    return old->Length != 0 ? STATUS_SUCCESS : STATUS_WRONG_PASSWORD;
}

/* ---- Entry points ------------------------------------------------------ */

#define MOCK_TABLE(get_info)                                                                    \
    {                                                                                           \
        .CallPackage = sp_call_package, .LogonTerminated = sp_logon_terminated,                 \
        .CallPackageUntrusted = sp_call_package, .Initialize = sp_initialize,                   \
        .Shutdown = sp_shutdown, .GetInfo = (get_info), .AcquireCredentialsHandle = sp_acquire, \
        .QueryCredentialsAttributes = sp_query_cred, .FreeCredentialsHandle = sp_free_cred,     \
        .InitLsaModeContext = mock_init_context, .AcceptLsaModeContext = mock_accept_context,   \
        .DeleteContext = mock_delete_context,                                                   \
        .GetExtendedInformation = sp_get_extended_information,                                  \
        .QueryContextAttributes = mock_query_context, .SetCredentialsAttributes = sp_set_cred,  \
        .ChangeAccountPassword = sp_change_password,                                            \
    }

static SECPKG_FUNCTION_TABLE tables[] = {
    MOCK_TABLE(sp_get_info),
    MOCK_TABLE(sp_get_info_of_second),
};

MOCK_EXPORT NTSTATUS NTAPI SpLsaModeInitialize(ULONG version, PULONG ret_version,
                                               PSECPKG_FUNCTION_TABLE *ret, PULONG ret_n)
{
    long value = 0;

    if (version != SECPKG_INTERFACE_VERSION)
        return STATUS_INVALID_PARAMETER;
    mock_script_from_environment();
    MOCK_TOLD("SpLsaModeInitialize");
    *ret_version = mock_told("version", &value) ? (ULONG)value : (ULONG)SECPKG_INTERFACE_VERSION_4;
    *ret = mock_told("no_tables", &value) ? NULL : tables;
    *ret_n = mock_told("n_tables", &value) ? (ULONG)value : 2;
    return STATUS_SUCCESS;
}

MOCK_EXPORT NTSTATUS NTAPI SpLsaExportInitialize(ULONG version,
                                                 const OPENSSPI_LSA_EXPORT_TABLE **ret,
                                                 PULONG ret_n)
{
    /* The second package cannot move half-done handshakes. */
    static const OPENSSPI_LSA_EXPORT_TABLE table = { OPENSSPI_LSA_EXPORT_VERSION, mock_export_lsa,
                                                     mock_import_lsa };

    if (version != OPENSSPI_LSA_EXPORT_VERSION)
        return STATUS_INVALID_PARAMETER;
    MOCK_TOLD("SpLsaExportInitialize");
    *ret = &table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
