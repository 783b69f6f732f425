/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AP-REP (RFC 4120 5.5.2): what an acceptor answers, and in DCE style the
 * initiator once more.  It proves the session key by repeating the client's time,
 * and brings the acceptor's subkey and first sequence number.
 */
#ifndef SSP_KERBEROS_REPLY_H
#define SSP_KERBEROS_REPLY_H

#include "packages/kerberos/port.h"

enum { KRB_REPLY_MAX = 1024, KRB_USAGE_AP_REP = 12 /* RFC 4120 7.5.1 */ };

struct krb_reply { /* ssp_cleanup(krb_reply_wipe) */
    struct krb_stamp stamp;
    struct krb_key subkey; /* empty: none */
    bool has_seq;
    uint32_t seq;
};

/* AP-REP around it, sealed under the session key.  BAD_TOKEN; ALTERED under another key; errors of
 * the port. */
enum ssp_err krb_reply_encode(const struct krb_port *port, const struct krb_key *session,
                              const struct krb_reply *reply, struct wr *out);
enum ssp_err krb_reply_decode(const struct krb_port *port, const struct krb_key *session,
                              struct view message, struct krb_reply *ret);

bool krb_stamp_eq(const struct krb_stamp *a, const struct krb_stamp *b);
void krb_reply_wipe(struct krb_reply *reply);

#endif
