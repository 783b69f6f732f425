/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The established contexts of a package's user half, by the handle that the LSA
 * half gave or, for imported ones, by one with the top bit set.  What a context
 * is made of only its package knows; this keeps handle, token and life.
 *
 * The host makes one call in each direction at a time, and none while it
 * deletes; so a context needs no lock of its own.  A context of the parent
 * process is not found in a child of fork(): keys lie in pages that it does not
 * get.
 */
#ifndef SSP_PACKAGES_CTXS_H
#define SSP_PACKAGES_CTXS_H

#include <ntsecpkg.h>

#include "base/hmap.h"
#include "packages/common/block.h"

struct pkg_ctx {    /* first member of a package's own struct */
    HANDLE token;   /* owned; NULL: none */
    int64_t expiry; /* FILETIME; FILETIME_NEVER */
    uint64_t epoch;
};

struct pkg_ctx_kind { /* what a package knows about its contexts */
    size_t size;      /* of its own struct */
    size_t pack_max;
    enum ssp_err (*init)(struct pkg_ctx *ctx); /* of a zeroed one; may fail half-way */
    void (*done)(struct pkg_ctx *ctx);         /* after init() in any case */

    /* Fills the context and its expiry; on failure it goes as a whole.  ret_token is the handle
     * value in the packed form, 0 for none: the context must not keep it. */
    enum ssp_err (*unpack)(struct view packed, struct pkg_ctx *ctx, uint64_t *ret_token);
    void (*pack)(const struct pkg_ctx *ctx, struct wr *out); /* without a token */
};

struct pkg_ctxs {
    const struct pkg_ctx_kind *kind;
    struct pkg_heap heap;
    struct hmap *map; /* NULL: InstanceInit has not been called */
    _Atomic uint64_t n_imported;
};

/* InstanceInit; may be called again.  BAD_ARGUMENT for another version or no functions; NO_MEMORY.
 */
enum ssp_err pkg_ctxs_init(const struct pkg_ctx_kind *kind, ULONG version,
                           const SECPKG_DLL_FUNCTIONS *functions, struct pkg_ctxs *ctxs);

/* From the LSA half's ContextData: its token handle is this context's now, and is closed when
 * nothing comes of that.  NO_MEMORY, what unpack() answers; BAD_ARGUMENT for a handle that is
 * taken, or a buffer without bytes. */
enum ssp_err pkg_ctx_start(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, const SecBuffer *packed);

/* From an export; keeps a duplicate of the token, which may be NULL.  The same errors, and
 * BAD_PACKED for a token inside, BAD_HANDLE for a token beside it that is not open. */
enum ssp_err pkg_ctx_import(struct pkg_ctxs *ctxs, const SecBuffer *packed, HANDLE token,
                            LSA_SEC_HANDLE *ret);

/* BAD_HANDLE for one that is not there, or was the parent process's. */
enum ssp_err pkg_ctx_find(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, struct pkg_ctx **ret);

/* For a message: EXPIRED after the context's end. */
enum ssp_err pkg_ctx_live(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, struct pkg_ctx **ret);

/* GetContextToken: not a duplicate.  BAD_HANDLE, NO_IMPERSONATION. */
enum ssp_err pkg_ctx_token(const struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle, HANDLE *ret);

/* BAD_ARGUMENT for flags that do not exist, UNSUPPORTED for the kernel's form. */
enum ssp_err pkg_export_flags(ULONG flags);

/* The packed form from the heap, without a token's handle; *ret_token is a duplicate or NULL, and
 * ret_token may be NULL.  NO_MEMORY, what pack() answers. */
enum ssp_err pkg_ctx_export(const struct pkg_ctxs *ctxs, const struct pkg_ctx *ctx,
                            SecBuffer *ret_packed, HANDLE *ret_token);

/* BAD_HANDLE.  A context of the parent process is forgotten like any other. */
enum ssp_err pkg_ctx_delete(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle);

/* DeleteUserModeContext: SEC_I_NO_LSA_CONTEXT, "there is no LSA mode context associated with this
 * context", for an imported one. */
NTSTATUS pkg_ctx_delete_status(struct pkg_ctxs *ctxs, LSA_SEC_HANDLE handle);

#endif
