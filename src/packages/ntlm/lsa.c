/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of the NTLM package, in what is its own; what all packages do
 * alike is in packages/common/lsa.h.
 */
#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/cleanup.h"
#include "crypto/fips.h"
#include "packages/common/lsa_entries.h"
#include "packages/common/offer.h"
#include "packages/ntlm/attrs.h"
#include "packages/ntlm/info.h"
#include "packages/ntlm/logon.h"
#include "packages/ntlm/package.h"
#include "packages/ntlm/password.h"
#include "packages/ntlm/shake.h"
#include "packages/ntlm/sign.h"
#include "packages/ntlm/winbind.h"

static struct {
    struct ntlm_config config;
    struct ntlm_sam_verifier sam;
    struct ntlm_winbind winbind;
    struct ntlm_env env;
    struct pkg_shakes shakes;
} state;

static enum ssp_err choose_verifier(const struct ntlm_verifier **ret)
{
    ntlm_sam_verifier_init(&state.sam, &state.config);
    *ret = &state.sam.verifier;
    if (!state.config.is_winbind)
        return SSP_OK;
    SSP_TRY(ntlm_winbind_init(&state.winbind, &state.config));
    *ret = &state.winbind.verifier;
    return SSP_OK;
}

static enum ssp_err start(const LSA_SECPKG_FUNCTION_TABLE *functions, const struct conf *conf,
                          ULONG id)
{
    const struct ntlm_verifier *verifier = NULL;

    (void)id;
    SSP_TRY(ntlm_config_read(conf, &state.config));
    SSP_TRY(choose_verifier(&verifier));
    state.env = (struct ntlm_env){
        .config = &state.config,
        .verifier = verifier,
        .clock = &system_clock,
        .rand = &system_rand,
        .version = ntlm_our_version,
        .lsa = functions,
        .fips = fips_mode(),
    };
    return pkg_shakes_init(&ntlm_shake_kind, &state.env, functions, &state.shakes);
}

static void stop(void)
{
    ntlm_winbind_done(&state.winbind);
    ntlm_config_wipe(&state.config);
    explicit_bzero(&state, sizeof(state));
}

/* ---- Credentials ------------------------------------------------------- */

static enum ssp_err acquire(const struct pkg_wanted *wanted, struct pkg_acquired *ret)
{
    const struct ntlm_cred_request what = { wanted->use, wanted->principal, wanted->auth_data };
    struct ntlm_cred *cred = NULL;

    SSP_TRY(ntlm_env_allows(&state.env));
    SSP_TRY(ntlm_cred_new(&state.config, &what, &cred));
    ret->cred = cred;
    return SSP_OK;
}

static void unref(void *cred)
{
    ntlm_cred_unref(cred);
}

static enum ssp_err query_cred(void *cred, struct pkg_query *query)
{
    return ntlm_attr_query_cred(cred, query->heap, query->attribute, query->ret);
}

static enum ssp_err query(LSA_SEC_HANDLE context, struct pkg_query *query)
{
    ULONG flags = 0;

    SSP_TRY(pkg_shakes_flags(&state.shakes, context, &flags));
    return ntlm_attr_query_half(flags, query->heap, query->attribute, query->ret);
}

/* ---- Passwords --------------------------------------------------------- */

struct texts { /* of a change of password; ssp_cleanup(texts_wipe) */
    struct str16 domain;
    struct str16 user;
    struct str16 old_password;
    struct str16 new_password;
};

static void texts_wipe(struct texts *texts)
{
    str16_wipe(&texts->domain);
    str16_wipe(&texts->user);
    str16_wipe(&texts->old_password);
    str16_wipe(&texts->new_password);
}

