/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/logon.h"

static const char source[] = "NtLmSsp";

/* What Windows calls a logon without a name. */
static char16_t anonymous_text[] = u"ANONYMOUS LOGON";
static char16_t authority_text[] = u"NT AUTHORITY";
static const struct str16 anonymous = { anonymous_text, sizeof(anonymous_text) / 2 - 1 };
static const struct str16 authority = { authority_text, sizeof(authority_text) / 2 - 1 };

void ntlm_logon_claim(const struct ntlm_turn *turn, struct pkg_claim *ret)
{
    bool is_nobody = turn->core.is_anonymous;

    *ret = (struct pkg_claim){
        .source = source,
        .user = is_nobody ? &anonymous : &turn->names.user,
        .domain = is_nobody ? &authority : &turn->names.domain,
        .workstation = &turn->workstation,
        .sid = turn->sid.n != 0 ? turn->sid.b : NULL,
        .expiry = turn->expiry,
        .is_identify = turn->core.is_identify,
    };
}

void ntlm_logon_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, const struct ntlm_claimant *who,
                        enum ssp_err why)
{
    const struct pkg_claim claim = {
        .source = source,
        .user = who->user,
        .domain = who->domain,
        .workstation = who->workstation,
    };

    pkg_logon_refused(lsa, &claim, why);
}
