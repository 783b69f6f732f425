/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mechListMIC: MIC tokens (RFC 4121 4.2.6.1) with the keys of a context that is
 * packed already, for Negotiate (OPENSSPI_LSA_SIGN_TABLE).  They take a number
 * each, as any message does: the application's first message has the next one.
 */
#include <opensspi.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "packages/common/offer.h"
#include "packages/kerberos/cfx.h"
#include "packages/kerberos/pack.h"
#include "packages/kerberos/package.h"

struct opened { /* a packed context; ssp_cleanup(opened_wipe) */
    struct krb_core core;
    struct krb_names names;
    struct krb_engine engine;
};

static void opened_wipe(struct opened *opened)
{
    krb_engine_wipe(&opened->engine);
    krb_core_wipe(&opened->core);
    krb_names_wipe(&opened->names);
}

static struct view view_of(const SecBuffer *buffer)
{
    return (struct view){ buffer->pvBuffer, buffer->cbBuffer };
}

/* Whoever chooses among packages has asked for integrity, whatever the application did. */
static enum ssp_err open_data(const SecBuffer *data, struct opened *ret)
{
    SSP_TRY(krb_unpack(view_of(data), &ret->core, &ret->names));
    krb_engine_init(&ret->engine, &ret->core.session);
    return SSP_OK;
}

static enum ssp_err close_data(const struct opened *opened, SecBuffer *data)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);

    krb_pack(&opened->core, &opened->names, &out);
    SSP_TRY(out.err);
    if (out.n != data->cbBuffer)
        return ssp_fail(INTERNAL);
    memcpy(data->pvBuffer, out.p, out.n);
    return SSP_OK;
}

static enum ssp_err sign_list(SecBuffer *data, const SecBuffer *list, SecBuffer *ret)
{
    ssp_cleanup(opened_wipe) struct opened opened = { 0 };
    const struct pkg_piece piece = pkg_piece_to_sign(view_of(list));
    const struct krb_message msg = { &piece, 1 };
    uint8_t token[KRB_MIC_MAX];

    SSP_TRY(open_data(data, &opened));
    SSP_TRY(krb_mic(&opened.engine, &msg, token));
    size_t n = krb_mic_size(&opened.core.session);
    void *block = heap_alloc(n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = close_data(&opened, data);
    if (e != SSP_OK) {
        (void)heap_free(block);
        return e;
    }
    memcpy(block, token, n);
    *ret = (SecBuffer){ (ULONG)n, SECBUFFER_TOKEN, block };
    return SSP_OK;
}

static enum ssp_err verify_list(SecBuffer *data, const SecBuffer *list, const SecBuffer *signature)
{
    ssp_cleanup(opened_wipe) struct opened opened = { 0 };
    const struct pkg_piece piece = pkg_piece_to_sign(view_of(list));
    const struct krb_message msg = { &piece, 1 };

    SSP_TRY(open_data(data, &opened));
    enum ssp_err e = krb_mic_verify(&opened.engine, &msg, view_of(signature));
    if (e != SSP_OK) /* one that is none does not fit, either */
        return e == SSP_ERR_BAD_TOKEN ? ssp_fail(ALTERED) : e;
    return close_data(&opened, data);
}

static bool is_block(const SecBuffer *buffer)
{
    return buffer != NULL && (buffer->pvBuffer != NULL || buffer->cbBuffer == 0);
}

static NTSTATUS NTAPI SignMechList(PSecBuffer data, PSecBuffer list, PSecBuffer ret)
{
    if (!is_block(data) || !is_block(list) || ret == NULL)
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(sign_list(data, list, ret));
}

static NTSTATUS NTAPI VerifyMechList(PSecBuffer data, PSecBuffer list, PSecBuffer signature)
{
    if (!is_block(data) || !is_block(list) || !is_block(signature))
        return ssp_err_status(ssp_fail(BAD_ARGUMENT));
    return ssp_err_status(verify_list(data, list, signature));
}

static const OPENSSPI_LSA_SIGN_TABLE table = {
    .Version = OPENSSPI_LSA_SIGN_VERSION,
    .SignMechList = SignMechList,
    .VerifyMechList = VerifyMechList,
};

NTSTATUS NTAPI kerberos_SpLsaSignInitialize(ULONG version,
                                            const OPENSSPI_LSA_SIGN_TABLE **ret_tables,
                                            PULONG ret_n)
{
    return pkg_offer_sign(version, &table, ret_tables, ret_n);
}
