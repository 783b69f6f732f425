/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Linux adds to SSPI, and nothing that SSPI can say itself:
 *
 *   handles as file descriptors        so that tokens can be passed and polled
 *   sending a context, receiving it    sealed context, token, connection and
 *                                      unread bytes in one message, so that
 *                                      nothing arrives without the rest
 *   who is behind a token
 *   two attributes that steer an export
 *   new keys for a TLS session
 *   tables for packages: to move half-done handshakes, to sign what was agreed on, to build on
 *   other packages, and for sessions that go on speaking after the handshake
 *
 * Source: docs/architecture.md, docs/formats/.
 */
#ifndef OPENSSPI_OPENSSPI_H
#define OPENSSPI_OPENSSPI_H

#include "schannel.h"
#include "sspi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ----------------------------------------------------------- */

#define OPENSSPI_VERSION_MAJOR 0
#define OPENSSPI_VERSION_MINOR 1
#define OPENSSPI_VERSION_PATCH 0

/* To be compared: 0x00MMmmpp. */
#define OPENSSPI_VERSION_NUMBER \
    (OPENSSPI_VERSION_MAJOR << 16 | OPENSSPI_VERSION_MINOR << 8 | OPENSSPI_VERSION_PATCH)

/*
 * The version of the library that the program runs with, as "0.1.0"; the macros say what it was
 * compiled with. Static, not to be freed.
 */
const char *opensspi_version(void);

/* ---- Handles are file descriptors -------------------------------------- */

/*
 * The descriptor behind a handle. Borrowed: the handle still owns it.
 *
 * handle  [in] from this library, or opensspi_handle_from_fd()
 *
 * Returns -1 for NULL, and for what is no handle.
 */
int opensspi_handle_to_fd(HANDLE handle);

/*
 * The handle for a descriptor. The handle now owns it: CloseHandle closes it.
 *
 * fd  [in] an open descriptor
 *
 * Returns NULL for a negative one. Descriptor n is handle (n + 1) * 4: never NULL, and a multiple
 * of four as Windows programs expect.
 */
HANDLE opensspi_handle_from_fd(int fd);

/*
 * Closes a handle and the descriptor behind it.
 *
 * hObject  [in] dead afterwards
 *
 * Returns FALSE for NULL, for what is no handle, and for one that is closed already; else TRUE.
 *
 * Source: Microsoft's CloseHandle.
 */
BOOL WINAPI CloseHandle(HANDLE hObject);

/* ---- Attributes that steer an export ----------------------------------- */

/* For SetContextAttributes: they hold for every export of the context from then on. */
#define OPENSSPI_ATTR_EXPORT_TO_UID   0x4F530001 /* OPENSSPI_EXPORT_TO_UID */
#define OPENSSPI_ATTR_EXPORT_LIFETIME 0x4F530002 /* OPENSSPI_EXPORT_LIFETIME */

/* The only user who may import; without it, the exporter's own. */
typedef struct _OPENSSPI_EXPORT_TO_UID {
    uint32_t uid;
} OPENSSPI_EXPORT_TO_UID;

/* How long the sealed context may be imported; without it, 30 seconds. */
typedef struct _OPENSSPI_EXPORT_LIFETIME {
    uint32_t milliseconds; /* 1 to OPENSSPI_EXPORT_LIFETIME_MAX */
} OPENSSPI_EXPORT_LIFETIME;

#define OPENSSPI_EXPORT_LIFETIME_MAX 300000

/* ---- Sending a context ------------------------------------------------- */

#define OPENSSPI_PACKAGE_MAX 64    /* bytes of a package's name, NUL included */
#define OPENSSPI_UNREAD_MAX  65536 /* bytes that may travel unread */

