/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/room.h"

#include <stdint.h>

/* Tag, length and contents in DER (X.690 8.1, 10.1); tokens have 64 KiB at most. */
static size_t tagged(size_t n)
{
    size_t length = n <= INT8_MAX ? 1 : n <= UINT8_MAX ? 2 : n <= UINT16_MAX ? 3 : 4;

    return 1 + length + n;
}

static size_t optional(size_t n)
{
    return n != 0 ? tagged(tagged(n)) : 0;
}

/* RFC 4178 4.2.2: negState, supportedMech, responseToken, mechListMIC. */
size_t nego_size_around(const struct nego_around *around, size_t token_n)
{
    if (around->is_raw)
        return token_n;
    return tagged(tagged(optional(1) + optional(around->oid_n) + optional(token_n) +
                         optional(around->mic_n)));
}

size_t nego_room_within(const struct nego_around *around, size_t room)
{
    size_t most = nego_size_around(around, room) - room;
    size_t n = room > most ? room - most : 0;

    while (n < room && nego_size_around(around, n + 1) <= room) /* a few: shorter lengths */
        n++;
    return n;
}
