/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/agreed.h"

#include <schannel.h>
#include <stdio.h>

#include "cli/demo/events.h"

/* Names of suites are ASCII. */
static void narrow(const SEC_WCHAR *from, size_t max, char *ret)
{
    size_t n = 0;

    for (; n < max - 1 && from[n] != 0; n++)
        ret[n] = (char)from[n];
    ret[n] = '\0';
}

static SECURITY_STATUS tell_suite(struct talk *talk)
{
    SecPkgContext_CipherInfo info = { .dwVersion = SECPKGCONTEXT_CIPHERINFO_V1 };
    char name[SZ_ALG_MAX_SIZE];
    SECURITY_STATUS status = QueryContextAttributesA(&talk->ctx, SECPKG_ATTR_CIPHER_INFO, &info);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "cipher suite", status);
    narrow(info.szCipherSuite, sizeof(name), name);
    event_tell(talk->role, EVENT_SAY, "has agreed with the client on %s", name);
    return SEC_E_OK;
}

static SECURITY_STATUS tell_choice(struct talk *talk)
{
    SecPkgContext_NegotiationInfoA info = { 0 };
    SECURITY_STATUS status =
        QueryContextAttributesA(&talk->ctx, SECPKG_ATTR_NEGOTIATION_INFO, &info);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "negotiation", status);
    event_tell(talk->role, "inner", "%s", info.PackageInfo->Name);
    event_tell(talk->role, EVENT_SAY, "has agreed with the client on %s", info.PackageInfo->Name);
    return FreeContextBuffer(info.PackageInfo);
}

SECURITY_STATUS agreed_tell(struct talk *talk)
{
    const struct demo_recipe *recipe = talk->role->recipe;
    SECURITY_STATUS status = recipe->way->is_stream ? tell_suite(talk) : SEC_E_OK;

    return status == SEC_E_OK && recipe->inner != NULL ? tell_choice(talk) : status;
}
