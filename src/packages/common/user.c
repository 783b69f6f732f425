/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/user.h"

NTSTATUS pkg_user_protect(const struct pkg_user *user, pkg_message_run *run, LSA_SEC_HANDLE handle,
                          struct pkg_message *message)
{
    struct pkg_ctx *ctx = NULL;
    enum ssp_err e = pkg_ctx_live(&user->ctxs, handle, &ctx);

    if (e == SSP_OK)
        e = run(ctx, message);
    return ssp_err_status(e);
}

NTSTATUS pkg_user_unprotect(const struct pkg_user *user, pkg_message_run *run,
                            LSA_SEC_HANDLE handle, struct pkg_message *message, PULONG ret_qop)
{
    NTSTATUS status = pkg_user_protect(user, run, handle, message);

    if (NT_SUCCESS(status) && ret_qop != NULL)
        *ret_qop = message->qop;
    return status;
}

NTSTATUS pkg_user_query(const struct pkg_user *user, LSA_SEC_HANDLE handle, ULONG attribute,
                        PVOID ret)
{
    struct pkg_ctx *ctx = NULL;

    if (ret == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = pkg_ctx_find(&user->ctxs, handle, &ctx);
    if (e == SSP_OK)
        e = user->kind->query(ctx, &user->ctxs.heap, attribute, ret);
    return ssp_err_status(e);
}

static enum ssp_err export_context(struct pkg_user *user, LSA_SEC_HANDLE handle, ULONG flags,
                                   SecBuffer *ret_packed, HANDLE *ret_token)
{
    struct pkg_ctx *ctx = NULL;

    SSP_TRY(pkg_ctx_find(&user->ctxs, handle, &ctx));
    SSP_TRY(user->kind->export(&user->ctxs, ctx, flags, ret_packed, ret_token));
    if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0)
        return SSP_OK;
    return pkg_ctx_delete(&user->ctxs, handle);
}

NTSTATUS pkg_user_export(struct pkg_user *user, LSA_SEC_HANDLE handle, ULONG flags,
                         PSecBuffer ret_packed, PHANDLE ret_token)
{
    if (ret_packed == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(export_context(user, handle, flags, ret_packed, ret_token));
}
