/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an established TLS context is made of in the user half; where it is kept
 * is packages/common/ctxs.h.
 *
 * The host makes one call in each direction at a time, so a context needs no
 * lock.
 */
#ifndef SSP_SCHANNEL_USER_CTX_H
#define SSP_SCHANNEL_USER_CTX_H

#include "packages/common/ctxs.h"
#include "packages/schannel/conn.h"

struct tls_keying { /* which key KEYING_MATERIAL answers with; owns; ssp_cleanup(tls_keying_wipe) */
    struct secret label; /* empty: not said yet */
    struct secret context;
    bool has_context;
    size_t n;
};

struct tls_user_ctx {
    struct pkg_ctx base;
    struct tls_core *core; /* in ARENA_CONTEXTS */
    struct tls_conn conn;
    struct tls_names names;
    struct tls_keying keying; /* a setting of the application's: it does not travel */
};

extern const struct pkg_ctx_kind tls_ctx_kind;

void tls_keying_wipe(struct tls_keying *keying);

static inline struct tls_user_ctx *tls_user_ctx_of(struct pkg_ctx *base)
{
    return (struct tls_user_ctx *)base; /* its first member */
}

#endif
