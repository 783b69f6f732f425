/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/half.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/common/packed.h"

enum ssp_err krb_half_new(struct krb_half **ret)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = calloc(1, sizeof(*half));

    if (half == NULL)
        return ssp_fail(NO_MEMORY);
    half->keys = arena_alloc(ARENA_CREDENTIALS, sizeof(*half->keys));
    if (half->keys == NULL)
        return ssp_fail(NO_MEMORY);
    *ret = ssp_steal(&half);
    return SSP_OK;
}

void krb_half_free(struct krb_half *half)
{
    if (half == NULL)
        return;
    arena_free(half->keys);
    krb_names_wipe(&half->names);
    krb_delegation_unref(half->delegation);
    free(half);
}

void krb_half_freep(struct krb_half **half)
{
    krb_half_free(*half);
    *half = NULL;
}

bool krb_half_accepts(const struct krb_half *half)
{
    return half->state == KRB_ST_THIRD;
}

/* ---- The packed form --------------------------------------------------- */

static void put_key(const struct krb_key *key, struct wr *out)
{
    wr_u8(out, (size_t)key->type);
    wr_view(out, key_view(&key->key));
}

void krb_half_pack(const struct krb_half *half, struct wr *out)
{
    wr_le32(out, KRB_HALF_VERSION);
    wr_u8(out, half->state);
    wr_u8(out, half->bindings);
    wr_le32(out, half->asked);
    wr_le32(out, half->flags);
    wr_le32(out, half->stamp.seconds);
    wr_le32(out, half->stamp.micros);
    wr_le32(out, half->send_seq);
    wr_le32(out, half->recv_seq);
    wr_le64(out, (uint64_t)half->start);
    wr_le64(out, (uint64_t)half->expiry);
    wr_view(out, VIEW_OF(half->bindings_hash));
    put_key(&half->keys->session, out);
    put_key(&half->keys->initiator, out);
    put_key(&half->keys->acceptor, out);
    packed_put_text(&half->names.client, out);
    packed_put_text(&half->names.server, out);
    packed_put_text(&half->names.target, out);
    wr_u8(out, half->sid.n);
    wr_view(out, (struct view){ half->sid.b, half->sid.n });
}

/* Type 0 is no key; others have the size of their type. */
static void take_key(struct rd *in, struct krb_key *ret)
{
    uint8_t type = rd_u8(in);
    size_t n = krb_key_size(type);

    if (type != 0 && n == 0)
        in->bad = true;
    struct view bytes = rd_view(in, n);
    ret->type = type;
    key_set(&ret->key, bytes);
}

static void take_sid(struct rd *in, struct krb_sid *ret)
{
    uint8_t n = rd_u8(in);

    if (n > KRB_SID_MAX) {
        in->bad = true;
        return;
    }
    ret->n = n;
    rd_copy(in, ret->b, n);
}

static void take_numbers(struct rd *in, struct krb_half *half)
{
    half->asked = rd_le32(in);
    half->flags = rd_le32(in);
    half->stamp.seconds = rd_le32(in);
    half->stamp.micros = rd_le32(in);
    half->send_seq = rd_le32(in);
    half->recv_seq = rd_le32(in);
    half->start = (int64_t)rd_le64(in);
    half->expiry = (int64_t)rd_le64(in);
    rd_copy(in, half->bindings_hash, sizeof(half->bindings_hash));
    take_key(in, &half->keys->session);
    take_key(in, &half->keys->initiator);
    take_key(in, &half->keys->acceptor);
}

/* An initiator waits for the acceptor's key, and an acceptor has made it.  Only it looks at the
 * peer's bindings, or knows a SID. */
static bool state_holds(const struct krb_half *half)
{
    bool has_keys = half->keys->session.type != 0;

    if (half->state == KRB_ST_REPLY)
        return has_keys && half->keys->initiator.type != 0 && half->keys->acceptor.type == 0 &&
               half->bindings <= KRB_BINDINGS_SENT && half->sid.n == 0;
    return half->state == KRB_ST_THIRD && has_keys && half->keys->acceptor.type != 0 &&
           half->bindings != KRB_BINDINGS_SENT && half->bindings <= KRB_BINDINGS_LAST &&
           (half->flags & KRB_GSS_DCE_STYLE) != 0;
}

enum ssp_err krb_half_unpack(struct view packed, struct krb_half **ret)
{
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;
    struct rd in = rd_of(packed);
    uint32_t version = rd_le32(&in);

    SSP_TRY(krb_half_new(&half));
    half->state = rd_u8(&in);
    half->bindings = rd_u8(&in);
    take_numbers(&in, half);
    SSP_TRY(packed_take_text(&in, &half->names.client));
    SSP_TRY(packed_take_text(&in, &half->names.server));
    SSP_TRY(packed_take_text(&in, &half->names.target));
    take_sid(&in, &half->sid);
    if (rd_end(&in) != SSP_OK || version != KRB_HALF_VERSION || !state_holds(half))
        return ssp_fail(BAD_PACKED);
    *ret = ssp_steal(&half);
    return SSP_OK;
}

enum ssp_err krb_half_copy(const struct krb_half *half, struct krb_half **ret)
{
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(KRB_HALF_MAX);

    krb_half_pack(half, &packed);
    SSP_TRY(packed.err);
    return krb_half_unpack((struct view){ packed.p, packed.n }, ret);
}
