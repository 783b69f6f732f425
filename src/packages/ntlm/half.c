/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/half.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/common/packed.h"
#include "packages/ntlm/challenge.h"
#include "packages/ntlm/negotiate.h"

/* Bits of the packed form. */
enum {
    BIT_INBOUND = 1 << 0,
    BIT_OUTBOUND = 1 << 1,
    BIT_ANONYMOUS = 1 << 2,
    BIT_HASHES = 1 << 3,
    BIT_BINDINGS = 1 << 4,
    BITS_KNOWN = BIT_INBOUND | BIT_OUTBOUND | BIT_ANONYMOUS | BIT_HASHES | BIT_BINDINGS,
};

enum ssp_err ntlm_half_new(struct ntlm_half **ret)
{
    struct ntlm_half *half = calloc(1, sizeof(*half));

    if (half == NULL)
        return ssp_fail(NO_MEMORY);
    *ret = half;
    return SSP_OK;
}

void ntlm_half_free(struct ntlm_half *half)
{
    if (half == NULL)
        return;
    secret_wipe(&half->negotiate);
    secret_wipe(&half->challenge);
    str16_wipe(&half->target);
    ntlm_cred_unref(half->cred);
    free(half);
}

void ntlm_half_freep(struct ntlm_half **half)
{
    ntlm_half_free(*half);
    *half = NULL;
}

/* A length byte and 16 bytes, zero where there is no key. */
static void put_hash(const struct key *hash, struct wr *out)
{
    wr_u8(out, hash->n);
    wr_view(out, key_view(hash));
    wr_zero(out, NTLM_HASH_SIZE - hash->n);
}

static unsigned bits_of(const struct ntlm_half *half)
{
    const struct ntlm_cred *cred = half->cred;
    unsigned bits = half->has_bindings ? BIT_BINDINGS : 0U;

    if (ntlm_half_accepts(half))
        return bits | BIT_INBOUND;
    return bits | BIT_OUTBOUND | (cred->is_anonymous ? BIT_ANONYMOUS : BIT_HASHES);
}

/* Only what the role still needs: an acceptor's own hashes stay at home. */
static void pack_cred(const struct ntlm_half *half, struct wr *out)
{
    static const struct ntlm_cred nobody = { 0 };
    static const struct ntlm_hashes none = { 0 };
    const struct ntlm_cred *self = ntlm_half_accepts(half) ? &nobody : half->cred;
    const struct ntlm_hashes *hashes = self->hashes != NULL ? self->hashes : &none;

    packed_put_text(&self->user, out);
    packed_put_text(&self->domain, out);
    packed_put_text(&half->cred->principal, out);
    put_hash(&hashes->nt, out);
    put_hash(&hashes->lm, out);
}

void ntlm_half_pack(const struct ntlm_half *half, struct wr *out)
{
    wr_le32(out, NTLM_HALF_VERSION);
    wr_u8(out, half->state);
    wr_u8(out, bits_of(half));
    wr_le32(out, half->asked);
    wr_le32(out, half->flags);
    wr_view(out, VIEW_OF(half->bindings));
    packed_put_bytes(secret_view(&half->negotiate), out);
    packed_put_bytes(secret_view(&half->challenge), out);
    packed_put_text(&half->target, out);
    pack_cred(half, out);
}

/* False for a length that no hash has, or for a hash where there should be none. */
static bool take_hash(struct rd *in, struct key *ret)
{
    static const uint8_t zero[NTLM_HASH_SIZE] = { 0 };
    uint8_t n = rd_u8(in);
    struct view bytes = rd_view(in, NTLM_HASH_SIZE);

    if (!rd_ok(in) || (n != 0 && n != NTLM_HASH_SIZE))
        return false;
    if (n == 0)
        return ct_eq(bytes, VIEW_OF(zero));
    key_set(ret, bytes);
    return true;
}

struct parts { /* of a credential, on the way from packed to shared */
    struct ntlm_cred cred;
    struct ntlm_hashes hashes;
};

static void parts_wipe(struct parts *parts)
{
    str16_wipe(&parts->cred.user);
    str16_wipe(&parts->cred.domain);
    str16_wipe(&parts->cred.principal);
    key_wipe(&parts->hashes.nt);
    key_wipe(&parts->hashes.lm);
}

static bool hashes_fit(const struct parts *parts, unsigned bits)
{
    if ((bits & BIT_HASHES) != 0)
        return parts->hashes.nt.n != 0 && (bits & BIT_ANONYMOUS) == 0;
    return parts->hashes.nt.n == 0 && parts->hashes.lm.n == 0;
}

