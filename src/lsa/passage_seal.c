/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/passage.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/trace.h"
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

enum { SWEEP = 8 /* tickets looked at for each export: more than it makes */ };

#define SWEEP_EVERY (100 * NS_PER_MS)
#define FILETIME_PER_MS INT64_C(10000)

/* The lifetime asked for, cut at the end of the context. */
static enum ssp_err expiry_of(const struct lsa *lsa, const struct lsa_seal *what, uint64_t *ret)
{
    uint64_t ms = what->lifetime_ms != 0 ? what->lifetime_ms : lsa->lifetime_ms;
    int64_t end = what->context_expiry.QuadPart;

    if (ms > LIMIT_EXPORT_LIFETIME_MS)
        return ssp_fail(BAD_ARGUMENT);
    if (end != 0 && end != FILETIME_NEVER) {
        int64_t now = lsa->clock->filetime();

        if (end <= now)
            return ssp_fail(EXPIRED);
        if ((end - now) / FILETIME_PER_MS < (int64_t)ms)
            ms = (uint64_t)((end - now) / FILETIME_PER_MS);
    }
    *ret = lsa->clock->boottime() + ms * NS_PER_MS;
    return SSP_OK;
}

/* Where one user's processes share the key, another user could not open it. */
static enum ssp_err user_to(struct client *client, const struct lsa_seal *what, uint32_t own,
                            uint32_t *ret)
{
    if (what->to_other_uid && what->uid_to != own && client->lsa->is_embedded)
        return ssp_fail(UNSUPPORTED);
    *ret = what->to_other_uid ? what->uid_to : own;
    return SSP_OK;
}

static enum ssp_err make_header(struct client *client, const struct lsa_seal *what,
                                enum envelope_kind kind, struct envelope_header *ret)
{
    const struct package *package = package_by_id(&client->lsa->packages, what->package);
    struct envelope_header header = { .kind = (uint16_t)kind, .flags = what->flags };

    if (package == NULL)
        return ssp_fail(NO_PACKAGE);
    header.uid_from = client->door->uid(client);
    SSP_TRY(user_to(client, what, header.uid_from, &header.uid_to));
    SSP_TRY(expiry_of(client->lsa, what, &header.expires));
    SSP_TRY(client->lsa->rand->fill(header.ticket, sizeof(header.ticket)));
    header.packed_version = package->version;
    header.name_n = (uint16_t)strlen(package->name8);
    memcpy(header.name, package->name8, header.name_n);
    *ret = header;
    return SSP_OK;
}

static enum ssp_err logon_of_token(const struct home *home, HANDLE token, struct inner *inner)
{
    OPENSSPI_TOKEN_INFO info = { 0 };

    if (token == NULL)
        return SSP_OK;
    SSP_TRY(home_read_token(home, token, &info));
    inner->has_logon = true;
    inner->logon = info.logon_id;
    return SSP_OK;
}

