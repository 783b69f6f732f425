/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/lsa.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "packages/common/extended.h"

static struct pkg_heap heap_of(const LSA_SECPKG_FUNCTION_TABLE *functions)
{
    return (struct pkg_heap){ functions->AllocateLsaHeap, functions->FreeLsaHeap };
}

enum ssp_err pkg_text_of(const UNICODE_STRING *text, struct str16 *ret)
{
    return str16_from_units((const char16_t *)text->Buffer, text->Length / sizeof(WCHAR), ret);
}

static NTSTATUS status_of(enum ssp_err e, NTSTATUS inner)
{
    return e == SSP_ERR_INNER && !NT_SUCCESS(inner) ? inner : ssp_err_status(e);
}

/* ---- The package ------------------------------------------------------- */

/* What stands on something else goes first. */
NTSTATUS pkg_lsa_shutdown(struct pkg_lsa *lsa)
{
    if (lsa->functions == NULL)
        return STATUS_SUCCESS;
    lsa->kind->contexts->done(lsa->kind->table);
    if (lsa->creds != NULL)
        idmap_free(lsa->creds);
    lsa->kind->stop();
    *lsa = (struct pkg_lsa){ .kind = lsa->kind };
    return STATUS_SUCCESS;
}

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err start(struct pkg_lsa *lsa, ULONG id)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;

    SSP_TRY(conf_load(&conf));
    SSP_TRY(idmap_new(lsa->kind->unref, &lsa->creds));
    return lsa->kind->start(lsa->functions, conf, id);
}

NTSTATUS pkg_lsa_initialize(struct pkg_lsa *lsa, ULONG_PTR id,
                            const LSA_SECPKG_FUNCTION_TABLE *functions)
{
    if (functions == NULL)
        return STATUS_INVALID_PARAMETER;
    (void)pkg_lsa_shutdown(lsa);
    lsa->functions = functions;
    enum ssp_err e = start(lsa, (ULONG)id);
    if (e != SSP_OK)
        (void)pkg_lsa_shutdown(lsa);
    return ssp_err_status(e);
}

NTSTATUS pkg_lsa_get_info(const struct pkg_lsa *lsa, PSecPkgInfo ret)
{
    if (ret == NULL)
        return STATUS_INVALID_PARAMETER;
    *ret = *lsa->kind->info;
    return STATUS_SUCCESS;
}

