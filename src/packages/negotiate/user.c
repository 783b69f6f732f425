/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the Negotiate package: every call goes to the package that was
 * chosen.  Its context is one that was imported, here as anywhere: its token
 * travels beside it, and its handle is no LSA half's.
 *
 * A message costs one more look-up, without a lock, and one more call.
 */
#include <ntsecpkg.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/hmap.h"
#include "packages/common/none.h"
#include "packages/common/offer.h"
#include "packages/negotiate/pack.h"
#include "packages/negotiate/package.h"

struct user_ctx { /* by its handle, ours; nothing in it changes */
    enum nego_package package;
    uint16_t id;
    PSECPKG_USER_FUNCTION_TABLE table; /* of the package */
    LSA_SEC_HANDLE inner;              /* its name for the context */
};

static struct {
    struct hmap *map;
    _Atomic uint64_t n_imported;
    SECPKG_DLL_FUNCTIONS functions;
} state;

static const uint64_t imported_bit = UINT64_C(1) << 63;

static NTSTATUS NTAPI SpInstanceInit(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                     PVOID *user_functions)
{
    (void)user_functions; /* not used on Windows either */
    if (version != SECPKG_INTERFACE_VERSION || functions == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    state.functions = *functions;
    return ssp_err_status(state.map != NULL ? SSP_OK : hmap_new(&state.map));
}

static const struct user_ctx *find(LSA_SEC_HANDLE handle)
{
    return state.map != NULL ? hmap_find(state.map, handle) : NULL;
}

/* ---- A context begins -------------------------------------------------- */

struct fresh { /* ssp_cleanup(fresh_free) until it is in the map */
    struct user_ctx *ctx;
};

static void fresh_free(struct fresh *fresh)
{
    if (fresh->ctx == NULL)
        return;
    if (fresh->ctx->inner != 0 && fresh->ctx->table->DeleteUserModeContext != NULL)
        (void)fresh->ctx->table->DeleteUserModeContext(fresh->ctx->inner);
    free(fresh->ctx);
}

/* Names lent, not owned. */
static bool is_named(const SecPkgInfoW *info, enum nego_package package)
{
    SEC_WCHAR *wanted = (SEC_WCHAR *)(uintptr_t)nego_package_name(package);

    return info->Name != NULL &&
           str16_eq_nocase(&(struct str16){ info->Name, str16_len(info->Name) },
                           &(struct str16){ wanted, str16_len(wanted) });
}

/* Ids are places in a list: whoever packed this may have had another one. */
static enum ssp_err check_name(const struct user_ctx *ctx)
{
    SecPkgContext_PackageInfoW info = { NULL };

    if (ctx->table->QueryContextAttributes == NULL ||
        !NT_SUCCESS(
            ctx->table->QueryContextAttributes(ctx->inner, SECPKG_ATTR_PACKAGE_INFO, &info)) ||
        info.PackageInfo == NULL)
        return ssp_fail(NO_PACKAGE);
    bool is_right = is_named(info.PackageInfo, ctx->package);
    state.functions.FreeHeap(info.PackageInfo);
    return is_right ? SSP_OK : ssp_fail(NO_PACKAGE);
}

static enum ssp_err import_inner(struct view bytes, HANDLE token, struct user_ctx *ctx,
                                 NTSTATUS *ret_status)
{
    SecBuffer packed = { (ULONG)bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes.p };

    ctx->table = state.functions.LocatePackageById(ctx->id);
    if (ctx->table == NULL || ctx->table->ImportContext == NULL)
        return ssp_fail(NO_PACKAGE);
    *ret_status = ctx->table->ImportContext(&packed, token, &ctx->inner);
    if (!NT_SUCCESS(*ret_status))
        return ssp_fail(INNER);
    return check_name(ctx);
}

static enum ssp_err add(const struct nego_packed *packed, HANDLE token, LSA_SEC_HANDLE handle,
                        NTSTATUS *ret_status)
{
    ssp_cleanup(fresh_free) struct fresh fresh = { malloc(sizeof(*fresh.ctx)) };

    if (fresh.ctx == NULL)
        return ssp_fail(NO_MEMORY);
    *fresh.ctx = (struct user_ctx){ .package = packed->package, .id = packed->id };
    SSP_TRY(import_inner(packed->inner, token, fresh.ctx, ret_status));
    SSP_TRY(hmap_add(state.map, handle, fresh.ctx));
    fresh.ctx = NULL;
    return SSP_OK;
}

static enum ssp_err unpack(const SecBuffer *buffer, struct nego_packed *ret)
{
    if (state.map == NULL || buffer == NULL || (buffer->pvBuffer == NULL && buffer->cbBuffer != 0))
        return ssp_fail(BAD_ARGUMENT);
    return nego_unpack((struct view){ buffer->pvBuffer, buffer->cbBuffer }, ret);
}

static NTSTATUS status_of(enum ssp_err e, NTSTATUS inner)
{
    return e == SSP_ERR_INNER && !NT_SUCCESS(inner) ? inner : ssp_err_status(e);
}

/* The token that the LSA half put there is ours, and the inner context keeps a duplicate. */
static NTSTATUS NTAPI SpInitUserModeContext(LSA_SEC_HANDLE handle, PSecBuffer buffer)
{
    struct nego_packed packed = { .token = 0 };
    NTSTATUS inner = STATUS_SUCCESS;

    enum ssp_err e = unpack(buffer, &packed);
    ssp_cleanup(handle_close) HANDLE token = (HANDLE)(uintptr_t)packed.token;
    if (e == SSP_OK)
        e = add(&packed, token, handle, &inner);
    return status_of(e, inner);
}

static enum ssp_err import_context(const SecBuffer *buffer, HANDLE token, LSA_SEC_HANDLE *ret,
                                   NTSTATUS *ret_status)
{
    struct nego_packed packed = { .token = 0 };

    SSP_TRY(unpack(buffer, &packed));
    if (packed.token != 0) /* a handle of this process only when the LSA half put it there */
        return ssp_fail(BAD_PACKED);
    LSA_SEC_HANDLE handle = imported_bit | ++state.n_imported;
    SSP_TRY(add(&packed, token, handle, ret_status));
    *ret = handle;
    return SSP_OK;
}

static NTSTATUS NTAPI SpImportSecurityContext(PSecBuffer buffer, HANDLE token, PLSA_SEC_HANDLE ret)
{
    NTSTATUS inner = STATUS_SUCCESS;

    if (ret == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    enum ssp_err e = import_context(buffer, token, ret, &inner);
    return status_of(e, inner);
}

/* ---- A context leaves -------------------------------------------------- */

static enum ssp_err wrap(const struct user_ctx *ctx, SecBuffer *buffer)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_PACK_MAX);

    nego_pack(&(struct nego_packed){ .package = ctx->package,
                                     .id = ctx->id,
                                     .inner = { buffer->pvBuffer, buffer->cbBuffer } },
              &out);
    SSP_TRY(out.err);
    void *block = state.functions.AllocateHeap((ULONG)out.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, out.p, out.n);
    state.functions.FreeHeap(buffer->pvBuffer);
    *buffer = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, block };
    return SSP_OK;
}

