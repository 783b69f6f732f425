/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/logon.h"

#include "base/cleanup.h"
#include "base/handle.h"

static UNICODE_STRING unicode_of(const struct str16 *s)
{
    USHORT n = s == NULL ? 0 : (USHORT)(s->n * sizeof(*s->p)); /* LIMIT_NAME is far below 64 KiB */

    return (UNICODE_STRING){ n, n, n == 0 ? NULL : (PWSTR)s->p };
}

struct words { /* a claim in Windows' words */
    TOKEN_SOURCE source;
    UNICODE_STRING user;
    UNICODE_STRING domain;
    UNICODE_STRING workstation;
    PSID sid;
};

static struct words words_of(const struct pkg_claim *claim)
{
    struct words words = {
        .user = unicode_of(claim->user),
        .domain = unicode_of(claim->domain),
        .workstation = unicode_of(claim->workstation),
        .sid = (PSID)(uintptr_t)claim->sid, /* Windows knows no const */
    };

    memcpy(words.source.SourceName, claim->source,
           strnlen(claim->source, sizeof(words.source.SourceName)));
    return words;
}

enum ssp_err pkg_logon_open(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct pkg_claim *claim,
                            struct pkg_logon *ret)
{
    ssp_cleanup(pkg_logon_cancel) struct pkg_logon logon = { .lsa = lsa };
    struct words words = words_of(claim);
    LSA_TOKEN_INFORMATION_V1 information = {
        .ExpirationTime.QuadPart = claim->expiry,
        .User.User.Sid = words.sid,
    };
    NTSTATUS sub_status = STATUS_SUCCESS;

    if (!NT_SUCCESS(lsa->CreateLogonSession(&logon.id)))
        return ssp_fail(INTERNAL);
    logon.is_open = true;
    NTSTATUS status =
        lsa->CreateToken(&logon.id, &words.source, Network,
                         claim->is_identify ? SecurityIdentification : SecurityImpersonation,
                         LsaTokenInformationV1, &information, NULL, &words.user, &words.domain,
                         &words.workstation, NULL, &logon.token, &sub_status);
    if (!NT_SUCCESS(status))
        return ssp_fail(INTERNAL);
    lsa->AuditLogon(STATUS_SUCCESS, STATUS_SUCCESS, &words.user, &words.domain, &words.workstation,
                    words.sid, Network, &words.source, &logon.id);

    *ret = logon;
    logon = (struct pkg_logon){ 0 };
    return SSP_OK;
}

enum ssp_err pkg_logon_keep(struct pkg_logon *logon, HANDLE *ret_client_token)
{
    if (!NT_SUCCESS(logon->lsa->DuplicateHandle(logon->token, ret_client_token)))
        return ssp_fail(INTERNAL);
    logon->is_open = false;
    return SSP_OK;
}

void pkg_logon_cancel(struct pkg_logon *logon)
{
    handle_close(&logon->token);
    if (logon->is_open)
        (void)logon->lsa->DeleteLogonSession(&logon->id);
    logon->is_open = false;
}

void pkg_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct pkg_claim *claim,
                       enum ssp_err why)
{
    struct words words = words_of(claim);

    if (lsa != NULL)
        lsa->AuditLogon(ssp_err_status(why), STATUS_SUCCESS, &words.user, &words.domain,
                        &words.workstation, words.sid, Network, &words.source, NULL);
}