/* Everything that makes a session, in one piece. */
typedef struct _OPENSSPI_PARCEL {
    char package[OPENSSPI_PACKAGE_MAX]; /* UTF-8, terminated: for ImportSecurityContextA */
    SecBuffer context;                  /* what ExportSecurityContext gave */
    HANDLE token;                       /* what it gave as token, or NULL */
    int connection;                     /* descriptor of the peer's connection, or -1 */
    void *unread;                       /* bytes read from it and not yet used, or NULL */
    size_t unread_size;
} OPENSSPI_PARCEL;

/*
 * Sends a parcel to another process, in one message.
 *
 * sock    [in] connected AF_UNIX socket of type SOCK_SEQPACKET
 * parcel  [in] stays the caller's, all of it: after success close the token and the connection and
 *         free the context, the receiver has its own
 *
 * On failure nothing was sent.
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER    NULL, a socket of another kind, a package name that is empty or not
 *                            terminated, no context, more than OPENSSPI_UNREAD_MAX bytes, a token
 *                            or connection that is not open
 * SEC_E_INCOMPLETE_MESSAGE   the peer has closed
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 * SEC_E_INTERNAL_ERROR       the kernel refused, errno says why (EAGAIN on a socket in non-blocking
 *                            mode)
 *
 * Source: docs/formats/parcel.md.
 */
SECURITY_STATUS opensspi_send_context(int sock, const OPENSSPI_PARCEL *parcel);

/*
 * Receives what opensspi_send_context() sent. One thread at a time may receive on a socket.
 *
 * sock        [in] connected AF_UNIX socket of type SOCK_SEQPACKET
 * ret_parcel  [out] written on success only; the caller owns everything in it and ends with
 *             opensspi_free_parcel()
 *
 * What arrives is only what the peer says: ImportSecurityContext finds out whether the context is
 * genuine. Descriptors are close-on-exec; those that were not announced are closed at once.
 *
 * SEC_E_OK
 * SEC_E_INCOMPLETE_MESSAGE   the peer has closed
 * SEC_E_INVALID_TOKEN        not a parcel: it is consumed, its descriptors are closed
 * SEC_E_INVALID_PARAMETER    NULL, or a socket of another kind
 * SEC_E_INSUFFICIENT_MEMORY  out of memory
 * SEC_E_INTERNAL_ERROR       the kernel refused, errno says why (EAGAIN on a socket in non-blocking
 *                            mode)
 *
 * Source: docs/formats/parcel.md.
 */
SECURITY_STATUS opensspi_receive_context(int sock, OPENSSPI_PARCEL *ret_parcel);

/*
 * Frees what a received parcel holds: context and unread bytes are wiped and freed, token and
 * connection closed. To keep one of them, take it out first and put NULL or -1 in its place.
 *
 * parcel  [in, out] left empty; the structure itself is the caller's. NULL is fine, and so is one
 *         without a package's name, which is empty
 *
 * Only for received parcels: one to be sent is made of the caller's own parts.
 */
void opensspi_free_parcel(OPENSSPI_PARCEL *parcel);

/* ---- Who is behind a token --------------------------------------------- */

#define OPENSSPI_NAME_MAX   256 /* bytes of a name, NUL included */
#define OPENSSPI_SID_MAX    192 /* bytes of a SID as text, NUL included */
#define OPENSSPI_GROUPS_MAX 64

/* All text is UTF-8 and terminated; what is not known is empty or zero. */
typedef struct _OPENSSPI_TOKEN_INFO {
    char package[OPENSSPI_PACKAGE_MAX]; /* that authenticated the user */
    char user[OPENSSPI_NAME_MAX];
    char domain[OPENSSPI_NAME_MAX];
    char sid[OPENSSPI_SID_MAX]; /* "S-1-5-21-..." if the peer's system gave one */
    LUID logon_id;
    uint32_t has_mapping; /* 1: the next four are a local user's, 0: they are empty */
    uint32_t uid;
    uint32_t gid;
    uint32_t n_groups;
    uint32_t groups[OPENSSPI_GROUPS_MAX];
    TimeStamp auth_time; /* when the user proved who it is */
    TimeStamp expiry;    /* when the token stops being good */
    SECURITY_IMPERSONATION_LEVEL level;
} OPENSSPI_TOKEN_INFO;

