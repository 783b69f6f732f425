/* SPDX-License-Identifier: Apache-2.0 */
/* What Windows' LSA has and this one has not: an honest no in each slot's own form. */
#include "lsa/support.h"

#include <stddef.h>

#define UNUSED __attribute__((unused))

NTSTATUS NTAPI support_no_add_credential(UNUSED PLUID LogonId, UNUSED ULONG AuthenticationPackage,
                                         UNUSED PLSA_STRING PrimaryKeyValue,
                                         UNUSED PLSA_STRING Credentials)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_delete_credential(UNUSED PLUID LogonId,
                                            UNUSED ULONG AuthenticationPackage,
                                            UNUSED PLSA_STRING PrimaryKeyValue)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_unload_package(VOID)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_save_supplemental_credentials(UNUSED PLUID LogonId,
                                                        UNUSED ULONG SupplementalCredSize,
                                                        UNUSED PVOID SupplementalCreds,
                                                        UNUSED BOOLEAN Synchronous)
{
    return STATUS_NOT_SUPPORTED;
}

HANDLE NTAPI support_no_create_thread(UNUSED SEC_ATTRS SecurityAttributes, UNUSED ULONG StackSize,
                                      UNUSED SEC_THREAD_START StartFunction,
                                      UNUSED PVOID ThreadParameter, UNUSED ULONG CreationFlags,
                                      UNUSED PULONG ThreadId)
{
    return NULL;
}

HANDLE NTAPI support_no_register_notification(UNUSED SEC_THREAD_START StartFunction,
                                              UNUSED PVOID Parameter, UNUSED ULONG NotificationType,
                                              UNUSED ULONG NotificationClass,
                                              UNUSED ULONG NotificationFlags,
                                              UNUSED ULONG IntervalMinutes, UNUSED HANDLE WaitEvent)
{
    return NULL;
}

NTSTATUS NTAPI support_no_cancel_notification(UNUSED HANDLE NotifyHandle)
{
    return STATUS_NOT_SUPPORTED;
}

PVOID NTAPI support_no_create_shared_memory(UNUSED ULONG MaxSize, UNUSED ULONG InitialSize)
{
    return NULL;
}

PVOID NTAPI support_no_allocate_shared_memory(UNUSED PVOID SharedMem, UNUSED ULONG Size)
{
    return NULL;
}

VOID NTAPI support_no_free_shared_memory(UNUSED PVOID SharedMem, UNUSED PVOID Memory)
{
    /* There is nothing that could be freed: what would make it answers no. */
}

BOOLEAN NTAPI support_no_delete_shared_memory(UNUSED PVOID SharedMem)
{
    return FALSE;
}

NTSTATUS NTAPI support_no_open_sam_user(UNUSED PSECURITY_STRING Name,
                                        UNUSED SECPKG_NAME_TYPE NameType,
                                        UNUSED PSECURITY_STRING Prefix, UNUSED BOOLEAN AllowGuest,
                                        UNUSED ULONG Reserved, UNUSED PVOID *UserHandle)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_get_user_credentials(UNUSED PVOID UserHandle, UNUSED PVOID *PrimaryCreds,
                                               UNUSED PULONG PrimaryCredsSize,
                                               UNUSED PVOID *SupplementalCreds,
                                               UNUSED PULONG SupplementalCredsSize)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_get_user_auth_data(UNUSED PVOID UserHandle, UNUSED PUCHAR *UserAuthData,
                                             UNUSED PULONG UserAuthDataSize)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_close_sam_user(UNUSED PVOID UserHandle)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_convert_auth_data_to_token(
    UNUSED PVOID UserAuthData, UNUSED ULONG UserAuthDataSize,
    UNUSED SECURITY_IMPERSONATION_LEVEL ImpersonationLevel, UNUSED PTOKEN_SOURCE TokenSource,
    UNUSED SECURITY_LOGON_TYPE LogonType, UNUSED PUNICODE_STRING AuthorityName,
    UNUSED PHANDLE Token, UNUSED PLUID LogonId, UNUSED PUNICODE_STRING AccountName,
    UNUSED PNTSTATUS SubStatus)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_client_callback(UNUSED PCHAR Callback, UNUSED ULONG_PTR Argument1,
                                          UNUSED ULONG_PTR Argument2, UNUSED PSecBuffer Input,
                                          UNUSED PSecBuffer Output)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_update_credentials(UNUSED PSECPKG_PRIMARY_CRED PrimaryCredentials,
                                             UNUSED PSECPKG_SUPPLEMENTAL_CRED_ARRAY Credentials)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_get_auth_data_for_user(UNUSED PSECURITY_STRING Name,
                                                 UNUSED SECPKG_NAME_TYPE NameType,
                                                 UNUSED PSECURITY_STRING Prefix,
                                                 UNUSED PUCHAR *UserAuthData,
                                                 UNUSED PULONG UserAuthDataSize,
                                                 UNUSED PUNICODE_STRING UserFlatName)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_crack_single_name(
    UNUSED ULONG FormatOffered, UNUSED BOOLEAN PerformAtGC, UNUSED PUNICODE_STRING NameInput,
    UNUSED PUNICODE_STRING Prefix, UNUSED ULONG RequestedFormat, UNUSED PUNICODE_STRING CrackedName,
    UNUSED PUNICODE_STRING DnsDomainName, UNUSED PULONG SubStatus)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_credi_read(UNUSED PLUID LogonId, UNUSED ULONG CredFlags,
                                     UNUSED LPWSTR TargetName, UNUSED ULONG Type,
                                     UNUSED ULONG Flags, UNUSED PENCRYPTED_CREDENTIALW *Credential)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_credi_read_domain_credentials(
    UNUSED PLUID LogonId, UNUSED ULONG CredFlags, UNUSED PCREDENTIAL_TARGET_INFORMATIONW TargetInfo,
    UNUSED ULONG Flags, UNUSED PULONG Count, UNUSED PENCRYPTED_CREDENTIALW **Credential)
{
    return STATUS_NOT_SUPPORTED;
}

