/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Security Support Provider Interface: what an application calls.
 *
 * A client and a server each acquire a credential, hand each other's tokens to
 * InitializeSecurityContext and AcceptSecurityContext until both are content,
 * and then have a context that signs and encrypts messages.  The context can be
 * exported, sent to another process of the machine and imported there, and the
 * peer notices nothing.
 *
 * Names, numbers and layouts are those of Windows x64.  What exists in a narrow
 * and a wide form has two names, ending in A (UTF-8) and W (UTF-16), which do
 * the same; no macro chooses between them.
 *
 * What holds for every call:
 *
 *   [in] is lent for the duration of the call, and not written although
 *   Windows' prototypes lack const.  [out] is written on success only, but for
 *   the size needed in a buffer that is too small.  Sizes are in bytes, lengths
 *   of text in characters without the terminating NUL, times in 100 ns since
 *   1601, UTC.
 *
 *   Any call may be made from any thread.  One thread may encrypt while another
 *   decrypts on the same context; two that do the same take turns.
 *
 *   A child process has its parent's credentials, but no context of it: its keys
 *   are not there after fork().  It must be given one, by export and import.
 *
 *   "The common ones" are SEC_E_INVALID_HANDLE: never valid, deleted, of the
 *   other kind, or the parent's; SEC_E_INVALID_PARAMETER: NULL where something
 *   is needed, text that is not UTF-8, more than 64 buffers, a length without a
 *   buffer; SEC_E_INSUFFICIENT_MEMORY: also over a limit of the user;
 *   SEC_E_BUFFER_TOO_SMALL: a name of more than 4096 characters;
 *   SEC_E_INTERNAL_ERROR: a system call failed, or the LSA does not start
 *   because its configuration is not valid; and where lsad is the LSA
 *   SEC_E_NO_AUTHENTICATING_AUTHORITY: it cannot be reached, or ended during the
 *   call, and SEC_E_SECPKG_NOT_FOUND: it was started again with other packages.
 *
 * Left out are calls that need Windows' desktop or its kernel, such as
 * SspiPromptForCredentials and KSecRegisterSecurityProvider.
 *
 * Source: Microsoft's API reference of sspi.h, of which each call names the
 * page; where behaviour is ours, docs/differences.md gives the reason.
 */
#ifndef OPENSSPI_SSPI_H
#define OPENSSPI_SSPI_H

#include "sspi_status.h"
#include "sspi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handles ----------------------------------------------------------- */