/*
 * Tells what a token says, after checking that this LSA made it.
 *
 * token     [in] from QuerySecurityContextToken, ExportSecurityContext or a parcel; stays the
 *           caller's
 * ret_info  [out] written on success only
 *
 * SEC_E_OK
 * SEC_E_INVALID_HANDLE       not an open handle
 * SEC_E_INVALID_TOKEN        not a token, altered, from before a reboot, or of another user's LSA
 * and the common ones (sspi.h)
 */
SECURITY_STATUS opensspi_token_query(HANDLE token, OPENSSPI_TOKEN_INFO *ret_info);

/* ---- TLS sessions --------------------------------------------------------- */

/*
 * A control token for ApplyControlToken on an established context of Schannel, beside those of
 * schannel.h: new keys (RFC 8446 4.6.3). The KeyUpdate goes out in front of the next message, or
 * comes out of the next call of InitializeSecurityContext or AcceptSecurityContext.
 *
 * SEC_E_UNSUPPORTED_FUNCTION for TLS 1.2, which has none.
 */
#define OPENSSPI_TLS_KEY_UPDATE      0x4F530010
#define OPENSSPI_TLS_KEY_UPDATE_BOTH 0x00000001 /* the peer is asked to change its keys as well */

typedef struct _OPENSSPI_TLS_KEY_UPDATE_TOKEN {
    ULONG dwTokenType; /* OPENSSPI_TLS_KEY_UPDATE */
    ULONG dwFlags;     /* OPENSSPI_TLS_KEY_UPDATE_BOTH, or 0 */
} OPENSSPI_TLS_KEY_UPDATE_TOKEN;

/*
 * What ExportSecurityContext yields with SECPKG_CONTEXT_EXPORT_TO_KERNEL for a context of Schannel:
 * both directions as setsockopt(fd, SOL_TLS, ...) takes them, after setsockopt(fd, SOL_TCP, TCP_ULP,
 * "tls"). Transmit goes to TLS_TX and Receive to TLS_RX, Size bytes of each. The bytes are linux/tls.h's
 * struct tls12_crypto_info_aes_gcm_128, _aes_gcm_256 or _chacha20_poly1305, whose first member tells
 * TLS version and cipher. The context is over then; the bytes are keys, which FreeContextBuffer
 * wipes.
 *
 * SEC_E_UNSUPPORTED_FUNCTION while a KeyUpdate or an alert is owed to the peer, or half of a handshake
 * message of his has arrived: the kernel could not go on from there.
 */
typedef struct _OPENSSPI_KERNEL_TLS {
    ULONG Version; /* OPENSSPI_KERNEL_TLS_VERSION */
    ULONG Size;
    UCHAR Transmit[64];
    UCHAR Receive[64];
} OPENSSPI_KERNEL_TLS;

#define OPENSSPI_KERNEL_TLS_VERSION 1

/* ---- Certificates ------------------------------------------------------ */

/*
 * Reads certificates, and the key of the first one if it is there, for SCHANNEL_CRED and
 * SCH_CREDENTIALS (schannel.h).
 *
 * certificate  [in] PEM, DER or PKCS#12 file, the leaf first; or a PKCS#11 URI
 * key          [in] file of its key, or a PKCS#11 URI; NULL: in the same place, if there is one
 * password     [in] of a PKCS#12 file or an encrypted key; NULL: none
 * ret          [out] the first certificate, written on success only; ends with
 *              CertFreeCertificateContext
 *
 * paCred takes the context. hRootStore takes its hCertStore, which stands for all certificates of
 * the file, and lives as long as the context. The key does not show in the context; it goes to the
 * security authority with the credential.
 *
 * A file has to belong to root or the user, and nobody else may write to it, nor read it when a key
 * is in it. A key in a PKCS#11 token can be used by the security authority of the same process only;
 * behind lsad a section of its configuration names the token.
 *
 * SEC_E_OK
 * SEC_E_INVALID_PARAMETER      NULL
 * SEC_E_UNKNOWN_CREDENTIALS    no certificate in there, a key of another one, or a wrong password
 * SEC_E_INTERNAL_ERROR         the file cannot be read, errno says why; or it is not safe
 * SEC_E_INSUFFICIENT_MEMORY    out of memory
 */
