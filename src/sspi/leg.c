/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/leg.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "lsa/status.h"
#include "sspi/handle.h"

static void free_packed(SecBuffer *packed)
{
    (void)(heap_free(packed->pvBuffer) == SSP_OK);
}

/* The LSA's part succeeded and ours did not, so the application will not look for a token that was
 * allocated for it.  ISC_REQ_ALLOCATE_MEMORY and ASC_REQ_ALLOCATE_MEMORY are one bit. */
static void take_back_output(const struct lsa_leg *leg)
{
    PSecBuffer token = secbuf_find(leg->out, SECBUFFER_TOKEN);

    if (token == NULL || (leg->requirements & ISC_REQ_ALLOCATE_MEMORY) == 0)
        return;
    free_packed(token);
    token->pvBuffer = NULL;
    token->cbBuffer = 0;
}

/* Under both locks. */
static SECURITY_STATUS adopt(struct user_ctx *ctx, const struct lsa_leg *leg,
                             struct lsa_leg_result *got)
{
    SECURITY_STATUS status = SEC_E_OK;

    ctx->lsa = got->ctx;
    ctx->package = got->package;
    ctx->handle = got->package_handle;
    ctx->expiry = got->expiry;
    if (ctx->state == CTX_EMPTY)
        ctx->state = CTX_NEGOTIATING;
    if (!got->mapped)
        return SEC_E_OK;

    ssp_cleanup(free_packed) SecBuffer packed = got->packed;

    status = user_ctx_start(ctx, &packed);
    if (status < 0)
        take_back_output(leg);
    return status;
}

/* Under both locks. */
static SECURITY_STATUS step(struct user_ctx *ctx, struct lsa_leg *leg, struct leg_result *ret)
{
    struct lsa_port *port = ctx->lib->port;
    struct lsa_leg_result got = { 0 };
    SECURITY_STATUS status = SEC_E_OK;
    SECURITY_STATUS adopted = SEC_E_OK;

    leg->ctx = ctx->lsa;
    status = port->ops->leg(port, leg, &got);
    if (status < 0)
        return status;
    adopted = adopt(ctx, leg, &got);
    if (adopted < 0)
        return adopted;
    *ret = (struct leg_result){
        .ctx = handle_of_id(HANDLE_CTX, ctx->id),
        .attributes = got.attributes,
        .expiry = got.expiry,
    };
    return status;
}

static SECURITY_STATUS first_leg(struct lsa_leg *leg, struct leg_result *ret)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    const struct library *lib = NULL;
    SECURITY_STATUS status = library_start(&lib);

    if (status >= 0)
        status = user_ctx_new(lib, &ctx);
    if (status < 0)
        return status;
    user_ctx_lock(ctx);
    status = step(ctx, leg, ret);
    user_ctx_unlock(ctx);
    if (status < 0)
        (void)idmap_close(lib->contexts, ctx->id); /* what it has goes with its last user */
    return status;
}

/* Under both locks.  The handshake is over, and the package's sessions go on speaking. */
static SECURITY_STATUS speak(struct user_ctx *ctx, const struct lsa_leg *leg,
                             struct leg_result *ret)
{
    struct leg_result result = { handle_of_id(HANDLE_CTX, ctx->id), 0, ctx->expiry };
    SECURITY_STATUS status = user_ctx_make_live(ctx);

    if (status < 0)
        return status;
    status = status_from_nt(ctx->extension->ContinueContext(ctx->handle, leg->requirements, leg->in,
                                                            leg->out, &result.attributes,
                                                            &result.expiry),
                            STATUS_OF_TOKEN);
    if (status < 0)
        return status;
    ctx->expiry = result.expiry;
    *ret = result;
    return status;
}

static SECURITY_STATUS later_leg(struct user_ctx *ctx, struct lsa_leg *leg, struct leg_result *ret)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx->extension != NULL && ctx->extension->ContinueContext != NULL)
        return speak(ctx, leg, ret);
    status = user_ctx_thaw_for_lsa(ctx);
    return status < 0 ? status : step(ctx, leg, ret);
}

SECURITY_STATUS sspi_leg_run(const SecHandle *handle, struct lsa_leg *leg, struct leg_result *ret)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (handle == NULL)
        return first_leg(leg, ret);
    ctx = user_ctx_get(handle);
    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    user_ctx_lock(ctx);
    status = later_leg(ctx, leg, ret);
    user_ctx_unlock(ctx);
    return status;
}
