/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/support.h"

/* Constant, though Windows' types do not say so: no package may change what others call. */
static const LSA_SECPKG_FUNCTION_TABLE table = {
    .CreateLogonSession = support_create_logon_session,
    .DeleteLogonSession = support_delete_logon_session,
    .AddCredential = support_no_add_credential,
    .GetCredentials = support_get_credentials,
    .DeleteCredential = support_no_delete_credential,
    .AllocateLsaHeap = support_allocate,
    .FreeLsaHeap = support_free,
    .AllocateClientBuffer = support_allocate_client_buffer,
    .FreeClientBuffer = support_free_client_buffer,
    .CopyToClientBuffer = support_copy_to_client,
    .CopyFromClientBuffer = support_copy_from_client,
    .ImpersonateClient = support_impersonate_client,
    .UnloadPackage = support_no_unload_package,
    .DuplicateHandle = support_duplicate_handle,
    .SaveSupplementalCredentials = support_no_save_supplemental_credentials,
    .CreateThread = support_no_create_thread,
    .GetClientInfo = support_get_client_info,
    .RegisterNotification = support_no_register_notification,
    .CancelNotification = support_no_cancel_notification,
    .MapBuffer = support_map_buffer,
    .CreateToken = support_create_token,
    .AuditLogon = support_audit_logon,
    .CallPackage = support_call_package,
    .FreeReturnBuffer = support_free,
    .GetCallInfo = support_get_call_info,
    .CallPackageEx = support_call_package_ex,
    .CreateSharedMemory = support_no_create_shared_memory,
    .AllocateSharedMemory = support_no_allocate_shared_memory,
    .FreeSharedMemory = support_no_free_shared_memory,
    .DeleteSharedMemory = support_no_delete_shared_memory,
    .OpenSamUser = support_no_open_sam_user,
    .GetUserCredentials = support_no_get_user_credentials,
    .GetUserAuthData = support_no_get_user_auth_data,
    .CloseSamUser = support_no_close_sam_user,
    .ConvertAuthDataToToken = support_no_convert_auth_data_to_token,
    .ClientCallback = support_no_client_callback,
    .UpdateCredentials = support_no_update_credentials,
    .GetAuthDataForUser = support_no_get_auth_data_for_user,
    .CrackSingleName = support_no_crack_single_name,
    .AuditAccountLogon = support_audit_account_logon,
    .CallPackagePassthrough = support_call_package_passthrough,
    .CrediRead = support_no_credi_read,
    .CrediReadDomainCredentials = support_no_credi_read_domain_credentials,
    .CrediFreeCredentials = support_no_credi_free_credentials,
    .LsaProtectMemory = support_protect_memory,
    .LsaUnprotectMemory = support_unprotect_memory,
    .OpenTokenByLogonId = support_no_open_token_by_logon_id,
    .ExpandAuthDataForDomain = support_no_expand_auth_data_for_domain,
    .AllocatePrivateHeap = support_allocate_private,
    .FreePrivateHeap = support_free_private,
    .CreateTokenEx = support_no_create_token_ex,
    .CrediWrite = support_no_credi_write,
    .CrediUnmarshalandDecodeString = support_no_credi_unmarshal_and_decode_string,
    .GetExtendedCallFlags = support_get_extended_call_flags,
    .DuplicateTokenHandle = support_duplicate_handle,
    .GetServiceAccountPassword = support_no_get_service_account_password,
    .AuditLogonEx = support_audit_logon_ex,
    .CheckProtectedUserByToken = support_no_check_protected_user_by_token,
    .QueryClientRequest = support_no_query_client_request,
    .GetAppModeInfo = support_no_get_app_mode_info,
    .SetAppModeInfo = support_no_set_app_mode_info,
    .GetClientInfoEx = support_get_client_info_ex,
};

static const LSA_DISPATCH_TABLE dispatch_table = {
    .CreateLogonSession = support_create_logon_session,
    .DeleteLogonSession = support_delete_logon_session,
    .AddCredential = support_no_add_credential,
    .GetCredentials = support_get_credentials,
    .DeleteCredential = support_no_delete_credential,
    .AllocateLsaHeap = support_allocate,
    .FreeLsaHeap = support_free,
    .AllocateClientBuffer = support_allocate_client_buffer,
    .FreeClientBuffer = support_free_client_buffer,
    .CopyToClientBuffer = support_copy_to_client,
    .CopyFromClientBuffer = support_copy_from_client,
};

PLSA_SECPKG_FUNCTION_TABLE support_table(void)
{
    return (PLSA_SECPKG_FUNCTION_TABLE)(uintptr_t)&table;
}

PLSA_DISPATCH_TABLE support_dispatch_table(void)
{
    return (PLSA_DISPATCH_TABLE)(uintptr_t)&dispatch_table;
}
