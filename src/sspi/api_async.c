/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asynchronous calls.  They are done when they return, and say so: none answers
 * SEC_I_ASYNC_CALL_PENDING, no context asks to be notified, and the status of a call
 * can be asked for afterwards.  A program that is written for calls that may be
 * pending has to be written for this too.
 */
#include <sspi.h>

#include <stdlib.h>

struct _SspiAsyncContext {
    SECURITY_STATUS status; /* of the last call */
};

SspiAsyncContext *SEC_ENTRY SspiCreateAsyncContext(void)
{
    SspiAsyncContext *context = malloc(sizeof(*context));

    if (context != NULL)
        *context = (SspiAsyncContext){ SEC_E_OK };
    return context;
}

void SEC_ENTRY SspiFreeAsyncContext(SspiAsyncContext *Handle)
{
    free(Handle);
}

NTSTATUS SEC_ENTRY SspiReinitAsyncContext(SspiAsyncContext *Handle)
{
    if (Handle == NULL)
        return SEC_E_INVALID_PARAMETER;
    Handle->status = SEC_E_OK;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SspiSetAsyncNotifyCallback(SspiAsyncContext *Context,
                                                     SspiAsyncNotifyCallback Callback,
                                                     void *CallbackData)
{
    (void)Callback; /* for calls that are pending, of which there are none */
    (void)CallbackData;
    return Context == NULL ? SEC_E_INVALID_PARAMETER : SEC_E_OK;
}

BOOLEAN SEC_ENTRY SspiAsyncContextRequiresNotify(SspiAsyncContext *AsyncContext)
{
    (void)AsyncContext;
    return FALSE;
}

SECURITY_STATUS SEC_ENTRY SspiGetAsyncCallStatus(SspiAsyncContext *Handle)
{
    return Handle == NULL ? SEC_E_INVALID_PARAMETER : Handle->status;
}

SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncA(
    SspiAsyncContext *AsyncContext, LPSTR pszPrincipal, LPSTR pszPackage, ULONG fCredentialUse,
    void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status =
        AcquireCredentialsHandleA(pszPrincipal, pszPackage, fCredentialUse, pvLogonId, pAuthData,
                                  pGetKeyFn, pvGetKeyArgument, phCredential, ptsExpiry);
    return AsyncContext->status;
}

SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncW(
    SspiAsyncContext *AsyncContext, LPWSTR pszPrincipal, LPWSTR pszPackage, ULONG fCredentialUse,
    void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status =
        AcquireCredentialsHandleW(pszPrincipal, pszPackage, fCredentialUse, pvLogonId, pAuthData,
                                  pGetKeyFn, pvGetKeyArgument, phCredential, ptsExpiry);
    return AsyncContext->status;
}

/* NOLINTBEGIN(readability-function-size): as many parameters as on Windows */
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncA(
    SspiAsyncContext *AsyncContext, PCredHandle phCredential, PCtxtHandle phContext,
    LPSTR pszTargetName, ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext, PSecBufferDesc pOutput,
    ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status = InitializeSecurityContextA(
        phCredential, phContext, pszTargetName, fContextReq, Reserved1, TargetDataRep, pInput,
        Reserved2, phNewContext, pOutput, pfContextAttr, ptsExpiry);
    return AsyncContext->status;
}

SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncW(
    SspiAsyncContext *AsyncContext, PCredHandle phCredential, PCtxtHandle phContext,
    LPWSTR pszTargetName, ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext, PSecBufferDesc pOutput,
    ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status = InitializeSecurityContextW(
        phCredential, phContext, pszTargetName, fContextReq, Reserved1, TargetDataRep, pInput,
        Reserved2, phNewContext, pOutput, pfContextAttr, ptsExpiry);
    return AsyncContext->status;
}
/* NOLINTEND(readability-function-size) */

SECURITY_STATUS SEC_ENTRY SspiAcceptSecurityContextAsync(
    SspiAsyncContext *AsyncContext, PCredHandle phCredential, PCtxtHandle phContext,
    PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status =
        AcceptSecurityContext(phCredential, phContext, pInput, fContextReq, TargetDataRep,
                              phNewContext, pOutput, pfContextAttr, ptsExpiry);
    return AsyncContext->status;
}

SECURITY_STATUS SEC_ENTRY SspiFreeCredentialsHandleAsync(SspiAsyncContext *AsyncContext,
                                                         PCredHandle phCredential)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status = FreeCredentialsHandle(phCredential);
    return AsyncContext->status;
}

SECURITY_STATUS SEC_ENTRY SspiDeleteSecurityContextAsync(SspiAsyncContext *AsyncContext,
                                                         PCtxtHandle phContext)
{
    if (AsyncContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    AsyncContext->status = DeleteSecurityContext(phContext);
    return AsyncContext->status;
}
