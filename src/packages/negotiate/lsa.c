/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Negotiate package: what the LSA calls, in Windows' words.
 *
 * Everything below speaks enum ssp_err, and keeps another package's status where
 * that one refused (INNER); both become a status here and nowhere else.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "packages/negotiate/context.h"
#include "packages/negotiate/info.h"
#include "packages/negotiate/package.h"

/* Package tables have no place for a package's own pointer. */
static struct {
    struct nego_config config;
    struct nego_env env;
    struct idmap *creds;
    struct nego_contexts contexts;
} state;

/* Handed over before anything is initialised, and good as long as the LSA. */
static const OPENSSPI_LSA_INNER_TABLE *others;

static void destroy_cred(void *cred)
{
    nego_cred_unref(cred);
}

static NTSTATUS status_of(enum ssp_err e, NTSTATUS inner)
{
    return e == SSP_ERR_INNER && !NT_SUCCESS(inner) ? inner : ssp_err_status(e);
}

static NTSTATUS NTAPI SpShutdown(void)
{
    nego_contexts_done(&state.contexts);
    if (state.creds != NULL)
        idmap_free(state.creds);
    memset(&state, 0, sizeof(state));
    return STATUS_SUCCESS;
}

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *lsa)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;

    SSP_TRY(conf_load(&conf));
    SSP_TRY(nego_config_read(conf, &state.config));
    SSP_TRY(idmap_new(destroy_cred, &state.creds));
    state.env = (struct nego_env){ &state.config, others, lsa };
    return nego_contexts_init(&state.contexts, &state.env);
}

