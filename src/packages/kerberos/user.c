/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the Kerberos package, in what is its own; what all packages do
 * alike is in packages/common/user.h.
 */
#include <ntsecpkg.h>

#include "packages/common/offer.h"
#include "packages/common/user_entries.h"
#include "packages/kerberos/attrs.h"
#include "packages/kerberos/message.h"
#include "packages/kerberos/package.h"
#include "packages/kerberos/user_ctx.h"

/* The context counts its messages itself, whatever number the caller gives. */
static struct krb_engine *engine_of(struct pkg_ctx *ctx)
{
    return &krb_user_ctx_of(ctx)->live->engine;
}

static enum ssp_err sign(struct pkg_ctx *ctx, struct pkg_message *message)
{
    return krb_message_sign(engine_of(ctx), message->qop, message->buffers);
}

static enum ssp_err verify(struct pkg_ctx *ctx, struct pkg_message *message)
{
    return krb_message_verify(engine_of(ctx), message->buffers);
}

static enum ssp_err seal(struct pkg_ctx *ctx, struct pkg_message *message)
{
    return krb_message_seal(engine_of(ctx), message->qop, message->buffers);
}

static enum ssp_err unseal(struct pkg_ctx *ctx, struct pkg_message *message)
{
    return krb_message_unseal(engine_of(ctx), message->buffers, &message->qop);
}

static enum ssp_err query(struct pkg_ctx *base, const struct pkg_heap *heap, ULONG attribute,
                          void *ret)
{
    const struct krb_user_ctx *ctx = krb_user_ctx_of(base);
    const struct krb_subject subject = { ctx->core, &ctx->names, base->token };

    return krb_attr_query(&subject, heap, attribute, ret);
}

static enum ssp_err export_ctx(const struct pkg_ctxs *ctxs, struct pkg_ctx *ctx, ULONG flags,
                               SecBuffer *ret_packed, HANDLE *ret_token)
{
    return krb_user_ctx_export(ctxs, krb_user_ctx_of(ctx), flags, ret_packed, ret_token);
}

static const struct pkg_user_kind kind = {
    .contexts = &krb_ctx_kind,
    .sign = sign,
    .verify = verify,
    .seal = seal,
    .unseal = unseal,
    .query = query,
    .export = export_ctx,
};

static struct pkg_user user = { .kind = &kind };

static SECPKG_USER_FUNCTION_TABLE table = {
    PKG_USER_ENTRIES,
    .MakeSignature = SpMakeSignature,
    .VerifySignature = SpVerifySignature,
    .UnsealMessage = SpUnsealMessage,
};

NTSTATUS NTAPI kerberos_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_user(lsa_version, &table,
                          &(struct pkg_user_offer){ ret_version, ret_tables, ret_n });
}
