/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of a package, but for what is its own: contexts found by their
 * handles, errors made a status.  What a package adds speaks enum ssp_err.
 *
 * The functions stand for the members of SECPKG_USER_FUNCTION_TABLE of the same
 * names; user_entries.h has these.
 */
#ifndef SSP_PACKAGES_USER_H
#define SSP_PACKAGES_USER_H

#include "packages/common/ctxs.h"

struct pkg_message { /* borrowed */
    PSecBufferDesc buffers;
    ULONG seq;
    ULONG qop; /* asked for, of what is protected; found, of what was protected: 0 but where said */
};

typedef enum ssp_err pkg_message_run(struct pkg_ctx *ctx, struct pkg_message *message);

struct pkg_user_kind { /* what a package knows */
    const struct pkg_ctx_kind *contexts;
    pkg_message_run *sign;
    pkg_message_run *verify;
    pkg_message_run *seal;
    pkg_message_run *unseal;
    enum ssp_err (*query)(struct pkg_ctx *ctx, const struct pkg_heap *heap, ULONG attribute,
                          void *ret);
    /* But for DELETE_OLD, which is done when this has worked. */
    enum ssp_err (*export)(const struct pkg_ctxs *ctxs, struct pkg_ctx *ctx, ULONG flags,
                           SecBuffer *ret_packed, HANDLE *ret_token);
};

struct pkg_user {
    const struct pkg_user_kind *kind;
    struct pkg_ctxs ctxs;
};

/* MakeSignature and SealMessage; of a context that has not ended. */
NTSTATUS pkg_user_protect(const struct pkg_user *user, pkg_message_run *run, LSA_SEC_HANDLE handle,
                          struct pkg_message *message);

/* VerifySignature and UnsealMessage; ret_qop may be NULL. */
NTSTATUS pkg_user_unprotect(const struct pkg_user *user, pkg_message_run *run,
                            LSA_SEC_HANDLE handle, struct pkg_message *message, PULONG ret_qop);

NTSTATUS pkg_user_query(const struct pkg_user *user, LSA_SEC_HANDLE handle, ULONG attribute,
                        PVOID ret);
NTSTATUS pkg_user_export(struct pkg_user *user, LSA_SEC_HANDLE handle, ULONG flags,
                         PSecBuffer ret_packed, PHANDLE ret_token);

#endif
