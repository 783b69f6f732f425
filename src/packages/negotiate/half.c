/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/half.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/common/packed.h"
#include "packages/negotiate/token.h"

/* Bits of the packed form. */
enum {
    BIT_ACCEPT = 1 << 0,
    BIT_NEEDS_MIC = 1 << 1,
    BIT_MIC_SENT = 1 << 2,
    BIT_MIC_SEEN = 1 << 3,
    BIT_RETRY = 1 << 4,
    BIT_STARTED = 1 << 5, /* the inner handshake */
    BIT_FINISHED = 1 << 6,
    BITS_KNOWN = (1 << 7) - 1,
};

enum ssp_err nego_half_new(bool accept, struct nego_half **ret)
{
    struct nego_half *half = calloc(1, sizeof(*half));

    if (half == NULL)
        return ssp_fail(NO_MEMORY);
    half->accept = accept;
    half->package = NEGO_PACKAGES;
    *ret = half;
    return SSP_OK;
}

/* What it owns; the rest is copied with the struct. */
static enum ssp_err copy_parts(const struct nego_half *from, struct nego_half *to)
{
    SSP_TRY(secret_new(secret_view(&from->list), &to->list));
    SSP_TRY(str16_from_units(from->target.p, from->target.n, &to->target));
    SSP_TRY(secret_new(secret_view(&from->partial), &to->partial));
    SSP_TRY(secret_new(secret_view(&from->rest), &to->rest));
    return secret_new(secret_view(&from->answered), &to->answered);
}

enum ssp_err nego_half_copy(const struct nego_half *half, struct nego_half **ret)
{
    ssp_cleanup(nego_half_freep) struct nego_half *copy = malloc(sizeof(*copy));

    if (copy == NULL)
        return ssp_fail(NO_MEMORY);
    *copy = *half;
    copy->list = copy->partial = copy->rest = copy->answered = (struct secret){ 0 };
    copy->target = (struct str16){ 0 };
    SSP_TRY(copy_parts(half, copy));
    *ret = ssp_steal(&copy);
    return SSP_OK;
}

void nego_half_free(struct nego_half *half)
{
    if (half == NULL)
        return;
    secret_wipe(&half->list);
    str16_wipe(&half->target);
    secret_wipe(&half->partial);
    secret_wipe(&half->rest);
    secret_wipe(&half->answered);
    free(half);
}

void nego_half_freep(struct nego_half **half)
{
    nego_half_free(*half);
    *half = NULL;
}

/* ---- Packing ----------------------------------------------------------- */

static unsigned bits_of(const struct nego_half *half)
{
    return (half->accept ? BIT_ACCEPT : 0U) | (half->needs_mic ? BIT_NEEDS_MIC : 0U) |
           (half->mic_sent ? BIT_MIC_SENT : 0U) | (half->mic_seen ? BIT_MIC_SEEN : 0U) |
           (half->is_retry ? BIT_RETRY : 0U) | (half->is_started ? BIT_STARTED : 0U) |
           (half->is_finished ? BIT_FINISHED : 0U);
}

void nego_half_pack(const struct nego_half *half, struct view inner, struct wr *out)
{
    wr_le32(out, NEGO_HALF_VERSION);
    wr_u8(out, half->state);
    wr_u8(out, bits_of(half));
    wr_u8(out, half->package);
    wr_u8(out, half->offered.n);
    for (size_t i = 0; i < half->offered.n; i++)
        wr_u8(out, half->offered.package[i]);
    wr_le32(out, half->asked);
    wr_le32(out, half->attributes);
    wr_le64(out, (uint64_t)half->expiry);
    packed_put_bytes(secret_view(&half->list), out);
    packed_put_text(&half->target, out);
    packed_put_bytes(secret_view(&half->partial), out);
    packed_put_bytes(secret_view(&half->rest), out);
    packed_put_bytes(secret_view(&half->answered), out);
    packed_put_bytes(inner, out);
}

/* ---- Unpacking --------------------------------------------------------- */

static bool take_offered(struct rd *in, struct nego_choice *ret)
{
    size_t n = rd_u8(in);

    if (!rd_ok(in) || n > NEGO_PACKAGES)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t package = rd_u8(in);

        if (package >= NEGO_PACKAGES || nego_choice_has(ret, (enum nego_package)package))
            return false;
        ret->package[ret->n++] = (enum nego_package)package;
    }
    return rd_ok(in);
}

