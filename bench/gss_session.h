/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides of a session of another implementation, of whatever mechanism, as its applications use
 * it: through GSS-API (RFC 2744).  Each ends the program when it does not work. */
#ifndef SSP_BENCH_GSS_SESSION_H
#define SSP_BENCH_GSS_SESSION_H

#include <gssapi/gssapi.h>

#include "timing.h"

struct gss_session {
    gss_ctx_id_t client;
    gss_ctx_id_t server;
    size_t size; /* of a message; DATA_MAX (bare.h) at the most */
    gss_buffer_desc packets[BATCH_MAX];
};

void gss_session_hang_up(struct gss_session *session); /* both contexts */
void gss_session_done(struct gss_session *session);    /* the packets as well */

run_fn gss_session_seal; /* by the client */
run_fn gss_session_open_prepare;
run_fn gss_session_open; /* by the server */
run_fn gss_session_sign;
run_fn gss_session_move; /* gss_export_sec_context and gss_import_sec_context, the client's */
run_fn gss_session_move_and_seal; /* and the first message afterwards */

size_t gss_session_packed_size(struct gss_session *session);

void need_gss(OM_uint32 major, const char *what);
void gss_release(gss_buffer_t buffer);

#endif
