/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that build on others: OPENSSPI_LSA_INNER_TABLE (opensspi.h).
 *
 * Each call into the inner package is a call of its own (call.h) inside that of
 * the outer one.  What the inner package makes goes over to the outer call: logon
 * sessions to the credential or context that comes of it, notes for the audit
 * trail under the inner package's name.  Nothing is charged: the outer object has
 * been, and has a few inner ones at most.
 *
 * A token stays here until the handshake is over, so that a leg that fails late
 * leaves no handle in the client that nobody knows.
 */
#ifndef SSP_LSA_NESTED_H
#define SSP_LSA_NESTED_H

#include <opensspi.h>

const OPENSSPI_LSA_INNER_TABLE *nested_table(void);

/* The calls, by what they are about: nested.c, nested_ctx.c, nested_move.c. */
OPENSSPI_INNER_RUN_LEG nested_run_leg;
OPENSSPI_INNER_QUERY_CONTEXT nested_query_ctx;
OPENSSPI_INNER_DELETE_CONTEXT nested_delete_ctx;
OPENSSPI_INNER_SIGN nested_sign;
OPENSSPI_INNER_VERIFY nested_verify;
OPENSSPI_INNER_GET_DATA nested_get_data;
OPENSSPI_INNER_DROP_DATA nested_drop_data;
OPENSSPI_INNER_EXPORT nested_export;
OPENSSPI_INNER_IMPORT nested_import;

#endif
