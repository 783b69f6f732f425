/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Windows types that SSPI is written in, with the sizes of Windows x64.
 *
 * Two of them differ from what their names suggest to a Linux reader: ULONG
 * has 32 bits although unsigned long has 64, and a wide character has 16 bits
 * (UTF-16) although wchar_t has 32.  Write wide literals as u"text".
 *
 * There is no UNICODE switch: what exists in a narrow and a wide form has two
 * names, ending in A and W.  The narrow forms are UTF-8.
 */
#ifndef OPENSSPI_SSPI_TYPES_H
#define OPENSSPI_SSPI_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifndef __cplusplus
#include <uchar.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Calling conventions: one on this platform, so nothing to say. */
#define NTAPI
#define WINAPI
#define SEC_ENTRY
#define SEC_FAR

/* ---- Numbers ----------------------------------------------------------- */

#ifndef VOID
#define VOID void
#endif
#ifndef CONST
#define CONST const
#endif
#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif
#ifndef ANYSIZE_ARRAY
#define ANYSIZE_ARRAY 1 /* the length of an array that a count before it sizes */
#endif

typedef void *PVOID, *LPVOID;
typedef char CHAR, *PCHAR;
typedef uint8_t UCHAR, *PUCHAR;
typedef uint8_t BYTE, *PBYTE, *LPBYTE;
typedef uint8_t BOOLEAN, *PBOOLEAN; /* TRUE or FALSE in one byte */
typedef int32_t BOOL, *PBOOL;       /* TRUE or FALSE in four */
typedef int16_t SHORT, *PSHORT;
typedef uint16_t USHORT, *PUSHORT;
typedef uint16_t WORD, *PWORD;
typedef int32_t LONG, *PLONG;
typedef uint32_t ULONG, *PULONG;
typedef uint32_t DWORD, *PDWORD, *LPDWORD;
typedef int64_t LONGLONG, *PLONGLONG;
typedef uint64_t ULONGLONG, *PULONGLONG;
typedef uint64_t ULONG64, *PULONG64;
typedef intptr_t INT_PTR, LONG_PTR;
typedef uintptr_t UINT_PTR, ULONG_PTR, *PULONG_PTR;
typedef size_t SIZE_T, *PSIZE_T;

/* ---- Results ----------------------------------------------------------- */

typedef LONG HRESULT;
typedef LONG NTSTATUS, *PNTSTATUS; /* of packages; values in ntstatus.h */
typedef LONG SECURITY_STATUS;      /* of SSPI calls; values in sspi_status.h */

#define NT_SUCCESS(Status) ((NTSTATUS)(Status) >= 0)

/* ---- Text -------------------------------------------------------------- */

typedef char16_t WCHAR, *PWCHAR;
typedef char SEC_CHAR;      /* UTF-8 */
typedef char16_t SEC_WCHAR; /* UTF-16 in the byte order of the machine */

typedef char *PSTR, *LPSTR;
typedef const char *PCSTR, *LPCSTR;
typedef WCHAR *PWSTR, *LPWSTR;
typedef const WCHAR *PCWSTR, *LPCWSTR;

/* Counted text; both lengths in bytes, a terminating NUL is not counted. */
typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING;
typedef STRING ANSI_STRING, *PANSI_STRING;

typedef STRING LSA_STRING, *PLSA_STRING;
typedef UNICODE_STRING LSA_UNICODE_STRING, *PLSA_UNICODE_STRING;
typedef UNICODE_STRING SECURITY_STRING, *PSECURITY_STRING;

/* ---- Handles ----------------------------------------------------------- */

/* An open object; here a file descriptor in disguise (opensspi.h). NULL is none. */
typedef void *HANDLE, **PHANDLE;

/* A context or a credential, as package and LSA name it to each other. */
typedef ULONG_PTR LSA_SEC_HANDLE, *PLSA_SEC_HANDLE;

/* ---- Identities -------------------------------------------------------- */

/* Names a logon session; unique until the machine restarts. */
typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

#define SecEqualLuid(L1, L2)                                           \
    (((const LUID *)(L1))->LowPart == ((const LUID *)(L2))->LowPart && \
     ((const LUID *)(L1))->HighPart == ((const LUID *)(L2))->HighPart)
#define SecIsZeroLuid(L1) \
    (((const LUID *)(L1))->LowPart == 0 && ((const LUID *)(L1))->HighPart == 0)

typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID;

/* A security identifier in its binary form, [MS-DTYP] 2.4.2.2. */
typedef void *PSID;

/* How far a server may act for the client behind a token. */
typedef enum _SECURITY_IMPERSONATION_LEVEL {
    SecurityAnonymous,
    SecurityIdentification,
    SecurityImpersonation,
    SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL;
typedef SECURITY_IMPERSONATION_LEVEL *PSECURITY_IMPERSONATION_LEVEL;

/* ---- Time -------------------------------------------------------------- */

/* 64 bits that old compilers wanted in halves. */
typedef union _LARGE_INTEGER {
    __extension__ struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

/* Units of 100 ns since 1601-01-01, UTC. */
typedef LARGE_INTEGER SECURITY_INTEGER, *PSECURITY_INTEGER;
typedef SECURITY_INTEGER TimeStamp, *PTimeStamp;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME;

#ifdef __cplusplus
}
#endif

#endif
