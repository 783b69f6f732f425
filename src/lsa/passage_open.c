/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/passage.h"

#include "base/cleanup.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/ctx.h"
#include "lsa/home.h"
#include "lsa/inner.h"
#include "lsa/logon.h"
#include "lsa/status.h"
#include "lsa/token.h"

#include <string.h>

struct opening {
    struct home *home;
    struct envelope_header header;
    struct secret plain;
    struct inner inner; /* its view is into plain */
    struct package *package;
    bool is_genuine; /* the header, plain and inner are what some LSA sealed */
};

static void opening_done(struct opening *opening)
{
    secret_wipe(&opening->plain);
    home_unref(&opening->home);
}

static enum ssp_err unseal(struct client *client, struct view blob, struct opening *opening)
{
    SSP_TRY(home_get(client->lsa, &opening->home));
    SSP_TRY(envelope_open(&opening->home->key, blob, &opening->header, &opening->plain));
    if (opening->header.kind != ENVELOPE_ESTABLISHED &&
        opening->header.kind != ENVELOPE_NEGOTIATING && opening->header.kind != ENVELOPE_KEPT)
        return ssp_fail(BAD_ENVELOPE);
    return inner_decode(secret_view(&opening->plain), &opening->inner);
}

static enum ssp_err judge_package(const struct client *client, const char16_t *name,
                                  struct opening *opening)
{
    struct package *package = package_by_name(&client->lsa->packages, name);

    if (package == NULL ||
        package != package_by_name8(&client->lsa->packages, opening->header.name) ||
        package->version != opening->header.packed_version)
        return ssp_fail(NO_PACKAGE);
    opening->package = package;
    return SSP_OK;
}

static enum ssp_err judge_token(HANDLE token, const struct opening *opening)
{
    OPENSSPI_TOKEN_INFO info = { 0 };

    if (token == NULL)
        return SSP_OK;
    enum ssp_err e = home_read_token(opening->home, token, &info);
    if (e == SSP_ERR_BAD_TOKEN)
        return ssp_fail(LOGON_DENIED); /* somebody else's is not this logon's */
    SSP_TRY(e);
    if (!opening->inner.has_logon || !SecEqualLuid(&info.logon_id, &opening->inner.logon))
        return ssp_fail(LOGON_DENIED);
    return SSP_OK;
}

static enum ssp_err judge(struct client *client, const char16_t *package, HANDLE token,
                          struct opening *opening)
{
    if (opening->header.uid_to != client->door->uid(client))
        return ssp_fail(NOT_OWNER);
    if (opening->header.expires <= client->lsa->clock->boottime())
        return ssp_fail(EXPIRED);
    SSP_TRY(judge_package(client, package, opening));
    return judge_token(token, opening);
}

static void tell_claimed(struct client *client, const struct ticket_id *ticket)
{
    if (client->door->claimed != NULL)
        client->door->claimed(client, ticket);
}

static enum ssp_err claim(struct client *client, const struct opening *opening)
{
    struct ticket_id id = { 0 };

    memcpy(id.b, opening->header.ticket, sizeof(id.b));
    SSP_TRY(ticket_claim(opening->home->dir.tickets_fd, &id));
    tell_claimed(client, &id);
    return SSP_OK;
}

static SECURITY_STATUS import_negotiating(struct client *client, const struct opening *opening,
                                          struct lsa_ctx *ctx)
{
    ssp_cleanup(call_end) struct call call;
    struct view packed = opening->inner.packed;
    SecBuffer buffer = { (ULONG)packed.n, SECBUFFER_TOKEN, (void *)(uintptr_t)packed.p };
    LSA_SEC_HANDLE handle = 0;

    call_begin(&call, client->lsa, client, opening->package, 0);
    SECURITY_STATUS status = status_from_nt(
        opening->package->export.ImportLsaContext(&buffer, &handle), STATUS_OF_TOKEN);
    if (status < 0)
        return status;
    ctx->handle = handle;
    logon_move_chain(&ctx->made, &call.made);
    return handle != 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static enum ssp_err claim_kept(struct client *client, const struct opening *opening,
                               struct kept **ret)
{
    struct ticket_id id = { 0 };

    memcpy(id.b, opening->header.ticket, sizeof(id.b));
    SSP_TRY(claim(client, opening));
    *ret = kept_take(&client->lsa->keeper, &id);
    return *ret != NULL ? SSP_OK : ssp_fail(EXPIRED); /* it went with an earlier LSA */
}

/* The package's context changes its owner; what is left of the old one is an empty handle. */
static enum ssp_err take_over(struct lsa_ctx *from, struct lsa_ctx *ctx)
{
    (void)pthread_mutex_lock(&from->lock);
    bool is_there = from->handle != 0 && !from->mapped && from->epoch == fork_epoch();
    if (is_there) {
        ctx->handle = from->handle;
        from->handle = 0;
        logon_move_chain(&ctx->made, &from->made);
    }
    (void)pthread_mutex_unlock(&from->lock);
    return is_there ? SSP_OK : ssp_fail(EXPIRED);
}

static enum ssp_err open_kept(struct client *client, const struct opening *opening,
                              struct lsa_opened *ret)
{
    ssp_cleanup(lsa_ctx_delete) struct lsa_ctx *ctx = NULL;
    ssp_cleanup(kept_free) struct kept *kept = NULL;
    struct lsa_opened opened = { .negotiating = true,
                                 .package = opening->package->id,
                                 .expiry.QuadPart = opening->inner.context_expiry };