SECURITY_STATUS opensspi_certificate_open(const char *certificate, const char *key,
                                          const char *password, PCCERT_CONTEXT *ret);

/*
 * Another reference to a certificate from this library.
 *
 * pCertContext  [in] may be NULL
 *
 * Returns the same pointer; NULL for NULL. It ends with CertFreeCertificateContext.
 *
 * Source: Microsoft's CertDuplicateCertificateContext.
 */
PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT pCertContext);

/*
 * Gives a reference back; the last one frees the certificate.
 *
 * pCertContext  [in] from opensspi_certificate_open, CertDuplicateCertificateContext or an attribute;
 *               NULL is fine
 *
 * Returns TRUE.
 *
 * Source: Microsoft's CertFreeCertificateContext.
 */
BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT pCertContext);

/* ---- For packages: moving half-done handshakes ------------------------- */

/*
 * Packs a context that is still negotiating.
 *
 * Context        [in] stays as it is: the LSA deletes it when it wants
 * Flags          [in] SECPKG_CONTEXT_EXPORT_RESET_NEW, or 0
 * PackedContext  [out] pvBuffer from AllocateLsaHeap, the LSA frees it
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_HANDLE
 * SEC_E_UNSUPPORTED_FUNCTION  not at this leg
 * STATUS_NO_MEMORY
 */
typedef NTSTATUS(NTAPI SpExportLsaContextFn)(LSA_SEC_HANDLE Context, ULONG Flags,
                                             PSecBuffer PackedContext);

/*
 * Makes a context of what ExportLsaContext packed, in this process or another.
 *
 * PackedContext  [in] neither changed nor freed; to be parsed as hostile input
 * NewContext     [out] ends with the package's DeleteContext
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_TOKEN  not what this package packed
 * STATUS_NO_MEMORY
 */
typedef NTSTATUS(NTAPI SpImportLsaContextFn)(PSecBuffer PackedContext, PLSA_SEC_HANDLE NewContext);

/*
 * The state of a handshake is in the LSA half, and Windows' SECPKG_FUNCTION_TABLE has no export. A
 * package whose handshakes can be moved offers this table beside it; it is optional. Both run in
 * the LSA, on the package's own handles.
 */
typedef struct _OPENSSPI_LSA_EXPORT_TABLE {
    ULONG Version; /* OPENSSPI_LSA_EXPORT_VERSION */
    SpExportLsaContextFn *ExportLsaContext;
    SpImportLsaContextFn *ImportLsaContext;
} OPENSSPI_LSA_EXPORT_TABLE, *POPENSSPI_LSA_EXPORT_TABLE;

#define OPENSSPI_LSA_EXPORT_VERSION 1

/*
 * The entry point, a third symbol beside SpLsaModeInitialize.
 *
 * Version   [in] OPENSSPI_LSA_EXPORT_VERSION
 * ppTables  [out] an array, one table a package, in the order of SpLsaModeInitialize's; static, the
 *           package's
 * pcTables  [out] how many
 *
 * STATUS_SUCCESS
 * STATUS_INVALID_PARAMETER  a version that it does not know
 */
typedef NTSTATUS(NTAPI *SpLsaExportInitializeFn)(ULONG Version,
                                                 const OPENSSPI_LSA_EXPORT_TABLE **ppTables,
                                                 PULONG pcTables);

