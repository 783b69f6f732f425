/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/passage.h"

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "base/secret.h"
#include "lsa/status.h"
#include "sspi/handle.h"

enum {
    EXPORT_FLAGS = SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD |
                   SECPKG_CONTEXT_EXPORT_TO_KERNEL,
};

/* What an export makes on its way; whatever is left in it is freed. */
struct exporting {
    ULONG flags;
    bool wants_token;
    SecBuffer packed; /* the package's */
    HANDLE token;     /* the application's, once all has worked */
    struct lsa_sealed sealed;
};

static void free_block(void **block)
{
    (void)(heap_free(ssp_steal(block)) == SSP_OK);
}

static void export_done(struct exporting *export)
{
    free_block(&export->packed.pvBuffer);
    free_block(&export->sealed.blob.pvBuffer);
    handle_close(&export->token);
}

/* ---- Export ------------------------------------------------------------ */

/* The token as the context has it, lent: what it says about the logon is sealed in. */
static HANDLE token_of(const struct user_ctx *ctx)
{
    HANDLE token = NULL;

    if (ctx->table->GetContextToken == NULL ||
        ctx->table->GetContextToken(ctx->handle, &token) != STATUS_SUCCESS)
        return NULL;
    return token;
}

SECURITY_STATUS sspi_passage_renew_token(struct lsa_port *port, HANDLE *token)
{
    HANDLE renewed = NULL;

    if (*token == NULL || port->ops->renew_token == NULL)
        return SEC_E_OK;
    SECURITY_STATUS status = port->ops->renew_token(port, *token, &renewed);
    if (status < 0 || renewed == NULL)
        return status;
    handle_close(token);
    *token = renewed;
    return SEC_E_OK;
}

/* A context that came from another process knows its end only inside the package. */
static TimeStamp expiry_of(const struct user_ctx *ctx)
{
    SecPkgContext_Lifespan lifespan = { 0 };

    if (ctx->table->QueryContextAttributes == NULL ||
        ctx->table->QueryContextAttributes(ctx->handle, SECPKG_ATTR_LIFESPAN, &lifespan) !=
            STATUS_SUCCESS)
        return ctx->expiry;
    return lifespan.tsExpiry;
}

static struct lsa_seal seal_of(const struct user_ctx *ctx, const struct exporting *export)
{
    return (struct lsa_seal){
        .package = ctx->package,
        .flags = export->flags,
        .to_other_uid = ctx->to_other_uid,
        .uid_to = ctx->uid_to,
        .lifetime_ms = ctx->lifetime_ms,
        .context_expiry = ctx->expiry,
    };
}

