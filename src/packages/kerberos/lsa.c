/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Kerberos package: what the LSA calls, in Windows' words.  A
 * slot that this package has nothing for is NULL.
 *
 * Everything below speaks enum ssp_err; it becomes a status here and nowhere else.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/caller.h"
#include "base/cleanup.h"
#include "base/idmap.h"
#include "packages/common/extended.h"
#include "packages/kerberos/attrs.h"
#include "packages/kerberos/info.h"
#include "packages/kerberos/leg.h"
#include "packages/kerberos/mit.h"
#include "packages/kerberos/package.h"

/* Package tables have no place for a package's own pointer. */
static struct {
    bool is_started;
    struct krb_config config;
    struct krb_gifts gifts;
    struct krb_env env;
    struct idmap *creds;
    struct pkg_shakes shakes;
    ULONG id;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
} state;

static void destroy_cred(void *cred)
{
    krb_cred_unref(cred);
}

static NTSTATUS NTAPI SpShutdown(void)
{
    if (!state.is_started)
        return STATUS_SUCCESS;
    pkg_shakes_done(&state.shakes);
    if (state.creds != NULL)
        idmap_free(state.creds);
    krb_gifts_done(&state.gifts);
    krb_config_wipe(&state.config);
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

    state.is_started = true;
    krb_gifts_init(&state.gifts);
    SSP_TRY(conf_load(&conf));
    SSP_TRY(krb_config_read(conf, &state.config));
    SSP_TRY(idmap_new(destroy_cred, &state.creds));
    state.env = (struct krb_env){
        .config = &state.config,
        .port = &krb_mit_port,
        .clock = &system_clock,
        .rand = &system_rand,
        .gifts = &state.gifts,
        .lsa = lsa,
    };
    state.lsa = lsa;
    return pkg_shakes_init(&krb_shake_kind, &state.env, lsa, &state.shakes);
}

static NTSTATUS NTAPI SpInitialize(ULONG_PTR package_id, PSECPKG_PARAMETERS parameters,
                                   PLSA_SECPKG_FUNCTION_TABLE functions)
{
    (void)parameters;
    if (functions == NULL)
        return STATUS_INVALID_PARAMETER;
    (void)SpShutdown();
    enum ssp_err e = start(functions);
    if (e != SSP_OK)
        (void)SpShutdown();
    state.id = (ULONG)package_id;
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpGetInfo(PSecPkgInfo info)
{
    if (info == NULL)
        return STATUS_INVALID_PARAMETER;
    *info = krb_package_info;
    return STATUS_SUCCESS;
}

/* 1.2.840.113554.1.2.2, in DER. */
static const UCHAR oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };

static NTSTATUS NTAPI SpGetExtendedInformation(SECPKG_EXTENDED_INFORMATION_CLASS class,
                                               PSECPKG_EXTENDED_INFORMATION *ret)
{
    if (ret == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(pkg_extended_info(state.lsa, class, VIEW_OF(oid), ret));
}

static VOID NTAPI LsaApLogonTerminated(PLUID logon_id)
{
    if (logon_id != NULL && state.is_started)
        krb_gifts_forget(&state.gifts, *logon_id);
}

static struct pkg_heap lsa_heap(void)
{
    return (struct pkg_heap){ state.lsa->AllocateLsaHeap, state.lsa->FreeLsaHeap };
}

/* ---- Credentials ------------------------------------------------------- */

struct cred_use { /* a credential in use; ssp_cleanup(cred_use_end) */
    LSA_SEC_HANDLE handle;
    struct krb_cred *cred; /* NULL: none */
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

struct wanted { /* what AcquireCredentialsHandle was given */
    const UNICODE_STRING *principal;
    ULONG use;
    LUID *logon_id;
    const void *auth_data;
};

/* Those that were delegated to that logon session, if any. */
static enum ssp_err find_delegated(const LUID *logon_id, struct krb_tickets **ret)
{
    enum ssp_err e = krb_gifts_copy(&state.gifts, *logon_id, ret);

    return e == SSP_ERR_NO_CREDS ? SSP_OK : e;
}

/* Those that the client's process brought along, if any (gather.c). */
static enum ssp_err find_gathered(LUID *logon_id, struct krb_tickets **ret)
{
    LSA_STRING bytes = { 0 };

    if (!NT_SUCCESS(state.lsa->GetCredentials(logon_id, state.id, NULL, FALSE, NULL, NULL, &bytes)))
        return SSP_OK;
    enum ssp_err e =
        state.env.port->unpack((struct view){ (const uint8_t *)bytes.Buffer, bytes.Length }, ret);
    state.lsa->FreeLsaHeap(bytes.Buffer);
    return e;
}

static enum ssp_err find_own(const struct wanted *wanted, bool is_apart, struct krb_tickets **ret)
{
    if (wanted->logon_id == NULL || (wanted->use & SECPKG_CRED_OUTBOUND) == 0)
        return SSP_OK;
    SSP_TRY(find_delegated(wanted->logon_id, ret));
    return *ret == NULL && is_apart ? find_gathered(wanted->logon_id, ret) : SSP_OK;
}

static enum ssp_err make_cred(const struct wanted *wanted, struct krb_cred **ret)
{
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    SECPKG_CALL_INFO call = { 0 };
    struct krb_cred_request what = { .use = wanted->use,
                                     .principal = &name,
                                     .auth_data = wanted->auth_data };

    if (!state.lsa->GetCallInfo(&call))
        return ssp_fail(INTERNAL);
    what.is_apart = (call.Attributes & SECPKG_CALL_IN_PROC) == 0;
    /* In one process the files' own rights decide; apart from it the keytab is
     * lsad's, and keytab_users says to whom else it is lent. */
    struct caller caller = caller_get();
    what.may_accept =
        !what.is_apart || (caller.is_there && krb_config_may_accept(state.env.config, caller.uid));
    if (wanted->principal != NULL)
        SSP_TRY(text_of(wanted->principal, &name));
    SSP_TRY(find_own(wanted, what.is_apart, &what.tickets));
    return krb_cred_new(&state.env, &what, ret);
}

static enum ssp_err acquire(const struct wanted *wanted, LSA_SEC_HANDLE *ret, int64_t *ret_expiry)
{
    ssp_cleanup(krb_cred_unrefp) struct krb_cred *cred = NULL;
    uint64_t id = 0;

    SSP_TRY(krb_env_allows(&state.env));
    SSP_TRY(make_cred(wanted, &cred));
    int64_t expiry = krb_cred_expiry(cred);
    SSP_TRY(idmap_add(state.creds, cred, &id));
    cred = NULL; /* the table's now */
    *ret = id;
    *ret_expiry = expiry;
    return SSP_OK;
}

static NTSTATUS NTAPI SpAcquireCredentialsHandle(PUNICODE_STRING principal, ULONG use,
                                                 PLUID logon_id, PVOID auth_data, PVOID get_key,
                                                 PVOID get_key_arg, PLSA_SEC_HANDLE ret,
                                                 PTimeStamp ret_expiry)
{
    const struct wanted wanted = { principal, use, logon_id, auth_data };
    int64_t expiry = FILETIME_NEVER;

    (void)get_key;
    (void)get_key_arg;
    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = acquire(&wanted, ret, &expiry);
    if (e == SSP_OK && ret_expiry != NULL)
        ret_expiry->QuadPart = expiry;
    return ssp_err_status(e);
}

static NTSTATUS NTAPI SpFreeCredentialsHandle(LSA_SEC_HANDLE handle)
{
    bool was_open = state.creds != NULL && idmap_close(state.creds, handle);

    return was_open ? STATUS_SUCCESS : ssp_err_status(ssp_fail(BAD_HANDLE));
}

static enum ssp_err query_cred(struct krb_cred *cred, ULONG attribute, void *ret)
{
    const struct pkg_heap heap = lsa_heap();
    ssp_cleanup(block_free) struct block name = { .heap = &heap };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };
    SecPkgCredentials_NamesW *names = ret;

    if (attribute != SECPKG_CRED_ATTR_NAMES)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(krb_cred_name(cred, &text));
    SSP_TRY(block_name(&text, &name));
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}

static NTSTATUS NTAPI SpQueryCredentialsAttributes(LSA_SEC_HANDLE handle, ULONG attribute,
                                                   PVOID ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };

    if (ret == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = cred_use_begin(handle, &use);
    if (e == SSP_OK)
        e = query_cred(use.cred, attribute, ret);
    return ssp_err_status(e);
}

/* ---- Contexts ---------------------------------------------------------- */

struct outputs { /* where the LSA wants the answer */
    PLSA_SEC_HANDLE context;
    PULONG attributes;
    PTimeStamp expiry;
    PBOOLEAN mapped;
    PSecBuffer data;
};

static enum ssp_err run(const struct pkg_call *call, LSA_SEC_HANDLE cred,
                        const UNICODE_STRING *target, struct pkg_answer *ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };

    if (cred != 0)
        SSP_TRY(cred_use_begin(cred, &use));
    if (target != NULL)
        SSP_TRY(text_of(target, &text));
    struct pkg_call full = *call;
    full.cred = use.cred;
    full.target = target != NULL ? &text : NULL;
    return pkg_shakes_leg(&state.shakes, &full, ret);
}

