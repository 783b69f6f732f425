/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/sign.h"

#include "base/cleanup.h"
#include "packages/ntlm/pack.h"

struct opened { /* a packed context; ssp_cleanup(opened_wipe) */
    struct ntlm_core core;
    struct ntlm_names names;
    struct rc4 send; /* the keystreams as they were */
    struct rc4 recv;
};

static void opened_wipe(struct opened *opened)
{
    ntlm_core_wipe(&opened->core);
    ntlm_names_wipe(&opened->names);
    rc4_wipe(&opened->send);
    rc4_wipe(&opened->recv);
}

/* A constant (3.4.4.3) says nothing about a list. */
static enum ssp_err open_data(const SecBuffer *data, struct opened *ret)
{
    SSP_TRY(ntlm_unpack((struct view){ data->pvBuffer, data->cbBuffer }, &ret->core, &ret->names));
    if (!ntlm_is_protected(ret->core.session.flags))
        return ssp_fail(UNSUPPORTED);
    ret->send = ret->core.session.send.rc4;
    ret->recv = ret->core.session.recv.rc4;
    return SSP_OK;
}

/* "set OriginalHandle to ClientHandle before generating the mechListMIC and then set ClientHandle
 * to OriginalHandle" */
static enum ssp_err close_data(struct opened *opened, SecBuffer *data)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);

    opened->core.session.send.rc4 = opened->send;
    opened->core.session.recv.rc4 = opened->recv;
    ntlm_pack(&opened->core, &opened->names, &out);
    SSP_TRY(out.err);
    if (out.n != data->cbBuffer)
        return ssp_fail(INTERNAL);
    memcpy(data->pvBuffer, out.p, out.n);
    return SSP_OK;
}

enum ssp_err ntlm_sign_list(SecBuffer *data, struct view list, uint8_t ret[NTLM_SIGNATURE_SIZE])
{
    ssp_cleanup(opened_wipe) struct opened opened = { 0 };
    const struct pkg_piece piece = pkg_piece_to_sign(list);
    const struct ntlm_message msg = { &piece, 1, 0 };
    uint8_t signature[NTLM_SIGNATURE_SIZE];

    SSP_TRY(open_data(data, &opened));
    SSP_TRY(ntlm_sign(&opened.core.session, &msg, signature));
    SSP_TRY(close_data(&opened, data));
    memcpy(ret, signature, sizeof(signature));
    return SSP_OK;
}

enum ssp_err ntlm_verify_list(SecBuffer *data, struct view list, struct view signature)
{
    ssp_cleanup(opened_wipe) struct opened opened = { 0 };
    const struct pkg_piece piece = pkg_piece_to_sign(list);
    const struct ntlm_message msg = { &piece, 1, 0 };

    SSP_TRY(open_data(data, &opened));
    if (signature.n != NTLM_SIGNATURE_SIZE)
        return ssp_fail(ALTERED);
    SSP_TRY(ntlm_verify(&opened.core.session, &msg, signature.p));
    return close_data(&opened, data);
}
