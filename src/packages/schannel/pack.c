/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/pack.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "packages/common/packed.h"

enum {
    IS_RESUMED = 1,
    IS_IDENTIFY = 2,
    HAS_UNIQUE = 4,
    IS_USED = 8,
    UPDATE_OWED = 0x10,
    UPDATE_WANTED = 0x20,
    CLOSE_SENT = 0x40,
    CLOSE_RECEIVED = 0x80,
    IS_DEAD = 0x100,
    ALL_BITS = 0x1ff,
};
enum { CORE_MAX = 320 /* all but the names */, ALERT_FATAL = 2, HEAD_SIZE = 4 };

/* ---- Packing ----------------------------------------------------------- */

static uint16_t bits_of(const struct tls_core *core)
{
    const struct tls_live *live = &core->live;
    unsigned bits = 0;

    bits |= core->is_resumed ? IS_RESUMED : 0;
    bits |= core->is_identify ? IS_IDENTIFY : 0;
    bits |= core->has_unique ? HAS_UNIQUE : 0;
    bits |= live->is_used ? IS_USED : 0;
    bits |= live->update_owed ? UPDATE_OWED : 0;
    bits |= live->update_wanted ? UPDATE_WANTED : 0;
    bits |= live->close_sent ? CLOSE_SENT : 0;
    bits |= live->close_received ? CLOSE_RECEIVED : 0;
    bits |= live->is_dead ? IS_DEAD : 0;
    return (uint16_t)bits;
}

static void pack_session(const struct tls_core *core, struct wr *out)
{
    wr_le32(out, TLS_PACK_VERSION);
    wr_le16(out, core->suite->id);
    wr_u8(out, core->role);
    wr_le16(out, bits_of(core));
    wr_le32(out, core->attributes);
    wr_le16(out, core->group);
    wr_le16(out, core->signature);
    wr_le16(out, core->exchange_bits);
    wr_le64(out, (uint64_t)core->start);
    wr_le64(out, (uint64_t)core->expiry);
    wr_le64(out, core->logon_id);
    wr_le64(out, core->token);
    wr_le64(out, core->send.seq);
    wr_le64(out, core->recv.seq);
}

static void pack_live(const struct tls_live *live, struct wr *out)
{
    wr_u8(out, live->alert_level);
    wr_u8(out, live->alert);
    wr_u8(out, live->partial.head_n);
    if (live->partial.head_n == 0)
        return;
    wr_view(out, VIEW_OF(live->partial.head));
    wr_le32(out, live->partial.body_left);
}

static void pack_1_3(const struct tls_core *core, struct wr *out)
{
    size_t n = tls_suite_hash_size(core->suite);

    wr_view(out, (struct view){ core->send.secret, n });
    wr_view(out, (struct view){ core->recv.secret, n });
    wr_view(out, (struct view){ core->exporter, n });
}

static void pack_1_2(const struct tls_core *core, struct wr *out)
{
    wr_view(out, VIEW_OF(core->exporter));
    wr_view(out, VIEW_OF(core->client_random));
    wr_view(out, VIEW_OF(core->server_random));
    if (core->has_unique)
        wr_view(out, VIEW_OF(core->unique));
    wr_u8(out, core->session_id_n);
    wr_view(out, (struct view){ core->session_id, core->session_id_n });
}

static void pack_names(const struct tls_names *names, struct wr *out)
{
    if ((names->chain.n > TLS_CHAIN_MAX || names->own_cert.n > TLS_CERT_MAX ||
         names->peer.n > LIMIT_NAME) &&
        out->err == SSP_OK)
        out->err = ssp_fail(TOO_LARGE);
    wr_le16(out, names->peer.n);
    wr_u8(out, names->host.n);
    wr_u8(out, names->alpn.n);
    wr_le16(out, names->chain.n);
    wr_le16(out, names->own_cert.n);
    str16_to_wire(&names->peer, out);
    wr_view(out, secret_view(&names->host));
    wr_view(out, secret_view(&names->alpn));
    wr_view(out, secret_view(&names->chain));
    wr_view(out, secret_view(&names->own_cert));
}