/* Names a credential or a context of this process; to be compared with nothing. */
typedef struct _SecHandle {
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle;

typedef SecHandle CredHandle;
typedef PSecHandle PCredHandle;
typedef SecHandle CtxtHandle;
typedef PSecHandle PCtxtHandle;

#define SEC_DELETED_HANDLE ((ULONG_PTR)(-2))

#define SecInvalidateHandle(x)                        \
    do {                                              \
        ((PSecHandle)(x))->dwLower = (ULONG_PTR)(-1); \
        ((PSecHandle)(x))->dwUpper = (ULONG_PTR)(-1); \
    } while (0)
#define SecIsValidHandle(x)                                  \
    (((const SecHandle *)(x))->dwLower != (ULONG_PTR)(-1) && \
     ((const SecHandle *)(x))->dwUpper != (ULONG_PTR)(-1))

/* ---- Packages ---------------------------------------------------------- */

/* What a security package is and can do. */
typedef struct _SecPkgInfoA {
    ULONG fCapabilities; /* SECPKG_FLAG_* */
    USHORT wVersion;     /* SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION */
    USHORT wRPCID;       /* number for RPC, or SECPKG_ID_NONE */
    ULONG cbMaxToken;    /* bytes of the largest handshake token */
    SEC_CHAR *Name;
    SEC_CHAR *Comment;
} SecPkgInfoA, *PSecPkgInfoA;

typedef struct _SecPkgInfoW {
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_WCHAR *Name;
    SEC_WCHAR *Comment;
} SecPkgInfoW, *PSecPkgInfoW;

#define SECPKG_ID_NONE 0xFFFF

/* SecPkgInfo.fCapabilities */
#define SECPKG_FLAG_INTEGRITY                    0x00000001 /* signs messages */
#define SECPKG_FLAG_PRIVACY                      0x00000002 /* encrypts messages */
#define SECPKG_FLAG_TOKEN_ONLY                   0x00000004 /* reads only the token buffer */
#define SECPKG_FLAG_DATAGRAM                     0x00000008 /* datagram style */
#define SECPKG_FLAG_CONNECTION                   0x00000010 /* connection style */
#define SECPKG_FLAG_MULTI_REQUIRED               0x00000020 /* several legs */
#define SECPKG_FLAG_CLIENT_ONLY                  0x00000040 /* has no server side */
#define SECPKG_FLAG_EXTENDED_ERROR               0x00000080 /* sends error tokens */
#define SECPKG_FLAG_IMPERSONATION                0x00000100 /* its tokens can be acted with */
#define SECPKG_FLAG_ACCEPT_WIN32_NAME            0x00000200 /* takes names as targets */
#define SECPKG_FLAG_STREAM                       0x00000400 /* stream style */
#define SECPKG_FLAG_NEGOTIABLE                   0x00000800 /* Negotiate may choose it */
#define SECPKG_FLAG_GSS_COMPATIBLE               0x00001000 /* GSS-API on the wire */
#define SECPKG_FLAG_LOGON                        0x00002000 /* logs users on */
#define SECPKG_FLAG_ASCII_BUFFERS                0x00004000 /* tokens are text */
#define SECPKG_FLAG_FRAGMENT                     0x00008000 /* can cut tokens to size */
#define SECPKG_FLAG_MUTUAL_AUTH                  0x00010000 /* the server proves itself too */
#define SECPKG_FLAG_DELEGATION                   0x00020000 /* hands credentials on */
#define SECPKG_FLAG_READONLY_WITH_CHECKSUM       0x00040000 /* signs buffers that it must not change */
#define SECPKG_FLAG_RESTRICTED_TOKENS            0x00080000 /* knows restricted callers */
#define SECPKG_FLAG_NEGO_EXTENDER                0x00100000 /* extends Negotiate */
#define SECPKG_FLAG_NEGOTIABLE2                  0x00200000 /* can be chosen by NEGOEX */
#define SECPKG_FLAG_APPCONTAINER_PASSTHROUGH     0x00400000 /* Windows only */
#define SECPKG_FLAG_APPCONTAINER_CHECKS          0x00800000 /* Windows only */
#define SECPKG_FLAG_CREDENTIAL_ISOLATION_ENABLED 0x01000000 /* Windows only */
#define SECPKG_FLAG_APPLY_LOOPBACK               0x02000000 /* treats local peers apart */

/* Flags that a call into the LSA carries (LSA_SECPKG_FUNCTION_TABLE.GetExtendedCallFlags) */
#define SECPKG_CALLFLAGS_APPCONTAINER             0x00000001
#define SECPKG_CALLFLAGS_APPCONTAINER_AUTHCAPABLE 0x00000002
#define SECPKG_CALLFLAGS_FORCE_SUPPLIED           0x00000004
#define SECPKG_CALLFLAGS_APPCONTAINER_UPNCAPABLE  0x00000008

/* ---- Buffers ----------------------------------------------------------- */

/* One piece of a message, or a parameter. Size in bytes. */
typedef struct _SecBuffer {
    ULONG cbBuffer;
    ULONG BufferType; /* SECBUFFER_*, and flags in the top four bits */
    void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc {
    ULONG ulVersion; /* SECBUFFER_VERSION */
    ULONG cBuffers;
    PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

#define SECBUFFER_VERSION 0

/* SecBuffer.BufferType; compare without the bits of SECBUFFER_ATTRMASK */
#define SECBUFFER_EMPTY                           0  /* nothing, or a place for something */
#define SECBUFFER_DATA                            1  /* the message */
#define SECBUFFER_TOKEN                           2  /* handshake token, signature, packed context */
#define SECBUFFER_PKG_PARAMS                      3  /* package's own parameters */
#define SECBUFFER_MISSING                         4  /* out: so many bytes are missing */
#define SECBUFFER_EXTRA                           5  /* out: so many bytes at the end were not used */
#define SECBUFFER_STREAM_TRAILER                  6  /* place for what follows the data */
#define SECBUFFER_STREAM_HEADER                   7  /* place for what precedes the data */
#define SECBUFFER_NEGOTIATION_INFO                8  /* SEC_NEGOTIATION_INFO */
#define SECBUFFER_PADDING                         9  /* padding apart from the data */
#define SECBUFFER_STREAM                          10 /* a whole sealed message */
#define SECBUFFER_MECHLIST                        11 /* object identifiers */
#define SECBUFFER_MECHLIST_SIGNATURE              12 /* signature over them */
#define SECBUFFER_TARGET                          13 /* target name */
#define SECBUFFER_CHANNEL_BINDINGS                14 /* SEC_CHANNEL_BINDINGS */
#define SECBUFFER_CHANGE_PASS_RESPONSE            15 /* answer to a password change */
#define SECBUFFER_TARGET_HOST                     16 /* target host name */
#define SECBUFFER_ALERT                           17 /* TLS alert to send */
#define SECBUFFER_APPLICATION_PROTOCOLS           18 /* SEC_APPLICATION_PROTOCOLS */
#define SECBUFFER_SRTP_PROTECTION_PROFILES        19 /* SEC_SRTP_PROTECTION_PROFILES */
#define SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER      20 /* SEC_SRTP_MASTER_KEY_IDENTIFIER */
#define SECBUFFER_TOKEN_BINDING                   21 /* SEC_TOKEN_BINDING */
#define SECBUFFER_PRESHARED_KEY                   22 /* SEC_PRESHAREDKEY */
#define SECBUFFER_PRESHARED_KEY_IDENTITY          23 /* SEC_PRESHAREDKEY_IDENTITY */
#define SECBUFFER_DTLS_MTU                        24 /* SEC_DTLS_MTU */
#define SECBUFFER_SEND_GENERIC_TLS_EXTENSION      25 /* SEND_GENERIC_TLS_EXTENSION */
#define SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION 26 /* SUBSCRIBE_GENERIC_TLS_EXTENSION */
#define SECBUFFER_FLAGS                           27 /* SEC_FLAGS */
#define SECBUFFER_TRAFFIC_SECRETS                 28 /* SEC_TRAFFIC_SECRETS */
#define SECBUFFER_CERTIFICATE_REQUEST_CONTEXT     29 /* SEC_CERTIFICATE_REQUEST_CONTEXT */

/* Flags in SecBuffer.BufferType */
#define SECBUFFER_ATTRMASK               0xF0000000
#define SECBUFFER_READONLY               0x80000000 /* neither changed nor signed */
#define SECBUFFER_READONLY_WITH_CHECKSUM 0x10000000 /* not changed, but signed */
#define SECBUFFER_RESERVED               0x60000000

/* SECBUFFER_NEGOTIATION_INFO */
typedef struct _SEC_NEGOTIATION_INFO {
    ULONG Size;
    ULONG NameLength;
    SEC_WCHAR *Name;
    void *Reserved;
} SEC_NEGOTIATION_INFO, *PSEC_NEGOTIATION_INFO;

/*
 * SECBUFFER_CHANNEL_BINDINGS: offsets are from the start of this structure,
 * lengths in bytes; the three pieces follow it in the same buffer.
 */
typedef struct _SEC_CHANNEL_BINDINGS {
    ULONG dwInitiatorAddrType;
    ULONG cbInitiatorLength;
    ULONG dwInitiatorOffset;
    ULONG dwAcceptorAddrType;
    ULONG cbAcceptorLength;
    ULONG dwAcceptorOffset;
    ULONG cbApplicationDataLength;
    ULONG dwApplicationDataOffset;
} SEC_CHANNEL_BINDINGS, *PSEC_CHANNEL_BINDINGS;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT {
    SecApplicationProtocolNegotiationExt_None,
    SecApplicationProtocolNegotiationExt_NPN,
    SecApplicationProtocolNegotiationExt_ALPN
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT;
typedef SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT;

/* One list of names, each with its length in one byte before it, as RFC 7301 3.1 has them. */
typedef struct _SEC_APPLICATION_PROTOCOL_LIST {
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    USHORT ProtocolListSize; /* bytes */
    UCHAR ProtocolList[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOL_LIST, *PSEC_APPLICATION_PROTOCOL_LIST;

/* SECBUFFER_APPLICATION_PROTOCOLS */
typedef struct _SEC_APPLICATION_PROTOCOLS {
    ULONG ProtocolListsSize; /* bytes of all lists */
    SEC_APPLICATION_PROTOCOL_LIST ProtocolLists[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOLS, *PSEC_APPLICATION_PROTOCOLS;

typedef struct _SEC_SRTP_PROTECTION_PROFILES {
    USHORT ProfilesSize;
    USHORT ProfilesList[ANYSIZE_ARRAY];
} SEC_SRTP_PROTECTION_PROFILES, *PSEC_SRTP_PROTECTION_PROFILES;

typedef struct _SEC_SRTP_MASTER_KEY_IDENTIFIER {
    UCHAR MasterKeyIdentifierSize;
    UCHAR MasterKeyIdentifier[ANYSIZE_ARRAY];
} SEC_SRTP_MASTER_KEY_IDENTIFIER, *PSEC_SRTP_MASTER_KEY_IDENTIFIER;

typedef struct _SEC_TOKEN_BINDING {
    UCHAR MajorVersion;
    UCHAR MinorVersion;
    USHORT KeyParametersSize;
    UCHAR KeyParameters[ANYSIZE_ARRAY];
} SEC_TOKEN_BINDING, *PSEC_TOKEN_BINDING;

typedef struct _SEC_PRESHAREDKEY {
    USHORT KeySize;
    UCHAR Key[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY, *PSEC_PRESHAREDKEY;

typedef struct _SEC_PRESHAREDKEY_IDENTITY {
    USHORT KeyIdentitySize;
    UCHAR KeyIdentity[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY_IDENTITY, *PSEC_PRESHAREDKEY_IDENTITY;

typedef struct _SEC_DTLS_MTU {
    USHORT PathMTU;
} SEC_DTLS_MTU, *PSEC_DTLS_MTU;

/* SECBUFFER_FLAGS: context requirements that do not fit into 32 bits. */
typedef struct _SEC_FLAGS {
    ULONGLONG Flags;
} SEC_FLAGS, *PSEC_FLAGS;

typedef struct _SEC_CERTIFICATE_REQUEST_CONTEXT {
    UCHAR cbCertificateRequestContext;
    UCHAR rgCertificateRequestContext[ANYSIZE_ARRAY];
} SEC_CERTIFICATE_REQUEST_CONTEXT, *PSEC_CERTIFICATE_REQUEST_CONTEXT;

typedef enum _SEC_TRAFFIC_SECRET_TYPE {
    SecTrafficSecret_None,
    SecTrafficSecret_Client,
    SecTrafficSecret_Server
} SEC_TRAFFIC_SECRET_TYPE;
typedef SEC_TRAFFIC_SECRET_TYPE *PSEC_TRAFFIC_SECRET_TYPE;

#define SZ_ALG_MAX_SIZE 64 /* characters of an algorithm's name, NUL included */

typedef struct _SEC_TRAFFIC_SECRETS {
    SEC_WCHAR SymmetricAlgId[SZ_ALG_MAX_SIZE];
    SEC_WCHAR ChainingMode[SZ_ALG_MAX_SIZE];
    SEC_WCHAR HashAlgId[SZ_ALG_MAX_SIZE];
    USHORT KeySize;
    USHORT IvSize;
    USHORT MsgSequenceStart;
    USHORT MsgSequenceEnd;
    SEC_TRAFFIC_SECRET_TYPE TrafficSecretType;
    USHORT TrafficSecretSize;
    UCHAR TrafficSecret[ANYSIZE_ARRAY];
} SEC_TRAFFIC_SECRETS, *PSEC_TRAFFIC_SECRETS;

/* TargetDataRep */
#define SECURITY_NATIVE_DREP  0x00000010
#define SECURITY_NETWORK_DREP 0x00000000

/* ---- Credential use ---------------------------------------------------- */

#define SECPKG_CRED_INBOUND              0x00000001 /* accept clients */
#define SECPKG_CRED_OUTBOUND             0x00000002 /* connect to servers */
#define SECPKG_CRED_BOTH                 0x00000003
#define SECPKG_CRED_DEFAULT              0x00000004
#define SECPKG_CRED_AUTOLOGON_RESTRICTED 0x00000010 /* never the user's stored credential */
#define SECPKG_CRED_PROCESS_POLICY_ONLY  0x00000020
#define SECPKG_CRED_RESERVED             0xF0000000

/* ---- What an initiator asks for (fContextReq) -------------------------- */

#define ISC_REQ_DELEGATE                 0x00000001 /* the server may act for the client elsewhere */
#define ISC_REQ_MUTUAL_AUTH              0x00000002 /* the server proves itself too */
#define ISC_REQ_REPLAY_DETECT            0x00000004 /* repeated messages are noticed */
#define ISC_REQ_SEQUENCE_DETECT          0x00000008 /* messages out of order are noticed */
#define ISC_REQ_CONFIDENTIALITY          0x00000010 /* messages can be encrypted */
#define ISC_REQ_USE_SESSION_KEY          0x00000020 /* a new session key */
#define ISC_REQ_PROMPT_FOR_CREDS         0x00000040 /* ask the user: there is nobody to ask here */
#define ISC_REQ_USE_SUPPLIED_CREDS       0x00000080 /* take the credential from the input */
#define ISC_REQ_ALLOCATE_MEMORY          0x00000100 /* the output token is allocated */
#define ISC_REQ_USE_DCE_STYLE            0x00000200 /* one leg more, as DCE-RPC has it */
#define ISC_REQ_DATAGRAM                 0x00000400 /* messages may get lost or overtake each other */
#define ISC_REQ_CONNECTION               0x00000800 /* messages arrive in order */
#define ISC_REQ_CALL_LEVEL               0x00001000
#define ISC_REQ_FRAGMENT_SUPPLIED        0x00002000 /* the input is one fragment of a token */
#define ISC_REQ_EXTENDED_ERROR           0x00004000 /* errors are sent to the peer */
#define ISC_REQ_STREAM                   0x00008000 /* messages are a stream of bytes */
#define ISC_REQ_INTEGRITY                0x00010000 /* messages can be signed */
#define ISC_REQ_IDENTIFY                 0x00020000 /* the server may know the client, not act for it */
#define ISC_REQ_NULL_SESSION             0x00040000 /* as nobody */
#define ISC_REQ_MANUAL_CRED_VALIDATION   0x00080000 /* the application verifies the certificate */
#define ISC_REQ_RESERVED1                0x00100000
#define ISC_REQ_FRAGMENT_TO_FIT          0x00200000 /* cut the output to the buffer */
#define ISC_REQ_FORWARD_CREDENTIALS      0x00400000 /* hand the credential on */
#define ISC_REQ_NO_INTEGRITY             0x00800000 /* messages are not even signed */
#define ISC_REQ_USE_HTTP_STYLE           0x01000000
#define ISC_REQ_UNVERIFIED_TARGET_NAME   0x20000000         /* the target name comes from an untrusted place */
#define ISC_REQ_CONFIDENTIALITY_ONLY     0x40000000         /* encrypted, not signed */
#define ISC_REQ_MESSAGES                 0x0000000100000000 /* TLS messages without records */
#define ISC_REQ_DEFERRED_CRED_VALIDATION 0x0000000200000000 /* the certificate is verified later */
#define ISC_REQ_NO_POST_HANDSHAKE_AUTH   0x0000000400000000 /* no client certificate after the handshake */

/* ---- What an initiator got (pfContextAttr) ----------------------------- */

#define ISC_RET_DELEGATE                 0x00000001 /* a credential was delegated */
#define ISC_RET_MUTUAL_AUTH              0x00000002 /* the server proves itself too */
#define ISC_RET_REPLAY_DETECT            0x00000004 /* repeated messages are noticed */
#define ISC_RET_SEQUENCE_DETECT          0x00000008 /* messages out of order are noticed */
#define ISC_RET_CONFIDENTIALITY          0x00000010 /* messages can be encrypted */
#define ISC_RET_USE_SESSION_KEY          0x00000020 /* there is one */
#define ISC_RET_USED_COLLECTED_CREDS     0x00000040 /* the user was asked */
#define ISC_RET_USED_SUPPLIED_CREDS      0x00000080 /* the credential of the input was used */
#define ISC_RET_ALLOCATED_MEMORY         0x00000100 /* free the output with FreeContextBuffer */
#define ISC_RET_USED_DCE_STYLE           0x00000200 /* one leg more */
#define ISC_RET_DATAGRAM                 0x00000400 /* messages may get lost or overtake each other */
#define ISC_RET_CONNECTION               0x00000800 /* messages arrive in order */
#define ISC_RET_INTERMEDIATE_RETURN      0x00001000 /* not the last leg */
#define ISC_RET_CALL_LEVEL               0x00002000
#define ISC_RET_EXTENDED_ERROR           0x00004000 /* errors are sent to the peer */
#define ISC_RET_STREAM                   0x00008000 /* messages are a stream of bytes */
#define ISC_RET_INTEGRITY                0x00010000 /* messages can be signed */
#define ISC_RET_IDENTIFY                 0x00020000 /* the server may know the client, not act for it */
#define ISC_RET_NULL_SESSION             0x00040000 /* as nobody */
#define ISC_RET_MANUAL_CRED_VALIDATION   0x00080000 /* the application verifies the certificate */
#define ISC_RET_RESERVED1                0x00100000
#define ISC_RET_FRAGMENT_ONLY            0x00200000 /* the output is one fragment */
#define ISC_RET_FORWARD_CREDENTIALS      0x00400000 /* hand the credential on */
#define ISC_RET_USED_HTTP_STYLE          0x01000000
#define ISC_RET_NO_ADDITIONAL_TOKEN      0x02000000         /* nothing is to be sent */
#define ISC_RET_REAUTHENTICATION         0x08000000         /* the session was renewed */
#define ISC_RET_CONFIDENTIALITY_ONLY     0x40000000         /* encrypted, not signed */
#define ISC_RET_MESSAGES                 0x0000000100000000 /* TLS messages without records */
#define ISC_RET_DEFERRED_CRED_VALIDATION 0x0000000200000000 /* the certificate is verified later */
#define ISC_RET_NO_POST_HANDSHAKE_AUTH   0x0000000400000000 /* no client certificate after the handshake */

/* ---- What an acceptor asks for (fContextReq) --------------------------- */

/* From EXTENDED_ERROR on, the bits of an acceptor are one place left of an initiator's. */
#define ASC_REQ_DELEGATE               0x00000001 /* the server may act for the client elsewhere */
#define ASC_REQ_MUTUAL_AUTH            0x00000002 /* the server proves itself too */
#define ASC_REQ_REPLAY_DETECT          0x00000004 /* repeated messages are noticed */
#define ASC_REQ_SEQUENCE_DETECT        0x00000008 /* messages out of order are noticed */
#define ASC_REQ_CONFIDENTIALITY        0x00000010 /* messages can be encrypted */
#define ASC_REQ_USE_SESSION_KEY        0x00000020 /* a new session key */
#define ASC_REQ_SESSION_TICKET         0x00000040 /* sessions can be resumed */
#define ASC_REQ_ALLOCATE_MEMORY        0x00000100 /* the output token is allocated */
#define ASC_REQ_USE_DCE_STYLE          0x00000200 /* one leg more, as DCE-RPC has it */
#define ASC_REQ_DATAGRAM               0x00000400 /* messages may get lost or overtake each other */
#define ASC_REQ_CONNECTION             0x00000800 /* messages arrive in order */
#define ASC_REQ_CALL_LEVEL             0x00001000
#define ASC_REQ_FRAGMENT_SUPPLIED      0x00002000 /* the input is one fragment of a token */
#define ASC_REQ_EXTENDED_ERROR         0x00008000 /* errors are sent to the peer */
#define ASC_REQ_STREAM                 0x00010000 /* messages are a stream of bytes */
#define ASC_REQ_INTEGRITY              0x00020000 /* messages can be signed */
#define ASC_REQ_LICENSING              0x00040000
#define ASC_REQ_IDENTIFY               0x00080000         /* the server may know the client, not act for it */
#define ASC_REQ_ALLOW_NULL_SESSION     0x00100000         /* let nobody in, too */
#define ASC_REQ_ALLOW_NON_USER_LOGONS  0x00200000         /* let services and machines in */
#define ASC_REQ_ALLOW_CONTEXT_REPLAY   0x00400000         /* take a first token twice */
#define ASC_REQ_FRAGMENT_TO_FIT        0x00800000         /* cut the output to the buffer */
#define ASC_REQ_NO_TOKEN               0x01000000         /* make no access token */
#define ASC_REQ_PROXY_BINDINGS         0x04000000         /* the channel ends at a proxy */
#define ASC_REQ_ALLOW_MISSING_BINDINGS 0x10000000         /* take clients that send no channel bindings */
#define ASC_REQ_MESSAGES               0x0000000100000000 /* TLS messages without records */

/* ---- What an acceptor got (pfContextAttr) ------------------------------ */

#define ASC_RET_DELEGATE              0x00000001 /* a credential was delegated */
#define ASC_RET_MUTUAL_AUTH           0x00000002 /* the server proves itself too */
#define ASC_RET_REPLAY_DETECT         0x00000004 /* repeated messages are noticed */
#define ASC_RET_SEQUENCE_DETECT       0x00000008 /* messages out of order are noticed */
#define ASC_RET_CONFIDENTIALITY       0x00000010 /* messages can be encrypted */
#define ASC_RET_USE_SESSION_KEY       0x00000020 /* there is one */
#define ASC_RET_SESSION_TICKET        0x00000040 /* sessions can be resumed */
#define ASC_RET_ALLOCATED_MEMORY      0x00000100 /* free the output with FreeContextBuffer */
#define ASC_RET_USED_DCE_STYLE        0x00000200 /* one leg more */
#define ASC_RET_DATAGRAM              0x00000400 /* messages may get lost or overtake each other */
#define ASC_RET_CONNECTION            0x00000800 /* messages arrive in order */
#define ASC_RET_CALL_LEVEL            0x00002000
#define ASC_RET_THIRD_LEG_FAILED      0x00004000 /* the last token did not do */
#define ASC_RET_EXTENDED_ERROR        0x00008000 /* errors are sent to the peer */
#define ASC_RET_STREAM                0x00010000 /* messages are a stream of bytes */
#define ASC_RET_INTEGRITY             0x00020000 /* messages can be signed */
#define ASC_RET_LICENSING             0x00040000
#define ASC_RET_IDENTIFY              0x00080000         /* the server may know the client, not act for it */
#define ASC_RET_NULL_SESSION          0x00100000         /* as nobody */
#define ASC_RET_ALLOW_NON_USER_LOGONS 0x00200000         /* let services and machines in */
#define ASC_RET_ALLOW_CONTEXT_REPLAY  0x00400000         /* take a first token twice */
#define ASC_RET_FRAGMENT_ONLY         0x00800000         /* the output is one fragment */
#define ASC_RET_NO_TOKEN              0x01000000         /* make no access token */
#define ASC_RET_NO_ADDITIONAL_TOKEN   0x02000000         /* nothing is to be sent */
#define ASC_RET_MESSAGES              0x0000000100000000 /* TLS messages without records */

/* ---- Attributes of a credential ---------------------------------------- */

#define SECPKG_CRED_ATTR_NAMES              1 /* SecPkgCredentials_Names */
#define SECPKG_CRED_ATTR_SSI_PROVIDER       2 /* SecPkgCredentials_SSIProvider */
#define SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS 3 /* SecPkgCredentials_KdcProxySettings */
#define SECPKG_CRED_ATTR_CERT               4 /* SecPkgCredentials_Cert */
#define SECPKG_CRED_ATTR_PAC_BYPASS         5

typedef struct _SecPkgCredentials_NamesA {
    SEC_CHAR *sUserName;
} SecPkgCredentials_NamesA, *PSecPkgCredentials_NamesA;

typedef struct _SecPkgCredentials_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgCredentials_NamesW, *PSecPkgCredentials_NamesW;

typedef struct _SecPkgCredentials_SSIProviderA {
    SEC_CHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderA, *PSecPkgCredentials_SSIProviderA;

typedef struct _SecPkgCredentials_SSIProviderW {
    SEC_WCHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderW, *PSecPkgCredentials_SSIProviderW;

#define KDC_PROXY_SETTINGS_V1               1
#define KDC_PROXY_SETTINGS_FLAGS_FORCEPROXY 0x1

/* Offsets are from the start of the structure, lengths in bytes. */
typedef struct _SecPkgCredentials_KdcProxySettingsW {
    ULONG Version; /* KDC_PROXY_SETTINGS_V1 */
    ULONG Flags;
    USHORT ProxyServerOffset;
    USHORT ProxyServerLength;
    USHORT ClientTlsCredOffset;
    USHORT ClientTlsCredLength;
} SecPkgCredentials_KdcProxySettingsW, *PSecPkgCredentials_KdcProxySettingsW;

typedef struct _SecPkgCredentials_Cert {
    ULONG EncodedCertSize;
    UCHAR *EncodedCert;
} SecPkgCredentials_Cert, *PSecPkgCredentials_Cert;

/* ---- Attributes of a context ------------------------------------------- */

/*
 * The number, and the structure that QueryContextAttributes fills.  Structures
 * with text exist in an A and a W form; every pointer inside a filled one is
 * the caller's, to be freed with FreeContextBuffer.
 */
#define SECPKG_ATTR_SIZES                       0   /* SecPkgContext_Sizes */
#define SECPKG_ATTR_NAMES                       1   /* SecPkgContext_Names */
#define SECPKG_ATTR_LIFESPAN                    2   /* SecPkgContext_Lifespan */
#define SECPKG_ATTR_DCE_INFO                    3   /* SecPkgContext_DceInfo */
#define SECPKG_ATTR_STREAM_SIZES                4   /* SecPkgContext_StreamSizes */
#define SECPKG_ATTR_KEY_INFO                    5   /* SecPkgContext_KeyInfo */
#define SECPKG_ATTR_AUTHORITY                   6   /* SecPkgContext_Authority */
#define SECPKG_ATTR_PROTO_INFO                  7   /* SecPkgContext_ProtoInfo */
#define SECPKG_ATTR_PASSWORD_EXPIRY             8   /* SecPkgContext_PasswordExpiry */
#define SECPKG_ATTR_SESSION_KEY                 9   /* SecPkgContext_SessionKey */
#define SECPKG_ATTR_PACKAGE_INFO                10  /* SecPkgContext_PackageInfo */
#define SECPKG_ATTR_USER_FLAGS                  11  /* SecPkgContext_UserFlags */
#define SECPKG_ATTR_NEGOTIATION_INFO            12  /* SecPkgContext_NegotiationInfo */
#define SECPKG_ATTR_NATIVE_NAMES                13  /* SecPkgContext_NativeNames */
#define SECPKG_ATTR_FLAGS                       14  /* SecPkgContext_Flags */
#define SECPKG_ATTR_USE_VALIDATED               15  /* Windows' own use */
#define SECPKG_ATTR_CREDENTIAL_NAME             16  /* SecPkgContext_CredentialName */
#define SECPKG_ATTR_TARGET_INFORMATION          17  /* SecPkgContext_TargetInformation */
#define SECPKG_ATTR_ACCESS_TOKEN                18  /* SecPkgContext_AccessToken */
#define SECPKG_ATTR_TARGET                      19  /* SecPkgContext_Target */
#define SECPKG_ATTR_AUTHENTICATION_ID           20  /* SecPkgContext_AuthzID */
#define SECPKG_ATTR_LOGOFF_TIME                 21  /* SecPkgContext_LogoffTime */
#define SECPKG_ATTR_NEGO_KEYS                   22  /* SecPkgContext_NegoKeys */
#define SECPKG_ATTR_PROMPTING_NEEDED            24  /* SecPkgContext_CredInfo */
#define SECPKG_ATTR_UNIQUE_BINDINGS             25  /* SecPkgContext_Bindings */
#define SECPKG_ATTR_ENDPOINT_BINDINGS           26  /* SecPkgContext_Bindings */
#define SECPKG_ATTR_CLIENT_SPECIFIED_TARGET     27  /* SecPkgContext_ClientSpecifiedTarget */
#define SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS    30  /* SecPkgContext_LastClientTokenStatus */
#define SECPKG_ATTR_NEGO_PKG_INFO               31  /* SecPkgContext_NegoPackageInfo */
#define SECPKG_ATTR_NEGO_STATUS                 32  /* SecPkgContext_NegoStatus */
#define SECPKG_ATTR_CONTEXT_DELETED             33  /* Windows' own use */
#define SECPKG_ATTR_DTLS_MTU                    34  /* SEC_DTLS_MTU, set */
#define SECPKG_ATTR_APPLICATION_PROTOCOL        35  /* SecPkgContext_ApplicationProtocol */
#define SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS   36  /* SecPkgContext_NegotiatedTlsExtensions */
#define SECPKG_ATTR_IS_LOOPBACK                 37  /* Windows' own use */
#define SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES 128 /* SecPkgContext_SubjectAttributes */
#define SECPKG_ATTR_DATAGRAM_SIZES              SECPKG_ATTR_STREAM_SIZES

/* Numbers from 0x50 are Schannel's, in schannel.h; from 0x4F530001 ours, in opensspi.h. */

/* How large the parts of a protected message are; all in bytes. */
typedef struct _SecPkgContext_Sizes {
    ULONG cbMaxToken;        /* largest handshake token */
    ULONG cbMaxSignature;    /* what MakeSignature wants as token buffer */
    ULONG cbBlockSize;       /* data is padded to multiples of it; 1: no padding */
    ULONG cbSecurityTrailer; /* what EncryptMessage wants as token buffer */
} SecPkgContext_Sizes, *PSecPkgContext_Sizes;

/* The same for stream packages. */
typedef struct _SecPkgContext_StreamSizes {
    ULONG cbHeader;
    ULONG cbTrailer;
    ULONG cbMaximumMessage; /* largest plaintext of one message */
    ULONG cBuffers;
    ULONG cbBlockSize;
} SecPkgContext_StreamSizes, *PSecPkgContext_StreamSizes;

typedef SecPkgContext_StreamSizes SecPkgContext_DatagramSizes;
typedef PSecPkgContext_StreamSizes PSecPkgContext_DatagramSizes;

/* Who the client is. */
typedef struct _SecPkgContext_NamesA {
    SEC_CHAR *sUserName;
} SecPkgContext_NamesA, *PSecPkgContext_NamesA;

typedef struct _SecPkgContext_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgContext_NamesW, *PSecPkgContext_NamesW;

/* Client and server in the package's own spelling. */
typedef struct _SecPkgContext_NativeNamesA {
    SEC_CHAR *sClientName;
    SEC_CHAR *sServerName;
} SecPkgContext_NativeNamesA, *PSecPkgContext_NativeNamesA;

typedef struct _SecPkgContext_NativeNamesW {
    SEC_WCHAR *sClientName;
    SEC_WCHAR *sServerName;
} SecPkgContext_NativeNamesW, *PSecPkgContext_NativeNamesW;

/* Who vouched for the client. */
typedef struct _SecPkgContext_AuthorityA {
    SEC_CHAR *sAuthorityName;
} SecPkgContext_AuthorityA, *PSecPkgContext_AuthorityA;

typedef struct _SecPkgContext_AuthorityW {
    SEC_WCHAR *sAuthorityName;
} SecPkgContext_AuthorityW, *PSecPkgContext_AuthorityW;

/* The credential that the context was made with. */
typedef struct _SecPkgContext_CredentialNameA {
    ULONG CredentialType;
    SEC_CHAR *sCredentialName;
} SecPkgContext_CredentialNameA, *PSecPkgContext_CredentialNameA;

typedef struct _SecPkgContext_CredentialNameW {
    ULONG CredentialType;
    SEC_WCHAR *sCredentialName;
} SecPkgContext_CredentialNameW, *PSecPkgContext_CredentialNameW;

/* From when and until when the context is good, UTC; Windows gives local time. */
typedef struct _SecPkgContext_Lifespan {
    TimeStamp tsStart;
    TimeStamp tsExpiry;
} SecPkgContext_Lifespan, *PSecPkgContext_Lifespan;

typedef struct _SecPkgContext_PasswordExpiry {
    TimeStamp tsPasswordExpires;
} SecPkgContext_PasswordExpiry, *PSecPkgContext_PasswordExpiry;

typedef struct _SecPkgContext_LogoffTime {
    TimeStamp tsLogoffTime;
} SecPkgContext_LogoffTime, *PSecPkgContext_LogoffTime;

/* For DCE-RPC: authorisation service and what it says of the client. */
typedef struct _SecPkgContext_DceInfo {
    ULONG AuthzSvc;
    void *pPac;
} SecPkgContext_DceInfo, *PSecPkgContext_DceInfo;

/* The algorithms in use; KeySize in bits. */
typedef struct _SecPkgContext_KeyInfoA {
    SEC_CHAR *sSignatureAlgorithmName;
    SEC_CHAR *sEncryptAlgorithmName;
    ULONG KeySize;
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoA, *PSecPkgContext_KeyInfoA;

typedef struct _SecPkgContext_KeyInfoW {
    SEC_WCHAR *sSignatureAlgorithmName;
    SEC_WCHAR *sEncryptAlgorithmName;
    ULONG KeySize;
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoW, *PSecPkgContext_KeyInfoW;

typedef struct _SecPkgContext_ProtoInfoA {
    SEC_CHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoA, *PSecPkgContext_ProtoInfoA;

typedef struct _SecPkgContext_ProtoInfoW {
    SEC_WCHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoW, *PSecPkgContext_ProtoInfoW;

/* The key that both sides agreed on: a secret, FreeContextBuffer wipes it. */
typedef struct _SecPkgContext_SessionKey {
    ULONG SessionKeyLength; /* bytes */
    UCHAR *SessionKey;
} SecPkgContext_SessionKey, *PSecPkgContext_SessionKey;

/* Keys of an inner mechanism that Negotiate signs with; secrets as well. */
typedef struct _SecPkgContext_NegoKeys {
    ULONG KeyType;
    USHORT KeyLength;
    UCHAR *KeyValue;
    ULONG VerifyKeyType;
    USHORT VerifyKeyLength;
    UCHAR *VerifyKeyValue;
} SecPkgContext_NegoKeys, *PSecPkgContext_NegoKeys;

/* The package behind the context; the description is one block, freed with one call. */
typedef struct _SecPkgContext_PackageInfoA {
    PSecPkgInfoA PackageInfo;
} SecPkgContext_PackageInfoA, *PSecPkgContext_PackageInfoA;

typedef struct _SecPkgContext_PackageInfoW {
    PSecPkgInfoW PackageInfo;
} SecPkgContext_PackageInfoW, *PSecPkgContext_PackageInfoW;

/* The package that Negotiate chose, and how far it has got. */
typedef struct _SecPkgContext_NegotiationInfoA {
    PSecPkgInfoA PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoA, *PSecPkgContext_NegotiationInfoA;

typedef struct _SecPkgContext_NegotiationInfoW {
    PSecPkgInfoW PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoW, *PSecPkgContext_NegotiationInfoW;

/* SecPkgContext_NegotiationInfo.NegotiationState */
#define SECPKG_NEGOTIATION_COMPLETE      0
#define SECPKG_NEGOTIATION_OPTIMISTIC    1
#define SECPKG_NEGOTIATION_IN_PROGRESS   2
#define SECPKG_NEGOTIATION_DIRECT        3
#define SECPKG_NEGOTIATION_TRY_MULTICRED 4

/* Which packages Negotiate may not offer. */
typedef struct _SecPkgContext_NegoPackageInfo {
    ULONG PackageMask; /* SECPKG_ATTR_NEGO_INFO_FLAG_* */
} SecPkgContext_NegoPackageInfo, *PSecPkgContext_NegoPackageInfo;

#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS 0x1
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM     0x2

typedef struct _SecPkgContext_NegoStatus {
    ULONG LastStatus;
} SecPkgContext_NegoStatus, *PSecPkgContext_NegoStatus;

typedef struct _SecPkgContext_UserFlags {
    ULONG UserFlags;
} SecPkgContext_UserFlags, *PSecPkgContext_UserFlags;

/* The ISC_RET_* or ASC_RET_* flags of the context. */
typedef struct _SecPkgContext_Flags {
    ULONG Flags;
} SecPkgContext_Flags, *PSecPkgContext_Flags;

typedef struct _SecPkgContext_TargetInformation {
    ULONG MarshalledTargetInfoLength; /* bytes */
    UCHAR *MarshalledTargetInfo;
} SecPkgContext_TargetInformation, *PSecPkgContext_TargetInformation;

/* The client's token: borrowed from the context, not to be closed. */
typedef struct _SecPkgContext_AccessToken {
    void *AccessToken;
} SecPkgContext_AccessToken, *PSecPkgContext_AccessToken;

typedef struct _SecPkgContext_AuthzID {
    ULONG AuthzIDLength; /* bytes */
    char *AuthzID;
} SecPkgContext_AuthzID, *PSecPkgContext_AuthzID;

typedef struct _SecPkgContext_Target {
    ULONG TargetLength; /* bytes */
    char *Target;
} SecPkgContext_Target, *PSecPkgContext_Target;

/* The service that the client asked for: for the server to check. */
typedef struct _SecPkgContext_ClientSpecifiedTarget {
    SEC_WCHAR *sTargetName;
} SecPkgContext_ClientSpecifiedTarget, *PSecPkgContext_ClientSpecifiedTarget;

typedef struct _SecPkgContext_Bindings {
    ULONG BindingsLength; /* bytes, the structure and what follows it */
    SEC_CHANNEL_BINDINGS *Bindings;
} SecPkgContext_Bindings, *PSecPkgContext_Bindings;

/* Whether the token just accepted was the client's last. */
typedef enum _SECPKG_ATTR_LCT_STATUS {
    SecPkgAttrLastClientTokenYes,
    SecPkgAttrLastClientTokenNo,
    SecPkgAttrLastClientTokenMaybe
} SECPKG_ATTR_LCT_STATUS;
typedef SECPKG_ATTR_LCT_STATUS *PSECPKG_ATTR_LCT_STATUS;

typedef struct _SecPkgContext_LastClientTokenStatus {
    SECPKG_ATTR_LCT_STATUS LastClientTokenStatus;
} SecPkgContext_LastClientTokenStatus, *PSecPkgContext_LastClientTokenStatus;

/* Where a credential came from. */
typedef enum _SECPKG_CRED_CLASS {
    SecPkgCredClass_None = 0,
    SecPkgCredClass_Ephemeral = 10,
    SecPkgCredClass_PersistedGeneric = 20,
    SecPkgCredClass_PersistedSpecific = 30,
    SecPkgCredClass_Explicit = 40
} SECPKG_CRED_CLASS;
typedef SECPKG_CRED_CLASS *PSECPKG_CRED_CLASS;

typedef struct _SecPkgContext_CredInfo {
    SECPKG_CRED_CLASS CredClass;
    ULONG IsPromptingNeeded;
} SecPkgContext_CredInfo, *PSecPkgContext_CredInfo;

typedef struct _SecPkgContext_SubjectAttributes {
    void *AttributeInfo;
} SecPkgContext_SubjectAttributes, *PSecPkgContext_SubjectAttributes;

/* ALPN: what was agreed on (RFC 7301). */
typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS {
    SecApplicationProtocolNegotiationStatus_None,
    SecApplicationProtocolNegotiationStatus_Success,
    SecApplicationProtocolNegotiationStatus_SelectedClientOnly
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS;
typedef SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS;

#define MAX_PROTOCOL_ID_SIZE 0xff

typedef struct _SecPkgContext_ApplicationProtocol {
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS ProtoNegoStatus;
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    UCHAR ProtocolIdSize;
    UCHAR ProtocolId[MAX_PROTOCOL_ID_SIZE]; /* not terminated */
} SecPkgContext_ApplicationProtocol, *PSecPkgContext_ApplicationProtocol;

typedef struct _SecPkgContext_NegotiatedTlsExtensions {
    ULONG ExtensionsCount;
    USHORT *Extensions;
} SecPkgContext_NegotiatedTlsExtensions, *PSecPkgContext_NegotiatedTlsExtensions;

/* How an LSA asks the client process for something (ntsecpkg.h, SetAppModeInfo). */
typedef struct _SECPKG_APP_MODE_INFO {
    ULONG UserFunction;
    ULONG_PTR Argument1;
    ULONG_PTR Argument2;
    SecBuffer UserData;
    BOOLEAN ReturnToLsa;
} SECPKG_APP_MODE_INFO, *PSECPKG_APP_MODE_INFO;

/* ---- Identities with a password ---------------------------------------- */

/*
 * What AcquireCredentialsHandle takes as pAuthData.  Lengths are in characters
 * and do not count a terminating NUL.  The first number tells the forms apart.
 */
typedef struct _SEC_WINNT_AUTH_IDENTITY_A {
    unsigned char *User;
    ULONG UserLength;
    unsigned char *Domain;
    ULONG DomainLength;
    unsigned char *Password;
    ULONG PasswordLength;
    ULONG Flags; /* SEC_WINNT_AUTH_IDENTITY_ANSI */
} SEC_WINNT_AUTH_IDENTITY_A, *PSEC_WINNT_AUTH_IDENTITY_A;

typedef struct _SEC_WINNT_AUTH_IDENTITY_W {
    unsigned short *User;
    ULONG UserLength;
    unsigned short *Domain;
    ULONG DomainLength;
    unsigned short *Password;
    ULONG PasswordLength;
    ULONG Flags; /* SEC_WINNT_AUTH_IDENTITY_UNICODE */
} SEC_WINNT_AUTH_IDENTITY_W, *PSEC_WINNT_AUTH_IDENTITY_W;

#define SEC_WINNT_AUTH_IDENTITY_VERSION 0x200

/* The same, and a list of packages that may be used: "Kerberos,!NTLM". */
typedef struct _SEC_WINNT_AUTH_IDENTITY_EXA {
    ULONG Version; /* SEC_WINNT_AUTH_IDENTITY_VERSION */
    ULONG Length;  /* sizeof this structure */
    unsigned char *User;
    ULONG UserLength;
    unsigned char *Domain;
    ULONG DomainLength;
    unsigned char *Password;
    ULONG PasswordLength;
    ULONG Flags;
    unsigned char *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXA, *PSEC_WINNT_AUTH_IDENTITY_EXA;

typedef struct _SEC_WINNT_AUTH_IDENTITY_EXW {
    ULONG Version;
    ULONG Length;
    unsigned short *User;
    ULONG UserLength;
    unsigned short *Domain;
    ULONG DomainLength;
    unsigned short *Password;
    ULONG PasswordLength;
    ULONG Flags;
    unsigned short *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXW, *PSEC_WINNT_AUTH_IDENTITY_EXW;

#define SEC_WINNT_AUTH_IDENTITY_VERSION_2 0x201

/* The same in one block: offsets from its start, lengths in bytes, text in UTF-16. */
typedef struct _SEC_WINNT_AUTH_IDENTITY_EX2 {
    ULONG Version;           /* SEC_WINNT_AUTH_IDENTITY_VERSION_2 */
    USHORT cbHeaderLength;   /* sizeof this structure */
    ULONG cbStructureLength; /* of the whole block */
    ULONG UserOffset;
    USHORT UserLength;
    ULONG DomainOffset;
    USHORT DomainLength;
    ULONG PackedCredentialsOffset; /* SEC_WINNT_AUTH_PACKED_CREDENTIALS */
    USHORT PackedCredentialsLength;
    ULONG Flags;
    ULONG PackageListOffset;
    USHORT PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EX2, *PSEC_WINNT_AUTH_IDENTITY_EX2;

/* Any of them. */
typedef union _SEC_WINNT_AUTH_IDENTITY_INFO {
    SEC_WINNT_AUTH_IDENTITY_EXW AuthIdExw;
    SEC_WINNT_AUTH_IDENTITY_EXA AuthIdExa;
    SEC_WINNT_AUTH_IDENTITY_A AuthId_a;
    SEC_WINNT_AUTH_IDENTITY_W AuthId_w;
    SEC_WINNT_AUTH_IDENTITY_EX2 AuthIdEx2;
} SEC_WINNT_AUTH_IDENTITY_INFO, *PSEC_WINNT_AUTH_IDENTITY_INFO;

/* Any of them, as the Sspi*AuthIdentity calls hand it about. */
typedef PVOID PSEC_WINNT_AUTH_IDENTITY_OPAQUE;

/* Flags of all of them */
#define SEC_WINNT_AUTH_IDENTITY_ANSI                               0x1
#define SEC_WINNT_AUTH_IDENTITY_UNICODE                            0x2
#define SEC_WINNT_AUTH_IDENTITY_MARSHALLED                         0x4
#define SEC_WINNT_AUTH_IDENTITY_ONLY                               0x8
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED            0x10
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED             0x20
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED               0x40
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED             0x80
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_RESERVED                     0x10000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER                    0x20000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN                  0x40000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_ID_PROVIDER                  0x80000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SSPIPFC_USE_MASK             0xff000000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SSPIPFC_CREDPROV_DO_NOT_SAVE 0x80000000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SSPIPFC_SAVE_CRED_CHECKED    0x40000000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SSPIPFC_NO_CHECKBOX          0x20000000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SSPIPFC_CREDPROV_DO_NOT_LOAD 0x10000000

/* Options of SspiEncryptAuthIdentityEx and SspiDecryptAuthIdentityEx */
#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_LOGON   1
#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS 2
#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_FOR_SYSTEM   4

/* Packed credentials: what stands in a SEC_WINNT_AUTH_IDENTITY_EX2 for the password. */
typedef struct _SEC_WINNT_AUTH_BYTE_VECTOR {
    ULONG ByteArrayOffset; /* from the start of the packed credentials */
    USHORT ByteArrayLength;
} SEC_WINNT_AUTH_BYTE_VECTOR, *PSEC_WINNT_AUTH_BYTE_VECTOR;

typedef struct _SEC_WINNT_AUTH_SHORT_VECTOR {
    ULONG ShortArrayOffset;
    USHORT ShortArrayCount;
} SEC_WINNT_AUTH_SHORT_VECTOR, *PSEC_WINNT_AUTH_SHORT_VECTOR;

typedef struct _SEC_WINNT_AUTH_DATA {
    GUID CredType; /* SEC_WINNT_AUTH_DATA_TYPE_* */
    SEC_WINNT_AUTH_BYTE_VECTOR CredData;
} SEC_WINNT_AUTH_DATA, *PSEC_WINNT_AUTH_DATA;

typedef struct _SEC_WINNT_AUTH_PACKED_CREDENTIALS {
    USHORT cbHeaderLength;
    USHORT cbStructureLength;
    SEC_WINNT_AUTH_DATA AuthData;
} SEC_WINNT_AUTH_PACKED_CREDENTIALS, *PSEC_WINNT_AUTH_PACKED_CREDENTIALS;

typedef struct _SEC_WINNT_AUTH_PACKED_CREDENTIALS_EX {
    USHORT cbHeaderLength;
    ULONG Flags;
    SEC_WINNT_AUTH_BYTE_VECTOR PackedCredentials;
    SEC_WINNT_AUTH_SHORT_VECTOR PackageList;
} SEC_WINNT_AUTH_PACKED_CREDENTIALS_EX, *PSEC_WINNT_AUTH_PACKED_CREDENTIALS_EX;

/* CredData of type SEC_WINNT_AUTH_DATA_TYPE_PASSWORD */
typedef struct _SEC_WINNT_AUTH_DATA_PASSWORD {
    SEC_WINNT_AUTH_BYTE_VECTOR UnicodePassword;
} SEC_WINNT_AUTH_DATA_PASSWORD;

/* CredData of type SEC_WINNT_AUTH_DATA_TYPE_CERT */
typedef struct _SEC_WINNT_AUTH_CERTIFICATE_DATA {
    USHORT cbHeaderLength;
    USHORT cbStructureLength;
    SEC_WINNT_AUTH_BYTE_VECTOR Certificate;
} SEC_WINNT_AUTH_CERTIFICATE_DATA, *PSEC_WINNT_AUTH_CERTIFICATE_DATA;

/* The type ids are objects: define _SEC_WINNT_AUTH_TYPES before this header to have them. */
#ifdef _SEC_WINNT_AUTH_TYPES
static const GUID SEC_WINNT_AUTH_DATA_TYPE_PASSWORD = {
    0x28bfc32f, 0x10f6, 0x4738, { 0x98, 0xd1, 0x1a, 0xc0, 0x61, 0xdf, 0x71, 0x6a }
};
static const GUID SEC_WINNT_AUTH_DATA_TYPE_CERT = {
    0x235f69ad, 0x73fb, 0x4dbc, { 0x82, 0x03, 0x06, 0x29, 0xe7, 0x39, 0x33, 0x9b }
};
static const GUID SEC_WINNT_AUTH_DATA_TYPE_KEYTAB = {
    0xd587aae8, 0xf78f, 0x4455, { 0xa1, 0x12, 0xc9, 0x34, 0xbe, 0xee, 0x7c, 0xe1 }
};
#endif

/* Fetches a key for an acceptor; a relic that no package here calls. */
typedef void(SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key,
                                        SECURITY_STATUS *Status);

/* ---- Finding packages -------------------------------------------------- */

/*
 * Lists the packages that this process can use.
 *
 * pcPackages     [out] how many
 * ppPackageInfo  [out] an array of that many, one block with all its text: the caller's, freed with
 *                one FreeContextBuffer
 *
 * SEC_E_OK
 * and the common ones
 *
 * Source: EnumerateSecurityPackages.
 */
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(ULONG *pcPackages,
                                                     PSecPkgInfoA *ppPackageInfo);
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(ULONG *pcPackages,
                                                     PSecPkgInfoW *ppPackageInfo);

/*
 * Describes one package: above all, how large a token buffer has to be (cbMaxToken).
 *
 * pszPackageName  [in] its name; upper and lower case are the same
 * ppPackageInfo   [out] one block: the caller's, freed with FreeContextBuffer
 *
 * SEC_E_OK
 * SEC_E_SECPKG_NOT_FOUND  no such package
 * and the common ones
 *
 * Source: QuerySecurityPackageInfo.
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *pszPackageName,
                                                    PSecPkgInfoA *ppPackageInfo);
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *pszPackageName,
                                                    PSecPkgInfoW *ppPackageInfo);

/* ---- Credentials ------------------------------------------------------- */

/*
 * Takes a credential into use: the first call of every client and server.
 *
 * pszPrincipal      [in] whose credential, or NULL for the one that the package finds by itself
 * pszPackage        [in] the package's name
 * fCredentialUse    [in] SECPKG_CRED_INBOUND, _OUTBOUND or _BOTH, and flags
 * pvLogonId         [in] a LUID: the credential of that logon session; or NULL for the caller's own
 * pAuthData         [in] what to log on with: a SEC_WINNT_AUTH_IDENTITY_* of any form (its own
 *                   flags tell A from W, so either function takes either), for Schannel an
 *                   SCH_CREDENTIALS or SCHANNEL_CRED; or NULL for the user's stored credential.
 *                   Copied: the caller may wipe its own afterwards
 * pGetKeyFn         [in] not used, NULL
 * pvGetKeyArgument  [in] not used, NULL
 * phCredential      [out] the credential, freed with FreeCredentialsHandle
 * ptsExpiry         [out] when it ends, UTC; may be NULL
 *
 * A password is not tried here: a wrong one shows in the handshake.
 *
 * SEC_E_OK
 * SEC_E_SECPKG_NOT_FOUND      no such package
 * SEC_E_NO_CREDENTIALS        nothing stored for this user, no accounts to check clients against,
 *                             or pvLogonId is not a session of this user's
 * SEC_E_UNKNOWN_CREDENTIALS   pAuthData is of no form that the package knows
 * SEC_E_UNSUPPORTED_FUNCTION  policy forbids the package, it has no such side, or pAuthData asks
 *                             for what it does not do
 * SEC_E_NOT_OWNER             what pszPrincipal names is another user's to use (Schannel)
 * SEC_E_ALGORITHM_MISMATCH    pAuthData forbids all that the package has (Schannel)
 * SEC_E_TARGET_UNKNOWN        pszPrincipal is no name of a principal (Kerberos)
 * and the common ones; SEC_E_NO_AUTHENTICATING_AUTHORITY also where no realm is known (Kerberos)
 *
 * Source: AcquireCredentialsHandle (General).
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId,
                                                    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                    void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId,
                                                    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                    void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry);

/*
 * Adds another package's credential to a credential, for packages that choose among several.
 *
 * hCredentials      [in] the credential to add to
 * pszPrincipal      [in] as for AcquireCredentialsHandle
 * pszPackage        [in] the package that the new one is for
 * fCredentialUse    [in] as for AcquireCredentialsHandle
 * pAuthData         [in] as for AcquireCredentialsHandle
 * pGetKeyFn         [in] not used, NULL
 * pvGetKeyArgument  [in] not used, NULL
 * ptsExpiry         [out] when the added one ends, UTC; may be NULL
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package holds one credential at a time
 * otherwise as AcquireCredentialsHandle
 *
 * Source: AddCredentials.
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle hCredentials, SEC_CHAR *pszPrincipal,
                                          SEC_CHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle hCredentials, SEC_WCHAR *pszPrincipal,
                                          SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                          void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry);

/*
 * Frees a credential. Contexts made with it go on.
 *
 * phCredential  [in] dead afterwards: using it again answers SEC_E_INVALID_HANDLE
 *
 * SEC_E_OK
 * and the common ones
 *
 * Source: FreeCredentialsHandle.
 */
SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential);
#define FreeCredentialHandle FreeCredentialsHandle /* its older name */

/*
 * Asks something about a credential.
 *
 * phCredential  [in] the credential
 * ulAttribute   [in] SECPKG_CRED_ATTR_*
 * pBuffer       [out] the structure named beside the attribute, in its A or W form; pointers in it
 *               are the caller's, freed with FreeContextBuffer
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package does not know the attribute
 * SEC_E_NO_CREDENTIALS        it is a default credential that has no name
 * and the common ones
 *
 * Source: QueryCredentialsAttributes.
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer);

/*
 * The same, with the size of the caller's structure checked.
 *
 * phCredential  [in] the credential
 * ulAttribute   [in] SECPKG_CRED_ATTR_*
 * pBuffer       [out] as above
 * cbBuffer      [in] its size in bytes
 *
 * SEC_E_OK
 * SEC_E_BUFFER_TOO_SMALL      the structure is larger
 * SEC_E_UNSUPPORTED_FUNCTION  also for an attribute whose size is not known
 * otherwise as without Ex
 *
 * Source: QueryCredentialsAttributesEx.
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer);

/*
 * Changes something about a credential.
 *
 * phCredential  [in] the credential
 * ulAttribute   [in] SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS, or a package's own
 * pBuffer       [in] the structure named beside the attribute; copied
 * cbBuffer      [in] its size in bytes
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package cannot
 * and the common ones
 *
 * Source: SetCredentialsAttributes.
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer);

/* ---- Handshake --------------------------------------------------------- */

/*
 * Takes a client's next step of a handshake: reads the server's token, makes the one to send.
 *
 * phCredential   [in] the credential; may be NULL on later legs
 * phContext      [in] NULL on the first leg, then what the first leg gave
 * pszTargetName  [in] the service to speak to: "HTTP/www.example.org" for Kerberos and NTLM, the
 *                host's name for Schannel; what it may do without is the package's matter
 * fContextReq    [in] ISC_REQ_*: what the session shall have
 * Reserved1      [in] 0
 * TargetDataRep  [in] SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP: changes nothing here
 * pInput         [in] from the server, a SECBUFFER_TOKEN; NULL on the first leg, unless there are
 *                SECBUFFER_CHANNEL_BINDINGS or other parameters to give. With ISC_REQ_STREAM it is
 *                whatever has been read, and a SECBUFFER_EMPTY beside it becomes SECBUFFER_EXTRA,
 *                the end of it that was not used, or SECBUFFER_MISSING
 * Reserved2      [in] 0
 * phNewContext   [out] the context, on the first leg: deleted with DeleteSecurityContext. The same
 *                handle on every leg; on later ones it may be phContext, or NULL
 * pOutput        [out] a SECBUFFER_TOKEN for the token to send, if its size is not 0. With
 *                ISC_REQ_ALLOCATE_MEMORY it is allocated: the caller's, freed with
 *                FreeContextBuffer; else it goes into pvBuffer, of cbBuffer bytes. With
 *                ISC_REQ_EXTENDED_ERROR there may be one after a failure too: for the server, to
 *                tell it why (an alert)
 * pfContextAttr  [out] ISC_RET_*: what the session has got; may be NULL. To be compared with what
 *                was asked for: less than that is not an error. After a failure written only when
 *                there is a token to send, with ISC_RET_EXTENDED_ERROR
 * ptsExpiry      [out] when the session ends, UTC; may be NULL
 *
 * When the first leg fails nothing is left behind. When a later one fails the context is as it was
 * before, and the caller's to delete; a token buffer that was too small can be tried again.
 *
 * SEC_E_OK                           the session stands, once what is in pOutput has been sent
 * SEC_I_CONTINUE_NEEDED              send it and come back with the answer
 * SEC_I_COMPLETE_NEEDED,
 * SEC_I_COMPLETE_AND_CONTINUE        call CompleteAuthToken first
 * SEC_I_INCOMPLETE_CREDENTIALS       the server asks for a certificate; not from Schannel here
 * SEC_I_CONTEXT_EXPIRED              the session stood, and the peer has closed it (Schannel)
 * SEC_E_INVALID_TOKEN                the server's token is malformed, or not for this leg
 * SEC_E_BUFFER_TOO_SMALL             cbBuffer has the size needed
 * SEC_E_INCOMPLETE_MESSAGE           read more of it and come again, with all that has come so far;
 *                                    on the first leg there is no context yet (Schannel)
 * SEC_E_TARGET_UNKNOWN               no such service
 * SEC_E_WRONG_PRINCIPAL              another one answers
 * SEC_E_MESSAGE_ALTERED              the token's own integrity check failed
 * SEC_E_OUT_OF_SEQUENCE              the handshake is over, or the token is one of before
 * SEC_E_LOGON_DENIED                 wrong name or password, or not allowed
 * SEC_E_NO_CREDENTIALS               none to use
 * SEC_E_NO_AUTHENTICATING_AUTHORITY  no domain controller or KDC to ask
 * SEC_E_TIME_SKEW                    the clocks differ too much
 * SEC_E_SECURITY_QOS_FAILED          what was asked for and must not be missing is missing
 * SEC_E_DOWNGRADE_DETECTED           somebody forced a weaker choice
 * SEC_E_SECPKG_NOT_FOUND             no package in common (Negotiate)
 * SEC_E_KDC_UNKNOWN_ETYPE,
 * SEC_E_NO_KERB_KEY                  no encryption type in common, no key of it (Kerberos)
 * SEC_E_UNTRUSTED_ROOT,
 * SEC_E_CERT_EXPIRED,
 * SEC_E_CERT_UNKNOWN,
 * SEC_E_CERT_WRONG_USAGE,
 * CRYPT_E_REVOKED,
 * CRYPT_E_NO_REVOCATION_CHECK,
 * SEC_E_ALGORITHM_MISMATCH,
 * SEC_E_APPLICATION_PROTOCOL_MISMATCH,
 * SEC_E_DECRYPT_FAILURE,
 * SEC_E_ILLEGAL_MESSAGE              Schannel only: found here, or an alert of the peer says so
 * SEC_E_UNSUPPORTED_FUNCTION         fContextReq asks for what the package does not do; or the
 *                                    context was imported after its handshake, and its package has
 *                                    nothing to say after that
 * SEC_E_CONTEXT_EXPIRED              it was exported, and imported elsewhere; it is over; or the
 *                                    tickets to use have run out (Kerberos)
 * and the common ones
 *
 * Source: InitializeSecurityContext (General).
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(PCredHandle phCredential,
                                                     PCtxtHandle phContext, SEC_CHAR *pszTargetName,
                                                     ULONG fContextReq, ULONG Reserved1,
                                                     ULONG TargetDataRep, PSecBufferDesc pInput,
                                                     ULONG Reserved2, PCtxtHandle phNewContext,
                                                     PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                     PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle phCredential,
                                                     PCtxtHandle phContext,
                                                     SEC_WCHAR *pszTargetName, ULONG fContextReq,
                                                     ULONG Reserved1, ULONG TargetDataRep,
                                                     PSecBufferDesc pInput, ULONG Reserved2,
                                                     PCtxtHandle phNewContext,
                                                     PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                     PTimeStamp ptsExpiry);

/*
 * Takes a server's next step of a handshake: reads the client's token, makes the one to send.
 *
 * phCredential   [in] the credential, acquired for SECPKG_CRED_INBOUND; may be NULL on later legs
 * phContext      [in] NULL on the first leg, then what the first leg gave
 * pInput         [in] from the client, a SECBUFFER_TOKEN; with SECBUFFER_CHANNEL_BINDINGS those of
 *                the channel that it came through
 * fContextReq    [in] ASC_REQ_*: what the session shall have
 * TargetDataRep  [in] as for InitializeSecurityContext
 * phNewContext   [out] as for InitializeSecurityContext
 * pOutput        [out] as for InitializeSecurityContext, with ASC_REQ_ALLOCATE_MEMORY; may be NULL
 *                where nothing is to be sent
 * pfContextAttr  [out] ASC_RET_*; may be NULL
 * ptsExpiry      [out] when the session ends, UTC; may be NULL
 *
 * Failures leave the context as InitializeSecurityContext does.
 *
 * SEC_E_OK                     the client is who it says it is
 * SEC_I_CONTINUE_NEEDED        send the output, come back with the answer
 * SEC_I_COMPLETE_NEEDED,
 * SEC_I_COMPLETE_AND_CONTINUE  as for InitializeSecurityContext
 * SEC_E_LOGON_DENIED           name or password is wrong, the account may not log on, an anonymous
 *                              client was not asked for, or the accounts cannot be read: nobody is
 *                              let in then
 * SEC_E_BAD_BINDINGS           the channel bindings are another channel's, or missing where policy
 *                              wants them
 * SEC_E_WRONG_PRINCIPAL        the client meant another service
 * and what InitializeSecurityContext lists
 *
 * Source: AcceptSecurityContext (General).
 */
SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                PSecBufferDesc pInput, ULONG fContextReq,
                                                ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                PTimeStamp ptsExpiry);

/*
 * Finishes a token after the application has changed the message it belongs to: for packages that
 * sign the message itself, such as Digest.
 *
 * phContext  [in] the context
 * pToken     [in, out] the token
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package has no use for it (none of the built-in ones)
 * SEC_E_INVALID_TOKEN         malformed, altered or foreign bytes
 * and the common ones
 *
 * Source: CompleteAuthToken.
 */
SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken);

/*
 * Gives the context an order, which its next handshake call carries out.
 *
 * phContext  [in] the context
 * pInput     [in] a SECBUFFER_TOKEN with the order: for Schannel SCHANNEL_SHUTDOWN and the like
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package takes none, or none so early, or the context was imported
 *                             and has no LSA half
 * SEC_E_INVALID_TOKEN         no order that it knows
 * SEC_E_CONTEXT_EXPIRED       it is over; or exported, and imported elsewhere
 * and the common ones
 *
 * Source: ApplyControlToken.
 */
SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput);

/*
 * Ends a context: keys are wiped, its token is closed. Whatever other threads are doing with it
 * ends first. A sealed copy that has not been imported yet stays good.
 *
 * phContext  [in] dead afterwards
 *
 * SEC_E_OK
 * SEC_E_INVALID_HANDLE  it is dead already, for instance after an export with
 *                       SECPKG_CONTEXT_EXPORT_DELETE_OLD, and nothing happens
 *
 * Source: DeleteSecurityContext.
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext);

/*
 * Frees what any call of this interface allocated, and wipes it first.
 *
 * pvContextBuffer  [in] NULL is fine
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  not a block of this library's
 *
 * Source: FreeContextBuffer.
 */
SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer);

/* ---- Attributes -------------------------------------------------------- */

/*
 * Asks something about a context, at any time: also one that is frozen, or imported elsewhere.
 *
 * phContext    [in] the context
 * ulAttribute  [in] SECPKG_ATTR_*
 * pBuffer      [out] the structure named beside the attribute, in its A or W form; written on
 *              success only. Pointers in it are the caller's, each freed with FreeContextBuffer
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package does not know the attribute, or only the LSA half does
 *                             and the context was imported
 * SEC_E_INVALID_HANDLE        also while the handshake has not got so far
 * SEC_E_NO_IMPERSONATION      there is no token
 * SEC_E_NO_CREDENTIALS        the peer has shown no certificate (Schannel)
 * and the common ones
 *
 * Source: QueryContextAttributes (General).
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer);

/*
 * The same, with the size of the caller's structure checked.
 *
 * phContext    [in] the context
 * ulAttribute  [in] SECPKG_ATTR_*
 * pBuffer      [out] as above
 * cbBuffer     [in] its size in bytes
 *
 * SEC_E_OK
 * SEC_E_BUFFER_TOO_SMALL      the structure is larger
 * SEC_E_UNSUPPORTED_FUNCTION  also for an attribute whose size is not known
 * otherwise as without Ex
 *
 * Source: QueryContextAttributesEx.
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer);

/*
 * Changes something about a context.
 *
 * phContext    [in] the context
 * ulAttribute  [in] an attribute that its package lets one set, or OPENSSPI_ATTR_EXPORT_*
 * pBuffer      [in] the structure named beside the attribute; copied
 * cbBuffer     [in] its size in bytes
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  the package cannot
 * SEC_E_INVALID_PARAMETER     also for a value out of range
 * and the common ones
 *
 * Source: SetContextAttributes.
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer);

/* ---- Messages ---------------------------------------------------------- */

/* Quality of protection (fQOP) */
#define SECQOP_WRAP_NO_ENCRYPT 0x80000001 /* sign only, in the form of an encrypted message */
#define SECQOP_WRAP_OOB_DATA   0x40000000 /* Schannel: an alert */

/*
 * Signs a message, and counts it.
 *
 * phContext     [in] the context, its handshake finished
 * fQOP          [in] 0
 * pMessage      [in, out] the message as SECBUFFER_DATA buffers, any number of them; and one
 *               SECBUFFER_TOKEN of SecPkgContext_Sizes.cbMaxSignature bytes or more, which gets the
 *               signature: cbBuffer is set to its size. Buffers marked SECBUFFER_READONLY are not
 *               signed, those marked SECBUFFER_READONLY_WITH_CHECKSUM are
 * MessageSeqNo  [in] the number of a datagram (ISC_RET_DATAGRAM); else the context counts itself
 *
 * On failure nothing has been counted or written but the size needed.
 *
 * SEC_E_OK
 * SEC_E_BUFFER_TOO_SMALL      cbBuffer of the token has the size needed
 * SEC_E_INVALID_TOKEN         no token buffer
 * SEC_E_OUT_OF_SEQUENCE       the number of a datagram was used before
 * SEC_E_QOP_NOT_SUPPORTED     no such quality of protection
 * SEC_E_INVALID_HANDLE        also before the handshake is over
 * SEC_E_UNSUPPORTED_FUNCTION  the package, or what was negotiated, signs nothing
 * SEC_E_CONTEXT_EXPIRED       its time is over, or it was exported, and imported elsewhere
 * and the common ones
 *
 * Source: MakeSignature.
 */
SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo);

/*
 * Checks a message that MakeSignature has signed.
 *
 * phContext     [in] the context, its handshake finished
 * pMessage      [in] the message as SECBUFFER_DATA buffers, and the signature as SECBUFFER_TOKEN,
 *               in any order
 * MessageSeqNo  [in] as for MakeSignature
 * pfQOP         [out] 0; may be NULL
 *
 * A message that fails does not count: the true one may still come.
 *
 * SEC_E_OK
 * SEC_E_MESSAGE_ALTERED  message and signature do not belong together
 * SEC_E_OUT_OF_SEQUENCE  repeated, or one is missing in between
 * otherwise as MakeSignature
 *
 * Source: VerifySignature.
 */
SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                          ULONG MessageSeqNo, ULONG *pfQOP);

/*
 * Encrypts a message in place, and counts it.
 *
 * phContext     [in] the context, its handshake finished
 * fQOP          [in] 0, or SECQOP_WRAP_NO_ENCRYPT to sign only
 * pMessage      [in, out] the message as SECBUFFER_DATA buffers, any number of them; and one
 *               SECBUFFER_TOKEN of SecPkgContext_Sizes.cbSecurityTrailer bytes or more, which gets
 *               what else the receiver needs: cbBuffer is set to its size. SECBUFFER_PADDING of
 *               cbBlockSize bytes where the package pads. For Schannel SECBUFFER_STREAM_HEADER,
 *               SECBUFFER_DATA and SECBUFFER_STREAM_TRAILER, side by side in memory. READONLY
 *               buffers as for MakeSignature
 * MessageSeqNo  [in] as for MakeSignature
 *
 * On failure nothing has been counted, and the message is as it was.
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION  also when confidentiality was not negotiated
 * SEC_E_ENCRYPT_FAILURE       more than SecPkgContext_StreamSizes.cbMaximumMessage (Schannel)
 * SEC_E_OUT_OF_SEQUENCE       also when the numbers of a key's records are used up (TLS 1.2)
 * and as MakeSignature
 *
 * Source: EncryptMessage (General).
 */
SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo);

/*
 * Decrypts in place, and checks, a message that EncryptMessage has made.
 *
 * phContext     [in] the context, its handshake finished
 * pMessage      [in, out] what EncryptMessage gave: SECBUFFER_TOKEN and SECBUFFER_DATA, in any
 *               order. Or the whole message as one SECBUFFER_STREAM and, for each result, an empty
 *               buffer: SECBUFFER_DATA is set to the plaintext within it. Schannel takes the stream
 *               as SECBUFFER_DATA, wants four buffers, and sets SECBUFFER_EXTRA to bytes that it
 *               has not used and SECBUFFER_MISSING to how many it lacks
 * MessageSeqNo  [in] as for MakeSignature
 * pfQOP         [out] SECQOP_WRAP_NO_ENCRYPT if the message was only signed, else 0; may be NULL
 *
 * A message that fails does not count, and no plaintext of it is given out.
 *
 * SEC_E_OK
 * SEC_E_MESSAGE_ALTERED     signature or tag does not match
 * SEC_E_OUT_OF_SEQUENCE     replayed, lost or reordered message
 * SEC_E_INVALID_TOKEN       malformed
 * SEC_E_INCOMPLETE_MESSAGE  read more (stream packages)
 * SEC_I_CONTEXT_EXPIRED     the peer has closed
 * SEC_I_RENEGOTIATE         handshake bytes, in SECBUFFER_EXTRA: give them to the handshake call
 * SEC_E_ILLEGAL_MESSAGE     a record that may not come there (Schannel). After a fatal alert of the
 *                           peer, once, what it means: see InitializeSecurityContext
 * otherwise as MakeSignature
 *
 * Source: DecryptMessage (General).
 */
SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo, ULONG *pfQOP);

/* ---- Passing a context on ---------------------------------------------- */

/* ExportSecurityContext's fFlags */
#define SECPKG_CONTEXT_EXPORT_RESET_NEW  0x00000001
#define SECPKG_CONTEXT_EXPORT_DELETE_OLD 0x00000002
#define SECPKG_CONTEXT_EXPORT_TO_KERNEL  0x00000004

/*
 * Packs a context up, to go on in another process of this machine, and seals it: encrypted, good
 * for one import, by one user, for a short time (30 seconds, opensspi.h changes both).
 *
 * phContext       [in] the context: finished, or at any leg of its handshake where the package can
 * fFlags          [in] SECPKG_CONTEXT_EXPORT_*, or 0
 * pPackedContext  [out] a SecBuffer, SECBUFFER_EMPTY; becomes a SECBUFFER_TOKEN whose pvBuffer is
 *                 the caller's, freed with FreeContextBuffer, which wipes it
 * pToken          [out] NULL, or gets the handle of a copy of the context's token, NULL if it has
 *                 none: the caller's, closed with CloseHandle. It is not part of the sealed bytes:
 *                 pass it on beside them
 *
 * What becomes of the old context:
 *   DELETE_OLD     it is wiped before the call returns; its handle is dead
 *   else           it is FROZEN: it answers QueryContextAttributes, and protects no message. Its
 *                  next message call, export or handshake call takes the context back if nobody has
 *                  imported it (the sealed bytes are dead then), and answers SEC_E_CONTEXT_EXPIRED
 *                  if somebody has. So at no time can two processes protect messages with it
 *   RESET_NEW      the new context counts messages from the beginning. Refused where that would
 *                  encrypt two messages with one keystream: NTLM and TLS once a message has been
 *                  protected
 *   TO_KERNEL      the packed context is what the kernel takes, unsealed; implies DELETE_OLD
 *
 * On failure nothing is allocated, no handle is open, and the context is as it was.
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER     another flag
 * SEC_E_UNSUPPORTED_FUNCTION  the package has no export, not at this leg, no kernel form, or
 *                             RESET_NEW is refused; also for another user while the LSA is
 *                             embedded, whose key others cannot have
 * SEC_E_CONTEXT_EXPIRED       its time is over, or it is frozen and was imported elsewhere
 * SEC_E_INVALID_TOKEN         the context's token is not one of this LSA's
 * and the common ones
 *
 * Source: ExportSecurityContext; docs/differences.md for what Windows leaves open,
 * docs/formats/envelope.md for the bytes.
 */
SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                                PSecBuffer pPackedContext, void **pToken);

/*
 * Makes a context out of what ExportSecurityContext sealed, if this is the first to do so.
 *
 * pszPackage      [in] the package that it is of
 * pPackedContext  [in] the sealed bytes, of any buffer type; neither freed nor changed
 * Token           [in] the token that came with them, or NULL; stays the caller's, the context gets
 *                 a copy
 * phContext       [out] the context, deleted with DeleteSecurityContext; written on success only
 *
 * Everything is checked before the one import is used up, so what is refused can still be imported
 * by whoever may. A finished context has no LSA half: handshake calls answer
 * SEC_E_UNSUPPORTED_FUNCTION. It can be exported again.
 *
 * SEC_E_OK
 * SEC_E_INVALID_TOKEN         altered, cut, longer, of another machine, or from before a reboot
 * SEC_E_CONTEXT_EXPIRED       genuine, but imported already, taken back, or too late
 * SEC_E_NOT_OWNER             sealed for another user
 * SEC_E_SECPKG_NOT_FOUND      no such package, or sealed by another one
 * SEC_E_LOGON_DENIED          the token is of another logon
 * SEC_E_UNSUPPORTED_FUNCTION  the package has no import
 * and the common ones
 *
 * Source: ImportSecurityContext; docs/differences.md.
 */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *pszPackage, PSecBuffer pPackedContext,
                                                 void *Token, PCtxtHandle phContext);
SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *pszPackage, PSecBuffer pPackedContext,
                                                 void *Token, PCtxtHandle phContext);

/* ---- Acting for the client --------------------------------------------- */

/*
 * Gives out the token of a client: who it is, for access checks and for opensspi_token_query().
 *
 * phContext  [in] a server's context, its handshake finished
 * Token      [out] the handle of a copy: the caller's, closed with CloseHandle
 *
 * SEC_E_OK
 * SEC_E_NO_IMPERSONATION      the context has no token, or its handshake is not over
 * SEC_E_UNSUPPORTED_FUNCTION  the package has no tokens
 * and the common ones
 *
 * Source: QuerySecurityContextToken.
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, HANDLE *Token);

/*
 * Lets the calling thread act as the client: with the uid, gid and groups of the local account that
 * its token is mapped to. Only this thread. Processes that it makes inherit; so would threads, which
 * could not go back: make none meanwhile. On failure the thread is who it was.
 *
 * phContext  [in] a server's context, its handshake finished
 *
 * SEC_E_OK                the thread is the client until RevertSecurityContext
 * SEC_E_NO_IMPERSONATION  no token, no local account for it, a client that allowed only to be
 *                         identified, or a process that may not change its identity (CAP_SETUID,
 *                         CAP_SETGID). Never an empty success
 * SEC_E_INVALID_TOKEN     the token is not one of this LSA's
 * and the common ones
 *
 * Source: ImpersonateSecurityContext.
 */
SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext);

/*
 * Makes the calling thread what it was before ImpersonateSecurityContext; one that does not
 * impersonate stays what it is.
 *
 * phContext  [in] the context that was impersonated. A thread goes back even if it is gone
 *
 * If the kernel refuses, the process ends: going on with the client's rights would be worse.
 *
 * SEC_E_OK
 * SEC_E_INVALID_HANDLE  not a context, and the thread does not impersonate
 *
 * Source: RevertSecurityContext.
 */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext);

/* ---- Passwords --------------------------------------------------------- */

/*
 * Changes a password where the account is kept.
 *
 * pszPackageName  [in] the package that knows the way there
 * pszDomainName   [in] the account's domain, may be NULL
 * pszAccountName  [in] the account
 * pszOldPassword  [in] its password until now
 * pszNewPassword  [in] from now on
 * bImpersonating  [in] TRUE: as the user whom the thread impersonates
 * dwReserved      [in] 0
 * pOutput         [out] a SECBUFFER_CHANGE_PASS_RESPONSE for what the server says, or NULL
 *
 * SEC_E_OK
 * SEC_E_UNSUPPORTED_FUNCTION         the package cannot
 * SEC_E_SECPKG_NOT_FOUND             no such package
 * SEC_E_LOGON_DENIED                 no such account, or the old password is wrong
 * SEC_E_NO_AUTHENTICATING_AUTHORITY  no domain controller or KDC to ask
 * and the common ones
 *
 * Source: ChangeAccountPassword.
 */
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *pszPackageName, SEC_CHAR *pszDomainName,
                                                 SEC_CHAR *pszAccountName, SEC_CHAR *pszOldPassword,
                                                 SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput);
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *pszPackageName,
                                                 SEC_WCHAR *pszDomainName,
                                                 SEC_WCHAR *pszAccountName,
                                                 SEC_WCHAR *pszOldPassword,
                                                 SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput);

/* ---- Adding packages --------------------------------------------------- */

typedef struct _SECURITY_PACKAGE_OPTIONS {
    ULONG Size; /* sizeof this structure */
    ULONG Type; /* SECPKG_OPTIONS_TYPE_* */
    ULONG Flags;
    ULONG SignatureSize;
    void *Signature;
} SECURITY_PACKAGE_OPTIONS, *PSECURITY_PACKAGE_OPTIONS;

#define SECPKG_OPTIONS_TYPE_UNKNOWN 0
#define SECPKG_OPTIONS_TYPE_LSA     1
#define SECPKG_OPTIONS_TYPE_SSPI    2
#define SECPKG_OPTIONS_PERMANENT    0x00000001

/*
 * Loads a package from its file, for this LSA, until it ends. Its owner must be root or the user,
 * and nobody else may be able to write to it.
 *
 * pszPackageName  [in] absolute path of the shared object, or its name in the package folder; ".so"
 *                 may be left out
 * pOptions        [in] what Windows wants to know; not used, may be NULL
 *
 * SEC_E_OK
 * SEC_E_SECPKG_NOT_FOUND      it cannot be linked, lacks an entry point, does not start, or has the
 *                             name of another
 * SEC_E_INTERNAL_ERROR        no such file, or others may write to it or to its folder
 * SEC_E_INVALID_PARAMETER     NULL, empty, or a relative path
 * SEC_E_INSUFFICIENT_MEMORY   out of memory, or 64 packages are there
 * SEC_E_UNSUPPORTED_FUNCTION  by lsad, for anybody but root
 * and the common ones
 *
 * Source: AddSecurityPackage.
 */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR pszPackageName,
                                              PSECURITY_PACKAGE_OPTIONS pOptions);
SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR pszPackageName,
                                              PSECURITY_PACKAGE_OPTIONS pOptions);

/*
 * Would unload a package. A package stays as long as its LSA, as on Windows.
 *
 * pszPackageName  [in] its name
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 * SEC_E_INVALID_PARAMETER     NULL
 *
 * Source: DeleteSecurityPackage.
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageA(LPSTR pszPackageName);
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR pszPackageName);

/* ---- SASL -------------------------------------------------------------- */

/* Names of mechanisms only: what SASL adds to a package's tokens is not done here. */
#define SASL_OPTION_SEND_SIZE        1
#define SASL_OPTION_RECV_SIZE        2
#define SASL_OPTION_AUTHZ_STRING     3
#define SASL_OPTION_AUTHZ_PROCESSING 4

typedef enum _SASL_AUTHZID_STATE {
    Sasl_AuthZIDForbidden,
    Sasl_AuthZIDProcessed
} SASL_AUTHZID_STATE;

/*
 * Lists the SASL mechanisms whose package is there: GSSAPI (Kerberos), GSS-SPNEGO (Negotiate),
 * DIGEST-MD5 (WDigest), EXTERNAL (Schannel).
 *
 * ProfileList   [out] their names, one after the other, each terminated, an empty one at the end;
 *               one block: the caller's, freed with FreeContextBuffer
 * ProfileCount  [out] how many
 *
 * SEC_E_OK
 * and the common ones
 *
 * Source: SaslEnumerateProfiles.
 */
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *ProfileList, ULONG *ProfileCount);
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *ProfileList, ULONG *ProfileCount);

/*
 * Describes the package behind a SASL mechanism.
 *
 * ProfileName  [in] the mechanism; upper and lower case are the same
 * PackageInfo  [out] one block: the caller's, freed with FreeContextBuffer
 *
 * SEC_E_OK
 * SEC_E_SECPKG_NOT_FOUND  no such mechanism, or its package is not there
 * and the common ones
 *
 * Source: SaslGetProfilePackage.
 */
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR ProfileName, PSecPkgInfoA *PackageInfo);
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR ProfileName, PSecPkgInfoW *PackageInfo);

/*
 * Would find the package for the mechanism that a client has named. Not offered.
 *
 * pInput       [in] a SECBUFFER_TOKEN with the mechanism's name, not terminated
 * PackageInfo  [out] one block: the caller's, freed with FreeContextBuffer
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SaslIdentifyPackage.
 */
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc pInput, PSecPkgInfoA *PackageInfo);
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc pInput, PSecPkgInfoW *PackageInfo);

