/* SPDX-License-Identifier: Apache-2.0 */
/* Acting for the client: the calling thread takes on the local user that the token is mapped to. */
#include <opensspi.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "lsa/impersonate.h"
#include "sspi/user_ctx.h"

SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext)
{
    ssp_cleanup(handle_close) HANDLE token = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };
    SECURITY_STATUS status = QuerySecurityContextToken(phContext, &token);

    if (status >= 0)
        status = opensspi_token_query(token, &info);
    return status < 0 ? status : ssp_err_status(impersonate_begin(&info));
}

/* A thread that impersonates goes back even when its context is gone: nobody wants it to stay. */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(phContext);

    if (ctx == NULL && !impersonate_active())
        return SEC_E_INVALID_HANDLE;
    impersonate_end();
    return SEC_E_OK;
}
