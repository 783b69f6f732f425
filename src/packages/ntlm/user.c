/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the NTLM package: what the application's process calls, in
 * Windows' words.  Everything below speaks enum ssp_err; it becomes a status
 * here and nowhere else.
 */
#include <ntsecpkg.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "crypto/fips.h"
#include "packages/ntlm/message.h"
#include "packages/ntlm/package.h"
#include "packages/ntlm/user_ctx.h"

/* Package tables have no place for a package's own pointer. */
static struct {
    struct ntlm_user_ctxs ctxs;
    struct ntlm_heap heap;
} state;

static NTSTATUS NTAPI SpInstanceInit(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                     PVOID *user_functions)
{
    (void)user_functions; /* not used on Windows either */
    if (version != SECPKG_INTERFACE_VERSION || functions == NULL)
        return STATUS_INVALID_PARAMETER;
    state.heap = (struct ntlm_heap){ functions->AllocateHeap, functions->FreeHeap };
    return ssp_err_status(ntlm_user_ctxs_init(&state.ctxs));
}

static enum ssp_err check_packed(const SecBuffer *packed, struct view *ret)
{
    if (state.ctxs.map == NULL || packed == NULL ||
        (packed->pvBuffer == NULL && packed->cbBuffer != 0))
        return ssp_fail(BAD_ARGUMENT);
    if (fips_mode())
        return ssp_fail(UNSUPPORTED);
    *ret = (struct view){ packed->pvBuffer, packed->cbBuffer };
    return SSP_OK;
}

/* The packed bytes stay the caller's, as in ImportContext. */
static NTSTATUS NTAPI SpInitUserModeContext(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    struct view bytes = { 0 };
    enum ssp_err e = check_packed(packed, &bytes);

    if (e == SSP_OK)
        e = ntlm_user_ctx_start(&state.ctxs, handle, bytes);
    return ssp_err_status(e);
}

/* ---- Messages ---------------------------------------------------------- */

struct held { /* a live context for one message; ssp_cleanup(held_end) */
    struct ntlm_user_ctx *ctx;
    bool locked;
};

static void held_end(struct held *held)
{
    if (held->locked)
        (void)pthread_mutex_unlock(&held->ctx->half_duplex);
}

/* Without extended session security both directions go through one keystream. */
static enum ssp_err held_begin(LSA_SEC_HANDLE handle, struct held *ret)
{
    SSP_TRY(ntlm_user_ctx_live(&state.ctxs, handle, &ret->ctx));
    if (ntlm_is_ess(ret->ctx->core->session.flags))
        return SSP_OK;
    (void)pthread_mutex_lock(&ret->ctx->half_duplex);
    ret->locked = true;
    return SSP_OK;
}