#define OPENSSPI_LSA_EXPORT_INIT_NAME "SpLsaExportInitialize"

/* ---- For packages: signing what a handshake agreed on ------------------- */

/*
 * Signs a list of mechanisms, with the keys of a handshake that is over but whose context nobody
 * has yet. A package that chooses among others proves with it that nobody changed the choice
 * (mechListMIC, RFC 4178 5).
 *
 * ContextData  [in, out] what InitLsaModeContext or AcceptLsaModeContext gave; afterwards as if the
 *              message had been signed. pvBuffer may be replaced by another block from
 *              AllocateLsaHeap. Where the keystream goes on from message to message it is put
 *              back to where it was ([MS-SPNG] 3.2.5.1, 3.3.5.1)
 * List         [in]
 * Signature    [out] pvBuffer from AllocateLsaHeap, the LSA frees it
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_TOKEN         ContextData that the package has not made
 * SEC_E_UNSUPPORTED_FUNCTION  the context does not sign messages
 * STATUS_NO_MEMORY
 */
typedef NTSTATUS(NTAPI SpSignMechListFn)(PSecBuffer ContextData, PSecBuffer List,
                                         PSecBuffer Signature);

/*
 * Verifies the peer's signature. What fails leaves ContextData as it was.
 *
 * ContextData  [in, out] as for SignMechList, as if the peer's message had been received
 * List         [in]
 * Signature    [in]
 *
 * STATUS_SUCCESS
 * SEC_E_MESSAGE_ALTERED, SEC_E_OUT_OF_SEQUENCE, and as SignMechList
 */
typedef NTSTATUS(NTAPI SpVerifyMechListFn)(PSecBuffer ContextData, PSecBuffer List,
                                           PSecBuffer Signature);

/* Optional, beside the SECPKG_FUNCTION_TABLE. Both functions know nothing but what they get. */
typedef struct _OPENSSPI_LSA_SIGN_TABLE {
    ULONG Version; /* OPENSSPI_LSA_SIGN_VERSION */
    SpSignMechListFn *SignMechList;
    SpVerifyMechListFn *VerifyMechList;
} OPENSSPI_LSA_SIGN_TABLE, *POPENSSPI_LSA_SIGN_TABLE;

#define OPENSSPI_LSA_SIGN_VERSION 1

/* The entry point; arguments and statuses as SpLsaExportInitialize's. */
typedef NTSTATUS(NTAPI *SpLsaSignInitializeFn)(ULONG Version,
                                               const OPENSSPI_LSA_SIGN_TABLE **ppTables,
                                               PULONG pcTables);

#define OPENSSPI_LSA_SIGN_INIT_NAME "SpLsaSignInitialize"

/* ---- For packages: building on other packages --------------------------- */

/*
 * Windows' Negotiate reaches other packages inside the LSA in ways that are not documented. Here a
 * package that wants to gets this table. Each call is made in the other package's name: its tokens
 * and log lines say so. What comes of it belongs to the credential or context of the client for
 * which the outer package is being called, and counts as part of it.
 *
 * No handle reaches the client through an inner context: DuplicateHandle answers the inner package
 * with NULL, and the token stays with the context until the outer package takes it over.
 *
 * Objects are the package's own that asked for them, to be used by one call at a time (credentials:
 * by any number), and ended by it.
 */
typedef struct _OPENSSPI_INNER_CREDENTIAL *POPENSSPI_INNER_CREDENTIAL;
typedef struct _OPENSSPI_INNER_CONTEXT *POPENSSPI_INNER_CONTEXT;

/*
 * Finds a package by its name, without regard to case.
 *
 * Name       [in]
 * PackageId  [out] also for LocatePackageById in the user half
 * Info       [out] may be NULL; the strings stay as long as the LSA
 *
 * STATUS_SUCCESS; STATUS_NO_SUCH_PACKAGE; STATUS_INVALID_HANDLE outside any call of the LSA
 */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_LOCATE)(const SEC_WCHAR *Name, PULONG PackageId,
                                              PSecPkgInfoW Info);

