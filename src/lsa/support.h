/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA offers packages: LSA_SECPKG_FUNCTION_TABLE (ntsecpkg.h).
 *
 * Every documented slot is filled.  What means something here works; the rest
 * answers STATUS_NOT_SUPPORTED, or NULL where the answer is a pointer.  About
 * whom a function works it knows from the thread's call (call.h): outside a call
 * only the heap and the protection of memory work, the rest answers
 * STATUS_INVALID_HANDLE.
 */
#ifndef SSP_LSA_SUPPORT_H
#define SSP_LSA_SUPPORT_H

#include <ntsecpkg.h>

PLSA_SECPKG_FUNCTION_TABLE support_table(void);
PLSA_DISPATCH_TABLE support_dispatch_table(void); /* its first members */

/* The slots, by what they are about. */

/* support_memory.c: one heap for LSA and client (base/heap.h), and the client's memory */
LSA_ALLOCATE_LSA_HEAP support_allocate;
LSA_FREE_LSA_HEAP support_free;
LSA_ALLOCATE_PRIVATE_HEAP support_allocate_private;
LSA_FREE_PRIVATE_HEAP support_free_private;
LSA_ALLOCATE_CLIENT_BUFFER support_allocate_client_buffer;
LSA_FREE_CLIENT_BUFFER support_free_client_buffer;
LSA_COPY_TO_CLIENT_BUFFER support_copy_to_client;
LSA_COPY_FROM_CLIENT_BUFFER support_copy_from_client;
LSA_MAP_BUFFER support_map_buffer;
/* Encrypts in place under a key of this process that no core dump holds: protects what lies in
 * memory against being written to a file, not against who reads the process. */
LSA_PROTECT_MEMORY support_protect_memory;
LSA_PROTECT_MEMORY support_unprotect_memory;

/* support_cred.c: what the client brought of its own (SpGatherCredentialsFn), in a call that
 * acquires a credential; Credentials are a copy from AllocateLsaHeap, and the rest says nothing.
 * STATUS_NO_SUCH_LOGON_SESSION for another session than the client's, SEC_E_NO_CREDENTIALS. */
LSA_GET_CREDENTIALS support_get_credentials;

/* support_logon.c: sessions, tokens, audit */
LSA_CREATE_LOGON_SESSION support_create_logon_session; /* a LUID of zero: a fresh one comes back */
LSA_DELETE_LOGON_SESSION support_delete_logon_session;
LSA_CREATE_TOKEN support_create_token;
LSA_AUDIT_LOGON support_audit_logon;
LSA_AUDIT_LOGON_EX support_audit_logon_ex;
LSA_AUDIT_ACCOUNT_LOGON support_audit_account_logon;

/* support_call.c: who calls, and other packages */
LSA_IMPERSONATE_CLIENT support_impersonate_client;
LSA_DUPLICATE_HANDLE support_duplicate_handle; /* into the client */
LSA_GET_CLIENT_INFO support_get_client_info;
LSA_GET_CLIENT_INFO_EX support_get_client_info_ex;
LSA_GET_CALL_INFO support_get_call_info;
LSA_GET_EXTENDED_CALL_FLAGS support_get_extended_call_flags;
LSA_CALL_PACKAGE support_call_package;
LSA_CALL_PACKAGEEX support_call_package_ex;
LSA_CALL_PACKAGE_PASSTHROUGH support_call_package_passthrough;

/* support_none.c: what answers no */
LSA_ADD_CREDENTIAL support_no_add_credential;
LSA_DELETE_CREDENTIAL support_no_delete_credential;
LSA_UNLOAD_PACKAGE support_no_unload_package;
LSA_SAVE_SUPPLEMENTAL_CREDENTIALS support_no_save_supplemental_credentials;
LSA_CREATE_THREAD support_no_create_thread;
LSA_REGISTER_NOTIFICATION support_no_register_notification;
LSA_CANCEL_NOTIFICATION support_no_cancel_notification;
LSA_CREATE_SHARED_MEMORY support_no_create_shared_memory;
LSA_ALLOCATE_SHARED_MEMORY support_no_allocate_shared_memory;
LSA_FREE_SHARED_MEMORY support_no_free_shared_memory;
LSA_DELETE_SHARED_MEMORY support_no_delete_shared_memory;
LSA_OPEN_SAM_USER support_no_open_sam_user;
LSA_GET_USER_CREDENTIALS support_no_get_user_credentials;
LSA_GET_USER_AUTH_DATA support_no_get_user_auth_data;
LSA_CLOSE_SAM_USER support_no_close_sam_user;
LSA_CONVERT_AUTH_DATA_TO_TOKEN support_no_convert_auth_data_to_token;
LSA_CLIENT_CALLBACK support_no_client_callback;
LSA_UPDATE_PRIMARY_CREDENTIALS support_no_update_credentials;
LSA_GET_AUTH_DATA_FOR_USER support_no_get_auth_data_for_user;
LSA_CRACK_SINGLE_NAME support_no_crack_single_name;
CredReadFn support_no_credi_read;
CredReadDomainCredentialsFn support_no_credi_read_domain_credentials;
CredFreeCredentialsFn support_no_credi_free_credentials;
LSA_OPEN_TOKEN_BY_LOGON_ID support_no_open_token_by_logon_id;
LSA_EXPAND_AUTH_DATA_FOR_DOMAIN support_no_expand_auth_data_for_domain;
LSA_CREATE_TOKEN_EX support_no_create_token_ex;
CredWriteFn support_no_credi_write;
CrediUnmarshalandDecodeStringFn support_no_credi_unmarshal_and_decode_string;
LSA_GET_SERVICE_ACCOUNT_PASSWORD support_no_get_service_account_password;
LSA_CHECK_PROTECTED_USER_BY_TOKEN support_no_check_protected_user_by_token;
LSA_QUERY_CLIENT_REQUEST support_no_query_client_request;
LSA_GET_APP_MODE_INFO support_no_get_app_mode_info;
LSA_SET_APP_MODE_INFO support_no_set_app_mode_info;

#endif
