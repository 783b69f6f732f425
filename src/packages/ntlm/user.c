/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the NTLM package, in what is its own; what all packages do
 * alike is in packages/common/user.h.
 */
#include <ntsecpkg.h>

#include "base/cleanup.h"
#include "packages/common/offer.h"
#include "packages/common/user_entries.h"
#include "packages/ntlm/attrs.h"
#include "packages/ntlm/message.h"
#include "packages/ntlm/package.h"
#include "packages/ntlm/user_ctx.h"

struct held { /* a context for one message; ssp_cleanup(held_end) */
    struct ntlm_session *session;
    pthread_mutex_t *lock; /* NULL: not taken */
};

static void held_end(struct held *held)
{
    if (held->lock != NULL)
        (void)pthread_mutex_unlock(held->lock);
}

/* Without extended session security both directions go through one keystream. */
static struct held held_begin(struct pkg_ctx *base)
{
    struct ntlm_user_ctx *ctx = ntlm_user_ctx_of(base);
    struct held held = { &ctx->core->session, NULL };

    if (ntlm_is_ess(held.session->flags))
        return held;
    (void)pthread_mutex_lock(&ctx->half_duplex);
    held.lock = &ctx->half_duplex;
    return held;
}

static enum ssp_err sign(struct pkg_ctx *ctx, struct pkg_message *message)
{
    ssp_cleanup(held_end) struct held held = held_begin(ctx);

    return ntlm_message_sign(held.session, message->qop, message->buffers, message->seq);
}

static enum ssp_err verify(struct pkg_ctx *ctx, struct pkg_message *message)
{
    ssp_cleanup(held_end) struct held held = held_begin(ctx);

    return ntlm_message_verify(held.session, message->buffers, message->seq);
}

static enum ssp_err seal(struct pkg_ctx *ctx, struct pkg_message *message)
{
    ssp_cleanup(held_end) struct held held = held_begin(ctx);

    return ntlm_message_seal(held.session, message->qop, message->buffers, message->seq);
}

static enum ssp_err unseal(struct pkg_ctx *ctx, struct pkg_message *message)
{
    ssp_cleanup(held_end) struct held held = held_begin(ctx);

    return ntlm_message_unseal(held.session, message->buffers, message->seq);
}

static enum ssp_err query(struct pkg_ctx *base, const struct pkg_heap *heap, ULONG attribute,
                          void *ret)
{
    const struct ntlm_user_ctx *ctx = ntlm_user_ctx_of(base);
    const struct ntlm_subject subject = { ctx->core, &ctx->names, base->token };

    return ntlm_attr_query(&subject, heap, attribute, ret);
}

static enum ssp_err export_ctx(const struct pkg_ctxs *ctxs, struct pkg_ctx *ctx, ULONG flags,
                               SecBuffer *ret_packed, HANDLE *ret_token)
{
    SSP_TRY(pkg_export_flags(flags));
    /* Going back to the start would encrypt two messages with one keystream. */
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 &&
        ntlm_session_used(&ntlm_user_ctx_of(ctx)->core->session))
        return ssp_fail(UNSUPPORTED);
    return pkg_ctx_export(ctxs, ctx, ret_packed, ret_token);
}

static const struct pkg_user_kind kind = {
    .contexts = &ntlm_ctx_kind,
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

NTSTATUS NTAPI ntlm_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                         PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_user(lsa_version, &table,
                          &(struct pkg_user_offer){ ret_version, ret_tables, ret_n });
}
