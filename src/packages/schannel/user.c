/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the Schannel package: what the application's process calls,
 * in Windows' words.  Everything below speaks enum ssp_err; it becomes a status
 * here and nowhere else.
 */
#include <ntsecpkg.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "packages/common/none.h"
#include "packages/schannel/attrs.h"
#include "packages/schannel/control.h"
#include "packages/schannel/kernel.h"
#include "packages/schannel/package.h"
#include "packages/schannel/stream.h"

/* Package tables have no place for a package's own pointer. */
static struct pkg_ctxs ctxs;

static NTSTATUS NTAPI SpInstanceInit(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                     PVOID *user_functions)
{
    (void)user_functions; /* not used on Windows either */
    return ssp_err_status(pkg_ctxs_init(&tls_ctx_kind, version, functions, &ctxs));
}

/* The packed bytes stay the caller's, as in ImportContext. */
static NTSTATUS NTAPI SpInitUserModeContext(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    return ssp_err_status(pkg_ctx_start(&ctxs, handle, packed));
}

static enum ssp_err find(LSA_SEC_HANDLE handle, struct tls_user_ctx **ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_find(&ctxs, handle, &base));
    *ret = tls_user_ctx_of(base);
    return SSP_OK;
}

static enum ssp_err find_live(LSA_SEC_HANDLE handle, struct tls_user_ctx **ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_live(&ctxs, handle, &base));
    *ret = tls_user_ctx_of(base);
    return SSP_OK;
}

/* ---- Messages ---------------------------------------------------------- */

/* Which success it is. */
static NTSTATUS status_of(enum ssp_err e, enum tls_event event)
{
    static const NTSTATUS statuses[] = {
        [TLS_EVENT_QUIET] = STATUS_SUCCESS,
        [TLS_EVENT_DATA] = STATUS_SUCCESS,
        [TLS_EVENT_CLOSED] = SEC_I_CONTEXT_EXPIRED,
        [TLS_EVENT_RENEGOTIATION] = SEC_I_RENEGOTIATE,
    };

    return e != SSP_OK ? ssp_err_status(e) : statuses[event];
}

static NTSTATUS NTAPI SpSealMessage(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                    ULONG seq)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = find_live(handle, &ctx);

    (void)seq; /* records have their own numbers */
    if (e == SSP_OK)
        e = tls_stream_seal(&ctx->conn, qop, message);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpUnsealMessage(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                      PULONG ret_qop)
{
    struct tls_user_ctx *ctx = NULL;
    enum tls_event event = TLS_EVENT_QUIET;
    enum ssp_err e = find_live(handle, &ctx);

    (void)seq;
    if (e == SSP_OK)
        e = tls_stream_open(&ctx->conn, message, &event);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = 0;
    return status_of(e, event);
}

/* TLS signs nothing without encrypting it. */
static NTSTATUS NTAPI SpMakeSignature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                      ULONG seq)
{
    (void)handle;
    (void)qop;
    (void)message;
    (void)seq;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

static NTSTATUS NTAPI SpVerifySignature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                        PULONG ret_qop)
{
    (void)handle;
    (void)message;
    (void)seq;
    (void)ret_qop;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

/* ---- What goes on after the handshake ----------------------------------- */

static NTSTATUS NTAPI SpApplyControlToken(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = find_live(handle, &ctx);

    if (e == SSP_OK)
        e = tls_control_apply(&ctx->conn, input);
    return ssp_err_status(e);
}

static bool wants(const struct tls_core *core, ULONG requirements, ULONG client, ULONG server)
{
    return (requirements & (core->role == TLS_CLIENT ? client : server)) != 0;
}

static enum ssp_err go_on(struct tls_user_ctx *ctx, ULONG requirements, PSecBufferDesc input,
                          PSecBufferDesc output, struct tls_turned *ret)
{
    const struct tls_core *core = ctx->core;
    const struct tls_turn turn = {
        .input = input,
        .output = output,
        .heap = wants(core, requirements, ISC_REQ_ALLOCATE_MEMORY, ASC_REQ_ALLOCATE_MEMORY)
                    ? &ctxs.heap
                    : NULL,
        .tells_errors = wants(core, requirements, ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR),
    };

    return tls_control_turn(&ctx->conn, &turn, ret);
}

static NTSTATUS NTAPI SpContinueContext(LSA_SEC_HANDLE handle, ULONG requirements,
                                        PSecBufferDesc input, PSecBufferDesc output,
                                        PULONG ret_attributes, PTimeStamp ret_expiry)
{
    struct tls_user_ctx *ctx = NULL;
    struct tls_turned turned = { 0 };
    enum ssp_err e = find_live(handle, &ctx);

    if (e != SSP_OK)
        return ssp_err_status(e);
    e = go_on(ctx, requirements, input, output, &turned);
    *ret_attributes = ctx->core->attributes;
    if (turned.has_alert)
        *ret_attributes |=
            ctx->core->role == TLS_CLIENT ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR;
    ret_expiry->QuadPart = ctx->core->expiry;
    /* Whoever wanted a new handshake has been told no: nothing is left to do about it. */
    return status_of(e, turned.event == TLS_EVENT_RENEGOTIATION ? TLS_EVENT_QUIET : turned.event);
}

/* ---- Questions --------------------------------------------------------- */

static NTSTATUS NTAPI SpGetContextToken(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    return ssp_err_status(pkg_ctx_token(&ctxs, handle, ret));
}

static NTSTATUS NTAPI SpQueryContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = ret == NULL ? ssp_fail(BAD_ARGUMENT) : find(handle, &ctx);

    if (e == SSP_OK)
        e = tls_attr_query(ctx, &ctxs.heap, attribute, ret);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpSetContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID value,
                                             ULONG size)
{
    struct tls_user_ctx *ctx = NULL;
    enum ssp_err e = value == NULL ? ssp_fail(BAD_ARGUMENT) : find(handle, &ctx);

    if (e == SSP_OK)
        e = tls_attr_set(ctx, attribute, value, size);
    return ssp_err_status(e);
}