NTSTATUS pkg_lsa_get_extended(const struct pkg_lsa *lsa, SECPKG_EXTENDED_INFORMATION_CLASS class,
                              PSECPKG_EXTENDED_INFORMATION *ret)
{
    if (ret == NULL || lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(pkg_extended_info(lsa->functions, class, lsa->kind->oid, ret));
}

/* ---- Credentials ------------------------------------------------------- */

static enum ssp_err acquire(struct pkg_lsa *lsa, const struct pkg_wanted *given,
                            struct pkg_acquired *made, LSA_SEC_HANDLE *ret)
{
    ssp_cleanup(str16_wipe) struct str16 principal = { 0 };
    struct pkg_wanted wanted = *given;
    uint64_t id = 0;

    if (wanted.text != NULL)
        SSP_TRY(pkg_text_of(wanted.text, &principal));
    wanted.principal = &principal;
    SSP_TRY(lsa->kind->acquire(&wanted, made));
    enum ssp_err e = idmap_add(lsa->creds, made->cred, &id);
    if (e != SSP_OK) {
        lsa->kind->unref(made->cred);
        return e;
    }
    *ret = id;
    return SSP_OK;
}

NTSTATUS pkg_lsa_acquire(struct pkg_lsa *lsa, const struct pkg_wanted *wanted, PLSA_SEC_HANDLE ret,
                         PTimeStamp ret_expiry)
{
    struct pkg_acquired made = { .expiry = FILETIME_NEVER };

    if (ret == NULL || lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = acquire(lsa, wanted, &made, ret);
    if (e == SSP_OK && ret_expiry != NULL)
        ret_expiry->QuadPart = made.expiry;
    return status_of(e, made.inner);
}

NTSTATUS pkg_lsa_free_cred(struct pkg_lsa *lsa, LSA_SEC_HANDLE cred)
{
    bool was_open = lsa->functions != NULL && idmap_close(lsa->creds, cred);

    return was_open ? STATUS_SUCCESS : ssp_err_status(ssp_fail(BAD_HANDLE));
}

NTSTATUS pkg_lsa_query_cred(struct pkg_lsa *lsa, LSA_SEC_HANDLE cred, ULONG attribute, PVOID ret)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };

    if (ret == NULL || lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    const struct pkg_heap heap = heap_of(lsa->functions);
    struct pkg_query query = { .attribute = attribute, .ret = ret, .heap = &heap };
    enum ssp_err e = idmap_use_begin(lsa->creds, cred, &use);
    if (e == SSP_OK)
        e = lsa->kind->query_cred(use.obj, &query);
    return status_of(e, query.inner);
}

/* ---- Contexts ---------------------------------------------------------- */

static enum ssp_err run(struct pkg_lsa *lsa, const struct pkg_leg_in *in, struct pkg_answer *ret)
{
    ssp_cleanup(idmap_use_end) struct idmap_use use = { 0 };
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    struct pkg_call call = in->call;

    if (in->cred != 0)
        SSP_TRY(idmap_use_begin(lsa->creds, in->cred, &use));
    if (in->target != NULL) {
        SSP_TRY(pkg_text_of(in->target, &target));
        call.target = &target;
    }
    call.cred = use.obj;
    return lsa->kind->contexts->leg(lsa->kind->table, &call, ret);
}

NTSTATUS pkg_lsa_leg(struct pkg_lsa *lsa, const struct pkg_leg_in *in,
                     const struct pkg_leg_out *out)
{
    struct pkg_answer answer = { 0 };

    if (out->context == NULL || out->attributes == NULL || out->expiry == NULL ||
        out->mapped == NULL || out->data == NULL || lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    enum ssp_err e = run(lsa, in, &answer);
    if (e != SSP_OK)
        return status_of(e, answer.inner);
    *out->context = answer.context;
    *out->attributes = answer.attributes;
    out->expiry->QuadPart = answer.expiry;
    *out->mapped = answer.is_done;
    if (answer.is_done)
        *out->data = answer.data;
    return answer.is_done ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
}

NTSTATUS pkg_lsa_end(struct pkg_lsa *lsa, LSA_SEC_HANDLE context)
{
    if (lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(lsa->kind->contexts->end(lsa->kind->table, context));
}

NTSTATUS pkg_lsa_query(struct pkg_lsa *lsa, LSA_SEC_HANDLE context, ULONG attribute, PVOID ret)
{
    if (ret == NULL || lsa->functions == NULL)
        return STATUS_INVALID_PARAMETER;
    const struct pkg_heap heap = heap_of(lsa->functions);
    struct pkg_query query = { .attribute = attribute, .ret = ret, .heap = &heap };
    enum ssp_err e = lsa->kind->query(context, &query);
    return status_of(e, query.inner);
}

/* ---- Half-done handshakes ---------------------------------------------- */

/* Nothing has been protected yet, so such a one is in its initial state, and RESET_NEW changes
 * nothing. */
NTSTATUS pkg_lsa_export(struct pkg_lsa *lsa, LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret)
{
    NTSTATUS inner = STATUS_SUCCESS;

    if (ret == NULL || (flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 ||
        lsa->functions == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    enum ssp_err e = lsa->kind->contexts->pack(lsa->kind->table, context, ret, &inner);
    return status_of(e, inner);
}

NTSTATUS pkg_lsa_import(struct pkg_lsa *lsa, const SecBuffer *packed, PLSA_SEC_HANDLE ret)
{
    NTSTATUS inner = STATUS_SUCCESS;

    if (packed == NULL || (packed->pvBuffer == NULL && packed->cbBuffer != 0) || ret == NULL ||
        lsa->functions == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    struct view bytes = { packed->pvBuffer, packed->cbBuffer };
    enum ssp_err e = lsa->kind->contexts->unpack(lsa->kind->table, bytes, ret, &inner);
    return status_of(e, inner);
}
