/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application asks for (ISC_REQ_*, ASC_REQ_*), in the words of the wire
 * ([MS-NLMP] 3.1.1.2), and what it is told it got (ISC_RET_*, ASC_RET_*).
 *
 * The two families differ by a bit in places: everything below takes the role.
 */
#ifndef SSP_NTLM_REQS_H
#define SSP_NTLM_REQS_H

#include "packages/ntlm/config.h"
#include "packages/ntlm/flags.h"

struct ntlm_reqs {
    bool accept;       /* which family */
    uint32_t asked;    /* ISC_REQ_* or ASC_REQ_* */
    bool is_anonymous; /* no session security then ([MS-NLMP] 3.4) */
};

bool ntlm_reqs_datagram(const struct ntlm_reqs *reqs);

/* May a server learn who the client is, and not act for it?  The client may want it so, and the
 * server itself. */
bool ntlm_reqs_identify(const struct ntlm_reqs *reqs, uint32_t flags);

/* What an initiator puts into NEGOTIATE, or is ready to agree to in datagram mode. */
uint32_t ntlm_reqs_offer(const struct ntlm_reqs *reqs);

/* What an acceptor answers to an offer (all there is, in datagram mode, where offered is 0).
 * BAD_TOKEN when the offer names no character set. */
enum ssp_err ntlm_reqs_choose(const struct ntlm_reqs *reqs, uint32_t offered, uint32_t *ret);

/* The flags that hold in the end: of those in the CHALLENGE what the other side wants as well. */
uint32_t ntlm_reqs_agree(const struct ntlm_reqs *reqs, uint32_t challenge, uint32_t wanted);

/* Does a client claim a protection, or a way to derive its keys, that it was not offered?  Then the
 * two would not have the same keys, or somebody between them changed what was offered. */
bool ntlm_reqs_exceeds(uint32_t challenge, uint32_t claimed);

/*
 * Do they serve?  QOS_FAILED when a protection that was asked for is missing,
 * the mode is another one (datagrams or a connection), or messages would be protected without
 * extended session security and the configuration does not admit NTLMv1; UNSUPPORTED when they
 * would be with less than 128 bits and require_128 holds.
 */
enum ssp_err ntlm_reqs_check(const struct ntlm_reqs *reqs, const struct ntlm_config *config,
                             uint32_t flags);

/* ISC_RET_* or ASC_RET_* for those flags. */
uint32_t ntlm_reqs_attributes(const struct ntlm_reqs *reqs, uint32_t flags);

#endif
