/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/logon.h"

#include "base/cleanup.h"
#include "base/handle.h"

#define SOURCE "NtLmSsp"

/* What Windows calls a logon without a name. */
static char16_t anonymous_text[] = u"ANONYMOUS LOGON";
static char16_t authority_text[] = u"NT AUTHORITY";
static const struct str16 anonymous = { anonymous_text, sizeof(anonymous_text) / 2 - 1 };
static const struct str16 authority = { authority_text, sizeof(authority_text) / 2 - 1 };

enum ssp_err ntlm_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_turn *turn,
                             struct ntlm_logon *ret)
{
    ssp_cleanup(ntlm_logon_cancel) struct ntlm_logon logon = { .lsa = lsa };
    bool is_nobody = turn->core.is_anonymous;
    PSID sid = turn->sid.n != 0 ? (PSID)(uintptr_t)turn->sid.b : NULL; /* Windows knows no const */
    UNICODE_STRING user = ntlm_unicode_of(is_nobody ? &anonymous : &turn->names.user);
    UNICODE_STRING domain = ntlm_unicode_of(is_nobody ? &authority : &turn->names.domain);
    UNICODE_STRING workstation = ntlm_unicode_of(&turn->workstation);
    LSA_TOKEN_INFORMATION_V1 information = {
        .ExpirationTime.QuadPart = turn->expiry,
        .User.User.Sid = sid,
    };
    TOKEN_SOURCE source = { .SourceName = SOURCE };
    NTSTATUS sub_status = STATUS_SUCCESS;

    if (!NT_SUCCESS(lsa->CreateLogonSession(&logon.id)))
        return ssp_fail(INTERNAL);
    logon.is_open = true;
    NTSTATUS status =
        lsa->CreateToken(&logon.id, &source, Network,
                         turn->core.is_identify ? SecurityIdentification : SecurityImpersonation,
                         LsaTokenInformationV1, &information, NULL, &user, &domain, &workstation,
                         NULL, &logon.token, &sub_status);
    if (!NT_SUCCESS(status))
        return ssp_fail(INTERNAL);
    lsa->AuditLogon(STATUS_SUCCESS, STATUS_SUCCESS, &user, &domain, &workstation, sid, Network,
                    &source, &logon.id);

    *ret = logon;
    logon = (struct ntlm_logon){ 0 };
    return SSP_OK;
}

enum ssp_err ntlm_logon_keep(struct ntlm_logon *logon, HANDLE *ret_client_token)
{
    if (!NT_SUCCESS(logon->lsa->DuplicateHandle(logon->token, ret_client_token)))
        return ssp_fail(INTERNAL);
    logon->is_open = false;
    return SSP_OK;
}

void ntlm_logon_cancel(struct ntlm_logon *logon)
{
    handle_close(&logon->token);
    if (logon->is_open)
        (void)logon->lsa->DeleteLogonSession(&logon->id);
    logon->is_open = false;
}

void ntlm_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_claimant *who,
                        enum ssp_err why)
{
    UNICODE_STRING user = ntlm_unicode_of(who->user);
    UNICODE_STRING domain = ntlm_unicode_of(who->domain);
    UNICODE_STRING workstation = ntlm_unicode_of(who->workstation);
    TOKEN_SOURCE source = { .SourceName = SOURCE };

    if (lsa != NULL)
        lsa->AuditLogon(ssp_err_status(why), STATUS_SUCCESS, &user, &domain, &workstation, NULL,
                        Network, &source, NULL);
}

UNICODE_STRING ntlm_unicode_of(const struct str16 *s)
{
    USHORT n = (USHORT)(s->n * sizeof(*s->p)); /* LIMIT_NAME is far below 64 KiB */

    return (UNICODE_STRING){ n, n, (PWSTR)s->p };
}
