/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The established contexts of the user half, by the handle that the LSA half
 * gave or, for imported ones, by one with the top bit set.
 *
 * The host makes one call in each direction at a time, and none while it
 * deletes; so a context needs no lock, but where both directions share one
 * keystream (without extended session security).  Keys lie in pages that a
 * child of fork() does not get, and a context of the parent is not found there.
 */
#ifndef SSP_NTLM_USER_CTX_H
#define SSP_NTLM_USER_CTX_H

#include <ntsecpkg.h>
#include <pthread.h>

#include "base/hmap.h"
#include "packages/ntlm/attrs.h"
#include "packages/ntlm/pack.h"

struct ntlm_user_ctx {
    struct ntlm_core *core; /* in ARENA_CONTEXTS */
    struct ntlm_names names;
    HANDLE token; /* owned; NULL: none */
    uint64_t epoch;
    pthread_mutex_t half_duplex; /* taken without extended session security only */
};

struct ntlm_user_ctxs {
    struct hmap *map;
    _Atomic uint64_t n_imported;
};

enum ssp_err ntlm_user_ctxs_init(struct ntlm_user_ctxs *ctxs);

/* From the LSA half's ContextData: its token handle is this context's now, and is closed when
 * nothing comes of that.  BAD_PACKED, NO_MEMORY; BAD_ARGUMENT for a handle that is taken. */
enum ssp_err ntlm_user_ctx_start(struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                 struct view packed);

/* From an export; keeps a duplicate of the token, which may be NULL.  BAD_PACKED, NO_MEMORY,
 * BAD_HANDLE for a token that is not open. */
enum ssp_err ntlm_user_ctx_import(struct ntlm_user_ctxs *ctxs, struct view packed, HANDLE token,
                                  LSA_SEC_HANDLE *ret);

/* BAD_HANDLE for one that is not there, or was the parent process's. */
enum ssp_err ntlm_user_ctx_find(const struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                struct ntlm_user_ctx **ret);

/* The same for a message: EXPIRED after the context's end. */
enum ssp_err ntlm_user_ctx_live(const struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle,
                                struct ntlm_user_ctx **ret);

/* BAD_HANDLE.  A context of the parent process is forgotten like any other. */
enum ssp_err ntlm_user_ctx_delete(struct ntlm_user_ctxs *ctxs, LSA_SEC_HANDLE handle);

/* The packed form, without a token's handle: *ret_packed is from the heap.  *ret_token is a
 * duplicate, or NULL.  NO_MEMORY. */
enum ssp_err ntlm_user_ctx_export(const struct ntlm_user_ctx *ctx, const struct ntlm_heap *heap,
                                  SecBuffer *ret_packed, HANDLE *ret_token);

static inline bool ntlm_user_ctx_is_imported(LSA_SEC_HANDLE handle)
{
    return handle >> 63 != 0;
}

#endif
