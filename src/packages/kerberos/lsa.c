/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the Kerberos package, in what is its own; what all packages do
 * alike is in packages/common/lsa.h.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/caller.h"
#include "base/cleanup.h"
#include "packages/common/lsa_entries.h"
#include "packages/common/offer.h"
#include "packages/kerberos/attrs.h"
#include "packages/kerberos/info.h"
#include "packages/kerberos/leg.h"
#include "packages/kerberos/mit.h"
#include "packages/kerberos/package.h"

static struct {
    bool is_started;
    struct krb_config config;
    struct krb_delegations delegations;
    struct krb_returned returned;
    struct krb_env env;
    struct pkg_shakes shakes;
    ULONG id;
} state;

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *functions, const struct conf *conf,
                          ULONG id)
{
    state.is_started = true;
    state.id = id;
    SSP_TRY(krb_delegations_init(&state.delegations));
    SSP_TRY(krb_returned_init(&state.returned));
    SSP_TRY(krb_config_read(conf, &state.config));
    state.env = (struct krb_env){
        .config = &state.config,
        .port = &krb_mit_port,
        .clock = &system_clock,
        .rand = &system_rand,
        .delegations = &state.delegations,
        .returned = &state.returned,
        .lsa = functions,
    };
    return pkg_shakes_init(&krb_shake_kind, &state.env, functions, &state.shakes);
}

static void stop(void)
{
    if (!state.is_started)
        return;
    krb_delegations_done(&state.delegations);
    krb_returned_done(&state.returned);
    krb_config_wipe(&state.config);
    explicit_bzero(&state, sizeof(state));
}

static VOID NTAPI LsaApLogonTerminated(PLUID logon_id)
{
    if (logon_id != NULL && state.is_started)
        krb_delegations_forget(&state.delegations, *logon_id);
}

/* ---- Credentials ------------------------------------------------------- */

/* Those that were delegated to that logon session, if any. */
static enum ssp_err find_delegated(const LUID *logon_id, struct krb_tickets **ret)
{
    enum ssp_err e = krb_delegations_copy(&state.delegations, *logon_id, ret);

    return e == SSP_ERR_NO_CREDS ? SSP_OK : e;
}

/* Those that the client's process brought along, if any (gather.c). */
static enum ssp_err find_gathered(LUID *logon_id, struct krb_tickets **ret)
{
    LSA_STRING bytes = { 0 };

    if (!NT_SUCCESS(
            package.functions->GetCredentials(logon_id, state.id, NULL, FALSE, NULL, NULL, &bytes)))
        return SSP_OK;
    enum ssp_err e =
        state.env.port->unpack((struct view){ (const uint8_t *)bytes.Buffer, bytes.Length }, ret);
    package.functions->FreeLsaHeap(bytes.Buffer);
    return e;
}

static enum ssp_err find_own(const struct pkg_wanted *wanted, bool is_apart,
                             struct krb_tickets **ret)
{
    if (wanted->logon_id == NULL || (wanted->use & SECPKG_CRED_OUTBOUND) == 0)
        return SSP_OK;
    SSP_TRY(find_delegated(wanted->logon_id, ret));
    return *ret == NULL && is_apart ? find_gathered(wanted->logon_id, ret) : SSP_OK;
}

static enum ssp_err make_cred(const struct pkg_wanted *wanted, struct krb_cred **ret)
{
    SECPKG_CALL_INFO call = { 0 };
    struct krb_cred_request what = { .use = wanted->use,
                                     .principal = wanted->principal,
                                     .auth_data = wanted->auth_data };

    if (!package.functions->GetCallInfo(&call))
        return ssp_fail(INTERNAL);
    what.is_apart = (call.Attributes & SECPKG_CALL_IN_PROC) == 0;
    /* In one process the files' own rights decide; apart from it the keytab is
     * lsad's, and keytab_users says to whom else it is lent. */
    uid_t uid = 0;
    what.may_accept =
        !what.is_apart || (caller_uid(&uid) && krb_config_may_accept(state.env.config, uid));
    SSP_TRY(find_own(wanted, what.is_apart, &what.tickets));
    return krb_cred_new(&state.env, &what, ret);
}

static enum ssp_err acquire(const struct pkg_wanted *wanted, struct pkg_acquired *ret)
{
    struct krb_cred *cred = NULL;

    SSP_TRY(krb_env_allows(&state.env));
    SSP_TRY(make_cred(wanted, &cred));
    ret->cred = cred;
    ret->expiry = krb_cred_expiry(cred);
    return SSP_OK;
}

static void unref(void *cred)
{
    krb_cred_free(cred);
}

static enum ssp_err query_cred(void *cred, struct pkg_query *query)
{
    ssp_cleanup(block_free) struct block name = { .heap = query->heap };
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };
    SecPkgCredentials_NamesW *names = query->ret;

    if (query->attribute != SECPKG_CRED_ATTR_NAMES)
        return ssp_fail(UNSUPPORTED);
    SSP_TRY(krb_cred_name(cred, &text));
    SSP_TRY(block_name(&text, &name));
    names->sUserName = ssp_steal(&name.p);
    return SSP_OK;
}

static enum ssp_err query(LSA_SEC_HANDLE context, struct pkg_query *query)
{
    ULONG flags = 0;

    SSP_TRY(pkg_shakes_flags(&state.shakes, context, &flags));
    return krb_attr_query_half(flags, query->heap, query->attribute, query->ret);
}

/* ---- Entry points ------------------------------------------------------ */

/* 1.2.840.113554.1.2.2, in DER. */
static const UCHAR oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };

static const struct pkg_lsa_kind kind = {
    .info = &krb_package_info,
    .oid = { oid, sizeof(oid) },
    .start = start,
    .stop = stop,
    .acquire = acquire,
    .unref = unref,
    .query_cred = query_cred,
    .contexts = &pkg_shakes_contexts,
    .table = &state.shakes,
    .query = query,
};

static struct pkg_lsa package = { .kind = &kind };

static SECPKG_FUNCTION_TABLE table = {
    PKG_LSA_ENTRIES,
    .LogonTerminated = LsaApLogonTerminated,
    .Initialize = SpInitialize,
    .GetExtendedInformation = SpGetExtendedInformation,
};

NTSTATUS NTAPI kerberos_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                            PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_lsa(lsa_version, &table,
                         &(struct pkg_lsa_offer){ ret_version, ret_tables, ret_n });
}

NTSTATUS NTAPI kerberos_SpLsaExportInitialize(ULONG version,
                                              const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                              PULONG ret_n)
{
    return pkg_offer_export(version, &export_table, ret_tables, ret_n);
}