/* What AcquireCredentialsHandle of a package is asked. */
typedef struct _OPENSSPI_INNER_ACQUIRE {
    PUNICODE_STRING PrincipalName; /* may be NULL */
    ULONG Use;                     /* SECPKG_CRED_* */
    PLUID LogonId;
    PVOID AuthorizationData;
} OPENSSPI_INNER_ACQUIRE, *POPENSSPI_INNER_ACQUIRE;

/* The package's statuses; STATUS_NO_SUCH_PACKAGE; SEC_E_UNSUPPORTED_FUNCTION when it leaves the call
 * out. */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_ACQUIRE_CREDENTIAL)(ULONG PackageId,
                                                          const OPENSSPI_INNER_ACQUIRE *What,
                                                          POPENSSPI_INNER_CREDENTIAL *Credential,
                                                          PTimeStamp Expiry);
typedef NTSTATUS(NTAPI OPENSSPI_INNER_QUERY_CREDENTIAL)(POPENSSPI_INNER_CREDENTIAL Credential,
                                                        ULONG Attribute, PVOID Buffer);
typedef VOID(NTAPI OPENSSPI_INNER_FREE_CREDENTIAL)(POPENSSPI_INNER_CREDENTIAL Credential);

/* One step of a handshake, in and out. */
typedef struct _OPENSSPI_INNER_LEG {
    BOOLEAN Accept;
    POPENSSPI_INNER_CREDENTIAL Credential;
    PUNICODE_STRING TargetName; /* initiator; may be NULL */
    ULONG Requirements;
    ULONG TargetDataRep;
    PSecBufferDesc Input;  /* may be NULL */
    PSecBufferDesc Output; /* may be NULL */
    ULONG Attributes;      /* [out] */
    TimeStamp Expiry;      /* [out] */
    BOOLEAN Finished;      /* [out] the handshake is over: see GetContextData */
} OPENSSPI_INNER_LEG, *POPENSSPI_INNER_LEG;

/*
 * Context  [in, out] NULL on the first leg, which makes one when it succeeds
 *
 * The package's statuses. A leg that fails leaves the context, and Output, as they were; where
 * Requirements ask for EXTENDED_ERROR, it may leave a token for the peer, and then that bit is in
 * Attributes, which are 0 after every other failure.
 */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_RUN_LEG)(POPENSSPI_INNER_CONTEXT *Context,
                                               POPENSSPI_INNER_LEG Leg);
typedef NTSTATUS(NTAPI OPENSSPI_INNER_QUERY_CONTEXT)(POPENSSPI_INNER_CONTEXT Context,
                                                     ULONG Attribute, PVOID Buffer);
typedef VOID(NTAPI OPENSSPI_INNER_DELETE_CONTEXT)(POPENSSPI_INNER_CONTEXT Context);

/*
 * SignMechList and VerifyMechList on a finished context.
 *
 * As there; SEC_E_UNSUPPORTED_FUNCTION too for a package without that table;
 * SEC_E_OUT_OF_SEQUENCE for a context that is not finished.
 */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_SIGN)(POPENSSPI_INNER_CONTEXT Context, PSecBuffer List,
                                            PSecBuffer Signature);
typedef NTSTATUS(NTAPI OPENSSPI_INNER_VERIFY)(POPENSSPI_INNER_CONTEXT Context, PSecBuffer List,
                                              PSecBuffer Signature);

/*
 * What a finished context left: bytes for the ImportContext of the inner user half, and the token to
 * give it. Both stay the context's.
 *
 * Token  [out] the LSA's own handle, for DuplicateHandle; NULL: there is none
 *
 * STATUS_SUCCESS; SEC_E_OUT_OF_SEQUENCE
 */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_GET_DATA)(POPENSSPI_INNER_CONTEXT Context,
                                                PSecBuffer ContextData, PHANDLE Token);

