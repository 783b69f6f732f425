/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the NTLM package: what the LSA calls, in Windows' words.  A
 * slot that this package has nothing for is NULL.
 *
 * Everything below speaks enum ssp_err; it becomes a status here and nowhere else.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/cleanup.h"
#include "base/idmap.h"
#include "crypto/fips.h"
#include "packages/ntlm/attrs.h"
#include "packages/ntlm/context.h"
#include "packages/ntlm/info.h"
#include "packages/ntlm/logon.h"
#include "packages/ntlm/package.h"
#include "packages/ntlm/password.h"
#include "packages/ntlm/sign.h"
#include "packages/ntlm/winbind.h"

/* Package tables have no place for a package's own pointer. */
static struct {
    struct ntlm_config config;
    struct ntlm_sam_verifier sam;
    struct ntlm_winbind winbind;
    struct ntlm_env env;
    struct idmap *creds;
    struct ntlm_contexts contexts;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
} state;

static void destroy_cred(void *cred)
{
    ntlm_cred_unref(cred);
}

static NTSTATUS NTAPI SpShutdown(void)
{
    ntlm_contexts_done(&state.contexts);
    if (state.creds != NULL)
        idmap_free(state.creds);
    ntlm_winbind_done(&state.winbind);
    ntlm_config_wipe(&state.config);
    explicit_bzero(&state, sizeof(state));
    return STATUS_SUCCESS;
}

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err choose_verifier(const struct ntlm_verifier **ret)
{
    ntlm_sam_verifier_init(&state.sam, &state.config);
    *ret = &state.sam.verifier;
    if (!state.config.is_winbind)
        return SSP_OK;
    SSP_TRY(ntlm_winbind_init(&state.winbind, &state.config));
    *ret = &state.winbind.verifier;
    return SSP_OK;
}

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *lsa)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    const struct ntlm_verifier *verifier = NULL;

    SSP_TRY(conf_load(&conf));
    SSP_TRY(ntlm_config_read(conf, &state.config));
    SSP_TRY(idmap_new(destroy_cred, &state.creds));
    SSP_TRY(choose_verifier(&verifier));
    state.env = (struct ntlm_env){
        .config = &state.config,
        .verifier = verifier,
        .clock = &system_clock,
        .rand = &system_rand,
        .version = ntlm_our_version,
        .lsa = lsa,
        .fips = fips_mode(),
    };
    state.lsa = lsa;
    return ntlm_contexts_init(&state.contexts, &state.env, lsa);
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
    *info = ntlm_package_info;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI SpGetExtendedInformation(SECPKG_EXTENDED_INFORMATION_CLASS class,
                                               PSECPKG_EXTENDED_INFORMATION *ret)
{
    if (ret == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(ntlm_extended_info(state.lsa, class, ret));
}

static struct pkg_heap lsa_heap(void)
{
    return (struct pkg_heap){ state.lsa->AllocateLsaHeap, state.lsa->FreeLsaHeap };
}

/* ---- Credentials ------------------------------------------------------- */

struct cred_use { /* a credential in use; ssp_cleanup(cred_use_end) */
    LSA_SEC_HANDLE handle;
    struct ntlm_cred *cred; /* NULL: none */
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

static enum ssp_err acquire(const UNICODE_STRING *principal, ULONG use, const void *auth_data,
                            LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(ntlm_cred_unrefp) struct ntlm_cred *cred = NULL;
    ssp_cleanup(str16_wipe) struct str16 name = { 0 };
    uint64_t id = 0;

    SSP_TRY(ntlm_env_allows(&state.env));
    if (principal != NULL)
        SSP_TRY(text_of(principal, &name));
    const struct ntlm_cred_request what = { use, &name, auth_data };
    SSP_TRY(ntlm_cred_new(&state.config, &what, &cred));
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
    const struct pkg_heap heap = lsa_heap();
    enum ssp_err e = cred_use_begin(handle, &use);
    if (e == SSP_OK)
        e = ntlm_attr_query_cred(use.cred, &heap, attribute, ret);
    return ssp_err_status(e);
}

struct texts { /* of a change of password; ssp_cleanup(texts_wipe) */
    struct str16 domain;
    struct str16 user;
    struct str16 old_password;
    struct str16 new_password;
};

static void texts_wipe(struct texts *texts)
{
    str16_wipe(&texts->domain);
    str16_wipe(&texts->user);
    str16_wipe(&texts->old_password);
    str16_wipe(&texts->new_password);
}

static enum ssp_err change_password(const UNICODE_STRING *domain, const UNICODE_STRING *user,
                                    const UNICODE_STRING *old_password,
                                    const UNICODE_STRING *new_password)
{
    ssp_cleanup(texts_wipe) struct texts texts = { 0 };

    SSP_TRY(ntlm_env_allows(&state.env));
    if (domain != NULL)
        SSP_TRY(text_of(domain, &texts.domain));
    SSP_TRY(text_of(user, &texts.user));
    SSP_TRY(text_of(old_password, &texts.old_password));
    SSP_TRY(text_of(new_password, &texts.new_password));
    const struct ntlm_password_change what = { &texts.user, &texts.domain, &texts.old_password,
                                               &texts.new_password };
    enum ssp_err e = ntlm_password_change(&state.config, &what);
    if (e == SSP_ERR_LOGON_DENIED) { /* guessed at a password, as a refused logon is */
        static const struct str16 nowhere = { 0 };
        const struct ntlm_claimant who = { &texts.user, &texts.domain, &nowhere };

        ntlm_logon_refused(state.env.lsa, &who, e);
    }
    return e;
}

/* There is nothing to say in ret_output: Windows puts a domain's password policy there. */
static NTSTATUS NTAPI SpChangeAccountPassword(PUNICODE_STRING domain, PUNICODE_STRING user,
                                              PUNICODE_STRING old_password,
                                              PUNICODE_STRING new_password, BOOLEAN impersonating,
                                              PSecBufferDesc ret_output)
{
    (void)impersonating;
    (void)ret_output;
    if (user == NULL || old_password == NULL || new_password == NULL || state.creds == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(change_password(domain, user, old_password, new_password));
}

/* ---- Contexts ---------------------------------------------------------- */

struct outputs { /* where the LSA wants the answer */
    PLSA_SEC_HANDLE context;
    PULONG attributes;
    PTimeStamp expiry;
    PBOOLEAN mapped;
    PSecBuffer data;
};

static enum ssp_err run(const struct ntlm_call *call, LSA_SEC_HANDLE cred,
                        const UNICODE_STRING *target, struct ntlm_answer *ret)
{
    ssp_cleanup(cred_use_end) struct cred_use use = { 0 };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };

    if (cred != 0)
        SSP_TRY(cred_use_begin(cred, &use));
    if (target != NULL)
        SSP_TRY(text_of(target, &text));
    struct ntlm_call full = *call;
    full.cred = use.cred;
    full.target = target != NULL ? &text : NULL;
    return ntlm_contexts_leg(&state.contexts, &full, ret);
}

static NTSTATUS leg(const struct ntlm_call *call, LSA_SEC_HANDLE cred, const UNICODE_STRING *target,
                    const struct outputs *out)
{
    struct ntlm_answer answer = { 0 };

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
    struct ntlm_call call = { .context = context, .asked = requirements, .in = in, .out = out };
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
    struct ntlm_call call = {
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
    return ssp_err_status(ntlm_contexts_delete(&state.contexts, context));
}

/* While the handshake runs; a finished context is asked in the user half. */
static NTSTATUS NTAPI SpQueryLsaContextAttributes(LSA_SEC_HANDLE context, ULONG attribute,
                                                  PVOID ret)
{
    ULONG flags = 0;

    if (ret == NULL || state.contexts.map == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = ntlm_contexts_flags(&state.contexts, context, &flags);
    const struct pkg_heap heap = lsa_heap();
    if (e == SSP_OK)
        e = ntlm_attr_query_half(flags, &heap, attribute, ret);
    return ssp_err_status(e);
}

/* ---- Half-done handshakes ---------------------------------------------- */

/* A half-done handshake is always in its initial state, so RESET_NEW changes nothing. */
static NTSTATUS NTAPI ExportLsaContext(LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret)
{
    if (ret == NULL || (flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 ||
        state.contexts.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(ntlm_contexts_export(&state.contexts, context, ret));
}

static NTSTATUS NTAPI ImportLsaContext(PSecBuffer packed, PLSA_SEC_HANDLE ret)
{
    if (packed == NULL || (packed->pvBuffer == NULL && packed->cbBuffer != 0) || ret == NULL ||
        state.contexts.map == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    struct view bytes = { packed->pvBuffer, packed->cbBuffer };
    return ssp_err_status(ntlm_contexts_import(&state.contexts, bytes, ret));
}

/* ---- For Negotiate ----------------------------------------------------- */

static struct view view_of(const SecBuffer *buffer)
{
    return (struct view){ buffer->pvBuffer, buffer->cbBuffer };
}

static bool is_block(const SecBuffer *buffer)
{
    return buffer != NULL && buffer->pvBuffer != NULL;
}

static enum ssp_err sign_list(SecBuffer *data, const SecBuffer *list, SecBuffer *ret)
{
    uint8_t *block = state.lsa->AllocateLsaHeap(NTLM_SIGNATURE_SIZE);

    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = ntlm_sign_list(data, view_of(list), block);
    if (e == SSP_OK)
        *ret = (SecBuffer){ NTLM_SIGNATURE_SIZE, SECBUFFER_TOKEN, block };
    else
        state.lsa->FreeLsaHeap(block);
    return e;
}

static NTSTATUS NTAPI SignMechList(PSecBuffer data, PSecBuffer list, PSecBuffer ret)
{
    if (!is_block(data) || !is_block(list) || ret == NULL || state.lsa == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(sign_list(data, list, ret));
}

static NTSTATUS NTAPI VerifyMechList(PSecBuffer data, PSecBuffer list, PSecBuffer signature)
{
    if (!is_block(data) || !is_block(list) || !is_block(signature))
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(ntlm_verify_list(data, view_of(list), view_of(signature)));
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
    .ChangeAccountPassword = SpChangeAccountPassword,
};

static const OPENSSPI_LSA_EXPORT_TABLE export_table = {
    .Version = OPENSSPI_LSA_EXPORT_VERSION,
    .ExportLsaContext = ExportLsaContext,
    .ImportLsaContext = ImportLsaContext,
};

static const OPENSSPI_LSA_SIGN_TABLE sign_table = {
    .Version = OPENSSPI_LSA_SIGN_VERSION,
    .SignMechList = SignMechList,
    .VerifyMechList = VerifyMechList,
};

NTSTATUS NTAPI ntlm_SpLsaSignInitialize(ULONG version, const OPENSSPI_LSA_SIGN_TABLE **ret_tables,
                                        PULONG ret_n)
{
    if (version != OPENSSPI_LSA_SIGN_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = &sign_table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ntlm_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
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

NTSTATUS NTAPI ntlm_SpLsaExportInitialize(ULONG version,
                                          const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                          PULONG ret_n)
{
    if (version != OPENSSPI_LSA_EXPORT_VERSION || ret_tables == NULL || ret_n == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret_tables = &export_table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