/*
 * InitializeSecurityContext with SASL's framing. Not offered: frame the package's tokens as the
 * protocol has it, and call the package itself.
 *
 * phCredential   [in] as for InitializeSecurityContext, and so are all the others
 * phContext      [in]
 * pszTargetName  [in]
 * fContextReq    [in]
 * Reserved1      [in] 0
 * TargetDataRep  [in]
 * pInput         [in]
 * Reserved2      [in] 0
 * phNewContext   [out]
 * pOutput        [out]
 * pfContextAttr  [out]
 * ptsExpiry      [out]
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SaslInitializeSecurityContext.
 */
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(PCredHandle phCredential,
                                                         PCtxtHandle phContext, LPSTR pszTargetName,
                                                         ULONG fContextReq, ULONG Reserved1,
                                                         ULONG TargetDataRep, PSecBufferDesc pInput,
                                                         ULONG Reserved2, PCtxtHandle phNewContext,
                                                         PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr,
                                                         PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(PCredHandle phCredential,
                                                         PCtxtHandle phContext,
                                                         LPWSTR pszTargetName, ULONG fContextReq,
                                                         ULONG Reserved1, ULONG TargetDataRep,
                                                         PSecBufferDesc pInput, ULONG Reserved2,
                                                         PCtxtHandle phNewContext,
                                                         PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr,
                                                         PTimeStamp ptsExpiry);

/*
 * AcceptSecurityContext with SASL's framing. Not offered, as above.
 *
 * phCredential   [in] as for AcceptSecurityContext, and so are all the others
 * phContext      [in]
 * pInput         [in]
 * fContextReq    [in]
 * TargetDataRep  [in]
 * phNewContext   [out]
 * pOutput        [out]
 * pfContextAttr  [out]
 * ptsExpiry      [out]
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SaslAcceptSecurityContext.
 */
SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                    PSecBufferDesc pInput, ULONG fContextReq,
                                                    ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                    PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                    PTimeStamp ptsExpiry);