static enum ssp_err seal_inner(const struct home *home, const struct envelope_header *header,
                               const struct inner *inner, SecBuffer *ret)
{
    ssp_cleanup(wr_free) struct wr plain = WR_INIT(LIMIT_PACKED);
    ssp_cleanup(wr_free) struct wr sealed = WR_INIT(ENVELOPE_MAX);

    inner_encode(inner, &plain);
    SSP_TRY(plain.err);
    SSP_TRY(envelope_seal(&home->key, header, (struct view){ plain.p, plain.n }, &sealed));
    SSP_TRY(sealed.err);
    void *blob = heap_alloc(sealed.n);
    if (blob == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(blob, sealed.p, sealed.n);
    *ret = (SecBuffer){ (ULONG)sealed.n, SECBUFFER_TOKEN, blob };
    return SSP_OK;
}

static void blob_free(SecBuffer *blob)
{
    if (heap_free(blob->pvBuffer) != SSP_OK)
        trace(TRACE_ERROR, "a block of the heap was overwritten");
}

/* Not at each export: a look into the folder costs more than a ticket.  What was not looked at is
 * owed. */
static void sweep(struct home *home, uint64_t now)
{
    size_t owed = atomic_fetch_add(&home->sweeping.owed, SWEEP) + SWEEP;
    uint64_t not_before = atomic_load(&home->sweeping.not_before);

    if (now < not_before ||
        !atomic_compare_exchange_strong(&home->sweeping.not_before, &not_before, now + SWEEP_EVERY))
        return;
    atomic_fetch_sub(&home->sweeping.owed, owed);
    ticket_sweep(home->dir.tickets_fd, now, owed);
}

/* A context that stays behind, frozen, may take its ticket back as long as its process lives. */
static enum ssp_err make_ticket(struct client *client, struct home *home,
                                const struct envelope_header *header, struct ticket_id *ret)
{
    struct ticket_id id = { 0 };

    memcpy(id.b, header->ticket, sizeof(id.b));
    sweep(home, client->lsa->clock->boottime());
    struct ticket ticket = { .expires = header->expires, .uid = header->uid_from };
    if ((header->flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0)
        ticket.keeper = client->door->pid(client);
    SSP_TRY(ticket_create(home->dir.tickets_fd, &id, &ticket));
    *ret = id;
    return SSP_OK;
}

static void audit_export(struct client *client, const struct envelope_header *header,
                         const struct inner *inner)
{
    const struct audit_logon logon = { .has_id = inner->has_logon, .id = inner->logon };

    audit(client, &(struct audit){ .event = AUDIT_EXPORT,
                                   .package = header->name,
                                   .envelope = header,
                                   .logon = &logon });
}

static enum ssp_err seal(struct client *client, const struct lsa_seal *what,
                         enum envelope_kind kind, const struct inner *bytes, struct lsa_sealed *ret)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    ssp_cleanup(blob_free) SecBuffer blob = { 0 };
    struct envelope_header header = { 0 };
    struct inner inner = *bytes;

    SSP_TRY(make_header(client, what, kind, &header));
    SSP_TRY(home_get(client->lsa, &home));
    SSP_TRY(logon_of_token(home, what->token, &inner));
    inner.context_expiry = what->context_expiry.QuadPart;
    SSP_TRY(seal_inner(home, &header, &inner, &blob));
    SSP_TRY(make_ticket(client, home, &header, &ret->ticket));
    audit_export(client, &header, &inner);
    ret->blob = blob;
    blob = (SecBuffer){ 0 };
    return SSP_OK;
}

static enum ssp_err check_flags(ULONG flags)
{
    if ((flags & ~(ULONG)(SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD |
                          SECPKG_CONTEXT_EXPORT_TO_KERNEL)) != 0)
        return ssp_fail(BAD_ARGUMENT);
    return (flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0 ? ssp_fail(UNSUPPORTED) : SSP_OK;
}

SECURITY_STATUS lsa_passage_seal(struct client *client, const struct lsa_seal *what,
                                 struct view packed, struct lsa_sealed *ret)
{
    struct inner inner = { .packed = packed };

    enum ssp_err e = check_flags(what->flags);
    if (e == SSP_OK)
        e = seal(client, what, ENVELOPE_ESTABLISHED, &inner, ret);
    return ssp_err_status(e);
}

static SECURITY_STATUS pack_negotiating(struct client *client, const struct lsa_ctx *ctx,
                                        ULONG flags, SecBuffer *ret)
{
    ssp_cleanup(call_end) struct call call;

    call_begin(&call, client->lsa, client, ctx->package, 0);
    SECURITY_STATUS status =
        status_from_nt(ctx->package->export.ExportLsaContext(
                           ctx->handle, flags & (ULONG)~SECPKG_CONTEXT_EXPORT_DELETE_OLD, ret),
                       STATUS_OF_CALL);
    if (status >= 0 && (ret->pvBuffer == NULL || ret->cbBuffer == 0))
        return SEC_E_INTERNAL_ERROR;
    return status;
}

/* Once it is sealed nothing fails, so the blob never leads to nothing. */
static enum ssp_err seal_kept(struct client *client, uint64_t id, const struct lsa_ctx *ctx,
                              const struct lsa_seal *what, struct lsa_sealed *ret)
{
    ssp_cleanup(kept_free) struct kept *kept = NULL;
    struct inner inner = { .accept = ctx->accept };
    struct owned *owned = NULL;

    (void)kept_sweep(&client->lsa->keeper, client->lsa->clock->boottime());
    SSP_TRY(kept_new(&client->lsa->keeper, &kept));
    SSP_TRY(owned_get(client, OWNED_CTX, id, &owned));
    kept->ctx = (struct lsa_ctx *)owned;
    SSP_TRY(expiry_of(client->lsa, what, &kept->expires));
    SSP_TRY(seal(client, what, ENVELOPE_KEPT, &inner, ret));
    kept->ticket = ret->ticket;
    kept_add(&client->lsa->keeper, &kept);
    return SSP_OK;
}

SECURITY_STATUS lsa_passage_seal_negotiating(struct client *client, uint64_t id,
                                             const struct lsa_seal *what, struct lsa_sealed *ret)
{
    ssp_cleanup(lsa_ctx_put) struct lsa_ctx *ctx = NULL;
    ssp_cleanup(blob_free) SecBuffer packed = { 0 };
    struct lsa_seal seal_what = *what;

    enum ssp_err e = check_flags(what->flags);
    if (e == SSP_OK)
        e = lsa_ctx_get(client, id, &ctx);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (ctx->mapped)
        return SEC_E_UNSUPPORTED_FUNCTION;
    seal_what.package = ctx->package->id;
    if (!client->lsa->is_embedded)
        return ssp_err_status(seal_kept(client, id, ctx, &seal_what, ret));
    if (ctx->package->export.ExportLsaContext == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    SECURITY_STATUS status = pack_negotiating(client, ctx, what->flags, &packed);
    if (status < 0)
        return status;
    struct inner inner = { .accept = ctx->accept, .packed = { packed.pvBuffer, packed.cbBuffer } };
    return ssp_err_status(seal(client, &seal_what, ENVELOPE_NEGOTIATING, &inner, ret));
}
