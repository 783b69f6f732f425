/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Schannel package, in what is its own; what all packages do
 * alike is in packages/common/lsa.h.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/caller.h"
#include "base/cleanup.h"
#include "crypto/fips.h"
#include "packages/common/lsa_entries.h"
#include "packages/common/offer.h"
#include "packages/schannel/context.h"
#include "packages/schannel/cred.h"
#include "packages/schannel/cred_attrs.h"
#include "packages/schannel/info.h"
#include "packages/schannel/package.h"

static struct {
    struct tls_sites sites;
    struct tls_contexts contexts;
    bool fips;
} state;

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *functions, const struct conf *conf,
                          ULONG id)
{
    (void)id;
    SSP_TRY(tls_sites_read(conf, &state.sites));
    state.fips = fips_mode();
    return tls_contexts_init(&system_clock, functions, &state.contexts);
}

static void stop(void)
{
    tls_sites_done(&state.sites);
    explicit_bzero(&state, sizeof(state));
}

/* ---- Credentials ------------------------------------------------------- */

static bool is_local(void)
{
    SECPKG_CALL_INFO info = { 0 };

    return package.functions->GetCallInfo(&info) && (info.Attributes & SECPKG_CALL_IN_PROC) != 0;
}

static enum ssp_err acquire(const struct pkg_wanted *wanted, struct pkg_acquired *ret)
{
    uid_t uid = 0;
    struct tls_cred *cred = NULL;

    if (!caller_uid(&uid))
        return ssp_fail(NOT_OWNER);
    const struct tls_cred_request what = {
        .use = wanted->use,
        .principal = wanted->principal,
        .auth_data = wanted->auth_data,
        .uid = uid,
        .is_local = is_local(),
        .fips = state.fips,
    };
    SSP_TRY(tls_cred_new(&state.sites, &what, &cred));
    ret->cred = cred;
    return SSP_OK;
}

static void unref(void *cred)
{
    tls_cred_unref(cred);
}

static enum ssp_err query_cred(void *cred, struct pkg_query *query)
{
    return tls_cred_query(cred, query->heap, query->attribute, query->ret);
}

static enum ssp_err query(LSA_SEC_HANDLE context, struct pkg_query *query)
{
    ULONG flags = 0;

    SSP_TRY(tls_contexts_flags(&state.contexts, context, &flags));
    if (query->attribute != SECPKG_ATTR_FLAGS)
        return ssp_fail(UNSUPPORTED);
    ((PSecPkgContext_Flags)query->ret)->Flags = flags;
    return SSP_OK;
}

/* ---- Entry points ------------------------------------------------------ */

static const struct pkg_lsa_kind kind = {
    .info = &tls_package_info,
    .start = start,
    .stop = stop,
    .acquire = acquire,
    .unref = unref,
    .query_cred = query_cred,
    .contexts = &tls_contexts_kind,
    .table = &state.contexts,
    .query = query,
};

static struct pkg_lsa package = { .kind = &kind };

static SECPKG_FUNCTION_TABLE table = {
    PKG_LSA_ENTRIES,
    .Initialize = SpInitialize,
};

NTSTATUS NTAPI schannel_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                            PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_lsa(lsa_version, &table,
                         &(struct pkg_lsa_offer){ ret_version, ret_tables, ret_n });
}