/*
 * Would set an option of a SASL context. Not offered.
 *
 * ContextHandle  [in] the context
 * Option         [in] SASL_OPTION_*
 * Value          [in] for the sizes a ULONG, bytes; for AUTHZ_STRING text; for AUTHZ_PROCESSING a
 *                SASL_AUTHZID_STATE; copied
 * Size           [in] bytes of Value
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SaslSetContextOption.
 */
SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value,
                                               ULONG Size);

/*
 * Would read an option of a SASL context. Not offered.
 *
 * ContextHandle  [in] the context
 * Option         [in] SASL_OPTION_*
 * Value          [out] as for SaslSetContextOption
 * Size           [in] bytes that Value has room for
 * Needed         [out] bytes that it takes; may be NULL
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SaslGetContextOption.
 */
SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value,
                                               ULONG Size, PULONG Needed);

/* ---- Handling identities ----------------------------------------------- */

/*
 * Makes an identity of names and a password: a SEC_WINNT_AUTH_IDENTITY_EX2.
 *
 * pszUserName                 [in] may be NULL
 * pszDomainName               [in] may be NULL
 * pszPackedCredentialsString  [in] the password; may be NULL
 * ppAuthIdentity              [out] the caller's, freed with SspiFreeAuthIdentity
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER    ppAuthIdentity is NULL, or all three texts are, or one is not UTF-16
 * SEC_E_BUFFER_TOO_SMALL     a text of more than 4096 characters
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiEncodeStringsAsAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeStringsAsAuthIdentity(
    PCWSTR pszUserName, PCWSTR pszDomainName, PCWSTR pszPackedCredentialsString,
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity);

/*
 * Takes an identity apart into names and a password.
 *
 * pAuthIdentity               [in] of any form
 * ppszUserName                [out] the caller's, freed with SspiLocalFree; NULL if there is none
 * ppszDomainName              [out] the same
 * ppszPackedCredentialsString [out] the password, a secret, the same; the pointer may be NULL
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INVALID_PARAMETER    NULL where something is needed
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiEncodeAuthIdentityAsStrings.
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeAuthIdentityAsStrings(
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE pAuthIdentity, PCWSTR *ppszUserName, PCWSTR *ppszDomainName,
    PCWSTR *ppszPackedCredentialsString);

/*
 * Checks that an identity is one that packages here can use.
 *
 * AuthData  [in] of any form
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiValidateAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiValidateAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * Copies an identity.
 *
 * AuthData      [in] of any form
 * AuthDataCopy  [out] the same in one block, the caller's, freed with SspiFreeAuthIdentity
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INVALID_PARAMETER    NULL where something is needed
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiCopyAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiCopyAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData,
                                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *AuthDataCopy);

/*
 * Wipes and frees an identity that one of these calls made.
 *
 * AuthData  [in] NULL is fine
 *
 * Source: SspiFreeAuthIdentity.
 */
