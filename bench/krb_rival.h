/* SPDX-License-Identifier: Apache-2.0 */
/* MIT Kerberos: both sides of a session over a KDC of its own.  A second session of the same kind
 * gives its keys to our side. */
#ifndef SSP_BENCH_KRB_RIVAL_H
#define SSP_BENCH_KRB_RIVAL_H

#include "packages/kerberos/session.h"

#include "gss_session.h"

struct krb_rival {
    struct gss_session session;
    gss_cred_id_t initiator;
    gss_cred_id_t acceptor;
    gss_name_t target;
};

void krb_rival_realm(void); /* starts the KDC and logs on; krb_rival_realm_end() stops it */
void krb_rival_realm_end(void);

/* A session with keys of that type only; ends the program when there is none to be had. */
void krb_rival_start(const char *type, struct krb_rival *ret);
void krb_rival_end(struct krb_rival *rival);

/* What both sides of a fresh one agreed on, without the attributes. */
void krb_rival_agree(const char *type, struct krb_agreed ret[2]);

run_fn krb_rival_shake; /* a session in the place of the one before */

#endif
