/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an established NTLM context is made of in the user half; where it is
 * kept is packages/common/ctxs.h.
 *
 * The host makes one call in each direction at a time, so a context needs no
 * lock, but where both directions share one keystream (without extended session
 * security).
 */
#ifndef SSP_NTLM_USER_CTX_H
#define SSP_NTLM_USER_CTX_H

#include <pthread.h>

#include "packages/common/ctxs.h"
#include "packages/ntlm/pack.h"

struct ntlm_user_ctx {
    struct pkg_ctx base;
    struct ntlm_core *core; /* in ARENA_CONTEXTS */
    struct ntlm_names names;
    pthread_mutex_t half_duplex; /* taken without extended session security only */
};

extern const struct pkg_ctx_kind ntlm_ctx_kind; /* UNSUPPORTED in FIPS mode */

static inline struct ntlm_user_ctx *ntlm_user_ctx_of(struct pkg_ctx *base)
{
    return (struct ntlm_user_ctx *)base; /* its first member */
}

#endif