void tls_pack(const struct tls_core *core, const struct tls_names *names, struct wr *out)
{
    wr_reserve(out, CORE_MAX + 2 * names->peer.n + names->host.n + names->alpn.n + names->chain.n +
                        names->own_cert.n);
    pack_session(core, out);
    pack_live(&core->live, out);
    if (core->suite->version == TLS_1_3)
        pack_1_3(core, out);
    else
        pack_1_2(core, out);
    wr_u8(out, core->endpoint_n);
    wr_view(out, (struct view){ core->endpoint, core->endpoint_n });
    pack_names(names, out);
}

/* ---- Unpacking --------------------------------------------------------- */

static void take_bits(uint16_t bits, struct tls_core *core)
{
    struct tls_live *live = &core->live;

    core->is_resumed = (bits & IS_RESUMED) != 0;
    core->is_identify = (bits & IS_IDENTIFY) != 0;
    core->has_unique = (bits & HAS_UNIQUE) != 0;
    live->is_used = (bits & IS_USED) != 0;
    live->update_owed = (bits & UPDATE_OWED) != 0;
    live->update_wanted = (bits & UPDATE_WANTED) != 0;
    live->close_sent = (bits & CLOSE_SENT) != 0;
    live->close_received = (bits & CLOSE_RECEIVED) != 0;
    live->is_dead = (bits & IS_DEAD) != 0;
}

static enum ssp_err unpack_session(struct rd *in, struct tls_core *core)
{
    uint32_t version = rd_le32(in);
    uint16_t suite = rd_le16(in);
    uint8_t role = rd_u8(in);
    uint16_t bits = rd_le16(in);

    core->attributes = rd_le32(in);
    core->group = rd_le16(in);
    core->signature = rd_le16(in);
    core->exchange_bits = rd_le16(in);
    core->start = (int64_t)rd_le64(in);
    core->expiry = (int64_t)rd_le64(in);
    core->logon_id = rd_le64(in);
    core->token = rd_le64(in);
    core->send.seq = rd_le64(in);
    core->recv.seq = rd_le64(in);
    core->suite = tls_suite_find(suite);
    /* Suite and bits steer what follows. */
    if (!rd_ok(in) || version != TLS_PACK_VERSION || core->suite == NULL || role > TLS_SERVER ||
        (bits & ~ALL_BITS) != 0)
        return ssp_fail(BAD_PACKED);
    core->role = (enum tls_role)role;
    take_bits(bits, core);
    return SSP_OK;
}

static uint32_t message_size(const struct tls_partial *partial)
{
    return (uint32_t)partial->head[1] << 16 | (uint32_t)partial->head[2] << 8 | partial->head[3];
}

/* A message that is there as a whole is not kept, nor is a body without its head. */
static bool partial_holds(const struct tls_partial *partial)
{
    static const uint8_t nothing[HEAD_SIZE] = { 0 };

    if (partial->head_n == HEAD_SIZE)
        return partial->body_left != 0 && partial->body_left <= message_size(partial);
    if (partial->head_n > HEAD_SIZE)
        return false;
    size_t rest_n = HEAD_SIZE - partial->head_n;
    return partial->body_left == 0 &&
           ct_eq((struct view){ partial->head + partial->head_n, rest_n },
                 (struct view){ nothing, rest_n });
}

static enum ssp_err unpack_live(struct rd *in, struct tls_live *live)
{
    live->alert_level = rd_u8(in);
    live->alert = rd_u8(in);
    live->partial.head_n = rd_u8(in);
    if (live->partial.head_n != 0) {
        rd_copy(in, live->partial.head, HEAD_SIZE);
        live->partial.body_left = rd_le32(in);
    }
    if (!rd_ok(in) || live->alert_level > ALERT_FATAL ||
        (live->alert_level == 0 && live->alert != 0) || !partial_holds(&live->partial))
        return ssp_fail(BAD_PACKED);
    return SSP_OK;
}

/* What a version cannot have, what a role cannot have, and what is no time. */
static bool holds(const struct tls_core *core)
{
    const struct tls_live *live = &core->live;
    bool is_1_3 = core->suite->version == TLS_1_3;

    if (is_1_3 ? core->has_unique : live->update_owed || live->partial.head_n != 0)
        return false;
    if (core->role == TLS_CLIENT && (core->logon_id != 0 || core->token != 0 || core->is_identify))
        return false;
    return (live->update_owed || !live->update_wanted) && core->start >= 0 && core->expiry >= 0;
}