static NTSTATUS delete_handle(LSA_SEC_HANDLE handle)
{
    ssp_cleanup(fresh_free) struct fresh fresh = { NULL };

    fresh.ctx = state.map != NULL ? hmap_remove(state.map, handle) : NULL;
    return fresh.ctx != NULL ? STATUS_SUCCESS : ssp_err_status(ssp_fail(BAD_HANDLE));
}

/* SEC_I_NO_LSA_CONTEXT: "there is no LSA mode context associated with this context". */
static NTSTATUS NTAPI SpDeleteUserModeContext(LSA_SEC_HANDLE handle)
{
    NTSTATUS status = delete_handle(handle);

    return NT_SUCCESS(status) && (handle & imported_bit) != 0 ? SEC_I_NO_LSA_CONTEXT : status;
}

/* The inner context goes last: an export that fails leaves everything as it was. */
static NTSTATUS NTAPI SpExportSecurityContext(LSA_SEC_HANDLE handle, ULONG flags, PSecBuffer ret,
                                              PHANDLE ret_token)
{
    const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    const struct user_ctx *ctx = find(handle);
    ssp_cleanup(handle_close) HANDLE token = NULL;
    SecBuffer buffer = { 0 };

    if (ctx == NULL || ret == NULL)
        return ssp_err_status(ctx == NULL ? ssp_fail(BAD_HANDLE) : ssp_fail(BAD_ARGUMENT));
    if (ctx->table->ExportContext == NULL)
        return ssp_err_status(ssp_fail(UNSUPPORTED));
    NTSTATUS status = ctx->table->ExportContext(ctx->inner, flags & ~delete_old, &buffer,
                                                ret_token != NULL ? &token : NULL);
    if (!NT_SUCCESS(status))
        return status;
    enum ssp_err e = wrap(ctx, &buffer);
    if (e != SSP_OK) {
        state.functions.FreeHeap(buffer.pvBuffer);
        return ssp_err_status(e);
    }
    *ret = buffer;
    if (ret_token != NULL)
        *ret_token = ssp_steal(&token);
    return (flags & delete_old) != 0 ? delete_handle(handle) : STATUS_SUCCESS;
}

