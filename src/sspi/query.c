/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/query.h"

#include <string.h>

#include "lsa/status.h"

static bool is_thunked(const struct user_ctx *ctx, ULONG attribute)
{
    const struct lsa_package_info *package = NULL;

    if (library_package(ctx->lib, ctx->package, &package) < 0)
        return false;
    for (size_t i = 0; i < package->n_thunks; i++)
        if (package->thunks[i] == attribute || package->thunks[i] == SECPKG_ATTR_THUNK_ALL)
            return true;
    return false;
}

static SECURITY_STATUS ask_lsa(const struct user_ctx *ctx, ULONG attribute, void *ret)
{
    struct lsa_port *port = ctx->lib->port;

    return ctx->lsa == 0 ? SEC_E_UNSUPPORTED_FUNCTION
                         : port->ops->query_ctx(port, ctx->lsa, attribute, ret);
}

static SECURITY_STATUS ask(const struct user_ctx *ctx, ULONG attribute, void *ret)
{
    if (ctx->state == CTX_EMPTY)
        return SEC_E_INVALID_HANDLE;
    if (ctx->table == NULL || is_thunked(ctx, attribute))
        return ask_lsa(ctx, attribute, ret);
    if (ctx->table->QueryContextAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return status_from_nt(ctx->table->QueryContextAttributes(ctx->handle, attribute, ret),
                          STATUS_OF_CALL);
}

/* One lock is enough to keep the state as it is and the context from being deleted. */
SECURITY_STATUS query_ctx(struct user_ctx *ctx, ULONG attribute, void *ret)
{
    SECURITY_STATUS status = SEC_E_OK;

    (void)pthread_mutex_lock(&ctx->receive);
    status = ask(ctx, attribute, ret);
    user_ctx_leave(ctx, DIR_RECEIVE);
    return status;
}

static SECURITY_STATUS set_uid(struct user_ctx *ctx, const void *value, ULONG size)
{
    OPENSSPI_EXPORT_TO_UID to = { 0 };

    if (size != sizeof(to))
        return SEC_E_INVALID_PARAMETER;
    memcpy(&to, value, sizeof(to));
    ctx->to_other_uid = true;
    ctx->uid_to = to.uid;
    return SEC_E_OK;
}

static SECURITY_STATUS set_lifetime(struct user_ctx *ctx, const void *value, ULONG size)
{
    OPENSSPI_EXPORT_LIFETIME lifetime = { 0 };

    if (size != sizeof(lifetime))
        return SEC_E_INVALID_PARAMETER;
    memcpy(&lifetime, value, sizeof(lifetime));
    if (lifetime.milliseconds == 0 || lifetime.milliseconds > OPENSSPI_EXPORT_LIFETIME_MAX)
        return SEC_E_INVALID_PARAMETER;
    ctx->lifetime_ms = lifetime.milliseconds;
    return SEC_E_OK;
}

/* The user half first, once it has the context; the LSA half for what that does not know. */
static SECURITY_STATUS set_here(const struct user_ctx *ctx, ULONG attribute, void *value,
                                ULONG size)
{
    if (ctx->extension == NULL || ctx->extension->SetContextAttributes == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return status_from_nt(ctx->extension->SetContextAttributes(ctx->handle, attribute, value, size),
                          STATUS_OF_CALL);
}

static SECURITY_STATUS set(struct user_ctx *ctx, ULONG attribute, void *value, ULONG size)
{
    struct lsa_port *port = ctx->lib->port;
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx->state == CTX_EMPTY)
        return SEC_E_INVALID_HANDLE;
    if (attribute == OPENSSPI_ATTR_EXPORT_TO_UID)
        return set_uid(ctx, value, size);
    if (attribute == OPENSSPI_ATTR_EXPORT_LIFETIME)
        return set_lifetime(ctx, value, size);
    status = set_here(ctx, attribute, value, size);
    if (status != SEC_E_UNSUPPORTED_FUNCTION || ctx->lsa == 0)
        return status;
    return port->ops->set_ctx(port, ctx->lsa, attribute, value, size);
}

SECURITY_STATUS query_set_ctx(struct user_ctx *ctx, ULONG attribute, void *value, ULONG size)
{
    SECURITY_STATUS status = SEC_E_OK;

    user_ctx_lock(ctx);
    status = set(ctx, attribute, value, size);
    user_ctx_unlock(ctx);
    return status;
}
