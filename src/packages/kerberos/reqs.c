/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/reqs.h"

#include <sspi.h>

#include <stdbool.h>

/* One line a service: its bit in both families, by side, and the one on the wire.  Requests and
 * answers are the same bits. */
static const struct service {
    uint32_t bit[2];
    uint32_t flag;
    bool is_asked;    /* by an initiator's request alone; the others follow from what is done */
    bool is_demanded; /* an acceptor that asks wants it for certain */
} services[] = {
    { { ISC_REQ_DELEGATE, ASC_REQ_DELEGATE }, KRB_GSS_DELEG, false, false },
    { { ISC_REQ_MUTUAL_AUTH, ASC_REQ_MUTUAL_AUTH }, KRB_GSS_MUTUAL, true, true },
    { { ISC_REQ_REPLAY_DETECT, ASC_REQ_REPLAY_DETECT }, KRB_GSS_REPLAY, true, true },
    { { ISC_REQ_SEQUENCE_DETECT, ASC_REQ_SEQUENCE_DETECT }, KRB_GSS_SEQUENCE, true, true },
    { { ISC_REQ_CONFIDENTIALITY, ASC_REQ_CONFIDENTIALITY }, KRB_GSS_CONF, true, true },
    { { ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY }, KRB_GSS_INTEG, true, true },
    { { ISC_REQ_USE_DCE_STYLE, ASC_REQ_USE_DCE_STYLE }, KRB_GSS_DCE_STYLE, true, false },
    { { ISC_REQ_IDENTIFY, ASC_REQ_IDENTIFY }, KRB_GSS_IDENTIFY, true, false },
    { { ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR }, KRB_GSS_EXTENDED_ERROR, true, false },
};
enum { N_SERVICES = sizeof(services) / sizeof(services[0]) };

static const uint32_t refused[] = {
    [KRB_INITIATOR] = ISC_REQ_DATAGRAM | ISC_REQ_PROMPT_FOR_CREDS | ISC_REQ_NULL_SESSION,
    [KRB_ACCEPTOR] = ASC_REQ_DATAGRAM,
};

enum ssp_err krb_reqs_check(enum krb_side side, uint32_t asked)
{
    return (asked & refused[side]) == 0 ? SSP_OK : ssp_fail(UNSUPPORTED);
}

/* ISC_REQ_NO_INTEGRITY: "if this flag is set, ISC_REQ_INTEGRITY is ignored".  Confidentiality asks
 * for integrity as well, since what is sealed is always signed (RFC 4121 4.2.4). */
uint32_t krb_reqs_flags(uint32_t asked)
{
    uint32_t flags = 0;

    if ((asked & ISC_REQ_NO_INTEGRITY) != 0)
        asked &= ~(uint32_t)ISC_REQ_INTEGRITY;
    for (size_t i = 0; i < N_SERVICES; i++)
        if (services[i].is_asked && (asked & services[i].bit[KRB_INITIATOR]) != 0)
            flags |= services[i].flag;
    if ((flags & KRB_GSS_CONF) != 0)
        flags |= KRB_GSS_INTEG;
    /* [MS-KILE] 3.4.5.1: three legs are there for the sake of mutual authentication. */
    return (flags & KRB_GSS_DCE_STYLE) != 0 ? flags | KRB_GSS_MUTUAL : flags;
}

enum ssp_err krb_reqs_agree(uint32_t asked, uint32_t flags)
{
    for (size_t i = 0; i < N_SERVICES; i++) {
        if (services[i].is_demanded && (asked & services[i].bit[KRB_ACCEPTOR]) != 0 &&
            (flags & services[i].flag) == 0)
            return ssp_fail(QOS_FAILED);
    }
    return SSP_OK;
}

uint32_t krb_reqs_attributes(enum krb_side side, uint32_t asked, uint32_t flags)
{
    /* These are the same bits in both families; there is a session key in any case. */
    uint32_t got = asked & (ISC_REQ_CONNECTION | ISC_REQ_USE_SESSION_KEY);

    for (size_t i = 0; i < N_SERVICES; i++)
        if ((flags & services[i].flag) != 0)
            got |= services[i].bit[side];
    if (side == KRB_ACCEPTOR && (asked & ASC_REQ_IDENTIFY) != 0)
        got |= ASC_RET_IDENTIFY;
    return got;
}
