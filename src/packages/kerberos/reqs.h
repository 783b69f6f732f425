/* SPDX-License-Identifier: Apache-2.0 */
/* What an application asks for (ISC_REQ_*, ASC_REQ_*), in the words of the authenticator
 * (KRB_GSS_*), and what it is told it got (ISC_RET_*, ASC_RET_*). */
#ifndef SSP_KERBEROS_REQS_H
#define SSP_KERBEROS_REQS_H

#include "packages/kerberos/checksum.h"
#include "packages/kerberos/session.h"

/* UNSUPPORTED for what Kerberos does not do here: datagrams, prompting, a null session. */
enum ssp_err krb_reqs_check(enum krb_side side, uint32_t asked);

/* What the initiator tells the acceptor; delegation is not among it. */
uint32_t krb_reqs_flags(uint32_t asked);

/* QOS_FAILED when the acceptor's application asked for a protection that the initiator does not
 * promise, or for mutual authentication. */
enum ssp_err krb_reqs_agree(uint32_t asked, uint32_t flags);

uint32_t krb_reqs_attributes(enum krb_side side, uint32_t asked, uint32_t flags);

#endif
