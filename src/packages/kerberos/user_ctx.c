/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/user_ctx.h"

#include "base/cleanup.h"

static enum ssp_err init(struct pkg_ctx *base)
{
    struct krb_user_ctx *ctx = krb_user_ctx_of(base);

    ctx->live =
        arena_alloc(ARENA_CONTEXTS, sizeof(*ctx->live)); /* zeroes: an engine without keys */
    if (ctx->live == NULL)
        return ssp_fail(NO_MEMORY);
    ctx->live->engine.session = &ctx->live->core.session;
    ctx->core = &ctx->live->core;
    return SSP_OK;
}

static void done(struct pkg_ctx *base)
{
    struct krb_user_ctx *ctx = krb_user_ctx_of(base);

    arena_free(ctx->live);
    krb_names_wipe(&ctx->names);
}

/* Straight into the arena. */
static enum ssp_err unpack(struct view packed, struct pkg_ctx *base, uint64_t *ret_token)
{
    struct krb_user_ctx *ctx = krb_user_ctx_of(base);

    SSP_TRY(krb_unpack(packed, &ctx->live->core, &ctx->names));
    base->expiry = ctx->live->core.expiry;
    *ret_token = ctx->live->core.token;
    ctx->live->core.token = 0;
    return SSP_OK;
}

static void pack(const struct pkg_ctx *base, struct wr *out)
{
    const struct krb_user_ctx *ctx = (const struct krb_user_ctx *)base;

    krb_pack(ctx->core, &ctx->names, out);
}

const struct pkg_ctx_kind krb_ctx_kind = {
    .size = sizeof(struct krb_user_ctx),
    .pack_max = KRB_PACK_MAX,
    .init = init,
    .done = done,
    .unpack = unpack,
    .pack = pack,
};

/* The same context as it was when the handshake finished. */
static enum ssp_err export_reset(const struct pkg_ctxs *ctxs, const struct krb_user_ctx *ctx,
                                 SecBuffer *ret_packed, HANDLE *ret_token)
{
    ssp_cleanup(krb_core_wipe) struct krb_core core = *ctx->core;
    struct krb_user_ctx fresh = *ctx; /* borrows all else */

    krb_session_reset(&core.session);
    fresh.core = &core;
    return pkg_ctx_export(ctxs, &fresh.base, ret_packed, ret_token);
}

enum ssp_err krb_user_ctx_export(const struct pkg_ctxs *ctxs, const struct krb_user_ctx *ctx,
                                 ULONG flags, SecBuffer *ret_packed, HANDLE *ret_token)
{
    SSP_TRY(pkg_export_flags(flags));
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) == 0)
        return pkg_ctx_export(ctxs, &ctx->base, ret_packed, ret_token);
    if (ctx->core->reset_only_unused && krb_session_used(&ctx->core->session))
        return ssp_fail(UNSUPPORTED);
    return export_reset(ctxs, ctx, ret_packed, ret_token);
}
