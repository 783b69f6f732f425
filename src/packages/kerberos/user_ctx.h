/* SPDX-License-Identifier: Apache-2.0 */
/* What an established Kerberos context is made of in the user half; where it is kept is
 * packages/common/ctxs.h. */
#ifndef SSP_KERBEROS_USER_CTX_H
#define SSP_KERBEROS_USER_CTX_H

#include "packages/common/ctxs.h"
#include "packages/kerberos/cfx.h"
#include "packages/kerberos/pack.h"

struct krb_live { /* in ARENA_CONTEXTS */
    struct krb_core core;
    struct krb_engine engine; /* over core.session */
};

struct krb_user_ctx {
    struct pkg_ctx base;
    struct krb_live *live;
    const struct krb_core *core; /* what an export packs: live->core, or a copy of it */
    struct krb_names names;
};

extern const struct pkg_ctx_kind krb_ctx_kind;

/*
 * With SECPKG_CONTEXT_EXPORT_*.  RESET_NEW is granted at any time: each message
 * begins with a fresh random block, so no two are encrypted alike whatever their
 * numbers; but messages of before can be replayed into the new context, and so
 * krb_core.reset_only_unused forbids it after the first.  UNSUPPORTED then;
 * what pkg_export_flags() and pkg_ctx_export() answer.
 */
enum ssp_err krb_user_ctx_export(const struct pkg_ctxs *ctxs, const struct krb_user_ctx *ctx,
                                 ULONG flags, SecBuffer *ret_packed, HANDLE *ret_token);

static inline struct krb_user_ctx *krb_user_ctx_of(struct pkg_ctx *base)
{
    return (struct krb_user_ctx *)base; /* its first member */
}

#endif