static enum ssp_err change_password(const UNICODE_STRING *domain, const UNICODE_STRING *user,
                                    const UNICODE_STRING *old_password,
                                    const UNICODE_STRING *new_password)
{
    ssp_cleanup(texts_wipe) struct texts texts = { 0 };

    SSP_TRY(ntlm_env_allows(&state.env));
    if (domain != NULL)
        SSP_TRY(pkg_text_of(domain, &texts.domain));
    SSP_TRY(pkg_text_of(user, &texts.user));
    SSP_TRY(pkg_text_of(old_password, &texts.old_password));
    SSP_TRY(pkg_text_of(new_password, &texts.new_password));
    const struct ntlm_password_change what = { &texts.user, &texts.domain, &texts.old_password,
                                               &texts.new_password };
    enum ssp_err e = ntlm_password_change(&state.config, &what);
    if (e == SSP_ERR_LOGON_DENIED) { /* guessed at a password, as a refused logon is */
        static const struct str16 nowhere = { 0 };
        const struct ntlm_claimant who = { &texts.user, &texts.domain, &nowhere };

        ntlm_logon_refused(state.env.lsa, &who, e);
    }
    return e;
}

/* There is nothing to say in ret_output: Windows puts a domain's password policy there. */
static NTSTATUS NTAPI SpChangeAccountPassword(PUNICODE_STRING domain, PUNICODE_STRING user,
                                              PUNICODE_STRING old_password,
                                              PUNICODE_STRING new_password, BOOLEAN impersonating,
                                              PSecBufferDesc ret_output)
{
    (void)impersonating;
    (void)ret_output;
    if (user == NULL || old_password == NULL || new_password == NULL || package.functions == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(change_password(domain, user, old_password, new_password));
}

/* ---- For Negotiate ----------------------------------------------------- */

static struct view view_of(const SecBuffer *buffer)
{
    return (struct view){ buffer->pvBuffer, buffer->cbBuffer };
}

static bool is_block(const SecBuffer *buffer)
{
    return buffer != NULL && buffer->pvBuffer != NULL;
}

static enum ssp_err sign_list(SecBuffer *data, const SecBuffer *list, SecBuffer *ret)
{
    uint8_t *block = package.functions->AllocateLsaHeap(NTLM_SIGNATURE_SIZE);

    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = ntlm_sign_list(data, view_of(list), block);
    if (e == SSP_OK)
        *ret = (SecBuffer){ NTLM_SIGNATURE_SIZE, SECBUFFER_TOKEN, block };
    else
        package.functions->FreeLsaHeap(block);
    return e;
}

static NTSTATUS NTAPI SignMechList(PSecBuffer data, PSecBuffer list, PSecBuffer ret)
{
    if (!is_block(data) || !is_block(list) || ret == NULL || package.functions == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(sign_list(data, list, ret));
}

static NTSTATUS NTAPI VerifyMechList(PSecBuffer data, PSecBuffer list, PSecBuffer signature)
{
    if (!is_block(data) || !is_block(list) || !is_block(signature))
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(ntlm_verify_list(data, view_of(list), view_of(signature)));
}

/* ---- Entry points ------------------------------------------------------ */

/* 1.3.6.1.4.1.311.2.2.10, in DER. */
static const UCHAR oid[] = {
    0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a
};

static const struct pkg_lsa_kind kind = {
    .info = &ntlm_package_info,
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
    .Initialize = SpInitialize,
    .GetExtendedInformation = SpGetExtendedInformation,
    .ChangeAccountPassword = SpChangeAccountPassword,
};

static const OPENSSPI_LSA_SIGN_TABLE sign_table = {
    .Version = OPENSSPI_LSA_SIGN_VERSION,
    .SignMechList = SignMechList,
    .VerifyMechList = VerifyMechList,
};

NTSTATUS NTAPI ntlm_SpLsaModeInitialize(ULONG lsa_version, PULONG ret_version,
                                        PSECPKG_FUNCTION_TABLE *ret_tables, PULONG ret_n)
{
    return pkg_offer_lsa(lsa_version, &table,
                         &(struct pkg_lsa_offer){ ret_version, ret_tables, ret_n });
}

NTSTATUS NTAPI ntlm_SpLsaExportInitialize(ULONG version,
                                          const OPENSSPI_LSA_EXPORT_TABLE **ret_tables,
                                          PULONG ret_n)
{
    return pkg_offer_export(version, &export_table, ret_tables, ret_n);
}

NTSTATUS NTAPI ntlm_SpLsaSignInitialize(ULONG version, const OPENSSPI_LSA_SIGN_TABLE **ret_tables,
                                        PULONG ret_n)
{
    return pkg_offer_sign(version, &sign_table, ret_tables, ret_n);
}
