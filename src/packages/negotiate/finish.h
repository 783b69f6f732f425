/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a negotiation: the inner context is packed into ours, and its token
 * becomes the client's.
 */
#ifndef SSP_NEGOTIATE_FINISH_H
#define SSP_NEGOTIATE_FINISH_H

#include "packages/negotiate/cred.h"

struct nego_finish { /* ssp_cleanup(nego_finish_wipe) */
    const struct nego_env *env;
    uint8_t *block; /* the packed context, but for the token's handle */
    size_t n;
    HANDLE token; /* the inner context's own; NULL: none */
};

/* Whatever can fail and be undone.  INNER with *ret_status; TOO_LARGE, NO_MEMORY. */
enum ssp_err nego_finish_pack(struct nego_finish *finish, enum nego_package package,
                              POPENSSPI_INNER_CONTEXT inner, NTSTATUS *ret_status);

/* After this nothing may fail: the client has the token.  INTERNAL. */
enum ssp_err nego_finish_hand_over(struct nego_finish *finish, SecBuffer *ret);

void nego_finish_wipe(struct nego_finish *finish);

#endif