static NTSTATUS NTAPI SpInitialize(ULONG_PTR package_id, PSECPKG_PARAMETERS parameters,
                                   PLSA_SECPKG_FUNCTION_TABLE functions)
{
    (void)package_id;
    (void)parameters;
    if (functions == NULL || others == NULL)
        return STATUS_INVALID_PARAMETER;
    (void)SpShutdown();
    enum ssp_err e = start(functions);
    if (e != SSP_OK)
        (void)SpShutdown();
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpGetInfo(PSecPkgInfo info)
{
    if (info == NULL)
        return STATUS_INVALID_PARAMETER;
    *info = nego_package_info;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI SpGetExtendedInformation(SECPKG_EXTENDED_INFORMATION_CLASS class,
                                               PSECPKG_EXTENDED_INFORMATION *ret)
{
    if (ret == NULL || state.env.lsa == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(nego_extended_info(state.env.lsa, class, ret));
}

/* ---- Credentials ------------------------------------------------------- */

struct cred_use { /* a credential in use; ssp_cleanup(cred_use_end) */
    LSA_SEC_HANDLE handle;
    struct nego_cred *cred; /* NULL: none */
};

static void cred_use_end(struct cred_use *use)
{
    if (use->cred != NULL)
        idmap_put(state.creds, use->handle);
}

static enum ssp_err cred_use_begin(LSA_SEC_HANDLE handle, struct cred_use *ret)
{
    *ret = (struct cred_use){ handle, idmap_get(state.creds, handle) };
    return ret->cred != NULL ? SSP_OK : ssp_fail(BAD_HANDLE);
}

static enum ssp_err acquire(const OPENSSPI_INNER_ACQUIRE *what, LSA_SEC_HANDLE *ret,
                            TimeStamp *ret_expiry, NTSTATUS *ret_status)
{
    ssp_cleanup(nego_cred_unrefp) struct nego_cred *cred = NULL;
    uint64_t id = 0;

    SSP_TRY(nego_cred_new(&state.env, what, &cred, ret_status));
    int64_t expiry = cred->expiry;
    SSP_TRY(idmap_add(state.creds, cred, &id));
    cred = NULL; /* the table's now */
    *ret = id;
    if (ret_expiry != NULL)
        ret_expiry->QuadPart = expiry;
    return SSP_OK;
}

static NTSTATUS NTAPI SpAcquireCredentialsHandle(PUNICODE_STRING principal, ULONG use,
                                                 PLUID logon_id, PVOID auth_data, PVOID get_key,
                                                 PVOID get_key_arg, PLSA_SEC_HANDLE ret,
                                                 PTimeStamp ret_expiry)
{
    const OPENSSPI_INNER_ACQUIRE what = { principal, use, logon_id, auth_data };
    NTSTATUS inner = STATUS_SUCCESS;

    (void)get_key;
    (void)get_key_arg;
    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    if ((use & SECPKG_CRED_BOTH) == 0)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    enum ssp_err e = acquire(&what, ret, ret_expiry, &inner);
    return status_of(e, inner);
}

static NTSTATUS NTAPI SpFreeCredentialsHandle(LSA_SEC_HANDLE handle)
{
    bool was_open = state.creds != NULL && idmap_close(state.creds, handle);

    return was_open ? STATUS_SUCCESS : ssp_err_status(ssp_fail(BAD_HANDLE));
}

static NTSTATUS NTAPI SpQueryCredentialsAttributes(LSA_SEC_HANDLE handle, ULONG attribute,
                                                   PVOID ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };
    NTSTATUS inner = STATUS_SUCCESS;

    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = cred_use_begin(handle, &use);
    if (e == SSP_OK)
        e = nego_cred_query(use.cred, attribute, ret, &inner);
    return status_of(e, inner);
}

/* ---- Contexts ---------------------------------------------------------- */

struct outputs { /* where the LSA wants the answer */
    PLSA_SEC_HANDLE context;
    PULONG attributes;
    PTimeStamp expiry;
    PBOOLEAN mapped;
    PSecBuffer data;
};

static enum ssp_err run(const struct nego_call *call, LSA_SEC_HANDLE cred,
                        const UNICODE_STRING *target, struct nego_result *ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };
    struct nego_call full = *call;

    if (cred != 0)
        SSP_TRY(cred_use_begin(cred, &use));
    if (target != NULL) {
        SSP_TRY(str16_from_units((const char16_t *)target->Buffer, target->Length / sizeof(WCHAR),
                                 &text));
        full.target = &text;
    }
    full.cred = use.cred;
    return nego_contexts_leg(&state.contexts, &full, ret);
}

static NTSTATUS leg(const struct nego_call *call, LSA_SEC_HANDLE cred, const UNICODE_STRING *target,
                    const struct outputs *out)
{
    struct nego_result result = { 0 };

    if (out->context == NULL || out->attributes == NULL || out->expiry == NULL ||
        out->mapped == NULL || out->data == NULL || state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = run(call, cred, target, &result);
    if (e != SSP_OK)
        return status_of(e, result.status);
    *out->context = result.context;
    *out->attributes = result.attributes;
    out->expiry->QuadPart = result.expiry;
    *out->mapped = result.is_done;
    if (result.is_done)
        *out->data = result.data;
    return result.is_done ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

static NTSTATUS NTAPI SpInitLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                           PUNICODE_STRING target, ULONG requirements,
                                           ULONG data_rep, PSecBufferDesc in,
                                           PLSA_SEC_HANDLE ret_context, PSecBufferDesc out,
                                           PULONG ret_attributes, PTimeStamp ret_expiry,
                                           PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    const struct nego_call call = {
        .context = context, .asked = requirements, .data_rep = data_rep, .in = in, .out = out
    };
    struct outputs outputs = { ret_context, ret_attributes, ret_expiry, ret_mapped, ret_data };

    return leg(&call, cred, target, &outputs);
}

static NTSTATUS NTAPI SpAcceptLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                             PSecBufferDesc in, ULONG requirements, ULONG data_rep,
                                             PLSA_SEC_HANDLE ret_context, PSecBufferDesc out,
                                             PULONG ret_attributes, PTimeStamp ret_expiry,
                                             PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    const struct nego_call call = { .accept = true,
                                    .context = context,
                                    .asked = requirements,
                                    .data_rep = data_rep,
                                    .in = in,
                                    .out = out };
    struct outputs outputs = { ret_context, ret_attributes, ret_expiry, ret_mapped, ret_data };

    return leg(&call, cred, NULL, &outputs);
}

static NTSTATUS NTAPI SpDeleteLsaContext(LSA_SEC_HANDLE context)
{
    if (state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(nego_contexts_delete(&state.contexts, context));
}

/* While the negotiation runs; a finished context is asked in the user half. */
static NTSTATUS NTAPI SpQueryLsaContextAttributes(LSA_SEC_HANDLE context, ULONG attribute,
                                                  PVOID ret)
{
    struct nego_stand stand = { .package = NEGO_PACKAGES };

    if (ret == NULL || state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = nego_contexts_stand(&state.contexts, context, &stand);
    if (e == SSP_OK)
        e = nego_attr_query_half(&state.env, &stand, attribute, ret);
    return ssp_err_status(e);
}

/* ---- Half-done negotiations -------------------------------------------- */

/* Nothing has been protected yet but the list of mechanisms, so RESET_NEW changes nothing. */
static NTSTATUS NTAPI ExportLsaContext(LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret)
{
    NTSTATUS inner = STATUS_SUCCESS;

    if (ret == NULL || (flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 ||
        state.contexts.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    enum ssp_err e = nego_contexts_export(&state.contexts, context, ret, &inner);
    return status_of(e, inner);
}

static NTSTATUS NTAPI ImportLsaContext(PSecBuffer packed, PLSA_SEC_HANDLE ret)
{
    NTSTATUS inner = STATUS_SUCCESS;

    if (packed == NULL || (packed->pvBuffer == NULL && packed->cbBuffer != 0) || ret == NULL ||
        state.contexts.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    struct view bytes = { packed->pvBuffer, packed->cbBuffer };
    enum ssp_err e = nego_contexts_import(&state.contexts, bytes, ret, &inner);
    return status_of(e, inner);
}

/* ---- Entry points ------------------------------------------------------ */

static SECPKG_FUNCTION_TABLE table = {
    .Initialize = SpInitialize,
    .Shutdown = SpShutdown,
    .GetInfo = SpGetInfo,
    .AcquireCredentialsHandle = SpAcquireCredentialsHandle,
    .QueryCredentialsAttributes = SpQueryCredentialsAttributes,
    .FreeCredentialsHandle = SpFreeCredentialsHandle,
    .InitLsaModeContext = SpInitLsaModeContext,
    .AcceptLsaModeContext = SpAcceptLsaModeContext,
    .DeleteContext = SpDeleteLsaContext,
    .GetExtendedInformation = SpGetExtendedInformation,
    .QueryContextAttributes = SpQueryLsaContextAttributes,
};

static const OPENSSPI_LSA_EXPORT_TABLE export_table = {
    .Version = OPENSSPI_LSA_EXPORT_VERSION,
    .ExportLsaContext = ExportLsaContext,
    .ImportLsaContext = ImportLsaContext,
};

NTSTATUS NTAPI negotiate_SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *given)
{
    if (given == NULL || given->Version != OPENSSPI_LSA_INNER_VERSION)
        return STATUS_INVALID_PARAMETER;
    others = given;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI negotiate_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    if (lsa_version != SECPKG_INTERFACE_VERSION || ret_version == NULL || ret_tables == NULL ||
        ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_version = SECPKG_INTERFACE_VERSION_11;
    *ret_tables = &table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI negotiate_SpLsaExportInitialize(ULONG version,
                                               const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                               PULONG ret_n)
{
    if (version != OPENSSPI_LSA_EXPORT_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = &export_table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
