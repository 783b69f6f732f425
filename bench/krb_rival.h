/* SPDX-License-Identifier: Apache-2.0 */
/* MIT Kerberos: both sides of a session over a KDC of its own, as its applications use it, through
 * GSS-API (RFC 2744).  A second session of the same kind gives its keys to our side. */
#ifndef SSP_BENCH_KRB_RIVAL_H
#define SSP_BENCH_KRB_RIVAL_H

#include <gssapi/gssapi.h>

#include "packages/kerberos/session.h"

#include "bare.h"

struct krb_rival {
    gss_cred_id_t initiator;
    gss_cred_id_t acceptor;
    gss_name_t target;
    gss_ctx_id_t client;
    gss_ctx_id_t server;
    size_t size; /* of a message */
    gss_buffer_desc packets[BATCH_MAX];
};

void krb_rival_realm(void); /* starts the KDC and logs on; krb_rival_realm_end() stops it */
void krb_rival_realm_end(void);

/* A session with keys of that type only; ends the program when there is none to be had. */
void krb_rival_start(const char *type, struct krb_rival *ret);
void krb_rival_end(struct krb_rival *rival);

/* What both sides of a fresh one agreed on, without the attributes. */
void krb_rival_agree(const char *type, struct krb_agreed ret[2]);

run_fn krb_rival_shake; /* a session in the place of the one before */
run_fn krb_rival_seal;  /* by the client */
run_fn krb_rival_open_prepare;
run_fn krb_rival_open; /* by the server */
run_fn krb_rival_sign;
run_fn krb_rival_move; /* gss_export_sec_context and gss_import_sec_context, of the client */

size_t krb_rival_packed_size(struct krb_rival *rival);

#endif