VOID SEC_ENTRY SspiFreeAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * Wipes all text in an identity, its password with it, and frees nothing.
 *
 * AuthData  [in] of any form; NULL is fine
 *
 * Source: SspiZeroAuthIdentity.
 */
VOID SEC_ENTRY SspiZeroAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * Wipes and frees text or bytes that one of these calls made.
 *
 * DataBuffer  [in] NULL is fine
 *
 * Source: SspiLocalFree.
 */
VOID SEC_ENTRY SspiLocalFree(PVOID DataBuffer);

/*
 * Compares two identities; passwords in constant time.
 *
 * AuthIdentity1          [in] of any form; NULL is the user's own, which names nothing
 * AuthIdentity2          [in] the same
 * SameSuppliedUser       [out] TRUE if user and domain are the same, upper or lower case; may be
 *                        NULL
 * SameSuppliedIdentity   [out] TRUE if the password is the same, too; may be NULL
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiCompareAuthIdentities.
 */
SECURITY_STATUS SEC_ENTRY SspiCompareAuthIdentities(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity1,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity2,
                                                    PBOOLEAN SameSuppliedUser,
                                                    PBOOLEAN SameSuppliedIdentity);

/*
 * Turns an identity into bytes, its password in clear.
 *
 * AuthIdentity           [in] of any form
 * AuthIdentityLength     [out] how many bytes
 * AuthIdentityByteArray  [out] the caller's, freed with SspiLocalFree
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INVALID_PARAMETER    NULL where something is needed
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiMarshalAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiMarshalAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                  ULONG *AuthIdentityLength,
                                                  char **AuthIdentityByteArray);

/*
 * Turns such bytes into an identity.
 *
 * AuthIdentityLength     [in] how many bytes
 * AuthIdentityByteArray  [in] the bytes
 * ppAuthIdentity         [out] the caller's, freed with SspiFreeAuthIdentity
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  not such bytes
 * SEC_E_INVALID_PARAMETER    NULL
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiUnmarshalAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentity(
    ULONG AuthIdentityLength, char *AuthIdentityByteArray,
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity);

/*
 * Would encrypt the password in an identity: it takes a service with a key for every logon session.
 * Not offered; an encrypted identity is of no known form here.
 *
 * AuthData  [in] of any form
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 * SEC_E_INVALID_PARAMETER     NULL
 *
 * Source: SspiEncryptAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * The same, and for whom. Not offered.
 *
 * Options   [in] SEC_WINNT_AUTH_IDENTITY_ENCRYPT_*
 * AuthData  [in] of any form
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 * SEC_E_INVALID_PARAMETER     NULL
 *
 * Source: SspiEncryptAuthIdentityEx.
 */
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentityEx(ULONG Options,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * Would undo that. Not offered.
 *
 * EncryptedAuthData  [in] of any form
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 * SEC_E_INVALID_PARAMETER     NULL
 *
 * Source: SspiDecryptAuthIdentity.
 */
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentity(
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);

/*
 * The same, with the options it was encrypted with. Not offered.
 *
 * Options            [in] SEC_WINNT_AUTH_IDENTITY_ENCRYPT_*
 * EncryptedAuthData  [in] of any form
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 * SEC_E_INVALID_PARAMETER     NULL
 *
 * Source: SspiDecryptAuthIdentityEx.
 */
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentityEx(
    ULONG Options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);

/*
 * Tells whether an identity's flags say that its password is encrypted.
 *
 * EncryptedAuthData  [in] of any form; NULL is not
 *
 * TRUE or FALSE.
 *
 * Source: SspiIsAuthIdentityEncrypted.
 */
BOOLEAN SEC_ENTRY SspiIsAuthIdentityEncrypted(PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);

/*
 * Tells whether an error is one that asking the user for a password may help against.
 *
 * ErrorOrNtStatus  [in] a SECURITY_STATUS or an NTSTATUS
 *
 * TRUE for SEC_E_LOGON_DENIED, SEC_E_NO_CREDENTIALS, SEC_E_UNKNOWN_CREDENTIALS and the STATUS_*
 * codes of a wrong name or password; else FALSE.
 *
 * Source: SspiIsPromptingNeeded.
 */
BOOLEAN SEC_ENTRY SspiIsPromptingNeeded(ULONG ErrorOrNtStatus);

/*
 * Finds the host in a target name: "www.example.org" in "HTTP/www.example.org:8080".
 *
 * pszTargetName  [in] the target
 * pszHostName    [out] the caller's, freed with SspiLocalFree
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER    no host in it
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiGetTargetHostName.
 */
SECURITY_STATUS SEC_ENTRY SspiGetTargetHostName(PCWSTR pszTargetName, PWSTR *pszHostName);

/*
 * Copies an identity and forbids it one package: adds "!name" to its list of packages.
 *
 * AuthIdentity       [in] of any form; NULL stands for the user's own
 * pszPackageName     [in] the package
 * ppNewAuthIdentity  [out] the caller's, freed with SspiFreeAuthIdentity
 *
 * SEC_E_OK
 * SEC_E_UNKNOWN_CREDENTIALS  malformed, of no known form, encrypted, or not a password
 * SEC_E_INVALID_PARAMETER    NULL where something is needed, or no name
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 *
 * Source: SspiExcludePackage.
 */
SECURITY_STATUS SEC_ENTRY SspiExcludePackage(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                             PCWSTR pszPackageName,
                                             PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppNewAuthIdentity);

/*
 * Would tell under which name a credential for a target would be stored. There is no credential
 * manager here to look into.
 *
 * AuthIdentity            [in] as above
 * pszTargetName           [in] the target
 * pCredmanCredentialType  [out] what kind it is
 * ppszCredmanTargetName   [out] the caller's, freed with SspiLocalFree
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SspiPrepareForCredRead.
 */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredRead(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                 PCWSTR pszTargetName,
                                                 PULONG pCredmanCredentialType,
                                                 PCWSTR *ppszCredmanTargetName);

/*
 * Would tell how an identity would be stored. There is no credential manager here to put it into.
 *
 * AuthIdentity            [in] as above
 * pszTargetName           [in] the target
 * pCredmanCredentialType  [out] what kind it is
 * ppszCredmanTargetName   [out] the caller's, freed with SspiLocalFree
 * ppszCredmanUserName     [out] the same
 * ppCredentialBlob        [out] the same
 * pCredentialBlobSize     [out] its bytes
 *
 * SEC_E_UNSUPPORTED_FUNCTION  always, never SEC_E_OK
 *
 * Source: SspiPrepareForCredWrite.
 */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredWrite(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                  PCWSTR pszTargetName,
                                                  PULONG pCredmanCredentialType,
                                                  PCWSTR *ppszCredmanTargetName,
                                                  PCWSTR *ppszCredmanUserName,
                                                  PUCHAR *ppCredentialBlob,
                                                  PULONG pCredentialBlobSize);

/* ---- Asynchronous calls ------------------------------------------------ */

/*
 * Each is done when it returns, and answers what the call itself would: none answers
 * SEC_I_ASYNC_CALL_PENDING, and no callback is called.  A program that is written for calls that
 * may be pending works.
 */
typedef struct _SspiAsyncContext SspiAsyncContext;
typedef void (*SspiAsyncNotifyCallback)(SspiAsyncContext *Handle, PVOID CallbackData);

/*
 * Makes an object that follows one asynchronous call.
 *
 * The caller's, freed with SspiFreeAsyncContext; NULL when memory is out.
 *
 * Source: SspiCreateAsyncContext.
 */
SspiAsyncContext *SEC_ENTRY SspiCreateAsyncContext(void);

/*
 * Frees it.
 *
 * Handle  [in] NULL is fine
 *
 * Source: SspiFreeAsyncContext.
 */
void SEC_ENTRY SspiFreeAsyncContext(SspiAsyncContext *Handle);

/*
 * Makes it ready for another call.
 *
 * Handle  [in] the object
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  NULL
 *
 * Source: SspiReinitAsyncContext.
 */
NTSTATUS SEC_ENTRY SspiReinitAsyncContext(SspiAsyncContext *Handle);

/*
 * Sets what is called when a call that was pending is over. None is, so it is never called.
 *
 * Context       [in] the object
 * Callback      [in] would get Context and CallbackData
 * CallbackData  [in] handed through
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  Context is NULL
 *
 * Source: SspiSetAsyncNotifyCallback.
 */
SECURITY_STATUS SEC_ENTRY SspiSetAsyncNotifyCallback(SspiAsyncContext *Context,
                                                     SspiAsyncNotifyCallback Callback,
                                                     void *CallbackData);

/*
 * Tells whether its callback is still to come.
 *
 * AsyncContext  [in] the object
 *
 * FALSE: the call is over.
 *
 * Source: SspiAsyncContextRequiresNotify.
 */
BOOLEAN SEC_ENTRY SspiAsyncContextRequiresNotify(SspiAsyncContext *AsyncContext);

/*
 * Tells how its call has ended.
 *
 * Handle  [in] the object
 *
 * SEC_E_OK                 also before a call
 * SEC_E_INVALID_PARAMETER  NULL
 * otherwise what the call has returned
 *
 * Source: SspiGetAsyncCallStatus.
 */
SECURITY_STATUS SEC_ENTRY SspiGetAsyncCallStatus(SspiAsyncContext *Handle);

/*
 * AcquireCredentialsHandle, done when it returns.
 *
 * AsyncContext      [in] follows the call
 * pszPrincipal      [in] as for AcquireCredentialsHandle, and so are all the others
 * pszPackage        [in]
 * fCredentialUse    [in]
 * pvLogonId         [in]
 * pAuthData         [in]
 * pGetKeyFn         [in]
 * pvGetKeyArgument  [in]
 * phCredential      [out]
 * ptsExpiry         [out]
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  also when AsyncContext is NULL
 * otherwise as AcquireCredentialsHandle
 *
 * Source: SspiAcquireCredentialsHandleAsync.
 */
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncA(SspiAsyncContext *AsyncContext,
                                                             LPSTR pszPrincipal, LPSTR pszPackage,
                                                             ULONG fCredentialUse, void *pvLogonId,
                                                             void *pAuthData,
                                                             SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument,
                                                             PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncW(SspiAsyncContext *AsyncContext,
                                                             LPWSTR pszPrincipal, LPWSTR pszPackage,
                                                             ULONG fCredentialUse, void *pvLogonId,
                                                             void *pAuthData,
                                                             SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument,
                                                             PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);

/*
 * InitializeSecurityContext, done when it returns.
 *
 * AsyncContext   [in] follows the call
 * phCredential   [in] as for InitializeSecurityContext, and so are all the others
 * phContext      [in]
 * pszTargetName  [in]
 * fContextReq    [in]
 * Reserved1      [in] 0
 * TargetDataRep  [in]
 * pInput         [in]
 * Reserved2      [in] 0
 * phNewContext   [out]
 * pOutput        [out]
 * pfContextAttr  [out]
 * ptsExpiry      [out]
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  also when AsyncContext is NULL
 * otherwise as InitializeSecurityContext
 *
 * Source: SspiInitializeSecurityContextAsync.
 */
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncA(SspiAsyncContext *AsyncContext,
                                                              PCredHandle phCredential,
                                                              PCtxtHandle phContext,
                                                              LPSTR pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1,
                                                              ULONG TargetDataRep,
                                                              PSecBufferDesc pInput,
                                                              ULONG Reserved2,
                                                              PCtxtHandle phNewContext,
                                                              PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr,
                                                              PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncW(SspiAsyncContext *AsyncContext,
                                                              PCredHandle phCredential,
                                                              PCtxtHandle phContext,
                                                              LPWSTR pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1,
                                                              ULONG TargetDataRep,
                                                              PSecBufferDesc pInput,
                                                              ULONG Reserved2,
                                                              PCtxtHandle phNewContext,
                                                              PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr,
                                                              PTimeStamp ptsExpiry);

/*
 * AcceptSecurityContext, done when it returns.
 *
 * AsyncContext   [in] follows the call
 * phCredential   [in] as for AcceptSecurityContext, and so are all the others
 * phContext      [in]
 * pInput         [in]
 * fContextReq    [in]
 * TargetDataRep  [in]
 * phNewContext   [out]
 * pOutput        [out]
 * pfContextAttr  [out]
 * ptsExpiry      [out]
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  also when AsyncContext is NULL
 * otherwise as AcceptSecurityContext
 *
 * Source: SspiAcceptSecurityContextAsync.
 */
SECURITY_STATUS SEC_ENTRY SspiAcceptSecurityContextAsync(SspiAsyncContext *AsyncContext,
                                                         PCredHandle phCredential,
                                                         PCtxtHandle phContext,
                                                         PSecBufferDesc pInput, ULONG fContextReq,
                                                         ULONG TargetDataRep,
                                                         PCtxtHandle phNewContext,
                                                         PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr,
                                                         PTimeStamp ptsExpiry);

/*
 * FreeCredentialsHandle, done when it returns.
 *
 * AsyncContext  [in] follows the call
 * phCredential  [in] the credential
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  also when AsyncContext is NULL
 * otherwise as FreeCredentialsHandle
 *
 * Source: SspiFreeCredentialsHandleAsync.
 */
SECURITY_STATUS SEC_ENTRY SspiFreeCredentialsHandleAsync(SspiAsyncContext *AsyncContext,
                                                         PCredHandle phCredential);

/*
 * DeleteSecurityContext, done when it returns.
 *
 * AsyncContext  [in] follows the call
 * phContext     [in] the context
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER  also when AsyncContext is NULL
 * otherwise as DeleteSecurityContext
 *
 * Source: SspiDeleteSecurityContextAsync.
 */
SECURITY_STATUS SEC_ENTRY SspiDeleteSecurityContextAsync(SspiAsyncContext *AsyncContext,
                                                         PCtxtHandle phContext);

/* ---- All of it as a table of functions --------------------------------- */

typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_A)(ULONG *, PSecPkgInfoA *);
typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_W)(ULONG *, PSecPkgInfoW *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_A)(SEC_CHAR *, PSecPkgInfoA *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_W)(SEC_WCHAR *, PSecPkgInfoW *);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_A)(
    SEC_CHAR *, SEC_CHAR *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_W)(
    SEC_WCHAR *, SEC_WCHAR *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle,
    PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_A)(PCredHandle, SEC_CHAR *, SEC_CHAR *, ULONG,
                                                         void *, SEC_GET_KEY_FN, void *,
                                                         PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_W)(PCredHandle, SEC_WCHAR *, SEC_WCHAR *,
                                                         ULONG, void *, SEC_GET_KEY_FN, void *,
                                                         PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle, ULONG, void *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle, ULONG, void *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A)(
    PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W)(
    PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_A)(
    PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_W)(
    PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_A)(
    PCredHandle, PCtxtHandle, SEC_CHAR *, ULONG, ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
    PSecBufferDesc, ULONG *, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_W)(
    PCredHandle, PCtxtHandle, SEC_WCHAR *, ULONG, ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
    PSecBufferDesc, ULONG *, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_A)(
    PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_W)(
    PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_A)(
    SEC_CHAR *, PSecBuffer, void *, PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_W)(
    SEC_WCHAR *, PSecBuffer, void *, PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_PASSWORD_FN_A)(SEC_CHAR *, SEC_CHAR *, SEC_CHAR *,
                                                         SEC_CHAR *, SEC_CHAR *, BOOLEAN, ULONG,
                                                         PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_PASSWORD_FN_W)(SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *,
                                                         SEC_WCHAR *, SEC_WCHAR *, BOOLEAN, ULONG,
                                                         PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CREDENTIALS_HANDLE_FN)(PCredHandle);