static bool take_head(struct rd *in, struct nego_half *half)
{
    uint32_t version = rd_le32(in);
    uint8_t state = rd_u8(in);
    uint8_t bits = rd_u8(in);
    uint8_t package = rd_u8(in);

    if (!rd_ok(in) || version != NEGO_HALF_VERSION || state >= NEGO_ST_DEAD ||
        package > NEGO_PACKAGES || (bits & ~(unsigned)BITS_KNOWN) != 0)
        return false;
    half->state = (enum nego_state)state;
    half->package = (enum nego_package)package;
    half->accept = (bits & BIT_ACCEPT) != 0;
    half->needs_mic = (bits & BIT_NEEDS_MIC) != 0;
    half->mic_sent = (bits & BIT_MIC_SENT) != 0;
    half->mic_seen = (bits & BIT_MIC_SEEN) != 0;
    half->is_retry = (bits & BIT_RETRY) != 0;
    half->is_started = (bits & BIT_STARTED) != 0;
    half->is_finished = (bits & BIT_FINISHED) != 0;
    return take_offered(in, &half->offered);
}

static enum ssp_err take_all(struct rd *in, struct nego_half *half, struct view *ret_inner)
{
    if (!take_head(in, half))
        return ssp_fail(BAD_PACKED);
    half->asked = rd_le32(in);
    half->attributes = rd_le32(in);
    half->expiry = (int64_t)rd_le64(in);
    SSP_TRY(packed_take_bytes(in, NEGO_LIST_MAX, &half->list));
    SSP_TRY(packed_take_text(in, &half->target));
    SSP_TRY(packed_take_bytes(in, LIMIT_TOKEN, &half->partial));
    SSP_TRY(packed_take_bytes(in, LIMIT_TOKEN, &half->rest));
    SSP_TRY(packed_take_bytes(in, LIMIT_TOKEN, &half->answered));
    *ret_inner = rd_view(in, rd_le32(in));
    return rd_end(in) == SSP_OK ? SSP_OK : ssp_fail(BAD_PACKED);
}

/* Whether the inner handshake is over; an initiator's may be before the acceptor has said a word.
 */
static bool ends(const struct nego_half *half)
{
    if (half->state == NEGO_ST_REPLY)
        return half->is_finished;
    return half->state == NEGO_ST_MIC || half->state == NEGO_ST_DONE;
}

/* An acceptor may have chosen what has not begun yet; else it begins with the choice. */
static bool start_fits(const struct nego_half *half)
{
    bool is_begun = half->state != NEGO_ST_START && half->state != NEGO_ST_HINTED;

    if (half->is_finished != ends(half))
        return false;
    if (half->accept && half->state == NEGO_ST_TOKENS)
        return true;
    return half->is_started == is_begun;
}

/* Which states each role has. */
static bool state_fits(const struct nego_half *half)
{
    switch (half->state) {
    case NEGO_ST_REPLY:
        return !half->accept;
    case NEGO_ST_HINTED:
    case NEGO_ST_RAW:
        return half->accept;
    case NEGO_ST_DONE: /* a context that has said all it has to say is no half any more */
        return half->rest.n != 0;
    case NEGO_ST_START:
    case NEGO_ST_TOKENS:
    case NEGO_ST_MIC:
    case NEGO_ST_DEAD:
        break;
    }
    return half->state != NEGO_ST_DEAD;
}

/* The list is there as soon as there is one, and is a list. */
static bool list_fits(const struct nego_half *half)
{
    struct view oid[NEGO_OFFERS_MAX];
    bool is_due =
        half->state == NEGO_ST_REPLY || half->state == NEGO_ST_TOKENS || half->state == NEGO_ST_MIC;
    size_t n = 0;

    if (half->list.n == 0)
        return !is_due;
    return nego_list_decode(secret_view(&half->list), oid, &n) == SSP_OK;
}

static bool choice_fits(const struct nego_half *half)
{
    bool is_begun = half->state != NEGO_ST_START && half->state != NEGO_ST_HINTED;

    if (is_begun != (half->package != NEGO_PACKAGES))
        return false;
    if (half->accept)
        return half->offered.n == 0 && half->target.n == 0;
    return !is_begun ? half->offered.n == 0 : nego_choice_has(&half->offered, half->package);
}

static bool output_fits(const struct nego_half *half)
{
    return half->is_retry ? half->rest.n != 0 : half->answered.n == 0;
}

static bool fits(const struct nego_half *half, struct view inner)
{
    return state_fits(half) && start_fits(half) && list_fits(half) && choice_fits(half) &&
           output_fits(half) && half->is_started == (inner.n != 0) && half->expiry >= 0;
}

enum ssp_err nego_half_unpack(struct view packed, struct nego_half **ret, struct view *ret_inner)
{
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    struct rd in = rd_of(packed);
    struct view inner = { 0 };

    if (packed.n > NEGO_HALF_MAX)
        return ssp_fail(BAD_PACKED);
    SSP_TRY(nego_half_new(false, &half));
    SSP_TRY(take_all(&in, half, &inner));
    if (!fits(half, inner))
        return ssp_fail(BAD_PACKED);
    *ret_inner = inner;
    *ret = ssp_steal(&half);
    return SSP_OK;
}
