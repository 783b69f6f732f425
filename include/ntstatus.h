/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of a security package return, besides the SEC_E_* and
 * SEC_I_* codes that they may return as well: the part of Windows' NTSTATUS
 * that packages and their host have use for.
 *
 * The two top bits give the severity: 0 success, 1 information, 2 warning,
 * 3 error.  SSPI translates what is not a SEC_* code before an application
 * sees it.
 *
 * Source: [MS-ERREF] 2.3.1.
 */
#ifndef OPENSSPI_NTSTATUS_H
#define OPENSSPI_NTSTATUS_H

#include "sspi_types.h"

/* ---- Done, wholly or nearly -------------------------------------------- */

#define STATUS_SUCCESS         ((NTSTATUS)0x00000000)
#define STATUS_PENDING         ((NTSTATUS)0x00000103)
#define STATUS_BUFFER_OVERFLOW ((NTSTATUS)0x80000005)
#define STATUS_MORE_ENTRIES    ((NTSTATUS)0x00000105)

/* ---- The call ---------------------------------------------------------- */

#define STATUS_UNSUCCESSFUL             ((NTSTATUS)0xC0000001)
#define STATUS_NOT_IMPLEMENTED          ((NTSTATUS)0xC0000002)
#define STATUS_INVALID_INFO_CLASS       ((NTSTATUS)0xC0000003)
#define STATUS_INVALID_HANDLE           ((NTSTATUS)0xC0000008)
#define STATUS_INVALID_PARAMETER        ((NTSTATUS)0xC000000D)
#define STATUS_MORE_PROCESSING_REQUIRED ((NTSTATUS)0xC0000016)
#define STATUS_INVALID_BUFFER_SIZE      ((NTSTATUS)0xC0000206)
#define STATUS_BUFFER_TOO_SMALL         ((NTSTATUS)0xC0000023)
#define STATUS_OBJECT_TYPE_MISMATCH     ((NTSTATUS)0xC0000024)
#define STATUS_OBJECT_NAME_NOT_FOUND    ((NTSTATUS)0xC0000034)
#define STATUS_OBJECT_NAME_COLLISION    ((NTSTATUS)0xC0000035)
#define STATUS_REVISION_MISMATCH        ((NTSTATUS)0xC0000059)
#define STATUS_NOT_SUPPORTED            ((NTSTATUS)0xC00000BB)
#define STATUS_INTERNAL_ERROR           ((NTSTATUS)0xC00000E5)
#define STATUS_CANCELLED                ((NTSTATUS)0xC0000120)
#define STATUS_NOT_FOUND                ((NTSTATUS)0xC0000225)
#define STATUS_CONTEXT_MISMATCH         ((NTSTATUS)0xC0000719)
#define STATUS_INVALID_SIGNATURE        ((NTSTATUS)0xC000A000)
#define STATUS_DATA_ERROR               ((NTSTATUS)0xC000003E)
#define STATUS_INTEGER_OVERFLOW         ((NTSTATUS)0xC0000095)

/* ---- Resources --------------------------------------------------------- */

#define STATUS_NO_MEMORY              ((NTSTATUS)0xC0000017)
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xC000009A)
#define STATUS_QUOTA_EXCEEDED         ((NTSTATUS)0xC0000044)
#define STATUS_TIMEOUT                ((NTSTATUS)0x00000102)

/* ---- Packages and processes -------------------------------------------- */

#define STATUS_PROCEDURE_NOT_FOUND  ((NTSTATUS)0xC000007A)
#define STATUS_NO_SUCH_PACKAGE      ((NTSTATUS)0xC00000FE)
#define STATUS_DLL_NOT_FOUND        ((NTSTATUS)0xC0000135)
#define STATUS_SHUTDOWN_IN_PROGRESS ((NTSTATUS)0xC00002FE)

/* ---- Rights and tokens ------------------------------------------------- */

#define STATUS_ACCESS_DENIED           ((NTSTATUS)0xC0000022)
#define STATUS_PRIVILEGE_NOT_HELD      ((NTSTATUS)0xC0000061)
#define STATUS_NO_TOKEN                ((NTSTATUS)0xC000007C)
#define STATUS_NO_IMPERSONATION_TOKEN  ((NTSTATUS)0xC000005C)
#define STATUS_BAD_IMPERSONATION_LEVEL ((NTSTATUS)0xC00000A5)
#define STATUS_BAD_TOKEN_TYPE          ((NTSTATUS)0xC00000A8)

/* ---- Logon ------------------------------------------------------------- */

#define STATUS_NO_LOGON_SERVERS             ((NTSTATUS)0xC000005E)
#define STATUS_NO_SUCH_LOGON_SESSION        ((NTSTATUS)0xC000005F)
#define STATUS_NO_SUCH_USER                 ((NTSTATUS)0xC0000064)
#define STATUS_NO_SUCH_DOMAIN               ((NTSTATUS)0xC00000DF)
#define STATUS_WRONG_PASSWORD               ((NTSTATUS)0xC000006A)
#define STATUS_LOGON_FAILURE                ((NTSTATUS)0xC000006D)
#define STATUS_ACCOUNT_RESTRICTION          ((NTSTATUS)0xC000006E)
#define STATUS_INVALID_LOGON_HOURS          ((NTSTATUS)0xC000006F)
#define STATUS_INVALID_WORKSTATION          ((NTSTATUS)0xC0000070)
#define STATUS_PASSWORD_EXPIRED             ((NTSTATUS)0xC0000071)
#define STATUS_PASSWORD_RESTRICTION         ((NTSTATUS)0xC000006C)
#define STATUS_PASSWORD_MUST_CHANGE         ((NTSTATUS)0xC0000224)
#define STATUS_ACCOUNT_DISABLED             ((NTSTATUS)0xC0000072)
#define STATUS_ACCOUNT_EXPIRED              ((NTSTATUS)0xC0000193)
#define STATUS_ACCOUNT_LOCKED_OUT           ((NTSTATUS)0xC0000234)
#define STATUS_LOGON_TYPE_NOT_GRANTED       ((NTSTATUS)0xC000015B)
#define STATUS_LOGON_NOT_GRANTED            ((NTSTATUS)0xC0000155)
#define STATUS_TRUSTED_DOMAIN_FAILURE       ((NTSTATUS)0xC000018C)
#define STATUS_TIME_DIFFERENCE_AT_DC        ((NTSTATUS)0xC0000133)
#define STATUS_NO_USER_SESSION_KEY          ((NTSTATUS)0xC0000202)
#define STATUS_MUTUAL_AUTHENTICATION_FAILED ((NTSTATUS)0xC00002C3)
#define STATUS_WRONG_CREDENTIAL_HANDLE      ((NTSTATUS)0xC00002F2)
#define STATUS_CRYPTO_SYSTEM_INVALID        ((NTSTATUS)0xC00002F3)
#define STATUS_UNSUPPORTED_PREAUTH          ((NTSTATUS)0xC0000351)
#define STATUS_DOWNGRADE_DETECTED           ((NTSTATUS)0xC0000388)

#endif