static NTSTATUS NTAPI SpMakeSignature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                      ULONG seq)
{
    ssp_cleanup(held_end) struct held held = { 0 };
    enum ssp_err e = held_begin(handle, &held);

    if (e == SSP_OK)
        e = ntlm_message_sign(&held.ctx->core->session, qop, message, seq);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpVerifySignature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                        PULONG ret_qop)
{
    ssp_cleanup(held_end) struct held held = { 0 };
    enum ssp_err e = held_begin(handle, &held);

    if (e == SSP_OK)
        e = ntlm_message_verify(&held.ctx->core->session, message, seq);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = 0;
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpSealMessage(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                    ULONG seq)
{
    ssp_cleanup(held_end) struct held held = { 0 };
    enum ssp_err e = held_begin(handle, &held);

    if (e == SSP_OK)
        e = ntlm_message_seal(&held.ctx->core->session, qop, message, seq);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpUnsealMessage(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                      PULONG ret_qop)
{
    ssp_cleanup(held_end) struct held held = { 0 };
    enum ssp_err e = held_begin(handle, &held);

    if (e == SSP_OK)
        e = ntlm_message_unseal(&held.ctx->core->session, message, seq);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = 0;
    return ssp_err_status(e);
}

/* ---- Questions --------------------------------------------------------- */

static enum ssp_err get_token(LSA_SEC_HANDLE handle, HANDLE *ret)
{
    struct ntlm_user_ctx *ctx = NULL;

    SSP_TRY(ntlm_user_ctx_find(&state.ctxs, handle, &ctx));
    if (ctx->token == NULL)
        return ssp_fail(NO_IMPERSONATION);
    *ret = ctx->token; /* "must not duplicate the handle" */
    return SSP_OK;
}

static NTSTATUS NTAPI SpGetContextToken(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    return ret == NULL ? STATUS_INVALID_PARAMETER : ssp_err_status(get_token(handle, ret));
}

static enum ssp_err query(LSA_SEC_HANDLE handle, ULONG attribute, void *ret)
{
    struct ntlm_user_ctx *ctx = NULL;

    SSP_TRY(ntlm_user_ctx_find(&state.ctxs, handle, &ctx));
    const struct ntlm_subject subject = { ctx->core, &ctx->names, ctx->token };
    return ntlm_attr_query(&subject, &state.heap, attribute, ret);
}

static NTSTATUS NTAPI SpQueryContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    return ret == NULL ? STATUS_INVALID_PARAMETER : ssp_err_status(query(handle, attribute, ret));
}

/* ---- The passage of a context ------------------------------------------ */

static enum ssp_err check_flags(const struct ntlm_user_ctx *ctx, ULONG flags)
{
    const ULONG known = SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD |
                        SECPKG_CONTEXT_EXPORT_TO_KERNEL;

    if ((flags & ~known) != 0)
        return ssp_fail(BAD_ARGUMENT);
    if ((flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0)
        return ssp_fail(UNSUPPORTED);
    /* Going back to the start would encrypt two messages with one keystream. */
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 && ntlm_session_used(&ctx->core->session))
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

static enum ssp_err export_context(LSA_SEC_HANDLE handle, ULONG flags, SecBuffer *ret_packed,
                                   HANDLE *ret_token)
{
    struct ntlm_user_ctx *ctx = NULL;

    SSP_TRY(ntlm_user_ctx_find(&state.ctxs, handle, &ctx));
    SSP_TRY(check_flags(ctx, flags));
    SSP_TRY(ntlm_user_ctx_export(ctx, &state.heap, ret_packed, ret_token));
    if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0)
        return SSP_OK;
    return ntlm_user_ctx_delete(&state.ctxs, handle);
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
    struct view bytes = { 0 };
    enum ssp_err e = check_packed(packed, &bytes);

    if (e == SSP_OK && ret == NULL)
        e = ssp_fail(BAD_ARGUMENT);
    if (e == SSP_OK)
        e = ntlm_user_ctx_import(&state.ctxs, bytes, token, ret);
    return ssp_err_status(e);
}

/* SEC_I_NO_LSA_CONTEXT: "there is no LSA mode context associated with this context". */
static NTSTATUS NTAPI SpDeleteUserModeContext(LSA_SEC_HANDLE handle)
{
    enum ssp_err e = ntlm_user_ctx_delete(&state.ctxs, handle);

    if (e != SSP_OK)
        return ssp_err_status(e);
    return ntlm_user_ctx_is_imported(handle) ? SEC_I_NO_LSA_CONTEXT : STATUS_SUCCESS;
}

/* ---- What NTLM has no use for ------------------------------------------ */

static NTSTATUS NTAPI SpCompleteAuthToken(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    (void)handle;
    (void)input;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

static NTSTATUS NTAPI SpFormatCredentials(PSecBuffer credentials, PSecBuffer formatted)
{
    (void)credentials;
    (void)formatted;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

static NTSTATUS NTAPI SpMarshallSupplementalCreds(ULONG size, PUCHAR credentials,
                                                  PULONG marshalled_size, PVOID *marshalled)
{
    (void)size;
    (void)credentials;
    (void)marshalled_size;
    (void)marshalled;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
}

static NTSTATUS NTAPI SpMarshalAttributeData(ULONG info, ULONG attribute, ULONG size, PBYTE data,
                                             PULONG marshaled_size, PBYTE *marshaled)
{
    (void)info;
    (void)attribute;
    (void)size;
    (void)data;
    (void)marshaled_size;
    (void)marshaled;
    return ssp_err_status(ssp_fail(UNSUPPORTED));
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
    .CompleteAuthToken = SpCompleteAuthToken,
    .DeleteUserModeContext = SpDeleteUserModeContext,
    .FormatCredentials = SpFormatCredentials,
    .MarshallSupplementalCreds = SpMarshallSupplementalCreds,
    .ExportContext = SpExportSecurityContext,
    .ImportContext = SpImportSecurityContext,
    .MarshalAttributeData = SpMarshalAttributeData,
};

NTSTATUS NTAPI ntlm_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
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