/* ---- The passage of a context ------------------------------------------ */

/* Two who send with these keys would use one keystream twice: nothing works here from now on. */
static void end_here(struct tls_user_ctx *ctx)
{
    ctx->core->live.is_dead = true;
    tls_conn_close(&ctx->conn);
    explicit_bzero(&ctx->core->send, sizeof(ctx->core->send));
    explicit_bzero(&ctx->core->recv, sizeof(ctx->core->recv));
}

static enum ssp_err export_to_kernel(struct tls_user_ctx *ctx, SecBuffer *ret_packed,
                                     HANDLE *ret_token)
{
    ssp_cleanup(block_free) struct block block = { .heap = &ctxs.heap };
    ssp_cleanup(handle_close) HANDLE token = NULL;

    SSP_TRY(block_new(sizeof(OPENSSPI_KERNEL_TLS), &block));
    SSP_TRY(tls_kernel_form(ctx->core, block.p));
    if (ctx->base.token != NULL && ret_token != NULL)
        SSP_TRY(handle_dup(ctx->base.token, &token));
    *ret_packed = (SecBuffer){ sizeof(OPENSSPI_KERNEL_TLS), SECBUFFER_TOKEN, ssp_steal(&block.p) };
    if (ret_token != NULL)
        *ret_token = ssp_steal(&token);
    end_here(ctx);
    return SSP_OK;
}

/* Going back to the start would encrypt two records with one keystream; before the first record
 * that is where the session is. */
static enum ssp_err check_flags(const struct tls_user_ctx *ctx, ULONG flags)
{
    SSP_TRY(pkg_export_flags(flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_TO_KERNEL));
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 && ctx->core->live.is_used)
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

static enum ssp_err export_context(LSA_SEC_HANDLE handle, ULONG flags, SecBuffer *ret_packed,
                                   HANDLE *ret_token)
{
    struct tls_user_ctx *ctx = NULL;

    SSP_TRY(find(handle, &ctx));
    SSP_TRY(check_flags(ctx, flags));
    if ((flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0)
        SSP_TRY(export_to_kernel(ctx, ret_packed, ret_token));
    else
        SSP_TRY(pkg_ctx_export(&ctxs, &ctx->base, ret_packed, ret_token));
    if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0)
        return SSP_OK;
    return pkg_ctx_delete(&ctxs, handle);
}

static NTSTATUS NTAPI SpExportSecurityContext(LSA_SEC_HANDLE handle, ULONG flags,
                                              PSecBuffer ret_packed, PHANDLE ret_token)
{
    if (ret_packed == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(export_context(handle, flags, ret_packed, ret_token));
}

static NTSTATUS NTAPI SpImportSecurityContext(PSecBuffer packed, HANDLE token, PLSA_SEC_HANDLE ret)
{
    return ssp_err_status(pkg_ctx_import(&ctxs, packed, token, ret));
}

static NTSTATUS NTAPI SpDeleteUserModeContext(LSA_SEC_HANDLE handle)
{
    return pkg_ctx_delete_status(&ctxs, handle);
}

static SECPKG_USER_FUNCTION_TABLE table = {
    .InstanceInit = SpInstanceInit,
    .InitUserModeContext = SpInitUserModeContext,
    .MakeSignature = SpMakeSignature,
    .VerifySignature = SpVerifySignature,
    .SealMessage = SpSealMessage,
    .UnsealMessage = SpUnsealMessage,
    .GetContextToken = SpGetContextToken,
    .QueryContextAttributes = SpQueryContextAttributes,
    .CompleteAuthToken = pkg_no_complete_auth_token,
    .DeleteUserModeContext = SpDeleteUserModeContext,
    .FormatCredentials = pkg_no_format_credentials,
    .MarshallSupplementalCreds = pkg_no_marshall_supplemental_creds,
    .ExportContext = SpExportSecurityContext,
    .ImportContext = SpImportSecurityContext,
    .MarshalAttributeData = pkg_no_marshal_attribute_data,
};

NTSTATUS NTAPI schannel_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    if (lsa_version != SECPKG_INTERFACE_VERSION || ret_version == NULL || ret_tables == NULL ||
        ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_version = SECPKG_INTERFACE_VERSION_11;
    *ret_tables = &table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

static const OPENSSPI_USER_EXTENSION_TABLE extension = {
    .Version = OPENSSPI_USER_EXTENSION_VERSION,
    .ApplyControlToken = SpApplyControlToken,
    .ContinueContext = SpContinueContext,
    .SetContextAttributes = SpSetContextAttributes,
};

NTSTATUS NTAPI schannel_SpUserExtensionInitialize(ULONG version,
                                                  const OPENSSPI_USER_EXTENSION_TABLE **ret_tables,
                                                  PULONG ret_n)
{
    if (version != OPENSSPI_USER_EXTENSION_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = &extension;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