VOID NTAPI support_no_credi_free_credentials(UNUSED ULONG Count,
                                             UNUSED PENCRYPTED_CREDENTIALW *Credentials)
{
    /* There is nothing that could be freed: what would make it answers no. */
}

NTSTATUS NTAPI support_no_open_token_by_logon_id(UNUSED PLUID LogonId,
                                                 UNUSED HANDLE *RetTokenHandle)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_expand_auth_data_for_domain(UNUSED PUCHAR UserAuthData,
                                                      UNUSED ULONG UserAuthDataSize,
                                                      UNUSED PVOID Reserved,
                                                      UNUSED PUCHAR *ExpandedAuthData,
                                                      UNUSED PULONG ExpandedAuthDataSize)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_create_token_ex(
    UNUSED PLUID LogonId, UNUSED PTOKEN_SOURCE TokenSource, UNUSED SECURITY_LOGON_TYPE LogonType,
    UNUSED SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
    UNUSED LSA_TOKEN_INFORMATION_TYPE TokenInformationType, UNUSED PVOID TokenInformation,
    UNUSED PTOKEN_GROUPS TokenGroups, UNUSED PUNICODE_STRING Workstation,
    UNUSED PUNICODE_STRING ProfilePath, UNUSED PVOID SessionInformation,
    UNUSED SECPKG_SESSIONINFO_TYPE SessionInformationType, UNUSED PHANDLE Token,
    UNUSED PNTSTATUS SubStatus)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_credi_write(UNUSED PLUID LogonId, UNUSED ULONG CredFlags,
                                      UNUSED PENCRYPTED_CREDENTIALW Credential, UNUSED ULONG Flags)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_credi_unmarshal_and_decode_string(UNUSED LPWSTR MarshaledString,
                                                            UNUSED LPBYTE *Blob,
                                                            UNUSED ULONG *BlobSize,
                                                            UNUSED BOOLEAN *IsFailureFatal)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_get_service_account_password(
    UNUSED PUNICODE_STRING AccountName, UNUSED PUNICODE_STRING DomainName,
    UNUSED CRED_FETCH CredFetch, UNUSED FILETIME *FileTimeExpiry,
    UNUSED PUNICODE_STRING CurrentPassword, UNUSED PUNICODE_STRING PreviousPassword,
    UNUSED FILETIME *FileTimeCurrPwdValidForOutbound)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_check_protected_user_by_token(UNUSED HANDLE UserToken,
                                                        UNUSED PBOOLEAN ProtectedUser)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_query_client_request(UNUSED PLSA_CLIENT_REQUEST ClientRequest,
                                               UNUSED ULONG QueryType, UNUSED PVOID *ReplyBuffer)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_get_app_mode_info(UNUSED PULONG UserFunction, UNUSED PULONG_PTR Argument1,
                                            UNUSED PULONG_PTR Argument2, UNUSED PSecBuffer UserData,
                                            UNUSED PBOOLEAN ReturnToLsa)
{
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS NTAPI support_no_set_app_mode_info(UNUSED ULONG UserFunction, UNUSED ULONG_PTR Argument1,
                                            UNUSED ULONG_PTR Argument2, UNUSED PSecBuffer UserData,
                                            UNUSED BOOLEAN ReturnToLsa)
{
    return STATUS_NOT_SUPPORTED;
}
