/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Negotiate package, in what is its own; what all packages do
 * alike is in packages/common/lsa.h.  Where another package refused, its status
 * is kept (INNER).
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include <string.h>

#include "packages/common/lsa_entries.h"
#include "packages/common/offer.h"
#include "packages/negotiate/context.h"
#include "packages/negotiate/info.h"
#include "packages/negotiate/package.h"

static struct {
    struct nego_config config;
    struct nego_env env;
    struct nego_contexts contexts;
} state;

/* Handed over before anything is initialised, and good as long as the LSA. */
static const OPENSSPI_LSA_INNER_TABLE *others;

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *functions, const struct conf *conf,
                          ULONG id)
{
    (void)id;
    SSP_TRY(nego_config_read(conf, &state.config));
    state.env = (struct nego_env){ &state.config, others, functions };
    return nego_contexts_init(&state.contexts, &state.env);
}

static void stop(void)
{
    memset(&state, 0, sizeof(state));
}

static NTSTATUS NTAPI SpInitializeWithOthers(ULONG_PTR package_id, PSECPKG_PARAMETERS parameters,
                                             PLSA_SECPKG_FUNCTION_TABLE functions)
{
    return others == NULL ? STATUS_INVALID_PARAMETER
                          : SpInitialize(package_id, parameters, functions);
}

/* ---- Credentials ------------------------------------------------------- */

static enum ssp_err acquire(const struct pkg_wanted *wanted, struct pkg_acquired *ret)
{
    const OPENSSPI_INNER_ACQUIRE what = { wanted->text, wanted->use, wanted->logon_id,
                                          wanted->auth_data };
    struct nego_cred *cred = NULL;

    if ((wanted->use & SECPKG_CRED_BOTH) == 0)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(nego_cred_new(&state.env, &what, &cred, &ret->inner));
    ret->cred = cred;
    ret->expiry = cred->expiry;
    return SSP_OK;
}

static void unref(void *cred)
{
    nego_cred_unref(cred);
}

static enum ssp_err query_cred(void *cred, struct pkg_query *query)
{
    return nego_cred_query(cred, query->attribute, query->ret, &query->inner);
}

static enum ssp_err query(LSA_SEC_HANDLE context, struct pkg_query *query)
{
    struct nego_stand stand = { .package = NEGO_PACKAGES };

    SSP_TRY(nego_contexts_stand(&state.contexts, context, &stand));
    return nego_attr_query_half(&state.env, &stand, query->attribute, query->ret);
}

/* ---- Entry points ------------------------------------------------------ */

/* 1.3.6.1.5.5.2, in DER. */
static const UCHAR oid[] = { 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };

static const struct pkg_lsa_kind kind = {
    .info = &nego_package_info,
    .oid = { oid, sizeof(oid) },
    .start = start,
    .stop = stop,
    .acquire = acquire,
    .unref = unref,
    .query_cred = query_cred,
    .contexts = &nego_contexts_kind,
    .table = &state.contexts,
    .query = query,
};

static struct pkg_lsa package = { .kind = &kind };

static SECPKG_FUNCTION_TABLE table = {
    PKG_LSA_ENTRIES,
    .Initialize = SpInitializeWithOthers,
    .GetExtendedInformation = SpGetExtendedInformation,
};

NTSTATUS NTAPI negotiate_SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *given)
{
    if (given == NULL || given->Version != OPENSSPI_LSA_INNER_VERSION)
        return STATUS_INVALID_PARAMETER;
    others = given;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI negotiate_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                             PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_lsa(lsa_version, &table,
                         &(struct pkg_lsa_offer){ ret_version, ret_tables, ret_n });
}

NTSTATUS NTAPI negotiate_SpLsaExportInitialize(ULONG version,
                                               const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                               PULONG ret_n)
{
    return pkg_offer_export(version, &export_table, ret_tables, ret_n);
}
