/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/glance.h"

#include <string.h>

enum { AUTHENTICATE = 3, V1_RESPONSE = 24 };

/* Where they stand. */
enum { TYPE = 8, NT_RESPONSE_SIZE = 20, FLAGS = 60, END = 64 };

/* Where in a token NTLM's message begins: at the start, or inside SPNEGO. */
static uint32_t start_of(const struct job *token)
{
    uint32_t i = 0;

    while (i + TYPE < token->n && memcmp(token->bytes + i, "NTLMSSP", TYPE) != 0)
        i++;
    return i;
}

void glance_at(const struct job *token, struct glance *ret)
{
    uint32_t start = start_of(token);
    const uint8_t *bytes = token->bytes + start;

    if (token->n < start + END || bytes[TYPE] != AUTHENTICATE)
        return;
    ret->is_v1 = bytes[NT_RESPONSE_SIZE] == V1_RESPONSE && bytes[NT_RESPONSE_SIZE + 1] == 0;
    ret->flags = 0;
    for (unsigned i = 0; i < 4; i++)
        ret->flags |= (uint32_t)bytes[FLAGS + i] << 8 * i;
}
