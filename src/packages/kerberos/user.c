/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the Kerberos package: what the application's process calls,
 * in Windows' words.  Everything below speaks enum ssp_err; it becomes a status
 * here and nowhere else.
 */
#include <ntsecpkg.h>

#include "base/cleanup.h"
#include "packages/common/none.h"
#include "packages/kerberos/attrs.h"
#include "packages/kerberos/message.h"
#include "packages/kerberos/package.h"
#include "packages/kerberos/user_ctx.h"

/* Package tables have no place for a package's own pointer. */
static struct pkg_ctxs ctxs;

static NTSTATUS NTAPI SpInstanceInit(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                     PVOID *user_functions)
{
    (void)user_functions; /* not used on Windows either */
    return ssp_err_status(pkg_ctxs_init(&krb_ctx_kind, version, functions, &ctxs));
}

/* The packed bytes stay the caller's, as in ImportContext. */
static NTSTATUS NTAPI SpInitUserModeContext(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    return ssp_err_status(pkg_ctx_start(&ctxs, handle, packed));
}

/* ---- Messages: the context counts them itself, whatever number the caller gives ------- */

static enum ssp_err engine_of(LSA_SEC_HANDLE handle, struct krb_engine **ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_live(&ctxs, handle, &base));
    *ret = &krb_user_ctx_of(base)->live->engine;
    return SSP_OK;
}

static NTSTATUS NTAPI SpMakeSignature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                      ULONG seq)
{
    struct krb_engine *engine = NULL;
    enum ssp_err e = engine_of(handle, &engine);

    (void)seq;
    if (e == SSP_OK)
        e = krb_message_sign(engine, qop, message);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpVerifySignature(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                        PULONG ret_qop)
{
    struct krb_engine *engine = NULL;
    enum ssp_err e = engine_of(handle, &engine);

    (void)seq;
    if (e == SSP_OK)
        e = krb_message_verify(engine, message);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = 0;
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpSealMessage(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message,
                                    ULONG seq)
{
    struct krb_engine *engine = NULL;
    enum ssp_err e = engine_of(handle, &engine);

    (void)seq;
    if (e == SSP_OK)
        e = krb_message_seal(engine, qop, message);
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpUnsealMessage(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq,
                                      PULONG ret_qop)
{
    struct krb_engine *engine = NULL;
    ULONG qop = 0;
    enum ssp_err e = engine_of(handle, &engine);

    (void)seq;
    if (e == SSP_OK)
        e = krb_message_unseal(engine, message, &qop);
    if (e == SSP_OK && ret_qop != NULL)
        *ret_qop = qop;
    return ssp_err_status(e);
}

/* ---- Questions --------------------------------------------------------- */

static NTSTATUS NTAPI SpGetContextToken(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    return ssp_err_status(pkg_ctx_token(&ctxs, handle, ret));
}

static enum ssp_err query(LSA_SEC_HANDLE handle, ULONG attribute, void *ret)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_find(&ctxs, handle, &base));
    const struct krb_user_ctx *ctx = krb_user_ctx_of(base);
    const struct krb_subject subject = { ctx->core, &ctx->names, base->token };
    return krb_attr_query(&subject, &ctxs.heap, attribute, ret);
}

static NTSTATUS NTAPI SpQueryContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    return ret == NULL ? STATUS_INVALID_PARAMETER : ssp_err_status(query(handle, attribute, ret));
}

/* ---- The passage of a context ------------------------------------------ */

static enum ssp_err export_context(LSA_SEC_HANDLE handle, ULONG flags, SecBuffer *ret_packed,
                                   HANDLE *ret_token)
{
    struct pkg_ctx *base = NULL;

    SSP_TRY(pkg_ctx_find(&ctxs, handle, &base));
    SSP_TRY(krb_user_ctx_export(&ctxs, krb_user_ctx_of(base), flags, ret_packed, ret_token));
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

NTSTATUS NTAPI kerberos_SpUserModeInitialize(ULONG lsa_version, PULONG ret_version,
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