typedef SECURITY_STATUS(SEC_ENTRY *ACCEPT_SECURITY_CONTEXT_FN)(PCredHandle, PCtxtHandle,
                                                               PSecBufferDesc, ULONG, ULONG,
                                                               PCtxtHandle, PSecBufferDesc, ULONG *,
                                                               PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY *COMPLETE_AUTH_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY *IMPERSONATE_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY *REVERT_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_CONTEXT_TOKEN_FN)(PCtxtHandle, HANDLE *);
typedef SECURITY_STATUS(SEC_ENTRY *DELETE_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY *APPLY_CONTROL_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CONTEXT_BUFFER_FN)(void *);
typedef SECURITY_STATUS(SEC_ENTRY *MAKE_SIGNATURE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *VERIFY_SIGNATURE_FN)(PCtxtHandle, PSecBufferDesc, ULONG,
                                                        ULONG *);
typedef SECURITY_STATUS(SEC_ENTRY *ENCRYPT_MESSAGE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY *DECRYPT_MESSAGE_FN)(PCtxtHandle, PSecBufferDesc, ULONG, ULONG *);
typedef SECURITY_STATUS(SEC_ENTRY *EXPORT_SECURITY_CONTEXT_FN)(PCtxtHandle, ULONG, PSecBuffer,
                                                               void **);