static void unpack_1_3(struct rd *in, struct tls_core *core)
{
    size_t n = tls_suite_hash_size(core->suite);

    rd_copy(in, core->send.secret, n);
    rd_copy(in, core->recv.secret, n);
    rd_copy(in, core->exporter, n);
}

static enum ssp_err unpack_1_2(struct rd *in, struct tls_core *core)
{
    rd_copy(in, core->exporter, sizeof(core->exporter));
    rd_copy(in, core->client_random, sizeof(core->client_random));
    rd_copy(in, core->server_random, sizeof(core->server_random));
    if (core->has_unique)
        rd_copy(in, core->unique, sizeof(core->unique));
    core->session_id_n = rd_u8(in);
    if (!rd_ok(in) || core->session_id_n > TLS_SESSION_ID_MAX)
        return ssp_fail(BAD_PACKED);
    rd_copy(in, core->session_id, core->session_id_n);
    return SSP_OK;
}

static enum ssp_err unpack_core(struct rd *in, struct tls_core *core)
{
    SSP_TRY(unpack_session(in, core));
    SSP_TRY(unpack_live(in, &core->live));
    if (!holds(core))
        return ssp_fail(BAD_PACKED);
    if (core->suite->version == TLS_1_3)
        unpack_1_3(in, core);
    else
        SSP_TRY(unpack_1_2(in, core));
    core->endpoint_n = rd_u8(in);
    if (!rd_ok(in) || core->endpoint_n > TLS_ENDPOINT_MAX)
        return ssp_fail(BAD_PACKED);
    rd_copy(in, core->endpoint, core->endpoint_n);
    return SSP_OK;
}

/* Every certificate has bytes, and the last one ends where the chain does. */
static bool chain_holds(struct view chain)
{
    struct rd in = rd_of(chain);

    /* Ends: every turn takes four bytes or more. */
    while (rd_ok(&in) && in.left.n != 0)
        if (rd_view(&in, (size_t)rd_be(&in, 3)).n == 0)
            return false;
    return rd_ok(&in);
}

static enum ssp_err unpack_bytes(struct view bytes, struct secret *ret)
{
    return bytes.n == 0 ? SSP_OK : secret_new(bytes, ret);
}

static enum ssp_err unpack_names(struct rd *in, struct tls_names *names)
{
    size_t peer_n = rd_le16(in);
    size_t host_n = rd_u8(in);
    size_t alpn_n = rd_u8(in);
    size_t chain_n = rd_le16(in);
    size_t cert_n = rd_le16(in);
    struct view peer = rd_view(in, 2 * peer_n);
    struct view host = rd_view(in, host_n);
    struct view alpn = rd_view(in, alpn_n);
    struct view chain = rd_view(in, chain_n);
    struct view cert = rd_view(in, cert_n);

    if (rd_end(in) != SSP_OK || chain.n > TLS_CHAIN_MAX || cert.n > TLS_CERT_MAX ||
        !chain_holds(chain))
        return ssp_fail(BAD_PACKED);
    SSP_TRY(packed_text(peer, &names->peer));
    SSP_TRY(unpack_bytes(host, &names->host));
    SSP_TRY(unpack_bytes(alpn, &names->alpn));
    SSP_TRY(unpack_bytes(chain, &names->chain));
    return unpack_bytes(cert, &names->own_cert);
}

enum ssp_err tls_unpack(struct view packed, struct tls_core *ret_core, struct tls_names *ret_names)
{
    ssp_cleanup(tls_core_wipe) struct tls_core core = { 0 };
    ssp_cleanup(tls_names_wipe) struct tls_names names = { 0 };
    struct rd in = rd_of(packed);

    SSP_TRY(unpack_core(&in, &core));
    SSP_TRY(unpack_names(&in, &names));

    *ret_core = core;
    *ret_names = names;
    names = (struct tls_names){ 0 };
    return SSP_OK;
}

void tls_core_wipe(struct tls_core *core)
{
    explicit_bzero(core, sizeof(*core));
}

void tls_names_wipe(struct tls_names *names)
{
    str16_wipe(&names->peer);
    secret_wipe(&names->host);
    secret_wipe(&names->alpn);
    secret_wipe(&names->chain);
    secret_wipe(&names->own_cert);
}
