/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/user_ctx.h"

void tls_keying_wipe(struct tls_keying *keying)
{
    secret_wipe(&keying->label);
    secret_wipe(&keying->context);
    *keying = (struct tls_keying){ 0 };
}

static enum ssp_err init(struct pkg_ctx *base)
{
    struct tls_user_ctx *ctx = tls_user_ctx_of(base);

    ctx->core = arena_alloc(ARENA_CONTEXTS, sizeof(*ctx->core));
    ctx->conn.core = ctx->core;
    return ctx->core != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static void done(struct pkg_ctx *base)
{
    struct tls_user_ctx *ctx = tls_user_ctx_of(base);

    tls_conn_close(&ctx->conn);
    arena_free(ctx->core);
    tls_names_wipe(&ctx->names);
    tls_keying_wipe(&ctx->keying);
}

/* Straight into the arena. */
static enum ssp_err unpack(struct view packed, struct pkg_ctx *base, uint64_t *ret_token)
{
    struct tls_user_ctx *ctx = tls_user_ctx_of(base);

    SSP_TRY(tls_unpack(packed, ctx->core, &ctx->names));
    base->expiry = ctx->core->expiry;
    *ret_token = ctx->core->token;
    ctx->core->token = 0;
    return SSP_OK;
}

static void pack(const struct pkg_ctx *base, struct wr *out)
{
    const struct tls_user_ctx *ctx = (const struct tls_user_ctx *)base;

    tls_pack(ctx->core, &ctx->names, out);
}

const struct pkg_ctx_kind tls_ctx_kind = {
    .size = sizeof(struct tls_user_ctx),
    .pack_max = TLS_PACK_MAX,
    .init = init,
    .done = done,
    .unpack = unpack,
    .pack = pack,
};
