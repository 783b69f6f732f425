/* SPDX-License-Identifier: Apache-2.0 */
/* gss-ntlmssp, the NTLM that Debian has: the same account, the same kind of session, the same
 * messages, through MIT's GSS-API as its applications use it (RFC 2744). */
#ifndef SSP_BENCH_RIVAL_H
#define SSP_BENCH_RIVAL_H

#include "gss_session.h"

struct rival {
    struct gss_session session;
    gss_cred_id_t client_cred;
    gss_cred_id_t server_cred;
    gss_name_t target;
};

/* A live session; ends the program when there is none to be had. */
void rival_start(struct rival *rival);
void rival_end(struct rival *rival);

run_fn rival_shake; /* a handshake, and the end of it */

#endif