static enum ssp_err unpack_cred(struct rd *in, unsigned bits, struct ntlm_cred **ret)
{
    ssp_cleanup(parts_wipe) struct parts parts = {
        .cred = { .inbound = (bits & BIT_INBOUND) != 0,
                  .outbound = (bits & BIT_OUTBOUND) != 0,
                  .is_anonymous = (bits & BIT_ANONYMOUS) != 0 },
    };

    SSP_TRY(packed_take_text(in, &parts.cred.user));
    SSP_TRY(packed_take_text(in, &parts.cred.domain));
    SSP_TRY(packed_take_text(in, &parts.cred.principal));
    if (!take_hash(in, &parts.hashes.nt) || !take_hash(in, &parts.hashes.lm) ||
        !hashes_fit(&parts, bits))
        return ssp_fail(BAD_PACKED);
    if ((bits & BIT_HASHES) != 0)
        parts.cred.hashes = &parts.hashes;
    return ntlm_cred_of(&parts.cred, ret);
}

/* What both roles have in common: bindings only where some were given, and the mode asked for. */
static bool requests_fit(const struct ntlm_half *half)
{
    static const uint8_t zero[NTLM_BINDINGS_SIZE] = { 0 };
    bool is_datagram = (half->flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0;

    return (half->has_bindings || ct_eq(VIEW_OF(half->bindings), VIEW_OF(zero))) &&
           ((half->asked & ISC_REQ_DATAGRAM) != 0) == is_datagram;
}

/* The messages are our own, or were accepted by us: they decode, or we did not write this. */
static bool initiator_fits(const struct ntlm_half *half)
{
    struct ntlm_negotiate negotiate = { 0 };
    bool is_datagram = (half->flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0;
    const struct ntlm_cred *cred = half->cred;

    if (!cred->outbound || cred->inbound || half->challenge.n != 0 ||
        cred->is_anonymous != (cred->hashes == NULL))
        return false;
    if (is_datagram)
        return half->negotiate.n == 0;
    return ntlm_negotiate_decode(secret_view(&half->negotiate), &negotiate) == SSP_OK &&
           negotiate.flags == half->flags;
}

static bool acceptor_fits(const struct ntlm_half *half)
{
    struct ntlm_negotiate negotiate = { 0 };
    struct ntlm_challenge challenge = { 0 };

    const struct ntlm_cred *cred = half->cred;

    if (!cred->inbound || cred->outbound || cred->hashes != NULL || cred->is_anonymous ||
        cred->user.n != 0 || cred->domain.n != 0 || half->target.n != 0)
        return false;
    if (half->negotiate.n == 0 && (half->flags & NTLMSSP_NEGOTIATE_DATAGRAM) == 0)
        return false;
    if (half->negotiate.n > NTLM_NEGOTIATE_MAX)
        return false;
    if (half->negotiate.n != 0 &&
        ntlm_negotiate_decode(secret_view(&half->negotiate), &negotiate) != SSP_OK)
        return false;
    return ntlm_challenge_decode(secret_view(&half->challenge), &challenge) == SSP_OK &&
           challenge.flags == half->flags;
}

static bool fits(const struct ntlm_half *half)
{
    if (!requests_fit(half))
        return false;
    if (half->state == NTLM_ST_CHALLENGE)
        return initiator_fits(half);
    return half->state == NTLM_ST_AUTHENTICATE && acceptor_fits(half);
}

static enum ssp_err unpack(struct rd *in, struct ntlm_half *half)
{
    uint32_t version = rd_le32(in);
    uint8_t state = rd_u8(in);
    uint8_t bits = rd_u8(in);

    half->asked = rd_le32(in);
    half->flags = rd_le32(in);
    rd_copy(in, half->bindings, sizeof(half->bindings));
    if (!rd_ok(in) || version != NTLM_HALF_VERSION || (bits & ~(unsigned)BITS_KNOWN) != 0 ||
        state >= NTLM_ST_DONE)
        return ssp_fail(BAD_PACKED);
    half->state = (enum ntlm_state)state;
    half->has_bindings = (bits & BIT_BINDINGS) != 0;
    SSP_TRY(packed_take_bytes(in, NTLM_HALF_MAX, &half->negotiate));
    SSP_TRY(packed_take_bytes(in, NTLM_HALF_MAX, &half->challenge));
    SSP_TRY(packed_take_text(in, &half->target));
    return unpack_cred(in, bits, &half->cred);
}

enum ssp_err ntlm_half_unpack(struct view packed, struct ntlm_half **ret)
{
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;
    struct rd in = rd_of(packed);

    if (packed.n > NTLM_HALF_MAX)
        return ssp_fail(BAD_PACKED);
    SSP_TRY(ntlm_half_new(&half));
    SSP_TRY(unpack(&in, half));
    if (rd_end(&in) != SSP_OK || !fits(half))
        return ssp_fail(BAD_PACKED);

    *ret = ssp_steal(&half);
    return SSP_OK;
}
