/* SPDX-License-Identifier: Apache-2.0 */
/* The passage of a context from process to process. */
#include "base/cleanup.h"
#include "base/secbuf.h"
#include "sspi/passage.h"
#include "sspi/text.h"

SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                                PSecBuffer pPackedContext, void **pToken)
{
    if (pPackedContext == NULL)
        return SEC_E_INVALID_PARAMETER;
    return sspi_passage_export(phContext, fFlags, pPackedContext, pToken);
}

/* Any type of buffer will do: what the bytes are is for the LSA to find out. */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *pszPackage, PSecBuffer pPackedContext,
                                                 void *Token, PCtxtHandle phContext)
{
    if (pszPackage == NULL || pPackedContext == NULL || phContext == NULL ||
        (pPackedContext->pvBuffer == NULL && pPackedContext->cbBuffer != 0))
        return SEC_E_INVALID_PARAMETER;
    return sspi_passage_import(pszPackage, secbuf_view(pPackedContext), Token, phContext);
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *pszPackage, PSecBuffer pPackedContext,
                                                 void *Token, PCtxtHandle phContext)
{
    ssp_cleanup(str16_wipe) struct str16 package = { 0 };
    enum ssp_err e = text_widen(pszPackage, &package);

    if (e != SSP_OK)
        return ssp_err_status(e);
    return ImportSecurityContextW(package.p, pPackedContext, Token, phContext);
}