/* The client has them: wipes the data and closes the token. What else the inner package has of the
 * context lives on until DeleteContext. */
typedef VOID(NTAPI OPENSSPI_INNER_DROP_DATA)(POPENSSPI_INNER_CONTEXT Context);

/*
 * Packs a context, finished or not, and makes one of what was packed. The bytes carry no MAC.
 *
 * Packed  [out] pvBuffer from AllocateLsaHeap; [in] neither changed nor freed
 *
 * STATUS_SUCCESS; SEC_E_UNSUPPORTED_FUNCTION when the package cannot; SEC_E_INVALID_TOKEN
 */
typedef NTSTATUS(NTAPI OPENSSPI_INNER_EXPORT)(POPENSSPI_INNER_CONTEXT Context, PSecBuffer Packed);
typedef NTSTATUS(NTAPI OPENSSPI_INNER_IMPORT)(ULONG PackageId, PSecBuffer Packed,
                                              POPENSSPI_INNER_CONTEXT *Context);

typedef struct _OPENSSPI_LSA_INNER_TABLE {
    ULONG Version; /* OPENSSPI_LSA_INNER_VERSION */
    OPENSSPI_INNER_LOCATE *LocatePackage;
    OPENSSPI_INNER_ACQUIRE_CREDENTIAL *AcquireCredential;
    OPENSSPI_INNER_QUERY_CREDENTIAL *QueryCredential;
    OPENSSPI_INNER_FREE_CREDENTIAL *FreeCredential;
    OPENSSPI_INNER_RUN_LEG *RunLeg;
    OPENSSPI_INNER_QUERY_CONTEXT *QueryContext;
    OPENSSPI_INNER_DELETE_CONTEXT *DeleteContext;
    OPENSSPI_INNER_SIGN *SignMechList;
    OPENSSPI_INNER_VERIFY *VerifyMechList;
    OPENSSPI_INNER_GET_DATA *GetContextData;
    OPENSSPI_INNER_DROP_DATA *DropContextData;
    OPENSSPI_INNER_EXPORT *ExportContext;
    OPENSSPI_INNER_IMPORT *ImportContext;
} OPENSSPI_LSA_INNER_TABLE, *POPENSSPI_LSA_INNER_TABLE;

#define OPENSSPI_LSA_INNER_VERSION 1

/*
 * The entry point, optional, called once before the packages of the module are initialised.
 *
 * pTable  [in] of OPENSSPI_LSA_INNER_VERSION; static, the LSA's
 *
 * STATUS_SUCCESS; anything else, and the module is refused
 */
typedef NTSTATUS(NTAPI *SpLsaInnerInitializeFn)(const OPENSSPI_LSA_INNER_TABLE *pTable);

#define OPENSSPI_LSA_INNER_INIT_NAME "SpLsaInnerInitialize"

/* ---- For packages: sessions that go on speaking ------------------------ */

/*
 * ApplyControlToken on a context whose handshake is over, such as SCHANNEL_SHUTDOWN: what is to be
 * said comes out of the next ContinueContext.
 *
 * Context  [in] the user half's
 * Input    [in] what the application passed
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_HANDLE
 * SEC_E_INVALID_TOKEN         no control token that the package knows
 * SEC_E_UNSUPPORTED_FUNCTION
 */
typedef NTSTATUS(NTAPI SpApplyUserControlTokenFn)(LSA_SEC_HANDLE Context, PSecBufferDesc Input);

