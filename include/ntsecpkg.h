/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface of security packages: what a Security Support Provider /
 * Authentication Package (SSP/AP) implements, and what its host offers it.
 *
 * A package is one shared object with two entry points.  SpLsaModeInitialize
 * gives the Local Security Authority (LSA) the half that holds credentials and
 * does handshakes; SpUserModeInitialize gives every client process the half
 * that protects messages, exports and imports contexts.
 *
 * Names, numbers and layouts are those of Windows x64.
 *
 * Source: Microsoft's API reference of ntsecpkg.h; docs/adding-a-package.md
 * walks through a package.
 */
#ifndef OPENSSPI_NTSECPKG_H
#define OPENSSPI_NTSECPKG_H

#include "ntstatus.h"
#include "sspi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Versions and entry points ----------------------------------------- */

/* What the host passes as LsaVersion, and the package answers as highest version of its table. */
#define SECPKG_INTERFACE_VERSION    0x00010000 /* members up to SetExtendedInformation */
#define SECPKG_INTERFACE_VERSION_2  0x00020000 /* SetContextAttributes */
#define SECPKG_INTERFACE_VERSION_3  0x00040000 /* SetCredentialsAttributes */
#define SECPKG_INTERFACE_VERSION_4  0x00080000 /* ChangeAccountPassword */
#define SECPKG_INTERFACE_VERSION_5  0x00100000 /* UpdateCredentials */
#define SECPKG_INTERFACE_VERSION_6  0x00200000 /* ValidateTargetInfo */
#define SECPKG_INTERFACE_VERSION_7  0x00400000 /* PostLogonUser */
#define SECPKG_INTERFACE_VERSION_8  0x00800000 /* GetRemoteCredGuardSupplementalCreds */
#define SECPKG_INTERFACE_VERSION_9  0x01000000 /* GetTbalSupplementalCreds */
#define SECPKG_INTERFACE_VERSION_10 0x02000000 /* PostLogonUserSurrogate */
#define SECPKG_INTERFACE_VERSION_11 0x04000000 /* ExtractTargetInfo */

/* ---- Types that packages and LSA share --------------------------------- */

/* Whom the LSA works for at the moment; opaque, handed back to its functions. */
typedef PVOID *PLSA_CLIENT_REQUEST;

/* The wide description, whatever the application asked for. */
typedef SecPkgInfoW *PSecPkgInfo;

typedef enum _SECURITY_LOGON_TYPE {
    UndefinedLogonType = 0,
    Interactive = 2,
    Network,
    Batch,
    Service,
    Proxy,
    Unlock,
    NetworkCleartext,
    NewCredentials,
    RemoteInteractive,
    CachedInteractive,
    CachedRemoteInteractive,
    CachedUnlock
} SECURITY_LOGON_TYPE;
typedef SECURITY_LOGON_TYPE *PSECURITY_LOGON_TYPE;

/* Windows' own, seen here through pointers only. */
typedef struct _ACL *PACL;
typedef struct _SECURITY_ATTRIBUTES *LPSECURITY_ATTRIBUTES;
typedef struct _ENCRYPTED_CREDENTIALW *PENCRYPTED_CREDENTIALW;
typedef struct _CREDENTIAL_TARGET_INFORMATIONW *PCREDENTIAL_TARGET_INFORMATIONW;
typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(LPVOID lpThreadParameter);
typedef LPTHREAD_START_ROUTINE SEC_THREAD_START;
typedef LPSECURITY_ATTRIBUTES SEC_ATTRS;
typedef PVOID PACCESS_TOKEN;

/* ---- Contents of a token ----------------------------------------------- */

