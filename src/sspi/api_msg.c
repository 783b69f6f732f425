/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: straight to the package's user half, under the lock of the context's direction. */
#include "base/cleanup.h"
#include "base/secbuf.h"
#include "lsa/status.h"
#include "sspi/user_ctx.h"

/* On success the direction is locked, and *ret is in use. */
static SECURITY_STATUS begin(PCtxtHandle handle, PSecBufferDesc message, enum direction dir,
                             struct user_ctx **ret)
{
    enum ssp_err e = SSP_OK;

    *ret = user_ctx_get(handle);
    if (*ret == NULL)
        return SEC_E_INVALID_HANDLE;
    e = secbuf_check(message);
    if (e != SSP_OK)
        return ssp_err_status(e);
    return user_ctx_enter(*ret, dir);
}

SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    SECURITY_STATUS status = begin(phContext, pMessage, DIR_SEND, &ctx);
    NTSTATUS nt = STATUS_NOT_SUPPORTED;

    if (status < 0)
        return status;
    if (ctx->table->MakeSignature != NULL)
        nt = ctx->table->MakeSignature(ctx->handle, fQOP, pMessage, MessageSeqNo);
    user_ctx_leave(ctx, DIR_SEND);
    return status_from_nt(nt, STATUS_OF_CALL);
}

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    SECURITY_STATUS status = begin(phContext, pMessage, DIR_SEND, &ctx);
    NTSTATUS nt = STATUS_NOT_SUPPORTED;

    if (status < 0)
        return status;
    if (ctx->table->SealMessage != NULL)
        nt = ctx->table->SealMessage(ctx->handle, fQOP, pMessage, MessageSeqNo);
    user_ctx_leave(ctx, DIR_SEND);
    return status_from_nt(nt, STATUS_OF_CALL);
}

SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                          ULONG MessageSeqNo, ULONG *pfQOP)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    SECURITY_STATUS status = begin(phContext, pMessage, DIR_RECEIVE, &ctx);
    NTSTATUS nt = STATUS_NOT_SUPPORTED;
    ULONG unwanted = 0;

    if (status < 0)
        return status;
    if (ctx->table->VerifySignature != NULL)
        nt = ctx->table->VerifySignature(ctx->handle, pMessage, MessageSeqNo,
                                         pfQOP != NULL ? pfQOP : &unwanted);
    user_ctx_leave(ctx, DIR_RECEIVE);
    return status_from_nt(nt, STATUS_OF_CALL);
}

SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo, ULONG *pfQOP)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    SECURITY_STATUS status = begin(phContext, pMessage, DIR_RECEIVE, &ctx);
    NTSTATUS nt = STATUS_NOT_SUPPORTED;
    ULONG unwanted = 0;

    if (status < 0)
        return status;
    if (ctx->table->UnsealMessage != NULL)
        nt = ctx->table->UnsealMessage(ctx->handle, pMessage, MessageSeqNo,
                                       pfQOP != NULL ? pfQOP : &unwanted);
    user_ctx_leave(ctx, DIR_RECEIVE);
    return status_from_nt(nt, STATUS_OF_CALL);
}
