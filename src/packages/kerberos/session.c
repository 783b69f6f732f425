/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/session.h"

#include <sspi.h>

size_t krb_key_size(int32_t enctype)
{
    const struct krb_profile *profile = krb_profile_of(enctype);

    return profile == NULL ? 0 : profile->key_n;
}

/* Requests and answers are the same bits within a family; the families differ in INTEGRITY. */
uint32_t krb_flags_of(enum krb_side side, uint32_t attributes)
{
    const struct {
        uint32_t attribute[2]; /* by side */
        uint32_t flag;
    } map[] = {
        { { ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT }, KRB_REPLAY },
        { { ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT }, KRB_SEQUENCE },
        { { ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY }, KRB_CONF },
        { { ISC_RET_INTEGRITY, ASC_RET_INTEGRITY }, KRB_INTEG },
        { { ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE }, KRB_DCE },
    };
    uint32_t flags = 0;

    for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
        if ((attributes & map[i].attribute[side]) != 0)
            flags |= map[i].flag;
    return flags;
}

enum ssp_err krb_session_init(const struct krb_agreed *agreed, struct krb_session *ret)
{
    size_t key_n = krb_key_size(agreed->enctype);

    if (key_n == 0)
        return ssp_fail(UNSUPPORTED);
    if (agreed->key.n != key_n)
        return ssp_fail(BAD_ARGUMENT);
    *ret = (struct krb_session){
        .side = agreed->side,
        .enctype = agreed->enctype,
        .flags = krb_flags_of(agreed->side, agreed->attributes),
        .has_acceptor_subkey = agreed->has_acceptor_subkey,
        .send_first = agreed->send_seq,
        .recv_first = agreed->recv_seq,
    };
    memcpy(ret->key, agreed->key.b, key_n);
    krb_session_reset(ret);
    return SSP_OK;
}

void krb_session_reset(struct krb_session *session)
{
    session->send_seq = session->send_first;
    session->recv = (struct krb_window){ .next = session->recv_first };
}

bool krb_session_used(const struct krb_session *session)
{
    return session->send_seq != session->send_first || session->recv.next != session->recv_first;
}

void krb_session_wipe(struct krb_session *session)
{
    explicit_bzero(session, sizeof(*session));
}

void krb_agreed_wipe(struct krb_agreed *agreed)
{
    explicit_bzero(agreed, sizeof(*agreed));
}