    SSP_TRY(lsa_ctx_new(client, opening->package, opening->inner.accept, &ctx));
    SSP_TRY(claim_kept(client, opening, &kept));
    size_t bytes = owned_bytes(&kept->ctx->owned);
    SSP_TRY(take_over(kept->ctx, ctx));
    owned_shrink(&kept->ctx->owned, bytes);
    owned_has_grown(&ctx->owned, bytes);
    opened.package_handle = ctx->handle;
    SSP_TRY(lsa_ctx_publish(&ctx, &opened.ctx));
    *ret = opened;
    return SSP_OK;
}

static SECURITY_STATUS open_negotiating(struct client *client, const struct opening *opening,
                                        struct lsa_opened *ret)
{
    ssp_cleanup(lsa_ctx_delete) struct lsa_ctx *ctx = NULL;

    if (opening->package->export.ImportLsaContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    /* What may run short does so before the claim. */
    enum ssp_err e = lsa_ctx_new(client, opening->package, opening->inner.accept, &ctx);
    if (e == SSP_OK)
        e = owned_grow(&ctx->owned, opening->inner.packed.n);
    if (e == SSP_OK)
        e = claim(client, opening);
    if (e != SSP_OK)
        return ssp_err_status(e);

    SECURITY_STATUS status = import_negotiating(client, opening, ctx);
    if (status < 0)
        return status;
    struct lsa_opened opened = { .negotiating = true,
                                 .package = opening->package->id,
                                 .package_handle = ctx->handle,
                                 .expiry.QuadPart = opening->inner.context_expiry };
    e = lsa_ctx_publish(&ctx, &opened.ctx);
    if (e == SSP_OK)
        *ret = opened;
    return ssp_err_status(e);
}

static enum ssp_err open_established(struct client *client, const struct opening *opening,
                                     struct lsa_opened *ret)
{
    ssp_cleanup(secret_wipe) struct secret packed = { 0 };

    SSP_TRY(secret_new(opening->inner.packed, &packed));
    SSP_TRY(claim(client, opening));
    *ret = (struct lsa_opened){ .package = opening->package->id, .packed = packed };
    packed = (struct secret){ 0 };
    return SSP_OK;
}

static SECURITY_STATUS open_for(struct client *client, const char16_t *package, HANDLE token,
                                struct opening *opening, struct lsa_opened *ret)
{
    enum ssp_err e = judge(client, package, token, opening);
    if (e == SSP_OK && opening->header.kind == ENVELOPE_NEGOTIATING)
        return open_negotiating(client, opening, ret);
    if (e == SSP_OK && opening->header.kind == ENVELOPE_KEPT)
        e = open_kept(client, opening, ret);
    else if (e == SSP_OK)
        e = open_established(client, opening, ret);
    return ssp_err_status(e);
}

/* What a blob says is told only when it was verified. */
static void audit_import(struct client *client, const struct opening *opening,
                         SECURITY_STATUS status)
{
    const struct audit_logon logon = { .has_id = opening->inner.has_logon,
                                       .id = opening->inner.logon };

    audit(client, &(struct audit){
                      .event = status < 0 ? AUDIT_IMPORT_REFUSED : AUDIT_IMPORT,
                      .status = status,
                      .package = opening->is_genuine ? opening->header.name : NULL,
                      .envelope = opening->is_genuine ? &opening->header : NULL,
                      .logon = &logon,
                  });
}

SECURITY_STATUS lsa_passage_open(struct client *client, const char16_t *package, struct view blob,
                                 HANDLE token, struct lsa_opened *ret)
{
    ssp_cleanup(opening_done) struct opening opening = { 0 };
    enum ssp_err e = unseal(client, blob, &opening);

    opening.is_genuine = e == SSP_OK;
    SECURITY_STATUS status =
        e == SSP_OK ? open_for(client, package, token, &opening, ret) : ssp_err_status(e);
    audit_import(client, &opening, status);
    return status;
}

static struct ticket_keeper keeper_of(struct client *client)
{
    return (struct ticket_keeper){ client->door->pid(client), client->door->uid(client) };
}

/* A ticket's id stands in the blob for all to read: where users share the tickets, who has a copy
 * could spoil it for the one it is for. */
static enum ssp_err take_back(struct client *client, int tickets, const struct ticket_id *ticket)
{
    const struct ticket_keeper keeper = keeper_of(client);

    if (client->lsa->is_embedded)
        return ticket_claim(tickets, ticket);
    return ticket_take_back(tickets, ticket, &keeper);
}

SECURITY_STATUS lsa_passage_release(struct client *client, const struct ticket_id *ticket)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    const struct ticket_keeper keeper = keeper_of(client);

    enum ssp_err e = home_get(client->lsa, &home);
    if (e == SSP_OK)
        e = ticket_release(home->dir.tickets_fd, ticket, &keeper);
    return ssp_err_status(e);
}

SECURITY_STATUS lsa_passage_claim(struct client *client, const struct ticket_id *ticket)
{
    ssp_cleanup(home_unref) struct home *home = NULL;

    enum ssp_err e = home_get(client->lsa, &home);
    if (e == SSP_OK)
        e = take_back(client, home->dir.tickets_fd, ticket);
    if (e == SSP_OK)
        tell_claimed(client, ticket);
    if (e == SSP_OK) { /* a kept context is its old owner's again */
        ssp_cleanup(kept_free) struct kept *kept = kept_take(&client->lsa->keeper, ticket);
    }
    return ssp_err_status(e);
}