typedef struct _SID_AND_ATTRIBUTES {
    PSID Sid;
    DWORD Attributes;
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;

/* Packed to four bytes on Windows; natural alignment gives the same. */
typedef struct _LUID_AND_ATTRIBUTES {
    LUID Luid;
    DWORD Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;

typedef struct _TOKEN_USER {
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;

typedef struct _TOKEN_GROUPS {
    DWORD GroupCount;
    SID_AND_ATTRIBUTES Groups[ANYSIZE_ARRAY];
} TOKEN_GROUPS, *PTOKEN_GROUPS;

typedef struct _TOKEN_PRIMARY_GROUP {
    PSID PrimaryGroup;
} TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;

typedef struct _TOKEN_PRIVILEGES {
    DWORD PrivilegeCount;
    LUID_AND_ATTRIBUTES Privileges[ANYSIZE_ARRAY];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;

typedef struct _TOKEN_OWNER {
    PSID Owner;
} TOKEN_OWNER, *PTOKEN_OWNER;

typedef struct _TOKEN_DEFAULT_DACL {
    PACL DefaultDacl;
} TOKEN_DEFAULT_DACL, *PTOKEN_DEFAULT_DACL;

#define TOKEN_SOURCE_LENGTH 8

typedef struct _TOKEN_SOURCE {
    CHAR SourceName[TOKEN_SOURCE_LENGTH]; /* not terminated */
    LUID SourceIdentifier;
} TOKEN_SOURCE, *PTOKEN_SOURCE;

/* Which structure a logon function answered with. */
typedef enum _LSA_TOKEN_INFORMATION_TYPE {
    LsaTokenInformationNull,
    LsaTokenInformationV1,
    LsaTokenInformationV2,
    LsaTokenInformationV3
} LSA_TOKEN_INFORMATION_TYPE;
typedef LSA_TOKEN_INFORMATION_TYPE *PLSA_TOKEN_INFORMATION_TYPE;

typedef struct _LSA_TOKEN_INFORMATION_NULL {
    LARGE_INTEGER ExpirationTime;
    PTOKEN_GROUPS Groups;
} LSA_TOKEN_INFORMATION_NULL, *PLSA_TOKEN_INFORMATION_NULL;

typedef struct _LSA_TOKEN_INFORMATION_V1 {
    LARGE_INTEGER ExpirationTime;
    TOKEN_USER User;
    PTOKEN_GROUPS Groups;
    TOKEN_PRIMARY_GROUP PrimaryGroup;
    PTOKEN_PRIVILEGES Privileges;
    TOKEN_OWNER Owner;
    TOKEN_DEFAULT_DACL DefaultDacl;
} LSA_TOKEN_INFORMATION_V1, *PLSA_TOKEN_INFORMATION_V1;

typedef LSA_TOKEN_INFORMATION_V1 LSA_TOKEN_INFORMATION_V2, *PLSA_TOKEN_INFORMATION_V2;

/* ---- Who calls --------------------------------------------------------- */

typedef struct _SECPKG_CLIENT_INFO {
    LUID LogonId;
    ULONG ProcessID;
    ULONG ThreadID;
    BOOLEAN HasTcbPrivilege; /* TRUE: trusted like the system itself */
    BOOLEAN Impersonating;
    BOOLEAN Restricted;
    UCHAR ClientFlags; /* SECPKG_CLIENT_* */
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    HANDLE ClientToken;
} SECPKG_CLIENT_INFO, *PSECPKG_CLIENT_INFO;

typedef struct _SECPKG_CLIENT_INFO_EX {
    LUID LogonId;
    ULONG ProcessID;
    ULONG ThreadID;
    BOOLEAN HasTcbPrivilege;
    BOOLEAN Impersonating;
    BOOLEAN Restricted;
    UCHAR ClientFlags;
    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
    HANDLE ClientToken;
    LUID IdentificationLogonId;
    HANDLE IdentificationToken;
} SECPKG_CLIENT_INFO_EX, *PSECPKG_CLIENT_INFO_EX;

#define SECPKG_CLIENT_PROCESS_TERMINATED 0x01
#define SECPKG_CLIENT_THREAD_TERMINATED  0x02

typedef struct _SECPKG_CALL_INFO {
    ULONG ProcessId;
    ULONG ThreadId;
    ULONG Attributes; /* SECPKG_CALL_* */
    ULONG CallCount;
    PVOID MechOid;
} SECPKG_CALL_INFO, *PSECPKG_CALL_INFO;

#define SECPKG_CALL_KERNEL_MODE     0x00000001
#define SECPKG_CALL_ANSI            0x00000002
#define SECPKG_CALL_URGENT          0x00000004
#define SECPKG_CALL_RECURSIVE       0x00000008
#define SECPKG_CALL_IN_PROC         0x00000010
#define SECPKG_CALL_CLEANUP         0x00000020
#define SECPKG_CALL_WOWCLIENT       0x00000040
#define SECPKG_CALL_WOWX86          SECPKG_CALL_WOWCLIENT
#define SECPKG_CALL_THREAD_TERM     0x00000080
#define SECPKG_CALL_PROCESS_TERM    0x00000100
#define SECPKG_CALL_IS_TCB          0x00000200
#define SECPKG_CALL_NETWORK_ONLY    0x00000400
#define SECPKG_CALL_WINLOGON        0x00000800
#define SECPKG_CALL_ASYNC_UPDATE    0x00001000
#define SECPKG_CALL_SYSTEM_PROC     0x00002000
#define SECPKG_CALL_NEGO            0x00004000
#define SECPKG_CALL_NEGO_EXTENDER   0x00008000
#define SECPKG_CALL_BUFFER_MARSHAL  0x00010000
#define SECPKG_CALL_UNLOCK          0x00020000
#define SECPKG_CALL_CLOUDAP_CONNECT 0x00040000
#define SECPKG_CALL_WOWA32          0x00040000
#define SECPKG_CALL_AGENT_LOGON     0x00080000

/* Flags of buffers that an LSA function is called with (SecBuffer.BufferType) */
#define SECBUFFER_UNMAPPED   0x40000000 /* still in the client: call MapBuffer */
#define SECBUFFER_KERNEL_MAP 0x20000000 /* mapped into the kernel */

/* ---- Credentials ------------------------------------------------------- */

typedef struct _SECPKG_SUPPLEMENTAL_CRED {
    UNICODE_STRING PackageName;
    ULONG CredentialSize; /* bytes */
    PUCHAR Credentials;
} SECPKG_SUPPLEMENTAL_CRED, *PSECPKG_SUPPLEMENTAL_CRED;

typedef struct _SECPKG_SUPPLEMENTAL_CRED_ARRAY {
    ULONG CredentialCount;
    SECPKG_SUPPLEMENTAL_CRED Credentials[1];
} SECPKG_SUPPLEMENTAL_CRED_ARRAY, *PSECPKG_SUPPLEMENTAL_CRED_ARRAY;

#define MAX_CRED_SIZE 1024

/* What a user logged on with, told to every package. */
typedef struct _SECPKG_PRIMARY_CRED {
    LUID LogonId;
    UNICODE_STRING DownlevelName;
    UNICODE_STRING DomainName;
    UNICODE_STRING Password;
    UNICODE_STRING OldPassword;
    PSID UserSid;
    ULONG Flags; /* PRIMARY_CRED_* */
    UNICODE_STRING DnsDomainName;
    UNICODE_STRING Upn;
    UNICODE_STRING LogonServer;
    UNICODE_STRING Spare1;
    UNICODE_STRING Spare2;
    UNICODE_STRING Spare3;
    UNICODE_STRING Spare4;
} SECPKG_PRIMARY_CRED, *PSECPKG_PRIMARY_CRED;

/* The same with more at the end; Flags has PRIMARY_CRED_EX. */
typedef struct _SECPKG_PRIMARY_CRED_EX {
    LUID LogonId;
    UNICODE_STRING DownlevelName;
    UNICODE_STRING DomainName;
    UNICODE_STRING Password;
    UNICODE_STRING OldPassword;
    PSID UserSid;
    ULONG Flags;
    UNICODE_STRING DnsDomainName;
    UNICODE_STRING Upn;
    UNICODE_STRING LogonServer;
    UNICODE_STRING Spare1;
    UNICODE_STRING Spare2;
    UNICODE_STRING Spare3;
    UNICODE_STRING Spare4;
    ULONG_PTR PackageId;
    LUID PrevLogonId;
    ULONG FlagsEx;
} SECPKG_PRIMARY_CRED_EX, *PSECPKG_PRIMARY_CRED_EX;

#define PRIMARY_CRED_CLEAR_PASSWORD               0x00000001
#define PRIMARY_CRED_OWF_PASSWORD                 0x00000002
#define PRIMARY_CRED_UPDATE                       0x00000004
#define PRIMARY_CRED_CACHED_LOGON                 0x00000008
#define PRIMARY_CRED_LOGON_NO_TCB                 0x00000010
#define PRIMARY_CRED_LOGON_LUA                    0x00000020
#define PRIMARY_CRED_INTERACTIVE_SMARTCARD_LOGON  0x00000040
#define PRIMARY_CRED_REFRESH_NEEDED               0x00000080
#define PRIMARY_CRED_INTERNET_USER                0x00000100
#define PRIMARY_CRED_AUTH_ID                      0x00000200
#define PRIMARY_CRED_DO_NOT_SPLIT                 0x00000400
#define PRIMARY_CRED_PROTECTED_USER               0x00000800
#define PRIMARY_CRED_EX                           0x00001000
#define PRIMARY_CRED_TRANSFER                     0x00002000
#define PRIMARY_CRED_RESTRICTED_TS                0x00004000
#define PRIMARY_CRED_PACKED_CREDS                 0x00008000
#define PRIMARY_CRED_ENTERPRISE_INTERNET_USER     0x00010000
#define PRIMARY_CRED_ENCRYPTED_CREDGUARD_PASSWORD 0x00020000
#define PRIMARY_CRED_CACHED_INTERACTIVE_LOGON     0x00040000
#define PRIMARY_CRED_INTERACTIVE_NGC_LOGON        0x00080000
#define PRIMARY_CRED_INTERACTIVE_FIDO_LOGON       0x00100000
#define PRIMARY_CRED_ARSO_LOGON                   0x00200000
#define PRIMARY_CRED_SUPPLEMENTAL                 0x00400000
#define PRIMARY_CRED_FOR_PASSWORD_CHANGE          0x00800000
#define PRIMARY_CRED_LOCAL_USER                   0x01000000 /* overlaps the mask below, as on Windows */
#define PRIMARY_CRED_LOGON_PACKAGE_SHIFT          24
#define PRIMARY_CRED_PACKAGE_MASK                 0xff000000

/* What a package knows of a logon session (GetUserInfo). */
typedef struct _SECURITY_USER_DATA {
    SECURITY_STRING UserName;
    SECURITY_STRING LogonDomainName;
    SECURITY_STRING LogonServer;
    PSID pSid;
} SECURITY_USER_DATA, *PSECURITY_USER_DATA;
typedef SECURITY_USER_DATA SecurityUserData, *PSecurityUserData;

#define UNDERSTANDS_LONG_NAMES 1
#define NO_LONG_NAMES          2

/* ---- What the package is started with ---------------------------------- */

typedef struct _SECPKG_PARAMETERS {
    ULONG Version;
    ULONG MachineState; /* SECPKG_STATE_* */
    ULONG SetupMode;
    PSID DomainSid;
    UNICODE_STRING DomainName;
    UNICODE_STRING DnsDomainName;
    GUID DomainGuid;
} SECPKG_PARAMETERS, *PSECPKG_PARAMETERS;

#define SECPKG_STATE_ENCRYPTION_PERMITTED        0x01
#define SECPKG_STATE_STRONG_ENCRYPTION_PERMITTED 0x02
#define SECPKG_STATE_DOMAIN_CONTROLLER           0x04
#define SECPKG_STATE_WORKSTATION                 0x08
#define SECPKG_STATE_STANDALONE                  0x10
#define SECPKG_STATE_CRED_ISOLATION_ENABLED      0x20
#define SECPKG_STATE_RESERVED_1                  0x80000000

/* ---- Extended information about a package ------------------------------ */

typedef enum _SECPKG_EXTENDED_INFORMATION_CLASS {
    SecpkgGssInfo = 1,
    SecpkgContextThunks,
    SecpkgMutualAuthLevel,
    SecpkgWowClientDll,
    SecpkgExtraOids,
    SecpkgMaxInfo,
    SecpkgNego2Info
} SECPKG_EXTENDED_INFORMATION_CLASS;

/* The package's object identifier, DER, the first bytes of it. */
typedef struct _SECPKG_GSS_INFO {
    ULONG EncodedIdLength;
    UCHAR EncodedId[4];
} SECPKG_GSS_INFO, *PSECPKG_GSS_INFO;

/* The context attributes that SSPI asks the LSA half for, not the user half. */
typedef struct _SECPKG_CONTEXT_THUNKS {
    ULONG InfoLevelCount;
    ULONG Levels[1];
} SECPKG_CONTEXT_THUNKS, *PSECPKG_CONTEXT_THUNKS;

typedef struct _SECPKG_MUTUAL_AUTH_LEVEL {
    ULONG MutualAuthLevel;
} SECPKG_MUTUAL_AUTH_LEVEL, *PSECPKG_MUTUAL_AUTH_LEVEL;

typedef struct _SECPKG_WOW_CLIENT_DLL {
    SECURITY_STRING WowClientDllPath;
} SECPKG_WOW_CLIENT_DLL, *PSECPKG_WOW_CLIENT_DLL;

#define SECPKG_MAX_OID_LENGTH 32

typedef struct _SECPKG_SERIALIZED_OID {
    ULONG OidLength;
    ULONG OidAttributes;
    UCHAR OidValue[SECPKG_MAX_OID_LENGTH];
} SECPKG_SERIALIZED_OID, *PSECPKG_SERIALIZED_OID;

/* Object identifiers that the package answers to besides its first. */
typedef struct _SECPKG_EXTRA_OIDS {
    ULONG OidCount;
    SECPKG_SERIALIZED_OID Oids[1];
} SECPKG_EXTRA_OIDS, *PSECPKG_EXTRA_OIDS;

typedef struct _SECPKG_NEGO2_INFO {
    UCHAR AuthScheme[16];
    ULONG PackageFlags;
} SECPKG_NEGO2_INFO, *PSECPKG_NEGO2_INFO;

typedef struct _SECPKG_EXTENDED_INFORMATION {
    SECPKG_EXTENDED_INFORMATION_CLASS Class;
    union {
        SECPKG_GSS_INFO GssInfo;
        SECPKG_CONTEXT_THUNKS ContextThunks;
        SECPKG_MUTUAL_AUTH_LEVEL MutualAuthLevel;
        SECPKG_WOW_CLIENT_DLL WowClientDll;
        SECPKG_EXTRA_OIDS ExtraOids;
        SECPKG_NEGO2_INFO Nego2Info;
    } Info;
} SECPKG_EXTENDED_INFORMATION, *PSECPKG_EXTENDED_INFORMATION;

#define SECPKG_ATTR_THUNK_ALL 0x00010000 /* in ContextThunks.Levels: every attribute */

#define SECPKG_ATTR_SASL_CONTEXT 0x00010000

typedef struct _SecPkgContext_SaslContext {
    PVOID SaslContext;
} SecPkgContext_SaslContext, *PSecPkgContext_SaslContext;

/* Who a target is (ValidateTargetInfo). */
typedef struct _SECPKG_TARGETINFO {
    PSID DomainSid;
    PCWSTR ComputerName;
} SECPKG_TARGETINFO, *PSECPKG_TARGETINFO;

/* A logon that has just ended well (PostLogonUser). */
typedef struct _SECPKG_POST_LOGON_USER_INFO {
    ULONG Flags;
    LUID LogonId;
    LUID LinkedLogonId;
} SECPKG_POST_LOGON_USER_INFO, *PSECPKG_POST_LOGON_USER_INFO;

/* What packages tell each other during one logon (LogonUserEx3). */
typedef struct _SECPKG_SURROGATE_LOGON_ENTRY {
    GUID Type;
    PVOID Data;
} SECPKG_SURROGATE_LOGON_ENTRY, *PSECPKG_SURROGATE_LOGON_ENTRY;

typedef struct _SECPKG_SURROGATE_LOGON {
    ULONG Version;
    LUID SurrogateLogonID;
    ULONG EntryCount;
    PSECPKG_SURROGATE_LOGON_ENTRY Entries;
} SECPKG_SURROGATE_LOGON, *PSECPKG_SURROGATE_LOGON;

#define SECPKG_SURROGATE_LOGON_VERSION_1 1

/* ---- What the LSA offers: memory and logon sessions -------------------- */

/*
 * Makes a logon session. LogonId [in, out]: zero asks for a new number, which is unique until the
 * machine restarts; another one is taken as it is. STATUS_SUCCESS; STATUS_OBJECT_NAME_COLLISION:
 * there is one of that number; SEC_E_INSUFFICIENT_MEMORY.
 */
typedef NTSTATUS(NTAPI LSA_CREATE_LOGON_SESSION)(PLUID LogonId);

/* Ends a logon session that the package has made. STATUS_SUCCESS; STATUS_NO_SUCH_LOGON_SESSION. */
typedef NTSTATUS(NTAPI LSA_DELETE_LOGON_SESSION)(PLUID LogonId);

/*
 * Keeps Credentials [in, copied] under PrimaryKeyValue in a logon session. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_ADD_CREDENTIAL)(PLUID LogonId, ULONG AuthenticationPackage,
                                           PLSA_STRING PrimaryKeyValue, PLSA_STRING Credentials);

/*
 * During AcquireCredentialsHandle of a client in another process: what the user half of this package
 * (AuthenticationPackage) has gathered there (opensspi.h, GatherCredentials). LogonId [in] is the
 * client's own session; Credentials [out] Buffer is from AllocateLsaHeap; the others are not looked
 * at, as there is no AddCredential here. STATUS_SUCCESS; STATUS_NO_SUCH_LOGON_SESSION: another one;
 * SEC_E_NO_CREDENTIALS: nothing was gathered; STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY.
 */
typedef NTSTATUS(NTAPI LSA_GET_CREDENTIALS)(PLUID LogonId, ULONG AuthenticationPackage,
                                            PULONG QueryContext, BOOLEAN RetrieveAllCredentials,
                                            PLSA_STRING PrimaryKeyValue, PULONG PrimaryKeyLength,
                                            PLSA_STRING Credentials);

/* Wipes and forgets what AddCredential kept. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_DELETE_CREDENTIAL)(PLUID LogonId, ULONG AuthenticationPackage,
                                              PLSA_STRING PrimaryKeyValue);

/*
 * Allocates Length bytes, zeroed; NULL when memory is out. There is one heap: what one function
 * allocated may go out through a buffer of another, and FreeContextBuffer takes all of it.
 */
typedef PVOID(NTAPI LSA_ALLOCATE_LSA_HEAP)(ULONG Length);

/* Wipes and frees a block; NULL is fine. */
typedef VOID(NTAPI LSA_FREE_LSA_HEAP)(PVOID Base);

/* As AllocateLsaHeap, for what stays inside the package. */
typedef PVOID(NTAPI LSA_ALLOCATE_PRIVATE_HEAP)(SIZE_T Length);

/* As FreeLsaHeap. */
typedef VOID(NTAPI LSA_FREE_PRIVATE_HEAP)(PVOID Base);

/* Allocates LengthRequired bytes that the client may be given. STATUS_SUCCESS; STATUS_NO_MEMORY. */
typedef NTSTATUS(NTAPI LSA_ALLOCATE_CLIENT_BUFFER)(PLSA_CLIENT_REQUEST ClientRequest,
                                                   ULONG LengthRequired, PVOID *ClientBaseAddress);

/*
 * Wipes and frees what AllocateClientBuffer gave. STATUS_SUCCESS; SEC_E_INVALID_PARAMETER: no such
 * block.
 */
typedef NTSTATUS(NTAPI LSA_FREE_CLIENT_BUFFER)(PLSA_CLIENT_REQUEST ClientRequest,
                                               PVOID ClientBaseAddress);

/*
 * Copies Length bytes of BufferToCopy to ClientBaseAddress, from AllocateClientBuffer or the
 * client's own: it is not checked. STATUS_SUCCESS.
 */
typedef NTSTATUS(NTAPI LSA_COPY_TO_CLIENT_BUFFER)(PLSA_CLIENT_REQUEST ClientRequest, ULONG Length,
                                                  PVOID ClientBaseAddress, PVOID BufferToCopy);

/*
 * Copies Length bytes of ClientBaseAddress, which is the client's and not checked, to BufferToCopy.
 * STATUS_SUCCESS.
 */
typedef NTSTATUS(NTAPI LSA_COPY_FROM_CLIENT_BUFFER)(PLSA_CLIENT_REQUEST ClientRequest, ULONG Length,
                                                    PVOID BufferToCopy, PVOID ClientBaseAddress);

typedef LSA_CREATE_LOGON_SESSION *PLSA_CREATE_LOGON_SESSION;
typedef LSA_DELETE_LOGON_SESSION *PLSA_DELETE_LOGON_SESSION;
typedef LSA_ADD_CREDENTIAL *PLSA_ADD_CREDENTIAL;
typedef LSA_GET_CREDENTIALS *PLSA_GET_CREDENTIALS;
typedef LSA_DELETE_CREDENTIAL *PLSA_DELETE_CREDENTIAL;
typedef LSA_ALLOCATE_LSA_HEAP *PLSA_ALLOCATE_LSA_HEAP;
typedef LSA_FREE_LSA_HEAP *PLSA_FREE_LSA_HEAP;
typedef LSA_ALLOCATE_PRIVATE_HEAP *PLSA_ALLOCATE_PRIVATE_HEAP;
typedef LSA_FREE_PRIVATE_HEAP *PLSA_FREE_PRIVATE_HEAP;
typedef LSA_ALLOCATE_CLIENT_BUFFER *PLSA_ALLOCATE_CLIENT_BUFFER;
typedef LSA_FREE_CLIENT_BUFFER *PLSA_FREE_CLIENT_BUFFER;
typedef LSA_COPY_TO_CLIENT_BUFFER *PLSA_COPY_TO_CLIENT_BUFFER;
typedef LSA_COPY_FROM_CLIENT_BUFFER *PLSA_COPY_FROM_CLIENT_BUFFER;

/* What a pure authentication package gets; the start of the larger table below. */
typedef struct _LSA_DISPATCH_TABLE {
    PLSA_CREATE_LOGON_SESSION CreateLogonSession;
    PLSA_DELETE_LOGON_SESSION DeleteLogonSession;
    PLSA_ADD_CREDENTIAL AddCredential;
    PLSA_GET_CREDENTIALS GetCredentials;
    PLSA_DELETE_CREDENTIAL DeleteCredential;
    PLSA_ALLOCATE_LSA_HEAP AllocateLsaHeap;
    PLSA_FREE_LSA_HEAP FreeLsaHeap;
    PLSA_ALLOCATE_CLIENT_BUFFER AllocateClientBuffer;
    PLSA_FREE_CLIENT_BUFFER FreeClientBuffer;
    PLSA_COPY_TO_CLIENT_BUFFER CopyToClientBuffer;
    PLSA_COPY_FROM_CLIENT_BUFFER CopyFromClientBuffer;
} LSA_DISPATCH_TABLE, *PLSA_DISPATCH_TABLE;

/* ---- What the LSA offers: words used below ----------------------------- */

typedef enum _SECPKG_SESSIONINFO_TYPE {
    SecSessionPrimaryCred
} SECPKG_SESSIONINFO_TYPE;

typedef enum _SECPKG_NAME_TYPE {
    SecNameSamCompatible,
    SecNameAlternateId,
    SecNameFlat,
    SecNameDN,
    SecNameSPN
} SECPKG_NAME_TYPE;

typedef enum _CRED_FETCH {
    CredFetchDefault = 0,
    CredFetchDPAPI,
    CredFetchForced
} CRED_FETCH;

/* ---- What the LSA offers: the client and the package itself ------------ */

/*
 * Lets the thread act as the client that is calling. STATUS_SUCCESS: the LSA is the client's own
 * process, and acts for it anyway; STATUS_NOT_SUPPORTED: lsad acts as nobody.
 */
typedef NTSTATUS(NTAPI LSA_IMPERSONATE_CLIENT)(VOID);
typedef LSA_IMPERSONATE_CLIENT *PLSA_IMPERSONATE_CLIENT;

/* Asks for the package to be unloaded. STATUS_NOT_SUPPORTED: a package stays. */
typedef NTSTATUS(NTAPI LSA_UNLOAD_PACKAGE)(VOID);
typedef LSA_UNLOAD_PACKAGE *PLSA_UNLOAD_PACKAGE;

/*
 * Duplicates SourceHandle into the client that is calling; DestionationHandle [out] is a value of
 * the client's, to be put into ContextData. STATUS_SUCCESS; SEC_E_INVALID_HANDLE: not an open one;
 * SEC_E_INSUFFICIENT_MEMORY: no descriptor left, or more than a leg may give;
 * SEC_E_UNSUPPORTED_FUNCTION: not in a call that gives the client handles.
 */
typedef NTSTATUS(NTAPI LSA_DUPLICATE_HANDLE)(HANDLE SourceHandle, PHANDLE DestionationHandle);
typedef LSA_DUPLICATE_HANDLE *PLSA_DUPLICATE_HANDLE;

/* Tells who is calling. STATUS_SUCCESS. */
typedef NTSTATUS(NTAPI LSA_GET_CLIENT_INFO)(PSECPKG_CLIENT_INFO ClientInfo);
typedef LSA_GET_CLIENT_INFO *PLSA_GET_CLIENT_INFO;

/*
 * The same and more; StructSize is the caller's structure in bytes. STATUS_SUCCESS;
 * STATUS_INVALID_PARAMETER.
 */
typedef NTSTATUS(NTAPI LSA_GET_CLIENT_INFO_EX)(PSECPKG_CLIENT_INFO_EX ClientInfo, ULONG StructSize);
typedef LSA_GET_CLIENT_INFO_EX *PLSA_GET_CLIENT_INFO_EX;

/* Tells how the call that is going on came in. TRUE; FALSE outside of a call. */
typedef BOOLEAN(NTAPI LSA_GET_CALL_INFO)(PSECPKG_CALL_INFO Info);
typedef LSA_GET_CALL_INFO *PLSA_GET_CALL_INFO;

/* Gives the SECPKG_CALLFLAGS_* of the call that is going on. STATUS_SUCCESS. */
typedef NTSTATUS(NTAPI LSA_GET_EXTENDED_CALL_FLAGS)(PULONG Flags);
typedef LSA_GET_EXTENDED_CALL_FLAGS *PLSA_GET_EXTENDED_CALL_FLAGS;

/*
 * Asks something about a request; QueryType is LSA_QUERY_CLIENT_*. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_QUERY_CLIENT_REQUEST)(PLSA_CLIENT_REQUEST ClientRequest, ULONG QueryType,
                                                 PVOID *ReplyBuffer);
typedef LSA_QUERY_CLIENT_REQUEST *PLSA_QUERY_CLIENT_REQUEST;

/*
 * Makes a buffer marked SECBUFFER_UNMAPPED readable in the LSA. OutputBuffer [out]: pvBuffer is
 * from AllocateLsaHeap if it was copied. STATUS_SUCCESS; STATUS_NO_MEMORY.
 */
typedef NTSTATUS(NTAPI LSA_MAP_BUFFER)(PSecBuffer InputBuffer, PSecBuffer OutputBuffer);
typedef LSA_MAP_BUFFER *PLSA_MAP_BUFFER;

/*
 * Reads what SetAppModeInfo or the client has set for this call. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_GET_APP_MODE_INFO)(PULONG UserFunction, PULONG_PTR Argument1,
                                              PULONG_PTR Argument2, PSecBuffer UserData,
                                              PBOOLEAN ReturnToLsa);
typedef LSA_GET_APP_MODE_INFO *PLSA_GET_APP_MODE_INFO;

/*
 * Has the client run a function of the user half when this call returns. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_SET_APP_MODE_INFO)(ULONG UserFunction, ULONG_PTR Argument1,
                                              ULONG_PTR Argument2, PSecBuffer UserData,
                                              BOOLEAN ReturnToLsa);
typedef LSA_SET_APP_MODE_INFO *PLSA_SET_APP_MODE_INFO;

/* ---- What the LSA offers: calling back into the client process --------- */

/* A function of the user half that its LSA half can call. */
typedef NTSTATUS(NTAPI LSA_CALLBACK_FUNCTION)(ULONG_PTR Argument1, ULONG_PTR Argument2,
                                              PSecBuffer InputBuffer, PSecBuffer OutputBuffer);
typedef LSA_CALLBACK_FUNCTION *PLSA_CALLBACK_FUNCTION;

/*
 * Calls such a function in the client: Callback is what it was registered as. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_CLIENT_CALLBACK)(PCHAR Callback, ULONG_PTR Argument1,
                                            ULONG_PTR Argument2, PSecBuffer Input,
                                            PSecBuffer Output);
typedef LSA_CLIENT_CALLBACK *PLSA_CLIENT_CALLBACK;

/*
 * Registers one, in InstanceInit; CallbackId is a number of the package's choice. STATUS_SUCCESS;
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_REGISTER_CALLBACK)(ULONG CallbackId, PLSA_CALLBACK_FUNCTION Callback);
typedef LSA_REGISTER_CALLBACK *PLSA_REGISTER_CALLBACK;

/* Finds a package by its number; NULL when there is none. (PackgeId is Windows' spelling.) */
typedef PVOID(NTAPI LSA_LOCATE_PKG_BY_ID)(ULONG PackgeId);
typedef LSA_LOCATE_PKG_BY_ID *PLSA_LOCATE_PKG_BY_ID;

/* ---- What the LSA offers: threads and notifications -------------------- */

/* Starts a thread in the LSA. Not offered here: NULL. Packages start their own. */
typedef HANDLE(NTAPI LSA_CREATE_THREAD)(SEC_ATTRS SecurityAttributes, ULONG StackSize,
                                        SEC_THREAD_START StartFunction, PVOID ThreadParameter,
                                        ULONG CreationFlags, PULONG ThreadId);
typedef LSA_CREATE_THREAD *PLSA_CREATE_THREAD;

/*
 * Has a function called later, again and again, or when something changes. Not offered here: NULL.
 */
typedef HANDLE(NTAPI LSA_REGISTER_NOTIFICATION)(SEC_THREAD_START StartFunction, PVOID Parameter,
                                                ULONG NotificationType, ULONG NotificationClass,
                                                ULONG NotificationFlags, ULONG IntervalMinutes,
                                                HANDLE WaitEvent);
typedef LSA_REGISTER_NOTIFICATION *PLSA_REGISTER_NOTIFICATION;

/* Ends that. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_CANCEL_NOTIFICATION)(HANDLE NotifyHandle);
typedef LSA_CANCEL_NOTIFICATION *PLSA_CANCEL_NOTIFICATION;

/* ---- What the LSA offers: tokens --------------------------------------- */

/*
 * Makes the token of a user who has proved who it is.
 *
 * LogonId               [in] from CreateLogonSession
 * TokenSource           [in] eight characters that name the package
 * LogonType             [in] Network for a server's client
 * ImpersonationLevel    [in] how far a server may act for the user
 * TokenInformationType  [in] form of the next
 * TokenInformation      [in] the user's SID and groups, as LSA_TOKEN_INFORMATION_*; may be NULL
 * TokenGroups           [in] more groups, or NULL
 * AccountName           [in] the user
 * AuthorityName         [in] its domain
 * Workstation           [in] where it is, or NULL
 * ProfilePath           [in] NULL
 * Token                 [out] the package's, for DuplicateHandle, then CloseHandle
 * SubStatus             [out] why, when the account may not log on
 *
 * The token says which local account the user is mapped to, if any.
 *
 * STATUS_SUCCESS
 * STATUS_NO_SUCH_LOGON_SESSION
 * SEC_E_INVALID_PARAMETER     a name is too long, or not UTF-16; a SID that is none
 * SEC_E_UNSUPPORTED_FUNCTION  another TokenInformationType
 * SEC_E_INSUFFICIENT_MEMORY
 * SEC_E_INTERNAL_ERROR        no descriptor left, or no runtime folder
 */
typedef NTSTATUS(NTAPI LSA_CREATE_TOKEN)(PLUID LogonId, PTOKEN_SOURCE TokenSource,
                                         SECURITY_LOGON_TYPE LogonType,
                                         SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                         LSA_TOKEN_INFORMATION_TYPE TokenInformationType,
                                         PVOID TokenInformation, PTOKEN_GROUPS TokenGroups,
                                         PUNICODE_STRING AccountName, PUNICODE_STRING AuthorityName,
                                         PUNICODE_STRING Workstation, PUNICODE_STRING ProfilePath,
                                         PHANDLE Token, PNTSTATUS SubStatus);
typedef LSA_CREATE_TOKEN *PLSA_CREATE_TOKEN;

/*
 * The same, with what the session was made with in place of the names. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_CREATE_TOKEN_EX)(PLUID LogonId, PTOKEN_SOURCE TokenSource,
                                            SECURITY_LOGON_TYPE LogonType,
                                            SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                            LSA_TOKEN_INFORMATION_TYPE TokenInformationType,
                                            PVOID TokenInformation, PTOKEN_GROUPS TokenGroups,
                                            PUNICODE_STRING Workstation,
                                            PUNICODE_STRING ProfilePath, PVOID SessionInformation,
                                            SECPKG_SESSIONINFO_TYPE SessionInformationType,
                                            PHANDLE Token, PNTSTATUS SubStatus);
typedef LSA_CREATE_TOKEN_EX *PLSA_CREATE_TOKEN_EX;

/*
 * Opens the token of a logon session; RetTokenHandle [out] is the package's to close. Not offered
 * here: STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_OPEN_TOKEN_BY_LOGON_ID)(PLUID LogonId, HANDLE *RetTokenHandle);
typedef LSA_OPEN_TOKEN_BY_LOGON_ID *PLSA_OPEN_TOKEN_BY_LOGON_ID;

/* Makes a token of what GetUserAuthData gave. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_CONVERT_AUTH_DATA_TO_TOKEN)(
    PVOID UserAuthData, ULONG UserAuthDataSize, SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
    PTOKEN_SOURCE TokenSource, SECURITY_LOGON_TYPE LogonType, PUNICODE_STRING AuthorityName,
    PHANDLE Token, PLUID LogonId, PUNICODE_STRING AccountName, PNTSTATUS SubStatus);
typedef LSA_CONVERT_AUTH_DATA_TO_TOKEN *PLSA_CONVERT_AUTH_DATA_TO_TOKEN;

/*
 * Tells whether the user is one whose password must not be kept. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_CHECK_PROTECTED_USER_BY_TOKEN)(HANDLE UserToken, PBOOLEAN ProtectedUser);
typedef LSA_CHECK_PROTECTED_USER_BY_TOKEN *PLSA_CHECK_PROTECTED_USER_BY_TOKEN;

/* ---- What the LSA offers: other packages ------------------------------- */

/*
 * Calls CallPackage of another package. ProtocolReturnBuffer [out] is freed with FreeReturnBuffer.
 * STATUS_SUCCESS; STATUS_NO_SUCH_PACKAGE; STATUS_NOT_SUPPORTED: it takes no such calls; what that
 * package answers.
 */
typedef NTSTATUS(NTAPI LSA_CALL_PACKAGE)(PUNICODE_STRING AuthenticationPackage,
                                         PVOID ProtocolSubmitBuffer, ULONG SubmitBufferLength,
                                         PVOID *ProtocolReturnBuffer, PULONG ReturnBufferLength,
                                         PNTSTATUS ProtocolStatus);
typedef LSA_CALL_PACKAGE *PLSA_CALL_PACKAGE;

/* The same, with the client's address of a buffer that has pointers in it. */
typedef NTSTATUS(NTAPI LSA_CALL_PACKAGEEX)(PUNICODE_STRING AuthenticationPackage,
                                           PVOID ClientBufferBase, PVOID ProtocolSubmitBuffer,
                                           ULONG SubmitBufferLength, PVOID *ProtocolReturnBuffer,
                                           PULONG ReturnBufferLength, PNTSTATUS ProtocolStatus);
typedef LSA_CALL_PACKAGEEX *PLSA_CALL_PACKAGEEX;

/* The same, for CallPackagePassthrough. */
typedef NTSTATUS(NTAPI LSA_CALL_PACKAGE_PASSTHROUGH)(PUNICODE_STRING AuthenticationPackage,
                                                     PVOID ClientBufferBase,
                                                     PVOID ProtocolSubmitBuffer,
                                                     ULONG SubmitBufferLength,
                                                     PVOID *ProtocolReturnBuffer,
                                                     PULONG ReturnBufferLength,
                                                     PNTSTATUS ProtocolStatus);
typedef LSA_CALL_PACKAGE_PASSTHROUGH *PLSA_CALL_PACKAGE_PASSTHROUGH;

/* ---- What the LSA offers: shared memory and protection of secrets ------ */

/* Makes memory that the LSA shares with its clients. Not offered here: NULL. */
typedef PVOID(NTAPI LSA_CREATE_SHARED_MEMORY)(ULONG MaxSize, ULONG InitialSize);
typedef LSA_CREATE_SHARED_MEMORY *PLSA_CREATE_SHARED_MEMORY;

/* Allocates in it. Not offered here: NULL. */
typedef PVOID(NTAPI LSA_ALLOCATE_SHARED_MEMORY)(PVOID SharedMem, ULONG Size);
typedef LSA_ALLOCATE_SHARED_MEMORY *PLSA_ALLOCATE_SHARED_MEMORY;

/* Frees in it. Not offered here. */
typedef VOID(NTAPI LSA_FREE_SHARED_MEMORY)(PVOID SharedMem, PVOID Memory);
typedef LSA_FREE_SHARED_MEMORY *PLSA_FREE_SHARED_MEMORY;

/* Ends it. Not offered here: FALSE. */
typedef BOOLEAN(NTAPI LSA_DELETE_SHARED_MEMORY)(PVOID SharedMem);
typedef LSA_DELETE_SHARED_MEMORY *PLSA_DELETE_SHARED_MEMORY;

/*
 * Encrypts or decrypts BufferSize bytes in place (on Windows a multiple of 8, here any number from
 * two on): for secrets that lie in memory for long.
 */
typedef VOID(NTAPI LSA_PROTECT_MEMORY)(PVOID Buffer, ULONG BufferSize);
typedef LSA_PROTECT_MEMORY *PLSA_PROTECT_MEMORY;

/* ---- What the LSA offers: accounts and stored credentials -------------- */

/* Keeps a package's credentials of a user across logons. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_SAVE_SUPPLEMENTAL_CREDENTIALS)(PLUID LogonId, ULONG SupplementalCredSize,
                                                          PVOID SupplementalCreds,
                                                          BOOLEAN Synchronous);
typedef LSA_SAVE_SUPPLEMENTAL_CREDENTIALS *PLSA_SAVE_SUPPLEMENTAL_CREDENTIALS;

/*
 * Tells every package that a user's credentials have changed. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_UPDATE_PRIMARY_CREDENTIALS)(PSECPKG_PRIMARY_CRED PrimaryCredentials,
                                                       PSECPKG_SUPPLEMENTAL_CRED_ARRAY Credentials);
typedef LSA_UPDATE_PRIMARY_CREDENTIALS *PLSA_UPDATE_PRIMARY_CREDENTIALS;

/*
 * Opens an account of this machine's database; UserHandle [out] ends with CloseSamUser. Not offered
 * here: STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_OPEN_SAM_USER)(PSECURITY_STRING Name, SECPKG_NAME_TYPE NameType,
                                          PSECURITY_STRING Prefix, BOOLEAN AllowGuest,
                                          ULONG Reserved, PVOID *UserHandle);
typedef LSA_OPEN_SAM_USER *PLSA_OPEN_SAM_USER;

/*
 * Reads an account's secrets; both buffers are from AllocateLsaHeap. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_GET_USER_CREDENTIALS)(PVOID UserHandle, PVOID *PrimaryCreds,
                                                 PULONG PrimaryCredsSize, PVOID *SupplementalCreds,
                                                 PULONG SupplementalCredsSize);
typedef LSA_GET_USER_CREDENTIALS *PLSA_GET_USER_CREDENTIALS;

/*
 * Reads what a token is made of; UserAuthData is from AllocateLsaHeap. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI LSA_GET_USER_AUTH_DATA)(PVOID UserHandle, PUCHAR *UserAuthData,
                                               PULONG UserAuthDataSize);
typedef LSA_GET_USER_AUTH_DATA *PLSA_GET_USER_AUTH_DATA;

/* Ends what OpenSamUser began. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_CLOSE_SAM_USER)(PVOID UserHandle);
typedef LSA_CLOSE_SAM_USER *PLSA_CLOSE_SAM_USER;

/* OpenSamUser and GetUserAuthData in one. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_GET_AUTH_DATA_FOR_USER)(PSECURITY_STRING Name, SECPKG_NAME_TYPE NameType,
                                                   PSECURITY_STRING Prefix, PUCHAR *UserAuthData,
                                                   PULONG UserAuthDataSize,
                                                   PUNICODE_STRING UserFlatName);
typedef LSA_GET_AUTH_DATA_FOR_USER *PLSA_GET_AUTH_DATA_FOR_USER;

/* Adds the groups of this domain. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_EXPAND_AUTH_DATA_FOR_DOMAIN)(PUCHAR UserAuthData, ULONG UserAuthDataSize,
                                                        PVOID Reserved, PUCHAR *ExpandedAuthData,
                                                        PULONG ExpandedAuthDataSize);
typedef LSA_EXPAND_AUTH_DATA_FOR_DOMAIN *PLSA_EXPAND_AUTH_DATA_FOR_DOMAIN;

/* Translates a name from one form into another. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_CRACK_SINGLE_NAME)(ULONG FormatOffered, BOOLEAN PerformAtGC,
                                              PUNICODE_STRING NameInput, PUNICODE_STRING Prefix,
                                              ULONG RequestedFormat, PUNICODE_STRING CrackedName,
                                              PUNICODE_STRING DnsDomainName, PULONG SubStatus);
typedef LSA_CRACK_SINGLE_NAME *PLSA_CRACK_SINGLE_NAME;

/* Reads the password of a managed service account. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI LSA_GET_SERVICE_ACCOUNT_PASSWORD)(PUNICODE_STRING AccountName,
                                                         PUNICODE_STRING DomainName,
                                                         CRED_FETCH CredFetch,
                                                         FILETIME *FileTimeExpiry,
                                                         PUNICODE_STRING CurrentPassword,
                                                         PUNICODE_STRING PreviousPassword,
                                                         FILETIME *FileTimeCurrPwdValidForOutbound);
typedef LSA_GET_SERVICE_ACCOUNT_PASSWORD *PLSA_GET_SERVICE_ACCOUNT_PASSWORD;

/* ---- What the LSA offers: auditing ------------------------------------- */

/* Writes a logon, good or bad, to the log. */
typedef VOID(NTAPI LSA_AUDIT_LOGON)(NTSTATUS Status, NTSTATUS SubStatus,
                                    PUNICODE_STRING AccountName,
                                    PUNICODE_STRING AuthenticatingAuthority,
                                    PUNICODE_STRING WorkstationName, PSID UserSid,
                                    SECURITY_LOGON_TYPE LogonType, PTOKEN_SOURCE TokenSource,
                                    PLUID LogonId);
typedef LSA_AUDIT_LOGON *PLSA_AUDIT_LOGON;

/* The same, with the level. */
typedef VOID(NTAPI LSA_AUDIT_LOGON_EX)(NTSTATUS Status, NTSTATUS SubStatus,
                                       PUNICODE_STRING AccountName,
                                       PUNICODE_STRING AuthenticatingAuthority,
                                       PUNICODE_STRING WorkstationName, PSID UserSid,
                                       SECURITY_LOGON_TYPE LogonType,
                                       SECURITY_IMPERSONATION_LEVEL ImpersonationLevel,
                                       PTOKEN_SOURCE TokenSource, PLUID LogonId);
typedef LSA_AUDIT_LOGON_EX *PLSA_AUDIT_LOGON_EX;

/* Writes to the log that an account of this machine was checked. STATUS_SUCCESS. */
typedef NTSTATUS(NTAPI LSA_AUDIT_ACCOUNT_LOGON)(ULONG AuditId, BOOLEAN Success,
                                                PUNICODE_STRING Source, PUNICODE_STRING ClientName,
                                                PUNICODE_STRING MappedName, NTSTATUS Status);
typedef LSA_AUDIT_ACCOUNT_LOGON *PLSA_AUDIT_ACCOUNT_LOGON;

/* ---- What the LSA offers: the credential manager, Windows' own --------- */

/*
 * Reads one stored credential, whose structure is not declared here. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI CredReadFn)(PLUID LogonId, ULONG CredFlags, LPWSTR TargetName, ULONG Type,
                                   ULONG Flags, PENCRYPTED_CREDENTIALW *Credential);

/* Reads the stored credentials that fit a target. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI CredReadDomainCredentialsFn)(PLUID LogonId, ULONG CredFlags,
                                                    PCREDENTIAL_TARGET_INFORMATIONW TargetInfo,
                                                    ULONG Flags, PULONG Count,
                                                    PENCRYPTED_CREDENTIALW **Credential);

/* Frees what these read. Not offered here. */
typedef VOID(NTAPI CredFreeCredentialsFn)(ULONG Count, PENCRYPTED_CREDENTIALW *Credentials);

/* Stores a credential. Not offered here: STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(NTAPI CredWriteFn)(PLUID LogonId, ULONG CredFlags,
                                    PENCRYPTED_CREDENTIALW Credential, ULONG Flags);

/*
 * Decodes a user name that stands for something else, such as a certificate. Not offered here:
 * STATUS_NOT_SUPPORTED.
 */
typedef NTSTATUS(NTAPI CrediUnmarshalandDecodeStringFn)(LPWSTR MarshaledString, LPBYTE *Blob,
                                                        ULONG *BlobSize, BOOLEAN *IsFailureFatal);

/* A slot whose signature Microsoft does not document; always NULL here. */
typedef VOID(NTAPI *PLSA_UNDOCUMENTED)(VOID);

/* LSA_QUERY_CLIENT_REQUEST's QueryType */
#define LSA_QUERY_CLIENT_PRELOGON_SESSION_ID 1

/* ---- What the LSA offers: the table ------------------------------------ */

/*
 * All of it, given to SpInitialize.  Every slot is filled but the two dummies and the last two.  A
 * function that is about the client or the call answers STATUS_INVALID_HANDLE outside of a call.
 * One with nothing behind it says no in its own way: STATUS_NOT_SUPPORTED, NULL or FALSE.
 */
typedef struct _LSA_SECPKG_FUNCTION_TABLE {
    PLSA_CREATE_LOGON_SESSION CreateLogonSession;
    PLSA_DELETE_LOGON_SESSION DeleteLogonSession;
    PLSA_ADD_CREDENTIAL AddCredential;
    PLSA_GET_CREDENTIALS GetCredentials;
    PLSA_DELETE_CREDENTIAL DeleteCredential;
    PLSA_ALLOCATE_LSA_HEAP AllocateLsaHeap;
    PLSA_FREE_LSA_HEAP FreeLsaHeap;
    PLSA_ALLOCATE_CLIENT_BUFFER AllocateClientBuffer;
    PLSA_FREE_CLIENT_BUFFER FreeClientBuffer;
    PLSA_COPY_TO_CLIENT_BUFFER CopyToClientBuffer;
    PLSA_COPY_FROM_CLIENT_BUFFER CopyFromClientBuffer;
    PLSA_IMPERSONATE_CLIENT ImpersonateClient;
    PLSA_UNLOAD_PACKAGE UnloadPackage;
    PLSA_DUPLICATE_HANDLE DuplicateHandle;
    PLSA_SAVE_SUPPLEMENTAL_CREDENTIALS SaveSupplementalCredentials;
    PLSA_CREATE_THREAD CreateThread;
    PLSA_GET_CLIENT_INFO GetClientInfo;
    PLSA_REGISTER_NOTIFICATION RegisterNotification;
    PLSA_CANCEL_NOTIFICATION CancelNotification;
    PLSA_MAP_BUFFER MapBuffer;
    PLSA_CREATE_TOKEN CreateToken;
    PLSA_AUDIT_LOGON AuditLogon;
    PLSA_CALL_PACKAGE CallPackage;
    PLSA_FREE_LSA_HEAP FreeReturnBuffer;
    PLSA_GET_CALL_INFO GetCallInfo;
    PLSA_CALL_PACKAGEEX CallPackageEx;
    PLSA_CREATE_SHARED_MEMORY CreateSharedMemory;
    PLSA_ALLOCATE_SHARED_MEMORY AllocateSharedMemory;
    PLSA_FREE_SHARED_MEMORY FreeSharedMemory;
    PLSA_DELETE_SHARED_MEMORY DeleteSharedMemory;
    PLSA_OPEN_SAM_USER OpenSamUser;
    PLSA_GET_USER_CREDENTIALS GetUserCredentials;
    PLSA_GET_USER_AUTH_DATA GetUserAuthData;
    PLSA_CLOSE_SAM_USER CloseSamUser;
    PLSA_CONVERT_AUTH_DATA_TO_TOKEN ConvertAuthDataToToken;
    PLSA_CLIENT_CALLBACK ClientCallback;
    PLSA_UPDATE_PRIMARY_CREDENTIALS UpdateCredentials;
    PLSA_GET_AUTH_DATA_FOR_USER GetAuthDataForUser;
    PLSA_CRACK_SINGLE_NAME CrackSingleName;
    PLSA_AUDIT_ACCOUNT_LOGON AuditAccountLogon;
    PLSA_CALL_PACKAGE_PASSTHROUGH CallPackagePassthrough;
    CredReadFn *CrediRead;
    CredReadDomainCredentialsFn *CrediReadDomainCredentials;
    CredFreeCredentialsFn *CrediFreeCredentials;
    PLSA_PROTECT_MEMORY LsaProtectMemory;
    PLSA_PROTECT_MEMORY LsaUnprotectMemory;
    PLSA_OPEN_TOKEN_BY_LOGON_ID OpenTokenByLogonId;
    PLSA_EXPAND_AUTH_DATA_FOR_DOMAIN ExpandAuthDataForDomain;
    PLSA_ALLOCATE_PRIVATE_HEAP AllocatePrivateHeap;
    PLSA_FREE_PRIVATE_HEAP FreePrivateHeap;
    PLSA_CREATE_TOKEN_EX CreateTokenEx;
    CredWriteFn *CrediWrite;
    CrediUnmarshalandDecodeStringFn *CrediUnmarshalandDecodeString;
    PLSA_PROTECT_MEMORY DummyFunction6;
    PLSA_GET_EXTENDED_CALL_FLAGS GetExtendedCallFlags;
    PLSA_DUPLICATE_HANDLE DuplicateTokenHandle;
    PLSA_GET_SERVICE_ACCOUNT_PASSWORD GetServiceAccountPassword;
    PLSA_PROTECT_MEMORY DummyFunction7;
    PLSA_AUDIT_LOGON_EX AuditLogonEx;
    PLSA_CHECK_PROTECTED_USER_BY_TOKEN CheckProtectedUserByToken;
    PLSA_QUERY_CLIENT_REQUEST QueryClientRequest;
    PLSA_GET_APP_MODE_INFO GetAppModeInfo;
    PLSA_SET_APP_MODE_INFO SetAppModeInfo;
    PLSA_GET_CLIENT_INFO_EX GetClientInfoEx;
    PLSA_UNDOCUMENTED GetSecpkgFailureReason;
    PLSA_UNDOCUMENTED SetSecpkgFailureReason;
} LSA_SECPKG_FUNCTION_TABLE, *PLSA_SECPKG_FUNCTION_TABLE;

/* What RegisterNotification takes, and what a package is told then. */
#define NOTIFIER_FLAG_NEW_THREAD 0x00000001
#define NOTIFIER_FLAG_ONE_SHOT   0x00000002
#define NOTIFIER_FLAG_SECONDS    0x80000000

#define NOTIFIER_TYPE_INTERVAL     1
#define NOTIFIER_TYPE_HANDLE_WAIT  2
#define NOTIFIER_TYPE_STATE_CHANGE 3
#define NOTIFIER_TYPE_NOTIFY_EVENT 4
#define NOTIFIER_TYPE_IMMEDIATE    16

#define NOTIFY_CLASS_PACKAGE_CHANGE  1
#define NOTIFY_CLASS_ROLE_CHANGE     2
#define NOTIFY_CLASS_DOMAIN_CHANGE   3
#define NOTIFY_CLASS_REGISTRY_CHANGE 4

typedef struct _SECPKG_EVENT_PACKAGE_CHANGE {
    ULONG ChangeType; /* SECPKG_PACKAGE_CHANGE_* */
    LSA_SEC_HANDLE PackageId;
    SECURITY_STRING PackageName;
} SECPKG_EVENT_PACKAGE_CHANGE, *PSECPKG_EVENT_PACKAGE_CHANGE;

#define SECPKG_PACKAGE_CHANGE_LOAD   0
#define SECPKG_PACKAGE_CHANGE_UNLOAD 1
#define SECPKG_PACKAGE_CHANGE_SELECT 2

typedef struct _SECPKG_EVENT_ROLE_CHANGE {
    ULONG PreviousRole;
    ULONG NewRole;
} SECPKG_EVENT_ROLE_CHANGE, *PSECPKG_EVENT_ROLE_CHANGE;

typedef struct _SECPKG_PARAMETERS SECPKG_EVENT_DOMAIN_CHANGE;
typedef struct _SECPKG_PARAMETERS *PSECPKG_EVENT_DOMAIN_CHANGE;

typedef struct _SECPKG_EVENT_NOTIFY {
    ULONG EventClass;
    ULONG Reserved;
    ULONG EventDataSize;
    PVOID EventData;
    PVOID PackageParameter;
} SECPKG_EVENT_NOTIFY, *PSECPKG_EVENT_NOTIFY;

/* What a client process offers the user half, given to SpInstanceInit. */
typedef struct _SECPKG_DLL_FUNCTIONS {
    PLSA_ALLOCATE_LSA_HEAP AllocateHeap;
    PLSA_FREE_LSA_HEAP FreeHeap;
    PLSA_REGISTER_CALLBACK RegisterCallback;
    PLSA_LOCATE_PKG_BY_ID LocatePackageById;
} SECPKG_DLL_FUNCTIONS, *PSECPKG_DLL_FUNCTIONS;

/* ---- The LSA half: logons, and requests to one package ----------------- */

/* Starts a pure authentication package; one that has Initialize is started through that. */
typedef NTSTATUS(NTAPI LSA_AP_INITIALIZE_PACKAGE)(ULONG AuthenticationPackageId,
                                                  PLSA_DISPATCH_TABLE LsaDispatchTable,
                                                  PLSA_STRING Database, PLSA_STRING Confidentiality,
                                                  PLSA_STRING *AuthenticationPackageName);
typedef LSA_AP_INITIALIZE_PACKAGE *PLSA_AP_INITIALIZE_PACKAGE;

/*
 * Logs a user on with what an application has submitted to LsaLogonUser; none here calls it. The Ex
 * forms answer with more.
 */
typedef NTSTATUS(NTAPI LSA_AP_LOGON_USER)(PLSA_CLIENT_REQUEST ClientRequest,
                                          SECURITY_LOGON_TYPE LogonType,
                                          PVOID AuthenticationInformation,
                                          PVOID ClientAuthenticationBase,
                                          ULONG AuthenticationInformationLength,
                                          PVOID *ProfileBuffer, PULONG ProfileBufferLength,
                                          PLUID LogonId, PNTSTATUS SubStatus,
                                          PLSA_TOKEN_INFORMATION_TYPE TokenInformationType,
                                          PVOID *TokenInformation, PLSA_UNICODE_STRING *AccountName,
                                          PLSA_UNICODE_STRING *AuthenticatingAuthority);
typedef LSA_AP_LOGON_USER *PLSA_AP_LOGON_USER;

/* The same, and where the user is. */
typedef NTSTATUS(NTAPI LSA_AP_LOGON_USER_EX)(PLSA_CLIENT_REQUEST ClientRequest,
                                             SECURITY_LOGON_TYPE LogonType,
                                             PVOID AuthenticationInformation,
                                             PVOID ClientAuthenticationBase,
                                             ULONG AuthenticationInformationLength,
                                             PVOID *ProfileBuffer, PULONG ProfileBufferLength,
                                             PLUID LogonId, PNTSTATUS SubStatus,
                                             PLSA_TOKEN_INFORMATION_TYPE TokenInformationType,
                                             PVOID *TokenInformation, PUNICODE_STRING *AccountName,
                                             PUNICODE_STRING *AuthenticatingAuthority,
                                             PUNICODE_STRING *MachineName);
typedef LSA_AP_LOGON_USER_EX *PLSA_AP_LOGON_USER_EX;

/* The same, and what the other packages shall get to know (AcceptCredentials). */
typedef NTSTATUS(NTAPI LSA_AP_LOGON_USER_EX2)(PLSA_CLIENT_REQUEST ClientRequest,
                                              SECURITY_LOGON_TYPE LogonType,
                                              PVOID AuthenticationInformation,
                                              PVOID ClientAuthenticationBase,
                                              ULONG AuthenticationInformationLength,
                                              PVOID *ProfileBuffer, PULONG ProfileBufferLength,
                                              PLUID LogonId, PNTSTATUS SubStatus,
                                              PLSA_TOKEN_INFORMATION_TYPE TokenInformationType,
                                              PVOID *TokenInformation, PUNICODE_STRING *AccountName,
                                              PUNICODE_STRING *AuthenticatingAuthority,
                                              PUNICODE_STRING *MachineName,
                                              PSECPKG_PRIMARY_CRED PrimaryCredentials,
                                              PSECPKG_SUPPLEMENTAL_CRED_ARRAY *CachedCredentials);
typedef LSA_AP_LOGON_USER_EX2 *PLSA_AP_LOGON_USER_EX2;

/* The same, and what packages tell each other during the logon. */
typedef NTSTATUS(NTAPI LSA_AP_LOGON_USER_EX3)(
    PLSA_CLIENT_REQUEST ClientRequest, SECURITY_LOGON_TYPE LogonType, PVOID ProtocolSubmitBuffer,
    PVOID ClientBufferBase, ULONG SubmitBufferSize, PSECPKG_SURROGATE_LOGON SurrogateLogon,
    PVOID *ProfileBuffer, PULONG ProfileBufferLength, PLUID LogonId, PNTSTATUS SubStatus,
    PLSA_TOKEN_INFORMATION_TYPE TokenInformationType, PVOID *TokenInformation,
    PUNICODE_STRING *AccountName, PUNICODE_STRING *AuthenticatingAuthority,
    PUNICODE_STRING *MachineName, PSECPKG_PRIMARY_CRED PrimaryCredentials,
    PSECPKG_SUPPLEMENTAL_CRED_ARRAY *SupplementalCredentials);
typedef LSA_AP_LOGON_USER_EX3 *PLSA_AP_LOGON_USER_EX3;

/* Runs before another package's logon. */
typedef NTSTATUS(NTAPI LSA_AP_PRE_LOGON_USER_SURROGATE)(PLSA_CLIENT_REQUEST ClientRequest,
                                                        SECURITY_LOGON_TYPE LogonType,
                                                        PVOID ProtocolSubmitBuffer,
                                                        PVOID ClientBufferBase,
                                                        ULONG SubmitBufferSize,
                                                        PSECPKG_SURROGATE_LOGON SurrogateLogon,
                                                        PNTSTATUS SubStatus);
typedef LSA_AP_PRE_LOGON_USER_SURROGATE *PLSA_AP_PRE_LOGON_USER_SURROGATE;

/* Runs after another package's logon. */
typedef NTSTATUS(NTAPI LSA_AP_POST_LOGON_USER_SURROGATE)(
    PLSA_CLIENT_REQUEST ClientRequest, SECURITY_LOGON_TYPE LogonType, PVOID ProtocolSubmitBuffer,
    PVOID ClientBufferBase, ULONG SubmitBufferSize, PSECPKG_SURROGATE_LOGON SurrogateLogon,
    PVOID ProfileBuffer, ULONG ProfileBufferSize, PLUID LogonId, NTSTATUS Status,
    NTSTATUS SubStatus, LSA_TOKEN_INFORMATION_TYPE TokenInformationType, PVOID TokenInformation,
    PUNICODE_STRING AccountName, PUNICODE_STRING AuthenticatingAuthority,
    PUNICODE_STRING MachineName, PSECPKG_PRIMARY_CRED PrimaryCredentials,
    PSECPKG_SUPPLEMENTAL_CRED_ARRAY SupplementalCredentials);
typedef LSA_AP_POST_LOGON_USER_SURROGATE *PLSA_AP_POST_LOGON_USER_SURROGATE;

/* Runs when a logon has ended well. */
typedef NTSTATUS(NTAPI LSA_AP_POST_LOGON_USER)(PSECPKG_POST_LOGON_USER_INFO PostLogonUserInfo);
typedef LSA_AP_POST_LOGON_USER *PLSA_AP_POST_LOGON_USER;

/* A logon session has ended: forget what belongs to it. */
typedef VOID(NTAPI LSA_AP_LOGON_TERMINATED)(PLUID LogonId);
typedef LSA_AP_LOGON_TERMINATED *PLSA_AP_LOGON_TERMINATED;

/*
 * A request of an application's, in a form that only the two know. ProtocolReturnBuffer [out] is
 * from AllocateClientBuffer. CallPackageUntrusted gets those of applications without rights.
 */
typedef NTSTATUS(NTAPI LSA_AP_CALL_PACKAGE)(PLSA_CLIENT_REQUEST ClientRequest,
                                            PVOID ProtocolSubmitBuffer, PVOID ClientBufferBase,
                                            ULONG SubmitBufferLength, PVOID *ProtocolReturnBuffer,
                                            PULONG ReturnBufferLength, PNTSTATUS ProtocolStatus);
typedef LSA_AP_CALL_PACKAGE *PLSA_AP_CALL_PACKAGE;

/* The same, from another machine. */
typedef NTSTATUS(NTAPI LSA_AP_CALL_PACKAGE_PASSTHROUGH)(PLSA_CLIENT_REQUEST ClientRequest,
                                                        PVOID ProtocolSubmitBuffer,
                                                        PVOID ClientBufferBase,
                                                        ULONG SubmitBufferLength,
                                                        PVOID *ProtocolReturnBuffer,
                                                        PULONG ReturnBufferLength,
                                                        PNTSTATUS ProtocolStatus);
typedef LSA_AP_CALL_PACKAGE_PASSTHROUGH *PLSA_AP_CALL_PACKAGE_PASSTHROUGH;

typedef LSA_AP_CALL_PACKAGE LSA_AP_CALL_PACKAGE_UNTRUSTED;
typedef LSA_AP_CALL_PACKAGE_UNTRUSTED *PLSA_AP_CALL_PACKAGE_UNTRUSTED;

/* ---- The LSA half: starting, ending, introducing oneself --------------- */

/*
 * Starts the package: the first call it gets, and the only one until it returns.
 *
 * PackageId      [in] its number, the same as long as the LSA lives
 * Parameters     [in] what machine this is; lent for the call
 * FunctionTable  [in] what the LSA offers; stays until Shutdown. A member may be NULL
 *
 * STATUS_SUCCESS
 * and with anything else the package is not used
 *
 * Source: SpInitialize.
 */
typedef NTSTATUS(NTAPI SpInitializeFn)(ULONG_PTR PackageId, PSECPKG_PARAMETERS Parameters,
                                       PLSA_SECPKG_FUNCTION_TABLE FunctionTable);

/* Ends the package: frees what it holds. Nothing is called afterwards. STATUS_SUCCESS. */
typedef NTSTATUS(NTAPI SpShutdownFn)(VOID);

/*
 * Describes the package.
 *
 * PackageInfo  [out] the structure is the caller's; Name and Comment are the package's, static
 *
 * STATUS_SUCCESS
 *
 * Source: SpGetInfo.
 */
typedef NTSTATUS(NTAPI SpGetInfoFn)(PSecPkgInfo PackageInfo);

/*
 * Tells more about the package: its object identifiers, the attributes that its LSA half answers.
 *
 * Class          [in] what is asked
 * ppInformation  [out] from AllocateLsaHeap, the LSA frees it
 *
 * STATUS_SUCCESS
 * SEC_E_UNSUPPORTED_FUNCTION  nothing to tell in that class
 *
 * Source: SpGetExtendedInformation.
 */
typedef NTSTATUS(NTAPI SpGetExtendedInformationFn)(SECPKG_EXTENDED_INFORMATION_CLASS Class,
                                                   PSECPKG_EXTENDED_INFORMATION *ppInformation);

/* Changes something about the package. STATUS_SUCCESS; SEC_E_UNSUPPORTED_FUNCTION. */
typedef NTSTATUS(NTAPI SpSetExtendedInformationFn)(SECPKG_EXTENDED_INFORMATION_CLASS Class,
                                                   PSECPKG_EXTENDED_INFORMATION Info);

/*
 * Tells what the package knows of a logon session; UserData [out] is from AllocateLsaHeap.
 * STATUS_SUCCESS; STATUS_NO_SUCH_LOGON_SESSION.
 */
typedef NTSTATUS(NTAPI SpGetUserInfoFn)(PLUID LogonId, ULONG Flags, PSecurityUserData *UserData);

/* ---- The LSA half: credentials ----------------------------------------- */

/* A user has logged on: keep what will be needed of it. STATUS_SUCCESS. */
typedef NTSTATUS(NTAPI SpAcceptCredentialsFn)(SECURITY_LOGON_TYPE LogonType,
                                              PUNICODE_STRING AccountName,
                                              PSECPKG_PRIMARY_CRED PrimaryCredentials,
                                              PSECPKG_SUPPLEMENTAL_CRED SupplementalCredentials);

/*
 * AcquireCredentialsHandle, in the LSA.
 *
 * PrincipalName       [in] NULL for the client's own
 * CredentialUseFlags  [in] SECPKG_CRED_*
 * LogonId             [in] of a session, or NULL for the client's own
 * AuthorizationData   [in] in the client's memory, or NULL
 * GetKeyFunction      [in] NULL
 * GetKeyArgument      [in] NULL
 * CredentialHandle    [out] the package's name for it, not 0; freed with FreeCredentialsHandle
 * ExpirationTime      [out] when it ends, UTC
 *
 * STATUS_SUCCESS
 * SEC_E_NO_CREDENTIALS       none to use
 * SEC_E_UNKNOWN_CREDENTIALS  credentials of a form not known
 * STATUS_NO_MEMORY
 *
 * Source: SpAcquireCredentialsHandle.
 */
typedef NTSTATUS(NTAPI SpAcquireCredentialsHandleFn)(PUNICODE_STRING PrincipalName,
                                                     ULONG CredentialUseFlags, PLUID LogonId,
                                                     PVOID AuthorizationData, PVOID GetKeyFunction,
                                                     PVOID GetKeyArgument,
                                                     PLSA_SEC_HANDLE CredentialHandle,
                                                     PTimeStamp ExpirationTime);

/* Frees a credential. Contexts made with it go on. STATUS_SUCCESS; SEC_E_INVALID_HANDLE. */
typedef NTSTATUS(NTAPI SpFreeCredentialsHandleFn)(LSA_SEC_HANDLE CredentialHandle);

/*
 * QueryCredentialsAttributesW, in the LSA. Buffer [out] is in the wide form; pointers in it are
 * from AllocateClientBuffer. STATUS_SUCCESS; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpQueryCredentialsAttributesFn)(LSA_SEC_HANDLE CredentialHandle,
                                                       ULONG CredentialAttribute, PVOID Buffer);

/*
 * SetCredentialsAttributesW, in the LSA; BufferSize in bytes. STATUS_SUCCESS; SEC_E_INVALID_HANDLE;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpSetCredentialsAttributesFn)(LSA_SEC_HANDLE CredentialHandle,
                                                     ULONG CredentialAttribute, PVOID Buffer,
                                                     ULONG BufferSize);

/*
 * AddCredentials, in the LSA. STATUS_SUCCESS; as AcquireCredentialsHandle;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpAddCredentialsFn)(LSA_SEC_HANDLE CredentialHandle,
                                           PUNICODE_STRING PrincipalName, PUNICODE_STRING Package,
                                           ULONG CredentialUseFlags, PVOID AuthorizationData,
                                           PVOID GetKeyFunction, PVOID GetKeyArgument,
                                           PTimeStamp ExpirationTime);

/*
 * Stores a credential beside another; Credentials in the package's own form. STATUS_SUCCESS;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpSaveCredentialsFn)(LSA_SEC_HANDLE CredentialHandle,
                                            PSecBuffer Credentials);

/* Reads what SaveCredentials has stored. STATUS_SUCCESS; SEC_E_UNSUPPORTED_FUNCTION. */
typedef NTSTATUS(NTAPI SpGetCredentialsFn)(LSA_SEC_HANDLE CredentialHandle, PSecBuffer Credentials);

/* Deletes what SaveCredentials has stored. STATUS_SUCCESS; SEC_E_UNSUPPORTED_FUNCTION. */
typedef NTSTATUS(NTAPI SpDeleteCredentialsFn)(LSA_SEC_HANDLE CredentialHandle, PSecBuffer Key);

/*
 * ChangeAccountPassword, in the LSA. STATUS_SUCCESS; STATUS_WRONG_PASSWORD; STATUS_NO_SUCH_USER;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpChangeAccountPasswordFn)(PUNICODE_STRING pDomainName,
                                                  PUNICODE_STRING pAccountName,
                                                  PUNICODE_STRING pOldPassword,
                                                  PUNICODE_STRING pNewPassword,
                                                  BOOLEAN Impersonating, PSecBufferDesc pOutput);

/* For Windows' credential dialogue; none here calls it. */
typedef NTSTATUS(NTAPI SpGetCredUIContextFn)(LSA_SEC_HANDLE ContextHandle, GUID *CredType,
                                             PULONG FlatCredUIContextLength,
                                             PUCHAR *FlatCredUIContext);

/* For Windows' credential dialogue; none here calls it. */
typedef NTSTATUS(NTAPI SpUpdateCredentialsFn)(LSA_SEC_HANDLE ContextHandle, GUID *CredType,
                                              ULONG FlatCredUIContextLength,
                                              PUCHAR FlatCredUIContext);

/* ---- The LSA half: handshakes ------------------------------------------ */

/*
 * One step of a client's handshake.
 *
 * CredentialHandle     [in] 0 on later legs that come without one
 * ContextHandle        [in] 0 on the first leg
 * TargetName           [in] the service, or NULL
 * ContextRequirements  [in] ISC_REQ_*
 * TargetDataRep        [in] SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * InputBuffers         [in] from the server; NULL or empty on the first leg
 * NewContextHandle     [out] the package's name for it, not 0, the same on every leg
 * OutputBuffers        [in, out] the SECBUFFER_TOKEN gets the token to send; with
 *                      ISC_REQ_ALLOCATE_MEMORY from AllocateClientBuffer
 * ContextAttributes    [out] ISC_RET_*
 * ExpirationTime       [out] when the session ends, UTC
 * MappedContext        [out] TRUE with the step that ends the handshake: ContextData starts the
 *                      user half in the client
 * ContextData          [out] the packed context, pvBuffer from AllocateLsaHeap: the LSA frees it.
 *                      The same form that ExportContext gives, so that it says which side it is of
 *
 * A step that fails leaves the context as it was.
 *
 * STATUS_SUCCESS
 * SEC_I_CONTINUE_NEEDED   send the output, come back with the answer
 * SEC_E_INVALID_TOKEN     malformed, altered or foreign bytes
 * SEC_E_INVALID_HANDLE    unknown, stale or foreign handle
 * SEC_E_BUFFER_TOO_SMALL  output buffer; the size needed is set
 * SEC_E_LOGON_DENIED      wrong name or password, or not allowed
 * and other SEC_* and STATUS_* codes
 *
 * Source: SpInitLsaModeContext.
 */
typedef NTSTATUS(NTAPI SpInitLsaModeContextFn)(LSA_SEC_HANDLE CredentialHandle,
                                               LSA_SEC_HANDLE ContextHandle,
                                               PUNICODE_STRING TargetName,
                                               ULONG ContextRequirements, ULONG TargetDataRep,
                                               PSecBufferDesc InputBuffers,
                                               PLSA_SEC_HANDLE NewContextHandle,
                                               PSecBufferDesc OutputBuffers,
                                               PULONG ContextAttributes, PTimeStamp ExpirationTime,
                                               PBOOLEAN MappedContext, PSecBuffer ContextData);

/*
 * One step of a server's handshake.
 *
 * CredentialHandle     [in] 0 on later legs that come without one
 * ContextHandle        [in] 0 on the first leg
 * InputBuffer          [in] from the client
 * ContextRequirements  [in] ASC_REQ_*
 * TargetDataRep        [in] SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * NewContextHandle     [out] and the others as for InitLsaModeContext
 * OutputBuffer         [in, out] with ASC_REQ_ALLOCATE_MEMORY from AllocateClientBuffer
 * ContextAttributes    [out] ASC_RET_*
 * ExpirationTime       [out] when the session ends, UTC
 * MappedContext        [out] as for InitLsaModeContext
 * ContextData          [out] as for InitLsaModeContext; has the client's value of the token's
 *                      handle (DuplicateHandle)
 *
 * STATUS_SUCCESS
 * and as InitLsaModeContext
 *
 * Source: SpAcceptLsaModeContext.
 */
typedef NTSTATUS(NTAPI SpAcceptLsaModeContextFn)(LSA_SEC_HANDLE CredentialHandle,
                                                 LSA_SEC_HANDLE ContextHandle,
                                                 PSecBufferDesc InputBuffer,
                                                 ULONG ContextRequirements, ULONG TargetDataRep,
                                                 PLSA_SEC_HANDLE NewContextHandle,
                                                 PSecBufferDesc OutputBuffer,
                                                 PULONG ContextAttributes,
                                                 PTimeStamp ExpirationTime, PBOOLEAN MappedContext,
                                                 PSecBuffer ContextData);

/*
 * Ends a context, in either half: secrets are wiped. The user half answers SEC_I_NO_LSA_CONTEXT for
 * one that was imported, so that the LSA is not asked. STATUS_SUCCESS; SEC_E_INVALID_HANDLE.
 */
typedef NTSTATUS(NTAPI SpDeleteContextFn)(LSA_SEC_HANDLE ContextHandle);

/*
 * ApplyControlToken, in the LSA. STATUS_SUCCESS; SEC_E_INVALID_HANDLE; SEC_E_INVALID_TOKEN;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpApplyControlTokenFn)(LSA_SEC_HANDLE ContextHandle,
                                              PSecBufferDesc ControlToken);

/*
 * QueryContextAttributesW, in either half. Buffer [out] is in the wide form; pointers in it are
 * from AllocateClientBuffer or AllocateHeap, the application frees them. STATUS_SUCCESS;
 * SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION: not an attribute of this half.
 */
typedef NTSTATUS(NTAPI SpQueryContextAttributesFn)(LSA_SEC_HANDLE ContextHandle,
                                                   ULONG ContextAttribute, PVOID Buffer);

/*
 * SetContextAttributesW, in the LSA; BufferSize in bytes. STATUS_SUCCESS; SEC_E_INVALID_HANDLE;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpSetContextAttributesFn)(LSA_SEC_HANDLE ContextHandle,
                                                 ULONG ContextAttribute, PVOID Buffer,
                                                 ULONG BufferSize);

/*
 * For NEGOEX: gives data about the credential for the other side. MetaData [out] is from
 * AllocateLsaHeap. STATUS_SUCCESS; SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpQueryMetaDataFn)(LSA_SEC_HANDLE CredentialHandle,
                                          PUNICODE_STRING TargetName, ULONG ContextRequirements,
                                          PULONG MetaDataLength, PUCHAR *MetaData,
                                          PLSA_SEC_HANDLE ContextHandle);

/*
 * For NEGOEX: takes what the other side's QueryMetaData gave. STATUS_SUCCESS;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpExchangeMetaDataFn)(LSA_SEC_HANDLE CredentialHandle,
                                             PUNICODE_STRING TargetName, ULONG ContextRequirements,
                                             ULONG MetaDataLength, PUCHAR MetaData,
                                             PLSA_SEC_HANDLE ContextHandle);

/* Checks that a logon is meant for this machine; none here calls it. */
typedef NTSTATUS(NTAPI SpValidateTargetInfoFn)(PLSA_CLIENT_REQUEST ClientRequest,
                                               PVOID ProtocolSubmitBuffer, PVOID ClientBufferBase,
                                               ULONG SubmitBufferLength,
                                               PSECPKG_TARGETINFO TargetInfo);

/* Finds out which machine a logon is meant for; none here calls it. */
typedef NTSTATUS(NTAPI SpExtractTargetInfoFn)(PLSA_CLIENT_REQUEST ClientRequest,
                                              PVOID ProtocolSubmitBuffer, PVOID ClientBufferBase,
                                              ULONG SubmitBufferLength, PVOID *ppvTargetInfo,
                                              PULONG pcbTargetInfo);

/* ---- The LSA half: credentials of a remote desktop --------------------- */

/* Asks the machine that a remote desktop's user sits at; none here calls it, nor the next four. */
typedef NTSTATUS(NTAPI LSA_REDIRECTED_LOGON_CALLBACK)(HANDLE RedirectedLogonHandle, PVOID Buffer,
                                                      ULONG BufferLength, PVOID *ReturnBuffer,
                                                      PULONG ReturnBufferLength);
typedef LSA_REDIRECTED_LOGON_CALLBACK *PLSA_REDIRECTED_LOGON_CALLBACK;

/* Ends that. */
typedef VOID(NTAPI LSA_REDIRECTED_LOGON_CLEANUP_CALLBACK)(HANDLE RedirectedLogonHandle);
typedef LSA_REDIRECTED_LOGON_CLEANUP_CALLBACK *PLSA_REDIRECTED_LOGON_CLEANUP_CALLBACK;

/* Gives what a remote machine logs the user on with. */
typedef NTSTATUS(NTAPI SpGetRemoteCredGuardLogonBufferFn)(
    LSA_SEC_HANDLE CredHandle, LSA_SEC_HANDLE ContextHandle, PCUNICODE_STRING TargetName,
    PHANDLE RedirectedLogonHandle, PLSA_REDIRECTED_LOGON_CALLBACK *Callback,
    PLSA_REDIRECTED_LOGON_CLEANUP_CALLBACK *CleanupCallback, PULONG LogonBufferSize,
    PVOID *LogonBuffer);

/* Gives the package's part of it. */
typedef NTSTATUS(NTAPI SpGetRemoteCredGuardSupplementalCredsFn)(
    LSA_SEC_HANDLE CredHandle, PCUNICODE_STRING TargetName, PHANDLE RedirectedLogonHandle,
    PLSA_REDIRECTED_LOGON_CALLBACK *Callback,
    PLSA_REDIRECTED_LOGON_CLEANUP_CALLBACK *CleanupCallback, PULONG SupplementalCredsSize,
    PVOID *SupplementalCreds);

/* Gives what is kept while a machine restarts by itself. */
typedef NTSTATUS(NTAPI SpGetTbalSupplementalCredsFn)(LUID LogonId, PULONG SupplementalCredsSize,
                                                     PVOID *SupplementalCreds);

/* ---- The LSA half: the table ------------------------------------------- */

/* Order is fixed; a member beyond the version that the package answered is not looked at. */
typedef struct _SECPKG_FUNCTION_TABLE {
    PLSA_AP_INITIALIZE_PACKAGE InitializePackage;
    PLSA_AP_LOGON_USER LogonUser;
    PLSA_AP_CALL_PACKAGE CallPackage;
    PLSA_AP_LOGON_TERMINATED LogonTerminated;
    PLSA_AP_CALL_PACKAGE_UNTRUSTED CallPackageUntrusted;
    PLSA_AP_CALL_PACKAGE_PASSTHROUGH CallPackagePassthrough;
    PLSA_AP_LOGON_USER_EX LogonUserEx;
    PLSA_AP_LOGON_USER_EX2 LogonUserEx2;
    SpInitializeFn *Initialize;
    SpShutdownFn *Shutdown;
    SpGetInfoFn *GetInfo;
    SpAcceptCredentialsFn *AcceptCredentials;
    SpAcquireCredentialsHandleFn *AcquireCredentialsHandle;
    SpQueryCredentialsAttributesFn *QueryCredentialsAttributes;
    SpFreeCredentialsHandleFn *FreeCredentialsHandle;
    SpSaveCredentialsFn *SaveCredentials;
    SpGetCredentialsFn *GetCredentials;
    SpDeleteCredentialsFn *DeleteCredentials;
    SpInitLsaModeContextFn *InitLsaModeContext;
    SpAcceptLsaModeContextFn *AcceptLsaModeContext;
    SpDeleteContextFn *DeleteContext;
    SpApplyControlTokenFn *ApplyControlToken;
    SpGetUserInfoFn *GetUserInfo;
    SpGetExtendedInformationFn *GetExtendedInformation;
    SpQueryContextAttributesFn *QueryContextAttributes;
    SpAddCredentialsFn *AddCredentials;
    SpSetExtendedInformationFn *SetExtendedInformation;     /* version 1 ends */
    SpSetContextAttributesFn *SetContextAttributes;         /* 2 */
    SpSetCredentialsAttributesFn *SetCredentialsAttributes; /* 3 */
    SpChangeAccountPasswordFn *ChangeAccountPassword;       /* 4 */
    SpQueryMetaDataFn *QueryMetaData;
    SpExchangeMetaDataFn *ExchangeMetaData;
    SpGetCredUIContextFn *GetCredUIContext;
    SpUpdateCredentialsFn *UpdateCredentials;   /* 5 */
    SpValidateTargetInfoFn *ValidateTargetInfo; /* 6 */
    PLSA_AP_POST_LOGON_USER PostLogonUser;      /* 7 */
    SpGetRemoteCredGuardLogonBufferFn *GetRemoteCredGuardLogonBuffer;
    SpGetRemoteCredGuardSupplementalCredsFn *GetRemoteCredGuardSupplementalCreds; /* 8 */
    SpGetTbalSupplementalCredsFn *GetTbalSupplementalCreds;                       /* 9 */
    PLSA_AP_LOGON_USER_EX3 LogonUserEx3;
    PLSA_AP_PRE_LOGON_USER_SURROGATE PreLogonUserSurrogate;
    PLSA_AP_POST_LOGON_USER_SURROGATE PostLogonUserSurrogate; /* 10 */
    SpExtractTargetInfoFn *ExtractTargetInfo;                 /* 11 */
} SECPKG_FUNCTION_TABLE, *PSECPKG_FUNCTION_TABLE;

/*
 * The entry point of the LSA half, found by its name.
 *
 * LsaVersion      [in] SECPKG_INTERFACE_VERSION
 * PackageVersion  [out] the highest version that the tables cover: the host reads no member beyond
 *                 it
 * ppTables        [out] an array, one table a package; static, the package's
 * pcTables        [out] how many
 *
 * STATUS_SUCCESS
 * STATUS_INVALID_PARAMETER  a version that it does not know
 *
 * Source: SpLsaModeInitialize.
 */
typedef NTSTATUS(SEC_ENTRY *SpLsaModeInitializeFn)(ULONG LsaVersion, PULONG PackageVersion,
                                                   PSECPKG_FUNCTION_TABLE *ppTables,
                                                   PULONG pcTables);

#define SECPKG_LSAMODEINIT_NAME "SpLsaModeInitialize"

/* ---- The user half of a package ---------------------------------------- */

/*
 * Starts the user half in a client process: once a package, before anything else of it.
 *
 * Version        [in] SECPKG_INTERFACE_VERSION
 * FunctionTable  [in] what the process offers; stays as long as the process
 * UserFunctions  [in] not used
 *
 * STATUS_SUCCESS
 * and with anything else the user half is not used
 *
 * Source: SpInstanceInit.
 */
typedef NTSTATUS(NTAPI SpInstanceInitFn)(ULONG Version, PSECPKG_DLL_FUNCTIONS FunctionTable,
                                         PVOID *UserFunctions);

/*
 * Makes the user half's context when a handshake has ended.
 *
 * ContextHandle  [in] what the LSA half called it; every later call names it so
 * PackedContext  [in] what the LSA half gave as ContextData; neither freed nor changed
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_TOKEN  malformed
 * STATUS_NO_MEMORY
 *
 * Source: SpInitUserModeContext.
 */
typedef NTSTATUS(NTAPI SpInitUserModeContextFn)(LSA_SEC_HANDLE ContextHandle,
                                                PSecBuffer PackedContext);

/*
 * MakeSignature.
 *
 * ContextHandle          [in] the context
 * QualityOfProtection    [in] fQOP of the call
 * MessageBuffers         [in, out] checked by the caller: no NULL with a length, 64 buffers at most
 * MessageSequenceNumber  [in] for datagrams
 *
 * The caller lets one thread at a time send, and one receive, on a context.
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_HANDLE        unknown, stale or foreign handle
 * SEC_E_INVALID_TOKEN         malformed, altered or foreign bytes
 * SEC_E_BUFFER_TOO_SMALL      output buffer; the size needed is set
 * SEC_E_QOP_NOT_SUPPORTED     no such quality of protection
 * SEC_E_UNSUPPORTED_FUNCTION  the package cannot do this
 * SEC_E_CONTEXT_EXPIRED       over, or used up by an import elsewhere
 *
 * Source: SpMakeSignature.
 */
typedef NTSTATUS(NTAPI SpMakeSignatureFn)(LSA_SEC_HANDLE ContextHandle, ULONG QualityOfProtection,
                                          PSecBufferDesc MessageBuffers,
                                          ULONG MessageSequenceNumber);

/*
 * VerifySignature; parameters as for SpMakeSignatureFn. STATUS_SUCCESS; SEC_E_MESSAGE_ALTERED;
 * SEC_E_OUT_OF_SEQUENCE; and as there.
 */
typedef NTSTATUS(NTAPI SpVerifySignatureFn)(LSA_SEC_HANDLE ContextHandle,
                                            PSecBufferDesc MessageBuffers,
                                            ULONG MessageSequenceNumber,
                                            PULONG QualityOfProtection);

/* EncryptMessage; parameters and statuses as for SpMakeSignatureFn. */
typedef NTSTATUS(NTAPI SpSealMessageFn)(LSA_SEC_HANDLE ContextHandle, ULONG QualityOfProtection,
                                        PSecBufferDesc MessageBuffers, ULONG MessageSequenceNumber);

/*
 * DecryptMessage; parameters as for SpMakeSignatureFn. STATUS_SUCCESS; SEC_E_MESSAGE_ALTERED;
 * SEC_E_OUT_OF_SEQUENCE; SEC_E_INCOMPLETE_MESSAGE; SEC_I_CONTEXT_EXPIRED; SEC_I_RENEGOTIATE; and as
 * there.
 */
typedef NTSTATUS(NTAPI SpUnsealMessageFn)(LSA_SEC_HANDLE ContextHandle,
                                          PSecBufferDesc MessageBuffers,
                                          ULONG MessageSequenceNumber, PULONG QualityOfProtection);

/*
 * Lends the context's token: ImpersonationToken [out] stays the context's, it is not duplicated.
 * STATUS_SUCCESS; SEC_E_INVALID_HANDLE; SEC_E_NO_IMPERSONATION: there is none.
 */
typedef NTSTATUS(NTAPI SpGetContextTokenFn)(LSA_SEC_HANDLE ContextHandle,
                                            PHANDLE ImpersonationToken);

/*
 * CompleteAuthToken. STATUS_SUCCESS; SEC_E_INVALID_HANDLE; SEC_E_INVALID_TOKEN;
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef NTSTATUS(NTAPI SpCompleteAuthTokenFn)(LSA_SEC_HANDLE ContextHandle,
                                              PSecBufferDesc InputBuffer);

/* Puts credentials into the package's own form; none here calls it. */
typedef NTSTATUS(NTAPI SpFormatCredentialsFn)(PSecBuffer Credentials,
                                              PSecBuffer FormattedCredentials);

/* Puts credentials into one block; none here calls it. */
typedef NTSTATUS(NTAPI SpMarshallSupplementalCredsFn)(ULONG CredentialSize, PUCHAR Credentials,
                                                      PULONG MarshalledCredSize,
                                                      PVOID *MarshalledCreds);

/* Puts the structure of an attribute into one block; none here calls it. */
typedef NTSTATUS(NTAPI SpMarshalAttributeDataFn)(ULONG AttributeInfo, ULONG Attribute,
                                                 ULONG AttributeDataSize, PBYTE AttributeData,
                                                 PULONG MarshaledAttributeDataSize,
                                                 PBYTE *MarshaledAttributeData);

/*
 * Packs a context, so that another process can go on with it. The heart of a package: ContextData
 * of a handshake has the same form.
 *
 * phContext       [in] the context, by value
 * fFlags          [in] SECPKG_CONTEXT_EXPORT_RESET_NEW: as it was when the handshake ended;
 *                 _DELETE_OLD: wipe and forget it; _TO_KERNEL: in the kernel's form
 * pPackedContext  [out] type SECBUFFER_TOKEN, pvBuffer from AllocateHeap: the caller's
 * pToken          [out] NULL, or gets a duplicate of the context's token, the caller's
 *
 * The bytes are the session, in clear. SSPI seals them, asks without DELETE_OLD and deletes or
 * freezes the old context only when that has worked. Called directly, through the table, the flags
 * hold.
 *
 * On failure nothing is allocated, no handle is open, and the context is as it was.
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_HANDLE        unknown, stale or foreign handle
 * SEC_E_INVALID_PARAMETER     another flag
 * SEC_E_UNSUPPORTED_FUNCTION  that flag, in this state
 * STATUS_NO_MEMORY
 *
 * Source: SpExportSecurityContext; docs/adding-a-package.md.
 */
typedef NTSTATUS(NTAPI SpExportSecurityContextFn)(LSA_SEC_HANDLE phContext, ULONG fFlags,
                                                  PSecBuffer pPackedContext, PHANDLE pToken);

/*
 * Makes a context of what ExportContext packed.
 *
 * pPackedContext  [in] neither freed nor changed; to be parsed as hostile input
 * Token           [in] NULL, or a token that stays the caller's: duplicate it
 * phContext       [out] a new handle with the top bit set, so that it meets none of an LSA half's
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_TOKEN  malformed, or of a version that it did not write
 * STATUS_NO_MEMORY
 *
 * Source: SpImportSecurityContext; docs/adding-a-package.md.
 */
typedef NTSTATUS(NTAPI SpImportSecurityContextFn)(PSecBuffer pPackedContext, HANDLE Token,
                                                  PLSA_SEC_HANDLE phContext);

/* SpMarshalAttributeDataFn's AttributeInfo */
#define SECPKG_UNICODE_ATTRIBUTE    0x80000000
#define SECPKG_ANSI_ATTRIBUTE       0
#define SECPKG_CREDENTIAL_ATTRIBUTE 0

/*
 * What SpUserModeInitialize gives.  There is no version for it: all members are there, those that
 * the package lacks are NULL, and their calls answer SEC_E_UNSUPPORTED_FUNCTION.
 */
typedef struct _SECPKG_USER_FUNCTION_TABLE {
    SpInstanceInitFn *InstanceInit;
    SpInitUserModeContextFn *InitUserModeContext;
    SpMakeSignatureFn *MakeSignature;
    SpVerifySignatureFn *VerifySignature;
    SpSealMessageFn *SealMessage;
    SpUnsealMessageFn *UnsealMessage;
    SpGetContextTokenFn *GetContextToken;
    SpQueryContextAttributesFn *QueryContextAttributes;
    SpCompleteAuthTokenFn *CompleteAuthToken;
    SpDeleteContextFn *DeleteUserModeContext;
    SpFormatCredentialsFn *FormatCredentials;
    SpMarshallSupplementalCredsFn *MarshallSupplementalCreds;
    SpExportSecurityContextFn *ExportContext;
    SpImportSecurityContextFn *ImportContext;
    SpMarshalAttributeDataFn *MarshalAttributeData;
} SECPKG_USER_FUNCTION_TABLE, *PSECPKG_USER_FUNCTION_TABLE;

/*
 * The entry point of the user half, found by its name; parameters as for SpLsaModeInitializeFn,
 * tables in the same order.
 *
 * STATUS_SUCCESS
 * STATUS_INVALID_PARAMETER
 *
 * Source: SpUserModeInitialize.
 */
typedef NTSTATUS(SEC_ENTRY *SpUserModeInitializeFn)(ULONG LsaVersion, PULONG PackageVersion,
                                                    PSECPKG_USER_FUNCTION_TABLE *ppTables,
                                                    PULONG pcTables);

#define SECPKG_USERMODEINIT_NAME "SpUserModeInitialize"

/* ---- The kernel half of a package -------------------------------------- */

/* Windows only: declared so that sources compile, called by nobody here. */
typedef enum _KSEC_CONTEXT_TYPE {
    KSecPaged,
    KSecNonPaged
} KSEC_CONTEXT_TYPE;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _KSEC_LIST_ENTRY {
    LIST_ENTRY List;
    LONG RefCount;
    ULONG Signature;
    PVOID OwningList;
    PVOID Reserved;
} KSEC_LIST_ENTRY, *PKSEC_LIST_ENTRY;

/* What Windows' kernel offers. */
typedef PVOID(SEC_ENTRY KSEC_CREATE_CONTEXT_LIST)(KSEC_CONTEXT_TYPE Type);
typedef VOID(SEC_ENTRY KSEC_INSERT_LIST_ENTRY)(PVOID List, PKSEC_LIST_ENTRY Entry);
typedef NTSTATUS(SEC_ENTRY KSEC_REFERENCE_LIST_ENTRY)(PKSEC_LIST_ENTRY Entry, ULONG Signature,
                                                      BOOLEAN RemoveNoRef);
typedef VOID(SEC_ENTRY KSEC_DEREFERENCE_LIST_ENTRY)(PKSEC_LIST_ENTRY Entry, BOOLEAN *pfDelete);
typedef NTSTATUS(SEC_ENTRY KSEC_SERIALIZE_WINNT_AUTH_DATA)(PVOID pvAuthData, PULONG Size,
                                                           PVOID *SerializedData);
typedef NTSTATUS(SEC_ENTRY KSEC_SERIALIZE_SCHANNEL_AUTH_DATA)(PVOID pvAuthData, PULONG Size,
                                                              PVOID *SerializedData);

typedef KSEC_CREATE_CONTEXT_LIST *PKSEC_CREATE_CONTEXT_LIST;
typedef KSEC_INSERT_LIST_ENTRY *PKSEC_INSERT_LIST_ENTRY;
typedef KSEC_REFERENCE_LIST_ENTRY *PKSEC_REFERENCE_LIST_ENTRY;
typedef KSEC_DEREFERENCE_LIST_ENTRY *PKSEC_DEREFERENCE_LIST_ENTRY;
typedef KSEC_SERIALIZE_WINNT_AUTH_DATA *PKSEC_SERIALIZE_WINNT_AUTH_DATA;
typedef KSEC_SERIALIZE_SCHANNEL_AUTH_DATA *PKSEC_SERIALIZE_SCHANNEL_AUTH_DATA;

/* Given to KspInitPackageFn. */
typedef struct _SECPKG_KERNEL_FUNCTIONS {
    PLSA_ALLOCATE_LSA_HEAP AllocateHeap;
    PLSA_FREE_LSA_HEAP FreeHeap;
    PKSEC_CREATE_CONTEXT_LIST CreateContextList;
    PKSEC_INSERT_LIST_ENTRY InsertListEntry;
    PKSEC_REFERENCE_LIST_ENTRY ReferenceListEntry;
    PKSEC_DEREFERENCE_LIST_ENTRY DereferenceListEntry;
    PKSEC_SERIALIZE_WINNT_AUTH_DATA SerializeWinntAuthData;
    PKSEC_SERIALIZE_SCHANNEL_AUTH_DATA SerializeSchannelAuthData;
} SECPKG_KERNEL_FUNCTIONS, *PSECPKG_KERNEL_FUNCTIONS;

/* What the kernel half implements: calls of the user half, under other names. */
typedef NTSTATUS(NTAPI KspInitPackageFn)(PSECPKG_KERNEL_FUNCTIONS FunctionTable);
typedef NTSTATUS(NTAPI KspDeleteContextFn)(LSA_SEC_HANDLE ContextId, PLSA_SEC_HANDLE LsaContextId);
typedef NTSTATUS(NTAPI KspInitContextFn)(LSA_SEC_HANDLE ContextId, PSecBuffer ContextData,
                                         PLSA_SEC_HANDLE NewContextId);
typedef NTSTATUS(NTAPI KspMapHandleFn)(LSA_SEC_HANDLE ContextId, PLSA_SEC_HANDLE LsaContextId);
typedef NTSTATUS(NTAPI KspMakeSignatureFn)(LSA_SEC_HANDLE ContextId, ULONG fQOP,
                                           PSecBufferDesc Message, ULONG MessageSeqNo);
typedef NTSTATUS(NTAPI KspVerifySignatureFn)(LSA_SEC_HANDLE ContextId, PSecBufferDesc Message,
                                             ULONG MessageSeqNo, PULONG pfQOP);
typedef NTSTATUS(NTAPI KspSealMessageFn)(LSA_SEC_HANDLE ContextId, ULONG fQOP,
                                         PSecBufferDesc Message, ULONG MessageSeqNo);
typedef NTSTATUS(NTAPI KspUnsealMessageFn)(LSA_SEC_HANDLE ContextId, PSecBufferDesc Message,
                                           ULONG MessageSeqNo, PULONG pfQOP);
typedef NTSTATUS(NTAPI KspGetTokenFn)(LSA_SEC_HANDLE ContextId, PHANDLE ImpersonationToken,
                                      PACCESS_TOKEN *RawToken);
typedef NTSTATUS(NTAPI KspQueryAttributesFn)(LSA_SEC_HANDLE ContextId, ULONG Attribute,
                                             PVOID Buffer);
typedef NTSTATUS(NTAPI KspCompleteTokenFn)(LSA_SEC_HANDLE ContextId, PSecBufferDesc Token);
typedef NTSTATUS(NTAPI KspSetPagingModeFn)(BOOLEAN PagingMode);
typedef NTSTATUS(NTAPI KspSerializeAuthDataFn)(PVOID pvAuthData, PULONG Size,
                                               PVOID *SerializedData);

/* ExportContext and ImportContext are those of the user half. */
typedef struct _SECPKG_KERNEL_FUNCTION_TABLE {
    KspInitPackageFn *Initialize;
    KspDeleteContextFn *DeleteContext;
    KspInitContextFn *InitContext;
    KspMapHandleFn *MapHandle;
    KspMakeSignatureFn *Sign;
    KspVerifySignatureFn *Verify;
    KspSealMessageFn *Seal;
    KspUnsealMessageFn *Unseal;
    KspGetTokenFn *GetToken;
    KspQueryAttributesFn *QueryAttributes;
    KspCompleteTokenFn *CompleteToken;
    SpExportSecurityContextFn *ExportContext;
    SpImportSecurityContextFn *ImportContext;
    KspSetPagingModeFn *SetPackagePagingMode;
    KspSerializeAuthDataFn *SerializeAuthData;
} SECPKG_KERNEL_FUNCTION_TABLE, *PSECPKG_KERNEL_FUNCTION_TABLE;

#ifdef __cplusplus
}
#endif

#endif
