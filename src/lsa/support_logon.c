/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/support.h"

#include "base/cleanup.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/sid.h"
#include "lsa/text.h"
#include "lsa/token.h"

#include <stdio.h>

/* NULL: there is no session any more. */
static void note_id(const LUID *id)
{
    struct audit_logon *notes = audit_notes();

    if (notes == NULL)
        return;
    notes->has_id = id != NULL;
    notes->id = id != NULL ? *id : (LUID){ 0 };
}

NTSTATUS NTAPI support_create_logon_session(PLUID id)
{
    struct call *call = call_of_client();
    struct logon *logon = NULL;

    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    uid_t uid = call->client->door->uid(call->client);
    enum ssp_err e = logon_new(call->lsa, uid, *id, &logon);
    if (e != SSP_OK)
        return e == SSP_ERR_BAD_ARGUMENT ? STATUS_OBJECT_NAME_COLLISION : ssp_err_status(e);
    *id = logon->id;
    note_id(id);
    logon_chain(&call->made, logon);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI support_delete_logon_session(PLUID id)
{
    struct call *call = call_of_client();

    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    if (!logon_cancel(call->lsa, *id))
        return STATUS_NO_SUCH_LOGON_SESSION;
    note_id(NULL);
    return STATUS_SUCCESS;
}

/* What of LSA_TOKEN_INFORMATION_* has a meaning here: when it ends, and whose SID it is.  Groups,
 * privileges and access lists are Windows'. */
static enum ssp_err take_information(LSA_TOKEN_INFORMATION_TYPE type, const void *information,
                                     OPENSSPI_TOKEN_INFO *info)
{
    const LSA_TOKEN_INFORMATION_NULL *null = information;
    const LSA_TOKEN_INFORMATION_V1 *v1 = information;

    info->expiry.QuadPart = FILETIME_NEVER;
    if (information == NULL)
        return SSP_OK;
    if (type == LsaTokenInformationV1 || type == LsaTokenInformationV2) {
        if (v1->ExpirationTime.QuadPart != 0)
            info->expiry = v1->ExpirationTime;
        return sid_format(v1->User.User.Sid, info->sid, sizeof(info->sid));
    }
    if (type != LsaTokenInformationNull)
        return ssp_fail(UNSUPPORTED);
    if (null->ExpirationTime.QuadPart != 0)
        info->expiry = null->ExpirationTime;
    return SSP_OK;
}

static enum ssp_err describe(const struct call *call, LSA_TOKEN_INFORMATION_TYPE type,
                             const void *information, const UNICODE_STRING *account,
                             const UNICODE_STRING *authority, OPENSSPI_TOKEN_INFO *info)
{
    ssp_cleanup(map_free) struct map *map = NULL;

    SSP_TRY(take_information(type, information, info));
    SSP_TRY(lsa_text_to_utf8(account, info->user, sizeof(info->user)));
    SSP_TRY(lsa_text_to_utf8(authority, info->domain, sizeof(info->domain)));
    (void)snprintf(info->package, sizeof(info->package), "%s", call->package->name8);
    info->auth_time.QuadPart = call->lsa->clock->filetime();
    map = map_slot_get(&call->lsa->map);
    return map_apply(map, info);
}

static enum ssp_err make(struct lsa *lsa, const OPENSSPI_TOKEN_INFO *info, HANDLE *ret)
{
    ssp_cleanup(home_unref) struct home *home = NULL;

    SSP_TRY(home_get(lsa, &home));
    return token_make(&home->key, info, ret);
}

NTSTATUS NTAPI support_create_token(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE logon_type,
                                    SECURITY_IMPERSONATION_LEVEL level,
                                    LSA_TOKEN_INFORMATION_TYPE type, PVOID information,
                                    PTOKEN_GROUPS groups, PUNICODE_STRING account,
                                    PUNICODE_STRING authority, PUNICODE_STRING workstation,
                                    PUNICODE_STRING profile, PHANDLE ret, PNTSTATUS sub_status)
{
    struct call *call = call_of_client();

    (void)source;
    (void)logon_type;
    (void)groups;
    (void)workstation;
    (void)profile;
    if (call == NULL || call->package == NULL)
        return STATUS_INVALID_HANDLE;

    ssp_cleanup(logon_unref) struct logon *logon = logon_find(call->lsa, *id);
    if (logon == NULL)
        return STATUS_NO_SUCH_LOGON_SESSION;

    OPENSSPI_TOKEN_INFO info = { .logon_id = *id, .level = level };
    enum ssp_err e = describe(call, type, information, account, authority, &info);
    if (e == SSP_OK)
        e = make(call->lsa, &info, ret);
    if (e == SSP_OK && sub_status != NULL)
        *sub_status = STATUS_SUCCESS;
    if (e == SSP_OK && audit_notes() != NULL)
        audit_note(audit_notes(), authority, account, workstation);
    return ssp_err_status(e);
}

struct told { /* by a package */
    NTSTATUS status;
    const LUID *id;
    const UNICODE_STRING *domain;
    const UNICODE_STRING *user;
    const UNICODE_STRING *workstation;
};

/* During a leg this is a note: its end says what came of it.  Else it is the whole story. */
static void take(const struct told *told)
{
    const struct call *call = call_current();
    struct audit_logon *notes = audit_notes();
    struct audit_logon own = { 0 };

    audit_note(notes != NULL ? notes : &own, told->domain, told->user, told->workstation);
    if (notes != NULL)
        return;
    if (told->id != NULL && NT_SUCCESS(told->status)) {
        own.has_id = true;
        own.id = *told->id;
    }
    audit(call != NULL ? call->client : NULL,
          &(struct audit){
              .event = NT_SUCCESS(told->status) ? AUDIT_LOGON : AUDIT_LOGON_REFUSED,
              .status = told->status,
              .package = call != NULL && call->package != NULL ? call->package->name8 : NULL,
              .logon = &own,
          });
}

VOID NTAPI support_audit_logon(NTSTATUS status, NTSTATUS sub_status, PUNICODE_STRING account,
                               PUNICODE_STRING authority, PUNICODE_STRING workstation, PSID sid,
                               SECURITY_LOGON_TYPE logon_type, PTOKEN_SOURCE source, PLUID id)
{
    bool is_told_more = !NT_SUCCESS(status) && sub_status != 0;

    (void)sid;
    (void)logon_type;
    (void)source;
    take(&(struct told){ is_told_more ? sub_status : status, id, authority, account, workstation });
}

VOID NTAPI support_audit_logon_ex(NTSTATUS status, NTSTATUS sub_status, PUNICODE_STRING account,
                                  PUNICODE_STRING authority, PUNICODE_STRING workstation, PSID sid,
                                  SECURITY_LOGON_TYPE logon_type,
                                  SECURITY_IMPERSONATION_LEVEL level, PTOKEN_SOURCE source,
                                  PLUID id)
{
    (void)level;
    support_audit_logon(status, sub_status, account, authority, workstation, sid, logon_type,
                        source, id);
}

NTSTATUS NTAPI support_audit_account_logon(ULONG audit_id, BOOLEAN success, PUNICODE_STRING source,
                                           PUNICODE_STRING client_name, PUNICODE_STRING mapped_name,
                                           NTSTATUS status)
{
    (void)audit_id;
    (void)success;
    take(&(struct told){ .status = status,
                         .user = mapped_name != NULL ? mapped_name : client_name,
                         .workstation = source });
    return STATUS_SUCCESS;
}
