/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Schannel package: what the LSA calls, in Windows' words.
 * A slot that this package has nothing for is NULL.
 *
 * Everything below speaks enum ssp_err; it becomes a status here and nowhere else.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/caller.h"
#include "base/cleanup.h"
#include "base/idmap.h"
#include "crypto/fips.h"
#include "packages/schannel/context.h"
#include "packages/schannel/cred.h"
#include "packages/schannel/cred_attrs.h"
#include "packages/schannel/info.h"
#include "packages/schannel/package.h"

/* Package tables have no place for a package's own pointer. */
static struct {
    struct tls_sites sites;
    struct idmap *creds;
    struct tls_contexts contexts;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    bool fips;
} state;

static void destroy_cred(void *cred)
{
    tls_cred_unref(cred);
}

static NTSTATUS NTAPI SpShutdown(void)
{
    tls_contexts_done(&state.contexts);
    if (state.creds != NULL)
        idmap_free(state.creds);
    tls_sites_done(&state.sites);
    explicit_bzero(&state, sizeof(state));
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
    SSP_TRY(tls_sites_read(conf, &state.sites));
    SSP_TRY(idmap_new(destroy_cred, &state.creds));
    state.lsa = lsa;
    state.fips = fips_mode();
    return tls_contexts_init(&system_clock, lsa, &state.contexts);
}

static NTSTATUS NTAPI SpInitialize(ULONG_PTR package_id, PSECPKG_PARAMETERS parameters,
                                   PLSA_SECPKG_FUNCTION_TABLE functions)
{
    (void)package_id;
    (void)parameters;
    if (functions == NULL)
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
    *info = tls_package_info;
    return STATUS_SUCCESS;
}

/* ---- Credentials ----------------------------------------------------------------------------- */

struct cred_use { /* a credential in use; ssp_cleanup(cred_use_end) */
    LSA_SEC_HANDLE handle;
    struct tls_cred *cred; /* NULL: none */
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

static enum ssp_err text_of(const UNICODE_STRING *text, struct str16 *ret)
{
    return str16_from_units((const char16_t *)text->Buffer, text->Length / sizeof(WCHAR), ret);
}

static bool is_local(void)
{
    SECPKG_CALL_INFO info = { 0 };

    return state.lsa->GetCallInfo(&info) && (info.Attributes & SECPKG_CALL_IN_PROC) != 0;
}

static enum ssp_err acquire(const UNICODE_STRING *principal, ULONG use, const void *auth_data,
                            LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(tls_cred_unrefp) struct tls_cred *cred = NULL;
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    struct caller caller = caller_get();
    uint64_t id = 0;

    if (!caller.is_there)
        return ssp_fail(NOT_OWNER);
    if (principal != NULL)
        SSP_TRY(text_of(principal, &name));
    const struct tls_cred_request what = {
        .use = use,
        .principal = &name,
        .auth_data = auth_data,
        .uid = caller.uid,
        .is_local = is_local(),
        .fips = state.fips,
    };
    SSP_TRY(tls_cred_new(&state.sites, &what, &cred));
    SSP_TRY(idmap_add(state.creds, cred, &id));
    cred = NULL; /* the table's now */
    *ret = id;
    return SSP_OK;
}

static NTSTATUS NTAPI SpAcquireCredentialsHandle(PUNICODE_STRING principal, ULONG use,
                                                 PLUID logon_id, PVOID auth_data, PVOID get_key,
                                                 PVOID get_key_arg, PLSA_SEC_HANDLE ret,
                                                 PTimeStamp ret_expiry)
{
    (void)logon_id;
    (void)get_key;
    (void)get_key_arg;
    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = acquire(principal, use, auth_data, ret);
    if (e == SSP_OK && ret_expiry != NULL)
        ret_expiry->QuadPart = FILETIME_NEVER;
    return ssp_err_status(e);
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

    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = cred_use_begin(handle, &use);
    const struct pkg_heap heap = { state.lsa->AllocateLsaHeap, state.lsa->FreeLsaHeap };
    if (e == SSP_OK)
        e = tls_cred_query(use.cred, &heap, attribute, ret);
    return ssp_err_status(e);
}

/* ---- Contexts -------------------------------------------------------------------------------- */

struct outputs { /* where the LSA wants the answer */
    PLSA_SEC_HANDLE context;
    PULONG attributes;
    PTimeStamp expiry;
    PBOOLEAN mapped;
    PSecBuffer data;
};

static enum ssp_err run(const struct tls_call *call, LSA_SEC_HANDLE cred,
                        const UNICODE_STRING *target, struct tls_answer *ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };

    if (cred != 0)
        SSP_TRY(cred_use_begin(cred, &use));
    if (target != NULL)
        SSP_TRY(text_of(target, &text));
    struct tls_call full = *call;
    full.cred = use.cred;
    full.target = target != NULL ? &text : NULL;
    return tls_contexts_leg(&state.contexts, &full, ret);
}

static NTSTATUS leg(const struct tls_call *call, LSA_SEC_HANDLE cred, const UNICODE_STRING *target,
                    const struct outputs *out)
{
    struct tls_answer answer = { 0 };

    if (out->context == NULL || out->attributes == NULL || out->expiry == NULL ||
        out->mapped == NULL || out->data == NULL || state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = run(call, cred, target, &answer);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *out->context = answer.context;
    *out->attributes = answer.attributes;
    out->expiry->QuadPart = answer.expiry;
    *out->mapped = answer.is_done;
    if (answer.is_done)
        *out->data = answer.data;
    return answer.is_done ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

static NTSTATUS NTAPI SpInitLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                           PUNICODE_STRING target, ULONG requirements,
                                           ULONG data_rep, PSecBufferDesc in,
                                           PLSA_SEC_HANDLE ret_context, PSecBufferDesc out,
                                           PULONG ret_attributes, PTimeStamp ret_expiry,
                                           PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    struct tls_call call = { .context = context, .asked = requirements, .in = in, .out = out };
    struct outputs outputs = { ret_context, ret_attributes, ret_expiry, ret_mapped, ret_data };

    (void)data_rep;
    return leg(&call, cred, target, &outputs);
}

static NTSTATUS NTAPI SpAcceptLsaModeContext(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE context,
                                             PSecBufferDesc in, ULONG requirements, ULONG data_rep,
                                             PLSA_SEC_HANDLE ret_context, PSecBufferDesc out,
                                             PULONG ret_attributes, PTimeStamp ret_expiry,
                                             PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    struct tls_call call = {
        .accept = true, .context = context, .asked = requirements, .in = in, .out = out
    };
    struct outputs outputs = { ret_context, ret_attributes, ret_expiry, ret_mapped, ret_data };

    (void)data_rep;
    return leg(&call, cred, NULL, &outputs);
}

static NTSTATUS NTAPI SpDeleteLsaContext(LSA_SEC_HANDLE context)
{
    if (state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(tls_contexts_delete(&state.contexts, context));
}

/* While the handshake runs; a finished context is asked in the user half. */
static NTSTATUS NTAPI SpQueryLsaContextAttributes(LSA_SEC_HANDLE context, ULONG attribute,
                                                  PVOID ret)
{
    ULONG flags = 0;

    if (ret == NULL || state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = tls_contexts_flags(&state.contexts, context, &flags);
    if (e == SSP_OK && attribute != SECPKG_ATTR_FLAGS)
        e = ssp_fail(UNSUPPORTED);
    if (e == SSP_OK)
        ((PSecPkgContext_Flags)ret)->Flags = flags;
    return ssp_err_status(e);
}

/* ---- Entry points ---------------------------------------------------------------------------- */

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
    .QueryContextAttributes = SpQueryLsaContextAttributes,
};

NTSTATUS NTAPI schannel_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
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
