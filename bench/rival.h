/* SPDX-License-Identifier: Apache-2.0 */
/* gss-ntlmssp, the NTLM that Debian has: the same account, the same kind of session, the same
 * messages, through MIT's GSS-API as its applications use it (RFC 2744). */
#ifndef SSP_BENCH_RIVAL_H
#define SSP_BENCH_RIVAL_H

#include <gssapi/gssapi.h>

#include "timing.h"

struct rival {
    gss_cred_id_t client_cred;
    gss_cred_id_t server_cred;
    gss_ctx_id_t client;
    gss_ctx_id_t server;
    gss_name_t target;
    size_t size; /* of a message */
    gss_buffer_desc packets[BATCH_MAX];
};

void rival_start(
    struct rival *rival); /* a live session; ends the program when there is none to be had */
void rival_end(struct rival *rival);

run_fn rival_seal; /* by the client */
run_fn rival_open_prepare;
run_fn rival_open; /* by the server */
run_fn rival_sign;
run_fn rival_move;          /* gss_export_sec_context and gss_import_sec_context */
run_fn rival_move_and_seal; /* and the first message afterwards */
run_fn rival_shake;         /* a handshake, and the end of it */

size_t rival_packed_size(struct rival *rival);

#endif
