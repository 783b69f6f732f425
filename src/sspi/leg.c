/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/leg.h"

#include "base/cleanup.h"
#include "base/heap.h"
#include "lsa/output.h"
#include "lsa/status.h"
#include "sspi/feed.h"
#include "sspi/handle.h"

static void free_packed(SecBuffer *packed)
{
    (void)(heap_free(packed->pvBuffer) == SSP_OK);
}

/* Under both locks. */
static SECURITY_STATUS adopt(struct user_ctx *ctx, struct lsa_leg_result *got)
{
    ctx->lsa = got->ctx;
    ctx->package = got->package;
    ctx->handle = got->package_handle;
    ctx->expiry = got->expiry;
    if (ctx->state == CTX_EMPTY)
        ctx->state = CTX_NEGOTIATING;
    if (!got->mapped)
        return SEC_E_OK;

    ssp_cleanup(free_packed) SecBuffer packed = got->packed;

    return user_ctx_start(ctx, &packed);
}

/* Under both locks.  When the LSA's part succeeds and ours does not, the application will not look
 * for a token that was allocated for it. */
static SECURITY_STATUS step(struct user_ctx *ctx, struct lsa_leg *leg, struct leg_result *ret)
{
    struct lsa_port *port = ctx->lib->port;
    struct lsa_leg_result got = { 0 };
    struct output output = { 0 };
    SECURITY_STATUS status = SEC_E_OK;
    SECURITY_STATUS adopted = SEC_E_OK;

    leg->ctx = ctx->lsa;
    output_remember(leg->out, leg->accept, leg->requirements, &output);
    status = port->ops->leg(port, leg, &got);
    if (status < 0) {
        ret->attributes = got.attributes;
        return status;
    }
    adopted = adopt(ctx, &got);
    if (adopted < 0) {
        (void)output_take_back(&output);
        return adopted;
    }
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
    struct output output = { 0 };
    SECURITY_STATUS status = user_ctx_make_live(ctx);

    if (status < 0)
        return status;
    output_remember(leg->out, leg->accept, leg->requirements, &output);
    status = status_from_nt(ctx->extension->ContinueContext(ctx->handle, leg->requirements, leg->in,
                                                            leg->out, &result.attributes,
                                                            &result.expiry),
                            STATUS_OF_TOKEN);
    if (status < 0) {
        ret->attributes = output_after_failure(&output, status, result.attributes);
        return status;
    }
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

static SECURITY_STATUS run(const SecHandle *handle, struct lsa_leg *leg, struct leg_result *ret)
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

SECURITY_STATUS sspi_leg_run(const SecHandle *handle, struct lsa_leg *leg, struct leg_result *ret)
{
    struct feed feed = { 0 };

    feed_begin(leg, &feed);
    return feed_end(&feed, run(handle, leg, ret));
}
