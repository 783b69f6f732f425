/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/reqs.h"

#include <sspi.h>

/* One line a service: its bit in both families, the flags to ask for it with, and the one that it
 * is.  Confidentiality asks for signing as well, since a sealed message is always signed (3.4.3).
 */
static const struct service {
    uint32_t isc;
    uint32_t asc;
    uint32_t asks;
    uint32_t is;
} services[] = {
    { ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY, NTLMSSP_NEGOTIATE_SIGN, NTLMSSP_NEGOTIATE_SIGN },
    { ISC_REQ_REPLAY_DETECT, ASC_REQ_REPLAY_DETECT, NTLMSSP_NEGOTIATE_SIGN,
      NTLMSSP_NEGOTIATE_SIGN },
    { ISC_REQ_SEQUENCE_DETECT, ASC_REQ_SEQUENCE_DETECT, NTLMSSP_NEGOTIATE_SIGN,
      NTLMSSP_NEGOTIATE_SIGN },
    { ISC_REQ_CONFIDENTIALITY, ASC_REQ_CONFIDENTIALITY,
      NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL, NTLMSSP_NEGOTIATE_SEAL },
};
enum { N_SERVICES = sizeof(services) / sizeof(services[0]) };

static const uint32_t charsets = NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM;
static const uint32_t always =
    NTLMSSP_REQUEST_TARGET | NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_NEGOTIATE_ALWAYS_SIGN;
static const uint32_t protections = NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL;
static const uint32_t strengths =
    NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56;
/* Of what a client may offer; LM session keys are not among it. */
static const uint32_t supported =
    NTLMSSP_NEGOTIATE_UNICODE | NTLM_NEGOTIATE_OEM | NTLMSSP_REQUEST_TARGET |
    NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL | NTLMSSP_NEGOTIATE_DATAGRAM |
    NTLMSSP_NEGOTIATE_NTLM | NTLMSSP_ANONYMOUS | NTLMSSP_NEGOTIATE_ALWAYS_SIGN |
    NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | NTLMSSP_NEGOTIATE_IDENTIFY |
    NTLMSSP_NEGOTIATE_VERSION | NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_KEY_EXCH |
    NTLMSSP_NEGOTIATE_56;

static uint32_t bit_of(const struct ntlm_reqs *reqs, const struct service *service)
{
    return reqs->accept ? service->asc : service->isc;
}

/* ISC_REQ_NO_INTEGRITY: "if this flag is set, ISC_REQ_INTEGRITY is ignored". */
static uint32_t asked(const struct ntlm_reqs *reqs)
{
    bool no_integrity = !reqs->accept && (reqs->asked & ISC_REQ_NO_INTEGRITY) != 0;

    return no_integrity ? reqs->asked & ~(uint32_t)ISC_REQ_INTEGRITY : reqs->asked;
}

static bool is_asked(const struct ntlm_reqs *reqs, const struct service *service)
{
    return (asked(reqs) & bit_of(reqs, service)) != 0;
}

static uint32_t protections_asked(const struct ntlm_reqs *reqs)
{
    uint32_t flags = 0;

    for (size_t i = 0; i < N_SERVICES; i++)
        if (is_asked(reqs, &services[i]))
            flags |= services[i].asks;
    return flags;
}

bool ntlm_reqs_datagram(const struct ntlm_reqs *reqs)
{
    return (reqs->asked & ISC_REQ_DATAGRAM) != 0; /* the same bit in both families */
}

static bool asks_to_identify(const struct ntlm_reqs *reqs)
{
    return (reqs->asked & (reqs->accept ? ASC_REQ_IDENTIFY : ISC_REQ_IDENTIFY)) != 0;
}

bool ntlm_reqs_identify(const struct ntlm_reqs *reqs, uint32_t flags)
{
    return (flags & NTLMSSP_NEGOTIATE_IDENTIFY) != 0 || (reqs->accept && asks_to_identify(reqs));
}

/* Key exchange and strengths matter where messages are protected; in datagram mode the key is
 * always exchanged (2.2.2.5, bit F). */