/* The package is asked for a plain copy: deleting the old one is up to us, once sealing worked. */
static SECURITY_STATUS pack(const struct user_ctx *ctx, struct exporting *export)
{
    ULONG flags = export->flags & ~(ULONG)SECPKG_CONTEXT_EXPORT_DELETE_OLD;

    if (ctx->table->ExportContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    export->packed = (SecBuffer){ .BufferType = SECBUFFER_EMPTY };
    SECURITY_STATUS status =
        status_from_nt(ctx->table->ExportContext(ctx->handle, flags, &export->packed,
                                                 export->wants_token ? &export->token : NULL),
                       STATUS_OF_CALL);
    return status < 0 ? status : sspi_passage_renew_token(ctx->lib->port, &export->token);
}

static SECURITY_STATUS seal_live(const struct user_ctx *ctx, struct exporting *export)
{
    struct lsa_port *port = ctx->lib->port;
    struct lsa_seal what = seal_of(ctx, export);
    SECURITY_STATUS status = pack(ctx, export);

    if (status < 0)
        return status;
    if ((export->flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0) { /* the kernel opens no envelope */
        export->sealed.blob = export->packed;
        export->packed.pvBuffer = NULL;
        return SEC_E_OK;
    }
    what.context_expiry = expiry_of(ctx);
    what.token = token_of(ctx);
    return port->ops->seal(port, &what, secbuf_view(&export->packed), &export->sealed);
}

static SECURITY_STATUS seal_negotiating(const struct user_ctx *ctx, struct exporting *export)
{
    struct lsa_port *port = ctx->lib->port;
    struct lsa_seal what = seal_of(ctx, export);

    if ((export->flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return port->ops->seal_negotiating(port, ctx->lsa, &what, &export->sealed);
}

static void freeze(struct user_ctx *ctx, const struct ticket_id *ticket)
{
    ctx->thaws_to = ctx->state;
    ctx->ticket = *ticket;
    ctx->state = CTX_FROZEN;
}

static SECURITY_STATUS seal_any(struct user_ctx *ctx, struct exporting *export)
{
    if (user_ctx_is(ctx, CTX_LIVE))
        return seal_live(ctx, export);
    if (user_ctx_is(ctx, CTX_NEGOTIATING))
        return seal_negotiating(ctx, export);
    return user_ctx_thaw(ctx); /* which says why not */
}

/* The blob was not handed out: its ticket goes the way of a used one. */
static void withdraw(const struct user_ctx *ctx, const struct exporting *export)
{
    struct lsa_port *port = ctx->lib->port;

    if ((export->flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) == 0)
        (void)port->ops->claim(port, &export->sealed.ticket);
}

/*
 * Under both locks.  A frozen context thaws last, so that an export that fails leaves the blob of
 * before good; until it has, the new blob is nobody's but ours.  What the kernel got has no ticket,
 * so it cannot be frozen.
 */
static SECURITY_STATUS export_locked(struct user_ctx *ctx, struct exporting *export)
{
    static const ULONG ends = SECPKG_CONTEXT_EXPORT_DELETE_OLD | SECPKG_CONTEXT_EXPORT_TO_KERNEL;
    SECURITY_STATUS status = seal_any(ctx, export);

    if (status < 0)
        return status;
    status = user_ctx_thaw(ctx);
    if (status < 0) {
        withdraw(ctx, export);
        return status;
    }
    if ((export->flags & ends) == 0) {
        freeze(ctx, &export->sealed.ticket);
        return SEC_E_OK;
    }
    user_ctx_end(ctx);
    (void)idmap_close(ctx->lib->contexts, ctx->id);
    return SEC_E_OK;
}

SECURITY_STATUS sspi_passage_export(const SecHandle *handle, ULONG flags, SecBuffer *ret_blob,
                                    HANDLE *ret_token)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(handle);
    ssp_cleanup(export_done) struct exporting export = {
        .flags = flags,
        .wants_token = ret_token != NULL,
    };
    SECURITY_STATUS status = SEC_E_OK;

    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    if ((flags & ~(ULONG)EXPORT_FLAGS) != 0)
        return SEC_E_INVALID_PARAMETER;
    user_ctx_lock(ctx);
    status = export_locked(ctx, &export);
    user_ctx_unlock(ctx);
    if (status < 0)
        return status;

    *ret_blob = export.sealed.blob;
    ret_blob->BufferType = SECBUFFER_TOKEN;
    export.sealed.blob.pvBuffer = NULL;
    if (ret_token != NULL)
        *ret_token = ssp_steal(&export.token);
    return SEC_E_OK;
}

/* ---- Import ------------------------------------------------------------ */

static void wipe_opened(struct lsa_opened *opened)
{
    secret_wipe(&opened->packed);
}

/* The package may look at the buffer, and has no business changing it. */
static SECURITY_STATUS build(struct user_ctx *ctx, const struct lsa_opened *opened, HANDLE token)
{
    const struct lsa_package_info *package = NULL;
    SECURITY_STATUS status = library_user_half(ctx->lib, opened->package, &package);
    SecBuffer packed = {
        .cbBuffer = (ULONG)opened->packed.n,
        .BufferType = SECBUFFER_TOKEN,
        .pvBuffer = opened->packed.p,
    };

    if (status < 0)
        return status;
    if (package->user->ImportContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    status =
        status_from_nt(package->user->ImportContext(&packed, token, &ctx->handle), STATUS_OF_TOKEN);
    if (status < 0)
        return status;
    user_ctx_come_alive(ctx, package);
    return SEC_E_OK;
}

static void adopt_negotiating(struct user_ctx *ctx, const struct lsa_opened *opened)
{
    ctx->lsa = opened->ctx;
    ctx->handle = opened->package_handle;
    ctx->expiry = opened->expiry;
    ctx->state = CTX_NEGOTIATING;
}

/* Under both locks.  The package keeps a copy of the token: that there is a descriptor left for it
 * has to be found out while the blob is still good. */
static SECURITY_STATUS open_into(struct user_ctx *ctx, const char16_t *package, struct view blob,
                                 HANDLE token)
{
    ssp_cleanup(wipe_opened) struct lsa_opened opened = { 0 };
    ssp_cleanup(handle_close) HANDLE spare = NULL;
    struct lsa_port *port = ctx->lib->port;
    SECURITY_STATUS status = SEC_E_OK;

    if (token != NULL)
        status = ssp_err_status(handle_dup(token, &spare));
    if (status >= 0)
        status = port->ops->open(port, package, blob, token, &opened);
    if (status < 0)
        return status;
    handle_close(&spare);
    ctx->package = opened.package;
    if (!opened.negotiating)
        return build(ctx, &opened, token);
    adopt_negotiating(ctx, &opened);
    return SEC_E_OK;
}

/* What could stop an import although the blob is good: found out while the ticket still stands. */
static SECURITY_STATUS prepare(const struct library *lib, const char16_t *package,
                               struct user_ctx **ret)
{
    const struct lsa_package_info *info = NULL;
    SECURITY_STATUS status = library_package_named(lib, package, &info);

    if (status >= 0 && info->user != NULL)
        status = library_user_half(lib, info->id, &info);
    if (status < 0)
        return status;
    return user_ctx_new(lib, ret);
}

SECURITY_STATUS sspi_passage_import(const char16_t *package, struct view blob, HANDLE token,
                                    SecHandle *ret)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = NULL;
    const struct library *lib = NULL;
    SECURITY_STATUS status = library_start(&lib);

    if (status >= 0)
        status = prepare(lib, package, &ctx);
    if (status < 0)
        return status;
    user_ctx_lock(ctx);
    status = open_into(ctx, package, blob, token);
    user_ctx_unlock(ctx);
    if (status < 0) {
        (void)idmap_close(lib->contexts, ctx->id);
        return status;
    }
    *ret = handle_of_id(HANDLE_CTX, ctx->id);
    return SEC_E_OK;
}