/* ---- What the inner package does --------------------------------------- */

/* Each of these is the call of the same name, with the inner context. */
#define FORWARD(member, handle, ...)                          \
    do {                                                      \
        const struct user_ctx *ctx_ = find(handle);           \
        if (ctx_ == NULL)                                     \
            return ssp_err_status(ssp_fail(BAD_HANDLE));      \
        if (ctx_->table->member == NULL)                      \
            return ssp_err_status(ssp_fail(UNSUPPORTED));     \
        return ctx_->table->member(ctx_->inner, __VA_ARGS__); \
    } while (0)

static NTSTATUS NTAPI SpMakeSignature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                      ULONG seq)
{
    FORWARD(MakeSignature, handle, qop, message, seq);
}

static NTSTATUS NTAPI SpVerifySignature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                        PULONG ret_qop)
{
    FORWARD(VerifySignature, handle, message, seq, ret_qop);
}

static NTSTATUS NTAPI SpSealMessage(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                    ULONG seq)
{
    FORWARD(SealMessage, handle, qop, message, seq);
}

static NTSTATUS NTAPI SpUnsealMessage(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                      PULONG ret_qop)
{
    FORWARD(UnsealMessage, handle, message, seq, ret_qop);
}

static NTSTATUS NTAPI SpGetContextToken(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    FORWARD(GetContextToken, handle, ret);
}

/* NEGOTIATION_INFO and PACKAGE_INFO too: it is the inner package that they are to name. */
static NTSTATUS NTAPI SpQueryContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    FORWARD(QueryContextAttributes, handle, attribute, ret);
}

static NTSTATUS NTAPI SpCompleteAuthToken(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    FORWARD(CompleteAuthToken, handle, input);
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
    .FormatCredentials = pkg_no_format_credentials,
    .MarshallSupplementalCreds = pkg_no_marshall_supplemental_creds,
    .ExportContext = SpExportSecurityContext,
    .ImportContext = SpImportSecurityContext,
    .MarshalAttributeData = pkg_no_marshal_attribute_data,
};

NTSTATUS NTAPI negotiate_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
                                              PSECPKG_USER_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_user(lsa_version, &table,
                          &(struct pkg_user_offer){ ret_version, ret_tables, ret_n });
}
