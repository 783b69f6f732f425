/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/user_ctx.h"

#include "crypto/fips.h"

static enum ssp_err init(struct pkg_ctx *base)
{
    struct ntlm_user_ctx *ctx = ntlm_user_ctx_of(base);

    ctx->half_duplex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    ctx->core = arena_alloc(ARENA_CONTEXTS, sizeof(*ctx->core));
    return ctx->core != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static void done(struct pkg_ctx *base)
{
    struct ntlm_user_ctx *ctx = ntlm_user_ctx_of(base);

    arena_free(ctx->core);
    ntlm_names_wipe(&ctx->names);
    (void)pthread_mutex_destroy(&ctx->half_duplex);
}

/* Straight into the arena. */
static enum ssp_err unpack(struct view packed, struct pkg_ctx *base, uint64_t *ret_token)
{
    struct ntlm_user_ctx *ctx = ntlm_user_ctx_of(base);

    if (fips_mode())
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(ntlm_unpack(packed, ctx->core, &ctx->names));
    base->expiry = ctx->core->expiry;
    *ret_token = ctx->core->token;
    ctx->core->token = 0;
    return SSP_OK;
}

static void pack(const struct pkg_ctx *base, struct wr *out)
{
    const struct ntlm_user_ctx *ctx = (const struct ntlm_user_ctx *)base;

    ntlm_pack(ctx->core, &ctx->names, out);
}

const struct pkg_ctx_kind ntlm_ctx_kind = {
    .size = sizeof(struct ntlm_user_ctx),
    .pack_max = NTLM_PACK_MAX,
    .init = init,
    .done = done,
    .unpack = unpack,
    .pack = pack,
};