/* dwVersion of a table: each covers the members of the one before, and ... */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION   1 /* all up to DecryptMessage */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 2 /* SetContextAttributes */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_3 3 /* SetCredentialsAttributes */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4 4 /* ChangeAccountPassword */
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 5 /* the Ex queries */

typedef struct _SECURITY_FUNCTION_TABLE_A {
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_A EnumerateSecurityPackagesA;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_A QueryCredentialsAttributesA;
    ACQUIRE_CREDENTIALS_HANDLE_FN_A AcquireCredentialsHandleA;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_A InitializeSecurityContextA;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_A QueryContextAttributesA;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_A QuerySecurityPackageInfoA;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_A ImportSecurityContextA;
    ADD_CREDENTIALS_FN_A AddCredentialsA;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_A SetContextAttributesA;
    SET_CREDENTIALS_ATTRIBUTES_FN_A SetCredentialsAttributesA;
    CHANGE_PASSWORD_FN_A ChangeAccountPasswordA;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_A QueryContextAttributesExA;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A QueryCredentialsAttributesExA;
} SecurityFunctionTableA, *PSecurityFunctionTableA;

typedef struct _SECURITY_FUNCTION_TABLE_W {
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_W EnumerateSecurityPackagesW;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_W QueryCredentialsAttributesW;
    ACQUIRE_CREDENTIALS_HANDLE_FN_W AcquireCredentialsHandleW;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_W InitializeSecurityContextW;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_W QueryContextAttributesW;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_W QuerySecurityPackageInfoW;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_W ImportSecurityContextW;
    ADD_CREDENTIALS_FN_W AddCredentialsW;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_W SetContextAttributesW;
    SET_CREDENTIALS_ATTRIBUTES_FN_W SetCredentialsAttributesW;
    CHANGE_PASSWORD_FN_W ChangeAccountPasswordW;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_W QueryContextAttributesExW;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W QueryCredentialsAttributesExW;
} SecurityFunctionTableW, *PSecurityFunctionTableW;

/*
 * Gives the whole interface as a table: for programs that load the library at run time.
 *
 * The table, static, not to be freed or changed; never NULL. Its functions are those of this
 * header, so dwVersion is SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5.
 *
 * Source: InitSecurityInterface.
 */
PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void);
PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void);

/* The same, found with dlsym() by its name. */
typedef PSecurityFunctionTableA(SEC_ENTRY *INIT_SECURITY_INTERFACE_A)(void);
typedef PSecurityFunctionTableW(SEC_ENTRY *INIT_SECURITY_INTERFACE_W)(void);

#define SECURITY_ENTRYPOINT_ANSIA "InitSecurityInterfaceA"
#define SECURITY_ENTRYPOINT_ANSIW "InitSecurityInterfaceW"

#ifdef __cplusplus
}
#endif

#endif
