/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/pack.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "packages/common/packed.h"

enum { HAS_ACCEPTOR_SUBKEY = 1, RESET_ONLY_UNUSED = 2, ALL_BITS = 3 };
enum { CORE_MAX = 128 + KRB_KEY_MAX + 6 /* all but the names */ };

static void pack_session(const struct krb_session *session, struct wr *out)
{
    wr_view(out, (struct view){ session->key, krb_key_size(session->enctype) });
    wr_le64(out, session->send_first);
    wr_le64(out, session->recv_first);
    wr_le64(out, session->send_seq);
    wr_le64(out, session->recv.next);
    wr_le64(out, session->recv.seen);
}

static enum ssp_err unpack_session(struct rd *in, struct krb_session *session)
{
    rd_copy(in, session->key, krb_key_size(session->enctype));
    session->send_first = rd_le64(in);
    session->recv_first = rd_le64(in);
    session->send_seq = rd_le64(in);
    session->recv.next = rd_le64(in);
    session->recv.seen = rd_le64(in);
    /* Neither direction ever goes back. */
    if (!rd_ok(in) || session->send_seq < session->send_first ||
        !krb_window_holds(&session->recv, session->recv_first))
        return ssp_fail(BAD_PACKED);
    return SSP_OK;
}

static void pack_core(const struct krb_core *core, struct wr *out)
{
    wr_le32(out, KRB_PACK_VERSION);
    wr_le32(out, core->attributes);
    wr_u8(out, core->session.side);
    wr_u8(out, core->bindings);
    wr_u8(out, (core->session.has_acceptor_subkey ? HAS_ACCEPTOR_SUBKEY : 0) |
                   (core->reset_only_unused ? RESET_ONLY_UNUSED : 0));
    wr_u8(out, (size_t)core->session.enctype);
    wr_le64(out, (uint64_t)core->start);
    wr_le64(out, (uint64_t)core->expiry);
    wr_le64(out, core->logon_id);
    wr_le64(out, core->token);
    wr_view(out, VIEW_OF(core->bindings_hash));
    pack_session(&core->session, out);
}

/* What a side cannot have. */
static bool side_holds(const struct krb_core *core, uint8_t side)
{
    if (side == KRB_ACCEPTOR)
        return core->bindings != KRB_BINDINGS_SENT;
    return side == KRB_INITIATOR && core->bindings <= KRB_BINDINGS_SENT && core->logon_id == 0 &&
           core->token == 0;
}

static enum ssp_err unpack_core(struct rd *in, struct krb_core *core)
{
    struct krb_session *session = &core->session;
    uint32_t version = rd_le32(in);

    core->attributes = rd_le32(in);
    uint8_t side = rd_u8(in);
    core->bindings = rd_u8(in);
    uint8_t bits = rd_u8(in);
    uint8_t enctype = rd_u8(in);
    core->start = (int64_t)rd_le64(in);
    core->expiry = (int64_t)rd_le64(in);
    core->logon_id = rd_le64(in);
    core->token = rd_le64(in);
    rd_copy(in, core->bindings_hash, sizeof(core->bindings_hash));
    /* The encryption type steers what follows. */
    if (!rd_ok(in) || version != KRB_PACK_VERSION || core->bindings > KRB_BINDINGS_LAST ||
        bits > ALL_BITS || krb_key_size(enctype) == 0 || core->start < 0 || core->expiry < 0 ||
        !side_holds(core, side))
        return ssp_fail(BAD_PACKED);

    session->side = (enum krb_side)side;
    session->enctype = enctype;
    session->has_acceptor_subkey = (bits & HAS_ACCEPTOR_SUBKEY) != 0;
    core->reset_only_unused = (bits & RESET_ONLY_UNUSED) != 0;
    session->flags = krb_flags_of(session->side, core->attributes);
    return unpack_session(in, session);
}

static void pack_names(const struct krb_names *names, struct wr *out)
{
    wr_le16(out, names->client.n);
    wr_le16(out, names->server.n);
    wr_le16(out, names->target.n);
    str16_to_wire(&names->client, out);
    str16_to_wire(&names->server, out);
    str16_to_wire(&names->target, out);
}

static enum ssp_err unpack_names(struct rd *in, struct krb_names *names)
{
    size_t client_n = rd_le16(in);
    size_t server_n = rd_le16(in);
    size_t target_n = rd_le16(in);
    struct view client = rd_view(in, 2 * client_n);
    struct view server = rd_view(in, 2 * server_n);
    struct view target = rd_view(in, 2 * target_n);

    if (rd_end(in) != SSP_OK)
        return ssp_fail(BAD_PACKED);
    SSP_TRY(packed_text(client, &names->client));
    SSP_TRY(packed_text(server, &names->server));
    return packed_text(target, &names->target);
}

void krb_pack(const struct krb_core *core, const struct krb_names *names, struct wr *out)
{
    wr_reserve(out, CORE_MAX + 2 * (names->client.n + names->server.n + names->target.n));
    pack_core(core, out);
    pack_names(names, out);
}

enum ssp_err krb_unpack(struct view packed, struct krb_core *ret_core, struct krb_names *ret_names)
{
    ssp_cleanup(krb_core_wipe) struct krb_core core = { 0 };
    ssp_cleanup(krb_names_wipe) struct krb_names names = { 0 };
    struct rd in = rd_of(packed);

    SSP_TRY(unpack_core(&in, &core));
    SSP_TRY(unpack_names(&in, &names));

    *ret_core = core;
    *ret_names = names;
    names = (struct krb_names){ 0 };
    return SSP_OK;
}

/* Behind the first '@' that no backslash stands before (RFC 1964 2.1.1): a realm may have others,
 * with theirs. */
size_t krb_realm_at(const struct str16 *principal)
{
    for (size_t i = 0; i < principal->n; i++) {
        if (principal->p[i] == u'\\')
            i++;
        else if (principal->p[i] == u'@')
            return i + 1;
    }
    return principal->n;
}

void krb_core_wipe(struct krb_core *core)
{
    explicit_bzero(core, sizeof(*core));
}

void krb_names_wipe(struct krb_names *names)
{
    str16_wipe(&names->client);
    str16_wipe(&names->server);
    str16_wipe(&names->target);
}
