/* SPDX-License-Identifier: Apache-2.0 */
/* Handles, tokens, and who is behind them. */
#include <opensspi.h>

#include <unistd.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "lsa/status.h"
#include "sspi/passage.h"

#define TEXT_OF(x) #x
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *opensspi_version(void)
{
    return VERSION_TEXT(OPENSSPI_VERSION_MAJOR, OPENSSPI_VERSION_MINOR, OPENSSPI_VERSION_PATCH);
}

int opensspi_handle_to_fd(HANDLE handle)
{
    return handle_to_fd(handle);
}

HANDLE opensspi_handle_from_fd(int fd)
{
    return handle_of_fd(fd);
}

BOOL WINAPI CloseHandle(HANDLE hObject)
{
    int fd = handle_to_fd(hObject);

    return fd >= 0 && close(fd) == 0;
}

SECURITY_STATUS opensspi_token_query(HANDLE token, OPENSSPI_TOKEN_INFO *ret_info)
{
    const struct library *lib = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (ret_info == NULL)
        return SEC_E_INVALID_PARAMETER;
    if (handle_to_fd(token) < 0)
        return SEC_E_INVALID_HANDLE;
    status = library_start(&lib);
    if (status < 0)
        return status;
    return lib->port->ops->query_token(lib->port, token, ret_info);
}

static SECURITY_STATUS hand_out(struct lsa_port *port, HANDLE lent, HANDLE *ret)
{
    ssp_cleanup(handle_close) HANDLE token = NULL;
    enum ssp_err e = handle_dup(lent, &token);

    if (e != SSP_OK)
        return ssp_err_status(e);
    SECURITY_STATUS status = sspi_passage_renew_token(port, &token);
    if (status >= 0)
        *ret = ssp_steal(&token);
    return status;
}

/* The package lends its handle; what the application gets is its own. */
static SECURITY_STATUS copy_token(const struct user_ctx *ctx, HANDLE *ret)
{
    HANDLE lent = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx->table == NULL)
        return ctx->state == CTX_EMPTY ? SEC_E_INVALID_HANDLE : SEC_E_NO_IMPERSONATION;
    if (ctx->table->GetContextToken == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status = status_from_nt(ctx->table->GetContextToken(ctx->handle, &lent), STATUS_OF_CALL);
    if (status < 0)
        return status;
    return lent == NULL ? SEC_E_NO_IMPERSONATION : hand_out(ctx->lib->port, lent, ret);
}

SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, HANDLE *Token)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(phContext);
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    if (Token == NULL)
        return SEC_E_INVALID_PARAMETER;
    (void)pthread_mutex_lock(&ctx->receive);
    status = copy_token(ctx, Token);
    user_ctx_leave(ctx, DIR_RECEIVE);
    return status;
}
