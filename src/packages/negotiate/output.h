/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our token on its way into the application's buffer, and the peer's out of
 * pieces ([MS-SPNG] 3.1.5.4 to 3.1.5.9).
 *
 * A token that does not fit goes out in pieces where the application asked for
 * that.  Where it did not, the leg has been done all the same, since the inner
 * handshake cannot go back: the token is kept, and given when the leg comes again
 * with enough room.
 */
#ifndef SSP_NEGOTIATE_OUTPUT_H
#define SSP_NEGOTIATE_OUTPUT_H

#include <sspi.h>

#include "packages/negotiate/half.h"

struct nego_room { /* what the application asked for in this call */
    bool allocate;
    bool may_cut; /* with fragments */
};

struct nego_room nego_room_of(bool accept, uint32_t asked);

struct nego_output {   /* ssp_cleanup(nego_output_undo) until it is kept */
    PSecBuffer buffer; /* that was written; NULL: none */
    SecBuffer before;
    bool is_allocated;
};

/*
 * Puts a token into the SECBUFFER_TOKEN: all of it, or, where it may be cut, as much as there is
 * room for; *ret_n is how much.  TOO_SMALL with the size needed in the buffer; BAD_ARGUMENT when
 * there is a token and no buffer for it, or a read-only one; NO_MEMORY.
 */
enum ssp_err nego_output_put(const SecBufferDesc *desc, const struct nego_room *room,
                             struct view token, struct nego_output *output, size_t *ret_n);

/* That so much is needed: TOO_SMALL, or BAD_ARGUMENT without a buffer that could be larger. */
enum ssp_err nego_output_refuse(const SecBufferDesc *desc, size_t needed);

void nego_output_undo(struct nego_output *output);
void nego_output_keep(struct nego_output *output);

/*
 * One more piece of the peer's token.  *ret_whole is all of it, borrowed from piece or from the
 * half; it is empty as long as something is missing, which is then kept in half->partial.
 * BAD_TOKEN for a length that cannot be, or bytes behind the end.
 */
enum ssp_err nego_input_add(struct nego_half *half, struct view piece, struct view *ret_whole);

#endif
