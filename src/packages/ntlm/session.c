/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/session.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"

/* One RC4 stream goes on from message to message. */
static bool has_stream(uint32_t flags)
{
    return ntlm_is_protected(flags) && (flags & NTLMSSP_NEGOTIATE_DATAGRAM) == 0;
}

static enum ntlm_side other(enum ntlm_side side)
{
    return side == NTLM_CLIENT ? NTLM_SERVER : NTLM_CLIENT;
}

/* Datagram mode has a key for each message, made from this one. */
static void dir_keys(struct ntlm_dir *dir, uint32_t flags, enum ntlm_side side,
                     const struct key *exported)
{
    if ((flags & NTLMSSP_NEGOTIATE_DATAGRAM) == 0)
        return;

    ssp_cleanup(key_wipe) struct key seal = ntlm_sealkey(flags, exported, side);
    memcpy(dir->seal_key, seal.b, seal.n);
    dir->seal_key_n = (uint8_t)seal.n;
}

static void dir_init(struct ntlm_dir *dir, uint32_t flags, enum ntlm_side side,
                     const struct key *exported)
{
    ssp_cleanup(key_wipe) struct key seal = ntlm_sealkey(flags, exported, side);

    dir_keys(dir, flags, side, exported);
    if (has_stream(flags))
        rc4_init(&dir->rc4, key_view(&seal));
}

void ntlm_session_need_sign(const struct ntlm_session *session, struct ntlm_dir *dir)
{
    if (dir->has_sign || !ntlm_is_ess(session->flags))
        return;

    enum ntlm_side side = dir == &session->send ? session->side : other(session->side);
    ssp_cleanup(key_wipe) struct key exported = key_of(VIEW_OF(session->exported));
    ssp_cleanup(key_wipe) struct key sign = ntlm_signkey(session->flags, &exported, side);
    hmac_md5_key_init(&dir->sign, key_view(&sign));
    dir->has_sign = true;
}

static void keep_exported(struct ntlm_session *session, const struct key *exported)
{
    assert(exported->n == sizeof(session->exported));
    memcpy(session->exported, exported->b, sizeof(session->exported));
}

void ntlm_session_init(struct ntlm_session *session, uint32_t flags, enum ntlm_side side,
                       const struct key *exported)
{
    flags &= NTLM_KNOWN_FLAGS;
    *session = (struct ntlm_session){ .flags = flags, .side = side };
    if (!ntlm_is_protected(flags))
        return;
    keep_exported(session, exported);
    dir_init(&session->send, flags, side, exported);
    if (ntlm_is_ess(flags))
        dir_init(&session->recv, flags, other(side), exported);
}

void ntlm_session_wipe(struct ntlm_session *session)
{
    explicit_bzero(session, sizeof(*session));
}

bool ntlm_session_used(const struct ntlm_session *session)
{
    return (session->send.seq | session->recv.seq) != 0;
}

void ntlm_session_pack(const struct ntlm_session *session, struct wr *out)
{
    wr_le32(out, session->send.seq);
    wr_le32(out, session->recv.seq);
    if (!has_stream(session->flags))
        return;
    rc4_pack(&session->send.rc4, out);
    if (ntlm_is_ess(session->flags))
        rc4_pack(&session->recv.rc4, out);
}

enum ssp_err ntlm_session_unpack(struct rd *in, uint32_t flags, enum ntlm_side side,
                                 const struct key *exported, struct ntlm_session *into)
{
    bool sends = ntlm_is_protected(flags);
    bool receives = sends && ntlm_is_ess(flags);

    into->flags = flags;
    into->side = side;
    into->send.seq = rd_le32(in);
    into->recv.seq = rd_le32(in);
    if (!rd_ok(in) || (!sends && into->send.seq != 0) || (!receives && into->recv.seq != 0))
        return ssp_fail(BAD_PACKED);
    if (has_stream(flags))
        SSP_TRY(rc4_unpack(in, &into->send.rc4));
    if (has_stream(flags) && receives)
        SSP_TRY(rc4_unpack(in, &into->recv.rc4));
    if (!sends)
        return SSP_OK;
    keep_exported(into, exported);
    dir_keys(&into->send, flags, side, exported);
    if (receives)
        dir_keys(&into->recv, flags, other(side), exported);
    return SSP_OK;
}
