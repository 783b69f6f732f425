/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes, and the end of a context. */
#include "base/cleanup.h"
#include "base/secbuf.h"
#include "lsa/output.h"
#include "lsa/status.h"
#include "sspi/handle.h"
#include "sspi/leg.h"
#include "sspi/text.h"

/* Where the caller wants the results of a leg. */
struct leg_out {
    PCtxtHandle ctx;
    ULONG *attributes; /* may be NULL */
    PTimeStamp expiry; /* may be NULL */
};

/* Later legs may do without a credential and without a place for the handle, which stays the same.
 * A credential that is given has to be one. */
static SECURITY_STATUS check(PCredHandle cred, PCtxtHandle ctx, const struct lsa_leg *leg,
                             const struct leg_out *out)
{
    if (ctx == NULL && out->ctx == NULL)
        return SEC_E_INVALID_PARAMETER;
    if (leg->cred == 0 && (ctx == NULL || cred != NULL))
        return SEC_E_INVALID_HANDLE;
    if (secbuf_check_optional(leg->in) != SSP_OK || secbuf_check_optional(leg->out) != SSP_OK)
        return SEC_E_INVALID_PARAMETER;
    return SEC_E_OK;
}

/* Programs send what is in the output after a failure that they asked to have explained: only what
 * was written there may look as if it were.  A leg that can be taken again leaves all as it is. */
static void fail(const struct lsa_leg *leg, const struct leg_out *out, SECURITY_STATUS status,
                 ULONG attributes)
{
    PSecBuffer token = secbuf_find(leg->out, SECBUFFER_TOKEN);
    bool is_asked = (leg->requirements & output_error_flag(leg->accept)) != 0;

    if (attributes != 0 && out->attributes != NULL)
        *out->attributes = attributes;
    if (attributes != 0 || !is_asked || token == NULL || status == SEC_E_BUFFER_TOO_SMALL ||
        status == SEC_E_INCOMPLETE_MESSAGE)
        return;
    token->cbBuffer = 0;
}

static SECURITY_STATUS run(PCredHandle cred, PCtxtHandle ctx, struct lsa_leg *leg,
                           const struct leg_out *out)
{
    struct leg_result got = { 0 };
    SECURITY_STATUS status = SEC_E_OK;

    leg->cred = handle_to_id(HANDLE_CRED, cred);
    status = check(cred, ctx, leg, out);
    if (status < 0)
        return status;
    status = sspi_leg_run(ctx, leg, &got);
    if (status < 0) {
        fail(leg, out, status, got.attributes);
        return status;
    }
    if (out->ctx != NULL)
        *out->ctx = got.ctx;
    if (out->attributes != NULL)
        *out->attributes = got.attributes;
    if (out->expiry != NULL)
        *out->expiry = got.expiry;
    return status;
}

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_WCHAR *pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    struct leg_out out = { phNewContext, pfContextAttr, ptsExpiry };
    struct lsa_leg leg = {
        .target = pszTargetName,
        .requirements = fContextReq,
        .data_rep = TargetDataRep,
        .in = pInput,
        .out = pOutput,
    };

    (void)Reserved1;
    (void)Reserved2;
    return run(phCredential, phContext, &leg, &out);
}

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_CHAR *pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
    PCtxtHandle phNewContext, PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    enum ssp_err e = text_widen(pszTargetName, &target);

    if (e != SSP_OK)
        return ssp_err_status(e);
    return InitializeSecurityContextW(phCredential, phContext, target.p, fContextReq, Reserved1,
                                      TargetDataRep, pInput, Reserved2, phNewContext, pOutput,
                                      pfContextAttr, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                PSecBufferDesc pInput, ULONG fContextReq,
                                                ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                PSecBufferDesc pOutput, ULONG *pfContextAttr,
                                                PTimeStamp ptsExpiry)
{
    struct leg_out out = { phNewContext, pfContextAttr, ptsExpiry };
    struct lsa_leg leg = {
        .accept = true,
        .requirements = fContextReq,
        .data_rep = TargetDataRep,
        .in = pInput,
        .out = pOutput,
    };

    return run(phCredential, phContext, &leg, &out);
}

static SECURITY_STATUS complete(struct user_ctx *ctx, PSecBufferDesc token)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx->table != NULL && ctx->table->CompleteAuthToken == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = user_ctx_make_live(ctx);
    if (status < 0)
        return status;
    return status_from_nt(ctx->table->CompleteAuthToken(ctx->handle, token), STATUS_OF_TOKEN);
}

/* Once the handshake is over the keys are here, and the LSA half could say nothing with them. */
static SECURITY_STATUS control_here(struct user_ctx *ctx, PSecBufferDesc input)
{
    SECURITY_STATUS status = user_ctx_make_live(ctx);

    if (status < 0)
        return status;
    return status_from_nt(ctx->extension->ApplyControlToken(ctx->handle, input), STATUS_OF_TOKEN);
}

static SECURITY_STATUS control(struct user_ctx *ctx, PSecBufferDesc input)
{
    struct lsa_port *port = ctx->lib->port;
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx->extension != NULL && ctx->extension->ApplyControlToken != NULL)
        return control_here(ctx, input);
    status = user_ctx_thaw_for_lsa(ctx);
    if (status < 0)
        return status;
    return port->ops->control(port, ctx->lsa, input);
}

/* A call that may change anything in the context, so under both locks. */
static SECURITY_STATUS with_context(PCtxtHandle handle, PSecBufferDesc buffers,
                                    SECURITY_STATUS (*call)(struct user_ctx *ctx,
                                                            PSecBufferDesc buffers))
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(handle);
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    if (secbuf_check(buffers) != SSP_OK)
        return SEC_E_INVALID_PARAMETER;
    user_ctx_lock(ctx);
    status = call(ctx, buffers);
    user_ctx_unlock(ctx);
    return status;
}

SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken)
{
    return with_context(phContext, pToken, complete);
}

SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput)
{
    return with_context(phContext, pInput, control);
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext)
{
    return user_ctx_close(phContext) ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}
