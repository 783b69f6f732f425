/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/logon.h"

#include "base/cleanup.h"
#include "base/handle.h"

#define SOURCE "Schannel"

static UNICODE_STRING unicode_of(const struct str16 *s)
{
    USHORT n = (USHORT)(s->n * sizeof(*s->p)); /* LIMIT_NAME is far below 64 KiB */

    return (UNICODE_STRING){ n, n, (PWSTR)s->p };
}

static TOKEN_SOURCE source_of(void)
{
    TOKEN_SOURCE source = { 0 };

    memcpy(source.SourceName, SOURCE, sizeof(source.SourceName));
    return source;
}

enum ssp_err tls_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct tls_person *who,
                            struct tls_logon *ret)
{
    ssp_cleanup(tls_logon_cancel) struct tls_logon logon = { .lsa = lsa };
    ssp_cleanup(str16_wipe) struct str16 domain_text = { 0 };
    const struct view domain8 = { (const uint8_t *)who->domain, strlen(who->domain) };

    SSP_TRY(str16_from_utf8(domain8, &domain_text));
    UNICODE_STRING user = unicode_of(who->user);
    UNICODE_STRING domain = unicode_of(&domain_text);
    UNICODE_STRING nowhere = { 0 };
    LSA_TOKEN_INFORMATION_V1 information = { .ExpirationTime.QuadPart = who->expiry };
    TOKEN_SOURCE source = source_of();
    NTSTATUS sub_status = STATUS_SUCCESS;

    if (!NT_SUCCESS(lsa->CreateLogonSession(&logon.id)))
        return ssp_fail(INTERNAL);
    logon.is_open = true;
    NTSTATUS status = lsa->CreateToken(
        &logon.id, &source, Network,
        who->is_identify ? SecurityIdentification : SecurityImpersonation, LsaTokenInformationV1,
        &information, NULL, &user, &domain, &nowhere, NULL, &logon.token, &sub_status);
    if (!NT_SUCCESS(status))
        return ssp_fail(INTERNAL);
    lsa->AuditLogon(STATUS_SUCCESS, STATUS_SUCCESS, &user, &domain, &nowhere, NULL, Network,
                    &source, &logon.id);
    *ret = logon;
    logon = (struct tls_logon){ 0 };
    return SSP_OK;
}

enum ssp_err tls_logon_keep(struct tls_logon *logon, HANDLE *ret_client_token)
{
    if (!NT_SUCCESS(logon->lsa->DuplicateHandle(logon->token, ret_client_token)))
        return ssp_fail(INTERNAL);
    logon->is_open = false;
    return SSP_OK;
}

void tls_logon_cancel(struct tls_logon *logon)
{
    handle_close(&logon->token);
    if (logon->is_open)
        (void)logon->lsa->DeleteLogonSession(&logon->id);
    logon->is_open = false;
}

void tls_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, enum ssp_err why)
{
    UNICODE_STRING nobody = { 0 };
    TOKEN_SOURCE source = source_of();

    lsa->AuditLogon(ssp_err_status(why), STATUS_SUCCESS, &nobody, &nobody, &nobody, NULL, Network,
                    &source, NULL);
}