/*
 * InitializeSecurityContext or AcceptSecurityContext on a context whose handshake is over: takes
 * what the peer said beside its messages, and gives what is to be said to it.
 *
 * Context            [in] the user half's
 * Requirements       [in] ISC_REQ_* or ASC_REQ_*
 * Input              [in, out] may be NULL; buffers as in the handshake, SECBUFFER_EXTRA included
 * Output             [in, out] may be NULL; a token as in the handshake
 * ContextAttributes  [out] ISC_RET_* or ASC_RET_*
 * Expiry             [out]
 *
 * STATUS_SUCCESS, or another status that the handshake may answer; a failure may leave a token (an
 * alert) in Output, where Requirements ask for EXTENDED_ERROR
 */
typedef NTSTATUS(NTAPI SpContinueUserContextFn)(LSA_SEC_HANDLE Context, ULONG Requirements,
                                                PSecBufferDesc Input, PSecBufferDesc Output,
                                                PULONG ContextAttributes, PTimeStamp Expiry);

/*
 * SetContextAttributes on a context whose handshake is over, imported ones included.
 *
 * Context    [in] the user half's
 * Attribute  [in] SECPKG_ATTR_*
 * Buffer     [in] what the application passed, of Size bytes
 *
 * STATUS_SUCCESS
 * SEC_E_INVALID_HANDLE
 * SEC_E_UNSUPPORTED_FUNCTION  not an attribute that can be set there: the LSA half is asked then
 */
typedef NTSTATUS(NTAPI SpSetUserContextAttributesFn)(LSA_SEC_HANDLE Context, ULONG Attribute,
                                                     PVOID Buffer, ULONG Size);

/*
 * The calling user's own credentials, as far as they are this process's to have, such as tickets
 * in a cache that its environment names. Asked for when they are acquired from an LSA in another
 * process, which looks into no file of a user: what comes out goes along, and its LSA half gets it
 * from GetCredentials.
 *
 * Principal    [in] may be NULL; whose
 * Credentials  [out] pvBuffer from AllocateHeap, at most 65,535 bytes, the host frees and wipes it;
 *              their form is the package's
 *
 * STATUS_SUCCESS
 * SEC_E_NO_CREDENTIALS  there are none, and the LSA half may still know others
 */
typedef NTSTATUS(NTAPI SpGatherCredentialsFn)(PUNICODE_STRING Principal, PSecBuffer Credentials);

/*
 * The keys of a session whose handshake is over are in the user half, wherever that is by now, and
 * Windows' SECPKG_USER_FUNCTION_TABLE has no call for what is neither a message of the application
 * nor a leg of a handshake: closing a stream, alerts, new keys. A package with such sessions offers
 * this table beside it; it is optional, and so is each call. Those on a context come with both
 * directions held: no message call on it runs at the same time.
 */
typedef struct _OPENSSPI_USER_EXTENSION_TABLE {
    ULONG Version; /* OPENSSPI_USER_EXTENSION_VERSION */
    SpApplyUserControlTokenFn *ApplyControlToken;
    SpContinueUserContextFn *ContinueContext;
    SpSetUserContextAttributesFn *SetContextAttributes;
    SpGatherCredentialsFn *GatherCredentials;
} OPENSSPI_USER_EXTENSION_TABLE, *POPENSSPI_USER_EXTENSION_TABLE;

#define OPENSSPI_USER_EXTENSION_VERSION 1

/*
 * The entry point, a symbol beside SpUserModeInitialize.
 *
 * Version   [in] OPENSSPI_USER_EXTENSION_VERSION
 * ppTables  [out] an array, one table a package, in the order of SpUserModeInitialize's; static,
 *           the package's
 * pcTables  [out] how many
 *
 * STATUS_SUCCESS
 * STATUS_INVALID_PARAMETER  a version that it does not know
 */
typedef NTSTATUS(NTAPI *SpUserExtensionInitializeFn)(ULONG Version,
                                                     const OPENSSPI_USER_EXTENSION_TABLE **ppTables,
                                                     PULONG pcTables);

#define OPENSSPI_USER_EXTENSION_INIT_NAME "SpUserExtensionInitialize"

#ifdef __cplusplus
}
#endif

#endif
