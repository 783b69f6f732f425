/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/finish.h"

#include "base/cleanup.h"
#include "packages/schannel/harvest.h"
#include "packages/schannel/subject.h"

#define SOURCE "Schannel"

void tls_finish_done(struct tls_finish *finish)
{
    tls_shake_result_wipe(&finish->result);
    if (finish->lsa != NULL) {
        pkg_logon_cancel(&finish->logon);
        if (finish->block != NULL)
            finish->lsa->FreeLsaHeap(finish->block);
    }
    wr_free(&finish->packed);
}

/* Whom a root of ours vouches for; the system's roots vouch for hosts. */
static bool may_be_somebody(const struct tls_ending *ending, const struct tls_finish *finish)
{
    const struct tls_shake *shake = ending->shake;

    return finish->result.core.role == TLS_SERVER && finish->result.is_verified &&
           shake->store->has_own_roots && shake->cred->policy.maps_clients;
}

static enum ssp_err domain_of(const struct tls_ending *ending, struct str16 *ret)
{
    const char *domain = ending->shake->cred->site->settings.client_domain;

    if (domain == NULL) /* certificates of the application's own */
        domain = TLS_CLIENT_DOMAIN;
    return str16_from_utf8((struct view){ (const uint8_t *)domain, strlen(domain) }, ret);
}

/* Then the peer is that account. */
static enum ssp_err log_on(const struct tls_ending *ending, struct tls_finish *finish)
{
    ssp_cleanup(str16_wipe) struct str16 domain = { 0 };
    ssp_cleanup(str16_wipe) struct str16 user = { 0 };
    struct tls_core *core = &finish->result.core;

    if (!may_be_somebody(ending, finish))
        return SSP_OK;
    SSP_TRY(tls_subject_name(secret_view(&finish->result.names.chain), &user));
    if (user.n == 0)
        return SSP_OK;
    SSP_TRY(domain_of(ending, &domain));
    const struct pkg_claim who = {
        .source = SOURCE,
        .user = &user,
        .domain = &domain,
        .expiry = finish->expiry,
        .is_identify = tls_reqs_identify(ending->reqs),
    };
    SSP_TRY(pkg_logon_open(ending->lsa, &who, &finish->logon));
    core->logon_id = (uint64_t)(uint32_t)finish->logon.id.HighPart << 32 | finish->logon.id.LowPart;
    core->is_identify = who.is_identify;
    finish->result.names.peer = user;
    user = (struct str16){ 0 };
    return SSP_OK;
}

void tls_finish_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, enum ssp_err why)
{
    static const struct str16 nobody = { 0 };
    const struct pkg_claim who = { .source = SOURCE, .user = &nobody, .domain = &nobody };

    pkg_logon_refused(lsa, &who, why);
}

static void fill_core(const struct tls_ending *ending, struct tls_finish *finish)
{
    struct tls_core *core = &finish->result.core;
    const struct tls_outcome outcome = {
        .is_manual = ending->shake->check.is_manual,
        .is_peer_proved = finish->result.is_verified,
        .has_tickets = ending->shake->resumes,
    };

    finish->attributes = tls_reqs_attributes(ending->reqs, &outcome);
    finish->expiry = FILETIME_NEVER;
    core->attributes = finish->attributes;
    core->start = ending->clock->filetime();
    core->expiry = finish->expiry;
}

static enum ssp_err pack(struct tls_finish *finish)
{
    if (finish->packed.n != 0)
        explicit_bzero(finish->packed.p, finish->packed.n);
    finish->packed.n = 0;
    tls_pack(&finish->result.core, &finish->result.names, &finish->packed);
    return finish->packed.err;
}

enum ssp_err tls_finish_begin(const struct tls_ending *ending, struct tls_finish *ret)
{
    ret->lsa = ending->lsa;
    ret->packed = (struct wr)WR_INIT(TLS_PACK_MAX);
    SSP_TRY(tls_shake_finish(ending->shake, ending->rest, &ret->result));
    fill_core(ending, ret);
    SSP_TRY(log_on(ending, ret));
    SSP_TRY(pack(ret));
    ret->block = ending->lsa->AllocateLsaHeap((ULONG)ret->packed.n);
    return ret->block != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

/* The handle has the same size as the zero that stood for it. */
enum ssp_err tls_finish_commit(struct tls_finish *finish, SecBuffer *ret)
{
    HANDLE token = NULL;

    if (finish->logon.is_open) {
        SSP_TRY(pkg_logon_keep(&finish->logon, &token));
        finish->result.core.token = (uint64_t)(uintptr_t)token;
        SSP_TRY(pack(finish));
    }
    memcpy(finish->block, finish->packed.p, finish->packed.n);
    *ret = (SecBuffer){ (ULONG)finish->packed.n, SECBUFFER_TOKEN, ssp_steal(&finish->block) };
    return SSP_OK;
}
