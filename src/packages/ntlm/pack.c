/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/pack.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/common/packed.h"
#include "packages/ntlm/av.h"
#include "packages/ntlm/reqs.h"

/* Bits of the byte that says whose logon it is. */
enum { IS_ANONYMOUS = 1, IS_IDENTIFY = 2, ALL_BITS = 3 };
enum { CORE_MAX = 95 + 2 * RC4_STATE_SIZE /* all but the names */ };

static void pack_core(const struct ntlm_core *core, struct wr *out)
{
    uint8_t bits =
        (uint8_t)((core->is_anonymous ? IS_ANONYMOUS : 0) | (core->is_identify ? IS_IDENTIFY : 0));

    wr_le32(out, NTLM_PACK_VERSION);
    wr_le32(out, core->session.flags);
    wr_le32(out, core->attributes);
    wr_u8(out, core->session.side);
    wr_u8(out, core->bindings);
    wr_u8(out, bits);
    wr_le64(out, (uint64_t)core->start);
    wr_le64(out, (uint64_t)core->expiry);
    wr_le64(out, core->logon_id);
    wr_le64(out, core->token);
    wr_view(out, VIEW_OF(core->session_key));
    wr_view(out, VIEW_OF(core->bindings_hash));
    ntlm_session_pack(&core->session, out);
}

/* What the fields say of each other, and what no version 1 has in them. */
static bool holds(uint32_t version, uint32_t side, uint8_t bits, const struct ntlm_core *core)
{
    return version == NTLM_PACK_VERSION && (core->session.flags & ~NTLM_KNOWN_FLAGS) == 0 &&
           side <= NTLM_SERVER && core->bindings <= NTLM_BINDINGS_LAST && bits <= ALL_BITS &&
           core->start >= 0 && core->expiry >= 0;
}

/* What a side cannot have. */
static bool side_holds(const struct ntlm_core *core)
{
    if (core->session.side == NTLM_SERVER)
        return core->bindings != NTLM_BINDINGS_SENT;
    return core->bindings <= NTLM_BINDINGS_SENT && core->logon_id == 0 && core->token == 0;
}

/* What the application is told has to follow from what the session does: attributes that promise
 * more than the flags hold would be believed.  Requests and answers are the same bits. */
static bool attributes_hold(const struct ntlm_core *core)
{
    uint32_t flags = core->session.flags;
    const struct ntlm_reqs reqs = { core->session.side == NTLM_SERVER, core->attributes,
                                    core->is_anonymous };

    return ntlm_reqs_attributes(&reqs, flags) == core->attributes &&
           ntlm_reqs_datagram(&reqs) == ((flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0) &&
           ntlm_reqs_identify(&reqs, flags) == core->is_identify &&
           !(core->is_anonymous && ntlm_is_protected(flags));
}

static enum ssp_err unpack_core(struct rd *in, struct ntlm_core *core)
{
    ssp_cleanup(key_wipe) struct key exported = { 0 };
    uint32_t version = rd_le32(in);

    core->session.flags = rd_le32(in);
    core->attributes = rd_le32(in);
    uint8_t side = rd_u8(in);
    core->bindings = rd_u8(in);
    uint8_t bits = rd_u8(in);
    core->start = (int64_t)rd_le64(in);
    core->expiry = (int64_t)rd_le64(in);
    core->logon_id = rd_le64(in);
    core->token = rd_le64(in);
    rd_copy(in, core->session_key, sizeof(core->session_key));
    rd_copy(in, core->bindings_hash, sizeof(core->bindings_hash));
    /* The flags steer what follows. */
    if (!rd_ok(in) || !holds(version, side, bits, core))
        return ssp_fail(BAD_PACKED);

    core->is_anonymous = (bits & IS_ANONYMOUS) != 0;
    core->is_identify = (bits & IS_IDENTIFY) != 0;
    core->session.side = (enum ntlm_side)side;
    if (!side_holds(core) || !attributes_hold(core))
        return ssp_fail(BAD_PACKED);
    key_set(&exported, VIEW_OF(core->session_key));
    return ntlm_session_unpack(in, core->session.flags, core->session.side, &exported,
                               &core->session);
}

static void pack_names(const struct ntlm_names *names, struct wr *out)
{
    if (names->target_info.n > NTLM_TARGET_INFO_MAX && out->err == SSP_OK)
        out->err = ssp_fail(TOO_LARGE);
    wr_le16(out, names->user.n);
    wr_le16(out, names->domain.n);
    wr_le16(out, names->target.n);
    wr_le16(out, names->target_info.n);
    str16_to_wire(&names->user, out);
    str16_to_wire(&names->domain, out);
    str16_to_wire(&names->target, out);
    wr_view(out, secret_view(&names->target_info));
}

static enum ssp_err unpack_info(struct view wire, struct secret *ret)
{
    struct ntlm_av av;

    if (wire.n == 0)
        return SSP_OK;
    if (wire.n > NTLM_TARGET_INFO_MAX || ntlm_av_decode(wire, &av) != SSP_OK)
        return ssp_fail(BAD_PACKED);
    return secret_new(wire, ret);
}

static enum ssp_err unpack_names(struct rd *in, struct ntlm_names *names)
{
    size_t user_n = rd_le16(in);
    size_t domain_n = rd_le16(in);
    size_t target_n = rd_le16(in);
    size_t info_n = rd_le16(in);
    struct view user = rd_view(in, 2 * user_n);
    struct view domain = rd_view(in, 2 * domain_n);
    struct view target = rd_view(in, 2 * target_n);
    struct view info = rd_view(in, info_n);

    if (rd_end(in) != SSP_OK)
        return ssp_fail(BAD_PACKED);
    SSP_TRY(packed_text(user, &names->user));
    SSP_TRY(packed_text(domain, &names->domain));
    SSP_TRY(packed_text(target, &names->target));
    return unpack_info(info, &names->target_info);
}

void ntlm_pack(const struct ntlm_core *core, const struct ntlm_names *names, struct wr *out)
{
    size_t units = names->user.n + names->domain.n + names->target.n;

    wr_reserve(out, CORE_MAX + 2 * units + names->target_info.n);
    pack_core(core, out);
    pack_names(names, out);
}

enum ssp_err ntlm_unpack(struct view packed, struct ntlm_core *ret_core,
                         struct ntlm_names *ret_names)
{
    ssp_cleanup(ntlm_core_wipe) struct ntlm_core core = { 0 };
    ssp_cleanup(ntlm_names_wipe) struct ntlm_names names = { 0 };
    struct rd in = rd_of(packed);

    SSP_TRY(unpack_core(&in, &core));
    SSP_TRY(unpack_names(&in, &names));

    *ret_core = core;
    *ret_names = names;
    names = (struct ntlm_names){ 0 };
    return SSP_OK;
}

void ntlm_core_wipe(struct ntlm_core *core)
{
    explicit_bzero(core, sizeof(*core));
}

void ntlm_names_wipe(struct ntlm_names *names)
{
    str16_wipe(&names->user);
    str16_wipe(&names->domain);
    str16_wipe(&names->target);
    secret_wipe(&names->target_info);
}