static uint32_t drop_idle_strengths(uint32_t flags)
{
    if (ntlm_is_protected(flags))
        return flags;
    flags &= ~strengths;
    return (flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0 ? flags | NTLMSSP_NEGOTIATE_KEY_EXCH : flags;
}

uint32_t ntlm_reqs_offer(const struct ntlm_reqs *reqs)
{
    uint32_t flags = charsets | always | NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
                     NTLMSSP_NEGOTIATE_VERSION | strengths;

    if (reqs->is_anonymous)
        flags |= NTLMSSP_ANONYMOUS;
    else
        flags |= protections_asked(reqs);
    if (ntlm_reqs_datagram(reqs))
        flags |= NTLMSSP_NEGOTIATE_DATAGRAM;
    if (asks_to_identify(reqs))
        flags |= NTLMSSP_NEGOTIATE_IDENTIFY;
    return drop_idle_strengths(flags);
}

enum ssp_err ntlm_reqs_choose(const struct ntlm_reqs *reqs, uint32_t offered, uint32_t *ret)
{
    bool is_datagram = ntlm_reqs_datagram(reqs);
    uint32_t flags = is_datagram ? supported & ~NTLMSSP_ANONYMOUS : offered & supported;

    /* 2.2.2.5: "A==0 and B==0: The protocol MUST return SEC_E_INVALID_TOKEN." */
    if ((flags & charsets) == 0)
        return ssp_fail(BAD_TOKEN);
    if ((flags & NTLMSSP_NEGOTIATE_UNICODE) != 0)
        flags &= ~NTLM_NEGOTIATE_OEM;
    if (!is_datagram)
        flags &= ~NTLMSSP_NEGOTIATE_DATAGRAM;
    *ret = drop_idle_strengths(flags) | always | NTLMSSP_NEGOTIATE_TARGET_INFO;
    return SSP_OK;
}

uint32_t ntlm_reqs_agree(const struct ntlm_reqs *reqs, uint32_t challenge, uint32_t wanted)
{
    uint32_t flags = challenge & (wanted | NTLMSSP_NEGOTIATE_TARGET_INFO);

    if ((flags & NTLMSSP_NEGOTIATE_UNICODE) != 0)
        flags &= ~NTLM_NEGOTIATE_OEM;
    if (reqs->is_anonymous)
        flags = (flags & ~protections) | NTLMSSP_ANONYMOUS;
    return drop_idle_strengths(flags) | NTLMSSP_REQUEST_TARGET;
}

bool ntlm_reqs_exceeds(uint32_t challenge, uint32_t claimed)
{
    const uint32_t decisive = protections | strengths | NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;

    return ntlm_is_protected(claimed) && (claimed & ~challenge & decisive) != 0;
}

enum ssp_err ntlm_reqs_check(const struct ntlm_reqs *reqs, const struct ntlm_config *config,
                             uint32_t flags)
{
    for (size_t i = 0; i < N_SERVICES; i++)
        if (is_asked(reqs, &services[i]) && (services[i].is & flags) == 0)
            return ssp_fail(QOS_FAILED);
    if (ntlm_reqs_datagram(reqs) != ((flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0))
        return ssp_fail(QOS_FAILED);
    if (!ntlm_is_protected(flags))
        return SSP_OK;
    if (!ntlm_is_ess(flags) && config->minimum != NTLM_LEVEL_V1)
        return ssp_fail(QOS_FAILED);
    /* 3.1.5.1.2, 3.2.5.1.1: "MUST return SEC_E_UNSUPPORTED_FUNCTION" */
    if ((flags & NTLMSSP_NEGOTIATE_128) == 0 && config->require_128)
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

uint32_t ntlm_reqs_attributes(const struct ntlm_reqs *reqs, uint32_t flags)
{
    /* These are the same bits in both families; there is a session key in any case. */
    uint32_t got = reqs->asked & (ISC_REQ_CONNECTION | ISC_REQ_USE_SESSION_KEY);

    if (ntlm_reqs_datagram(reqs))
        got = (got & ~(uint32_t)ISC_RET_CONNECTION) | ISC_RET_DATAGRAM;
    for (size_t i = 0; i < N_SERVICES; i++)
        if ((services[i].is & flags) != 0)
            got |= bit_of(reqs, &services[i]);
    if (ntlm_reqs_identify(reqs, flags))
        got |= reqs->accept ? ASC_RET_IDENTIFY : ISC_RET_IDENTIFY;
    if (reqs->is_anonymous)
        got |= reqs->accept ? ASC_RET_NULL_SESSION : ISC_RET_NULL_SESSION;
    return got;
}
