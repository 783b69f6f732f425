/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/glance.h"

enum { AUTHENTICATE = 3, V1_RESPONSE = 24 };

/* Where they stand. */
enum { TYPE = 8, NT_RESPONSE_SIZE = 20, FLAGS = 60, END = 64 };

void glance_at(const struct job *token, struct glance *ret)
{
    if (token->n < END || token->bytes[TYPE] != AUTHENTICATE)
        return;
    ret->is_v1 =
        token->bytes[NT_RESPONSE_SIZE] == V1_RESPONSE && token->bytes[NT_RESPONSE_SIZE + 1] == 0;
    ret->flags = 0;
    for (unsigned i = 0; i < 4; i++)
        ret->flags |= (uint32_t)token->bytes[FLAGS + i] << 8 * i;
}