static NTSTATUS leg(const struct pkg_call *call, LSA_SEC_HANDLE cred, const UNICODE_STRING *target,
                    const struct outputs *out)
{
    struct pkg_answer answer = { 0 };

    if (out->context == NULL || out->attributes == NULL || out->expiry == NULL ||
        out->mapped == NULL || out->data == NULL || state.shakes.map == NULL)
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
    struct pkg_call call = { .context = context, .asked = requirements, .in = in, .out = out };
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
    struct pkg_call call = {
        .accept = true, .context = context, .asked = requirements, .in = in, .out = out
    };
    struct outputs outputs = { ret_context, ret_attributes, ret_expiry, ret_mapped, ret_data };

    (void)data_rep;
    return leg(&call, cred, NULL, &outputs);
}

static NTSTATUS NTAPI SpDeleteLsaContext(LSA_SEC_HANDLE context)
{
    if (state.shakes.map == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(pkg_shakes_delete(&state.shakes, context));
}

/* While the handshake runs; a finished context is asked in the user half. */
static NTSTATUS NTAPI SpQueryLsaContextAttributes(LSA_SEC_HANDLE context, ULONG attribute,
                                                  PVOID ret)
{
    ULONG flags = 0;

    if (ret == NULL || state.shakes.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = pkg_shakes_flags(&state.shakes, context, &flags);
    const struct pkg_heap heap = lsa_heap();
    if (e == SSP_OK)
        e = krb_attr_query_half(flags, &heap, attribute, ret);
    return ssp_err_status(e);
}

/* ---- Half-done handshakes ---------------------------------------------- */

/* A half-done handshake is always in its initial state, so RESET_NEW changes nothing. */
static NTSTATUS NTAPI ExportLsaContext(LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret)
{
    if (ret == NULL || (flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 ||
        state.shakes.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(pkg_shakes_export(&state.shakes, context, ret));
}

static NTSTATUS NTAPI ImportLsaContext(PSecBuffer packed, PLSA_SEC_HANDLE ret)
{
    if (packed == NULL || (packed->pvBuffer == NULL && packed->cbBuffer != 0) || ret == NULL ||
        state.shakes.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    struct view bytes = { packed->pvBuffer, packed->cbBuffer };
    return ssp_err_status(pkg_shakes_import(&state.shakes, bytes, ret));
}

/* ---- Entry points ------------------------------------------------------ */

static SECPKG_FUNCTION_TABLE table = {
    .LogonTerminated = LsaApLogonTerminated,
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

NTSTATUS NTAPI kerberos_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
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

NTSTATUS NTAPI kerberos_SpLsaExportInitialize(ULONG version,
                                              const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                              PULONG ret_n)
{
    if (version != OPENSSPI_LSA_EXPORT_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = &export_table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
